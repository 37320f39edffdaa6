SELECT sessionid, userid, channel, ts FROM (
    SELECT DISTINCT ON (userid) sessionid, userid, channel, ts
    FROM raw_data.user_session_channel JOIN raw_data.session_timestamp USING (sessionid)
    ORDER BY userid, ts DESC, sessionid
) AS l ORDER BY ts DESC, sessionid LIMIT 100
