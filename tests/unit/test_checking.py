"""Checking: one scan for all that can be asked together, and no error that takes others along."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from builder.checks import Checking, Circumstances
from builder.checks.scan import Scan
from builder.checks.verdict import Question, Verdict
from builder.engines.asks import EVERY, Age, Aggregate, Both, Fold, Missing, Not, Tally
from builder.engines.base import Result
from builder.errors import EngineError, Place, Problem, QueryFailed, TimedOut
from builder.journal.tables import Measured
from builder.query import Rendered, Select
from builder.relation import Relation
from builder.run import MASK, Failing
from builder.summary import (
    Change,
    Check,
    Count,
    Expectation,
    Freshness,
    Measure,
    Reference,
    Text,
)
from builder.testing import FakeEngine

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from builder.run import CheckResult

TABLE, SOURCE = Relation("analytics", "temp_sales"), Relation("raw", "orders")
COLUMNS = {"id": "integer", "amount": "numeric", "at": "timestamp with time zone", "mail": "text"}
NOW = datetime(2026, 11, 20, 6, tzinfo=UTC)
DAY_BEFORE = datetime(2026, 11, 19, 6, tzinfo=UTC)
NO_NULL = Expectation("a", "expect_column_values_to_not_be_null", {"column": "id"})
FEW = Expectation("b", "expect_table_row_count_to_be_between", {"max_value": 10})
OURS = Expectation("c", "expect_column_to_exist", {"column": "id"})
THEIRS = Expectation("d", "expect_column_stdev_to_be_between", {"column": "id", "max_value": 1})
SUM = Measure("e", "sum", "amount", max_change=Change(0.3, 0.3))


@dataclass(eq=False, kw_only=True)
class Moody(FakeEngine):
    """A warehouse that answers questions by how they look, and raises for some of them."""

    answered: Mapping[str, object] = field(default_factory=dict)
    raising: Mapping[str, BaseException] = field(default_factory=dict)

    def ask(self, relation: Relation, aggregates: Sequence[Aggregate]) -> Sequence[object]:
        """3 for each question that has no other answer."""
        self._call("ask", f"{relation} {len(aggregates)}")
        for one in aggregates:
            if error := self.raising.get(repr(one)):
                raise error
        return [self.answered.get(repr(one), 3) for one in aggregates]


@dataclass(eq=False, kw_only=True)
class Rowed(FakeEngine):
    """A warehouse in which every query returns one row."""

    row: Result

    def first(self, select: Select, limit: int) -> Result:
        """That row."""
        return self.row


def counted(query: str) -> dict[str, int]:
    """What a check measures that counts the rows of a query: one."""
    return {f"SELECT count(*) FROM (\n{query}\n) AS rows": 1}


def engine(**more: object) -> Moody:
    """A warehouse with the table and its columns."""
    described = {TABLE: COLUMNS, SOURCE: COLUMNS, Relation("raw", "users"): {"id": "integer"}}
    return Moody(described=described, **more)  # type: ignore[arg-type]


def results(
    checks: Sequence[Check], reader: FakeEngine, about: Circumstances | None = None
) -> list[CheckResult]:
    """What came of the checks; those with SQL have it as their query."""
    queries = [(one, Select(Rendered(t.value, t), t.value)) for one in checks if (t := one.text)]
    return [*Checking(checks, queries, reader, about or Circumstances(TABLE, NOW)).results()]


def asks(reader: FakeEngine) -> list[str]:
    """What was sent to the relations."""
    return [call for call in reader.calls if call.startswith(("ask", "count", "sample"))]


# One scan


def test_all_checks_of_a_relation_are_one_scan() -> None:
    """Whatever kind they are of; the same question is asked once."""
    again = Expectation("z", "expect_column_values_to_not_be_null", {"column": "id"})
    reader = engine(answered={repr(Tally(Both((EVERY, EVERY, Missing("id"))))): 0})
    found = results([FEW, OURS, SUM, again], reader)

    assert ["ask analytics.temp_sales 4"] == asks(reader)
    assert ["b", "c", "e", "z"] == [result.check.label for result in found]


def test_each_relation_has_a_scan_of_its_own() -> None:
    """Checks of another table, and questions of one, are asked there."""
    source = Measure("f", "sum", "amount", on=SOURCE, anomaly=True)
    elsewhere = Expectation(
        "g", "expect_table_row_count_to_equal_other_table", {"other_table_name": "raw.orders"}
    )
    reader = engine()
    results([SUM, source, elsewhere], reader)

    assert ["ask analytics.temp_sales 2", "ask raw.orders 1", "ask raw.orders 1"] == asks(reader)


def test_columns_alone_need_no_scan() -> None:
    """A check of names and types sends nothing."""
    reader = engine()
    found = results([OURS], reader)

    assert ([], [True]) == (asks(reader), [result.passed for result in found])


def test_numbers_that_are_equal_in_python_are_not_one_question() -> None:
    """1, 1.0 and True are alike here, and not in SQL."""
    sets = [
        Expectation(label, "expect_column_values_to_be_in_set", {"column": "id", "value_set": [v]})
        for label, v in (("a", 1), ("b", 1.0), ("c", True))
    ]
    reader = engine()
    results(sets, reader)

    assert ["ask analytics.temp_sales 4"] == asks(reader)[:1]


def test_question_that_raises_takes_no_other_with_it() -> None:
    """Where the scan fails, each question is asked by itself, and only one of them has an error."""
    error = QueryFailed(Problem("integer out of range"))
    reader = engine(raising={repr(Fold("sum", "amount")): error})
    found = results([FEW, SUM, NO_NULL], reader)

    assert [
        "ask analytics.temp_sales 4",
        "ask analytics.temp_sales 1",
        "ask analytics.temp_sales 1",
        "ask analytics.temp_sales 2",
    ] == asks(reader)[:4]
    assert [None, error, None] == [result.error for result in found]
    assert (False, None, "integer out of range") == (
        found[1].passed,
        found[1].measured,
        found[1].reason,
    )


@pytest.mark.parametrize("error", [TimedOut(Problem("over")), EngineError("lost")])
def test_end_of_the_run_is_no_error_of_a_check(error: BaseException) -> None:
    """The time of the run, or its connection, is over for all: nothing is asked again."""
    reader = engine(raising={repr(Tally()): error})
    with pytest.raises(type(error)) as caught:
        results([FEW, SUM], reader)

    assert error is caught.value
    assert ["ask analytics.temp_sales 2"] == asks(reader)


def test_time_of_a_scan_is_shared() -> None:
    """Each question is told its part of what the scan took."""
    asked = [Question((one,), lambda *_: Verdict(True, 1)) for one in (Tally(), Fold("sum", "id"))]  # noqa: FBT003 -- the verdict
    scan = Scan(engine(), TABLE, asked)
    before = scan.total
    answers = [scan.answers(one) for one in asked]

    assert [[3], [3]] == answers
    assert 0 == before < scan.total == 2 * scan.share


# Errors


def test_column_that_is_not_there_is_an_error_of_its_check() -> None:
    """The others are asked all the same, and the nearest name is told."""
    found = results([Measure("x", "sum", "amuont", anomaly=True), SUM], engine())

    assert isinstance(found[0].error, QueryFailed)
    assert "analytics.temp_sales has no column `amuont` (did you mean `amount`?)" == str(
        found[0].error
    )
    assert None is found[1].error


def test_table_that_is_not_there_is_named() -> None:
    """The error has the table's name, by which its maker can be found."""
    gone = Freshness("x", "at", 60, on=Relation("raw", "gone"))
    (found,) = results([gone], engine())

    assert isinstance(found.error, QueryFailed)
    assert "raw.gone" == found.error.word
    assert "there is no table raw.gone, or it has no columns" == found.reason


