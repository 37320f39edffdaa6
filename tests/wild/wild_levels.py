{
    'table': 'wild_levels',
    'schema': 'analytics',
    'main_sql': """
        SELECT userid,
            COUNT(DISTINCT LEFT(ts, 10)) AS days, days * 2 AS twice, twice + 1 AS odd, odd / 2 AS half, half = days AS same,
            CASE WHEN odd > 201 THEN 'A' WHEN odd > 101 THEN 'B' ELSE 'C' END AS grade, grade || '-' || days AS code,
            MIN(ts) AS first_ts, MAX(ts) AS last_ts, DATEDIFF(day, first_ts, last_ts) AS span, NVL(span / NULLIF(days, 0), 0) AS every,
            LEFT(first_ts, 7) AS cohort, DENSE_RANK() OVER (PARTITION BY cohort ORDER BY days DESC) AS place
        FROM raw_data.user_session_channel u JOIN raw_data.session_timestamp s ON s.sessionid = u.sessionid
        WHERE userid < 2000
        GROUP BY userid
        HAVING days > 20 AND grade <> 'C'
        ORDER BY grade, code, userid
    """,
    'input_check': [],
    'output_check': [{'sql': "SELECT LEN(code) - 2 AS digits FROM {schema}.temp_{table} WHERE digits > 3 UNION ALL SELECT 0", 'count': 0, 'op': 'eq'}],
}
