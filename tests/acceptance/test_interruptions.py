"""Builds that are interrupted, terminated, killed or cut off: old or new, whole, and then again."""

from __future__ import annotations

import os
import random
import signal
import socket
import subprocess
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest
from acceptance.moments import DEADLINE, GATED, OURS, Gate, Watcher

if TYPE_CHECKING:
    from acceptance.moments import Background
    from rig import Database, Project

LIVE = "CREATE SCHEMA analytics; CREATE TABLE analytics.numbers AS SELECT 7 AS n;"
# Each phase waits `pause` seconds on the server; the next build is told not to.
PAUSE = "SELECT count(*) FROM pg_sleep({pause})"
PHASES: dict[str, dict[str, Any]] = {
    "input check": {"input_check": [{"sql": PAUSE, "count": 1}]},
    "pre_sql": {"pre_sql": PAUSE},
    "staging": {"main_sql": "SELECT 8 AS n FROM pg_sleep({pause})"},
    "indexing": {
        "main_sql": "SELECT 8 AS n, {pause} AS pause",
        "indexes": ["((pg_sleep_of(pause)))"],
    },
    "output check": {"output_check": [{"sql": PAUSE, "count": 1}]},
}
SLEEPER = (
    "CREATE FUNCTION pg_sleep_of(pause int) RETURNS text IMMUTABLE LANGUAGE plpgsql AS "
    "'BEGIN PERFORM pg_sleep(pause); RETURN 1; END';"
)
SIGNALS = {signal.SIGINT: 130, signal.SIGTERM: 143, signal.SIGHUP: 129}
INT_AND_TERM = pytest.mark.parametrize(
    "sent", [signal.SIGINT, signal.SIGTERM], ids=lambda sent: sent.name
)


def prepare(project: Project, database: Database, **more: object) -> None:
    """A live table with one row, 7, and a summary that makes it 8."""
    database.rows(LIVE + SLEEPER)
    project.write("numbers", {"main_sql": "SELECT 8 AS n", "params": {"pause": 60}, **more})


def live(database: Database) -> object:
    """The rows that readers find."""
    return database.rows("SELECT n FROM analytics.numbers")


def statuses(database: Database) -> list[str]:
    """How the runs of all tables ended, the oldest first."""
    return [row[0] for row in database.rows("SELECT status FROM builder.runs ORDER BY started_at")]


def require_next_build(project: Project, database: Database) -> None:
    """The next build is like any other, and leaves nothing of what was there before it."""
    done = project.run("build", "numbers", "--param", "pause=0")

    assert 0 == done.returncode, done.stderr
    assert [(8,)] == live(database)
    assert not [name for name in database.tables("analytics") if name.startswith("temp_")]
    assert "running" not in statuses(database)


def stopped(build: subprocess.Popen[str], sent: signal.Signals, watcher: Watcher) -> str:
    """What a build says that is sent a signal; it leaves no session behind."""
    os.killpg(build.pid, sent)
    _, said = build.communicate(timeout=DEADLINE)
    watcher.until_nobody()
    return said


@pytest.mark.parametrize(
    ("sent", "phase"),
    [
        *((sent, phase) for phase in PHASES for sent in (signal.SIGINT, signal.SIGTERM)),
        (signal.SIGHUP, "staging"),
    ],
    ids=str,
)
def test_a_signal_cancels_the_statement(
    sent: signal.Signals,
    phase: str,
    project: Project,
    database: Database,
    background: Background,
) -> None:
    """Ctrl-C, SIGTERM and SIGHUP end a build cleanly, whatever the server is at."""
    prepare(project, database, **PHASES[phase])

    with Watcher(database) as watcher:
        build = background.start("build", "numbers")
        watcher.until_waiting("PgSleep")
        said = stopped(build, sent, watcher)

    assert SIGNALS[sent] == build.returncode, said
    assert "Traceback" not in said
    assert "the live table is as it was" in said
    assert [(7,)] == live(database)
    assert ["interrupted"] == statuses(database)
    require_next_build(project, database)


@INT_AND_TERM
def test_a_signal_after_the_publish(
    sent: signal.Signals, project: Project, database: Database, background: Background
) -> None:
    """A signal during after_sql cancels that; the new table stays, and both tell so."""
    prepare(project, database, after_sql=PAUSE)

    with Watcher(database) as watcher:
        build = background.start("build", "numbers")
        watcher.until_waiting("PgSleep")
        said = stopped(build, sent, watcher)

    assert SIGNALS[sent] == build.returncode, said
    assert "the new table is live" in said
    assert ([(8,)], ["published"]) == (live(database), statuses(database))
    require_next_build(project, database)


