SELECT userid, count(*) AS sessions, max(ts)::date AS last_day, date '2026-06-30' - max(ts)::date AS quiet_days
FROM raw_data.user_session_channel JOIN raw_data.session_timestamp USING (sessionid)
WHERE userid < 100000
GROUP BY userid ORDER BY 2 DESC, 1 FETCH FIRST 10 ROWS ONLY
