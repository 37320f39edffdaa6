{
    'table': 'wild_products',
    'schema': 'analytics',
    'main_sql': """
        SELECT
            LEFT(created_at, 7) AS month,
            100 * SUM(CASE WHEN score >= 9 THEN 1 ELSE 0 END) / COUNT(1) AS whole_pct,
            ROUND(100.0 * SUM(CASE WHEN score >= 9 THEN 1 END) / COUNT(1), 2) AS pct,
            100 * SUM(score)::float / NULLIF(COUNT(score), 0) AS mean_times_100,
            2 * NVL(MAX(score), 0) AS twice_best,
            1.0 * DATEDIFF(day, MIN(created_at), MAX(created_at)) / 7 AS weeks,
            -1 * MIN(score) AS negative,
            MAX(score) * LEN(month) AS by_length,
            ROUND(COUNT(1) * 100.0 / SUM(COUNT(1)) OVER (), 3) AS share,
            1000 * RATIO_TO_REPORT(COUNT(1)) OVER () AS per_mille
        FROM raw_data.nps
        GROUP BY month
        HAVING 2 * COUNT(*) > 10 * LEN(month)
        ORDER BY -1 * COUNT(*)
    """,
    'input_check': [],
    'output_check': [{'sql': 'SELECT 100 * SUM(share) FROM {schema}.temp_{table}', 'count': 9990}],
}
