"""One run at a time for a table: however it is started, ended or pooled."""

from __future__ import annotations

import os
import socket
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest
from integration.servers import POOL_SIZE, pgbouncer, with_pgbouncer
from integration.warehouse import THREE, Warehouse, summary, until
from rig import Database

from builder.engines.base import Statement
from builder.engines.postgres.lock import lock_key
from builder.errors import Busy, EngineError
from builder.relation import Relation
from builder.run import Run

if TYPE_CHECKING:
    from collections.abc import Iterator

    from builder.engines.postgres import PostgresEngine
    from builder.summary import Summary

LOCKS = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted"
UNLOCK = "SELECT count(*) FROM (SELECT pg_advisory_unlock_all()) AS u"


@contextmanager
def held(warehouse: Warehouse, what: Summary, **options: str) -> Iterator[PostgresEngine]:
    """A run that is at its table until the body ends."""
    engine = warehouse.engine(**options)
    run = Run(what)
    journal = warehouse.journal(engine)
    with engine.lock(run, wait=0, holder=lambda: "nobody"):
        journal.start(run)
        with run.step("stage"):
            yield engine


def test_second_run_is_told_who_holds_the_table(warehouse: Warehouse) -> None:
    """While one run is at a table, another ends with Busy, which names host, process and step."""
    with held(warehouse, summary()), pytest.raises(Busy) as busy:
        warehouse.build(summary())

    message = str(busy.value)
    assert message.startswith("Cannot build analytics.numbers: run 2")
    assert f" on {socket.gethostname()}, process {os.getpid()}, step stage since " in message
    assert message.endswith(
        " is at it. Nothing was changed. Try again later, or wait for it with --wait SECONDS."
    )
    assert [] == warehouse.tables()
    assert ["running"] == warehouse.column("SELECT status FROM builder.runs")


def test_waiting_run_goes_on_when_the_first_has_ended(warehouse: Warehouse) -> None:
    """A run that waits gets the table as soon as it is free, and what died is marked abandoned."""
    with ThreadPoolExecutor() as pool:
        with held(warehouse, summary()) as engine:
            waiting = pool.submit(warehouse.build, summary(), wait=60)
            until(
                lambda: warehouse.value(
                    "SELECT count(*) FROM pg_stat_activity WHERE pid <> pg_backend_pid() "
                    "AND datname = current_database() AND query LIKE '%pg_try_advisory_lock%' "
                    f"AND pid <> {engine.session.backend_pid}"
                )
            )
        run = waiting.result()

    assert "published" == run.status
    assert ["abandoned", "published"] == warehouse.column(
        "SELECT status FROM builder.runs ORDER BY started_at"
    )


def test_lock_ends_with_its_session(warehouse: Warehouse) -> None:
    """Once the server session of a run is gone, so is its lock: the next build just works."""
    with held(warehouse, summary()) as engine:
        warehouse.run(f"SELECT pg_terminate_backend({engine.session.backend_pid})")
        with pytest.raises(EngineError):
            engine.session.execute(Statement("SELECT 1"))

        assert "published" == warehouse.build(summary()).status


def test_lock_is_given_back_after_a_failed_run(warehouse: Warehouse) -> None:
    """However a run ends, its session goes on without its lock."""
    engine = warehouse.engine()
    with pytest.raises(Exception, match="wanted ≥ 1"):
        warehouse.build(summary(inputs=[("SELECT 0", 1)]), engine=engine)

    assert 0 == warehouse.value(LOCKS)


