# Reads analytics.nps_summary, another summary: that one is built first.
{
    'table': 'nps_monthly_summary',
    'schema': 'analytics',
    'description': 'Each month of nps_summary on one line: how the days did on average, the best one and the worst.',
    'owner': 'customer-team@example.com',
    'tags': ['customer', 'monthly'],
    'columns': {
        'month': 'YYYY-MM',
        'days': 'Days with answers',
        'average_nps': 'Average over the days, each weighing the same however many answers it had',
        'best_day': 'Day of the highest score; the first, where several have it',
        'worst_day': 'Day of the lowest score; the first, where several have it',
    },
    'input_check': [
        {'sql': 'SELECT COUNT(1) FROM analytics.nps_summary', 'count': 28},
    ],
    'main_sql': """
        SELECT
            TO_CHAR(date, 'YYYY-MM') AS month,
            COUNT(1) AS days,
            ROUND(AVG(nps), 2) AS average_nps,
            (ARRAY_AGG(date ORDER BY nps DESC, date))[1] AS best_day,
            (ARRAY_AGG(date ORDER BY nps, date))[1] AS worst_day
        FROM analytics.nps_summary
        GROUP BY TO_CHAR(date, 'YYYY-MM')
        ORDER BY month
    """,
    'primary_key': ['month'],
    'output_check': [
        {'sql': 'SELECT COUNT(1) FROM {schema}.temp_{table}', 'count': 12},
        {'sql': 'SELECT COUNT(1) FROM {schema}.temp_{table} WHERE days > 31', 'count': 0, 'op': 'eq'},
    ],
}
