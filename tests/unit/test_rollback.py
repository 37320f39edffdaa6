"""rollback() and drop(): what is called in which order, and what is told of it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from unit.calls import SALES, TARGET, WITH_AFTER, ended

from builder.engines.base import Statement
from builder.errors import Busy, EngineError, PublishFailed
from builder.journal.tables import Kept
from builder.pipeline import build, drop, rollback
from builder.run import Run
from builder.testing import FakeEngine, MemoryJournal

OLD, OLDER = Kept(TARGET.version("r3"), "r2", 20), Kept(TARGET.version("r2"), "r1", 10)
KEEPING = replace(SALES, keep=2)
BACK = "Cannot roll analytics.sales back:"
HISTORY = (
    "The live table is as it was. `builder history` shows what is kept, and `keep` in the file "
    "says how many."
)


def a_warehouse(*kept: Kept) -> tuple[FakeEngine, MemoryJournal]:
    """A live table of 30 rows, that a run has built, and kept versions."""
    tables = {TARGET: 30, **{version.relation: version.rows or 0 for version in kept}}
    engine = FakeEngine(tables=tables)
    return engine, MemoryJournal(calls=engine.calls, versions_kept=[*kept], runs=[published("r3")])


def published(run_id: str) -> Run:
    """A run that has published the table."""
    return Run(SALES, run_id=run_id, is_published=True)


# Rollback


def test_rollback_swaps_the_last_version_in() -> None:
    """Under the table's lock, and with the journal's row, as a build; no SQL of the file is run."""
    engine, journal = a_warehouse(OLD, OLDER)
    run = rollback(replace(WITH_AFTER, keep=2), engine=engine, journal=journal)
    replaced = TARGET.version(run.run_id)

    assert [
        "lock analytics.sales",
        "journal.start",
        "journal.kept",
        f"publish {OLD.relation}",
        f"journal.published {replaced}",
        "swap analytics.sales",
        "journal.kept",
        f"let_go {replaced}, {OLDER.relation}",
        *ended("published"),
    ] == engine.calls
    assert {TARGET: 20, replaced: 30, OLDER.relation: 10} == engine.tables
    assert [Kept(replaced, "r3"), OLDER] == journal.versions_kept
    assert [Statement("published analytics.sales")] == engine.recorded


def test_rollback_tells_what_it_has_brought_back() -> None:
    """The run whose rows are live now, and how many they are; its steps are told like a build's."""
    engine, journal = a_warehouse(OLD)
    heard: list[str] = []
    run = rollback(
        SALES, engine=engine, journal=journal, listeners=[lambda r: heard.append(r.steps[-1].name)]
    )

    assert ("rollback", "published", 20, "r2") == (run.action, run.status, run.rows, run.restores)
    assert [("lock", ""), ("find version", "of run r2"), ("publish", "")] == [
        (step.name, step.detail) for step in run.steps
    ]
    assert ["lock", "find version", "publish"] == list(dict.fromkeys(heard))


def test_version_of_nobody_comes_back_as_well() -> None:
    """What was live before the first build was made by no run that the journal knows."""
    engine, journal = a_warehouse(Kept(TARGET.version("r1")))
    run = rollback(SALES, engine=engine, journal=journal)

    assert (None, None) == (run.restores, run.rows)
    assert "of run unknown" == run.steps[1].detail


def test_rollback_to_a_run_brings_back_what_that_run_made() -> None:
    """Not what it replaced; the versions in between stay."""
    engine, journal = a_warehouse(OLD, OLDER)
    run = rollback(KEEPING, engine=engine, journal=journal, to="r1")

    assert f"publish {OLDER.relation}" in engine.calls
    assert "r1" == run.restores
    assert [Kept(TARGET.version(run.run_id), "r3"), OLD] == journal.versions_kept


def test_next_rollback_undoes_it() -> None:
    """A rollback keeps what it replaces, and by the same words as a build."""
    engine, journal = a_warehouse(OLD)
    first = rollback(SALES, engine=engine, journal=journal)
    second = rollback(SALES, engine=engine, journal=journal)

    assert ["r2", "r3"] == [first.restores, second.restores]
    assert 30 == engine.tables[TARGET]
    assert [Kept(TARGET.version(second.run_id), "r2")] == journal.versions_kept


@pytest.mark.parametrize("keep", [0, 1])
def test_rollback_keeps_one_version_in_any_case(keep: int) -> None:
    """Else it could not be undone; those beyond are dropped as after a build."""
    engine, journal = a_warehouse(OLD, OLDER)
    run = rollback(replace(SALES, keep=keep), engine=engine, journal=journal)

    assert [Kept(TARGET.version(run.run_id), "r3")] == journal.versions_kept
    assert {TARGET: 20, TARGET.version(run.run_id): 30} == engine.tables


