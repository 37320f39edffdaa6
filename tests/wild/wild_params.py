{
    'table': 'wild_params',
    'schema': 'analytics',
    'main_sql': """
        SELECT LEFT(ts, 10) AS day, channel, COUNT(*) AS n, '{not_a_param} {}' AS braces, {label} AS label
        FROM raw_data.user_session_channel JOIN raw_data.session_timestamp USING (sessionid)
        WHERE ts >= {start} AND ts < DATEADD(day, {days}, {start}::date) AND channel = {channel}
        GROUP BY 1, 2
        HAVING COUNT(*) >= {least}
    """,
    'params': {'start': '2025-05-01', 'days': 3, 'channel': "Friend's link", 'least': 1, 'label': '100% {x} \\ 친구'},
    'input_check': [{'sql': "SELECT COUNT(1) FROM raw_data.session_timestamp WHERE DATEDIFF(day, {start}, ts) >= 0", 'count': 1}],
    'output_check': [{'sql': "SELECT COUNT(1) FROM {schema}.temp_{table} WHERE NVL(channel, '') <> {channel}", 'count': 0, 'op': 'eq'}],
}
