"""What all tests share: one real server, a fresh database for each test, a project of its own.

The server is the embedded one, started once for the whole session in a temporary folder. A
database is cloned from a template, which takes some 50 ms, so no test sees another's tables.
"""

from __future__ import annotations

import itertools
import signal
from typing import TYPE_CHECKING
from urllib.parse import urlsplit, urlunsplit

import psycopg2
import pytest
from rig import REPOSITORY, Database, Project

from builder.engines import embedded
from builder.engines.postgres import PostgresEngine
from builder.engines.sample import load_sample

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# A shell starts what it puts in the background with SIGINT ignored, and that is inherited.
signal.signal(signal.SIGINT, signal.default_int_handler)

TEMPLATE, SAMPLE = "template1", "sample_template"
_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[embedded.Server]:
    """One embedded server for the whole session."""
    folder = tmp_path_factory.mktemp("server") / ".builder" / "postgres"
    started, _ = embedded.start(folder)
    yield started
    embedded.stop(folder)


def url_of(server: embedded.Server, database: str) -> str:
    """The address of another database of the same server."""
    return urlunsplit(urlsplit(server.url)._replace(path=f"/{database}"))


def _create(server: embedded.Server, template: str) -> Iterator[Database]:
    name = f"test_{next(_numbers)}"
    _outside_a_transaction(server, f"CREATE DATABASE {name} TEMPLATE {template}")
    yield Database(url_of(server, name))
    _outside_a_transaction(server, f"DROP DATABASE {name} WITH (FORCE)")


def _outside_a_transaction(server: embedded.Server, sql: str) -> None:
    connection = psycopg2.connect(server.url)
    connection.autocommit = True
    try:
        connection.cursor().execute(sql)
    finally:
        connection.close()


@pytest.fixture
def database(server: embedded.Server) -> Iterator[Database]:
    """An empty database."""
    yield from _create(server, TEMPLATE)


@pytest.fixture(scope="session")
def _sample(server: embedded.Server) -> str:
    _outside_a_transaction(server, f"CREATE DATABASE {SAMPLE} TEMPLATE {TEMPLATE}")
    engine = PostgresEngine({"dsn": url_of(server, SAMPLE)}, "tests")
    load_sample(engine, REPOSITORY / "sql")
    engine.close()
    return SAMPLE


@pytest.fixture
def sample(server: embedded.Server, _sample: str) -> Iterator[Database]:
    """A database with the sample warehouse in it."""
    yield from _create(server, _sample)


@pytest.fixture
def project(tmp_path: Path, database: Database) -> Project:
    """An empty project on an empty database."""
    return Project(tmp_path, database.url)


@pytest.fixture
def sample_project(sample: Database) -> Project:
    """This repository's own summaries on the sample warehouse."""
    return Project(REPOSITORY, sample.url)
