{
    'table': 'wild_scripts',
    'schema': 'analytics',
    'pre_sql': """
        -- Redshift's ways of making a table
        CREATE TABLE #wild_members AS SELECT DISTINCT userid FROM raw_data.user_session_channel WHERE userid < 10;
        CREATE TEMP TABLE tmp_numbered (userid INT DISTKEY, label VARCHAR(20) ENCODE lzo, n INT8, seen TIMESTAMP SORTKEY);
        INSERT INTO tmp_numbered (userid, label, n, seen) VALUES (1, 'none', 1, '2025-01-01'), (2, 'none', 2, NULL), (3, 'x', 3, GETDATE());
        DELETE tmp_numbered WHERE userid = 3;
    """,
    'main_sql': "SELECT m.userid, t.label, t.n, t.seen FROM #wild_members m LEFT JOIN tmp_numbered t ON t.userid = m.userid",
    'after_sql': "/* nothing to do */ ; -- yet",
    'input_check': [], 'output_check': [],
}
