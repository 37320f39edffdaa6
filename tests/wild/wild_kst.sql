SELECT
    extract(hour FROM ts + interval '9 hours') AS kst_hour,
    to_char(ts + interval '9 hours', 'YYYY-MM') AS 월,
    count(*) AS 방문수,
    min(ts) + interval '9 hours' AS "첫 방문",
    format('총 %s회, 100%% {확인} %%s', count(*)) AS 설명
FROM raw_data.session_timestamp
WHERE ts >= timestamp '2026-05-31 15:00'
GROUP BY 1, 2
