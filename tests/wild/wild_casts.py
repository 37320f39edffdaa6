{
    'table': 'wild_casts',
    'schema': 'analytics',
    'dialect': 'redshift',
    'main_sql': """
        SELECT id,
            created_at::date AS d, created_at::varchar(7) AS month, CAST(created_at AS varchar(10)) AS day_text,
            CAST(created_at AS char(4)) AS year_text,
            (score / 3.0)::decimal(10,2) AS two_places, (score / 4.0)::decimal AS whole, (score * 1.5)::int AS rounded,
            score::float / 3 AS third, score / 3 AS whole_third, CONVERT(int, TO_CHAR(created_at, 'YYYYMM')) AS yyyymm,
            '2025-01-01'::timestamp AS started, '12.345'::numeric(8,1) AS from_text, CAST('7' AS bigint) + score AS plus,
            score::varchar || '점' AS points, 't'::bool AS yes, score::real AS small_float,
            TO_DATE('20250131', 'YYYYMMDD') AS parsed, DATE '2025-02-01' AS lit, NULL::int AS nothing
        FROM raw_data.nps
        WHERE id % 1000 = 0 AND created_at::date < '2026-01-01'
    """,
    'input_check': [], 'output_check': [],
}
