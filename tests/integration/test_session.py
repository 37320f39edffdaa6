"""One connection: what interrupts a statement reaches the server, and no password gets out."""

from __future__ import annotations

import logging
import signal
import threading
import time
import traceback
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import psycopg2
import pytest
from integration.warehouse import at, summary, until

from builder.engines.base import Statement
from builder.engines.postgres import PostgresEngine
from builder.errors import BuilderError, Busy, ConfigError, EngineError, QueryFailed
from builder.run import Run

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType

    from integration.warehouse import Warehouse

    from builder.summary import Summary

SLEEP = Statement("SELECT pg_sleep(60)")
SECRET = "s3cret%2Fp%40ss"


class Stopped(BaseException):
    """What somebody's signal handler raises, as Airflow's does."""


def sleeping(key: str, **more: Any) -> Summary:
    """A summary of which one step, `inputs`, `outputs`, `query` or `before`, sleeps."""
    if key == "query":
        return summary("SELECT 1 AS n FROM (SELECT pg_sleep(60)) AS s", **more)
    sleep = "SELECT count(*) FROM (SELECT pg_sleep(60)) AS s"
    step: dict[str, Any] = {key: [sleep] if key == "before" else [(sleep, 0)]}
    return summary(**step, **more)


def is_running(warehouse: Warehouse) -> bool:
    """Whether the server runs a statement that sleeps."""
    return bool(
        warehouse.value(
            "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' "
            "AND query LIKE '%pg_sleep(60)%' AND pid <> pg_backend_pid()"
        )
    )


def when_running(warehouse: Warehouse, act: Callable[[], object]) -> threading.Thread:
    """Act, from another thread, once the server is at it."""

    def wait() -> None:
        until(lambda: is_running(warehouse))
        act()

    thread = threading.Thread(target=wait)
    thread.start()
    return thread


def raise_stopped(number: int, frame: FrameType | None) -> None:
    """A signal handler that raises."""
    raise Stopped


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGUSR1])
def test_signal_cancels_the_statement(warehouse: Warehouse, number: signal.Signals) -> None:
    """Whatever a signal handler raises cancels the server's statement, and comes out as it is."""
    engine = warehouse.engine()
    main = threading.main_thread().ident
    assert main is not None
    before = signal.getsignal(number)
    expected: type[BaseException] = KeyboardInterrupt
    if number != signal.SIGINT:
        signal.signal(number, raise_stopped)
        expected = Stopped
    acting = when_running(warehouse, lambda: signal.pthread_kill(main, number))
    try:
        with pytest.raises(expected):
            engine.session.execute(SLEEP)
    finally:
        acting.join()
        signal.signal(number, before)

    assert not is_running(warehouse)
    assert 1 == engine.session.execute(Statement("SELECT 1")).rows[0][0]


@pytest.mark.parametrize("key", ["inputs", "outputs", "query", "before"])
def test_interrupted_build_leaves_nothing_running(warehouse: Warehouse, key: str) -> None:
    """Ctrl-C in any step ends the statement, the transaction and the lock; the next build works."""
    engine = warehouse.engine()
    main = threading.main_thread().ident
    assert main is not None
    acting = when_running(warehouse, lambda: signal.pthread_kill(main, signal.SIGINT))
    with pytest.raises(KeyboardInterrupt):
        warehouse.build(sleeping(key), engine=engine)
    acting.join()

    assert not is_running(warehouse)
    assert not engine.session.in_transaction
    assert [("interrupted",)] == warehouse.rows("SELECT status FROM builder.runs")
    assert "published" == warehouse.build(summary(), engine=engine).status


@pytest.mark.parametrize("key", ["inputs", "outputs", "query", "before"])
def test_timeout_cancels_the_statement(warehouse: Warehouse, key: str) -> None:
    """The build's timeout ends whatever statement it falls into, and says so."""
    engine = warehouse.engine()
    with pytest.raises(QueryFailed, match=r"longer than its `timeout`"):
        warehouse.build(sleeping(key, timeout=0.5), engine=engine)

    assert not is_running(warehouse)
    assert "published" == warehouse.build(summary(timeout=60.0), engine=engine).status


