SELECT userid, days, twice, odd, half, same, grade, code, first_ts, last_ts, span, every, cohort, rank AS place FROM (
    SELECT u.*, dense_rank() OVER (PARTITION BY cohort ORDER BY days DESC) AS rank FROM (
        SELECT userid, days, 2 * days AS twice, 2 * days + 1 AS odd, days AS half, true AS same,
            CASE WHEN days > 100 THEN 'A' ELSE 'B' END AS grade, concat(CASE WHEN days > 100 THEN 'A' ELSE 'B' END, '-', days) AS code,
            first_ts, last_ts, last_ts::date - first_ts::date AS span, (last_ts::date - first_ts::date) / days AS every,
            to_char(first_ts, 'YYYY-MM') AS cohort
        FROM (
            SELECT userid, count(DISTINCT ts::date) AS days, min(ts) AS first_ts, max(ts) AS last_ts
            FROM raw_data.user_session_channel JOIN raw_data.session_timestamp USING (sessionid)
            WHERE userid < 2000 GROUP BY userid
        ) AS d
        WHERE days > 50
    ) AS u
) AS r
