SELECT
    CASE WHEN c.channelname IS NULL THEN 'not listed' WHEN u.channel IS NULL THEN 'never seen' ELSE 'both' END AS why,
    coalesce(c.channelname, u.channel) AS name
FROM raw_data.channel AS c
FULL JOIN (SELECT DISTINCT channel FROM raw_data.user_session_channel) AS u ON u.channel = c.channelname