def test_freshness_is_of_moments() -> None:
    """A number has no age."""
    (found,) = results([Freshness("x", "amount", 60)], engine())

    assert "`amount` of analytics.temp_sales is no moment but numeric" == found.reason


@pytest.mark.parametrize(
    ("of", "answers", "said"),
    [
        ("sum", {repr(Fold("sum", "amount")): None}, "the sum of amount is NULL: there is no"),
        ("mean", {repr(Fold("mean", "amount")): float("nan")}, "the mean of amount is nan: ther"),
        (
            "null_share",
            {repr(Tally(Missing("amount"))): 0, repr(Tally()): 0},
            "the null share of amount is NULL: there is no number to compare",
        ),
    ],
)
def test_no_number_is_an_error(of: str, answers: dict[str, object], said: str) -> None:
    """Of an empty table there is nothing to compare."""
    check = Measure("x", of, "amount", anomaly=True)  # type: ignore[arg-type]
    (found,) = results([check], engine(answered=answers))

    assert found.reason.startswith(said)


# Verdicts


def test_what_great_expectations_answers_is_handed_out() -> None:
    """It is no result here, and no part of the scan."""
    reader = engine()
    checking = Checking([THEIRS, SUM], [], reader, Circumstances(TABLE, NOW))

    assert [THEIRS] == checking.outside()
    assert ["e"] == [result.check.label for result in checking.results()]
    assert ["ask analytics.temp_sales 1"] == asks(reader)


