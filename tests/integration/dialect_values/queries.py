"""Whole queries in the style of each dialect, beside what a PostgreSQL user would write."""

TABLES = """
CREATE SCHEMA shop;
CREATE TABLE shop.orders (
    order_id bigint, customer text, status text, amount numeric(10, 2), pieces integer,
    ordered_at timestamp, shipped_on date
);
INSERT INTO shop.orders VALUES
    (1, 'ann', 'paid', 10.00, 1, '2024-01-31 23:59:59', '2024-02-02'),
    (2, 'bob', 'open', 20.50, 0, '2024-02-29 12:00:00', NULL),
    (3, 'ann', 'paid', NULL, 3, '2024-02-01 00:00:00', '2024-02-04'),
    (4, NULL, 'paid', 5.25, 2, '2024-03-03 08:30:00', '2024-03-03'),
    (5, 'cid', 'void', 7.75, NULL, '2024-03-31 18:00:00', NULL),
    (6, 'bob', 'paid', 1.00, 4, '2024-02-04 10:00:00', '2024-03-10');
CREATE TABLE shop.customers (name text, country text, since date);
INSERT INTO shop.customers VALUES
    ('ann', 'KR', '2023-05-05'), ('bob', NULL, '2022-12-31'), ('cid', 'US', '2024-03-01');
"""
SNOWFLAKE = """
WITH paid AS (
    SELECT o.*, IFF(o.amount > 5, 'big', 'small') AS size,
        DATE_TRUNC('month', o.ordered_at)::DATE AS month
    FROM SHOP.Orders o WHERE o.status ILIKE 'PAID'
)
SELECT p.month, NVL(c.country, 'none') AS land, COUNT(*) AS n,
    ZEROIFNULL(SUM(p.amount)) AS total, total / 2 AS half,
    SUM(p.pieces) / COUNT(*) AS pieces,
    LISTAGG(p.customer, ',') WITHIN GROUP (ORDER BY p.order_id) AS who,
    MAX(DATEDIFF(day, p.ordered_at, p.shipped_on)) AS slowest,
    RANK() OVER (ORDER BY SUM(p.amount) DESC) AS place,
    SPLIT_PART(MIN(p.size) || '/x', '/', 1) AS size
FROM paid p LEFT JOIN shop.customers c ON c.name = p.customer
GROUP BY 1, 2
QUALIFY ROW_NUMBER() OVER (PARTITION BY p.month ORDER BY land) = 1
ORDER BY month DESC
"""
SNOWFLAKE_BY_HAND = """
WITH groups AS (
    SELECT date_trunc('month', o.ordered_at)::date AS month, coalesce(c.country, 'none') AS country,
        count(*) AS n, coalesce(sum(o.amount), 0) AS total, coalesce(sum(o.amount), 0) / 2 AS half,
        round(sum(o.pieces)::numeric / count(*), 6) AS pieces,
        coalesce(string_agg(o.customer, ',' ORDER BY o.order_id), '') AS who,
        max(o.shipped_on - o.ordered_at::date) AS slowest,
        rank() OVER (ORDER BY sum(o.amount) DESC) AS place,
        min(CASE WHEN o.amount > 5 THEN 'big' ELSE 'small' END) AS size,
        row_number() OVER (PARTITION BY date_trunc('month', o.ordered_at)
            ORDER BY coalesce(c.country, 'none')) AS number
    FROM shop.orders o LEFT JOIN shop.customers c ON c.name = o.customer
    WHERE o.status = 'paid' GROUP BY 1, 2, date_trunc('month', o.ordered_at)
)
SELECT month, country, n, total, half, pieces, who, slowest, place, size FROM groups
WHERE number = 1 ORDER BY month DESC
"""
BIGQUERY = """
WITH weekly AS (
    SELECT DATE_TRUNC(DATE(ordered_at), WEEK) AS week, customer, amount, pieces,
        IF(status = "paid", amount, NULL) AS paid, shipped_on
    FROM `shop`.`orders`
    WHERE DATE(ordered_at) BETWEEN DATE_SUB(DATE "2024-02-01", INTERVAL 1 MONTH) AND "2024-12-31"
)
SELECT week, COUNT(DISTINCT customer) AS customers, COUNTIF(paid IS NOT NULL) AS n,
    SAFE_DIVIDE(SUM(IFNULL(pieces, 0)), COUNT(paid)) AS pieces,
    STRING_AGG(customer, "; " ORDER BY customer DESC) AS who,
    FORMAT_DATE("%Y-W%V", week) AS label,
    LAG(SUM(paid)) OVER (ORDER BY week) AS before
FROM weekly
GROUP BY week
HAVING n >= 0
ORDER BY before, week DESC
"""
BIGQUERY_BY_HAND = """
WITH weekly AS (
    SELECT ordered_at::date - extract(dow FROM ordered_at)::int AS week, customer, pieces,
        CASE WHEN status = 'paid' THEN amount END AS paid FROM shop.orders
)
SELECT week, count(DISTINCT customer), count(paid),
    sum(coalesce(pieces, 0))::float / nullif(count(paid), 0),
    string_agg(customer, '; ' ORDER BY customer DESC), to_char(week, 'YYYY-"W"IW'),
    lag(sum(paid)) OVER (ORDER BY week) AS before
FROM weekly GROUP BY week ORDER BY before NULLS FIRST, week DESC
"""
MYSQL = """
SELECT DATE_FORMAT(o.ordered_at, '%Y-%m') AS month, IFNULL(c.country, "?") AS `Country`,
    SUM(o.status = 'paid') AS paid, SUM(o.amount) / SUM(o.pieces) AS price,
    GROUP_CONCAT(DISTINCT o.customer ORDER BY o.customer SEPARATOR '|') AS who,
    MAX(TIMESTAMPDIFF(HOUR, o.ordered_at, o.shipped_on)) AS hours,
    CASE WHEN COUNT(o.shipped_on) DIV 2 > 0 THEN 'some' ELSE 'few' END AS sent,
    MIN(o.shipped_on) + INTERVAL 1 MONTH AS due,
    ROW_NUMBER() OVER (ORDER BY MIN(o.shipped_on), MIN(o.order_id)) AS place
FROM shop.orders o LEFT JOIN shop.customers AS c ON c.name = o.customer
WHERE o.ordered_at >= '2024-01-01' AND DATEDIFF(o.ordered_at, '2023-12-31') < 366
GROUP BY month, Country
ORDER BY due DESC, month LIMIT 0, 10
"""
MYSQL_BY_HAND = """
SELECT to_char(o.ordered_at, 'YYYY-MM') AS month, coalesce(c.country, '?') AS country,
    count(*) FILTER (WHERE o.status = 'paid'), sum(o.amount) / nullif(sum(o.pieces), 0),
    string_agg(DISTINCT o.customer, '|' ORDER BY o.customer),
    max(trunc(extract(epoch FROM o.shipped_on - o.ordered_at) / 3600)),
    CASE WHEN count(o.shipped_on) >= 2 THEN 'some' ELSE 'few' END,
    (min(o.shipped_on) + interval '1 month')::date AS due,
    row_number() OVER (ORDER BY min(o.shipped_on) NULLS FIRST, min(o.order_id))
FROM shop.orders o LEFT JOIN shop.customers c ON c.name = o.customer
GROUP BY 1, 2 ORDER BY due DESC NULLS LAST, month LIMIT 10
"""
SPARK = """
WITH days AS (
    SELECT customer, date_add(ordered_at, 1) AS next, trunc(ordered_at, 'MM') AS month,
        amount / pieces AS price, CAST(amount AS INT) AS cut,
        coalesce(customer, 'x') == 'ann' AS is_ann,
        greatest(amount, pieces) AS most
    FROM shop.orders
)
SELECT date_format(month, "MMM yyyy") AS month, count(*) AS n, sum(cut) AS cut, avg(price) AS price,
    count_if(is_ann) AS anns, max(most) AS most, datediff(max(next), min(next)) AS spread,
    first_value(month) OVER (ORDER BY month) AS first, concat_ws('-', 'a', max(customer)) AS tag,
    dense_rank() OVER (ORDER BY avg(price)) AS place
FROM days GROUP BY month ORDER BY price, n
"""
SPARK_BY_HAND = """
WITH days AS (
    SELECT customer, ordered_at::date + 1 AS next, date_trunc('month', ordered_at)::date AS month,
        amount / nullif(pieces, 0) AS price, trunc(amount)::int AS cut,
        coalesce(customer, 'x') = 'ann' AS is_ann, greatest(amount, pieces) AS most
    FROM shop.orders
)
SELECT to_char(days.month, 'Mon YYYY'), count(*), sum(cut), avg(price),
    count(*) FILTER (WHERE is_ann), max(most), max(next) - min(next),
    first_value(days.month) OVER (ORDER BY days.month),
    concat_ws('-', 'a', max(customer)), dense_rank() OVER (ORDER BY avg(price) NULLS FIRST)
FROM days GROUP BY days.month ORDER BY avg(price) NULLS FIRST, count(*)
"""
QUERIES = {
    "snowflake": (SNOWFLAKE, SNOWFLAKE_BY_HAND),
    "bigquery": (BIGQUERY, BIGQUERY_BY_HAND),
    "mysql": (MYSQL, MYSQL_BY_HAND),
    "spark": (SPARK, SPARK_BY_HAND),
}
