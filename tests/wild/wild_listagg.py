{
    'table': 'wild_listagg',
    'schema': 'analytics',
    'dialect': 'redshift',
    'main_sql': """
        SELECT u.userid,
            LISTAGG(u.channel, ' > ') WITHIN GROUP (ORDER BY s.ts, u.sessionid) AS path,
            LISTAGG(DISTINCT u.channel, ',') WITHIN GROUP (ORDER BY u.channel) AS channels,
            LISTAGG(DISTINCT u.channel, ', ') WITHIN GROUP (ORDER BY u.channel DESC) AS channels_desc,
            LISTAGG(CASE WHEN u.channel LIKE 'G%' THEN '' WHEN u.channel = 'Naver' THEN NULL ELSE LEFT(u.channel, 1) END, '')
                WITHIN GROUP (ORDER BY s.ts, u.sessionid) AS initials,
            LISTAGG(LEFT(s.ts, 10), ';') WITHIN GROUP (ORDER BY s.ts DESC, u.sessionid DESC) AS days,
            LEN(path) - LEN(REPLACE(path, '>', '')) AS steps
        FROM raw_data.user_session_channel u
        JOIN raw_data.session_timestamp s ON s.sessionid = u.sessionid
        WHERE u.userid BETWEEN 1000 AND 1200
        GROUP BY u.userid
    """,
    'input_check': [],
    'output_check': [{'sql': "SELECT COUNT(*) FROM {schema}.temp_{table} WHERE CHARINDEX(',', path) > 0", 'count': 0, 'op': 'eq'}],
}
