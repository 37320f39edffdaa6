SELECT u.userid, CASE WHEN u.userid IN (1, 2) THEN 'none' END AS label, CASE WHEN u.userid IN (1, 2) THEN u.userid END AS n,
    CASE u.userid WHEN 1 THEN timestamp '2025-01-01' END AS seen
FROM (SELECT DISTINCT userid FROM raw_data.user_session_channel WHERE userid < 10) AS u
