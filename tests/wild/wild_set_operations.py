{
    'table': 'wild_set_operations',
    'schema': 'analytics',
    'main_sql': """
        (SELECT 'never seen' AS why, channelname AS name FROM raw_data.channel
         MINUS
         SELECT 'never seen', channel FROM raw_data.user_session_channel)
        UNION
        SELECT 'not listed', channel FROM (
            SELECT channel FROM raw_data.user_session_channel
            EXCEPT
            SELECT channelname FROM raw_data.channel
        ) x
        UNION ALL
        SELECT 'both', y.channel
        FROM (SELECT channel FROM raw_data.user_session_channel INTERSECT SELECT channelname FROM raw_data.channel) y
        ORDER BY 1, 2;
    """,
    'input_check': [], 'output_check': [],
}
