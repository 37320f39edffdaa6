"""What is staged against what is live, on a real server: every number is the right one."""

from __future__ import annotations

import math
import random
from collections import Counter
from contextlib import closing
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from integration.servers import postgres15, with_postgres15
from integration.warehouse import Warehouse, summary
from rig import Database

from builder.engines.comparison import ChangedRow, Comparison, Request, Row, Tolerance
from builder.errors import ConfigError, EngineError, PublishFailed, QueryFailed
from builder.summary import Column

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

LIVE, STAGED = "analytics.numbers", "analytics.temp_numbers"
Values = tuple[Any, ...]


def put(warehouse: Warehouse, live: str | None, staged: str) -> None:
    """Both tables, made by the queries, or by the columns in brackets."""
    warehouse.run("CREATE SCHEMA IF NOT EXISTS analytics")
    for table, made in ((LIVE, live), (STAGED, staged)):
        if made is not None:
            how = made if made.startswith("(") else f"AS {made}"
            warehouse.run(f"CREATE TABLE {table} {how}")
    warehouse.run(f"COMMENT ON TABLE {STAGED} IS 'staged by builder run 20261120_aaaaaa x'")


def rows_of(values: Iterable[Sequence[object]], columns: str = "k, v") -> str:
    """A query that returns these SQL values, all columns of the first row's types."""
    listed = ", ".join(f"({', '.join(map(str, row))})" for row in values)
    return f"SELECT * FROM (VALUES {listed}) AS t ({columns})"


def compared(
    warehouse: Warehouse, live: str | None, staged: str, *key: str, **request: Any
) -> Comparison:
    """The comparison of two tables by a key that the file declares, or by none."""
    put(warehouse, live, staged)
    return again(warehouse, *key, **request)


def again(warehouse: Warehouse, *key: str, **request: Any) -> Comparison:
    """The comparison of what is there."""
    return warehouse.engine().compare(summary(primary_key=key), Request(**request))


def numbers(found: Comparison) -> Values:
    """Rows staged and live, added, removed, changed, the same."""
    rows = (found.staged_rows, found.live_rows)
    return (*rows, found.added, found.removed, found.changed, found.unchanged)


# By a key


def test_rows_are_added_removed_and_changed(warehouse: Warehouse) -> None:
    """Each row is counted once, each changed column too, and the first of them are shown."""
    found = compared(
        warehouse,
        "SELECT i AS id, i AS a, 'x' AS b FROM generate_series(1, 20) AS i",
        "SELECT i AS id, CASE WHEN i > 18 THEN 0 ELSE i END AS a, "
        "CASE WHEN i IN (4, 20) THEN 'y' ELSE 'x' END AS b FROM generate_series(4, 22) AS i",
        "id",
        examples=2,
    )

    assert (19, 20, 2, 3, 3, 14) == numbers(found)
    assert {"a": 2, "b": 2} == found.changed_in
    assert (
        Row({"id": 21, "a": 0, "b": "x"}),
        Row({"id": 22, "a": 0, "b": "x"}),
    ) == found.added_rows
    assert [1, 2] == [row.values["id"] for row in found.removed_rows]
    assert (
        ChangedRow({"id": 4}, {"b": ("x", "y")}),
        ChangedRow({"id": 19}, {"a": (19, 0)}),
    ) == found.changed_rows
    assert (("id",), (), True) == (found.key, found.notices, found.is_different)


def test_key_may_be_all_there_is(warehouse: Warehouse) -> None:
    """Then rows come and go, and none is changed."""
    found = compared(warehouse, "SELECT 1 AS k", "SELECT 2 AS k", "k")

    assert (1, 1, 1, 1, 0, 0) == numbers(found)
    assert {} == found.changed_in