@INT_AND_TERM
def test_a_signal_while_a_source_is_locked(
    sent: signal.Signals, project: Project, database: Database, background: Background
) -> None:
    """A build that waits for somebody's lock on its source leaves when it is told to."""
    prepare(project, database, main_sql="SELECT 8 AS n FROM source")
    database.rows("CREATE TABLE source AS SELECT 1 AS n")

    with Watcher(database) as watcher, Watcher(database) as other:
        other.execute("BEGIN; LOCK TABLE source")
        build = background.start("build", "numbers")
        watcher.until_waiting("relation")
        said = stopped(build, sent, watcher)

    assert SIGNALS[sent] == build.returncode, said
    assert ([(7,)], ["interrupted"]) == (live(database), statuses(database))
    require_next_build(project, database)


@INT_AND_TERM
def test_a_signal_while_readers_hold_the_table(
    sent: signal.Signals, project: Project, database: Database, background: Background
) -> None:
    """A build that tries to publish again and again leaves when it is told to."""
    prepare(project, database)

    with Watcher(database) as watcher, Watcher(database) as reader:
        reader.execute("BEGIN; SELECT * FROM analytics.numbers")
        build = background.start("build", "numbers")
        watcher.until_step("publish")
        said = stopped(build, sent, watcher)

    assert SIGNALS[sent] == build.returncode, said
    assert ([(7,)], ["interrupted"]) == (live(database), statuses(database))
    require_next_build(project, database)


@INT_AND_TERM
def test_a_signal_while_another_build_is_waited_for(
    sent: signal.Signals, project: Project, database: Database, background: Background
) -> None:
    """A build that waits for its turn leaves without a trace; the other one is not touched."""
    prepare(
        project, database, main_sql=GATED.replace("SELECT n", "SELECT 8 AS n", 1) + " WHERE n = 1"
    )

    with Gate(database) as gate:
        first = background.start("build", "numbers")
        gate.until_somebody_waits()
        second = background.start("build", "numbers", "--wait", "60")
        gate.until(f"EXISTS (SELECT FROM ({OURS}) o WHERE query LIKE '%pg_try_advisory_lock%')")
        os.killpg(second.pid, sent)
        _, said = second.communicate(timeout=DEADLINE)
    first.wait(timeout=DEADLINE)

    assert (SIGNALS[sent], 0) == (second.returncode, first.returncode), said
    assert ([(8,)], ["published"]) == (live(database), statuses(database))


def test_an_impatient_user(project: Project, database: Database, background: Background) -> None:
    """Ctrl-C three times in a row ends as once does: the statement is cancelled, all is undone."""
    prepare(project, database, **PHASES["staging"])

    with Watcher(database) as watcher:
        build = background.start("build", "numbers")
        watcher.until_waiting("PgSleep")
        for _ in range(3):
            os.killpg(build.pid, signal.SIGINT)
        _, said = build.communicate(timeout=DEADLINE)
        watcher.until_nobody()

    assert 130 == build.returncode, said
    assert "Traceback" not in said
    assert [(7,)] == live(database)
    require_next_build(project, database)


def test_the_other_tables_are_not_begun(
    project: Project, database: Database, background: Background
) -> None:
    """An interruption ends the whole command, not one table of it."""
    prepare(project, database, **PHASES["staging"])
    project.write("other", {"main_sql": "SELECT 1 AS n"})

    with Watcher(database) as watcher:
        build = background.start("build", "numbers", "other")
        watcher.until_waiting("PgSleep")
        os.killpg(build.pid, signal.SIGINT)
        build.communicate(timeout=DEADLINE)

    assert 130 == build.returncode
    assert ["numbers"] == database.tables("analytics")
    assert ["interrupted"] == statuses(database)


@pytest.mark.parametrize("phase", [*PHASES, "after"])
def test_killed_in_each_phase(
    phase: str, project: Project, database: Database, background: Background
) -> None:
    """After a kill -9, the table is old (or, after the publish, new) and the next build works."""
    prepare(project, database, **PHASES.get(phase, {"after_sql": PAUSE}))

    with Watcher(database) as watcher:
        build = background.start("build", "numbers")
        watcher.until_waiting("PgSleep")
        os.killpg(build.pid, signal.SIGKILL)
        build.wait(timeout=DEADLINE)

    assert [(8 if phase == "after" else 7,)] == live(database)
    require_next_build(project, database)
    assert ("published" if phase == "after" else "abandoned") == statuses(database)[0]


