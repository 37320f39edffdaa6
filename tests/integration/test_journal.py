"""The journal on a real server: what stands in it, however a run ends, and who may write it."""

from __future__ import annotations

import os
import re
import socket
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from integration.warehouse import summary

from builder.errors import BuilderError, ChecksFailed, EngineError, PublishFailed
from builder.journal.tables import VERSION
from builder.pipeline import publish
from builder.relation import Relation
from builder.run import Run

if TYPE_CHECKING:
    from collections.abc import Callable

    from integration.warehouse import Warehouse


TARGET = Relation("analytics", "numbers")
STAGED = "SELECT count(*) FROM {schema}.temp_{table}"


def test_journal_is_made_once_by_whoever_comes_first(warehouse: Warehouse) -> None:
    """Ten that start at once, on a warehouse without a journal, all find one and the same."""
    engine = warehouse.engine()
    journals = [warehouse.journal(warehouse.engine()) for _ in range(10)]
    runs = [Run(summary(table=f"t{number}")) for number in range(10)]
    with ThreadPoolExecutor(10) as pool:
        list(pool.map(lambda pair: pair[0].start(pair[1]), zip(journals, runs, strict=True)))

    assert [(VERSION, 1)] == warehouse.rows("SELECT version, oldest_client FROM builder.journal")
    assert 10 == len(warehouse.journal(engine).history())


def test_run_is_written_down(warehouse: Warehouse) -> None:
    """A run's row says what was done, by whom, from when to when, in UTC, and with what end."""
    begun = datetime.now(UTC)
    run = warehouse.build(summary(owner="team@example.com"))

    (row,) = warehouse.rows(
        "SELECT run_id, table_schema, table_name, action, status, host, pid, db_role, owner, rows, "
        "error, journal_version FROM builder.runs"
    )
    assert (
        run.run_id,
        *("analytics", "numbers", "build", "published", socket.gethostname(), os.getpid()),
        *(warehouse.value("SELECT current_user"), "team@example.com", 3, None, VERSION),
    ) == row
    (past,) = warehouse.journal(warehouse.engine()).history()
    assert (run.started_at, True) == (past.started_at, past.finished_at is not None)
    assert past.started_at >= begun
    assert past.finished_at is not None
    assert past.started_at <= past.finished_at <= datetime.now(UTC)


def test_steps_are_written_down_in_their_order(warehouse: Warehouse) -> None:
    """Each step that was begun is there with its time, the one that failed as failed."""
    run = warehouse.build(summary(after=["SELECT 1"]))
    with pytest.raises(BuilderError):
        warehouse.build(summary("SELECT 1 / 0 AS n", table="broken"))

    steps = "SELECT name, passed FROM builder.steps WHERE run_id {} %s ORDER BY position"
    names = ["lock", "check inputs", "stage", "index", "check output", "publish", "after"]
    assert [(name, True) for name in names] == warehouse.rows(steps.format("="), run.run_id)
    assert [("lock", True), ("check inputs", True), ("stage", False)] == warehouse.rows(
        steps.format("<>"), run.run_id
    )
    assert 0 == warehouse.value(
        "SELECT count(*) FROM builder.steps WHERE seconds NOT BETWEEN 0 AND 60"
    )


def test_checks_are_written_down_with_what_they_measured(warehouse: Warehouse) -> None:
    """Every check that ran is there with its bound and its value, to the last digit."""
    with pytest.raises(ChecksFailed):
        warehouse.build(summary(inputs=[("SELECT 2.50", 1), ("SELECT NULL::int", 0)]))
    with pytest.raises(ChecksFailed):
        warehouse.build(summary(outputs=[(STAGED, 4)]))

    assert [
        ("input_check[0]", "SELECT 2.50", "ge", "1", "2.50", True, "critical", ""),
        (
            *("input_check[1]", "SELECT NULL::int", "ge", "0", None, False, "critical"),
            "the check returned NULL; a check returns one row with one number",
        ),
        ("output_check[0]", STAGED, "ge", "4", "3", False, "critical", ""),
    ] == warehouse.rows(
        "SELECT label, sql, op, wanted::text, measured::text, passed, severity, reason "
        "FROM builder.checks ORDER BY label"
    )


@pytest.mark.parametrize("value", ["1e300", "12345678901234567890.123456789"])
def test_any_number_is_written_down(warehouse: Warehouse, value: str) -> None:
    """The journal takes any number that a check can measure."""
    with pytest.raises(ChecksFailed):
        warehouse.build(summary(inputs=[(f"SELECT {value}", 0), ("SELECT 0", 1)]))

    assert f"{warehouse.value(f'SELECT ({value})::numeric')}" == str(
        warehouse.value("SELECT measured FROM builder.checks WHERE position = 0")
    )


def test_failure_is_written_down_with_its_reason(warehouse: Warehouse) -> None:
    """A run that failed says why, whatever characters are in it."""
    with pytest.raises(BuilderError) as failed:
        warehouse.build(summary("SELECT '100 %s 한국어'::int AS n"))

    (past,) = warehouse.journal(warehouse.engine()).history(TARGET)
    assert ("failed", str(failed.value), None) == (past.status, past.error, past.rows)


