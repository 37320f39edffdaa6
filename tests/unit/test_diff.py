"""What is staged against what is live: the statements, the key, and what people read."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from unit.tables import KEYED, LIVE, LIVE_SQL, PLAIN, SALES, STAGED_SQL, changed, with_column

from builder.cli.diff import as_json, tolerance_of
from builder.cli.differences import changed_lines, counted, side_by_side
from builder.cli.screen import width_of
from builder.engines.comparison import (
    ChangedRow,
    ColumnChange,
    Comparison,
    Request,
    Row,
    Tolerance,
)
from builder.engines.postgres.attachments import Index
from builder.engines.postgres.diff import statements
from builder.engines.postgres.diff.columns import Pair, Typed, changes, paired
from builder.engines.postgres.diff.key import candidates, is_surely_unique, require_key
from builder.engines.postgres.diff.statements import Question
from builder.errors import ConfigError, PublishFailed
from builder.testing import FakeEngine

if TYPE_CHECKING:
    from collections.abc import Sequence

    from builder.engines.base import Statement

DAY = Typed("day", "date", is_not_null=True, base=1082, sort="date")
SHOP = Typed("shop", "text", is_not_null=True, base=25, sort="text", is_collated=True)
PERCENT = Typed('50% "off"', "numeric", base=1700, sort="numeric")
FLOAT = Typed("score", "double precision", base=701, sort="float")
JSON = Typed("facts", "json", base=114, sort="unordered")
LIST = Typed("tags", "text[]", base=1009, is_collated=True, is_array=True)
INTEGER = Typed("n", "integer", base=23, bare="integer", sort="integer")
OFF = '"50% ""off"""'


def pair(live: Typed, staged: Typed | None = None) -> Pair:
    """A column that is the same in both, unless there is another type."""
    return Pair(live, replace(staged, name=live.name) if staged else live)


def asked(*columns: Typed, key: tuple[str, ...] = (), **more: object) -> Question:
    """A question about columns that are the same in both."""
    return replace(Question(SALES, tuple(map(pair, columns)), key), **more)  # type: ignore[arg-type]


def flat(statement: Statement) -> str:
    """The statement in one line, its values in their places."""
    return " ".join(statement.shown.split())


# How columns are compared


@pytest.mark.parametrize(
    ("live", "staged", "expected"),
    [
        (DAY, DAY, ("", "")),
        (SHOP, SHOP, ('::text COLLATE "C"',) * 2),
        (LIST, LIST, (' COLLATE "C"',) * 2),
        (INTEGER, replace(INTEGER, type="small"), ("::integer",) * 2),
        (JSON, JSON, ('::text COLLATE "C"',) * 2),
        (INTEGER, replace(INTEGER, base=20), ("::bigint", "::bigint")),
        (INTEGER, PERCENT, ("::numeric", "::numeric")),
        (INTEGER, FLOAT, ("::numeric", "::text::numeric")),
        (FLOAT, replace(FLOAT, base=700), ("::text::numeric",) * 2),
        (DAY, replace(DAY, base=1114, sort="timestamp"), ("::timestamp", "::timestamp")),
        (SHOP, replace(SHOP, base=1043), ('::text COLLATE "C"',) * 2),
        (INTEGER, SHOP, ('::text COLLATE "C"',) * 2),
    ],
    ids=lambda one: one.type if isinstance(one, Typed) else "",
)
def test_values_are_compared_as_what_they_are(
    live: Typed, staged: Typed, expected: tuple[str, str]
) -> None:
    """Texts letter by letter, numbers as numbers whatever holds them, the rest as it is."""
    two = pair(live, staged)
    name = f'"{live.name}"'

    assert (f"l.{name}{expected[0]}", f"s.{name}{expected[1]}") == (
        two.compared("l"),
        two.compared("s"),
    )


def test_comparison_as_text_is_told() -> None:
    """Where a type cannot be compared, or the two are of different sorts; texts are texts."""
    assert ["json", "integer in the live table, text in the staged one", "", "", ""] == [
        pair(JSON).by_text,
        pair(INTEGER, SHOP).by_text,
        pair(SHOP, replace(SHOP, base=1043)).by_text,
        pair(INTEGER, FLOAT).by_text,
        pair(DAY).by_text,
    ]


def test_null_in_a_key_is_matched_with_null() -> None:
    """In an array, which can be hashed; an array would be lost in one, and is a text there."""
    assert ['l."day"', 'ARRAY[l."n"]', 'ARRAY[l."tags"::text COLLATE "C"]'] == [
        pair(one).matched("l") for one in (DAY, INTEGER, LIST)
    ]


