{
    'table': 'wild_temp_tables',
    'schema': 'analytics',
    'dialect': 'redshift',
    'pre_sql': """
        DROP TABLE IF EXISTS tmp_paid;
        CREATE TEMP TABLE tmp_paid DISTKEY(sessionid) SORTKEY(sessionid) AS
        SELECT DISTINCT sessionid, NVL(amount, 0) AS amount, refunded FROM raw_data.session_transaction;

        -- a second one that reads the first
        CREATE TEMPORARY TABLE tmp_month
        DISTSTYLE ALL
        AS (
            SELECT LEFT(s.ts, 7) AS month, COUNT(*) AS payments, SUM(p.amount) AS gross, AVG(p.amount) AS mean
            FROM tmp_paid p JOIN raw_data.session_timestamp s USING (sessionid)
            GROUP BY 1
        );
        CREATE TEMP TABLE tmp_note (month VARCHAR(7) ENCODE zstd, note NVARCHAR(100), weight DECIMAL(10,2), n INT8 NOT NULL) DISTSTYLE KEY DISTKEY (month) SORTKEY (month);
        INSERT INTO tmp_note (month, note, weight, n) VALUES ('2025-12', '두 번 load', 1.255, 2), ('2026-02', 'shop closed; for a day', 0.5, 1);
        UPDATE tmp_note SET note = UPPER(note) WHERE DATEDIFF(month, (month || '-01')::date, '2026-02-01') = 0;
        DELETE FROM tmp_note WHERE n > 5;
        ANALYZE tmp_month;
    """,
    'main_sql': """
        SELECT m.month, m.payments, m.gross, m.mean, ROUND(m.gross::float / m.payments, 2) AS exact_mean,
            n.note, NVL(n.weight, 1) AS weight, n.n / 2 AS half
        FROM tmp_month m
        LEFT JOIN tmp_note n ON n.month = m.month
    """,
    'after_sql': 'GRANT SELECT ON TABLE {schema}.{table} TO GROUP wild_analysts; ANALYZE {schema}.{table};',
    'attributes': 'DISTKEY(month) SORTKEY(month)',
    'input_check': [], 'output_check': [{'sql': 'SELECT COUNT(1) FROM {schema}.temp_{table}', 'count': 18, 'op': 'eq'}],
}