def test_timeout_ends_the_wait_for_a_source(warehouse: Warehouse) -> None:
    """A source that somebody has locked is waited for no longer than the timeout allows."""
    warehouse.run("CREATE TABLE source AS SELECT 1 AS n")
    with (
        warehouse.holding("LOCK TABLE source"),
        pytest.raises(BuilderError, match=r"longer than its `timeout`"),
    ):
        warehouse.build(summary("SELECT n FROM source", timeout=0.5))

    assert [] == warehouse.tables()


def test_timeout_ends_the_wait_for_readers(warehouse: Warehouse) -> None:
    """The swap is not tried for longer than the timeout of the whole build, nor than its own."""
    warehouse.build(summary())
    begun = time.monotonic()
    with (
        warehouse.holding("TABLE analytics.numbers"),
        pytest.raises((Busy, QueryFailed)),
    ):
        warehouse.build(summary(timeout=1.0, publish_timeout=30.0))

    assert time.monotonic() - begun < 30


def test_statement_that_an_administrator_cancels(warehouse: Warehouse) -> None:
    """A statement that is cancelled on the server fails, and the session goes on."""
    engine = warehouse.engine()
    pid = engine.session.backend_pid
    ended = threading.Event()

    def cancel() -> None:
        # A cancellation that comes between two statements is lost.
        for _ in range(50):
            warehouse.run(f"SELECT pg_cancel_backend({pid})")
            if ended.wait(0.1):
                break

    acting = when_running(warehouse, cancel)
    with pytest.raises(QueryFailed, match=r"the server cancelled the statement"):
        warehouse.build(summary("SELECT 1 AS n FROM (SELECT pg_sleep(60)) AS s"), engine=engine)
    ended.set()
    acting.join()

    assert "published" == warehouse.build(summary(), engine=engine).status


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """A run that failed by what passes by itself is tried again at once."""
    monkeypatch.setattr("builder.attempt.PAUSES", (0.0, 0.0))


@pytest.mark.usefixtures("hasty")
@pytest.mark.parametrize("key", ["inputs", "outputs", "query", "before"])
def test_lost_connection_is_tried_again_and_then_an_error(warehouse: Warehouse, key: str) -> None:
    """A connection that breaks in a statement each time ends in EngineError; each try is told."""
    engine = warehouse.engine()

    def kill_all() -> None:
        for _ in range(3):
            until(lambda: is_running(warehouse))
            warehouse.run(f"SELECT pg_terminate_backend({engine.session.backend_pid}, 5000)")

    acting = threading.Thread(target=kill_all)
    acting.start()
    with pytest.raises(EngineError, match=r"^The connection to the warehouse was lost: "):
        warehouse.build(sleeping(key), engine=engine)
    acting.join()

    assert ["failed"] * 3 == warehouse.column("SELECT status FROM builder.runs")
    assert "published" == warehouse.build(summary()).status


