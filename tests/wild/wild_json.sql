SELECT sessionid, userid AS id, 'Kay' AS name, channel, 2 AS tags, 'b' AS second_tag
FROM raw_data.user_session_channel WHERE userid IN (11, 12) AND channel <> 'Google'