@pytest.mark.parametrize(
    "unlocking",
    [
        {"inputs": [(UNLOCK, 1)]},
        {"outputs": [(UNLOCK, 1)]},
        {"query": f"SELECT 1 AS n FROM ({UNLOCK}) AS s"},
        {"before": [UNLOCK]},
    ],
)
def test_run_that_gave_its_lock_away_does_not_publish(
    warehouse: Warehouse, unlocking: dict[str, Any]
) -> None:
    """SQL of the file that unlocks everything ends the run with Busy; the live table stays."""
    warehouse.build(summary())
    before = warehouse.rows("SELECT 'analytics.numbers'::regclass::oid, n FROM analytics.numbers")
    with pytest.raises(Busy) as busy:
        warehouse.build(summary(**{"query": "SELECT 1 AS n", "publish_timeout": 0.1, **unlocking}))

    assert before == warehouse.rows(
        "SELECT 'analytics.numbers'::regclass::oid, n FROM analytics.numbers"
    )
    assert str(busy.value).startswith(
        "Cannot publish analytics.numbers: this run lost its lock on the table while it ran"
    )


def test_lost_lock_is_not_waited_for(warehouse: Warehouse) -> None:
    """A lock that is lost does not come back: the swap is tried once, whatever publish_timeout."""
    what = summary(outputs=[(UNLOCK, 1)], publish_timeout=3.0)
    with pytest.raises(Busy):
        warehouse.build(what)

    seconds = warehouse.value("SELECT seconds FROM builder.steps WHERE name = 'publish'")
    assert seconds < what.publish_timeout


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("a", "b_c"), ("a_b", "c")),
        (("a", "b.c"), ("a.b", "c")),
        (("a", "b"), ("b", "a")),
        (("a", "b"), ("a", "B")),
        (("a", "b"), ("", "ab")),
        (("매출", "요약"), ("매출요", "약")),
    ],
)
def test_lock_is_of_one_table_only(one: tuple[str, str], other: tuple[str, str]) -> None:
    """Names that look alike when they are put together are different tables."""
    assert lock_key(Relation(*one)) != lock_key(Relation(*other))


def test_two_tables_are_built_at_once(warehouse: Warehouse) -> None:
    """A run does not keep another table's runs waiting, even with names that look alike."""
    with held(warehouse, summary(schema="a", table="b_c")):
        run = warehouse.build(summary(schema="a_b", table="c"))

    assert "published" == run.status


def test_many_tables_are_first_built_at_once(warehouse: Warehouse) -> None:
    """Ten first builds in one new schema do not get into each other's way."""
    warehouse.build(summary(schema="other"))
    names = [f"t{number}" for number in range(10)]
    with ThreadPoolExecutor(10) as pool:
        runs = list(pool.map(lambda name: warehouse.build(summary(table=name)), names))

    assert ["published"] * 10 == [run.status for run in runs]
    assert names == warehouse.tables()


def test_one_of_many_runs_at_a_table_is_enough(warehouse: Warehouse) -> None:
    """Five builds of one table that all wait are done one after another, each whole."""
    with ThreadPoolExecutor(5) as pool:
        runs = list(pool.map(lambda _: warehouse.build(summary(keep=2), wait=60), range(5)))

    assert ["published"] * 5 == [run.status for run in runs]
    assert ["numbers", "prev_numbers", "prev_numbers"] == warehouse.tables()


def test_lock_of_a_session_that_dies_after_the_publish(warehouse: Warehouse) -> None:
    """Once a table is published, a session that dies before its unlock fails nothing."""
    engine = warehouse.engine()

    def kill(run: Run) -> None:
        if run.is_published and run.finished_at is not None:
            warehouse.run(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                f"WHERE pid = {engine.session.backend_pid}"
            )

    run = warehouse.build(summary(), engine=engine, listeners=[kill])

    assert "published" == run.status


@pytest.fixture
def pooled(database: Database) -> Iterator[Warehouse]:
    """The warehouse behind a PgBouncer in transaction mode."""
    with pgbouncer(database.url) as url:
        warehouse = Warehouse(Database(url))
        yield warehouse
        warehouse.close()