def test_build_is_compared_as_it_is_staged(warehouse: Warehouse) -> None:
    """By the file's own key, with what the live table has been given since."""
    first = summary("SELECT i AS id, i AS v FROM generate_series(1, 9) i", primary_key=("id",))
    warehouse.build(first)
    warehouse.run(f"ALTER TABLE {LIVE} ADD twice int GENERATED ALWAYS AS (v * 2) STORED")
    second = summary("SELECT i AS id, i % 9 AS v FROM generate_series(1, 9) i", primary_key=("id",))
    warehouse.build(second, publishes=False)
    found = warehouse.engine().compare(second, Request())

    assert (9, 9, 0, 0, 1, 8) == numbers(found)
    assert {"v": 1, "twice": 1} == found.changed_in
    assert (ChangedRow({"id": 9}, {"v": (9, 0), "twice": (18, 0)}),) == found.changed_rows


def test_nothing_differs(warehouse: Warehouse) -> None:
    """Also where NULL stands beside NULL, NaN beside NaN, 1.0 beside 1.00, 0 beside -0."""
    live = "SELECT 1 AS k, NULL::int AS a, 'NaN'::float8 AS b, 1.0::numeric AS c, 0::float8 AS d"
    staged = live.replace("1.0:", "1.00:").replace("0::float8", "'-0'::float8")
    by_key = compared(warehouse, live, staged, "k")
    by_count = again(warehouse)

    assert (1, 1, 0, 0, 0, 1) == numbers(by_key) == numbers(by_count)
    assert not by_key.is_different
    assert not by_count.is_different


def test_null_is_a_value_of_its_own(warehouse: Warehouse) -> None:
    """From NULL to a value is a change, and back."""
    found = compared(
        warehouse,
        rows_of([(1, "NULL::int"), (2, 0), (3, "NULL")]),
        rows_of([(1, "0"), (2, "NULL"), (3, "NULL")]),
        "k",
    )

    assert (3, 3, 0, 0, 2, 1) == numbers(found)
    assert [{"v": (None, 0)}, {"v": (0, None)}] == [row.values for row in found.changed_rows]


def test_key_that_may_be_null(warehouse: Warehouse) -> None:
    """NULL is matched with NULL, in a key of several columns too, and arrays with arrays."""
    found = compared(
        warehouse,
        "SELECT * FROM (VALUES (NULL::int, 'a', NULL::int[], 1), (1, NULL, '{}', 2), "
        "(2, 'b', '{1}', 3)) AS t (k, l, m, v)",
        "SELECT * FROM (VALUES (NULL::int, 'a', NULL::int[], 1), (1, NULL, '{}', 5), "
        "(1, NULL, NULL, 2)) AS t (k, l, m, v)",
        key=("k", "l", "m"),
    )

    assert (3, 3, 1, 1, 1, 1) == numbers(found)
    assert (ChangedRow({"k": 1, "l": None, "m": []}, {"v": (2, 5)}),) == found.changed_rows


@pytest.mark.parametrize("table", ["live", "staged"])
def test_key_that_repeats_is_no_key(warehouse: Warehouse, table: str) -> None:
    """Its rows would be joined with each other: they are matched as a whole, which is said."""
    once = rows_of([(1, 1), (2, 2)])
    more = rows_of([(1, 1), (2, 2), (2, 2), (2, 3)])
    live, staged = (more, once) if table == "live" else (once, more)
    found = compared(warehouse, live, staged, "k", tolerance=Tolerance(Decimal(1)))

    assert {(2, 4, 0, 2, 0, 2), (4, 2, 2, 0, 0, 2)} >= {numbers(found)}
    assert () == found.key
    assert (
        '("k") is no key to match rows by: 1 value stands there more than once in the '
        f"{table} table",
        "without a key numbers are compared exactly, and the tolerance has no effect",
    ) == found.notices


