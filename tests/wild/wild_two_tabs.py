{
    'table': 'wild_two_tabs',
    'schema': 'analytics',
    'main_sql': """
        SELECT a.userid, s1.ts, a.sessionid AS one, b.sessionid AS other, a.channel = b.channel AS same_channel,
            s2.ts - s1.ts AS apart
        FROM raw_data.user_session_channel a
        JOIN raw_data.user_session_channel b ON a.userid = b.userid AND a.sessionid < b.sessionid
        JOIN raw_data.session_timestamp s1 ON s1.sessionid = a.sessionid
        JOIN raw_data.session_timestamp s2 ON s2.sessionid = b.sessionid AND s1.ts = s2.ts
    """,
    'input_check': [], 'output_check': [{'sql': 'SELECT COUNT(1) FROM {schema}.temp_{table}', 'count': 100}],
}
