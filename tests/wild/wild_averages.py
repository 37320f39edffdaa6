{
    'table': 'wild_averages',
    'schema': 'analytics',
    'main_sql': """
        SELECT month, COUNT(*) AS users, SUM(sessions) AS sessions, AVG(sessions) AS whole_mean, AVG(sessions::float) AS mean,
            SUM(sessions) / COUNT(*) AS quotient, ROUND(SUM(sessions) / COUNT(*), 2) AS rounded, MAX(sessions) AS most,
            MEDIAN(sessions) AS middle, AVG(SUM(sessions)) OVER () AS mean_of_sums,
            TRUNC(SUM(sessions) / COUNT(*), 1) AS cut
        FROM (
            SELECT userid, LEFT(ts, 7) AS month, COUNT(1) AS sessions
            FROM raw_data.user_session_channel JOIN raw_data.session_timestamp USING (sessionid)
            GROUP BY userid, month
        ) t
        GROUP BY month
    """,
    'input_check': [], 'output_check': [],
}