def test_next_key_is_taken(warehouse: Warehouse) -> None:
    """What the live table does not have is no key; what is unique in both and never NULL is."""
    put(warehouse, "(a int NOT NULL, b int)", "(a int NOT NULL, b int, new int PRIMARY KEY)")
    file = summary(primary_key=("new",), unique=(("b",), ("a",)))
    found = warehouse.engine().compare(file, Request())

    assert ("a",) == found.key
    assert (
        '("new") is no key to match rows by: the live table has no column new',
    ) == found.notices
    with pytest.raises(ConfigError, match="only the staged table has it"):
        warehouse.engine().compare(file, Request(key=("new",)))


# What is the same


@pytest.mark.parametrize(
    ("tolerance", "changed"),
    [
        (Tolerance(), 9),
        (Tolerance(Decimal("0.1")), 6),
        (Tolerance(Decimal("0.0999999")), 9),
        (Tolerance(relative=Decimal("0.1")), 6),
        (Tolerance(Decimal("1e300"), Decimal("1e300")), 4),
    ],
)
def test_tolerance_at_its_edge(warehouse: Warehouse, tolerance: Tolerance, changed: int) -> None:
    """A distance that is as long as it is within it, also of floats, which 1.3 - 1.2 is not.

    From and to NULL, NaN and infinity every distance is too long.
    """
    found = compared(
        warehouse,
        "SELECT * FROM (VALUES (1, 1.2::float8), (2, 1.3), (3, 100), (4, -5), (5, 'NaN'), "
        "(6, 'Infinity'), (7, '-Infinity'), (8, NULL), (9, 1e308), (10, 'NaN')) AS t (k, v)",
        "SELECT * FROM (VALUES (1, 1.3::float8), (2, 1.2), (3, 100.1), (4, 5), (5, 1), "
        "(6, 1e308), (7, 'Infinity'), (8, 0), (9, -1e308), (10, 'NaN')) AS t (k, v)",
        "k",
        tolerance=tolerance,
    )

    assert changed == found.changed


def test_relative_tolerance_is_of_the_live_number(warehouse: Warehouse) -> None:
    """Of a live 0 nothing is a part; of whole numbers no difference is too large to be taken."""
    most = 2**63 - 1
    found = compared(
        warehouse,
        rows_of([(1, 100), (2, 110), (3, 0), (4, f"{-most}::bigint")]),
        rows_of([(1, 110), (2, 100), (3, 1), (4, most)]),
        "k",
        tolerance=Tolerance(relative=Decimal("0.0999")),
        examples=9,
    )

    assert [1, 3, 4] == [row.key["k"] for row in found.changed_rows]


