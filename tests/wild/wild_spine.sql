SELECT d::date AS day, n, count(a.id) AS answers, coalesce(max(a.score), -1) AS best,
    CASE count(a.id) WHEN 0 THEN 'none' END AS remark
FROM generate_series(timestamp '2025-09-25', '2025-10-15', '1 day') AS d
CROSS JOIN generate_series(1, 3) AS n
LEFT JOIN raw_data.nps AS a ON a.created_at >= d AND a.created_at < d + interval '1 day' AND a.score = n
GROUP BY d, n
