SELECT
    date, promoters, detractors, answered, unanswered, promoters - detractors AS balance, nps,
    whole_average, average, decimal_average,
    CASE WHEN nps >= 40 THEN 'good' WHEN nps >= 20 THEN 'ok' ELSE 'bad' END AS verdict
FROM (
    SELECT
        to_char(created_at, 'YYYY-MM-DD') AS date,
        count(*) FILTER (WHERE score >= 9) AS promoters,
        count(*) FILTER (WHERE score <= 6) AS detractors,
        count(score) AS answered,
        count(*) - count(score) AS unanswered,
        round(100.0 * (count(*) FILTER (WHERE score >= 9) - count(*) FILTER (WHERE score <= 6)) / count(score), 2) AS nps,
        floor(avg(score)) AS whole_average,
        round(avg(score), 3) AS average,
        round(avg(score), 1) AS decimal_average
    FROM raw_data.nps
    GROUP BY 1
) AS day
