"""build(), publish() and preview(): what is called in which order, and what is told of it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from unit.calls import PUBLISHING, SALES, STAGING, TARGET, WITH_AFTER, ended

from builder.engines.base import Statement
from builder.errors import (
    Busy,
    ChecksFailed,
    ConfigError,
    EngineError,
    Problem,
    PublishFailed,
    QueryFailed,
    TimedOut,
)
from builder.pipeline import build, preview, publish
from builder.query import plan
from builder.run import Run
from builder.summary import Count, Text
from builder.testing import FakeEngine, MemoryJournal

if TYPE_CHECKING:
    from builder.summary.keys import Severity


def test_build_keeps_its_order() -> None:
    """A build locks, checks and stages on one snapshot, checks what it staged, then publishes."""
    engine = FakeEngine()
    run = build(SALES, engine=engine, journal=MemoryJournal(calls=engine.calls))

    assert [*STAGING, *PUBLISHING, *ended("published")] == engine.calls
    assert "published" == run.status
    assert 3 == run.rows


def test_published_table_takes_the_live_ones_place() -> None:
    """The journal's statements are given to the swap, and the replaced table is a version."""
    engine = FakeEngine(tables={TARGET: 2})
    run = build(SALES, engine=engine, journal=MemoryJournal(calls=engine.calls))
    version = TARGET.version(run.run_id)

    assert {TARGET: 3, version: 2} == engine.tables
    assert [Statement("published analytics.sales")] == engine.recorded
    assert f"journal.published {version}" in engine.calls


def test_steps_are_timed_and_told() -> None:
    """Listeners hear of each step when it begins and when it ends, and once of the run's end."""
    heard: list[tuple[str, bool | None, str]] = []

    def listen(run: Run) -> None:
        heard.append((run.steps[-1].name, run.steps[-1].passed, run.status))

    run = build(SALES, engine=FakeEngine(), journal=MemoryJournal(), listeners=[listen])
    steps = ["lock", "check inputs", "stage", "index", "check output", "publish"]

    expected = [(name, passed, "running") for name in steps for passed in (None, True)]
    assert [*expected, ("publish", True, "published")] == heard
    assert ["1 check", "3 rows", "1 check"] == [
        run.steps[1].detail,
        run.steps[2].detail,
        run.steps[4].detail,
    ]
    assert all(step.seconds > 0 for step in run.steps)


def test_build_without_publish_stops_at_the_staged_table() -> None:
    """`publishes=False` neither asks whether the table may be published nor publishes it."""
    engine = FakeEngine(tables={TARGET: 2})
    run = build(SALES, engine=engine, journal=MemoryJournal(calls=engine.calls), publishes=False)
    without = [call for call in STAGING if not call.startswith("require_publishable")]

    assert [*without, *ended("staged")] == engine.calls
    assert {TARGET: 2, TARGET.staged: 3} == engine.tables
    assert "staged" == run.status


@pytest.mark.parametrize(
    ("call", "reached", "status"),
    [
        ("require_publishable", STAGING[:3], "failed"),
        ("snapshot", STAGING[:4], "failed"),
        ("stage", STAGING[:6], "failed"),
        ("end_of_snapshot", STAGING[:7], "failed"),
        ("finish_staging", STAGING[:8], "failed"),
        ("reader", STAGING[:9], "failed"),
        ("publish", [*STAGING, *PUBLISHING[:1]], "failed"),
        ("swap", [*STAGING, *PUBLISHING[:3]], "failed"),
    ],
)
@pytest.mark.parametrize(
    "error",
    [
        QueryFailed(Problem("no such table")),
        Busy("readers never let go"),
        EngineError("the connection was lost"),
        PublishFailed("a view hangs on it"),
        ValueError("a defect"),
        KeyboardInterrupt(),
    ],
    ids=lambda error: type(error).__name__,
)
def test_failure_ends_the_build_and_is_told(
    call: str, reached: list[str], status: str, error: BaseException
) -> None:
    """Whatever fails before the swap: nothing more is tried, live is untouched, all are told."""
    engine = FakeEngine(fails={call: error}, tables={TARGET: 2})
    journal = MemoryJournal(calls=engine.calls)
    heard: list[str] = []
    with pytest.raises(type(error)) as caught:
        build(SALES, engine=engine, journal=journal, listeners=[lambda r: heard.append(r.status)])
    status = "interrupted" if isinstance(error, KeyboardInterrupt) else status
    reached = [c if c != "journal.published" else engine.calls[11] for c in reached]

    assert [*reached, *ended(status)] == engine.calls
    assert error is caught.value
    assert error is journal.runs[0].error
    assert status == heard[-1]
    assert 2 == engine.tables[TARGET]
    assert (TARGET.staged in engine.tables) is (len(reached) > 7)


