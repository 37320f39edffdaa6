"""What is proposed, from figures alone: what names and values say, and how much of it is told."""

from __future__ import annotations

import ast
import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from builder.errors import QueryFailed
from builder.relation import Relation
from builder.suggest import names, suggest, text_of
from builder.suggest.already import checked_by, unsaid
from builder.suggest.bounds import above, age_of, below_share, span_for
from builder.suggest.kinds import is_whole, sort_of
from builder.suggest.model import Proposal
from builder.suggest.profile import ColumnProfile, Profile
from builder.suggest.propose import MOST, chosen, proposals
from builder.suggest.shapes import SHAPES, shape_of
from builder.summary import Summary, Text
from builder.testing import FakeEngine

if TYPE_CHECKING:
    from collections.abc import Callable

NOW = datetime(2026, 7, 1, 9, tzinfo=UTC)
SALES = Relation("analytics", "sales")


def checks(*columns: ColumnProfile, rows: int = 1000, **more: Any) -> dict[tuple[str, ...], Any]:
    """What is proposed for columns like these, by its kind and columns."""
    profile = Profile(rows, {one.name: one for one in columns}, **more)
    return {(one.kind, *one.columns): {**one.check} for one in proposals(profile, NOW)}


def number(name: str, low: float, high: float, **more: Any) -> ColumnProfile:
    """A column of numbers."""
    mean = more.pop("mean", (low + high) / 2)
    return ColumnProfile(name, "number", low=low, high=high, mean=mean, **more)


@pytest.mark.parametrize(
    ("name", "low", "high", "expected"),
    [
        ("conversion_rate", 3, 12.5, (0, 100)),
        ("conversion_rate", 0.03, 0.9, (0, 1)),
        ("growth_rate", -20, 45, (-100, 100)),
        ("score", 0, 10, (0, 10)),
        ("rating", 1, 5, (1, 5)),
        ("nps", -40, 60.5, (-100, 100)),
        ("avgNps", -40, 60.5, (-100, 100)),
        ("pct_paid", 0, 150, (0, 200)),
        ("hour", 0, 23, (0, 23)),
        ("session_number", 1, 40, (1, 50)),
        ("payments", 0, 40, (0, 50)),
        ("weird", 3, 7, (0, 10)),
    ],
)
def test_bounds_are_the_scale_that_the_name_says_or_a_little_wider(
    name: str, low: float, high: float, expected: tuple[float, float]
) -> None:
    """Where the values are on such a scale; else from 0 to a round number above them."""
    check = checks(number(name, low, high, is_whole=True))["between", name]

    assert expected == (check["min_value"], check["max_value"])
    assert (name in ("pct_paid", "session_number", "payments", "weird")) is ("severity" in check)


def test_no_bound_where_there_is_none() -> None:
    """Numbers below 0, that may be so, of identities, of long tails, and one number alone."""
    found = checks(
        number("delta", -3, 3),
        number("net_amount", 5, 9),
        number("userid", 1, 9),
        number("flat", 3, 3),
        number("amount", 0, 900, mean=2),
        ColumnProfile("odd", "number"),
    )

    assert {("between", "amount")} == {key for key in found if key[0] == "between"}
    assert "max_value" not in found["between", "amount"]


@pytest.mark.parametrize(
    ("value", "expected"),
    [(0.031, 0.04), (0.8, 1), (1, 1.5), (7, 10), (80, 100), (81, 150), (982, 1500), (5155, 8000)],
)
def test_bound_is_round_and_at_least_a_quarter_more(value: float, expected: float) -> None:
    """One or two digits, so that nobody takes it for a measurement."""
    assert expected == above(value)
    assert above(value) >= value * 1.249


@pytest.mark.parametrize(
    ("share", "expected"), [(0.01, 0.98), (0.0004, 0.9992), (1 / 3000, 0.9993), (0.004, 0.992)]
)
def test_share_that_may_be_null_is_twice_that_of_now(share: float, expected: float) -> None:
    """A few more NULLs are no reason to stop."""
    assert expected == below_share(share)
    assert 1 - share > below_share(share)


@pytest.mark.parametrize(
    ("newest", "expected"),
    [
        (datetime(2026, 7, 1, 8, tzinfo=UTC), "1 day"),
        (datetime(2026, 7, 1, 12), "1 day"),  # noqa: DTZ001 -- as a column without a zone has it
        (date(2026, 6, 30), "1 day"),
        (date(2026, 6, 29), "3 days"),
        (date(2026, 6, 20), "5 weeks"),
        (date(2026, 1, 1), ""),
        (date(2027, 1, 1), ""),
    ],
)
def test_span_is_half_as_long_again_as_the_age(newest: date, expected: str) -> None:
    """Data that are older than five weeks, or to come, have no age to keep."""
    assert expected == span_for(age_of(newest, NOW))


