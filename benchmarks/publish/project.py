"""A temporary project with a server of its own, and the builder's command line in it."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import psycopg2

from builder.engines import embedded
from builder.engines.postgres import PostgresEngine
from builder.journal import Journal

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from contextlib import ExitStack

    from psycopg2.extensions import connection

REPOSITORY = Path(__file__).parents[2]
PATIENCE = 60.0
"""Seconds after which something that never comes ends the benchmark."""


class Project:
    """A folder with summaries and the embedded server below it; a context manager."""

    def __init__(self) -> None:
        self._place = tempfile.TemporaryDirectory()
        self.folder = Path(self._place.name)

    def __enter__(self) -> Self:
        (self.folder / "summaries").mkdir()
        self.start_server()
        return self

    def __exit__(self, *_: object) -> None:
        embedded.stop(self.home)
        self._place.cleanup()

    @property
    def url(self) -> str:
        """The address of the server."""
        return self.server.url

    @property
    def home(self) -> Path:
        """The folder of the server."""
        return self.folder / ".builder" / "postgres"

    def start_server(self) -> None:
        """Start the server unless it runs; it may have another port than before."""
        self.server, _ = embedded.start(self.home)

    def set(self, **settings: str | int) -> None:
        """Change settings of the server, and start it anew with them."""
        with closing(self.connect()) as session:
            for name, value in settings.items():
                rows(session, f"ALTER SYSTEM SET {name} = '{value}'")
        embedded.stop(self.home)
        self.start_server()

    def connect(self) -> connection:
        """A session of ours, in autocommit, that is told from the builder's by its name."""
        session = psycopg2.connect(self.url, application_name="benchmark")
        session.autocommit = True
        return session

    def reconnect(self) -> connection:
        """The same after the server was killed: it is started again if it has not done so."""
        until = time.monotonic() + PATIENCE
        while True:
            self.start_server()
            try:
                return self.connect()
            except psycopg2.OperationalError:
                if time.monotonic() > until:
                    raise
            time.sleep(0.05)

    def builder(self, ends: ExitStack) -> tuple[PostgresEngine, Journal]:
        """An engine and a journal in this very process, closed with `ends`."""
        engine = PostgresEngine({"dsn": self.url}, "benchmark")
        ends.callback(engine.close)
        return engine, ends.enter_context(closing(Journal(engine.connect)))

    def write(self, table: str, summary: Mapping[str, object]) -> Path:
        """The summary file of `analytics.TABLE`."""
        file = self.folder / "summaries" / f"{table}.py"
        whole = {"table": table, "schema": "analytics", **summary}
        file.write_text(repr(whole), encoding="utf-8")
        return file

    def start(
        self, *arguments: object, module: str = "builder", stderr: int = subprocess.DEVNULL
    ) -> subprocess.Popen[str]:
        """A command in the background, in a process group of its own."""
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("BUILDER_", "PG"))}
        return subprocess.Popen(
            [sys.executable, "-m", module, *map(str, arguments)],
            cwd=self.folder,
            env={**kept, "PYTHONPATH": str(REPOSITORY)},
            start_new_session=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=stderr,
            text=True,
        )

    def run(self, *arguments: object) -> float:
        """A command that must do its work; how many seconds it took."""
        begun = time.perf_counter()
        process = self.start(*arguments, stderr=subprocess.PIPE)
        _, said = process.communicate()
        if process.returncode != 0:
            raise SystemExit(f"builder {' '.join(map(str, arguments))}: {said}")
        return time.perf_counter() - begun


def rows(session: connection, sql: str, *values: object) -> list[tuple[Any, ...]]:
    """What one statement returns."""
    with session.cursor() as cursor:
        cursor.execute(sql, values or None)
        return cursor.fetchall() if cursor.description else []


def wait_until(condition: Callable[[], object], what: str, patience: float = PATIENCE) -> None:
    """Return once the condition holds; ends the program where it never does."""
    until = time.monotonic() + patience
    while not condition():
        if time.monotonic() > until:
            raise SystemExit(f"it never came to this: {what}")
        time.sleep(0.005)
