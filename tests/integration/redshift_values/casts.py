"""CAST, what a computation's type is, literals of dates, CASE, GREATEST, set operators."""

from decimal import Decimal

from integration.redshift_values.documented import Documented, day, follows, moment, printed

COMPUTED = "r_numeric_computations201"
NO_NUMBER = "CAST(NULL AS INTEGER)"
STAGE = "(SELECT 11 AS catid UNION ALL SELECT 12) AS category_stage"
CATEGORY = "(SELECT 10 AS catid UNION ALL SELECT 11) AS category"

CASTS: tuple[Documented, ...] = (
    *(
        printed(page, f"SELECT {sql}", value)
        for page, sql, value in (
            ("r_CAST_function", "CAST(162.00 AS INTEGER)", 162),
            ("r_CAST_function", "CAST('2008-02-18 02:36:48' AS DATE)", day("2008-02-18")),
            ("r_CAST_function", "CAST(TIMESTAMP '2008-02-18 02:36:48' AS DATE)", day("2008-02-18")),
            ("r_CAST_function", "CAST(DATE '2008-01-01' AS TIMESTAMP)", moment("2008-01-01")),
            ("r_CAST_function", "CAST(2008 AS CHAR(4))", "2008"),
            ("r_CAST_function", "CAST(109.652 AS DECIMAL(4,1))", Decimal("109.7")),
            (
                "r_CAST_function",
                "728.00::DECIMAL(38,2) * 100000000000000000000",
                Decimal("72800000000000000000000.00"),
            ),
            ("r_MOD", "MOD(CAST(16.4 AS INTEGER), 5)", 1),
        )
    ),
    *(
        follows(page, why, f"SELECT {sql}", value)
        for page, why, sql, value in (
            (
                "r_Numeric_types201",
                "DECIMAL is DECIMAL(18,0)",
                "CAST(123.456 AS DECIMAL)",
                Decimal(123),
            ),
            ("r_Numeric_types201", "NUMERIC is DECIMAL(18,0)", "123.456::NUMERIC", Decimal(123)),
            (
                "r_Numeric_types201",
                "the scale is 0 by default",
                "CAST(123.456 AS DECIMAL(10))",
                Decimal(123),
            ),
            ("r_Numeric_types201", "of text too", "CAST('123.4' AS DECIMAL)", Decimal(123)),
            ("r_CAST_function", "NULL is NULL", "CAST(NULL AS INTEGER)", None),
            ("r_CAST_function", "the other syntax", "'2008-02-18'::DATE", day("2008-02-18")),
            (
                "r_Character_types",
                "VARCHAR in an expression is as long as its input",
                "LEN(CAST(REPEAT('a', 300) AS VARCHAR))",
                300,
            ),
            (
                "c_Supported_data_types",
                "blanks around a number are ignored",
                "CAST(' 42 ' AS INTEGER)",
                42,
            ),
            (
                "c_Supported_data_types",
                "blanks around a date are ignored",
                "CAST(' 2008-02-18 ' AS DATE)",
                day("2008-02-18"),
            ),
            (
                "c_Supported_data_types",
                "a number becomes text",
                "CAST(12.50 AS VARCHAR(10))",
                "12.50",
            ),
            (
                "c_Supported_data_types",
                "a timestamp becomes text",
                "CAST(TIMESTAMP '2008-02-18 02:36:48' AS VARCHAR(19))",
                "2008-02-18 02:36:48",
            ),
            (
                "r_Examples_with_datetime_types",
                "a date as the page loads it",
                "CAST('Jun 1,2008' AS DATE)",
                day("2008-06-01"),
            ),
            (
                "r_Examples_with_datetime_types",
                "a date as the page loads it",
                "CAST('20081231' AS DATE)",
                day("2008-12-31"),
            ),
            (
                "r_Examples_with_datetime_types",
                "a timestamp as the page loads it",
                "CAST('Dec 31,2008 18:20' AS TIMESTAMP)",
                moment("2008-12-31 18:20:00"),
            ),
            (
                "r_Date_and_time_literals",
                "the month precedes the day",
                "CAST('01/02/00' AS DATE)",
                day("2000-01-02"),
            ),
            (
                "r_interval_literals",
                "the month precedes the day, as the page writes caldate",
                "CAST('12-31-2008' AS DATE)",
                day("2008-12-31"),
            ),
        )
    ),
)

