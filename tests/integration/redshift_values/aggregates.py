"""AVG, SUM, STDDEV, VARIANCE, bit-wise and Boolean aggregates, ANY_VALUE, PERCENTILE_CONT."""

from decimal import Decimal

from integration.redshift_values.documented import Documented, follows, printed
from integration.redshift_values.rows import WINSALES

NONE_YET = "(SELECT 1 AS n, CAST(NULL AS INTEGER) AS venueseats) AS venue"


def column(*values: str) -> str:
    """Return a relation t whose column x holds these expressions, of the first one's type."""
    first, *rest = values
    return f"(SELECT {first} AS x" + "".join(f" UNION ALL SELECT {one}" for one in rest) + ") AS t"


PRICES = column("CAST(10.00 AS DECIMAL(5,2))", "CAST(10.00 AS DECIMAL(5,2))", "11.00")
EIGHT = column("2", "4", "4", "4", "5", "5", "7", "9")
FLOATS = column("CAST(1 AS FLOAT8)", "2.0")
RANKS = "WITHIN GROUP (ORDER BY qty)"

AVERAGES: tuple[Documented, ...] = (
    printed(
        "r_WF_AVG",
        "SELECT AVG(qty) OVER (ORDER BY dateid, salesid ROWS UNBOUNDED PRECEDING) "
        f"FROM {WINSALES} ORDER BY dateid, salesid",
        *(10, 10, 16, 22, 20, 20, 18, 18, 18, 18, 19),
    ),
    printed(
        "r_WF_SUM",
        "SELECT SUM(qty) OVER (ORDER BY dateid, salesid ROWS UNBOUNDED PRECEDING) "
        f"FROM {WINSALES} ORDER BY dateid, salesid",
        *(10, 20, 50, 90, 100, 120, 130, 150, 165, 185, 215),
    ),
    printed(
        "r_WF_SUM",
        "SELECT SUM(qty) OVER (PARTITION BY sellerid ORDER BY dateid, salesid "
        f"ROWS UNBOUNDED PRECEDING) FROM {WINSALES} ORDER BY dateid, salesid",
        *(10, 10, 40, 40, 50, 20, 50, 40, 25, 45, 75),
    ),
    *(
        follows(page, why, f"SELECT {sql}", value)
        for page, why, sql, value in (
            ("r_AVG", "BIGINT for integers, cut as r_WF_AVG shows", f"AVG(x) FROM {EIGHT}", 5),
            (
                "r_AVG",
                "BIGINT for integers, cut as r_WF_AVG shows",
                f"AVG(x) FROM {column('1', '2', '2')}",
                1,
            ),
            ("r_AVG", "ignores NULL values", f"AVG(x) FROM {column('4', 'NULL', '6')}", 5),
            (
                "r_AVG",
                "DISTINCT drops duplicates before",
                f"AVG(DISTINCT x) FROM {column('1', '1', '5')}",
                3,
            ),
            ("r_AVG", "DOUBLE PRECISION for floating point", f"AVG(x) FROM {FLOATS}", 1.5),
            (
                "r_AVG",
                "DEC(5,2) gives DEC(38,2): two places",
                f"AVG(x) FROM {PRICES}",
                Decimal("10.33"),
            ),
            (
                "r_AVG",
                "the difference of dates is a BIGINT, and so is its average",
                "AVG(DATEDIFF(hours, a, b)) FROM (SELECT TIMESTAMP '2008-01-01 00:00:00' AS a, "
                "TIMESTAMP '2008-01-01 01:00:00' AS b UNION ALL "
                "SELECT TIMESTAMP '2008-01-01 00:00:00', TIMESTAMP '2008-01-01 02:00:00') AS t",
                1,
            ),
            ("r_SUM", "the scale is the argument's", f"SUM(x) FROM {PRICES}", Decimal("31.00")),
            ("r_SUM", "ignores NULL values", f"SUM(x) FROM {column('4', 'NULL', '6')}", 10),
            ("r_SUM", "DISTINCT drops duplicates", f"SUM(DISTINCT x) FROM {EIGHT}", 27),
            (
                "r_SUM",
                "BIGINT: no INTEGER overflows",
                f"SUM(x) FROM {column(*['2147483647'] * 2)}",
                4294967294,
            ),
            (
                "r_NVL_function",
                "NULL where there are no rows",
                f"SUM(x) FROM {EIGHT} WHERE x > 9",
                None,
            ),
            (
                "c_bitwise_aggregate_functions",
                "printed: no value that is not NULL",
                f"SUM(venueseats) FROM {NONE_YET} WHERE venueseats IS NULL",
                None,
            ),
            (
                "c_bitwise_aggregate_functions",
                "printed: no value that is not NULL",
                f"BIT_AND(venueseats) FROM {NONE_YET} WHERE venueseats IS NULL",
                None,
            ),
        )
    ),
)

