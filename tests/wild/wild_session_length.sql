SELECT userid, extract(epoch FROM max(ts)) - extract(epoch FROM min(ts)) AS seconds, min(ts) + interval '7 days' AS a_week_later
FROM raw_data.user_session_channel JOIN raw_data.session_timestamp USING (sessionid)
WHERE userid BETWEEN 700 AND 720 GROUP BY userid