COMPUTATIONS: tuple[Documented, ...] = (
    printed("r_OPERATOR_SYMBOLS", "SELECT CAST(28.05 AS DECIMAL(8,2)) + 2.00", Decimal("30.05")),
    printed("r_OPERATOR_SYMBOLS", "SELECT CAST(187.00 AS DECIMAL(8,2)) * .20", Decimal("37.4")),
    *(
        follows(COMPUTED, why, f"SELECT {sql}", value)
        for why, sql, value in (
            ("integers give an integer", "7 / 3", 2),
            ("integers give an integer", "1 / 3", 0),
            ("integers give an integer", "CAST(1 AS BIGINT) / 4", 0),
            ("INT2 and INT8 give INT8", "CAST(9 AS SMALLINT) / CAST(4 AS BIGINT)", 2),
            ("with a float, a float", "CAST(7 AS FLOAT8) / 2", 3.5),
            ("with a float, a float", "7 / CAST(2.00 AS FLOAT8)", 3.5),
            (
                "DECIMAL(8,2) by DECIMAL(8,2): nine places",
                "CAST(1.00 AS DECIMAL(8,2)) / CAST(3.00 AS DECIMAL(8,2))",
                Decimal("0.333333333"),
            ),
            (
                "DECIMAL(8,2) by INTEGER, a DECIMAL(10,0): thirteen places",
                "CAST(10.00 AS DECIMAL(8,2)) / n FROM (SELECT 3 AS n) AS t",
                Decimal("3.3333333333333"),
            ),
            (
                "INTEGER, a DECIMAL(10,0), by DECIMAL(8,2): seven places",
                "n / CAST(3.00 AS DECIMAL(8,2)) FROM (SELECT 1 AS n) AS t",
                Decimal("0.3333333"),
            ),
            (
                "DECIMAL(5,0) by DECIMAL(2,0): at least four places",
                "CAST(1 AS DECIMAL(5,0)) / CAST(3 AS DECIMAL(2,0))",
                Decimal("0.3333"),
            ),
            (
                "a sum is DECIMAL(38,2), a count DECIMAL(19,0): 58 digits leave four places",
                "SUM(x) / COUNT(x) FROM (SELECT CAST(10.00 AS DECIMAL(8,2)) AS x UNION ALL "
                "SELECT 0.00 UNION ALL SELECT 0.00) AS t",
                Decimal("3.3333"),
            ),
            (
                "a sum by an integer",
                "SUM(x) / 3 FROM (SELECT CAST(10.00 AS DECIMAL(8,2)) AS x) AS t",
                Decimal("3.3333"),
            ),
            (
                "the scale of a product is the sum of the scales",
                "CAST(1.11 AS DECIMAL(8,2)) * CAST(1.111 AS DECIMAL(8,3))",
                Decimal("1.23321"),
            ),
        )
    ),
    *(
        follows("r_Nulls", "an expression with a null is null", f"SELECT {sql}", None)
        for sql in (f"1 + {NO_NUMBER}", f"{NO_NUMBER} / 2", f"{NO_NUMBER} = {NO_NUMBER}")
    ),
)

CHOSEN: tuple[Documented, ...] = (
    *(
        follows("r_GREATEST_LEAST", why, f"SELECT {sql}", value)
        for why, sql, value in (
            ("the page's names", "GREATEST('Lars', 'Ratliff')", "Ratliff"),
            ("the page's names", "GREATEST('Reagan', 'Hodge')", "Reagan"),
            ("NULL values are ignored", f"GREATEST(1, {NO_NUMBER}, 3)", 3),
            ("NULL values are ignored", f"LEAST({NO_NUMBER}, 2)", 2),
            ("all are NULL", f"GREATEST({NO_NUMBER}, {NO_NUMBER})", None),
            ("the least", "LEAST(3, -1, 2)", -1),
        )
    ),
    printed(
        "r_CASE_function",
        "SELECT CASE venuecity WHEN 'New York City' THEN 'Big Apple' ELSE 'other' END FROM "
        "(SELECT 'Los Angeles' AS venuecity UNION ALL SELECT 'New York City') AS venue "
        "ORDER BY venuecity",
        *("other", "Big Apple"),
    ),
    printed(
        "r_CASE_function",
        "SELECT CASE WHEN pricepaid < 10000 THEN 'group 1' WHEN pricepaid > 10000 THEN "
        "'group 2' ELSE 'group 3' END FROM (SELECT 12624.00 AS pricepaid UNION ALL "
        "SELECT 10000.00 UNION ALL SELECT 9996.00) AS sales ORDER BY pricepaid DESC",
        *("group 2", "group 3", "group 1"),
    ),
    follows(
        "c_Example_MINUS_query",
        "the rows of the first alone, as printed (own columns)",
        f"SELECT catid FROM {STAGE} EXCEPT SELECT catid FROM {CATEGORY}",
        12,
    ),
    follows(
        "c_Example_MINUS_query",
        "MINUS is a synonym of EXCEPT, as printed (own columns)",
        f"SELECT catid FROM {STAGE} MINUS SELECT catid FROM {CATEGORY}",
        12,
    ),
    follows(
        "r_UNION",
        "two NULLs are identical to INTERSECT",
        "SELECT x FROM (SELECT CAST(NULL AS INTEGER) AS x) AS a INTERSECT "
        "SELECT x FROM (SELECT CAST(NULL AS INTEGER) AS x) AS b",
        None,
    ),
)

TYPES = CASTS + COMPUTATIONS + CHOSEN