@pytest.mark.parametrize(
    ("kind", "asked", "age", "expected"),
    [
        ("timestamp with time zone", Age("at"), 86400, (True, "1 day old")),
        ("timestamp with time zone", Age("at"), 86401, (False, "1 day 1 s old")),
        ("timestamp with time zone", Age("at"), -120, (True, "2 min ahead")),
        ("timestamp without time zone", Age("at", "Asia/Seoul"), 0.25, (True, "0.25 s old")),
        ("date", Age("at", "Asia/Seoul", whole_day=True), 200000, (False, "2 days 7 h old")),
        ("date", Age("at", "Asia/Seoul", whole_day=True), None, (False, "no moment at all")),
    ],
)
def test_newest_moment_has_an_age(
    kind: str, asked: Age, age: float | None, expected: tuple[bool, str]
) -> None:
    """At most as old as the file allows; a moment without a zone is of the file's zone."""
    reader = Moody(described={TABLE: {"at": kind}}, answered={repr(asked): age})
    (found,) = results([Freshness("x", "at", 86400, "Asia/Seoul")], reader)

    assert (*expected, "at most 1 day old", age) == (
        found.passed,
        found.found,
        found.wanted,
        found.measured,
    )


@pytest.mark.parametrize("orphans", [0, 2])
def test_reference_counts_the_rows_that_refer_to_nothing(orphans: int) -> None:
    """Of those that refer; they are shown."""
    rows = [(n, 1, None, "a@b.c") for n in range(orphans)]
    reader = engine(failing=rows, answered={repr(Tally(Not(Missing("id")))): 9})
    check = Reference("x", "id", Relation("raw", "users"), "id")
    (found,) = results([check], reader)

    assert (orphans == 0, orphans, f"{orphans} of 9 fail") == (
        found.passed,
        found.measured,
        found.found,
    )
    assert (tuple(rows) if orphans else None) == (found.failing.rows if found.failing else None)


def test_failing_rows_are_shown_masked() -> None:
    """At most as many as are wanted, without sensitive values, and with what finds all of them."""
    reader = engine(failing=[(None, n, None, "a@b.c") for n in range(9)])
    about = Circumstances(TABLE, NOW, sensitive=frozenset({"mail"}), rows=2)
    (found,) = results([NO_NULL], reader, about)

    assert found.failing is not None
    assert (3, 3, tuple(COLUMNS)) == (found.failing.count, found.failing.of, found.failing.columns)
    assert ((None, 0, None, MASK), (None, 1, None, MASK)) == found.failing.rows
    assert found.failing.sql.startswith("rows of analytics.temp_sales: Rows(")
    assert "sample analytics.temp_sales 2" == asks(reader)[-1]


