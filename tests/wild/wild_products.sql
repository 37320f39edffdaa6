WITH m AS (
    SELECT to_char(created_at, 'YYYY-MM') AS month, count(*) AS n, count(score) AS answered, sum(score) AS total,
        count(*) FILTER (WHERE score >= 9) AS promoters, min(score) AS worst, max(score) AS best,
        max(created_at)::date - min(created_at)::date AS days
    FROM raw_data.nps GROUP BY 1
)
SELECT
    month, div(100 * promoters, n) AS whole_pct, round(100.0 * promoters / n, 2) AS pct,
    100.0 * total / answered AS mean_times_100, best + best AS twice_best, days / 7.0 AS weeks, 0 - worst AS negative,
    best * 7 AS by_length, round(100.0 * n / (SELECT count(*) FROM raw_data.nps), 3) AS share,
    1000.0 * n / (SELECT count(*) FROM raw_data.nps) AS per_mille
FROM m
