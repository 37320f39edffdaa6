SELECT u.userid, u.sessionid, u.channel, a.all_channels
FROM raw_data.user_session_channel AS u
JOIN (
    SELECT userid, string_agg(channel, '|' ORDER BY sessionid) AS all_channels
    FROM raw_data.user_session_channel GROUP BY userid
) AS a ON a.userid = u.userid
WHERE u.userid IN (10, 500, 3000)