SPREADS: tuple[Documented, ...] = tuple(
    follows(page, why, f"SELECT {sql}", value)
    for page, why, sql, value in (
        ("r_STDDEV_functions", "DOUBLE PRECISION", f"STDDEV_POP(x) FROM {EIGHT}", 2.0),
        ("r_STDDEV_functions", "one value has none", "STDDEV(x) FROM (SELECT 1 AS x) AS t", None),
        ("r_STDDEV_functions", "a synonym", f"STDDEV(x) FROM {column('1', '2', '3')}", 1.0),
        ("r_STDDEV_functions", "sample", f"STDDEV_SAMP(x) FROM {column('1', '2', '3')}", 1.0),
        (
            "r_STDDEV_functions",
            "of DECIMAL",
            f"STDDEV_SAMP(x) FROM {column('1.5', '2.5', '3.5')}",
            1.0,
        ),
        ("r_VARIANCE_functions", "DOUBLE PRECISION", f"VAR_POP(x) FROM {EIGHT}", 4.0),
        ("r_VARIANCE_functions", "a synonym", f"VARIANCE(x) FROM {column('1', '2', '3')}", 1.0),
        ("r_VARIANCE_functions", "sample", f"VAR_SAMP(x) FROM {column('1', '2', '3')}", 1.0),
        (
            "r_VARIANCE_functions",
            "one value has none",
            "VAR_SAMP(x) FROM (SELECT 1 AS x) AS t",
            None,
        ),
    )
)

BITS: tuple[Documented, ...] = tuple(
    follows(page, why, f"SELECT {sql}", value)
    for page, why, sql, value in (
        (
            "r_BIT_AND",
            "the bits that all have (own rows)",
            f"BIT_AND(x) FROM {column('208', '224')}",
            192,
        ),
        (
            "r_BIT_OR",
            "the bits that any has (own rows)",
            f"BIT_OR(x) FROM {column('85', '42')}",
            127,
        ),
        (
            "c_bitwise_aggregate_functions",
            "NULL values are eliminated",
            f"BIT_AND(x) FROM {column('192', 'NULL')}",
            192,
        ),
        (
            "c_bitwise_aggregate_functions",
            "DISTINCT changes nothing",
            f"BIT_OR(DISTINCT x) FROM {column('1', '1', '2')}",
            3,
        ),
        ("r_BOOL_AND", "true where all are", f"BOOL_AND(x) FROM {column('true', 'true')}", True),
        ("r_BOOL_AND", "false where any is", f"BOOL_AND(x) FROM {column('true', 'false')}", False),
        ("r_BOOL_AND", "of integers too", f"BOOL_AND(x) FROM {column('1', '0')}", False),
        ("r_BOOL_AND", "of integers too", f"BOOL_AND(x) FROM {column('1', '1')}", True),
        ("r_BOOL_OR", "true where any is", f"BOOL_OR(x) FROM {column('true', 'false')}", True),
        ("r_BOOL_OR", "false where none is", f"BOOL_OR(x) FROM {column('false', 'false')}", False),
        ("r_BOOL_OR", "of integers too", f"BOOL_OR(x) FROM {column('0', '1')}", True),
        (
            "c_bitwise_aggregate_functions",
            "NULL values are eliminated",
            f"BOOL_AND(x) FROM {column('true', 'NULL')}",
            True,
        ),
        (
            "r_ANY_VALUE",
            "a value of the group, here the only one",
            f"ANY_VALUE(x) FROM {column('1878', '1878')}",
            1878,
        ),
    )
)

PERCENTILES: tuple[Documented, ...] = (
    printed(
        "r_WF_PERCENTILE_CONT",
        f"SELECT PERCENTILE_CONT(0.5) {RANKS} OVER () FROM {WINSALES}",
        *(Decimal(20),) * 11,
    ),
    printed(
        "r_WF_PERCENTILE_CONT",
        f"SELECT PERCENTILE_CONT(0.5) {RANKS} OVER (PARTITION BY sellerid) "
        f"FROM {WINSALES} ORDER BY sellerid",
        *(Decimal(10),) * 3,
        *(Decimal(20),) * 2,
        *(Decimal("17.5"),) * 4,
        *(Decimal(25),) * 2,
    ),
    *(
        follows(
            "r_PERCENTILE_CONT",
            why,
            f"SELECT PERCENTILE_CONT({percentile}) WITHIN GROUP "
            f"(ORDER BY {order}) FROM {WINSALES} {rest}",
            Decimal(value),
        )
        for why, percentile, order, rest, value in (
            ("interpolates by the page's formula", "0.75", "qty", "WHERE sellerid = 3", "22.5"),
            ("the first row", "0", "qty", "WHERE sellerid = 3", "10"),
            ("the last row", "1", "qty", "WHERE sellerid = 3", "30"),
            ("in the other order", "0.25", "qty DESC", "WHERE sellerid = 3", "22.5"),
            ("nulls are ignored", "0.5", "qty_shipped", "", "10"),
        )
    ),
)

AGGREGATES = AVERAGES + SPREADS + BITS + PERCENTILES
