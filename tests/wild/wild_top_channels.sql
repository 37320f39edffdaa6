WITH n AS (
    SELECT to_char(ts, 'YYYY-MM') AS month, channel, count(*) AS sessions
    FROM raw_data.user_session_channel JOIN raw_data.session_timestamp USING (sessionid)
    GROUP BY 1, 2
), r AS (
    SELECT month, channel, sessions, rank() OVER (PARTITION BY month ORDER BY sessions DESC) AS place,
        round(100.0 * sessions / (SELECT sum(sessions) FROM n AS m WHERE m.month = n.month AND m.sessions > 10), 1) AS share
    FROM n WHERE sessions > 10
)
SELECT * FROM r WHERE place <= 3 ORDER BY month DESC, place LIMIT 30
