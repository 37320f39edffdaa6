SELECT id, to_char(created_at, 'YYYY-MM') AS created_at, created_at AS second, to_char(created_at, 'YYYY') AS year,
    11 AS score, 20 AS doubled, 30 AS tripled
FROM raw_data.nps WHERE created_at >= '2025-02-01' AND score = 10 AND id < 12000
