SELECT userid AS u, count(*) AS sessions, count(*) FILTER (WHERE channel = 'Google') AS google
FROM raw_data.user_session_channel WHERE userid BETWEEN 400 AND 420 GROUP BY userid
