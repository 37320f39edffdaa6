# What brought a user to the shop at first, and what did so last.
{
    'table': 'channel_summary',
    'schema': 'analytics',
    'description': 'First and last channel of each user. Of sessions in the same second, the lower sessionid '
                   'is the earlier.',
    'owner': 'growth-team@example.com',
    'tags': ['growth', 'daily'],
    'columns': {
        'userid': 'Member or guest',
        'first_channel': 'Channel of the first session',
        'last_channel': 'Channel of the last session; the same as the first, where there was one only',
    },
    'input_check': [
        {'sql': 'SELECT COUNT(1) FROM raw_data.user_session_channel', 'count': 100000},
    ],
    'main_sql': """
        SELECT
            userid,
            (ARRAY_AGG(channel ORDER BY ts, sessionid))[1] AS first_channel,
            (ARRAY_AGG(channel ORDER BY ts DESC, sessionid DESC))[1] AS last_channel
        FROM raw_data.user_session_channel
        JOIN raw_data.session_timestamp USING (sessionid)
        GROUP BY userid
    """,
    'primary_key': ['userid'],
    'output_check': [
        {'sql': 'SELECT COUNT(1) FROM {schema}.temp_{table}', 'count': 10000},
        {'sql': 'SELECT COUNT(1) FROM {schema}.temp_{table} WHERE first_channel IS NULL OR last_channel IS NULL',
         'count': 0, 'op': 'eq'},
    ],
}