@pytest.mark.parametrize(
    "error",
    [
        TimedOut(Problem("the run was cancelled")),
        Busy("readers never let go"),
        EngineError("the connection was lost"),
        ValueError("a defect"),
        KeyboardInterrupt(),
    ],
    ids=lambda error: type(error).__name__,
)
def test_what_is_no_fault_of_a_check_ends_the_build_at_once(error: BaseException) -> None:
    """A lost connection, or time that is over, is not put down to the check that was asked."""
    engine = FakeEngine(fails={"measure": error}, tables={TARGET: 2})
    with pytest.raises(type(error)) as caught:
        build(SALES, engine=engine, journal=MemoryJournal())

    assert error is caught.value
    assert {TARGET: 2} == engine.tables


def test_check_that_raises_is_an_error_of_that_check_alone() -> None:
    """The others are still measured, and all that is wrong is told at once."""
    three = tuple(Count(f"input_check[{n}]", Text(f"SELECT {n}"), 5) for n in range(3))
    engine = FakeEngine(measures={"SELECT 0": None, "SELECT 1": 5, "SELECT 2": 4})
    with pytest.raises(ChecksFailed) as caught:
        build(replace(SALES, input_checks=three), engine=engine, journal=MemoryJournal())
    first, last = caught.value.results

    assert [f"measure SELECT {n}" for n in range(3)] == [
        call for call in engine.calls if call.startswith("measure")
    ]
    assert isinstance(first.error, QueryFailed)
    assert (None, 4) == (last.error, last.measured)
    assert (
        "analytics.sales was not published: input_check[0]: the check returned NULL; "
        "input_check[2]: 4, wanted ≥ 5. The live table is as it was."
    ) == str(caught.value)


@pytest.mark.parametrize(
    ("error", "status"), [(EngineError("gone"), "failed"), (KeyboardInterrupt(), "interrupted")]
)
def test_run_that_never_had_its_lock_is_finished_all_the_same(
    error: BaseException, status: str
) -> None:
    """If the lock is not to be had the journal is not started, and nothing is unlocked."""
    engine = FakeEngine(fails={"lock": error})
    with pytest.raises(type(error)):
        build(SALES, engine=engine, journal=MemoryJournal(calls=engine.calls))

    assert ["lock analytics.sales", f"journal.finish {status}"] == engine.calls


def test_busy_table_is_left_alone_and_says_who_holds_it() -> None:
    """A second run of a table stops at the lock, with what the journal knows of the first."""
    engine = FakeEngine(busy=True)
    with pytest.raises(Busy) as caught:
        build(SALES, engine=engine, journal=MemoryJournal(calls=engine.calls))

    expected = "Cannot build analytics.sales: another run is at it. Nothing was changed."
    assert expected == str(caught.value)
    assert ["lock analytics.sales", "journal.holder", "journal.finish failed"] == engine.calls


def test_journal_that_is_down_stops_the_build_before_it_began() -> None:
    """Without a journal nothing is read or staged, and the lock is given back."""
    engine = FakeEngine()
    down = {"journal.start": EngineError("the journal is down")}
    with pytest.raises(EngineError, match="the journal is down"):
        build(SALES, engine=engine, journal=MemoryJournal(calls=engine.calls, fails=down))

    assert [*STAGING[:2], *ended("failed")] == engine.calls


def test_failing_input_check_stages_nothing() -> None:
    """A critical input check that fails ends the build before the query is sent."""
    engine = FakeEngine(measures={"SELECT count(*) FROM raw.orders": 0})
    with pytest.raises(ChecksFailed) as caught:
        build(SALES, engine=engine, journal=MemoryJournal(calls=engine.calls))

    assert [*STAGING[:5], *ended("failed")] == engine.calls
    assert (
        "analytics.sales was not published: input_check[0]: 0, wanted ≥ 1. "
        "The live table is as it was."
    ) == str(caught.value)


def test_failing_output_check_keeps_the_staged_table() -> None:
    """A critical output check that fails publishes nothing; what was staged can be looked at."""
    engine = FakeEngine(measures={"SELECT 7": None}, tables={TARGET: 2})
    with pytest.raises(ChecksFailed) as caught:
        build(SALES, engine=engine, journal=MemoryJournal(calls=engine.calls))

    assert [*STAGING, *ended("failed")] == engine.calls
    assert {TARGET: 2, TARGET.staged: 3} == engine.tables
    assert (
        "analytics.sales was not published: output_check[0]: the check returned NULL. "
        "The live table is as it was."
    ) == str(caught.value)


def test_every_check_of_a_step_is_measured_before_it_fails() -> None:
    """One failing check does not hide the next; both stand in the error, in the file's order."""
    two = tuple(Count(f"input_check[{n}]", Text(f"SELECT {n}"), 100) for n in range(2))
    engine = FakeEngine()
    with pytest.raises(ChecksFailed) as caught:
        build(replace(SALES, input_checks=two), engine=engine, journal=MemoryJournal())

    assert ["input_check[0]", "input_check[1]"] == [r.check.label for r in caught.value.results]


@pytest.mark.parametrize("severity", ["warning", "info"])
def test_check_that_is_not_critical_holds_nothing_back(severity: Severity) -> None:
    """A failing check of severity warning or info is in the run, and the table is published."""
    mild = Count("output_check[0]", Text("SELECT 7"), 100, severity=severity)
    summary = replace(SALES, output_checks=(mild,))
    run = build(summary, engine=FakeEngine(), journal=MemoryJournal())

    assert "published" == run.status
    assert [True, False] == [result.passed for result in run.checks]


