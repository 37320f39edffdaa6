{
    'table': 'wild_shares',
    'schema': 'analytics',
    'main_sql': """
        SELECT t.channel, t.n,
            RATIO_TO_REPORT(t.n) OVER () AS share,
            ROUND(RATIO_TO_REPORT(t.n) OVER () * 100, 2) AS share_pct,
            ROUND(t.n * 100 / SUM(t.n) OVER (), 2) AS pct,
            TRUNC(t.n * 100.0 / total.n, 1) AS cut_pct,
            t.n * 100 / total.n AS whole_pct,
            t.n / 1000 AS thousands,
            TRUNC(t.n / 1000.0, 1) AS k,
            CEIL(t.n / 1000.0) AS up, FLOOR(t.n / 1000.0) AS down, ABS(-t.n) AS positive, MOD(t.n, 7) AS m7, t.n % 7 AS p7,
            ROUND(SQRT(t.n), 3) AS root, POWER(t.n::float, 2) AS squared
        FROM (SELECT channel, COUNT(1) AS n FROM raw_data.user_session_channel GROUP BY channel) t
        CROSS JOIN (SELECT COUNT(1) AS n FROM raw_data.user_session_channel) total
    """,
    'input_check': [],
    'output_check': [{'sql': 'SELECT ROUND(SUM(share), 6) FROM {schema}.temp_{table}', 'count': 1, 'op': 'eq'}],
}
