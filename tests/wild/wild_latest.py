{
    'table': 'wild_latest',
    'schema': 'analytics',
    'main_sql': """
        SELECT *
        FROM raw_data.user_session_channel
        WHERE userid < 3000
        QUALIFY ROW_NUMBER() OVER (PARTITION BY userid ORDER BY sessionid DESC) = 1;
    """,
    'input_check': [], 'output_check': [],
}
