WITH s AS (
    SELECT userid, date_trunc('month', ts)::date AS month,
        date_trunc('month', min(ts) OVER (PARTITION BY userid))::date AS cohort_month
    FROM raw_data.user_session_channel JOIN raw_data.session_timestamp USING (sessionid)
), n AS (
    SELECT
        cohort_month,
        12 * (extract(year FROM month) - extract(year FROM cohort_month))
            + extract(month FROM month) - extract(month FROM cohort_month) AS month_number,
        count(DISTINCT userid) AS users
    FROM s GROUP BY 1, 2
)
SELECT n.cohort_month, n.month_number, n.users, z.users AS cohort_size,
    round(100.0 * n.users / z.users, 2) AS retention_pct, n.users / z.users AS whole
FROM n JOIN n AS z ON z.cohort_month = n.cohort_month AND z.month_number = 0
WHERE n.month_number <= 6
