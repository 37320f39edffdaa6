SELECT
    sessionid, ts + interval '24 hours' AS tomorrow, ts - interval '168 hours' AS week_ago, (ts + interval '30 days')::date AS in_30_days,
    (ts - interval '24 hours')::date AS yesterday,
    ts + interval '1 month' AS next_month, ts - interval '1 hour 30 minutes' AS earlier, ts::date - date '2025-01-01' AS day_number,
    ts + interval '9 hours' AS kst, (ts - interval '30 minutes')::time AS clock,
    timestamp '2025-01-01' AS new_year,
    extract(epoch FROM ts) AS epoch,
    true AS sane, true AS now_sane, true AS today_sane, true AS yesterday_same, 30 AS thirty,
    date_trunc('hour', ts) AS hour, date_trunc('month', ts) AS month, ts::date AS date
FROM raw_data.session_timestamp WHERE ts >= '2025-01-31' AND ts <= '2025-02-01 12:00'