def test_passing_check_shows_no_rows() -> None:
    """Nothing is asked for them."""
    reader = engine(answered={repr(Tally(Both((EVERY, EVERY, Missing("id"))))): 0})
    results([NO_NULL], reader)

    assert ["ask analytics.temp_sales 2"] == asks(reader)


def test_value_of_a_sensitive_column_is_no_result() -> None:
    """The greatest value of a column that nobody is to see is masked, and not measured."""
    top = Expectation("x", "expect_column_max_to_be_between", {"column": "amount", "max_value": 1})
    about = Circumstances(TABLE, NOW, sensitive=frozenset({"amount"}))
    (open_,), (hidden,) = results([top], engine()), results([top], engine(), about)

    assert (False, 3, "3") == (open_.passed, open_.measured, open_.found)
    assert (False, None, MASK) == (hidden.passed, hidden.measured, hidden.found)


def test_expectation_with_a_query_returns_no_row() -> None:
    """Its rows are the wrong ones: they are counted, and the first are shown."""
    query = Text("SELECT * FROM t")
    check = Expectation("x", "unexpected_rows_expectation", {}, query)
    counted = "SELECT count(*) FROM (\nSELECT * FROM t\n) AS rows"
    good, bad = (
        results([check], engine(measures={counted: many}, failing=[(1,), (2,)]))[0]
        for many in (0, 2)
    )

    assert (True, "0 rows", "none", None) == (good.passed, good.found, good.wanted, good.failing)
    assert (False, 2) == (bad.passed, bad.measured)
    assert Failing(2, None, ("n",), ((1,), (2,)), "SELECT * FROM t") == bad.failing


@pytest.mark.parametrize(
    ("op", "count", "measured", "shown"),
    [
        ("eq", 0, 2, True),
        ("le", 1, 2, True),
        ("lt", 2, 2, True),
        ("lt", 1, 2, True),
        ("ge", 5, 2, False),
        ("eq", 5, 2, False),
        ("eq", 2, 2, False),
    ],
)
def test_rows_that_are_too_many_are_shown(
    op: str, count: int, measured: int, *, shown: bool
) -> None:
    """Of a query that only counts, where there should have been fewer."""
    text = "SELECT COUNT(1) FROM raw.orders"
    check = Count("x", Text(text), count, op)  # type: ignore[arg-type]
    (found,) = results([check], engine(measures={text: measured}, failing=[(1,), (2,)]))

    assert shown is (found.failing is not None)


def test_rows_that_cannot_be_shown_are_no_error() -> None:
    """The count has failed, and that is what is told."""
    text = "SELECT COUNT(1) FROM raw.orders"
    fails = {"first": QueryFailed(Problem("no"))}
    (found,) = results([Count("x", Text(text), 0, "eq")], engine(measures={text: 2}, fails=fails))

    assert (None, 2) == (found.error, found.measured)
    assert Failing(2, sql="SELECT * FROM raw.orders") == found.failing


# Against earlier runs


def past(check: Check, *values: float) -> Circumstances:
    """What earlier runs measured of a check."""
    return Circumstances(
        TABLE, NOW, past={check.fingerprint: [Measured(value, DAY_BEFORE) for value in values]}
    )


def test_number_is_held_against_the_last_one() -> None:
    """The range is what was wanted, with where it comes from, and its bounds are the result's."""
    (good,), (bad,) = (results([SUM], engine(), past(SUM, last)) for last in (4, 5))

    assert (True, "2.8 to 5.2 (4 on 2026-11-19)") == (good.passed, good.wanted)
    assert (2.8, 5.2) == (float(good.low or 0), float(good.high or 0))
    assert (False, "3.5 to 6.5 (5 on 2026-11-19)", 3) == (bad.passed, bad.wanted, bad.measured)


def test_first_number_is_compared_with_nothing() -> None:
    """It passes, with a note that says so."""
    (found,) = results([SUM], engine())

    assert (True, "", None, None) == (found.passed, found.wanted, found.low, found.high)
    assert ("not compared yet: no run before this one was published with it",) == found.notes


