WITH s AS (
    SELECT channel, to_char(ts, 'YYYY') AS year
    FROM raw_data.user_session_channel JOIN raw_data.session_timestamp USING (sessionid)
)
SELECT channel AS channel_name, year, count(*) AS sessions FROM s GROUP BY 1, 2
UNION ALL SELECT channel, NULL, count(*) FROM s GROUP BY channel
UNION ALL SELECT 'ALL', NULL, count(*) FROM s
UNION ALL SELECT 'sets', year, count(*) FROM s GROUP BY year
UNION ALL SELECT 'sets', NULL, count(*) FROM s
