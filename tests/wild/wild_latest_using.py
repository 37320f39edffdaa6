{
    'table': 'wild_latest_using',
    'schema': 'analytics',
    'main_sql': """
        SELECT * FROM raw_data.user_session_channel
        JOIN raw_data.session_timestamp USING (sessionid)
        QUALIFY ROW_NUMBER() OVER (PARTITION BY userid ORDER BY ts DESC, sessionid) = 1
        ORDER BY ts DESC, sessionid LIMIT 100
    """,
    'input_check': [], 'output_check': [],
}
