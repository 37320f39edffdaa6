{
    'table': 'wild_frames',
    'schema': 'analytics',
    'main_sql': """
        WITH daily AS (
            SELECT TRUNC(created_at) AS day, COUNT(*) AS n, AVG(score::float) AS mean FROM raw_data.nps GROUP BY 1
        )
        SELECT day, n,
            SUM(n) OVER (ORDER BY day ROWS BETWEEN 6 PRECEDING AND CURRENT ROW) AS week_sum,
            AVG(n) OVER (ORDER BY day ROWS BETWEEN 6 PRECEDING AND CURRENT ROW) AS week_avg,
            MAX(n) OVER (ORDER BY day ROWS BETWEEN 1 FOLLOWING AND 3 FOLLOWING) AS soon,
            COUNT(*) OVER (PARTITION BY DATE_TRUNC('month', day)) AS days_in_month,
            ROW_NUMBER() OVER (PARTITION BY LEFT(day, 7) ORDER BY n DESC, day) AS nth_best,
            DENSE_RANK() OVER (ORDER BY n DESC) AS dense,
            NTILE(4) OVER (ORDER BY n, day) AS quartile,
            PERCENT_RANK() OVER (ORDER BY n) AS pr,
            CUME_DIST() OVER (ORDER BY n) AS cd,
            LAG(n, 7) OVER (ORDER BY day) AS week_before,
            LEAD(day) OVER (ORDER BY day) - day AS days_to_next,
            ROUND(mean - AVG(mean) OVER (ORDER BY day ROWS BETWEEN 3 PRECEDING AND 3 FOLLOWING), 4) AS off
        FROM daily
        ORDER BY day
    """,
    'input_check': [], 'output_check': [],
}
