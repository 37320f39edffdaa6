{
    'table': 'wild_shadowed',
    'schema': 'analytics',
    'main_sql': """
        SELECT id, LEFT(created_at, 7) AS created_at, created_at AS second, LEFT(created_at, 4) AS year,
            score + 1 AS score, score * 2 AS doubled, doubled + score AS tripled
        FROM raw_data.nps
        WHERE created_at >= '2025-02-01' AND score = 10 AND id < 12000
        ORDER BY score, id
    """,
    'input_check': [], 'output_check': [],
}
