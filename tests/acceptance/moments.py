"""Moments of a build that a test waits for, by asking the server and never by the clock."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Self

import psycopg2

if TYPE_CHECKING:
    import subprocess

    from rig import Database, Project

DEADLINE = 20.0
"""Seconds after which a moment that never comes fails the test."""


class Background:
    """Commands that run beside the test."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._started: list[subprocess.Popen[str]] = []

    def start(self, *arguments: str, **more: str) -> subprocess.Popen[str]:
        """Start a command in a process group of its own."""
        process = self._project.start(*arguments, **more)
        self._started.append(process)
        return process

    def close(self) -> None:
        """Kill what still runs, and close all pipes."""
        for process in self._started:
            if process.poll() is None:
                process.kill()
            for pipe in (process.stdout, process.stderr):
                if pipe is not None and not pipe.closed:
                    pipe.close()
            process.wait(timeout=DEADLINE)


class Watcher:
    """Looks at a database over one connection of its own; a context manager.

    In a transaction that is open it sees no change: another Watcher has to look then.
    """

    def __init__(self, database: Database) -> None:
        self._connection = psycopg2.connect(database.url)
        self._connection.autocommit = True

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def execute(self, sql: str) -> None:
        """Send a statement."""
        with self._connection.cursor() as cursor:
            cursor.execute(sql)

    def until(self, sql: str) -> None:
        """Wait until a query says true."""
        deadline = time.monotonic() + DEADLINE
        with self._connection.cursor() as cursor:
            while True:
                # The server paces the questions, so that they leave it time for the build.
                cursor.execute(f"SELECT ({sql}), pg_sleep(0.01)")
                row = cursor.fetchone()
                if row is not None and row[0]:
                    return
                assert time.monotonic() < deadline, f"it never came to this: {sql}"

    def until_waiting(self, event: str) -> None:
        """Wait until a statement of the builder's waits for `event`."""
        self.until(f"EXISTS (SELECT FROM ({OURS}) o WHERE wait_event = '{event}')")

    def until_step(self, step: str) -> None:
        """Wait until the journal says that a run is at a step."""
        self.until("to_regclass('builder.runs') IS NOT NULL")
        self.until(
            f"EXISTS (SELECT FROM builder.runs WHERE status = 'running' AND step = '{step}')"
        )

    def until_nobody(self) -> None:
        """Wait until no session of the builder's is left in this database."""
        self.until(f"NOT EXISTS ({OURS})")


OURS = (
    "SELECT * FROM pg_stat_activity WHERE datname = current_database() "
    "AND application_name = 'summary-builder'"
)


GATED = "SELECT n FROM generate_series(1, 5) AS n, (SELECT pg_advisory_xact_lock(7)) AS gate"
"""A query that waits before a Gate."""


class Gate(Watcher):
    """What GATED waits for, until the gate is left."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self.execute("SELECT pg_advisory_lock(7)")

    def until_somebody_waits(self) -> None:
        """Wait until a statement of the builder's stands before the gate."""
        self.until_waiting("advisory")
