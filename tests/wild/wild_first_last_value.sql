SELECT
    userid,
    (array_agg(channel ORDER BY ts, sessionid))[1] AS first_channel,
    (array_agg(channel ORDER BY ts DESC, sessionid DESC))[1] AS last_channel,
    (array_agg(channel ORDER BY ts, sessionid))[2] AS second_channel
FROM raw_data.user_session_channel JOIN raw_data.session_timestamp USING (sessionid)
WHERE userid BETWEEN 100 AND 200
GROUP BY userid
