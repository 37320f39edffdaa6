"""What follows a swap: old versions, materialized views, `after_sql`; the table is live by then."""

from __future__ import annotations

from dataclasses import replace

import pytest
from unit.calls import PUBLISHING, SALES, STAGING, TARGET, WITH_AFTER, ended

from builder.errors import EngineError, Problem, QueryFailed
from builder.journal.tables import Kept
from builder.pipeline import build, publish, rollback
from builder.testing import FakeEngine, MemoryJournal

OLD, OLDER = (Kept(TARGET.version(run), run) for run in ("r2", "r1"))
REFRESHED = replace(WITH_AFTER, materialized_views="refresh")
LOST = EngineError("lost")


# `after_sql`


def test_after_sql_runs_once_the_table_is_live() -> None:
    """`after_sql` runs after the swap and after old versions are dropped."""
    engine = FakeEngine()
    build(WITH_AFTER, engine=engine, journal=MemoryJournal(calls=engine.calls))

    after = ["run_after GRANT SELECT ON sales TO bi"]
    assert [*STAGING, *PUBLISHING, *after, *ended("published")] == engine.calls


def test_failing_after_sql_says_that_the_table_is_live() -> None:
    """What fails after the swap leaves the run published, and the error says so, with its place."""
    failed = QueryFailed(Problem("role bi does not exist"), code="42704")
    engine = FakeEngine(fails={"run_after": failed})
    journal = MemoryJournal(calls=engine.calls)
    with pytest.raises(QueryFailed) as caught:
        build(WITH_AFTER, engine=engine, journal=journal)

    expected = "the new analytics.sales is live, but `after_sql` failed: role bi does not exist"
    assert expected == str(caught.value)
    assert "42704" == caught.value.code
    assert ended("published") == engine.calls[-2:]
    assert caught.value is journal.runs[0].error


@pytest.mark.parametrize("call", ["journal.kept", "run_after"])
def test_interruption_after_the_swap_leaves_the_run_published(call: str) -> None:
    """A table that was swapped in stays so, and the journal is told that it is live."""
    engine = FakeEngine(fails={call: KeyboardInterrupt()})
    journal = MemoryJournal(calls=engine.calls, fails=engine.fails)
    with pytest.raises(KeyboardInterrupt):
        build(WITH_AFTER, engine=engine, journal=journal)

    assert "published" == journal.runs[0].status
    assert 3 == engine.tables[TARGET]


def test_lock_that_cannot_be_given_back_leaves_the_run_published() -> None:
    """A connection that is lost after the swap is told of, and changes nothing of what happened."""
    engine = FakeEngine(fails={"unlock": EngineError("lost")})
    journal = MemoryJournal()
    with pytest.raises(EngineError, match="lost"):
        build(SALES, engine=engine, journal=journal)

    assert "published" == journal.runs[0].status


# Old versions


@pytest.mark.parametrize(("keep", "left"), [(0, []), (1, ["new"]), (2, ["new", "old"])])
def test_versions_beyond_keep_are_dropped(keep: int, left: list[str]) -> None:
    """The youngest `keep` versions stay, the replaced table among them; the others are dropped."""
    engine = FakeEngine(tables={TARGET: 2, OLD.relation: 1, OLDER.relation: 1})
    journal = MemoryJournal(calls=engine.calls, versions_kept=[OLD, OLDER])
    run = build(replace(SALES, keep=keep), engine=engine, journal=journal)
    names = {"new": TARGET.version(run.run_id), "old": OLD.relation}
    there = [version.relation for version in journal.versions_kept]

    assert [names[name] for name in left] == there
    assert {TARGET, *there} == set(engine.tables)


def test_version_knows_the_run_that_made_it() -> None:
    """The run before; none where a person made the table that was live."""
    engine, journal = FakeEngine(tables={TARGET: 2}), MemoryJournal()
    first = build(replace(SALES, keep=2), engine=engine, journal=journal)
    second = build(replace(SALES, keep=2), engine=engine, journal=journal)

    assert [
        Kept(TARGET.version(second.run_id), first.run_id),
        Kept(TARGET.version(first.run_id), None),
    ] == journal.versions_kept


