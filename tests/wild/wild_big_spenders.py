{
    'table': 'wild_big_spenders',
    'schema': 'analytics',
    'main_sql': """
        SELECT u.userid, COUNT(*) AS sessions,
            (SELECT NVL(SUM(t.amount), 0) FROM raw_data.session_transaction t
             JOIN raw_data.user_session_channel v ON v.sessionid = t.sessionid
             WHERE v.userid = u.userid AND NOT t.refunded) AS spent
        FROM raw_data.user_session_channel u
        WHERE EXISTS (SELECT 1 FROM raw_data.session_transaction t WHERE t.sessionid = u.sessionid AND t.amount > 95000)
          AND u.channel IN (SELECT channelname FROM raw_data.channel WHERE LEN(channelname) > 5)
          AND u.userid NOT IN (SELECT v.userid FROM raw_data.user_session_channel v WHERE v.channel = 'Tiktok')
          AND NOT EXISTS (SELECT * FROM raw_data.session_transaction r WHERE r.sessionid = u.sessionid AND r.refunded = 't')
        GROUP BY u.userid
        HAVING COUNT(*) >= (SELECT AVG(n) FROM (SELECT COUNT(*) AS n FROM raw_data.channel GROUP BY channelname) c)
    """,
    'input_check': [], 'output_check': [],
}