@with_pgbouncer
def test_pooler_is_noticed(pooled: Warehouse, warehouse: Warehouse) -> None:
    """An engine knows whether a pooler stands between it and the server, and doctor says so."""
    assert (True, False) == (pooled.engine().is_pooled, warehouse.engine().is_pooled)
    assert [
        (
            "a pooler stands between: builds lock in a transaction of their own",
            None,
            "connect to the server itself where you can",
        )
    ] == [
        (finding.found, finding.good, finding.remedy)
        for finding in pooled.engine().diagnosis()
        if finding.what == "pooler"
    ]


@with_pgbouncer
def test_builds_through_a_pooler(pooled: Warehouse, warehouse: Warehouse) -> None:
    """Through a pooler a build works from end to end, again and again, and leaks no lock."""
    what = summary(
        "SELECT n FROM analytics.held",
        before=["CREATE TEMP TABLE held_one ON COMMIT DROP AS SELECT 1"],
        inputs=[("SELECT count(*) FROM analytics.held", 3)],
        outputs=[("SELECT count(*) FROM {schema}.temp_{table}", 3)],
        primary_key=("n",),
        after=["ANALYZE analytics.numbers"],
    )
    warehouse.run("CREATE SCHEMA analytics", f"CREATE TABLE analytics.held AS {THREE}")

    runs = [pooled.build(what) for _ in range(3)]

    assert ["published"] * 3 == [run.status for run in runs]
    assert [1, 2, 3] == warehouse.column("SELECT n FROM analytics.numbers ORDER BY n")
    assert 0 == warehouse.value(LOCKS)


@with_pgbouncer
def test_runs_through_a_pooler_exclude_each_other(pooled: Warehouse, warehouse: Warehouse) -> None:
    """Two runs through one pooler, or one through it and one beside it, are never at one table."""
    with held(pooled, summary()), ThreadPoolExecutor() as pool:
        attempts = [pool.submit(one.build, summary()) for one in (pooled, warehouse)]

        assert [Busy, Busy] == [type(attempt.exception()) for attempt in attempts]
    assert "published" == pooled.build(summary()).status


@with_pgbouncer
def test_unlock_in_a_check_does_not_reach_the_lock_behind_a_pooler(pooled: Warehouse) -> None:
    """Behind a pooler the lock is a transaction's, which no check can give away."""
    assert "published" == pooled.build(summary(outputs=[(UNLOCK, 1)])).status


@with_pgbouncer
def test_nothing_of_ours_stays_in_a_pooled_session(pooled: Warehouse, warehouse: Warehouse) -> None:
    """The sessions that a pooler hands on to others have no setting and no table of ours.

    `standard_conforming_strings` is the server's own default, and the last one does no harm.
    """
    harmless = ("application_name", "client_encoding", "client_connection_check_interval")
    transaction = ("transaction_isolation", "transaction_read_only", "transaction_deferrable")

    pooled.build(summary(before=["CREATE TEMP TABLE left_over AS SELECT 1"]))

    settings = []
    for session in [pooled.session() for _ in range(POOL_SIZE)]:
        cursor = session.cursor()
        cursor.execute(
            "SELECT name, setting FROM pg_settings "
            "WHERE source = 'session' AND setting <> reset_val AND name <> ALL (%s)",
            ([*harmless, *transaction],),
        )
        settings += cursor.fetchall()
    assert [] == settings
    assert [] == warehouse.column(
        "SELECT relname FROM pg_class WHERE relpersistence = 't' AND relkind = 'r'"
    )


@with_pgbouncer
def test_role_is_refused_behind_a_pooler(pooled: Warehouse, warehouse: Warehouse) -> None:
    """BUILDER_ROLE would go on to others with the pooler's session, so it is refused there."""
    role = warehouse.role("owner", "NOLOGIN")

    with pytest.raises(EngineError) as refused:
        pooled.engine(role=role)

    assert str(refused.value).startswith(
        f"Cannot become the role {role}: a pooler stands between, which would hand that role to "
    )