def test_empty_result_never_replaces_rows() -> None:
    """No row is refused inside the snapshot, so that nothing stays staged."""
    engine = FakeEngine(size=0, tables={TARGET: 2})
    summary = replace(SALES, input_checks=())
    with pytest.raises(ChecksFailed) as caught:
        build(summary, engine=engine, journal=MemoryJournal(calls=engine.calls))

    assert {TARGET: 2} == engine.tables
    assert "stage SELECT * FROM raw.orders" == engine.calls[-3]
    assert (
        "analytics.sales was not published: its query returned no row. The live table is as it "
        "was. Look at the sources, or set 'allow_empty': True if no row is right."
    ) == str(caught.value)


def test_empty_result_is_published_where_the_file_allows_it() -> None:
    """With `allow_empty` a table without rows takes the live one's place."""
    engine = FakeEngine(size=0, tables={TARGET: 2})
    summary = replace(SALES, input_checks=(), output_checks=(), allow_empty=True)
    run = build(summary, engine=engine, journal=MemoryJournal())

    assert 0 == engine.tables[TARGET]
    assert "0 rows" == run.steps[2].detail


def test_publish_goes_on_from_what_was_staged() -> None:
    """publish() checks the staged table and swaps it in; it reads no source and stages nothing."""
    engine = FakeEngine(tables={TARGET: 2, TARGET.staged: 5})
    run = publish(WITH_AFTER, engine=engine, journal=MemoryJournal(calls=engine.calls))
    version = TARGET.version(run.run_id)

    assert [
        "lock analytics.sales",
        "journal.start",
        "require_publishable analytics.sales",
        "staged_rows analytics.sales",
        "reader",
        "measure SELECT 7",
        "publish analytics.sales",
        f"journal.published {version}",
        "swap analytics.sales",
        "journal.kept",
        f"let_go {version}",
        "run_after GRANT SELECT ON sales TO bi",
        *ended("published"),
    ] == engine.calls
    assert ("publish", 5, "published") == (run.action, run.rows, run.status)
    assert {TARGET: 5, version: 2} == engine.tables


def test_publish_of_nothing_is_refused() -> None:
    """publish() without a staged table says what to run first."""
    engine = FakeEngine(tables={TARGET: 2})
    with pytest.raises(PublishFailed) as caught:
        publish(SALES, engine=engine, journal=MemoryJournal(calls=engine.calls))

    assert (
        "Cannot publish analytics.sales: nothing is staged. Run build --no-publish first, "
        "or build to do both."
    ) == str(caught.value)
    assert ended("failed") == engine.calls[-2:]


def test_publish_of_an_empty_table_is_refused() -> None:
    """What was staged with `allow_empty` goes live only while the file still allows it."""
    empty = replace(SALES, output_checks=())
    engine = FakeEngine(tables={TARGET: 2, TARGET.staged: 0})
    with pytest.raises(ChecksFailed, match="its query returned no row"):
        publish(empty, engine=engine, journal=MemoryJournal())

    assert {TARGET: 2, TARGET.staged: 0} == engine.tables
    publish(replace(empty, allow_empty=True), engine=engine, journal=MemoryJournal())
    assert 0 == engine.tables[TARGET]


def test_publish_refuses_what_no_longer_holds() -> None:
    """The output checks are measured again: a staged table that fails them now stays staged."""
    engine = FakeEngine(tables={TARGET: 2, TARGET.staged: 5}, measures={"SELECT 7": 0})
    with pytest.raises(ChecksFailed):
        publish(SALES, engine=engine, journal=MemoryJournal(calls=engine.calls))

    assert {TARGET: 2, TARGET.staged: 5} == engine.tables
    assert ["reader", "measure SELECT 7", *ended("failed")] == engine.calls[-4:]


def test_plan_that_was_made_before_is_not_made_again() -> None:
    """What was shown, or read from memory, is what is sent."""
    other = plan(replace(SALES, query=Text("SELECT 2")), "postgres", FakeEngine().columns)
    engine = FakeEngine()
    build(SALES, engine=engine, journal=MemoryJournal(), plan=other)

    assert "stage SELECT 2" in engine.calls


def test_preview_writes_nothing() -> None:
    """preview() returns the staging's statements, then the swap's, and calls nothing that acts."""
    engine = FakeEngine()

    assert ["stage SELECT * FROM raw.orders", "publish analytics.sales"] == [
        statement.text for statement in preview(SALES, engine=engine)
    ]
    assert [] == engine.calls


@pytest.mark.parametrize("verb", [build, publish, preview])
def test_sql_that_is_refused_reaches_no_engine(verb: object) -> None:
    """SQL that is no single SELECT is refused before the lock is taken."""
    engine = FakeEngine()
    wrong = replace(SALES, query=Text("DROP TABLE raw.orders"))
    others = {} if verb is preview else {"journal": MemoryJournal()}
    assert callable(verb)
    with pytest.raises(ConfigError):
        verb(wrong, engine=engine, **others)

    assert [] == engine.calls
