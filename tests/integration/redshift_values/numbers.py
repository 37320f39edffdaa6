"""TRUNC and ROUND of a number, and the other functions of numbers."""

from decimal import Decimal

from integration.redshift_values.documented import Documented, follows, printed

COMMISSION_784 = "CAST(111.15 AS DECIMAL(8,2))"
COMMISSION_10000 = "CAST(28.05 AS DECIMAL(8,2))"
SAME_TYPE = "gives the type of its first argument, FLOAT8 too"

ROUNDING: tuple[Documented, ...] = (
    printed("r_TRUNC", f"SELECT TRUNC({COMMISSION_784})", Decimal(111)),
    printed("r_TRUNC", f"SELECT TRUNC({COMMISSION_784}, 1)", Decimal("111.1")),
    printed("r_TRUNC", f"SELECT TRUNC({COMMISSION_784}, -1)", Decimal(110)),
    printed("r_ROUND", f"SELECT ROUND({COMMISSION_10000})", Decimal(28)),
    printed("r_ROUND", f"SELECT ROUND({COMMISSION_10000}, 1)", Decimal("28.1")),
    printed("r_ROUND", f"SELECT ROUND({COMMISSION_10000}, -1)", Decimal(30)),
    *(
        follows(page, why, f"SELECT {sql}", value)
        for page, why, sql, value in (
            ("r_TRUNC", "truncates, never rounds", "TRUNC(111.99)", Decimal(111)),
            ("r_TRUNC", "truncates to the place", "TRUNC(111.199, 2)", Decimal("111.19")),
            ("r_TRUNC", "truncates to the place", "TRUNC(199.99, -2)", Decimal(100)),
            ("r_TRUNC", "no place is left", "TRUNC(111.15, -3)", Decimal(0)),
            ("r_TRUNC", SAME_TYPE, "TRUNC(CAST(111.75 AS FLOAT8))", 111.0),
            ("r_TRUNC", SAME_TYPE, "TRUNC(CAST(111.75 AS FLOAT8), 1)", 111.7),
            ("r_TRUNC", SAME_TYPE, "TRUNC(CAST(119.75 AS FLOAT8), -1)", 110.0),
            ("r_ROUND", "the nearest number of that place", "ROUND(28.17, 1)", Decimal("28.2")),
            ("r_ROUND", "the nearest number of that place", "ROUND(1234, -2)", 1200),
            ("r_ROUND", "the nearest number of that place", "ROUND(1251, -2)", 1300),
            ("r_ROUND", "the nearest number of that place", "ROUND(-28.17, 1)", Decimal("-28.2")),
            ("r_ROUND", "the nearest whole number", "ROUND(-28.7)", Decimal(-29)),
            ("r_ROUND", SAME_TYPE, "ROUND(CAST(28.07 AS FLOAT8), 1)", 28.1),
            ("r_ROUND", SAME_TYPE, "ROUND(CAST(28.7 AS FLOAT8))", 29.0),
            ("r_ROUND", SAME_TYPE, "ROUND(CAST(1234.5 AS FLOAT8), -2)", 1200.0),
            ("r_ROUND", SAME_TYPE, "ROUND(CAST(2 AS FLOAT8) / 3, 2)", 0.67),
        )
    ),
)

FUNCTIONS: tuple[Documented, ...] = (
    *(
        printed(page, f"SELECT {sql}", value)
        for page, sql, value in (
            ("r_ABS", "ABS(-38)", 38),
            ("r_ABS", "ABS(14 - 76)", 62),
            ("r_CEILING_FLOOR", f"CEILING({COMMISSION_10000})", Decimal(29)),
            ("r_FLOOR", f"FLOOR({COMMISSION_10000})", Decimal(28)),
            ("r_MOD", "MOD(10, 4)", 2),
            ("r_MOD", "MOD(10.5, 4)", Decimal("2.5")),
            ("r_MOD", "MOD(5, 2) = 0", False),
            ("r_MOD", "11 % 4", 3),
            ("r_SQRT", "SQRT(16)", 4.0),
            ("r_SQRT", "SQRT('16')", 4.0),
            ("r_SQRT", "SQRT(ROUND(16.4))", 4.0),
            ("r_LOG", "LOG(100)", 2.0),
            ("r_SIGN", f"SIGN({COMMISSION_10000})", Decimal(1)),
        )
    ),
    *(
        follows(page, why, f"SELECT {sql}", value)
        for page, why, sql, value in (
            ("r_ABS", "the argument's type", "ABS(CAST(-1.5 AS FLOAT8))", 1.5),
            ("r_CEILING_FLOOR", "up", "CEIL(-28.05)", Decimal(-28)),
            ("r_CEILING_FLOOR", "of a float", "CEIL(CAST(28.05 AS FLOAT8))", 29.0),
            ("r_FLOOR", "down", "FLOOR(-28.05)", Decimal(-29)),
            ("r_POWER", "DOUBLE PRECISION", "POWER(2, 10)", 1024.0),
            ("r_POWER", "the page's name for it", "POW(2, 3)", 8.0),
            ("r_SQRT", "of DECIMAL, as the page rounds", "ROUND(SQRT(109.20))", 10.0),
            ("r_EXP", "the inverse of LN", "EXP(0)", 1.0),
            ("r_LN", "the page's user 1", "LN(1)", 0.0),
            ("r_LN", "nearly 1, as the page says", "ROUND(LN(2.718281828), 6)", 1),
            (
                "r_LN",
                "the page's user 2, fewer places",
                "ROUND(LN(CAST(2 AS FLOAT8)), 6)",
                0.693147,
            ),
            ("r_LOG", "base 10", "LOG(1000)", 3.0),
            ("r_SIGN", "-1 below 0", "SIGN(CAST(-4.25 AS FLOAT8))", -1.0),
            ("r_SIGN", "0 for 0", "SIGN(0.00)", Decimal(0)),
        )
    ),
)

_FEW = "(SELECT 3 AS n UNION ALL SELECT NULL UNION ALL SELECT -2) AS few"
OTHERS = (
    printed("r_PI", "SELECT ROUND(PI(), 14)", 3.14159265358979),
    printed("r_OCTET_LENGTH", "SELECT OCTET_LENGTH('français')", 9),
    follows(
        "r_TEXTLEN", "a synonym of LEN, which counts characters", "SELECT TEXTLEN('français')", 8
    ),
    follows("r_MAX", "the highest, without NULL", f"SELECT MAX(n) FROM {_FEW}", 3),
    follows("r_MIN", "the lowest, without NULL", f"SELECT MIN(n) FROM {_FEW}", -2),
    follows(
        "r_NVL_function",
        "the guide has ISNULL as a word only; Redshift takes it for NVL of two",
        "SELECT ISNULL(n, 0) FROM (SELECT CAST(NULL AS INT) AS n UNION ALL SELECT 1) AS t",
        0,
        1,
    ),
    follows(
        "r_GROUP_BY_aggregate-extensions",
        "1 for the row over all groups, 0 for the others",
        "SELECT GROUPING(n) FROM (SELECT 1 AS n) AS t GROUP BY ROLLUP (n) ORDER BY 1",
        0,
        1,
    ),
    follows("r_RANDOM", "from 0 up to 1", "SELECT FLOOR(RANDOM())", 0),
)
NUMBERS = ROUNDING + FUNCTIONS + OTHERS
