{
    'table': 'wild_post_sql',
    'schema': 'analytics',
    'main_sql': "SELECT userid, MIN(ts) ts FROM raw_data.user_session_channel a JOIN raw_data.session_timestamp b ON a.sessionid = b.sessionid WHERE userid < 30 GROUP BY userid;",
    'input_check': [],
    'output_check': [],
    'overwrite': True,
    'attributes': 'DISTSTYLE KEY DISTKEY(userid) COMPOUND SORTKEY(ts)',
    'pre_sql': ['DROP TABLE IF EXISTS tmp_unused;', ''],
    'post_sql': [
        'GRANT USAGE ON SCHEMA {schema} TO GROUP wild_analysts;',
        'GRANT SELECT ON {schema}.{table} TO GROUP wild_analysts;',
        'ANALYZE {schema}.{table}',
        "COMMENT ON TABLE {schema}.{table} IS 'first seen, 처음 100%';",
    ],
}
