WITH s AS (
    SELECT userid, ts, sessionid, lag(ts) OVER w AS before
    FROM raw_data.user_session_channel JOIN raw_data.session_timestamp USING (sessionid)
    WHERE userid < 50
    WINDOW w AS (PARTITION BY userid ORDER BY ts, sessionid)
), g AS (
    SELECT
        userid, ts, before,
        count(*) FILTER (WHERE before IS NULL OR ts::date - before::date >= 3)
            OVER (PARTITION BY userid ORDER BY ts, sessionid ROWS UNBOUNDED PRECEDING) AS visit
    FROM s
)
SELECT
    userid, visit, min(ts) AS started_at, max(ts) AS ended_at, count(*) AS sessions,
    max(ts)::date - min(ts)::date AS days,
    extract(epoch FROM date_trunc('hour', max(ts)) - date_trunc('hour', min(ts))) / 3600 AS hours,
    sum(extract(epoch FROM date_trunc('minute', ts) - date_trunc('minute', before)) / 60) AS gap_minutes
FROM g
GROUP BY userid, visit
