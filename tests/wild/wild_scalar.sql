SELECT
    c.channelname, count(u.sessionid) AS sessions, max(s.ts) AS last_ts, max(s.ts)::date - min(a.first)::date AS span,
    to_char(min(a.last), 'YYYY-MM-DD') AS newest,
    CASE WHEN count(u.sessionid) > min(a.n) / 8 THEN 'big' ELSE 'small' END AS size,
    coalesce(to_char(max(s.ts), 'YYYY-MM-DD'), 'never') AS last_day
FROM raw_data.channel AS c
LEFT JOIN raw_data.user_session_channel AS u ON u.channel = c.channelname
LEFT JOIN raw_data.session_timestamp AS s ON s.sessionid = u.sessionid
CROSS JOIN (SELECT min(ts) AS first, max(ts) AS last, count(*) AS n FROM raw_data.session_timestamp) AS a
WHERE c.channelname NOT IN ('Facebook', 'Friend''s link')
GROUP BY c.channelname
