SELECT t.sessionid, amount, refunded, 2 AS copies FROM (SELECT DISTINCT * FROM raw_data.session_transaction) AS t
JOIN raw_data.session_timestamp AS s ON s.sessionid = t.sessionid
WHERE s.ts >= '2025-12-15' AND s.ts < '2025-12-16'