def test_columns_that_go_come_and_change() -> None:
    """Each with its types; those of both stand in the staged table's order."""
    live = {one.name: one for one in (DAY, SHOP, INTEGER)}
    staged = {one.name: one for one in (replace(INTEGER, type="bigint"), JSON, DAY)}

    assert (
        ColumnChange("shop", "text", None),
        ColumnChange("n", "integer", "bigint"),
        ColumnChange("facts", None, "json"),
    ) == changes(live, staged)
    assert ["removed", "changed", "added"] == [one.change for one in changes(live, staged)]
    assert ["n", "day"] == [two.name for two in paired(live, staged)]


# What is sent


def test_one_statement_has_all_numbers() -> None:
    """One full join; what is the same in both is not kept, and each table is counted."""
    found = statements.by_key(asked(DAY, SHOP, PERCENT, key=("day", "shop")))
    text_key = '"shop"::text COLLATE "C"'
    is_other = f"l.{OFF} IS DISTINCT FROM s.{OFF}".replace("%", "%%")
    both = "live IS NOT NULL AND staged IS NOT NULL"

    assert [
        "WITH differing AS MATERIALIZED (SELECT l.ctid AS live,",
        "  s.ctid AS staged,",
        '  coalesce(l."day", s."day") AS k0,',
        f"  coalesce(l.{text_key}, s.{text_key}) AS k1,",
        f"  {is_other} AS c0",
        f"FROM {LIVE_SQL} AS l FULL JOIN {STAGED_SQL} AS s ON "
        f'l."day" = s."day" AND l.{text_key} = s.{text_key}',
        f"WHERE l.ctid IS NULL OR s.ctid IS NULL OR {is_other})",
        f"SELECT (SELECT count(*) FROM {LIVE_SQL} AS l),",
        f"  (SELECT count(*) FROM {STAGED_SQL} AS s),",
        "  count(*) FILTER (WHERE live IS NULL),",
        "  count(*) FILTER (WHERE staged IS NULL),",
        f"  count(*) FILTER (WHERE {both}),",
        *(
            f"  ARRAY(SELECT {side}::text FROM differing WHERE {sort} ORDER BY k0, k1 LIMIT %s),"
            for side, sort in (
                *(("staged", "live IS NULL"), ("live", "staged IS NULL")),
                *(("live", both), ("staged", both)),
            )
        ),
        f"  count(*) FILTER (WHERE c0 AND {both})",
        "FROM differing",
    ] == found.text.split("\n")
    assert (5, 5, 5, 5) == found.values


def test_tolerance_is_bound_once() -> None:
    """Floats are the numbers that they are written as; NULL, NaN and infinity are in none."""
    tolerance = Tolerance(Decimal("0.01"), Decimal("0.1"))
    found = statements.by_key(asked(DAY, FLOAT, SHOP, key=("day",), tolerance=tolerance))
    distance = 'abs(s."score"::text::numeric - l."score"::text::numeric)'

    assert (Decimal("0.01"), Decimal("0.1"), 5, 5, 5, 5) == found.values
    assert flat(found).startswith(
        "WITH bounds AS MATERIALIZED (SELECT 0.01::numeric AS absolute, "
        "0.1::numeric AS relative), differing AS"
    )
    assert (
        '(l."score" IS DISTINCT FROM s."score" AND '
        f"({distance} < 'Infinity' AND {distance} <= greatest((SELECT absolute FROM bounds), "
        '(SELECT relative FROM bounds) * abs(l."score"::text::numeric))) IS NOT TRUE) AS c0, '
        'l."shop"::text COLLATE "C" IS DISTINCT FROM s."shop"::text COLLATE "C" AS c1'
    ) in flat(found)


def test_rows_without_a_key_are_counted() -> None:
    """Equal rows are one group with two counts; what stands as often in both is no difference."""
    found = statements.by_count(asked(DAY, PERCENT, sensitive=frozenset({"day"})))
    off = OFF.replace("%", "%%")

    assert [
        "WITH counted AS (SELECT c0, c1, count(*) FILTER (WHERE is_live) AS live,",
        "count(*) FILTER (WHERE NOT is_live) AS staged",
        f'FROM (SELECT true AS is_live, l."day" AS c0, l.{off} AS c1 FROM {LIVE_SQL} AS l',
        f'UNION ALL SELECT false AS is_live, s."day" AS c0, s.{off} AS c1 '
        f"FROM {STAGED_SQL} AS s) AS both_of_them",
        "GROUP BY c0, c1),",
        "differing AS MATERIALIZED (SELECT * FROM counted WHERE live <> staged)",
        "(SELECT 'removed row', live - staged, '•••', c1 FROM differing "
        "WHERE live - staged > 0 ORDER BY c0, c1 LIMIT %s)",
        "UNION ALL (SELECT 'added row', staged - live, '•••', c1 FROM differing "
        "WHERE staged - live > 0 ORDER BY c0, c1 LIMIT %s)",
        "UNION ALL SELECT 'removed', (SELECT sum(live - staged) FILTER (WHERE live - staged > 0) "
        "FROM differing), NULL, NULL",
        "UNION ALL SELECT 'added', (SELECT sum(staged - live) FILTER (WHERE staged - live > 0) "
        "FROM differing), NULL, NULL",
        f"UNION ALL SELECT 'live', (SELECT count(*) FROM {LIVE_SQL} AS l), NULL, NULL",
        f"UNION ALL SELECT 'staged', (SELECT count(*) FROM {STAGED_SQL} AS s), NULL, NULL",
    ] == found.text.split("\n")
    assert (5, 5) == found.values


