SELECT month, users, lag(users) OVER w AS before, lead(users) OVER w AS after,
    users - lag(users) OVER w AS growth,
    round((users - lag(users) OVER w) * 100.0 / lag(users) OVER w, 1) AS growth_pct,
    sign(users - lag(users) OVER w) AS direction,
    CASE WHEN lag(users) OVER w IS NULL THEN 'first' ELSE 'known' END AS kind,
    sum(users) OVER w AS total,
    floor(avg(users) OVER (ORDER BY month ROWS 2 PRECEDING)) AS moving
FROM (
    SELECT date_trunc('month', ts) AS month, count(DISTINCT userid) AS users
    FROM raw_data.user_session_channel JOIN raw_data.session_timestamp USING (sessionid)
    GROUP BY 1
) AS m
WINDOW w AS (ORDER BY month)
