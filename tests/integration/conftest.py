"""What the tests on a real Postgres share: a warehouse of each test's own, or one session."""

from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg2
import pytest
from integration.warehouse import Warehouse

if TYPE_CHECKING:
    from collections.abc import Iterator

    from psycopg2.extensions import connection
    from rig import Database

    from builder.engines import embedded


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