def test_killed_at_any_moment(project: Project, database: Database, background: Background) -> None:
    """kill -9 at 25 moments: the table is whole, old or new, and the next build just works."""
    moments = random.Random(2)  # noqa: S311 -- no secret
    many = 30_000
    sql = f"SELECT n, {{generation}} AS generation FROM generate_series(1, {many}) AS n"
    more = {"primary_key": ["n"], "output_check": [{"sql": "SELECT 1", "count": 1}]}
    project.write("numbers", {"main_sql": sql, "params": {"generation": 0}, **more})
    assert 0 == project.run("build", "numbers").returncode
    found, wanted = [], []

    for generation in range(1, 26):
        build = background.start("build", "numbers", "--param", f"generation={generation}")
        with suppress(subprocess.TimeoutExpired):
            build.wait(timeout=moments.uniform(0.2, 0.9))
        kill = moments.choice((os.kill, os.killpg))
        with suppress(ProcessLookupError):
            kill(build.pid, signal.SIGKILL)
        build.wait(timeout=DEADLINE)
        found += database.rows(
            "SELECT count(*), array_agg(DISTINCT generation) FROM analytics.numbers"
        )
        was = [1000 * (generation - 1)]
        wanted.append((many, was if found[-1][1] == was else [generation]))
        again = project.run("build", "numbers", "--param", f"generation={1000 * generation}")
        assert 0 == again.returncode, again.stderr
        assert not [name for name in database.tables("analytics") if name.startswith("temp_")]
        assert "running" not in statuses(database)

    assert wanted == found


@pytest.mark.parametrize("phase", PHASES)
def test_a_lost_connection(
    phase: str, project: Project, database: Database, background: Background
) -> None:
    """A server session that ends under each try exits 3; the live table is as it was."""
    prepare(project, database, **PHASES[phase])

    with Watcher(database) as watcher:
        build = background.start("build", "numbers")
        for _ in range(3):
            watcher.until_waiting("PgSleep")
            watcher.execute(
                f"SELECT pg_terminate_backend(pid, 5000) FROM ({OURS}) o "
                "WHERE wait_event = 'PgSleep'"
            )
        _, said = build.communicate(timeout=DEADLINE)

    assert 3 == build.returncode, said
    assert "connection to the warehouse was lost" in said
    assert "Traceback" not in said
    assert ([(7,)], ["failed"] * 3) == (live(database), statuses(database))
    require_next_build(project, database)


def test_all_connections_lost(project: Project, database: Database, background: Background) -> None:
    """A build that loses all its connections begins anew, and says so; the journal has both."""
    prepare(project, database, main_sql=GATED.replace("SELECT n", "SELECT 8 AS n", 1))

    with Gate(database) as gate:
        build = background.start("build", "numbers")
        gate.until_somebody_waits()
        gate.execute(f"SELECT pg_terminate_backend(pid, 5000) FROM ({OURS}) o")
        gate.until_somebody_waits()
    out, said = build.communicate(timeout=DEADLINE)

    assert (0, "") == (build.returncode, said)
    assert "! tried again: The connection to the warehouse was lost" in out
    assert ["failed", "published"] == statuses(database)


def test_two_builds_at_once(project: Project, database: Database, background: Background) -> None:
    """One build of a table at a time: the second says who is at it, or waits for its turn."""
    prepare(
        project, database, main_sql=GATED.replace("SELECT n", "SELECT 8 AS n", 1) + " WHERE n = 1"
    )

    with Gate(database) as gate:
        first = background.start("build", "numbers")
        gate.until_somebody_waits()
        refused = project.run("build", "numbers")
        refused_publish = project.run("publish", "numbers")
        waiting = background.start("build", "numbers", "--wait", "60")
        gate.until(f"EXISTS (SELECT FROM ({OURS}) o WHERE query LIKE '%pg_try_advisory_lock%')")
    codes = [process.wait(timeout=DEADLINE) for process in (first, waiting)]
    [(run_id,), _] = database.rows("SELECT run_id FROM builder.runs ORDER BY started_at")

    assert ([4, 4], [0, 0]) == ([refused.returncode, refused_publish.returncode], codes)
    for part in (run_id, socket.gethostname(), f"process {first.pid}", "step stage since"):
        assert part in refused.stderr
    assert (["published"] * 2, [(8,)]) == (statuses(database), live(database))


def test_two_builds_of_two_tables_at_once(
    project: Project, database: Database, background: Background
) -> None:
    """Different tables do not wait for each other, not even for a schema or journal that is new."""
    for number in range(6):
        project.write(f"table_{number}", {"main_sql": f"SELECT {number} AS n"})

    builds = [background.start("build", f"table_{number}") for number in range(6)]
    said = [build.communicate(timeout=DEADLINE) for build in builds]

    assert [0] * 6 == [build.returncode for build in builds], said
    assert [f"table_{number}" for number in range(6)] == database.tables("analytics")
