{
    'table': 'wild_spine',
    'schema': 'analytics',
    'dialect': 'redshift',
    'main_sql': """
        WITH RECURSIVE spine(day) AS (
            SELECT '2025-09-25'::date AS day
            UNION ALL
            SELECT DATEADD(day, 1, day)::date FROM spine WHERE day < '2025-10-15'
        ),
        numbers(n) AS (
            SELECT 1
            UNION ALL
            SELECT n + 1 FROM numbers WHERE n < 3
        )
        SELECT s.day, n.n, COUNT(a.id) AS answers, NVL(MAX(a.score), -1) AS best,
            CASE WHEN COUNT(a.id) = 0 THEN 'none' END AS remark
        FROM spine s
        CROSS JOIN numbers n
        LEFT JOIN raw_data.nps a ON TRUNC(a.created_at) = s.day AND a.score = n.n
        GROUP BY s.day, n.n
        ORDER BY s.day, n.n
    """,
    'input_check': [], 'output_check': [{'sql': 'SELECT COUNT(1) FROM {schema}.temp_{table}', 'count': 63, 'op': 'eq'}],
}