@pytest.mark.parametrize(
    ("kept", "to", "message"),
    [
        ((), "", "no version of it is kept."),
        ((), "r1", "no version that run r1 has made is kept."),
        ((OLD,), "r9", "no version that run r9 has made is kept; there are those of r2."),
        (
            (OLD, Kept(TARGET.version("r0"))),
            "r9",
            "no version that run r9 has made is kept; there are those of r2, unknown.",
        ),
    ],
)
def test_version_that_is_not_kept_does_not_come_back(
    kept: tuple[Kept, ...], to: str, message: str
) -> None:
    """What is there instead is told; the live table is as it was."""
    engine, journal = a_warehouse(*kept)
    before = dict(engine.tables)
    with pytest.raises(PublishFailed) as caught:
        rollback(SALES, engine=engine, journal=journal, to=to)

    assert f"{BACK} {message} {HISTORY}" == str(caught.value)
    assert before == engine.tables
    assert ["journal.kept", *ended("failed")] == engine.calls[-3:]


@pytest.mark.parametrize("call", ["publish", "swap"])
def test_rollback_that_fails_leaves_the_live_table(call: str) -> None:
    """As a build that fails."""
    error = PublishFailed("a view does not fit")
    engine = FakeEngine(tables={TARGET: 30, OLD.relation: 20}, fails={call: error})
    journal = MemoryJournal(versions_kept=[OLD])
    with pytest.raises(PublishFailed, match="a view does not fit"):
        rollback(SALES, engine=engine, journal=journal)

    assert {TARGET: 30, OLD.relation: 20} == engine.tables
    assert ("failed", error) == (journal.runs[0].status, journal.runs[0].error)


def test_rollback_waits_for_its_lock_like_a_build() -> None:
    """A table that is being built is left alone."""
    engine = FakeEngine(busy=True)
    with pytest.raises(Busy):
        rollback(SALES, engine=engine, journal=MemoryJournal(calls=engine.calls))

    assert ["lock analytics.sales", "journal.holder", "journal.finish failed"] == engine.calls


# Drop


def test_drop_takes_the_table_and_all_that_is_its() -> None:
    """Under the lock, with the journal's row: the table, its versions, and what is staged."""
    engine, journal = a_warehouse(OLD, OLDER)
    engine.tables[TARGET.staged] = 5
    run = drop(SALES, engine=engine, journal=journal)

    assert [
        "lock analytics.sales",
        "journal.start",
        "journal.kept",
        "drop analytics.sales",
        "journal.removed",
        *ended("dropped"),
    ] == engine.calls
    assert {} == engine.tables
    assert [] == journal.versions_kept
    assert [Statement("dropped analytics.sales")] == engine.recorded
    assert ("drop", "dropped", ["lock", "drop"]) == (
        run.action,
        run.status,
        [step.name for step in run.steps],
    )


def test_drop_is_told_as_it_happens() -> None:
    """Listeners hear of its steps and its end."""
    engine, journal = a_warehouse()
    heard: list[str] = []
    drop(
        SALES,
        engine=engine,
        journal=journal,
        listeners=[lambda run: heard.append(f"{run.steps[-1].name} {run.status}")],
    )

    assert ["lock running", "drop running", "drop dropped"] == list(dict.fromkeys(heard))


def test_table_of_others_is_not_dropped() -> None:
    """No run has published it, or one has dropped it since: then it is somebody's own."""
    engine, journal = a_warehouse()
    drop(SALES, engine=engine, journal=journal)
    engine.tables[TARGET] = 7
    for other in (journal, MemoryJournal(calls=engine.calls)):
        with pytest.raises(PublishFailed) as caught:
            drop(SALES, engine=engine, journal=other)

        assert (
            "Cannot drop analytics.sales: no run of the builder has published it. If it is not "
            "needed, drop it by hand."
        ) == str(caught.value)
        assert ["journal.start", *ended("failed")] == engine.calls[-3:]
    assert {TARGET: 7} == engine.tables


def test_table_that_was_dropped_can_be_built_again() -> None:
    """And is the builder's again then."""
    engine, journal = a_warehouse(OLD)
    drop(SALES, engine=engine, journal=journal)
    build(SALES, engine=engine, journal=journal)

    assert {TARGET: 3} == engine.tables
    assert "dropped" == drop(SALES, engine=engine, journal=journal).status


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (PublishFailed("view v reads it"), "failed"),
        (EngineError("the connection was lost", passes=True), "failed"),
        (KeyboardInterrupt(), "interrupted"),
    ],
)
def test_drop_that_fails_drops_nothing(error: BaseException, status: str) -> None:
    """It is not tried again either: whoever asked for it looks first."""
    engine = FakeEngine(tables={TARGET: 30, OLD.relation: 20}, fails={"drop": error})
    journal = MemoryJournal(calls=engine.calls, versions_kept=[OLD], runs=[published("r3")])
    with pytest.raises(type(error)):
        drop(SALES, engine=engine, journal=journal)

    assert {TARGET: 30, OLD.relation: 20} == engine.tables
    assert [OLD] == journal.versions_kept
    assert ["drop analytics.sales", *ended(status)] == engine.calls[-3:]
