# How likely customers are to recommend the shop, day by day.
{
    'table': 'nps_summary',
    'schema': 'analytics',
    'description': 'Net promoter score of each day. An answer without a score counts as an answer of neither side; '
                   'a day without answers has no row.',
    'owner': 'customer-team@example.com',
    'tags': ['customer', 'daily'],
    'columns': {
        'date': 'Day of the answers, UTC',
        'nps': 'Promoters (9 or 10) minus detractors (0 to 6) over all answers, in percent: -100 to 100',
    },
    'input_check': [
        {'sql': 'SELECT COUNT(1) FROM raw_data.nps', 'count': 150000},
    ],
    'main_sql': """
        SELECT
            created_at::date AS date,
            ROUND(100.0 * SUM(CASE WHEN score >= 9 THEN 1 WHEN score <= 6 THEN -1 ELSE 0 END) / COUNT(1), 2) AS nps
        FROM raw_data.nps
        GROUP BY created_at::date
        ORDER BY date
    """,
    'primary_key': ['date'],
    'output_check': [
        {'sql': 'SELECT COUNT(1) FROM {schema}.temp_{table}', 'count': 500},
        {'sql': 'SELECT COUNT(1) FROM {schema}.temp_{table} WHERE nps NOT BETWEEN -100 AND 100',
         'count': 0, 'op': 'eq'},
    ],
}