@pytest.mark.parametrize(
    ("live", "staged", "expected"),
    [
        ("1::int", "1::bigint", True),
        ("1::smallint", "1.0::numeric", True),
        ("0.1::numeric", "0.1::float8", True),
        ("0.1::float4", "0.1::float8", True),
        ("9007199254740993::bigint", "9007199254740992::float8", False),
        ("9007199254740992::bigint", "9007199254740992::float8", True),
        ("'NaN'::float4", "'NaN'::numeric", True),
        ("'infinity'::float4", "'infinity'::numeric", True),
        ("12345678901234567890123.1::numeric", "12345678901234567890123.2::numeric", False),
        ("'a'::varchar", "'a'::text", True),
        ("'a'::char(5)", "'a'::varchar(2)", True),
        ("'서울'::text", "'서울'::varchar", True),
        ("'a'::text", "'A'::text", False),
        ("'2026-01-01'::date", "'2026-01-01'::timestamp", True),
        ("'infinity'::date", "'infinity'::timestamp", True),
        ("1::int", "'1'::text", True),
        ("'{1,2}'::int[]", "'{1,2}'::int[]", True),
        ("'{a}'::text[]", "'{A}'::text[]", False),
        ("'[1,2)'::int4range", "'[1,1]'::int4range", True),
        ('\'{"a": 1, "b": 2}\'::jsonb', '\'{"b": 2, "a": 1.0}\'::jsonb', True),
        ("'{\"a\": 1}'::json", "'{\"a\": 1}'::json", True),
        ("'{\"a\": 1}'::json", "'{\"a\":1}'::json", False),
        ("'(1,2)'::point", "'(1,2)'::point", True),
        ("'(0,0),(1,4)'::box", "'(0,0),(2,2)'::box", False),
        ("ARRAY['(1,2)'::point]", "ARRAY['(1,3)'::point]", False),
        ("ROW(1, 'a')::pair", "ROW(1, 'b')::pair", False),
        ("'ok'::mood", "'ok'::mood", True),
        ("'ok'::mood", "'ok'::text", True),
        ("1::small", "1::int", True),
        ("2::small", "1::small", False),
        ("B'101'::bit(3)", "B'1011'::bit(4)", False),
        ("1.1::numeric(3, 1)", "1.10::numeric(4, 2)", True),
        ("'1'::xid", "'1'::xid", True),
        ("'1 mon'::interval", "'30 days'::interval", True),
        ("'\\x00ff'::bytea", "'\\x00fe'::bytea", False),
        ("B'101'", "B'101'", True),
        ("1::money", "2::money", False),
        ("'a'::name", "'a'::name", True),
        ("'t'::tsvector", "'t'::tsvector", True),
    ],
)
def test_values_of_every_type(
    warehouse: Warehouse, live: str, staged: str, *, expected: bool
) -> None:
    """The same by a key, as a whole and as the key itself, whatever the types are."""
    warehouse.run(
        "CREATE TYPE pair AS (a int, b text)",
        "CREATE TYPE mood AS ENUM ('sad', 'ok')",
        "CREATE DOMAIN smaller AS int CHECK (value < 9)",
        "CREATE DOMAIN small AS smaller",
    )
    by_key = compared(
        warehouse, f"SELECT 1 AS k, {live} AS v", f"SELECT 1 AS k, {staged} AS v", "k"
    )
    by_value = again(warehouse, key=("v",))
    by_count = again(warehouse, tolerance=Tolerance(Decimal("0.5")))

    is_same = (1, 1, 0, 0, 0, 1)
    assert (is_same if expected else (1, 1, 0, 0, 1, 0)) == numbers(by_key)
    assert (is_same if expected else (1, 1, 1, 1, 0, 0)) == numbers(by_value) == numbers(by_count)


def test_comparison_as_text_is_said(warehouse: Warehouse) -> None:
    """What has no equality of its own, and what is of another sort in the other table."""
    found = compared(
        warehouse,
        "SELECT 1 AS k, '{}'::json AS facts, 1 AS n, '(1,2)'::point AS x",
        "SELECT 1 AS k, '{}'::json AS facts, '1'::text AS n, '(1,2)'::point AS x",
        "k",
    )

    assert (
        "column facts is compared as text: json",
        "column n is compared as text: integer in the live table, text in the staged one",
        "column x is compared as text: point",
    ) == found.notices
    assert (0, True) == (found.changed, found.is_different)


def test_text_is_compared_letter_by_letter(warehouse: Warehouse) -> None:
    """Whatever its collation; that the two tables have different ones does no harm."""
    put(
        warehouse,
        '(k text COLLATE "POSIX" PRIMARY KEY, v text COLLATE "POSIX")',
        '(k text COLLATE "C" PRIMARY KEY, v text)',
    )
    _require_letter_by_letter(warehouse)


@with_postgres15
def test_collation_that_is_loose_is_none_of_ours() -> None:
    """Where a and A are equal to a collation, they are other keys and other values all the same."""
    with postgres15() as url, closing(Warehouse(Database(url))) as warehouse:
        warehouse.run(
            "CREATE COLLATION loose "
            "(provider = icu, locale = 'und-u-ks-level2', deterministic = false)"
        )
        loose = "(k text COLLATE loose PRIMARY KEY, v text COLLATE loose)"
        put(warehouse, loose, loose)
        _require_letter_by_letter(warehouse)
        warehouse.run(f"ALTER TABLE {LIVE} ADD x xml", f"ALTER TABLE {STAGED} ADD x xml")
        warehouse.run(f"UPDATE {STAGED} SET x = '<a/>' WHERE k = 'b'")
        found = again(warehouse, "k")

    assert {"v": 1, "x": 1} == found.changed_in
    assert ("column x is compared as text: xml",) == found.notices


