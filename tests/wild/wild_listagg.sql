SELECT
    userid,
    string_agg(channel, ' > ' ORDER BY ts, sessionid) AS path,
    string_agg(DISTINCT channel, ',' ORDER BY channel) AS channels,
    array_to_string(array_agg(DISTINCT channel ORDER BY channel DESC), ', ') AS channels_desc,
    string_agg(left(channel, 1), '' ORDER BY ts, sessionid) FILTER (WHERE channel NOT LIKE 'G%' AND channel <> 'Naver') AS initials,
    string_agg(to_char(ts, 'YYYY-MM-DD'), ';' ORDER BY ts DESC, sessionid DESC) AS days,
    count(*) - 1 AS steps
FROM raw_data.user_session_channel JOIN raw_data.session_timestamp USING (sessionid)
WHERE userid BETWEEN 1000 AND 1200
GROUP BY userid
