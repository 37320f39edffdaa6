WITH m AS (
    SELECT to_char(ts, 'YYYY-MM') AS month, userid, count(*) AS n
    FROM raw_data.user_session_channel JOIN raw_data.session_timestamp USING (sessionid) GROUP BY 1, 2
), t AS (
    SELECT month, count(*) AS users, sum(n) AS sessions, max(n) AS most, percentile_cont(0.5) WITHIN GROUP (ORDER BY n) AS middle
    FROM m GROUP BY month
)
-- SUM of BIGINT is NUMERIC on Redshift, so that it divides with a fraction (r_SUM)
SELECT month, users, sessions, div(sessions, users) AS whole_mean, (sessions / users)::double precision AS mean,
    sessions / users AS quotient, round(sessions / users, 2) AS rounded, most, middle,
    (SELECT avg(sessions) FROM t) AS mean_of_sums, floor(10 * sessions / users) / 10 AS cut
FROM t
