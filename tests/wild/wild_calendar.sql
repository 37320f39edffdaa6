WITH d AS (SELECT ts::date AS day, count(*) AS sessions FROM raw_data.session_timestamp GROUP BY 1),
e AS (SELECT *, (date_trunc('month', day) + interval '1 month')::date - 1 AS month_end FROM d)
SELECT
    day, month_end,
    CASE WHEN day = month_end THEN (month_end + 1) + interval '1 month' - interval '1 day'
        ELSE day + interval '1 month' END AS next_month,
    (day - interval '1 month')::date AS previous_month,
    (day + 7)::timestamp AS next_week,
    day + interval '3 months' AS next_quarter,
    day + interval '1 year' AS next_year,
    (day - (extract(isodow FROM day)::int - 1))::timestamp AS monday,
    make_date(extract(year FROM day)::int, (extract(month FROM day)::int - 1) / 3 * 3 + 1, 1) AS quarter,
    to_char(day, 'YYYY-"W"IW') AS iso_week,
    (extract(month FROM day)::int + 2) / 3 AS q,
    extract(week FROM day) AS week,
    day - make_date(extract(year FROM day)::int, 1, 1) + 1 AS doy,
    extract(isodow FROM day) >= 6 AS weekend,
    CASE extract(isodow FROM day) WHEN 7 THEN '일' WHEN 6 THEN '토' ELSE '평일' END AS 요일,
    month_end - day AS days_left,
    (date_trunc('week', day)::date - date '2024-12-30') / 7 AS weeks,
    true AS close,
    day + 8 - extract(isodow FROM day)::int AS next_monday,
    sessions
FROM e