def test_date_is_over_with_its_midnight() -> None:
    """As the check has it."""
    assert timedelta(hours=9) == age_of(date(2026, 6, 30), NOW)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (["2026-01", "2025-12"], "YYYY-MM"),
        (["2026-01-31"], "YYYY-MM-DD"),
        (["202601", "202612"], "YYYYMM"),
        (["202613"], None),
        (["a@b.kr", "x.y+z@shop.example.com"], "an e-mail address"),
        (["a@b"], None),
        (["0" * 32, "f" * 32], "32 hexadecimal digits"),
        (["KR", "US"], "two capital letters"),
        (["ORD-001", "ORD-99"], "ORD- and digits"),
        (["ORD-001", "RET-99"], None),
        (["0b8a1f2e-0000-4000-8000-123456789abc"], "a UUID"),
        (["a", "b"], None),
        ([], None),
    ],
)
def test_shape_is_that_of_all_values(values: list[str], expected: str | None) -> None:
    """One that is otherwise, and there is no shape."""
    shape = shape_of(values)

    assert expected == (shape.name if shape else None)


def test_patterns_mean_the_same_to_python_and_the_warehouse() -> None:
    """They hold whole texts, and no escape that one of them reads otherwise."""
    assert all(re.compile(shape.pattern) for shape in SHAPES)
    assert [] == [shape.name for shape in SHAPES if "\\" in shape.pattern]


@pytest.mark.parametrize(
    ("greater", "less", "is_moment"),
    [
        ("gross_amount", "net_amount", False),
        ("gross_amount", "refunded_amount", False),
        ("payments", "refunds", False),
        ("users", "paying_users", False),
        ("ended_at", "started_at", True),
        ("updated_at", "created_at", True),
        ("last_order", "first_order", True),
    ],
)
def test_pair_goes_one_way(greater: str, less: str, *, is_moment: bool) -> None:
    """What is a part is never more than the whole, and an end never before its beginning."""
    assert names.greater(greater, less, moments=is_moment)
    assert not names.greater(less, greater, moments=is_moment)


def test_names_that_are_alike_are_no_pair() -> None:
    """A total is no more than its mean, and two days have no order."""
    assert not names.greater("amount", "average_amount", moments=False)
    assert not names.greater("best_day", "worst_day", moments=True)
    assert not names.greater("users", "users", moments=False)


@pytest.mark.parametrize(
    ("kind", "sort"),
    [
        ("integer", "number"),
        ("integer[]", "other"),
        ("numeric(10,2)", "number"),
        ("timestamp(3) with time zone", "moment"),
        ("time without time zone", "other"),
        ("character varying(9)", "text"),
        ('"char"', "other"),
        ("uuid", "key"),
        ("jsonb", "other"),
        ("boolean", "other"),
    ],
)
def test_types_are_sorted(kind: str, sort: str) -> None:
    """By what can be asked of them."""
    assert sort == sort_of(kind)


def test_sum_of_whole_numbers_is_whole() -> None:
    """Though SQL calls it numeric; one decimal place is enough to be none."""
    assert is_whole("bigint")
    assert is_whole("numeric", Decimal(0), Decimal(7))
    assert not is_whole("numeric", Decimal("0.00"), Decimal("7.00"))
    assert not is_whole("real", 0.0, 7.0)


def test_list_of_values_needs_them_to_come_again() -> None:
    """A value that stands once may be a slip, and one value is no list."""

    def text(*counts: int) -> ColumnProfile:
        values = tuple((f"v{index}", many) for index, many in enumerate(counts))
        return ColumnProfile("kind", "text", longest=2, values=values)

    assert ["v0", "v1"] == checks(text(600, 400))["set", "kind"]["value_set"]
    assert ("set", "kind") not in checks(text(999, 1))
    assert ("set", "kind") not in checks(text(1000))
    assert ("set", "kind") not in checks(text(4, 3), rows=7)


def test_few_nulls_are_allowed_for_and_many_are_watched() -> None:
    """None, hardly any, some, all: each has a check of its own, or none."""
    columns = [ColumnProfile(f"c{nulls}", "other", nulls=nulls) for nulls in (0, 3, 300, 1000)]
    found = checks(*columns)

    assert "mostly" not in found["not_null", "c0"]
    assert 0.994 == found["not_null", "c3"]["mostly"]
    assert 0.25 == found["null_share", "c300"]["max_change"]
    assert not [key for key in found if "c1000" in key]


def test_not_more_than_is_read_is_chosen() -> None:
    """At most two of a column and five of a kind, the most telling first."""
    columns = [ColumnProfile(f"c{index}", "text", longest=3, shortest=1) for index in range(40)]
    profile = Profile(50, {one.name: one for one in columns})
    kept = chosen([*proposals(profile, NOW)])
    weights = [one.weight for one in kept]

    assert len(kept) <= MOST
    assert sorted(weights, reverse=True) == weights
    assert 5 == sum(one.kind == "not_null" for one in kept)