def test_bounds_of_a_count_and_of_the_past_both_hold() -> None:
    """All of them are told; the result's bounds are the tightest."""
    check = Count("x", Text("S"), 50, max_change=Change(0.3, None))
    found = {
        last: results([check], engine(measures={"S": 60}), past(check, last))[0]
        for last in (60, 90)
    }

    assert (True, "≥ 50 and 42 to … (60 on 2026-11-19)", 50, None) == (
        found[60].passed,
        found[60].wanted,
        found[60].low,
        found[60].high,
    )
    assert (False, "≥ 50 and 63 to … (90 on 2026-11-19)", 63, None) == (
        found[90].passed,
        found[90].wanted,
        found[90].low,
        found[90].high,
    )


def test_past_is_found_by_what_is_measured() -> None:
    """Another place or bound is the same number; another column, table or side is not."""
    same = Measure("e", "sum", "amount", anomaly=True, severity="info")
    moved = Measure("output_check[7]", "sum", "amount", anomaly=True)
    first = Measure("output_check[0]", "sum", "amount", anomaly=True)
    others = [
        Measure("output_check[0]", "mean", "amount"),
        Measure("output_check[0]", "sum", "id"),
        Measure("output_check[0]", "sum", "amount", on=SOURCE),
        Measure("input_check[0]", "sum", "amount"),
    ]

    assert SUM.fingerprint == same.fingerprint
    assert first.fingerprint == moved.fingerprint
    assert 5 == len({check.fingerprint for check in [first, *others]})


# What may be a secret


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("SELECT * FROM t WHERE id < 3", ((1, MASK, MASK),)),
        ("SELECT *\nFROM t", ((1, MASK, MASK),)),
        ("SELECT id, mail, other FROM t", ((MASK, MASK, MASK),)),
        ("SELECT * FROM (SELECT mail AS id FROM t) AS u", ((MASK, MASK, MASK),)),
    ],
)
def test_own_query_of_a_file_with_secrets_shows_what_is_plain(
    query: str, expected: tuple[tuple[object, ...], ...]
) -> None:
    """A query may call a sensitive column otherwise: only the table's own columns are shown."""
    row = Result(("id", "mail", "other"), ((1, "a@b.kr", "c"),))
    reader = Rowed(described={TABLE: COLUMNS}, row=row, measures=counted(query))
    about = Circumstances(TABLE, NOW, sensitive=frozenset({"mail"}))
    check = Expectation("x", "unexpected_rows_expectation", {}, Text(query))
    (found,) = results([check], reader, about)

    assert found.failing is not None
    assert expected == found.failing.rows


@pytest.mark.parametrize(
    ("code", "sensitive", "expected"),
    [
        ("22P02", {"mail"}, f"invalid input syntax for type integer: {MASK}"),
        ("", {"mail"}, f"invalid input syntax for type integer: {MASK}"),
        ("22P02", set(), 'invalid input syntax for type integer: "a@b.kr"'),
        ("42703", {"mail"}, 'invalid input syntax for type integer: "a@b.kr"'),
    ],
)
def test_error_of_the_data_tells_no_secret(code: str, sensitive: set[str], expected: str) -> None:
    """What such an error quotes may be a value; names, which others quote, are none."""
    error = QueryFailed(Problem('invalid input syntax for type integer: "a@b.kr"'), code=code)
    about = Circumstances(TABLE, NOW, sensitive=frozenset(sensitive))
    (found,) = results([SUM], engine(raising={repr(Fold("sum", "amount")): error}), about)

    assert expected == found.reason


def test_error_says_where_in_the_file() -> None:
    """The place of the check, where the error has none of its own."""
    place = Place(Path("sales.py"), 7, 9)
    check = replace(SUM, column="amuont", place=place)
    (found,) = results([check], engine())

    assert isinstance(found.error, QueryFailed)
    assert place == found.error.problem.place
