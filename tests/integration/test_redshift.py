"""Redshift's functions on PostgreSQL, against the values that Amazon's guide documents."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import psycopg2
import pytest
from integration.redshift_values import VALUES, Documented
from integration.warehouse import summary

from builder.query import Rendered, select
from builder.query.translate import LANGUAGES, Translated, translate
from builder.summary import Text

if TYPE_CHECKING:
    from integration.warehouse import Warehouse
    from psycopg2.extensions import connection


# Of the documented values those that are not to be had, by page and a part of the SQL: what is
# refused, and what PostgreSQL gives instead. docs/summary-files.md says the same.
REFUSED = [
    ("r_DATE_PART_function", "microsecond", "DATE_PART of `microsecond` is not translated"),
    ("r_TO_DATE_function", "FALSE", "TO_DATE is translated with TRUE as its third argument only"),
    ("r_WF_LISTAGG", "DISTINCT", "LISTAGG with DISTINCT and OVER is not translated"),
    ("r_WF_MEDIAN", "OVER", "MEDIAN with OVER is not translated"),
    ("r_MEDIAN", "MEDIAN(dateid", "MEDIAN of a value of the type date is not translated"),
    ("r_WF_PERCENTILE_CONT", "OVER", "PERCENTILE_CONT with OVER is not translated"),
    ("", "IGNORE NULLS", "IGNORE NULLS"),
    ("r_STRTOL", "", "the function STRTOL is not translated"),
    ("SHA1", "FUNC_SHA1", "the function FUNC_SHA1 is not translated"),
    ("SHA1", "", "the function SHA1 is not translated"),
    ("SHA2", "100", "SHA2 needs 224, 256, 384 or 512 as its second argument"),
    ("REGEXP", "p')", "with the parameter 'p' is not translated"),
    ("REGEXP_REPLACE", "CAST(NULL", "is translated for a replacement without"),
]
_BOULEVARD = "COUNT(*) FROM (SELECT CAST('9516 Magnolia Boulevard' AS VARCHAR"
DIFFERENT = [
    ("r_numeric_computations201", "CAST(1.00 AS", "a quotient has more digits"),
    ("r_numeric_computations201", "CAST(10.00 AS", "a quotient has more digits"),
    ("r_numeric_computations201", "n / CAST(3.00", "a quotient has more digits"),
    ("r_numeric_computations201", "DECIMAL(5,0)", "a quotient has more digits"),
    ("r_AVG", "DECIMAL", "an average has more digits"),
    ("r_Examples_with_character_types", _BOULEVARD, "blanks at the end count"),
    ("r_NULLIF_function", "'   '", "blanks at the end count"),
    ("r_Character_types", "COUNT(", "blanks at the end count"),
    ("r_Character_types", "'a  '", "blanks at the end count"),
    ("r_TO_DATE_function", "20010631', 'YYYYMMDD')", "a day that does not exist is an error"),
]


def translated(sql: str, dialect: str = "redshift") -> Translated:
    """The query in PostgreSQL's SQL, or why it is refused."""
    found = select(Rendered(sql, Text(sql)), dialect, as_written=True)
    assert found.tree is not None
    return translate(found.sql, found.tree, dialect, {})


def listed(value: Documented, where: list[tuple[str, str, str]]) -> str:
    """What a list says of a value; nothing if the value is not in it."""
    return next((w for page, part, w in where if page in value.page and part in value.sql), "")


def same(expected: object, found: object) -> bool:
    """Whether two values are the same; numbers with a fraction may differ in the last digits."""
    if isinstance(expected, float) and isinstance(found, float | Decimal):
        return abs(expected - float(found)) <= 1e-9 * max(1.0, abs(expected))
    return expected == found


PROVEN = [value for value in VALUES if not listed(value, REFUSED + DIFFERENT)]


@pytest.mark.parametrize("value", PROVEN, ids=[f"{v.page} {v.sql}"[:90] for v in PROVEN])
def test_value_is_the_documented_one(value: Documented, asked: connection) -> None:
    """What a query gives on PostgreSQL is what Redshift's guide says it gives."""
    problems = translated(value.sql).problems
    found = given(value, asked) if not problems else ()

    assert () == problems
    assert len(value.expected) == len(found)
    assert all(map(same, value.expected, found)), (value.expected, found)


def test_what_cannot_be_had_is_refused_by_name() -> None:
    """Each documented value that is not translated has an error that names its function."""
    for value in VALUES:
        if words := listed(value, REFUSED):
            messages = [problem.message for problem in translated(value.sql).problems]

            assert any(words in message for message in messages), (value.sql, messages)


def given(value: Documented, asked: connection) -> tuple[object, ...]:
    """The values that PostgreSQL gives."""
    cursor = asked.cursor()
    cursor.execute(translated(value.sql).sql.text)
    return tuple(row[0] for row in cursor.fetchall())


@pytest.mark.parametrize("difference", DIFFERENT, ids=[f"{p} {x}"[:60] for p, x, _ in DIFFERENT])
def test_known_difference_is_still_there(
    difference: tuple[str, str, str], asked: connection
) -> None:
    """A difference that the documentation tells of is one: else it is to be told no longer."""
    concerned = [value for value in VALUES if listed(value, [difference])]

    assert concerned
    for value in concerned:
        try:
            found = given(value, asked)
        except psycopg2.DataError:
            continue

        assert value.expected != found, value.sql


def test_every_function_on_the_list_has_a_documented_value() -> None:
    """No function is translated that no value proves."""
    proven = " ".join(value.sql.upper() for value in PROVEN)
    missing = [name for name in LANGUAGES["redshift"].functions if f"{name}(" not in proven]

    assert [] == missing


def test_sessions_settings_change_nothing(warehouse: Warehouse) -> None:
    """Translated SQL means the same whatever zone and formats a warehouse has set."""
    name = warehouse.value("SELECT current_database()")
    warehouse.run(
        f"ALTER DATABASE {name} SET timezone = 'Asia/Seoul'",
        f"ALTER DATABASE {name} SET datestyle = 'German, DMY'",
        "CREATE SCHEMA raw",
        "CREATE TABLE raw.o AS SELECT timestamptz '2025-01-01 20:00+00' AS at, 0.1::float8 AS f",
    )
    warehouse.build(
        summary(
            "SELECT LEFT(at, 13) AS hour, LEFT(at + 1, 10) AS next, (f + 0.2::float) || '' AS f, "
            "at >= '2025-01-01 20:00' AS is_later FROM raw.o",
            outputs=[("SELECT COUNT(1) FROM {schema}.temp_{table} WHERE LEN(hour) = 13", 1)],
            before=[
                "CREATE TEMP TABLE x AS SELECT LEFT(at, 10) AS day FROM raw.o",
                " -- nothing ;",
            ],
            after=[
                "CREATE VIEW {schema}.{table}_v AS SELECT LEFT(hour, 4) AS y FROM {schema}.{table}"
            ],
            dialect="redshift",
        )
    )

    assert [("2025-01-01 20", "2025-01-02", "0.3", True)] == warehouse.rows(
        "SELECT * FROM analytics.numbers"
    )
    assert "2025" == warehouse.value("SELECT y FROM analytics.numbers_v")
