{
    'table': 'wild_scalar',
    'schema': 'analytics',
    'main_sql': """
        SELECT c.channelname,
            (SELECT COUNT(*) FROM raw_data.user_session_channel u WHERE u.channel = c.channelname) AS sessions,
            (SELECT MAX(s.ts) FROM raw_data.user_session_channel u JOIN raw_data.session_timestamp s USING (sessionid) WHERE u.channel = c.channelname) AS last_ts,
            DATEDIFF(day, (SELECT MIN(ts) FROM raw_data.session_timestamp), last_ts) AS span,
            LEFT((SELECT MAX(ts) FROM raw_data.session_timestamp), 10) AS newest,
            CASE WHEN sessions > (SELECT COUNT(*) / 8 FROM raw_data.user_session_channel) THEN 'big' ELSE 'small' END AS size,
            NVL(LEFT(last_ts, 10), 'never') AS last_day
        FROM raw_data.channel c
        WHERE c.channelname IN (SELECT channelname FROM raw_data.channel WHERE channelname > 'G')
    """,
    'input_check': [], 'output_check': [],
}
