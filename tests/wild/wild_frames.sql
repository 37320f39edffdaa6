WITH daily AS (SELECT created_at::date AS day, count(*) AS n, avg(score) AS mean FROM raw_data.nps GROUP BY 1),
numbered AS (SELECT *, row_number() OVER (ORDER BY day) AS i FROM daily)
SELECT
    day, n,
    (SELECT sum(n) FROM numbered AS o WHERE o.i BETWEEN d.i - 6 AND d.i) AS week_sum,
    (SELECT floor(avg(n)) FROM numbered AS o WHERE o.i BETWEEN d.i - 6 AND d.i) AS week_avg,
    (SELECT max(n) FROM numbered AS o WHERE o.i BETWEEN d.i + 1 AND d.i + 3) AS soon,
    (SELECT count(*) FROM daily AS o WHERE to_char(o.day, 'YYYY-MM') = to_char(d.day, 'YYYY-MM')) AS days_in_month,
    (SELECT 1 + count(*) FROM daily AS o WHERE to_char(o.day, 'YYYY-MM') = to_char(d.day, 'YYYY-MM')
        AND (o.n > d.n OR o.n = d.n AND o.day < d.day)) AS nth_best,
    (SELECT 1 + count(DISTINCT n) FROM daily AS o WHERE o.n > d.n) AS dense,
    ntile(4) OVER (ORDER BY n, day) AS quartile,
    ((SELECT count(*) FROM daily AS o WHERE o.n < d.n)::double precision / ((SELECT count(*) FROM daily) - 1)) AS pr,
    (SELECT count(*) FROM daily AS o WHERE o.n <= d.n)::double precision / (SELECT count(*) FROM daily) AS cd,
    (SELECT n FROM numbered AS o WHERE o.i = d.i - 7) AS week_before,
    (SELECT o.day FROM numbered AS o WHERE o.i = d.i + 1) - day AS days_to_next,
    round((mean - (SELECT avg(mean) FROM numbered AS o WHERE o.i BETWEEN d.i - 3 AND d.i + 3)), 4) AS off
FROM numbered AS d
