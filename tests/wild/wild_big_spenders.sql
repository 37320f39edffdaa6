WITH pay AS (
    SELECT sessionid, max(amount) AS highest, bool_or(refunded) AS any_refunded FROM raw_data.session_transaction GROUP BY 1
), spent AS (
    SELECT userid, sum(amount) FILTER (WHERE NOT refunded) AS spent
    FROM raw_data.session_transaction JOIN raw_data.user_session_channel USING (sessionid) GROUP BY 1
), tiktok AS (SELECT DISTINCT userid FROM raw_data.user_session_channel WHERE channel = 'Tiktok')
SELECT u.userid, count(*) AS sessions, coalesce(min(s.spent), 0) AS spent
FROM raw_data.user_session_channel AS u
JOIN pay ON pay.sessionid = u.sessionid AND pay.highest > 95000 AND NOT pay.any_refunded
JOIN raw_data.channel AS c ON c.channelname = u.channel AND length(c.channelname) > 5
LEFT JOIN spent AS s ON s.userid = u.userid
LEFT JOIN tiktok AS k ON k.userid = u.userid
WHERE k.userid IS NULL
GROUP BY u.userid
