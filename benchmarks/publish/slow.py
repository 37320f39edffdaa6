"""A query that holds the table for seconds while it is published."""

from __future__ import annotations

import threading
from contextlib import closing
from typing import TYPE_CHECKING

import psycopg2

from benchmarks.publish.project import rows, wait_until
from benchmarks.publish.reader import question

if TYPE_CHECKING:
    from builder.run import Run

SECONDS = 3.0
_SLEEPS = "SELECT 1 FROM pg_stat_activity WHERE pid = %s AND wait_event = 'PgSleep'"


class SlowQuery:
    """One query of SECONDS each time it is begun, or one after the other until the end."""

    def __init__(self, url: str, table: str, size: int) -> None:
        self._url, self._size = url, size
        self._sql = f"{question(table)}, pg_sleep({SECONDS})"
        self._over = threading.Event()
        self._thread: threading.Thread | None = None
        self._pid: int | None = None
        self._wrong: list[str] = []

    def begin(self, *, again: bool = False) -> None:
        """Return once the query is under way; with `again`, others follow it without a pause."""
        self._over.clear()
        if not again:
            self._over.set()
        self._pid = None
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        with closing(psycopg2.connect(self._url)) as session:
            session.autocommit = True
            wait_until(lambda: self._pid and rows(session, _SLEEPS, self._pid), self._sql)

    def begin_at_publish(self, run: Run) -> None:
        """Listens to a run: the query begins when all is built, and is about to be published."""
        step = run.steps[-1]
        if self._thread is None and step.name == "publish" and step.passed is None:
            self.begin()

    def end(self) -> None:
        """Wait for the last one; ends the program if one failed or saw half a table."""
        self._over.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None
        if self._wrong:
            raise SystemExit(f"the slow query: {self._wrong[0]}")

    def _run(self) -> None:
        with closing(psycopg2.connect(self._url, application_name="slow reader")) as session:
            session.autocommit = True
            self._pid = session.info.backend_pid
            while True:
                try:
                    count, least, most = rows(session, self._sql)[0]
                except psycopg2.Error as error:
                    self._wrong.append(str(error))
                    return
                if count != self._size or least != most:
                    self._wrong.append(f"{count} rows of versions {least} to {most}")
                if self._over.is_set():
                    return