def test_what_is_checked_takes_up_room() -> None:
    """A file that is full of checks is not given the next best ones each time."""
    columns = [ColumnProfile(f"c{index}", "text", longest=3, shortest=1) for index in range(9)]
    found = [*proposals(Profile(50, {one.name: one for one in columns}), NOW)]
    first = chosen(found)

    assert [] == chosen(found, [one.about for one in first])


@pytest.mark.parametrize(
    ("written", "kind", "columns"),
    [
        ("'primary_key': ['day']", "unique", ("day",)),
        ("'primary_key': ['day', 'shop']", "not_null", ("shop",)),
        ("'unique': [['shop', 'day']]", "unique", ("day", "shop")),
        ("{'fresh': 'day', 'within': '1 day'}", "fresh", ("day",)),
        ("{'sum': 'n', 'anomaly': True}", "measure", ("n",)),
        ("{'null_share': 'n', 'max_change': 1}", "null_share", ("n",)),
        (
            "{'expect': 'expect_column_values_to_be_between', 'column': 'n', 'min_value': 1}",
            "between",
            ("n",),
        ),
        ("{'sql': 'SELECT COUNT(1) FROM {schema}.temp_{table}', 'max_change': 1}", "rows", ()),
        ("WHERE n NOT BETWEEN 0 AND 9", "between", ("n",)),
        ("WHERE n < 0 OR day IS NULL", "between", ("n",)),
        ("WHERE n < 0 OR day IS NULL", "not_null", ("day",)),
        ("WHERE net > gross", "pair", ("gross", "net")),
        ("WHERE shop NOT IN (1, 2)", "set", ("shop",)),
    ],
)
def test_what_the_file_says_is_left_out(
    read: Callable[..., Summary], written: str, kind: str, columns: tuple[str, ...]
) -> None:
    """As a key, as a check of any kind, or in its own SQL; of other columns it is proposed."""
    if written.startswith("WHERE"):
        sql = "SELECT COUNT(1) FROM {schema}.temp_{table} " + written
        written = f"{{'sql': '{sql}', 'count': 0, 'op': 'eq'}}"
    if written.startswith("{"):
        written = f"'output_check': [{written}]"
    main = "'table': 'sales', 'schema': 'analytics', 'main_sql': 'SELECT 1 AS one'"
    summary = read(f"{{{main}, {written}}}")
    same = Proposal(kind, columns, {}, "", 1)
    other = Proposal(kind, ("other",), {}, "", 1)

    assert [other] == unsaid([same, other], summary, checked_by(summary, "postgres"))


@pytest.mark.parametrize(
    "rest",
    [
        "WHERE n < 0 AND day IS NULL', 'count': 0, 'op': 'eq'",
        "WHERE n < 0', 'count': 10, 'op': 'le'",
        "', 'count': 500",
    ],
)
def test_what_the_file_does_not_hold_is_proposed(read: Callable[..., Summary], rest: str) -> None:
    """Both at once, some of them, or a least number of rows is another promise."""
    sql = f"SELECT COUNT(1) FROM {{schema}}.temp_{{table}} {rest}"
    main = "'table': 'sales', 'schema': 'analytics', 'main_sql': 'SELECT 1 AS one'"
    summary = read(f"{{{main}, 'output_check': [{{'sql': '{sql}}}]}}")
    found = [Proposal("between", ("n",), {}, "", 1), Proposal("rows", (), {}, "", 1)]

    assert found == unsaid(found, summary, checked_by(summary, "postgres"))


def test_text_is_what_was_proposed() -> None:
    """Whatever stands in names, values and comments; no line is longer than a page is wide."""
    values = ["it's", 'a "b"', "new\nline", "한국어", "\\", *(f"value {n}" * 3 for n in range(9))]
    check = {"expect": "expect_column_values_to_be_in_set", "column": "c", "value_set": values}
    one = Proposal("set", ("c",), check, "a line\nthat ends # or 'not'", 1)
    text = text_of([one, one])

    assert {"output_check": [check, check]} == ast.literal_eval("{" + text + "}")
    assert "        # a line·that ends # or 'not'" in text.splitlines()
    assert max(len(line) for line in text.splitlines()) <= 110


def test_table_that_is_not_there_asks_nothing() -> None:
    """What makes it is said before any row is read."""
    engine = FakeEngine()
    with pytest.raises(QueryFailed) as caught:
        suggest(Summary(SALES, Text("")), engine=engine)

    assert "there is no table analytics.sales" == caught.value.problem.message
    assert ["reader"] == engine.calls
