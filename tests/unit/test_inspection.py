"""Inspection: the checks of a run in their order, and all that is wrong told at once."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from unit.calls import SALES, TARGET

from builder.engines.asks import EVERY, Aggregate, Both, Fold, Missing, Tally
from builder.errors import ChecksFailed, QueryFailed
from builder.pipeline import build, check
from builder.relation import Relation
from builder.summary import (
    Change,
    Column,
    Count,
    Drift,
    Expectation,
    Measure,
    Reference,
    Text,
)
from builder.testing import FakeEngine, MemoryJournal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from builder.run import Run

ORDERS = Relation("raw", "orders")
COLUMNS = {"id": "integer", "mail": "text"}
SUM = Measure("output_check[1]", "sum", "id", max_change=Change(0.3, 0.3))
NO_NULL = Expectation(
    "output_check[2]", "expect_column_values_to_not_be_null", {"column": "id"}, severity="warning"
)
SEVERAL = replace(SALES, output_checks=(*SALES.output_checks, SUM, NO_NULL))


def warehouse(live: Mapping[str, str] | None = None, *, total: int = 10) -> FakeEngine:
    """A warehouse whose staged table has two columns, and two rows without an `id`."""
    answers: dict[Aggregate, object] = {
        Fold("sum", "id"): total,
        Tally(Both((EVERY, EVERY))): 9,
        Tally(Both((EVERY, EVERY, Missing("id")))): 2,
    }
    described = {TARGET.staged: COLUMNS, **({TARGET: live} if live is not None else {})}
    rows = [(None, "a@b.c"), (None, None)]
    return FakeEngine(answers=answers, described=described, failing=rows)


def told(run: Run) -> list[tuple[str, bool]]:
    """The run's results in their order."""
    return [(result.check.label, result.passed) for result in run.checks]


def test_first_build_has_nothing_to_drift_from() -> None:
    """Where there is no live table, nothing is said of its columns."""
    run = build(SEVERAL, engine=warehouse(), journal=MemoryJournal())

    assert [
        ("input_check[0]", True),
        ("output_check[0]", True),
        ("output_check[1]", True),
        ("output_check[2]", False),
    ] == told(run)
    assert "published" == run.status


def test_columns_are_compared_before_anything_is_measured() -> None:
    """What readers have, and what they would get."""
    same = build(SEVERAL, engine=warehouse(COLUMNS), journal=MemoryJournal())
    other = build(SEVERAL, engine=warehouse({"id": "integer"}), journal=MemoryJournal())

    assert ("schema_drift", True) == told(same)[1]
    assert ("schema_drift.added", False) == told(other)[1]
    assert "published" == other.status


def test_all_that_is_wrong_with_the_output_is_told_at_once() -> None:
    """A column that went and a check that failed stand in one error, and nothing is published."""
    wrong = replace(
        SEVERAL, output_checks=(*SEVERAL.output_checks, Count("x", Text("SELECT 8"), 99))
    )
    engine = warehouse({**COLUMNS, "gone": "date"})
    with pytest.raises(ChecksFailed) as caught:
        build(wrong, engine=engine, journal=MemoryJournal())

    assert ["schema_drift.removed", "x"] == [r.check.label for r in caught.value.results]
    assert "swap analytics.sales" not in engine.calls


def test_file_may_allow_columns_to_go() -> None:
    """Then it is told, and the table goes live."""
    engine = warehouse({**COLUMNS, "gone": "date"})
    allowed = replace(SEVERAL, schema_drift=Drift(removed="warning"))
    run = build(allowed, engine=engine, journal=MemoryJournal())

    assert ("published", ("schema_drift.removed", False)) == (run.status, told(run)[1])


class Computing(FakeEngine):
    """A warehouse that computes `total` in the live table."""

    def computed(self, relation: Relation) -> frozenset[str]:
        """The column."""
        return frozenset({"total"} if relation == TARGET else ())


@pytest.mark.parametrize("staged", [COLUMNS, {**COLUMNS, "total": "integer"}])
def test_columns_that_the_warehouse_computes_do_not_drift(staged: dict[str, str]) -> None:
    """The publish carries them over where the query does not return them."""
    live = {**COLUMNS, "total": "integer"}
    engine = Computing(described={TARGET: live, TARGET.staged: staged})
    run = build(SALES, engine=engine, journal=MemoryJournal())

    assert ("schema_drift", True) == told(run)[1]


def test_numbers_of_earlier_runs_are_asked_for_once() -> None:
    """Those of the checks that compare; where none does, the journal is not asked."""
    engine, journal = warehouse(), MemoryJournal()
    build(SALES, engine=engine, journal=journal)
    build(SEVERAL, engine=engine, journal=journal)

    assert ["journal.measured 1"] == [c for c in journal.calls if c.startswith("journal.measured")]


