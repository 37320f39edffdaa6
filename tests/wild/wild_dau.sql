SELECT
    to_char(ts, 'YYYY-MM-DD') AS date,
    to_char(ts, 'Dy') AS weekday,
    extract(dow FROM ts) AS dow,
    count(DISTINCT userid) AS dau,
    count(*) AS sessions,
    count(DISTINCT userid)::double precision / count(*) AS users_per_session
FROM raw_data.user_session_channel JOIN raw_data.session_timestamp USING (sessionid)
WHERE ts >= '2025-03-01' AND ts < '2025-04-01'
GROUP BY 1, 2, 3
HAVING count(DISTINCT userid) > 100
