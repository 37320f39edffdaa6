"""A table of orders, and the checks that people would write for it; all of them hold."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import product
from typing import TYPE_CHECKING

from benchmarks.publish.project import Project, rows
from builder.checks import Checking, Circumstances
from builder.relation import Relation
from builder.summary import load_summary

if TYPE_CHECKING:
    from collections.abc import Sequence

    from psycopg2.extensions import connection

    from builder.engines.reading import Reader
    from builder.run import CheckResult
    from builder.summary import Check

Written = dict[str, object]

NAME = ("analytics", "orders")
ORDERS = Relation(*NAME)
SOURCE = """
CREATE SCHEMA IF NOT EXISTS analytics;
DROP TABLE IF EXISTS analytics.orders;
CREATE TABLE analytics.orders WITH (autovacuum_enabled = false) AS
SELECT n AS order_id, (n * 7919 % 400000)::integer AS user_id, md5(n::text) AS session_id,
       (ARRAY['Naver', 'Google', 'Youtube', 'Facebook', 'Instagram', 'Organic', 'Tiktok'])
           [1 + n % 7] AS channel,
       CASE WHEN n % 20 <> 0 THEN (ARRAY['KR', 'JP', 'US', 'DE', 'FR'])[1 + n % 5] END AS country,
       CASE WHEN n % 10 <> 0 THEN 'user' || n * 7919 % 400000 || '@example.com' END AS email,
       timestamp '2025-01-01' + n * interval '6 seconds' AS created_at,
       CASE WHEN n % 3 <> 0 THEN date '2025-01-01' + (n / 14400 + n % 9)::integer END AS shipped_on,
       (n * 31 % 100000 / 100.0)::numeric(10, 2) AS amount, (1 + n % 12)::smallint AS quantity,
       CASE WHEN n % 4 <> 0 THEN n % 11 END::integer AS score, n % 997 / 997.0::float8 AS discount
       {more}
FROM generate_series(1::bigint, {many}) AS n;
ANALYZE analytics.orders
"""
# What a page view has besides: an address, a browser, where the visitor came from.
WIDE = """,
       'https://shop.example.com/products/' || md5((n % 1000)::text) || '?utm_campaign=' || n % 50
           AS address,
       'Mozilla/5.0 (Linux; Android 14; SM-S' || n % 90 || ') AppleWebKit/537.36 (KHTML, like '
           'Gecko) Chrome/126.0.0.0 Mobile Safari/537.36' AS browser,
       'https://search.example.com/search?query=' || md5((n % 5000)::text) AS referrer
"""
NOT_NULL = ("order_id", "user_id", "session_id", "channel", "created_at", "amount")
CHANNELS = ["Naver", "Google", "Youtube", "Facebook", "Instagram", "Organic", "Tiktok"]
RANGES: dict[str, tuple[object, object]] = {
    "amount": (0, 1000),
    "quantity": (1, 12),
    "discount": (0, 1),
    "created_at": ("2025-01-01", "2030-12-31"),
}


def _on(kind: str, column: str, **arguments: object) -> Written:
    return {"expect": f"expect_column_{kind}", "column": column, **arguments}


def _between(kind: str, column: str, low: object, high: object) -> Written:
    return _on(f"{kind}to_be_between", column, min_value=low, max_value=high)


TWENTY: Sequence[Written] = (
    *(_on("values_to_not_be_null", column) for column in NOT_NULL),
    *(_between("values_", column, *bounds) for column, bounds in RANGES.items()),
    _on("values_to_be_in_set", "channel", value_set=CHANNELS),
    _on("values_to_be_in_set", "country", value_set=["KR", "JP", "US", "DE", "FR"]),
    _on("values_to_match_regex", "email", regex=r"^[^@ ]+@[^@ ]+\.[a-z]+$"),
    _between("value_lengths_", "session_id", 32, 32),
    _between("max_", "amount", 0, 1000),
    _between("min_", "quantity", 1, 12),
    _between("mean_", "amount", 0, 1000),
    _between("sum_", "quantity", 1, 10**12),
    {"expect": "expect_table_row_count_to_be_between", "min_value": 1},
    _on("values_to_be_unique", "order_id"),
)
# The same as people write them by hand: what is wrong is counted.
_WRONG = (
    *(f"{column} IS NULL" for column in NOT_NULL),
    "amount NOT BETWEEN 0 AND 1000",
    "quantity NOT BETWEEN 1 AND 12",
    "discount NOT BETWEEN 0 AND 1",
    "created_at NOT BETWEEN '2025-01-01' AND '2030-12-31'",
    f"channel NOT IN ({', '.join(map(repr, CHANNELS))})",
    "country NOT IN ('KR', 'JP', 'US', 'DE', 'FR')",
    r"email !~ '^[^@ ]+@[^@ ]+\.[a-z]+$'",
    "length(session_id) NOT BETWEEN 32 AND 32",
)
_ASKED = (
    *("max(amount)", "min(quantity)", "avg(amount)", "sum(quantity)", "count(*)"),
    "count(order_id) - count(DISTINCT order_id)",
)
QUERIES = (
    *(f"SELECT count(*) FROM {ORDERS.sql} WHERE {wrong}" for wrong in _WRONG),  # noqa: S608 -- ours
    *(f"SELECT {asked} FROM {ORDERS.sql}" for asked in _ASKED),  # noqa: S608 -- ours
)
TEN = (*TWENTY[:3], *TWENTY[6:8], TWENTY[10], TWENTY[13], TWENTY[16], *TWENTY[18:])
_NUMBERS = ("user_id", "amount", "quantity", "score", "discount")
FIFTY = (
    *TWENTY,
    *(_on("values_to_not_be_null", column) for column in ("quantity", "discount")),
    *(
        _on("values_to_not_be_null", column, mostly=0.5)
        for column in ("country", "email", "shipped_on", "score")
    ),
    *(
        _between(f"{kind}_", column, None, 10**13)
        for kind, column in product(("max", "min", "mean", "sum"), _NUMBERS)
        if (kind, column) not in [("max", "amount"), ("min", "quantity"), ("mean", "amount")]
        and (kind, column) != ("sum", "quantity")
    ),
    _between("values_", "user_id", 0, 400000),
    _between("values_", "score", 0, 10),
    _between("values_", "shipped_on", "2025-01-01", "2030-12-31"),
    _between("value_lengths_", "country", 2, 2),
    _between("value_lengths_", "channel", 1, 20),
    _on("values_to_not_be_in_set", "channel", value_set=["", "unknown"]),
    _on("values_to_not_match_regex", "session_id", regex="[^0-9a-f]"),
    _between("median_", "score", 0, 10),
)


def load(session: connection, many: int, *, wide: bool = False) -> None:
    """Make the table, of 12 columns or of 15."""
    rows(session, SOURCE.format(many=many, more=WIDE if wide else ""))


def checks(project: Project, written: Sequence[Written]) -> Sequence[Check]:
    """The checks as a file has them."""
    query = "SELECT 1 AS one"
    path = project.write("orders", {"main_sql": query, "output_check": [*written]})
    return load_summary(path).output_checks


def run(reader: Reader, asked: Sequence[Check]) -> list[CheckResult]:
    """Run them together; ends the program where one does not hold, or is not ours."""
    checking = Checking(asked, [], reader, Circumstances(ORDERS, datetime.now(UTC)))
    if checking.outside():
        raise SystemExit(f"not compiled: {checking.outside()}")
    results = [*checking.results()]
    for result in results:
        if not result.passed:
            raise SystemExit(f"{result.check.what} does not hold: {result}")
    return results
