"""What the tests on a real Postgres share: a warehouse of each test's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from integration.warehouse import Warehouse

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rig import Database


@pytest.fixture
def warehouse(database: Database) -> Iterator[Warehouse]:
    """An empty warehouse."""
    warehouse = Warehouse(database)
    yield warehouse
    warehouse.close()
