{
    'table': 'wild_correlated',
    'schema': 'analytics',
    'main_sql': """
        SELECT userid AS u, COUNT(*) AS sessions,
            (SELECT COUNT(*) FROM raw_data.user_session_channel c WHERE c.userid = o.userid AND c.channel = 'Google') AS google
        FROM raw_data.user_session_channel o
        WHERE userid BETWEEN 400 AND 420
        GROUP BY userid
    """,
    'input_check': [], 'output_check': [],
}
