"""LISTAGG, MEDIAN, APPROXIMATE COUNT, aliases in the same list, QUALIFY, TOP."""

from decimal import Decimal

from integration.redshift_values.documented import Documented, day, follows, printed

WINSALES = (
    "(SELECT 30001 AS salesid, DATE '2003-08-02' AS dateid, 3 AS sellerid, 'b' AS buyerid, "
    "10 AS qty, 10 AS qty_shipped UNION ALL "
    "SELECT 10001, DATE '2003-12-24', 1, 'c', 10, 10 UNION ALL "
    "SELECT 10005, DATE '2003-12-24', 1, 'a', 30, NULL UNION ALL "
    "SELECT 40001, DATE '2004-01-09', 4, 'a', 40, NULL UNION ALL "
    "SELECT 10006, DATE '2004-01-18', 1, 'c', 10, NULL UNION ALL "
    "SELECT 20001, DATE '2004-02-12', 2, 'b', 20, 20 UNION ALL "
    "SELECT 40005, DATE '2004-02-12', 4, 'a', 10, 10 UNION ALL "
    "SELECT 20002, DATE '2004-02-16', 2, 'c', 20, 20 UNION ALL "
    "SELECT 30003, DATE '2004-04-18', 3, 'b', 15, NULL UNION ALL "
    "SELECT 30004, DATE '2004-04-18', 3, 'b', 20, NULL UNION ALL "
    "SELECT 30007, DATE '2004-09-07', 3, 'c', 30, NULL) AS winsales"
)
SALES = (
    "(SELECT 380 AS sellerid UNION ALL SELECT 1178 UNION ALL SELECT 380 UNION ALL SELECT 2731 "
    "UNION ALL SELECT 1178) AS sales"
)
GAPS = (
    "(SELECT 1 AS id, 'a' AS v UNION ALL SELECT 2, NULL UNION ALL SELECT 3, '' UNION ALL "
    "SELECT 4, 'b') AS t"
)
TIES = "(SELECT 'a' AS v UNION ALL SELECT 'b' UNION ALL SELECT 'a' UNION ALL SELECT NULL) AS t"
CLICKS = "(SELECT 10.0 AS clicks, 40.0 AS impressions) AS raw_data"
TAKEN = "(SELECT 10.0 AS clicks, 40.0 AS impressions, 0.9 AS probability) AS raw_data"
STORE_SALES = (
    "(SELECT DATE '2022-01-01' AS ss_sold_date, TIME '09:00:00' AS ss_sold_time, "
    "'Product 1' AS ss_item, CAST(100.0 AS FLOAT8) AS ss_sales_price UNION ALL "
    "SELECT DATE '2022-01-01', TIME '11:00:00', 'Product 2', 500.0 UNION ALL "
    "SELECT DATE '2022-01-01', TIME '15:00:00', 'Product 3', 20.0 UNION ALL "
    "SELECT DATE '2022-01-01', TIME '17:00:00', 'Product 4', 1000.0 UNION ALL "
    "SELECT DATE '2022-01-01', TIME '18:00:00', 'Product 5', 30.0 UNION ALL "
    "SELECT DATE '2022-01-02', TIME '10:00:00', 'Product 6', 5000.0 UNION ALL "
    "SELECT DATE '2022-01-02', TIME '16:00:00', 'Product 7', 5.0) AS ss"
)

