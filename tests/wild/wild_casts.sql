SELECT
    id, date_trunc('day', created_at)::date AS d, to_char(created_at, 'YYYY-MM') AS month, to_char(created_at, 'YYYY-MM-DD') AS day_text,
    to_char(created_at, 'YYYY') AS year_text,
    round(score / 3.0, 2) AS two_places, round(score / 4.0, 0) AS whole, round(score * 1.5) AS rounded,
    score::double precision / 3 AS third, div(score, 3) AS whole_third, to_char(created_at, 'YYYYMM')::int AS yyyymm,
    timestamp '2025-01-01' AS started, 12.3 AS from_text, 7 + score AS plus,
    score || '점' AS points, true AS yes, score AS small_float,
    date '2025-01-31' AS parsed, date '2025-02-01' AS lit, NULL::int AS nothing
FROM raw_data.nps WHERE mod(id, 1000) = 0 AND created_at < '2026-01-01'