def test_interruption_is_written_down(warehouse: Warehouse) -> None:
    """A run that a person ended is interrupted, not failed."""

    def interrupt(run: Run) -> None:
        if run.steps[-1].name == "check output":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        warehouse.build(summary(), listeners=[interrupt])

    assert [("interrupted", 3)] == warehouse.rows("SELECT status, rows FROM builder.runs")


def test_interruption_after_the_publish_is_no_failure(warehouse: Warehouse) -> None:
    """A run that was interrupted once its table was live is published, in table and journal."""

    def interrupt(run: Run) -> None:
        if run.steps[-1].name == "after":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        warehouse.build(summary(after=["SELECT 1"]), listeners=[interrupt])

    assert ["published"] == warehouse.column("SELECT status FROM builder.runs")
    assert ["numbers"] == warehouse.tables()


def test_staging_and_publishing_are_two_runs(warehouse: Warehouse) -> None:
    """A build that stops before the publish is staged; the publish is a run of its own."""
    engine = warehouse.engine()
    warehouse.build(summary(), publishes=False)
    publish(summary(), engine=engine, journal=warehouse.journal(engine))

    assert [("build", "staged", 3), ("publish", "published", 3)] == warehouse.rows(
        "SELECT action, status, rows FROM builder.runs ORDER BY started_at"
    )


def test_dead_run_is_abandoned_by_the_next(warehouse: Warehouse) -> None:
    """What a killed process left running is marked by whoever gets its lock; others' are not."""
    dead, other = Run(summary()), Run(summary(table="other"))
    for run in (dead, other):
        warehouse.journal(warehouse.engine()).start(run)
    warehouse.build(summary())

    assert [(dead.run_id, "abandoned", True), (other.run_id, "running", False)] == warehouse.rows(
        "SELECT run_id, status, finished_at IS NOT NULL FROM builder.runs "
        "WHERE status <> 'published' ORDER BY started_at"
    )


def test_old_runs_are_pruned_but_not_those_of_kept_versions(warehouse: Warehouse) -> None:
    """After 400 days a run goes with its steps and checks, unless a kept version is its."""
    what = summary(keep=1)
    runs = [warehouse.build(what) for _ in range(3)]
    old = datetime.now(UTC) - timedelta(days=401)
    warehouse.rows("UPDATE builder.runs SET started_at = %s RETURNING 1", old)
    with pytest.raises(ChecksFailed):
        warehouse.build(summary(inputs=[("SELECT 0", 1)]))

    assert [runs[2].run_id] == warehouse.column(
        "SELECT run_id FROM builder.runs WHERE status = 'published'"
    )
    assert {runs[2].run_id} == set(
        warehouse.column("SELECT run_id FROM builder.steps WHERE name = 'publish'")
    )
    assert 1 == len(warehouse.journal(warehouse.engine()).kept(TARGET))


def test_newer_journal_is_not_written(warehouse: Warehouse) -> None:
    """A journal that is too new for this client says so, and nothing is built."""
    warehouse.build(summary())
    warehouse.run("UPDATE builder.journal SET version = 7, oldest_client = 6")

    with pytest.raises(EngineError) as refused:
        warehouse.build(summary("SELECT 9 AS n"))

    assert (
        f"Cannot write the journal: it is for builder journals of version 6 and later, this one is "
        f"{VERSION}. Install a newer summary-builder."
    ) == str(refused.value)
    assert [1, 2, 3] == warehouse.column("SELECT n FROM analytics.numbers ORDER BY n")


def test_newer_journal_that_only_adds_is_written(warehouse: Warehouse) -> None:
    """A journal with more tables and columns than this client knows works on."""
    warehouse.build(summary())
    warehouse.run(
        "UPDATE builder.journal SET version = 7",
        "ALTER TABLE builder.runs ADD COLUMN more int DEFAULT 1",
        "ALTER TABLE builder.steps ADD COLUMN more int DEFAULT 1",
        "ALTER TABLE builder.checks ADD COLUMN more int DEFAULT 1",
        "ALTER TABLE builder.versions ADD COLUMN more int DEFAULT 1",
    )
    run = warehouse.build(summary(inputs=[("SELECT 1", 1)]))

    assert ("published", 7) == (run.status, warehouse.value("SELECT version FROM builder.journal"))
    assert ["input_check[0]", "schema_drift"] == warehouse.column(
        "SELECT label FROM builder.checks ORDER BY position"
    )