@pytest.mark.usefixtures("hasty")
@pytest.mark.parametrize("times", [1, 3])
@pytest.mark.parametrize(
    "step", ["check inputs", "stage", "index", "check output", "publish", "after"]
)
def test_connection_that_is_gone_between_steps(warehouse: Warehouse, step: str, times: int) -> None:
    """A session that ends between two statements is tried again, unless the table is published."""
    engine = warehouse.engine()
    killed: list[str] = []

    def kill(run: Run) -> None:
        if run.steps[-1].name == step and run.steps[-1].passed is None and len(killed) < times:
            killed.append(run.run_id)
            warehouse.run(f"SELECT pg_terminate_backend({engine.session.backend_pid}, 5000)")

    what = summary(after=["SELECT 1"])
    if step == "after" or times == 3:
        with pytest.raises(EngineError, match=r"^The connection to the warehouse was lost: "):
            warehouse.build(what, engine=engine, listeners=[kill])
    else:
        run = warehouse.build(what, engine=engine, listeners=[kill])
        assert ["tried again: The connection to the warehouse was lost"] == [
            notice[: len("tried again: The connection to the warehouse was lost")]
            for notice in run.notices
        ]

    wanted = ["published"] if step == "after" else ["failed"] * times
    wanted += ["published"] if step != "after" and times == 1 else []
    assert wanted == warehouse.column("SELECT status FROM builder.runs ORDER BY started_at")
    assert ("numbers" in warehouse.tables()) == ("published" in wanted)
    assert "published" == warehouse.build(summary()).status


def test_closed_session_is_an_engine_error(warehouse: Warehouse) -> None:
    """A session that has been closed, or lost before, says so at every further statement."""
    engine = warehouse.engine()
    warehouse.run(f"SELECT pg_terminate_backend({engine.session.backend_pid})")
    for _ in range(2):
        with pytest.raises(EngineError, match=r"connection to the warehouse (was lost|is gone)"):
            engine.session.execute(Statement("SELECT 1"))


def test_two_threads_share_no_statement(warehouse: Warehouse) -> None:
    """Cancelling one session's statement leaves the others' alone."""
    first, second = warehouse.engine(), warehouse.engine()
    with ThreadPoolExecutor() as pool:
        slow = pool.submit(
            second.session.execute, Statement("SELECT pg_sleep(0.3), 'pg_sleep(60)', 1")
        )
        first.session.deadline = time.monotonic() + 0.1
        with pytest.raises(QueryFailed):
            first.session.execute(SLEEP)

    assert 1 == slow.result().rows[0][2]


def everything(error: BaseException) -> str:
    """All that a user could be shown of an error, with -v as well."""
    return "".join(traceback.format_exception(error)) + repr(error)


@pytest.mark.parametrize(
    "address",
    [
        f"postgresql://postgres:{SECRET}@127.0.0.1:1/db",
        f"postgresql://postgres:{SECRET}@127.0.0.1:port/db",
        f"postgresql://postgres:{SECRET}@[127.0.0.1:1/db",
        f"postgresql://postgres:{SECRET}@127.0.0.1:1/db?nonsense=1",
        f"postgresql://postgres:{SECRET}%ZZ@127.0.0.1:1/db",
        f"postgresql://postgres@127.0.0.1:1/db?password={SECRET}",
        f"postgresql://postgres@127.0.0.1:1/db?password={SECRET}&nonsense=1",
        f"postgresql://postgres:{SECRET}@host with spaces/db",
        f"host=127.0.0.1 port=1 password={SECRET}",
        f"host=127.0.0.1 port=1 password='{SECRET}' nonsense=1",
        f"host=127.0.0.1 port=1 password='{SECRET}",
        f"host=127.0.0.1 port=1 password = {SECRET} user",
    ],
)
def test_password_is_in_no_error(address: str, caplog: pytest.LogCaptureFixture) -> None:
    """Whatever is wrong with an address, its password is in no message, however it is written."""
    caplog.set_level(logging.DEBUG)
    with pytest.raises((EngineError, ConfigError)) as failed:
        PostgresEngine({"dsn": address}, "tests")

    said = str(failed.value) + caplog.text
    assert [] == [part for part in (SECRET, "s3cret", "p@ss", "p%40ss") if part in said]


def test_wrong_password_is_in_no_error(warehouse: Warehouse) -> None:
    """A password that the server refuses is not shown, nor in the traceback that -v shows."""
    role = warehouse.role("role")
    url = at(warehouse.database.url, user=role).replace("correct", "s3cret")
    with pytest.raises(EngineError) as failed:
        PostgresEngine({"dsn": url}, "tests")

    assert f'password authentication failed for user "{role}"' in str(failed.value)
    assert "s3cret" not in everything(failed.value)