def test_examples_are_read_by_their_places() -> None:
    """No second join of all rows; no value of a sensitive column is read, in a key or not."""
    question = asked(DAY, SHOP, INTEGER, key=("day",), sensitive=frozenset({"day", "shop"}))
    both = statements.changed_rows(question, question.values, ["(0,1)"], ["(0,2)"])
    one = statements.rows_at(question, "s", ["day", "n"], ["(0,1)"])
    shop = '"shop"::text COLLATE "C"'

    assert (
        f"SELECT '•••', ARRAY[l.{shop} IS DISTINCT FROM s.{shop}, "
        'l."n" IS DISTINCT FROM s."n"]::boolean[], '
        "'•••', '•••', l.\"n\", s.\"n\" "
        "FROM unnest(%s::tid[], %s::tid[]) WITH ORDINALITY AS chosen (live, staged, nth) "
        f"JOIN {LIVE_SQL} AS l ON l.ctid = chosen.live "
        f"JOIN {STAGED_SQL} AS s ON s.ctid = chosen.staged ORDER BY chosen.nth"
    ) == " ".join(both.text.split())
    assert (["(0,1)"], ["(0,2)"]) == both.values
    assert (
        "SELECT '•••', s.\"n\" FROM unnest(%s::tid[]) WITH ORDINALITY AS chosen (place, nth) "
        f"JOIN {STAGED_SQL} AS s ON s.ctid = chosen.place ORDER BY chosen.nth"
    ) == " ".join(one.text.split())


def test_key_that_repeats_is_asked_for() -> None:
    """As NULL is matched with NULL, it is counted with NULL."""
    question = asked(DAY, INTEGER, key=("day", "n"))

    assert (
        f'SELECT count(*) FROM (SELECT FROM {LIVE_SQL} AS l GROUP BY l."day", ARRAY[l."n"] '
        "HAVING count(*) > 1) AS twice"
    ) == statements.twice(question, "l").text


# Which key


def test_file_says_the_key() -> None:
    """The primary key, then what is unique, but for columns that may be NULL."""
    nullable = replace(SHOP, is_not_null=False)
    summary = replace(KEYED, unique=(("day", "shop"), ("day",)))

    assert [("day",), ("day", "shop"), ("day",)] == list(
        candidates(summary, [*map(pair, (DAY, SHOP))])
    )
    assert [("day",), ("day",)] == list(candidates(summary, [*map(pair, (DAY, nullable))]))
    assert [] == list(candidates(PLAIN, [pair(DAY)]))


def test_index_says_that_a_key_is_one() -> None:
    """A valid unique one on some of the key's columns, none of which may be NULL."""
    unique = Index("k", kind="unique", columns=("day",), is_unique=True)
    filled = with_column(LIVE, "day", is_not_null=True)
    tables = [
        changed(filled, indexes=(unique,)),
        changed(LIVE, indexes=(unique,)),
        filled,
        changed(filled, indexes=(changed(unique, is_valid=False),)),
        changed(filled, indexes=(changed(unique, is_unique=False),)),
        changed(filled, indexes=(changed(unique, columns=("day", "shop")),)),
        changed(filled, indexes=(changed(unique, columns=None),)),
    ]

    assert [True, *[False] * 6] == [is_surely_unique(table, ("day",)) for table in tables]
    assert is_surely_unique(tables[0], ("shop", "day"))


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        (("dya",), "--key dya: analytics.sales has no such column (did you mean `day`?)"),
        (("new",), "--key new: only the staged table has it (both have day)"),
        (("old",), "--key old: only the live table has it (both have day)"),
    ],
)
def test_key_that_is_not_there(key: tuple[str, ...], expected: str) -> None:
    """What a person names is in both tables, or is told with what was probably meant."""
    with pytest.raises(ConfigError) as error:
        require_key(SALES, key, {"day": 1, "old": 1}, {"day": 1, "new": 1})

    assert expected == str(error.value)