def _require_letter_by_letter(warehouse: Warehouse) -> None:
    warehouse.run(
        f"INSERT INTO {LIVE} VALUES ('a', 'x'), ('b', 'y')",
        f"INSERT INTO {STAGED} VALUES ('A', 'x'), ('b', 'Y')",
    )

    assert (2, 2, 1, 1, 1, 0) == numbers(again(warehouse, "k"))
    assert (2, 2, 2, 2, 0, 0) == numbers(again(warehouse))


@pytest.mark.parametrize("setting", ["search_path = public", "extra_float_digits = -5"])
def test_settings_of_the_role_change_nothing(warehouse: Warehouse, setting: str) -> None:
    """Operators of somebody's own and rounded numbers are not ours."""
    warehouse.run(
        "CREATE FUNCTION never(int, int) RETURNS bool LANGUAGE sql AS 'SELECT false'",
        "CREATE OPERATOR = (FUNCTION = never, LEFTARG = int, RIGHTARG = int)",
        f"ALTER ROLE CURRENT_USER IN DATABASE {warehouse.value('SELECT current_database()')} "
        f"SET {setting}{', pg_catalog' if 'path' in setting else ''}",
    )
    found = compared(
        warehouse,
        "SELECT 1 AS k, 0.1::float8 AS v",
        "SELECT 1 AS k, 0.10000000001::numeric AS v",
        "k",
    )

    assert (1, 1, 0, 0, 1, 0) == numbers(found)


# Without a key


def test_rows_that_repeat_are_counted(warehouse: Warehouse) -> None:
    """As often as a row stands in both it is the same; the rest is added or removed."""
    found = compared(
        warehouse,
        rows_of([(1, "NULL::text"), (1, "NULL"), (1, "NULL"), (2, "'b'")]),
        rows_of([(1, "NULL::text"), (2, "'b'"), (2, "'b'"), (2, "'b'"), (3, "'c'")]),
        examples=1,
    )

    assert (5, 4, 3, 2, 0, 2) == numbers(found)
    assert (Row({"k": 2, "v": "b"}, 2),) == found.added_rows
    assert (Row({"k": 1, "v": None}, 2),) == found.removed_rows
    assert ({}, ()) == (found.changed_in, found.changed_rows)


def test_no_column_in_common(warehouse: Warehouse) -> None:
    """Then no row is the same."""
    found = compared(warehouse, "SELECT 1 AS a", "SELECT 1 AS b FROM generate_series(1, 3)")

    assert (3, 1, 3, 1, 0, 0) == numbers(found)
    assert ["removed", "added"] == [column.change for column in found.columns]


@pytest.mark.parametrize("key", [(), ("k",)])
def test_empty_tables(warehouse: Warehouse, key: tuple[str, ...]) -> None:
    """No rows are no difference; all from nothing is added, all to nothing removed."""
    put(warehouse, "(k int, v int)", "(k int, v int)")
    found = [numbers(again(warehouse, *key))]
    for table in (STAGED, LIVE):
        warehouse.run(f"INSERT INTO {table} VALUES (1, 1), (2, 2)")
        found.append(numbers(again(warehouse, *key)))
    warehouse.run(f"TRUNCATE {STAGED}")
    found.append(numbers(again(warehouse, *key)))

    assert [(0, 0, 0, 0, 0, 0), (2, 0, 2, 0, 0, 0), (2, 2, 0, 0, 0, 2), (0, 2, 0, 2, 0, 0)] == found