LISTAGG: tuple[Documented, ...] = (
    follows(
        "r_LISTAGG",
        "the page's sellers in date order, without a delimiter; a second key settles equal dates",
        f"SELECT LISTAGG(sellerid) WITHIN GROUP (ORDER BY dateid, salesid) FROM {WINSALES}",
        "31141242333",
    ),
    printed(
        "r_LISTAGG",
        "SELECT LISTAGG(dateid, '|') WITHIN GROUP (ORDER BY sellerid DESC, salesid ASC) "
        f"FROM {WINSALES} WHERE buyerid = 'b'",
        "2003-08-02|2004-04-18|2004-04-18|2004-02-12",
    ),
    printed(
        "r_LISTAGG",
        "SELECT LISTAGG(salesid, ',') WITHIN GROUP (ORDER BY salesid) "
        f"FROM {WINSALES} WHERE buyerid = 'a' GROUP BY buyerid",
        "10005,40001,40005",
    ),
    follows(
        "r_LISTAGG",
        "duplicates stay without DISTINCT (own rows)",
        f"SELECT LISTAGG(sellerid, ', ') WITHIN GROUP (ORDER BY sellerid) FROM {SALES}",
        "380, 380, 1178, 1178, 2731",
    ),
    follows(
        "r_LISTAGG",
        "DISTINCT drops duplicates; numbers order as numbers (own rows)",
        f"SELECT LISTAGG(DISTINCT sellerid, ', ') WITHIN GROUP (ORDER BY sellerid) FROM {SALES}",
        "380, 1178, 2731",
    ),
    follows(
        "r_LISTAGG",
        "DISTINCT drops duplicates, here in the other order (own rows)",
        "SELECT LISTAGG(DISTINCT sellerid, ',') WITHIN GROUP (ORDER BY sellerid DESC) "
        f"FROM {SALES}",
        "2731,1178,380",
    ),
    follows(
        "r_LISTAGG",
        "NULL values and empty strings are ignored, and so are their delimiters",
        f"SELECT LISTAGG(v, ',') WITHIN GROUP (ORDER BY id) FROM {GAPS}",
        "a,b",
    ),
    follows(
        "r_LISTAGG",
        "the delimiter is NULL by default",
        f"SELECT LISTAGG(v) WITHIN GROUP (ORDER BY id) FROM {GAPS}",
        "ab",
    ),
    follows(
        "r_LISTAGG",
        "DISTINCT ignores trailing spaces: 'a' and 'a ' are one (RTRIM, since either may be kept)",
        "SELECT RTRIM(LISTAGG(DISTINCT v, ',')) FROM (SELECT CAST('a' AS VARCHAR(5)) AS v "
        "UNION ALL SELECT CAST('a ' AS VARCHAR(5))) AS t",
        "a",
    ),
    follows(
        "r_LISTAGG",
        "one value for each group",
        "SELECT LISTAGG(salesid, ',') WITHIN GROUP (ORDER BY salesid DESC) "
        f"FROM {WINSALES} WHERE sellerid < 3 GROUP BY sellerid ORDER BY sellerid",
        *("10006,10005,10001", "20002,20001"),
    ),
    follows(
        "r_LISTAGG",
        "the ORDER BY may be another column's",
        f"SELECT LISTAGG(salesid, '-') WITHIN GROUP (ORDER BY qty DESC) FROM {WINSALES} "
        "WHERE salesid IN (10005, 40001, 40005)",
        "40001-10005-40005",
    ),
    printed(
        "r_WF_LISTAGG",
        f"SELECT LISTAGG(sellerid) WITHIN GROUP (ORDER BY sellerid) OVER () FROM {WINSALES}",
        *("11122333344",) * 11,
    ),
    printed(
        "r_WF_LISTAGG",
        "SELECT LISTAGG(sellerid) WITHIN GROUP (ORDER BY dateid) OVER () AS seller "
        f"FROM {WINSALES} WHERE buyerid = 'b'",
        *("3233",) * 4,
    ),
    printed(
        "r_WF_LISTAGG",
        "SELECT LISTAGG(dateid, ',') WITHIN GROUP (ORDER BY sellerid DESC, salesid ASC) OVER () "
        f"FROM {WINSALES} WHERE buyerid = 'b'",
        *("2003-08-02,2004-04-18,2004-04-18,2004-02-12",) * 4,
    ),
    printed(
        "r_WF_LISTAGG",
        "SELECT LISTAGG(DISTINCT dateid, ',') WITHIN GROUP (ORDER BY sellerid DESC, salesid ASC) "
        f"OVER () FROM {WINSALES} WHERE buyerid = 'b'",
        *("2003-08-02,2004-04-18,2004-02-12",) * 4,
    ),
    follows(
        "r_WF_LISTAGG",
        "over a partition, every row has its partition's list (own choice of rows)",
        "SELECT LISTAGG(salesid, '|') WITHIN GROUP (ORDER BY salesid) "
        f"OVER (PARTITION BY sellerid) FROM {WINSALES} WHERE sellerid < 3 ORDER BY salesid",
        *("10001|10005|10006",) * 3,
        *("20001|20002",) * 2,
    ),
)

MEDIAN: tuple[Documented, ...] = (
    printed(
        "r_WF_MEDIAN",
        f"SELECT MEDIAN(qty) OVER (PARTITION BY sellerid) FROM {WINSALES} ORDER BY sellerid, qty",
        *(Decimal(10),) * 3,
        *(Decimal(20),) * 2,
        *(Decimal("17.5"),) * 4,
        *(Decimal(25),) * 2,
    ),
    follows(
        "r_MEDIAN",
        "interpolates as PERCENTILE_CONT(0.5) does; r_WF_MEDIAN prints these as a window's",
        f"SELECT MEDIAN(qty) FROM {WINSALES} GROUP BY sellerid ORDER BY sellerid",
        *(Decimal(10), Decimal(20), Decimal("17.5"), Decimal(25)),
    ),
    follows(
        "r_MEDIAN",
        "NULL values are ignored",
        f"SELECT MEDIAN(qty_shipped) FROM {WINSALES}",
        Decimal(10),
    ),
    follows(
        "r_MEDIAN",
        "DOUBLE PRECISION for DOUBLE PRECISION",
        "SELECT MEDIAN(x) FROM (SELECT CAST(1.5 AS FLOAT8) AS x UNION ALL SELECT 2.0) AS t",
        1.75,
    ),
    follows(
        "r_MEDIAN",
        "DATE for DATE",
        f"SELECT MEDIAN(dateid) FROM {WINSALES} WHERE sellerid = 1",
        day("2003-12-24"),
    ),
)

