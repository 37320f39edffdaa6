{
    'table': 'wild_qualify_inside',
    'schema': 'analytics',
    'main_sql': """
        WITH firsts AS (
            SELECT u.userid, u.channel, s.ts,
                ROW_NUMBER() OVER (PARTITION BY u.userid ORDER BY s.ts, u.sessionid) AS rn
            FROM raw_data.user_session_channel u
            JOIN raw_data.session_timestamp s ON u.sessionid = s.sessionid
            QUALIFY rn = 1
        )
        SELECT 'first' AS kind, f.channel, COUNT(*) AS users FROM firsts f GROUP BY 1, 2
        UNION ALL
        SELECT 'last', l.channel, COUNT(*)
        FROM (
            SELECT u.channel
            FROM raw_data.user_session_channel u, raw_data.session_timestamp s
            WHERE u.sessionid = s.sessionid
            QUALIFY ROW_NUMBER() OVER (PARTITION BY u.userid ORDER BY s.ts DESC, u.sessionid DESC) = 1
        ) l
        GROUP BY 1, 2
        ORDER BY 1, 3 DESC
    """,
    'input_check': [], 'output_check': [],
}
