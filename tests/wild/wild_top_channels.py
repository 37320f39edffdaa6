{
    'table': 'wild_top_channels',
    'schema': 'analytics',
    'dialect': 'redshift',
    'main_sql': """
        SELECT LEFT(ts, 7) AS month, channel, COUNT(*) AS sessions,
            RANK() OVER (PARTITION BY month ORDER BY sessions DESC) AS place,
            ROUND(sessions * 100.0 / SUM(COUNT(*)) OVER (PARTITION BY LEFT(ts, 7)), 1) AS share
        FROM raw_data.user_session_channel JOIN raw_data.session_timestamp USING (sessionid)
        GROUP BY month, channel
        HAVING sessions > 10
        QUALIFY place <= 3
        ORDER BY month DESC, place
        LIMIT 30
    """,
    'input_check': [], 'output_check': [{'sql': 'SELECT COUNT(*) FROM {schema}.temp_{table} QUALIFY ROW_NUMBER() OVER (ORDER BY 1) = 1', 'count': 30, 'op': 'eq'}],
}
