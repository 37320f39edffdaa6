{
    'table': 'wild_top',
    'schema': 'analytics',
    'main_sql': """
        SELECT TOP 10 userid, COUNT(*) AS sessions, MAX(ts)::date AS last_day,
            DATEDIFF(day, last_day, '2026-06-30') AS quiet_days
        FROM raw_data.user_session_channel a
        JOIN raw_data.session_timestamp b ON a.sessionid = b.sessionid
        WHERE userid < 100000
        GROUP BY userid
        ORDER BY sessions DESC, userid
    """,
    'input_check': [], 'output_check': [{'sql': 'SELECT COUNT(*) FROM (SELECT TOP 5 userid FROM {schema}.temp_{table}) t', 'count': 5, 'op': 'eq'}],
}
