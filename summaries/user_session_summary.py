# All that is known of a session on one line: the table to start from for most questions.
{
    'table': 'user_session_summary',
    'schema': 'analytics',
    'description': 'One row for each session: who, from where, when, and what was paid. Payments that were loaded '
                   'twice count once.',
    'owner': 'growth-team@example.com',
    'tags': ['growth', 'sales', 'daily'],
    'columns': {
        'sessionid': '32 hexadecimal digits',
        'userid': 'Member or guest',
        'channel': 'Where the user came from in this session',
        'is_listed_channel': 'Whether raw_data.channel has that name',
        'ts': 'When the session began, UTC',
        'month': 'YYYY-MM of ts',
        'session_number': '1 for the first session of the user, 2 for the next; of one second, by sessionid',
        'days_since_previous': 'Days since the session before it; NULL for the first',
        'payments': 'Payments in the session, refunded or not; most sessions have 0',
        'refunds': 'Payments that were paid back',
        'unknown_amounts': 'Payments of an unknown amount: they count as 0 in the sums',
        'gross_amount': 'Sum of all payments, Korean won',
        'refunded_amount': 'Sum of the payments that were paid back, Korean won',
        'net_amount': 'gross_amount minus refunded_amount',
    },
    'input_check': [
        {'sql': 'SELECT COUNT(1) FROM raw_data.user_session_channel', 'count': 100000},
        # A session without a timestamp would be lost in the join.
        {'sql': 'SELECT COUNT(1) FROM raw_data.user_session_channel '
                'LEFT JOIN raw_data.session_timestamp USING (sessionid) WHERE ts IS NULL',
         'count': 0, 'op': 'eq'},
    ],
    'main_sql': """
        WITH payment AS (
            -- DISTINCT: one day's export was loaded twice, and the payments of a session differ
            SELECT DISTINCT sessionid, refunded, amount
            FROM raw_data.session_transaction
        ),
        paid AS (
            SELECT
                sessionid,
                COUNT(1) AS payments,
                COUNT(CASE WHEN refunded THEN 1 END) AS refunds,
                COUNT(1) - COUNT(amount) AS unknown_amounts,
                COALESCE(SUM(amount), 0) AS gross_amount,
                COALESCE(SUM(CASE WHEN refunded THEN amount END), 0) AS refunded_amount
            FROM payment
            GROUP BY sessionid
        )
        SELECT
            visit.sessionid,
            visit.userid,
            visit.channel,
            listed.channelname IS NOT NULL AS is_listed_channel,
            began.ts,
            TO_CHAR(began.ts, 'YYYY-MM') AS month,
            ROW_NUMBER() OVER history AS session_number,
            began.ts::date - LAG(began.ts::date) OVER history AS days_since_previous,
            COALESCE(paid.payments, 0) AS payments,
            COALESCE(paid.refunds, 0) AS refunds,
            COALESCE(paid.unknown_amounts, 0) AS unknown_amounts,
            COALESCE(paid.gross_amount, 0) AS gross_amount,
            COALESCE(paid.refunded_amount, 0) AS refunded_amount,
            COALESCE(paid.gross_amount - paid.refunded_amount, 0) AS net_amount
        FROM raw_data.user_session_channel AS visit
        JOIN raw_data.session_timestamp AS began USING (sessionid)
        LEFT JOIN raw_data.channel AS listed ON listed.channelname = visit.channel
        LEFT JOIN paid USING (sessionid)
        WINDOW history AS (PARTITION BY visit.userid ORDER BY began.ts, visit.sessionid)
    """,
    'primary_key': ['sessionid'],
    'indexes': [['userid', 'ts']],
    'output_check': [
        {'sql': 'SELECT COUNT(1) FROM {schema}.temp_{table}', 'count': 100000},
        {'sql': 'SELECT COUNT(1) FROM {schema}.temp_{table} WHERE net_amount < 0', 'count': 0, 'op': 'eq'},
    ],
}
