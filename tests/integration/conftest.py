"""What the tests on a real Postgres share: a warehouse of each test's own, or one session."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import psycopg2
import pytest
from integration.warehouse import Warehouse

from builder.expectations import Worker

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from psycopg2.extensions import connection
    from rig import Database

    from builder.engines import embedded


# Notes what the process does beside talking to the database, which the driver does in C.
WATCHED = """
import os, sys
notes = os.open({file!r}, os.O_WRONLY | os.O_CREAT)
def note(event, arguments):
    writes = event == "open" and (arguments[2] or 0) & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)
    ours = isinstance(arguments[0], int) or arguments[0] == os.devnull
    if writes and (ours or "__pycache__" in str(arguments[0])):
        return
    if writes or event.startswith(("socket.connect", "socket.get", "socket.send", "subprocess",
                                   "os.system", "os.fork", "os.exec", "os.posix_spawn")):
        os.write(notes, f"{{event}} {{arguments[:1]}}\\n".encode())
sys.addaudithook(note)
from builder.expectations.worker import main
main()
"""


@pytest.fixture
def warehouse(database: Database) -> Iterator[Warehouse]:
    """An empty warehouse."""
    warehouse = Warehouse(database)
    yield warehouse
    warehouse.close()


@pytest.fixture(scope="module")
def asked(server: embedded.Server) -> Iterator[connection]:
    """One session for all values."""
    session = psycopg2.connect(server.url)
    session.autocommit = True
    yield session
    session.close()


@pytest.fixture(scope="session")
def notes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the process that runs Great Expectations is noted."""
    return tmp_path_factory.mktemp("watched") / "notes"


@pytest.fixture(scope="session")
def worker(notes: Path) -> Iterator[Worker]:
    """One process for all tests that leave it alive: its import takes seconds."""
    with Worker([sys.executable, "-c", WATCHED.format(file=str(notes))]) as worker:
        yield worker