# Columns


def test_columns_of_any_name(warehouse: Warehouse) -> None:
    """Quotes, capitals, percent signs and Korean are letters; an identity is a column."""
    names = ('"Key"', "\"50% 'off'\"", '"매출"', '"a""b"', '"%s"', '"c0"', '"live"')
    listed = ", ".join(f"{name} int" for name in names)
    put(warehouse, f"({listed}, i int GENERATED ALWAYS AS IDENTITY)", f"({listed}, i int)")
    ones = ", ".join("1" for _ in names)
    warehouse.run(
        f"INSERT INTO {LIVE} VALUES ({ones}), ({ones.replace('1', '2')})",
        f"INSERT INTO {STAGED} VALUES ({ones}, 1), (2, 3, 3, 3, 3, 3, 3, 3), ({'3, ' * 7}3)",
    )
    found = again(warehouse, key=("Key",), tolerance=Tolerance(Decimal("0.5")))
    by_count = again(warehouse)

    assert (3, 2, 1, 0, 1, 1) == numbers(found)
    assert ["50% 'off'", "매출", 'a"b', "%s", "c0", "live", "i"] == list(found.changed_in)
    assert {1} == set(found.changed_in.values())
    assert (2, 3) == found.changed_rows[0].values["%s"]
    assert (3, 2, 2, 1, 0, 1) == numbers(by_count)
    assert 3 == by_count.added_rows[1].values["매출"]


def test_columns_of_one_table_only(warehouse: Warehouse) -> None:
    """They are told with their types, and are in the examples of the table that has them."""
    found = compared(
        warehouse,
        "SELECT 1 AS k, 1 AS gone, 1::numeric(5, 2) AS changed",
        "SELECT i AS k, 'x'::text AS new, 1::numeric(6, 2) AS changed FROM generate_series(1, 2) i",
        "k",
    )

    assert [
        ("gone", "integer", None),
        ("new", None, "text"),
        ("changed", "numeric(5,2)", "numeric(6,2)"),
    ] == [(one.name, one.live, one.staged) for one in found.columns]
    assert (2, 1, 1, 0, 0, 1) == numbers(found)
    assert [{"k": 2, "new": "x", "changed": Decimal("1.00")}] == [
        r.values for r in found.added_rows
    ]


def test_more_columns_than_an_example_holds(warehouse: Warehouse) -> None:
    """The numbers are of all of them."""
    columns = ", ".join(f"{{0}} AS c{number}" for number in range(900))
    found = compared(
        warehouse, f"SELECT 1 AS k, {columns.format(1)}", f"SELECT 1 AS k, {columns.format(2)}", "k"
    )

    assert (1, 900, 900) == (found.changed, len(found.changed_in), sum(found.changed_in.values()))
    assert ("the examples show the first 500 changed columns",) == found.notices
    assert 500 == len(found.changed_rows[0].values)


def test_sensitive_values_are_not_read(warehouse: Warehouse) -> None:
    """Neither in a key nor in a value, whichever way rows are matched; changes are counted."""
    put(
        warehouse,
        rows_of([(1, "'secret a'"), (2, "'secret b'")]),
        rows_of([(1, "'secret c'"), (3, "'secret d'")]),
    )
    columns = (Column("k", sensitive=True), Column("v", sensitive=True))
    found = [
        warehouse.engine().compare(summary(columns=columns), Request(key=key))
        for key in ((), ("k",), ("v",))
    ]

    assert [{}, {"v": 1}, {"k": 0}] == [one.changed_in for one in found]
    assert (ChangedRow({"k": "•••"}, {"v": ("•••", "•••")}),) == found[1].changed_rows
    assert (Row({"k": "•••", "v": "•••"}),) == found[1].added_rows
    assert "secret" not in str(found)


# What is not compared


