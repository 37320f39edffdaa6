"""Transactions whose snapshot is older than the new table: none of them finds it empty."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import pytest
from integration.warehouse import Warehouse, summary, until
from rig import Database

from builder.errors import Busy
from builder.pipeline import publish

if TYPE_CHECKING:
    from collections.abc import Callable

    from psycopg2.extensions import connection

    from builder.engines import embedded
    from builder.run import Run

OLD = ("BEGIN ISOLATION LEVEL REPEATABLE READ", "SELECT FROM other")
ROWS = "SELECT n FROM analytics.numbers"


@pytest.fixture
def begun(warehouse: Warehouse) -> Warehouse:
    """A table with one row, 1, and another one."""
    warehouse.run("CREATE TABLE other (n int)")
    warehouse.build(summary("SELECT 1 AS n"))
    return warehouse


def read(session: connection) -> list[tuple[Any, ...]]:
    """What the table holds in somebody's transaction."""
    cursor = session.cursor()
    cursor.execute(ROWS)
    return cursor.fetchall()


def at_step(name: str, act: Callable[[], object]) -> Callable[[Run], None]:
    """Do something once, when the run comes to a step."""
    done: list[object] = []

    def listen(run: Run) -> None:
        if not done and run.steps and run.steps[-1].name == name:
            done.append(act)
            act()

    return listen


def settling(warehouse: Warehouse, pid: object) -> bool:
    """Whether a build is asking who has an old snapshot, as it does while it waits for them."""
    asked = "SELECT count(*) FROM pg_stat_activity WHERE pid = %s AND query LIKE '%%is_statement%%'"
    return bool(warehouse.value(asked, pid))


def test_old_snapshot_is_waited_for(begun: Warehouse) -> None:
    """A transaction from before the build reads the old rows, and the publish comes after it."""
    engine = begun.engine()
    with ThreadPoolExecutor() as pool:
        with begun.holding(*OLD) as reader:
            building = pool.submit(begun.build, summary("SELECT 2 AS n"), engine=engine)
            until(lambda: settling(begun, engine.session.backend_pid))
            until(lambda: begun.column("SELECT step FROM builder.runs WHERE step = 'publish'"))
            seen = read(reader)
        run = building.result()

    assert ([(1,)], "published") == (seen, run.status)
    assert [2] == begun.column(ROWS)


def test_transaction_that_stays_is_named(begun: Warehouse) -> None:
    """Who does not end in time is told by process, role and age; the new table stays staged."""
    engine = begun.engine()
    what = summary("SELECT 2 AS n", publish_timeout=0.3)
    with begun.holding(*OLD) as reader:
        pid = reader.get_backend_pid()
        with pytest.raises(Busy) as busy:
            begun.build(what, engine=engine)
        seen = read(reader)
    run = publish(what, engine=engine, journal=begun.journal(engine))

    assert not busy.value.passes
    assert (
        f"Cannot publish analytics.numbers: process {pid} of "
        f"{begun.value('SELECT current_user')}, begun … s ago, has a snapshot from before the new "
        "table and would find it empty. The live table is as it was and the new one is staged: "
        "end that transaction and run `builder publish`, or set 'old_snapshots': 'publish' if "
        "nobody reads the table in it."
    ) == re.sub(r"begun \d+ s", "begun … s", str(busy.value))
    assert ([(1,)], "published", [2]) == (seen, run.status, begun.column(ROWS))


def test_role_without_statistics_is_told_what_helps(begun: Warehouse) -> None:
    """Where our rights do not reach, the error names the one that does."""
    role = begun.role("role")
    database = begun.value("SELECT current_database()")
    begun.run(
        f"GRANT CREATE ON DATABASE {database} TO {role}",
        f"ALTER TABLE analytics.numbers OWNER TO {role}",
        f"GRANT ALL ON SCHEMA analytics, builder TO {role}",
        f"GRANT ALL ON ALL TABLES IN SCHEMA builder TO {role}",
    )
    with begun.holding(*OLD), pytest.raises(Busy, match="GRANT pg_read_all_stats lets us see"):
        begun.build(summary("SELECT 2 AS n", publish_timeout=0.2), engine=begun.engine(user=role))

    assert [1] == begun.column(ROWS)


def test_file_may_say_that_nobody_reads_it_so(begun: Warehouse) -> None:
    """With 'publish' nobody is waited for, and the run says who may find the table empty."""
    with begun.holding(*OLD) as reader:
        run = begun.build(summary("SELECT 2 AS n", old_snapshots="publish"))
        pid, seen = reader.get_backend_pid(), read(reader)

    assert [] == seen
    assert [
        f"published while an older snapshot was open, which may find the table empty: process {pid}"
    ] == [notice.partition(" of ")[0] for notice in run.notices]
    assert [2] == begun.column(ROWS)