def test_run_is_compared_with_the_last_that_was_published() -> None:
    """A failed run in between does not count."""
    journal = MemoryJournal()
    for total in (10, 20, 13):
        try:
            run = build(SEVERAL, engine=warehouse(total=total), journal=journal)
        except ChecksFailed as error:
            assert [SUM] == [result.check for result in error.results]  # noqa: PT017 -- of 20
    measured = next(result for result in run.checks if result.check == SUM)

    assert ["published", "failed", "published"] == [one.status for one in journal.runs]
    assert (True, 13) == (measured.passed, measured.measured)


def test_source_that_a_check_names_is_read_at_the_same_moment() -> None:
    """Its relation, and what it refers to, are part of the snapshot, like those of queries."""
    refers = Reference("input_check[1]", "id", Relation("raw", "users"), "id", on=ORDERS)
    engine = FakeEngine(described={ORDERS: {"id": "integer"}})
    summary = replace(SALES, query=Text("SELECT 1"), input_checks=(refers,))
    with pytest.raises(ChecksFailed):
        build(summary, engine=engine, journal=MemoryJournal())

    assert "snapshot raw.orders, raw.users" in engine.calls


def test_failing_rows_are_shown_as_the_file_says() -> None:
    """Five at most, none where they are hidden, masked where they are sensitive."""
    columns = (Column("mail", sensitive=True),)
    shown = build(
        replace(SEVERAL, columns=columns), engine=warehouse(), journal=MemoryJournal()
    ).checks[-1]
    hidden = build(
        replace(SEVERAL, failing_rows="hide"), engine=warehouse(), journal=MemoryJournal()
    ).checks[-1]

    assert shown.failing is not None
    assert hidden.failing is not None
    assert (2, ((None, "•••"), (None, None))) == (shown.failing.count, shown.failing.rows)
    assert (2, ()) == (hidden.failing.count, hidden.failing.rows)


# What is there


def test_check_is_of_the_live_table() -> None:
    """Its output checks, without a lock, a journal's row or a word on columns."""
    engine = warehouse(COLUMNS)
    engine = FakeEngine(answers=engine.answers, described={TARGET: COLUMNS}, failing=engine.failing)
    journal = MemoryJournal()
    run = check(SEVERAL, engine=engine, journal=journal)

    assert ("check", "checked", ["check"]) == (run.action, run.status, [s.name for s in run.steps])
    assert ["output_check[0]", "output_check[1]", "output_check[2]"] == [
        label for label, _ in told(run)
    ]
    assert [] == journal.runs
    assert not [call for call in engine.calls if call.startswith(("lock", "stage", "publish"))]


def test_check_of_the_staged_table_compares_its_columns() -> None:
    """As the build that staged it did."""
    run = check(SEVERAL, engine=warehouse(COLUMNS), journal=MemoryJournal(), is_staged=True)

    assert ("schema_drift", True) == told(run)[0]


@pytest.mark.parametrize(
    ("is_staged", "said"),
    [
        (False, "there is no table analytics.sales (`builder build sales` makes it)"),
        (
            True,
            "there is no table analytics.temp_sales (`builder build sales --no-publish` stages it)",
        ),
    ],
)
def test_check_of_no_table_says_what_makes_it(said: str, *, is_staged: bool) -> None:
    """Nothing is measured then."""
    engine = FakeEngine()
    with pytest.raises(QueryFailed) as caught:
        check(SALES, engine=engine, journal=MemoryJournal(), is_staged=is_staged)

    assert said == str(caught.value)
    assert ["reader"] == engine.calls


def test_check_that_fails_says_how_the_table_is() -> None:
    """Not that anything was not published."""
    engine = FakeEngine(described={TARGET: COLUMNS}, measures={"SELECT 7": 0})
    with pytest.raises(ChecksFailed) as caught:
        check(SALES, engine=engine, journal=MemoryJournal())

    assert ("analytics.sales is not as it should be: output_check[0]: 0, wanted ≥ 1.") == str(
        caught.value
    )


@pytest.mark.parametrize("rows", [0, 1])
def test_check_shows_as_many_rows_as_are_asked_for(rows: int) -> None:
    """`--rows N`."""
    made = warehouse()
    engine = FakeEngine(answers=made.answers, described={TARGET: COLUMNS}, failing=made.failing)
    run = check(SEVERAL, engine=engine, journal=MemoryJournal(), rows=rows)
    failing = run.checks[-1].failing

    assert failing is not None
    assert (2, rows) == (failing.count, len(failing.rows))
