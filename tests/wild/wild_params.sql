SELECT to_char(ts, 'YYYY-MM-DD') AS day, channel, count(*) AS n, '{not_a_param} {}' AS braces, '100% {x} \ 친구' AS label
FROM raw_data.user_session_channel JOIN raw_data.session_timestamp USING (sessionid)
WHERE ts >= '2025-05-01' AND ts < '2025-05-04' AND channel = 'Friend''s link'
GROUP BY 1, 2
