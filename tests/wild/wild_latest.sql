SELECT DISTINCT ON (userid) userid, sessionid, channel
FROM raw_data.user_session_channel WHERE userid < 3000 ORDER BY userid, sessionid DESC
