WITH u AS (
    SELECT
        userid,
        (array_agg(channel ORDER BY ts, sessionid))[1] AS f,
        (array_agg(channel ORDER BY ts DESC, sessionid DESC))[1] AS l
    FROM raw_data.user_session_channel JOIN raw_data.session_timestamp USING (sessionid) GROUP BY userid
)
SELECT 'first' AS kind, f AS channel, count(*) AS users FROM u GROUP BY f
UNION ALL SELECT 'last', l, count(*) FROM u GROUP BY l