@pytest.mark.parametrize("where", ["none", "somebody else's"])
def test_missing_right_is_told_with_its_grant(warehouse: Warehouse, where: str) -> None:
    """A role that may not use the journal is told what to run; once that was run, it builds."""
    role = warehouse.role("role")
    warehouse.run(f"CREATE SCHEMA analytics AUTHORIZATION {role}")
    if where != "none":
        warehouse.build(summary(table="other", schema="elsewhere"))
    with pytest.raises(EngineError) as refused:
        warehouse.build(summary(), engine=warehouse.engine(user=role))
    before = warehouse.tables()
    statements = re.findall(r"(?:CREATE SCHEMA|GRANT) [^;]+;", str(refused.value))
    if where == "none":
        statements = statements[:1]  # the others are for a schema that is there
    else:
        statements = [one for one in statements if one.startswith("GRANT")]
    for statement in statements:
        warehouse.run(statement)

    run = warehouse.build(summary(), engine=warehouse.engine(user=role))
    assert ([], "published") == (before, run.status)


def test_right_to_read_only_is_no_right_to_build(warehouse: Warehouse) -> None:
    """A role that may read the journal but not write it sees the history and cannot build."""
    role = warehouse.role("role")
    warehouse.build(summary(table="other"))
    warehouse.run(
        f"GRANT CREATE, USAGE ON SCHEMA analytics TO {role}",
        f"GRANT USAGE ON SCHEMA builder TO {role}",
        f"GRANT SELECT ON ALL TABLES IN SCHEMA builder TO {role}",
    )
    engine = warehouse.engine(user=role)
    with pytest.raises(EngineError, match="GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES"):
        warehouse.build(summary(), engine=engine)

    assert ["published"] == [past.status for past in warehouse.journal(engine).history()]
    assert ["other"] == warehouse.tables()


def test_history_without_a_journal_is_empty(warehouse: Warehouse) -> None:
    """Looking at a warehouse in which nothing was built makes nothing there."""
    assert [] == warehouse.journal(warehouse.engine()).history()
    assert not warehouse.value("SELECT to_regnamespace('builder') IS NOT NULL")


def test_history_is_of_one_table_or_of_all(warehouse: Warehouse) -> None:
    """The youngest run comes first, and no more than were asked for."""
    for table in ("a", "b", "a"):
        warehouse.build(summary(table=table))
    journal = warehouse.journal(warehouse.engine())

    assert ["a", "b", "a"] == [past.table.name for past in journal.history()]
    assert ["a", "a"] == [past.table.name for past in journal.history(Relation("analytics", "a"))]
    assert ["a"] == [past.table.name for past in journal.history(limit=1)]
    assert [] == journal.history(Relation("analytic", "a"))


def kill_at(step: str, warehouse: Warehouse) -> Callable[[Run], None]:
    """A listener that ends the journal's connection on the server as that step begins."""

    def listen(run: Run) -> None:
        if run.steps and run.steps[-1].name == step and run.steps[-1].passed is None:
            warehouse.run(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE application_name = 'summary-builder' AND datname = current_database() "
                "AND query LIKE '%builder.runs%' AND query NOT LIKE '/* builder run%'"
            )

    return listen


@pytest.mark.parametrize("step", ["check inputs", "stage", "check output", "publish"])
def test_journal_that_goes_away_does_not_hold_up_a_publish(warehouse: Warehouse, step: str) -> None:
    """The publish writes its own row, so that table and journal agree whatever notes are lost."""
    run = warehouse.build(summary(), listeners=[kill_at(step, warehouse)])

    assert "published" == run.status
    (past,) = warehouse.journal(warehouse.engine()).history()
    assert ("published", 3) == (past.status, past.rows)


@pytest.mark.parametrize("step", ["stage", "check output"])
def test_journal_that_comes_back_says_how_the_run_ended(warehouse: Warehouse, step: str) -> None:
    """A journal whose connection was lost is connected again for the end of the run."""
    with pytest.raises(ChecksFailed):
        warehouse.build(summary(outputs=[("SELECT 0", 1)]), listeners=[kill_at(step, warehouse)])

    (past,) = warehouse.journal(warehouse.engine()).history()
    assert ("failed", True) == (past.status, past.finished_at is not None)
    assert 5 == warehouse.value("SELECT count(*) FROM builder.steps")


def test_journal_that_is_dropped_in_mid_run_stops_the_publish(warehouse: Warehouse) -> None:
    """Without its row there is no publish: the live table stays, and the next build works."""
    warehouse.build(summary())

    def drop(run: Run) -> None:
        if run.steps[-1].name == "check output" and run.steps[-1].passed is None:
            warehouse.run("DROP SCHEMA builder CASCADE")

    with pytest.raises(EngineError):
        warehouse.build(summary("SELECT 9 AS n"), listeners=[drop])
    during = warehouse.column("SELECT n FROM analytics.numbers ORDER BY n")
    after = warehouse.build(summary("SELECT 9 AS n"))

    assert ([1, 2, 3], "published") == (during, after.status)


def test_publish_without_something_staged_is_written_down(warehouse: Warehouse) -> None:
    """A publish that found nothing is a failed run, with its reason."""
    engine = warehouse.engine()
    with pytest.raises(PublishFailed, match="nothing is staged"):
        publish(summary(), engine=engine, journal=warehouse.journal(engine))

    (past,) = warehouse.journal(engine).history()
    assert ("publish", "failed") == (past.action, past.status)
