{
    'table': 'wild_nps',
    'schema': 'analytics',
    'main_sql': """
        SELECT LEFT(created_at, 10) AS date,
            SUM(CASE WHEN score >= 9 THEN 1 ELSE 0 END) AS promoters,
            SUM(CASE WHEN score <= 6 THEN 1 ELSE 0 END) AS detractors,
            COUNT(score) AS answered,
            COUNT(1) - answered AS unanswered,
            promoters - detractors AS balance,
            ROUND(balance::float / NULLIF(answered, 0) * 100, 2) AS nps,
            AVG(score) AS whole_average,
            ROUND(AVG(score::float), 3) AS average,
            ROUND(AVG(score::decimal(10, 4)), 1) AS decimal_average,
            CASE WHEN nps >= 40 THEN 'good' WHEN nps >= 20 THEN 'ok' ELSE 'bad' END AS verdict
        FROM raw_data.nps
        GROUP BY date
        ORDER BY date;
    """,
    'input_check': [{'sql': 'SELECT COUNT(1) FROM raw_data.nps', 'count': 150000}],
    'output_check': [
        {'sql': 'SELECT COUNT(1) FROM {schema}.temp_{table}', 'count': 500},
        {'sql': "SELECT COUNT(1) FROM {schema}.temp_{table} WHERE NVL(nps, 0) NOT BETWEEN -100 AND 100", 'count': 0, 'op': 'eq'},
    ],
    'overwrite': True,
}
