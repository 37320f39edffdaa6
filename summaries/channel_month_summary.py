# Which channels bring people who pay? Written in Redshift's SQL, as many such files are.
{
    'table': 'channel_month_summary',
    'schema': 'analytics',
    'dialect': 'redshift',
    'attributes': 'DISTKEY(channel) SORTKEY(month)',
    'overwrite': True,
    'description': 'Users, buyers and revenue of each month and channel. Payments that were loaded twice count once.',
    'owner': 'growth-team@example.com',
    'tags': ['growth', 'sales', 'monthly'],
    'columns': {
        'month': 'YYYY-MM, UTC',
        'channel': 'Where the users came from in the session',
        'users': 'Different users with a session, members and guests',
        'paying_users': 'Those of them who paid something, refunded or not',
        'conversion_rate': 'paying_users in percent of users',
        'gross_revenue': 'Sum of all payments, Korean won',
        'net_revenue': 'The same without payments that were refunded',
    },
    'input_check': [
        {'sql': 'SELECT COUNT(1) FROM raw_data.session_transaction', 'count': 10000},
        {'sql': 'SELECT DATEDIFF(month, MIN(ts), MAX(ts)) FROM raw_data.session_timestamp', 'count': 11},
    ],
    'main_sql': """
        WITH payment AS (
            SELECT DISTINCT sessionid, refunded, amount
            FROM raw_data.session_transaction
        )
        SELECT
            LEFT(ts, 7) AS month,
            usc.channel,
            COUNT(DISTINCT usc.userid) AS users,
            COUNT(DISTINCT CASE WHEN amount > 0 THEN usc.userid END) AS paying_users,
            ROUND(paying_users::float * 100 / NULLIF(users, 0), 2) AS conversion_rate,
            NVL(SUM(amount), 0) AS gross_revenue,
            NVL(SUM(DECODE(refunded, FALSE, amount)), 0) AS net_revenue
        FROM raw_data.user_session_channel usc
        JOIN raw_data.session_timestamp t ON t.sessionid = usc.sessionid
        LEFT JOIN payment p ON p.sessionid = usc.sessionid
        GROUP BY 1, 2;
    """,
    'primary_key': ['month', 'channel'],
    'output_check': [
        {'sql': 'SELECT COUNT(1) FROM {schema}.temp_{table}', 'count': 12},
        {'sql': 'SELECT COUNT(1) FROM {schema}.temp_{table} WHERE conversion_rate NOT BETWEEN 0 AND 100 OR net_revenue > gross_revenue',
         'count': 0, 'op': 'eq'},
    ],
}