def test_no_live_table_yet(warehouse: Warehouse) -> None:
    """All that is staged is new."""
    found = compared(warehouse, None, "SELECT 1 AS k FROM generate_series(1, 3)", "k")

    assert (3, None, 3, 0, 0, 0) == numbers(found)
    assert found.is_different


@pytest.mark.parametrize("staged", ["nothing", "a table of somebody's", "a view"])
def test_nothing_is_staged(warehouse: Warehouse, staged: str) -> None:
    """What a build has not staged is not looked at; the error says what does stage it."""
    warehouse.build(summary())
    kind = {"a view": "VIEW", "a table of somebody's": "TABLE"}.get(staged)
    if kind:
        warehouse.run(f"CREATE {kind} {STAGED} AS SELECT 1 AS n")
    with pytest.raises(PublishFailed) as error:
        again(warehouse)

    assert (
        "Cannot compare analytics.numbers: nothing is staged. `builder build --no-publish numbers` "
        "stages it, and leaves the live table as it is."
    ) == str(error.value)


@pytest.mark.parametrize(
    ("made", "reason"),
    [
        ("VIEW analytics.numbers AS SELECT 1 AS k", "it is a view"),
        ("TABLE analytics.numbers (k int) PARTITION BY LIST (k)", "it is a partitioned table"),
        ("TABLE analytics.numbers () INHERITS (parent)", "its place in a partitioned or inherited"),
    ],
)
def test_live_that_is_no_table_of_its_own(warehouse: Warehouse, made: str, reason: str) -> None:
    """A build would not replace it either, and rows have no place of their own in it."""
    put(warehouse, None, "SELECT 1 AS k")
    warehouse.run("CREATE TABLE parent (k int)", f"CREATE {made}")

    with pytest.raises(PublishFailed, match=reason):
        again(warehouse)


def test_rows_that_may_not_be_read(warehouse: Warehouse) -> None:
    """A policy that hides rows, or a missing grant, is an error and no smaller number."""
    user = warehouse.role("reader")
    warehouse.run("CREATE SCHEMA analytics")
    warehouse.run(f"GRANT ALL ON SCHEMA analytics TO {user}")
    put(warehouse, "SELECT 1 AS k", "SELECT 1 AS k")
    warehouse.run(f"GRANT SELECT ON {STAGED} TO {user}")
    engine = warehouse.engine(user=user)
    with pytest.raises(EngineError, match="numbers: not all of its rows"):
        engine.compare(summary(), Request())
    warehouse.run(
        f"GRANT SELECT ON {LIVE} TO {user}", f"ALTER TABLE {LIVE} ENABLE ROW LEVEL SECURITY"
    )

    with pytest.raises(EngineError, match="row-level security policy"):
        engine.compare(summary(), Request())


def test_comparison_has_a_bound(warehouse: Warehouse) -> None:
    """It ends after so many seconds, the session can be used again, and no lock is left."""
    put(warehouse, "SELECT 1 AS k", "SELECT 1 AS k")
    engine = warehouse.engine()
    with warehouse.holding(f"LOCK TABLE {LIVE}"), pytest.raises(QueryFailed) as error:
        engine.compare(summary(), Request(timeout=0.2))

    assert "Cannot compare analytics.numbers: the run was cancelled" in str(error.value)
    assert "`--timeout S` gives it so many seconds" in str(error.value)
    assert (1, 1, 0, 0, 0, 1) == numbers(engine.compare(summary(), Request()))


def test_nothing_is_changed_and_no_lock_is_left(warehouse: Warehouse) -> None:
    """Whoever wants the table has it at once."""
    put(warehouse, "SELECT 1 AS k", "SELECT 2 AS k")
    again(warehouse)
    with warehouse.holding(f"LOCK TABLE {LIVE}, {STAGED} NOWAIT"):
        pass

    assert ["numbers", "temp_numbers"] == warehouse.tables()


# Against Python