def test_single_statement_is_let_go(begun: Warehouse) -> None:
    """A query on other tables that goes on is no obstacle in the end, and is told of."""
    with ThreadPoolExecutor() as pool:
        session = begun.session()
        session.autocommit = True
        pid = session.get_backend_pid()
        sleeping = pool.submit(
            session.cursor().execute, "SELECT pg_sleep(60) FROM pg_class LIMIT 1"
        )
        until(
            lambda: begun.value(
                "SELECT count(*) FROM pg_stat_activity WHERE pid = %s AND wait_event = 'PgSleep'",
                pid,
            )
        )
        run = begun.build(summary("SELECT 2 AS n", publish_timeout=0.3))
        session.cancel()

        with pytest.raises(Exception, match="canceling statement"):
            sleeping.result()

    assert f"process {pid} of" in run.notices[0]
    assert [2] == begun.column(ROWS)


def test_snapshot_that_comes_later_is_not_waited_for(begun: Warehouse) -> None:
    """Somebody who writes all the time keeps every snapshot old; only those from before count."""
    engine = begun.engine()
    with ExitStack() as held:
        held.enter_context(begun.holding("INSERT INTO other VALUES (1)"))
        later: list[connection] = []
        run = begun.build(
            summary("SELECT 2 AS n"),
            engine=engine,
            listeners=[
                at_step(
                    "check output",
                    lambda: later.append(held.enter_context(begun.holding(*OLD))),
                )
            ],
        )
        seen = read(later[0])

    assert ("published", [(2,)], []) == (run.status, seen, run.notices)


def test_who_cannot_find_the_table_empty_is_not_waited_for(
    begun: Warehouse, server: embedded.Server
) -> None:
    """A snapshot in another database, or a transaction that has none any more, is no danger."""
    elsewhere = Warehouse(Database(server.url))
    with ExitStack() as held:
        held.callback(elsewhere.close)
        held.enter_context(
            elsewhere.holding("BEGIN ISOLATION LEVEL REPEATABLE READ", "SELECT FROM pg_class")
        )
        held.enter_context(begun.holding("SELECT FROM other"))
        run = begun.build(summary("SELECT 2 AS n", publish_timeout=0.5))

    assert ("published", []) == (run.status, run.notices)


def test_staging_of_another_summary_is_not_waited_for(begun: Warehouse) -> None:
    """Two summaries that do not read each other publish while the other is being staged."""
    with ThreadPoolExecutor() as pool:
        with begun.holding("SELECT pg_advisory_lock(7)"):
            gated = "SELECT n FROM other, (SELECT pg_advisory_xact_lock(7)) AS gate"
            other = pool.submit(begun.build, summary(gated, table="others", allow_empty=True))
            until(lambda: begun.value("SELECT count(*) FROM pg_locks WHERE NOT granted") == 1)
            run = begun.build(summary("SELECT 2 AS n", publish_timeout=0.5))
        ended = other.result()

    assert ("published", [], "published") == (run.status, run.notices, ended.status)


def test_staging_that_reads_the_table_is_waited_for(begun: Warehouse) -> None:
    """A summary that reads this one has the old rows in full, or the new ones, and never none."""
    engine = begun.engine()
    with ThreadPoolExecutor() as pool:
        with begun.holding("SELECT pg_advisory_lock(7)"):
            gated = "SELECT n FROM analytics.numbers, (SELECT pg_advisory_xact_lock(7)) AS gate"
            other = pool.submit(begun.build, summary(gated, table="others"))
            until(lambda: begun.value("SELECT count(*) FROM pg_locks WHERE NOT granted") == 1)
            building = pool.submit(begun.build, summary("SELECT 2 AS n"), engine=engine)
            until(lambda: settling(begun, engine.session.backend_pid))
        statuses = [other.result().status, building.result().status]

    assert ["published"] * 2 == statuses
    assert ([1], [2]) == (begun.column("SELECT n FROM analytics.others"), begun.column(ROWS))


def test_rows_written_anew_are_waited_for_anew(begun: Warehouse) -> None:
    """What is carried over late may write all rows again: later snapshots would miss those, too."""
    engine = begun.engine()
    with ExitStack() as held:
        later: list[connection] = []

        def change() -> None:
            begun.run("ALTER TABLE analytics.numbers ADD g int GENERATED ALWAYS AS (n) STORED")
            later.append(held.enter_context(begun.holding(*OLD)))

        with pytest.raises(Busy, match="has a snapshot from before the new table"):
            begun.build(
                summary("SELECT 2 AS n", publish_timeout=0.5),
                engine=engine,
                listeners=[at_step("check output", change)],
            )
        seen = read(later[0])

    assert [(1,)] == seen
