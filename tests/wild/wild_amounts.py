{
    'table': 'wild_amounts',
    'schema': 'analytics',
    'main_sql': """
        SELECT channel,
            MEDIAN(amount) AS median_amount,
            PERCENTILE_CONT(0.25) WITHIN GROUP (ORDER BY amount) AS q1,
            PERCENTILE_CONT(0.75) WITHIN GROUP (ORDER BY amount) AS q3,
            q3 - q1 AS iqr,
            AVG(amount) AS average,
            AVG(amount::float) AS exact_average,
            ROUND(STDDEV(amount), 2) AS deviation,
            MIN(amount) || '~' || MAX(amount) AS span,
            APPROXIMATE COUNT(DISTINCT userid) AS payers,
            COUNT(amount) * 100 / COUNT(*) AS known_pct
        FROM raw_data.session_transaction
        JOIN raw_data.user_session_channel USING (sessionid)
        GROUP BY channel
    """,
    'input_check': [], 'output_check': [{'sql': 'SELECT MEDIAN(median_amount) FROM {schema}.temp_{table}', 'count': 10000}],
}