def _same(live: object, staged: object, tolerance: Tolerance) -> bool:
    if live is None or staged is None or isinstance(live, str):
        return live == staged
    one, two = (float(str(value)) for value in (live, staged))
    if math.isnan(one) or math.isnan(two):
        return math.isnan(one) and math.isnan(two)
    if math.isinf(one) or math.isinf(two):
        return one == two
    before, after = Decimal(str(live)), Decimal(str(staged))
    distance = abs(before - after)
    return distance <= tolerance.absolute or distance <= tolerance.relative * abs(before)


def _plain(row: Values) -> Values:
    """A row of which equal values are equal in Python: NaN is not, and 1.0 is 1.00."""
    return tuple("NaN" if value != value else value for value in row)


@pytest.mark.parametrize("seed", range(12))
def test_numbers_are_those_that_python_finds(warehouse: Warehouse, seed: int) -> None:
    """Random tables, by a key of two columns of which one may be NULL, and as a whole."""
    chance = random.Random(seed)  # noqa: S311 -- the same rows each time
    floats = ["NaN", "Infinity", "-Infinity", "0.1", "0.2", "0.3", "1e300", None]
    made = "(a int NOT NULL, b text, n bigint, d numeric, f float8, t text)"

    def value() -> Values:
        return (
            chance.choice([None, 0, 1, 2**62, -(2**62)]),
            chance.choice([None, Decimal("0.10"), Decimal("0.1"), Decimal("0.2"), Decimal("NaN")]),
            chance.choice(floats),
            chance.choice([None, "", "a", "A", "서울", "서울 "]),
        )

    put(warehouse, made, made.replace("bigint", "numeric") if seed % 2 else made)
    for table in (LIVE, STAGED):
        keys = {(chance.randrange(8), chance.choice([None, "", "x", "가"])) for _ in range(24)}
        for key in keys:
            warehouse.database.rows(
                f"INSERT INTO {table} VALUES (%s, %s, %s, %s, %s, %s)", *key, *value()
            )
    if seed % 3 == 0:
        warehouse.database.rows(
            f"UPDATE {STAGED} s SET n = l.n, d = l.d, f = l.f, t = l.t FROM {LIVE} l "
            "WHERE l.a = s.a AND l.b IS NOT DISTINCT FROM s.b AND l.a < 6"
        )
    tolerance = Tolerance(
        Decimal(chance.choice(["0", "0.1"])), Decimal(chance.choice(["0", "0.5"]))
    )
    live, staged = (warehouse.rows(f"SELECT * FROM {table}") for table in (LIVE, STAGED))
    by_key = again(warehouse, key=("a", "b"), tolerance=tolerance, examples=99)
    by_count = again(warehouse, examples=99)

    old, new = ({row[:2]: row[2:] for row in rows} for rows in (live, staged))
    differing = {
        key: [
            name
            for name, x, y in zip("ndft", old[key], new[key], strict=True)
            if not _same(x, y, tolerance)
        ]
        for key in old.keys() & new.keys()
    }
    changed = {key: names for key, names in differing.items() if names}
    assert numbers(by_key) == (
        len(staged),
        len(live),
        len(new.keys() - old.keys()),
        len(old.keys() - new.keys()),
        len(changed),
        len(differing) - len(changed),
    )
    assert by_key.changed_in == dict(Counter(n for names in changed.values() for n in names)) | {
        name: 0 for name in "ndft" if not any(name in names for names in changed.values())
    }
    assert changed == {tuple(r.key.values()): list(r.values) for r in by_key.changed_rows}
    assert new.keys() - old.keys() == {tuple(r.values.values())[:2] for r in by_key.added_rows}
    before, after = (Counter(map(_plain, rows)) for rows in (live, staged))
    assert (len(staged), len(live), (after - before).total(), (before - after).total()) == numbers(
        by_count
    )[:4]
    assert after - before == Counter(
        {_plain(tuple(row.values.values())): row.count for row in by_count.added_rows}
    )