# What people and programs get


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ([], Tolerance()),
        (["0.01"], Tolerance(Decimal("0.01"))),
        (["1%"], Tolerance(relative=Decimal("0.01"))),
        ([" 2.5 % ", "1e-3"], Tolerance(Decimal("0.001"), Decimal("0.025"))),
    ],
)
def test_tolerance_is_a_distance_or_a_part(given: Sequence[str], expected: Tolerance) -> None:
    """A number is absolute, one with % relative; both may be said."""
    assert expected == tolerance_of(given)
    assert bool(given) == bool(expected)


@pytest.mark.parametrize("given", ["", "%", "x", "-1", "NaN", "inf", "1e9999", "1,5"])
def test_tolerance_that_is_none(given: str) -> None:
    """It is told how to write one."""
    with pytest.raises(ConfigError) as error:
        tolerance_of([given])

    assert (
        f"--tolerance {given} is no distance between numbers "
        "(write a number such as 0.01, or a part of the live number such as 1%)"
    ) == str(error.value)


def test_numbers_stand_one_below_the_other() -> None:
    """To the right, with commas; names of two columns a letter, and of none, do no harm."""
    assert ["  매출·  12,345", "  n           1"] == counted({"매출\n": 12345, "n": 1})


@pytest.mark.parametrize(
    ("live", "staged", "expected"),
    [
        ("1", "2", ("1", "2")),
        ("a" * 30, "b", ("a" * 18 + "…", "b")),
        ("a", "b" * 30, ("a", "b" * 18 + "…")),
        ("x" * 30 + "1", "x" * 30 + "2", ("…xx1", "…xx2")),
        ("가" * 30 + "1", "가" * 30 + "2", ("…가가1", "…가가2")),
        ("a" * 30, "b" * 30, ("a" * 9 + "…", "b" * 9 + "…")),
    ],
)
def test_long_values_are_cut_where_they_are_alike(
    live: str, staged: str, expected: tuple[str, str]
) -> None:
    """Both fit into the room that there is, and what differs is seen."""
    found = side_by_side(live, staged, 20)

    assert expected == found
    assert sum(map(width_of, found)) <= 20


def test_changed_row_fits_into_eighty_columns() -> None:
    """Its key, and below it each column with both values; control characters are dots."""
    row = ChangedRow(
        {"day": "2026-01-01", "n": None},
        {"매출": (Decimal("1.5"), None), "x" * 50: ("a\x1b[2J" * 30, "b\n" * 60)},
    )
    found = list(changed_lines(row, 80))

    assert ["  day 2026-01-01, n NULL", "    매출" + " " * 28 + "1.5 → NULL"] == found[:2]
    assert all(width_of(line) <= 80 and line.isprintable() for line in found)


def test_answer_for_programs() -> None:
    """All of it; a number that JSON does not have is a text, so that it is not taken for NULL."""
    found = Comparison(
        SALES,
        staged_rows=3,
        live_rows=2,
        key=("day",),
        columns=(ColumnChange("n", "integer", None),),
        added=1,
        changed=1,
        changed_in={"score": 1},
        added_rows=(Row({"day": 1, "score": float("inf")}),),
        changed_rows=(ChangedRow({"day": 2}, {"score": (Decimal("NaN"), 1.5)}),),
        notices=("a word",),
    )

    assert {
        "table": "analytics.sales",
        "is_different": True,
        "key": ("day",),
        "columns": [{"column": "n", "change": "removed", "live": "integer", "staged": None}],
        "rows": {
            "staged": 3,
            "live": 2,
            "added": 1,
            "removed": 0,
            "changed": 1,
            "unchanged": 1,
        },
        "changed_in": {"score": 1},
        "examples": {
            "added": [{"count": 1, "values": {"day": 1, "score": "inf"}}],
            "removed": [],
            "changed": [
                {
                    "key": {"day": 2},
                    "columns": [{"column": "score", "live": "NaN", "staged": 1.5}],
                }
            ],
        },
        "notices": ("a word",),
    } == as_json(found)


def test_fake_engine_compares() -> None:
    """By the numbers of its rows; nothing staged is refused, no live table is all new."""
    engine = FakeEngine(tables={SALES.staged: 3})
    new = engine.compare(PLAIN, Request())
    engine.tables[SALES] = 5
    fewer = engine.compare(PLAIN, Request())
    engine.tables.pop(SALES.staged)

    assert (None, 3, 0, True) == (new.live_rows, new.added, new.unchanged, new.is_different)
    assert (5, 0, 2, 3) == (fewer.live_rows, fewer.added, fewer.removed, fewer.unchanged)
    assert not Comparison(SALES, 3, 3).is_different
    with pytest.raises(PublishFailed, match="nothing is staged"):
        engine.compare(PLAIN, Request())
