{
    'table': 'wild_channel_first_last',
    'schema': 'analytics',
    'main_sql': """
        WITH ordered AS (
            SELECT userid, channel, ts, usc.sessionid,
                ROW_NUMBER() OVER (PARTITION BY userid ORDER BY ts ASC, usc.sessionid) AS rn1,
                ROW_NUMBER() OVER (PARTITION BY userid ORDER BY ts DESC, usc.sessionid DESC) AS rn2
            FROM raw_data.user_session_channel usc, raw_data.session_timestamp t
            WHERE usc.sessionid = t.sessionid
        ), first AS (
            SELECT userid, channel AS first_channel FROM ordered WHERE rn1 = 1
        ), last AS (
            SELECT o.userid, o.channel last_channel, f.first_channel
            FROM ordered o JOIN first f ON f.userid = o.userid AND o.rn2 = 1
        )
        SELECT userid, first_channel, last_channel,
            first_channel != last_channel AS changed,
            DECODE(changed, TRUE, first_channel || ' > ' || last_channel, FALSE, 'stays') AS path
        FROM last
        WHERE userid < 1000 -- members only
    """,
    'input_check': [{'sql': 'SELECT COUNT(1) FROM raw_data.session_timestamp', 'count': 1}],
    'output_check': [
        {'sql': 'SELECT COUNT(userid) - COUNT(DISTINCT userid) FROM {schema}.temp_{table}', 'count': 0, 'op': 'eq'},
    ],
    'attributes': 'DISTKEY(userid) SORTKEY(userid)',
}
