SELECT channel AS chan, count(DISTINCT userid) AS users, count(*) FILTER (WHERE userid >= 100000) AS guests
FROM raw_data.user_session_channel WHERE channel <> 'Naver' GROUP BY channel
