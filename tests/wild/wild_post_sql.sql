SELECT DISTINCT ON (userid) userid, ts
FROM raw_data.user_session_channel JOIN raw_data.session_timestamp USING (sessionid)
WHERE userid < 30 ORDER BY userid, ts
