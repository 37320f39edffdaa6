SELECT id, to_char(created_at, 'YYYY-MM-DD HH24') AS hour, to_char(created_at, 'YYYY-MM-DD HH24') AS early,
    to_char(created_at, 'YYYY-MM-DD HH24:MI:SS') || '+00' AS text, created_at >= '2025-01-01 12:00' AS afternoon,
    '0.3' AS sum, to_char(created_at, 'YYYY-MM') AS month,
    date '2025-02-03' AS american, to_char(created_at, 'HH24') AS hh, extract(hour FROM created_at) AS h
FROM raw_data.nps WHERE id <= 50
