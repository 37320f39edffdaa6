{
    'table': 'wild_moments',
    'schema': 'analytics',
    'main_sql': """
        SELECT sessionid, ts + 1 AS tomorrow, ts - 7 AS week_ago, ts::date + 30 AS in_30_days, TRUNC(ts) - 1 AS yesterday,
            ts + INTERVAL '1 month' AS next_month, ts - INTERVAL '90 minutes' AS earlier, ts::date - '2025-01-01'::date AS day_number,
            DATEADD(hour, 9, ts) AS kst, DATEADD(minute, -30, ts)::time AS clock,
            TIMESTAMP 'epoch' + 1735689600 * INTERVAL '1 second' AS new_year,
            EXTRACT(epoch FROM ts) AS epoch,
            GETDATE() > ts - 3650 AS sane, SYSDATE >= '2020-01-01' AS now_sane, CURRENT_DATE > '2020-01-01' AS today_sane,
            LEFT(DATEADD(day, -1, TRUNC(GETDATE())), 10) = TO_CHAR(GETDATE() - 1, 'YYYY-MM-DD') AS yesterday_same,
            DATEDIFF(day, CURRENT_DATE - 30, GETDATE()) AS thirty,
            DATE_TRUNC('hour', ts) AS hour, DATE_TRUNC('month', ts::date) AS month, DATE(ts) AS date
        FROM raw_data.session_timestamp
        WHERE ts BETWEEN '2025-01-31' AND '2025-02-01 12:00' AND ts >= DATEADD(day, -1, '2025-01-31'::date)
    """,
    'input_check': [], 'output_check': [],
}
