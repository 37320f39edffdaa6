{
    'table': 'wild_double_load',
    'schema': 'analytics',
    'main_sql': """
        SELECT sessionid, amount, refunded, COUNT(1) AS copies
        FROM raw_data.session_transaction
        GROUP BY 1, 2, 3
        HAVING copies > 1
    """,
    'input_check': [{'sql': 'SELECT COUNT(DISTINCT sessionid) FROM raw_data.session_transaction', 'count': 1000, 'op': 'ne'}],
    'output_check': [
        {'sql': """SELECT COUNT(1) FROM {schema}.temp_{table} t
                   JOIN raw_data.session_timestamp s ON s.sessionid = t.sessionid
                   WHERE DATEDIFF(day, '2025-12-15', s.ts) <> 0""", 'count': 0, 'op': 'eq'},
    ],
}
