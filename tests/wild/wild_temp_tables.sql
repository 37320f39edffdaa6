SELECT
    to_char(ts, 'YYYY-MM') AS month, count(*) AS payments, sum(coalesce(amount, 0)) AS gross, floor(avg(coalesce(amount, 0))) AS mean,
    round(avg(coalesce(amount, 0)), 2) AS exact_mean,
    CASE to_char(ts, 'YYYY-MM') WHEN '2025-12' THEN '두 번 load' WHEN '2026-02' THEN 'SHOP CLOSED; FOR A DAY' END AS note,
    CASE to_char(ts, 'YYYY-MM') WHEN '2025-12' THEN 1.26 WHEN '2026-02' THEN 0.5 ELSE 1 END AS weight,
    CASE to_char(ts, 'YYYY-MM') WHEN '2025-12' THEN 1 WHEN '2026-02' THEN 0 END AS half
FROM (SELECT DISTINCT * FROM raw_data.session_transaction) AS t JOIN raw_data.session_timestamp USING (sessionid)
GROUP BY to_char(ts, 'YYYY-MM')
