{
    'table': 'wild_session_length',
    'schema': 'analytics',
    'main_sql': """
        SELECT userid, EXTRACT(epoch FROM MAX(ts) - MIN(ts)) AS seconds, 7 + MIN(ts) AS a_week_later
        FROM raw_data.user_session_channel JOIN raw_data.session_timestamp USING (sessionid)
        WHERE userid BETWEEN 700 AND 720
        GROUP BY userid
    """,
    'input_check': [], 'output_check': [],
}
