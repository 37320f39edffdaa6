{
    'table': 'wild_session_settings',
    'schema': 'analytics',
    'dialect': 'redshift',
    'pre_sql': "CREATE TEMP TABLE tmp_zoned AS SELECT id, created_at::timestamptz AS at, LEFT(created_at::timestamptz, 13) AS early FROM raw_data.nps WHERE id <= 50;",
    'main_sql': """
        SELECT id, LEFT(at, 13) AS hour, early, at || '' AS text, at >= '2025-01-01 12:00' AS afternoon,
            (0.1::float + 0.2::float)::varchar AS sum, LEFT(at::timestamp, 7) AS month,
            '02/03/2025'::date AS american, TO_CHAR(at, 'HH24') AS hh, EXTRACT(hour FROM at) AS h
        FROM tmp_zoned
    """,
    'input_check': [{'sql': "SELECT COUNT(1) FROM raw_data.nps WHERE created_at::timestamptz < '2025-01-02'", 'count': 248, 'op': 'eq'}],
    'output_check': [{'sql': "SELECT COUNT(1) FROM {schema}.temp_{table} WHERE LEFT(hour, 10) = '2025-01-01'", 'count': 50, 'op': 'eq'}],
}
