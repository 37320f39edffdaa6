{
    'table': 'wild_rollup',
    'schema': 'analytics',
    'main_sql': """
        SELECT NVL(channel, 'ALL') AS channel_name, LEFT(ts, 4) AS year, COUNT(*) AS sessions
        FROM raw_data.user_session_channel JOIN raw_data.session_timestamp USING (sessionid)
        GROUP BY ROLLUP(channel, year)
        UNION ALL
        SELECT 'sets', LEFT(ts, 4), COUNT(*)
        FROM raw_data.user_session_channel JOIN raw_data.session_timestamp USING (sessionid)
        GROUP BY GROUPING SETS ((LEFT(ts, 4)), ())
    """,
    'input_check': [], 'output_check': [],
}
