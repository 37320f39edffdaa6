# How many people came to the shop, month by month.
{
    'table': 'mau_summary',
    'schema': 'analytics',
    'description': 'Monthly active users: who had at least one session in the month, members and guests.',
    'owner': 'growth-team@example.com',
    'tags': ['growth', 'monthly'],
    'columns': {
        'month': 'YYYY-MM, UTC',
        'mau': 'Different users with a session in the month',
    },
    'input_check': [
        {'sql': 'SELECT COUNT(1) FROM raw_data.session_timestamp', 'count': 100000},
    ],
    'main_sql': """
        SELECT
            TO_CHAR(ts, 'YYYY-MM') AS month,
            COUNT(DISTINCT userid) AS mau
        FROM raw_data.session_timestamp
        JOIN raw_data.user_session_channel USING (sessionid)
        GROUP BY TO_CHAR(ts, 'YYYY-MM')
        ORDER BY month
    """,
    'primary_key': ['month'],
    'output_check': [
        {'sql': 'SELECT COUNT(1) FROM {schema}.temp_{table}', 'count': 12},
        {'sql': 'SELECT MAX(mau) FROM {schema}.temp_{table}', 'count': 1000},
    ],
}
