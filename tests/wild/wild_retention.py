{
    'table': 'wild_retention',
    'schema': 'analytics',
    'description': 'Retention of monthly cohorts',
    'main_sql': """
        WITH first_visit AS (
            SELECT userid, MIN(ts) AS first_ts
            FROM raw_data.user_session_channel
            JOIN raw_data.session_timestamp USING (sessionid)
            GROUP BY userid
        ),
        cohort AS (
            SELECT *, DATE_TRUNC('month', first_ts)::date AS cohort_month FROM first_visit
        ),
        activity AS (
            SELECT DISTINCT c.cohort_month, u.userid, DATEDIFF(month, c.cohort_month, s.ts) AS month_number
            FROM cohort c
            JOIN raw_data.user_session_channel u ON u.userid = c.userid
            JOIN raw_data.session_timestamp s ON s.sessionid = u.sessionid
                AND DATEDIFF(month, c.first_ts, s.ts) <= 6
        )
        SELECT cohort_month, month_number, COUNT(userid) AS users,
            FIRST_VALUE(COUNT(userid)) OVER (PARTITION BY cohort_month ORDER BY month_number
                ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS cohort_size,
            ROUND(100.0 * users / cohort_size, 2) AS retention_pct,
            users / cohort_size AS whole
        FROM activity
        GROUP BY cohort_month, month_number
        ORDER BY 1, 2
    """,
    'output_check': [
        {'sql': "SELECT COUNT(1) FROM {schema}.temp_{table} WHERE month_number = 0 AND retention_pct <> 100", 'count': 0, 'op': 'eq'},
        {'sql': "SELECT MAX(DATEDIFF(month, cohort_month, '2026-06-30')) FROM {schema}.temp_{table}", 'count': 17, 'op': 'le'},
    ],
}