def test_version_that_is_read_is_left_for_a_later_run() -> None:
    """What the engine does not drop stays in the journal, and the run is none the worse."""
    engine = FakeEngine(tables={TARGET: 2, OLDER.relation: 1})
    journal = MemoryJournal(versions_kept=[OLD, OLDER])
    run = build(SALES, engine=engine, journal=journal)

    assert [TARGET.version(run.run_id), OLD.relation] == [v.relation for v in journal.versions_kept]
    assert [] == run.notices


@pytest.mark.parametrize(
    ("call", "what"),
    [
        ("journal.kept", "old versions were"),
        ("drop_version", "an old version was"),
        ("journal.dropped", "an old version was"),
    ],
)
def test_old_version_that_cannot_be_dropped_is_a_notice(call: str, what: str) -> None:
    """Housekeeping that fails does not fail the build; `after_sql` still runs."""
    engine = FakeEngine(tables={TARGET: 2, OLD.relation: 1}, fails={call: LOST})
    journal = MemoryJournal(calls=engine.calls, versions_kept=[OLD], fails=engine.fails)
    run = build(WITH_AFTER, engine=engine, journal=journal)

    assert [f"{what} left for a later run: lost"] == run.notices
    assert "run_after GRANT SELECT ON sales TO bi" in engine.calls
    assert "published" == run.status


def test_version_that_cannot_be_dropped_does_not_keep_the_others() -> None:
    """Each is tried; the one that failed is a notice, and a later run's to drop."""
    engine = FakeEngine(tables={OLD.relation: 1, OLDER.relation: 1}, fails={"drop_version": [LOST]})
    journal = MemoryJournal(calls=engine.calls, versions_kept=[OLD, OLDER])
    run = build(replace(SALES, keep=0), engine=engine, journal=journal)

    assert [OLD] == journal.versions_kept
    assert {TARGET, OLD.relation} == set(engine.tables)
    assert ["an old version was left for a later run: lost"] == run.notices


# Materialized views


@pytest.mark.parametrize("verb", [build, publish])
def test_materialized_views_are_refreshed_before_after_sql(verb: object) -> None:
    """It may read them; and only where the file says so, as the other tests' calls show."""
    assert callable(verb)
    engine = FakeEngine(tables={TARGET.staged: 3})
    run = verb(REFRESHED, engine=engine, journal=MemoryJournal(calls=engine.calls))

    assert [
        *PUBLISHING,
        "refresh analytics.sales",
        "run_after GRANT SELECT ON sales TO bi",
        *ended("published"),
    ] == engine.calls[-9:]
    assert ["refresh", "after"] == [step.name for step in run.steps[-2:]]


def test_materialized_views_follow_a_rollback_too() -> None:
    """They show what is live."""
    engine = FakeEngine(tables={TARGET: 3, OLD.relation: 1})
    journal = MemoryJournal(calls=engine.calls, versions_kept=[OLD])
    rollback(REFRESHED, engine=engine, journal=journal)

    assert ["refresh analytics.sales", *ended("published")] == engine.calls[-3:]


def test_failing_refresh_says_that_the_table_is_live() -> None:
    """The new table is not taken back for a view that cannot be refreshed."""
    engine = FakeEngine(fails={"refresh": QueryFailed(Problem("bi.cube: division by zero"))})
    journal = MemoryJournal(calls=engine.calls)
    with pytest.raises(QueryFailed) as caught:
        build(REFRESHED, engine=engine, journal=journal)

    assert (
        "the new analytics.sales is live, but the refresh of its materialized views failed: "
        "bi.cube: division by zero"
    ) == str(caught.value)
    assert "published" == journal.runs[0].status
    assert ["refresh analytics.sales", *ended("published")] == engine.calls[-3:]