def test_password_is_in_no_description_or_log(
    warehouse: Warehouse, caplog: pytest.LogCaptureFixture
) -> None:
    """What a build says and logs of itself, down to each statement, has no password in it."""
    caplog.set_level(logging.DEBUG)
    password = warehouse.database.url.split(":")[2].split("@")[0]
    engine = warehouse.engine()
    warehouse.build(summary(), engine=engine)
    told = [engine.description, repr(engine), caplog.text]
    told += [one.found + one.remedy for one in engine.diagnosis()]

    assert "CREATE TABLE" in caplog.text
    assert [] == [text for text in told if password in text]


def test_server_that_does_not_answer_is_told(warehouse: Warehouse) -> None:
    """An address that nobody answers at, or without that database, says what to look at."""
    for url in (
        at(warehouse.database.url, port=1),
        warehouse.database.url.rpartition("/")[0] + "/absent",
    ):
        with pytest.raises(EngineError, match=r"^Cannot connect to tests: .*Check the address"):
            PostgresEngine({"dsn": url}, "tests")


def test_connection_says_whose_it_is(warehouse: Warehouse) -> None:
    """An administrator sees in pg_stat_activity that a session and its statements are ours."""
    run = None

    def look(of: Run) -> None:
        nonlocal run
        run = of

    acting = when_running(
        warehouse,
        lambda: warehouse.run(
            "CREATE TABLE public.seen AS SELECT application_name, query FROM pg_stat_activity "
            "WHERE query LIKE '%pg_sleep(60)%' AND pid <> pg_backend_pid() AND state = 'active'",
            "SELECT pg_cancel_backend(pid) FROM pg_stat_activity "
            "WHERE query LIKE '%pg_sleep(60)%' AND pid <> pg_backend_pid()",
        ),
    )
    with pytest.raises(QueryFailed):
        warehouse.build(summary("SELECT 1 AS n FROM (SELECT pg_sleep(60)) AS s"), listeners=[look])
    acting.join()

    ((application, query),) = warehouse.rows("SELECT * FROM public.seen")
    assert run is not None
    assert ("summary-builder", True) == (
        application,
        query.startswith(f"/* builder run {run.run_id} */ "),
    )


def test_values_reach_the_server_as_they_are(warehouse: Warehouse) -> None:
    """Percent signs, backslashes and quotes come back letter by letter, with values or without."""
    session = warehouse.engine().session
    text = "%s %% %(a)s \\ ' \" \n 한국어 😀 {}"

    assert text == session.execute(Statement("SELECT %s", (text,))).rows[0][0]
    assert "%s %% \\" == session.execute(Statement("SELECT '%s %% \\'")).rows[0][0]


def test_backslashes_are_plain_whatever_the_server_says(warehouse: Warehouse) -> None:
    """`standard_conforming_strings` is on for us: a parameter cannot end its own string."""
    warehouse.run(
        f"ALTER DATABASE {warehouse.value('SELECT current_database()')} "
        "SET standard_conforming_strings = off"
    )
    what = summary("SELECT {p} AS p", params={"p": "\\' OR 1 = 1 --"})
    try:
        warehouse.build(what)
    except EngineError as error:
        assert "standard_conforming_strings" in str(error)  # noqa: PT017 -- refusing is right too
    else:
        assert ["\\' OR 1 = 1 --"] == warehouse.column("SELECT p FROM analytics.numbers")


def test_unreachable_server_raises_no_driver_error() -> None:
    """psycopg2's own errors are the cause, never the error."""
    with pytest.raises(EngineError) as failed:
        PostgresEngine({"host": "127.0.0.1", "port": "1", "dbname": "x"}, "tests")

    assert isinstance(failed.value.__cause__, psycopg2.Error)
