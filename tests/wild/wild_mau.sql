SELECT to_char(ts, 'YYYY-MM') AS month, count(DISTINCT userid) AS mau
FROM raw_data.user_session_channel JOIN raw_data.session_timestamp USING (sessionid)
GROUP BY to_char(ts, 'YYYY-MM')
