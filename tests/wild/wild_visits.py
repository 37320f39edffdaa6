{
    'table': 'wild_visits',
    'schema': 'analytics',
    'main_sql': """
        /* sessions less than 3 days apart are one visit */
        SELECT userid, visit, MIN(ts) AS started_at, MAX(ts) AS ended_at, COUNT(*) AS sessions,
            DATEDIFF(day, MIN(ts), MAX(ts)) AS days,
            DATEDIFF('hour', started_at, ended_at) AS hours,
            SUM(gap) AS gap_minutes
        FROM (
            SELECT userid, ts, sessionid, gap,
                SUM(is_new) OVER (PARTITION BY userid ORDER BY ts, sessionid ROWS UNBOUNDED PRECEDING) AS visit
            FROM (
                SELECT userid, ts, u.sessionid,
                    LAG(ts) OVER (PARTITION BY userid ORDER BY ts, u.sessionid) AS prev_ts,
                    DATEDIFF(minute, prev_ts, ts) AS gap,
                    CASE WHEN prev_ts IS NULL OR DATEDIFF(d, prev_ts, ts) >= 3 THEN 1 ELSE 0 END AS is_new
                FROM raw_data.user_session_channel u
                INNER JOIN raw_data.session_timestamp s ON u.sessionid = s.sessionid
                WHERE userid < 50
            ) g
        ) v
        GROUP BY userid, visit
    """,
    'input_check': [],
    'output_check': [{'sql': 'SELECT COUNT(1) FROM {schema}.temp_{table} WHERE ISNULL(days, 0) < 0', 'count': 0, 'op': 'eq'}],
}
