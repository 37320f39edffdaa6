{
    'table': 'wild_growth',
    'schema': 'analytics',
    'main_sql': """
        SELECT month, users,
            LAG(users, 1) OVER (ORDER BY month) AS before,
            LEAD(users) OVER (ORDER BY month) AS after,
            users - before AS growth,
            ROUND(growth * 100.0 / before, 1) AS growth_pct,
            SIGN(growth) AS direction,
            NVL2(before, 'known', 'first') AS kind,
            SUM(users) OVER (ORDER BY month ROWS UNBOUNDED PRECEDING) AS total,
            AVG(users) OVER (ORDER BY month ROWS BETWEEN 2 PRECEDING AND CURRENT ROW) AS moving
        FROM (
            SELECT DATE_TRUNC('month', ts) AS month, COUNT(DISTINCT userid) AS users
            FROM raw_data.session_timestamp
            JOIN raw_data.user_session_channel USING (sessionid)
            GROUP BY 1
        ) m
        ORDER BY month
    """,
    'input_check': [], 'output_check': [{'sql': 'SELECT COUNT(1) FROM {schema}.temp_{table} WHERE before ISNULL', 'count': 1, 'op': 'eq'}],
}
