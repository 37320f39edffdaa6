{
    'table': 'wild_listagg_over',
    'schema': 'analytics',
    'main_sql': """
        SELECT userid, sessionid, channel,
            LISTAGG(channel, '|') WITHIN GROUP (ORDER BY sessionid) OVER (PARTITION BY userid) AS all_channels
        FROM raw_data.user_session_channel
        WHERE userid IN (10, 500, 3000)
    """,
    'input_check': [], 'output_check': [],
}