COUNT: tuple[Documented, ...] = (
    follows(
        "r_COUNT",
        "the number of distinct values that are not NULL, here too few for an error of 2 %",
        f"SELECT APPROXIMATE COUNT(DISTINCT v) FROM {TIES}",
        2,
    ),
    follows(
        "r_COUNT",
        "the number of distinct values that are not NULL",
        f"SELECT COUNT(DISTINCT v) FROM {TIES}",
        2,
    ),
    follows("r_COUNT", "every row, null or not", f"SELECT COUNT(*) FROM {TIES}", 4),
    follows("r_COUNT", "the values that are not NULL", f"SELECT COUNT(v) FROM {TIES}", 3),
    follows("r_COUNT", "ALL is the default", f"SELECT COUNT(ALL v) FROM {TIES}", 3),
)

ALIASES: tuple[Documented, ...] = (
    follows(
        "r_SELECT_list",
        "an alias is recognized right after its definition",
        "SELECT percentage FROM (SELECT clicks / impressions AS probability, "
        f"ROUND(100 * probability, 1) AS percentage FROM {CLICKS}) AS t",
        Decimal(25),
    ),
    follows(
        "r_SELECT_list",
        "a column of the FROM clause takes priority over an alias",
        "SELECT percentage FROM (SELECT clicks / impressions AS probability, "
        f"ROUND(100 * probability, 1) AS percentage FROM {TAKEN}) AS t",
        Decimal(90),
    ),
    follows(
        "r_SELECT_list",
        "an alias may be built on an alias",
        "SELECT c FROM (SELECT n + 1 AS a, a * 10 AS b, a + b AS c FROM (SELECT 2 AS n) AS s) AS t",
        33,
    ),
)

QUALIFY: tuple[Documented, ...] = (
    printed(
        "r_QUALIFY_clause",
        f"SELECT ss_item FROM {STORE_SALES} WHERE ss_sold_time > TIME '12:00:00' "
        "QUALIFY ROW_NUMBER() OVER (PARTITION BY ss_sold_date ORDER BY ss_sales_price DESC) <= 2 "
        "ORDER BY ss_item",
        *("Product 4", "Product 5", "Product 7"),
    ),
    follows(
        "r_QUALIFY_clause",
        "the last item sold each day: the page's second example",
        f"SELECT ss_item FROM {STORE_SALES} QUALIFY LAST_VALUE(ss_item) OVER "
        "(PARTITION BY ss_sold_date ORDER BY ss_sold_time ASC ROWS BETWEEN UNBOUNDED PRECEDING "
        "AND UNBOUNDED FOLLOWING) = ss_item ORDER BY ss_item",
        *("Product 5", "Product 7"),
    ),
    follows(
        "r_QUALIFY_clause",
        "filters after HAVING, on a window over the groups",
        f"SELECT ss_sold_date FROM {STORE_SALES} GROUP BY ss_sold_date HAVING COUNT(*) > 1 "
        "QUALIFY RANK() OVER (ORDER BY SUM(ss_sales_price) DESC) = 1",
        day("2022-01-02"),
    ),
)

TOP: tuple[Documented, ...] = (
    follows(
        "r_SELECT_list",
        "the same as LIMIT: the first rows of the order (own rows)",
        "SELECT TOP 2 sellerid FROM (SELECT 8 AS qtysold, 518 AS sellerid UNION ALL SELECT 8, 520 "
        "UNION ALL SELECT 8, 574 UNION ALL SELECT 1, 100) AS sales "
        "ORDER BY qtysold DESC, sellerid",
        *(518, 520),
    ),
    follows(
        "r_SELECT_list",
        "TOP comes before DISTINCT, and counts distinct rows",
        f"SELECT TOP 2 DISTINCT sellerid FROM {WINSALES} ORDER BY sellerid DESC",
        *(4, 3),
    ),
    follows(
        "r_SELECT_list",
        "fewer rows than TOP asks for",
        f"SELECT TOP 10 salesid FROM {WINSALES} WHERE sellerid = 2 ORDER BY salesid",
        *(20001, 20002),
    ),
)

ROWS = LISTAGG + MEDIAN + COUNT + ALIASES + QUALIFY + TOP
