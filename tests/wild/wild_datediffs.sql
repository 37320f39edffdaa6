SELECT
    a.id,
    y2 - y1 AS years,
    (y2 * 12 + m2 - 1) / 3 - (y1 * 12 + m1 - 1) / 3 AS quarters,
    y2 * 12 + m2 - y1 * 12 - m1 AS months,
    (d2 - date '2018-01-01') / 7 - (d1 - date '2018-01-01') / 7 AS weeks,
    d2 - d1 AS days,
    e2 / 3600 - e1 / 3600 AS hours,
    e2 / 60 - e1 / 60 AS minutes,
    e2 - e1 AS seconds,
    (e2 - e1) * 1000 AS ms,
    d1 - d2 AS back,
    d2 - d1 AS mixed,
    y1 - 2024 AS from_text,
    (d2 - d1) / 7 AS whole_weeks,
    mod(d2 - d1, 7) AS rest
FROM raw_data.nps AS a
JOIN raw_data.nps AS b ON b.id = a.id * 50
CROSS JOIN LATERAL (
    SELECT
        extract(year FROM a.created_at)::int AS y1, extract(year FROM b.created_at)::int AS y2,
        extract(month FROM a.created_at)::int AS m1, extract(month FROM b.created_at)::int AS m2,
        a.created_at::date AS d1, b.created_at::date AS d2,
        extract(epoch FROM a.created_at)::bigint AS e1, extract(epoch FROM b.created_at)::bigint AS e2
) AS p
WHERE a.id <= 3000 AND d2 > d1 AND b.created_at < '2026-06-01'
