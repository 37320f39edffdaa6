"""What stands in the way of a publish, or surprises whoever looks after the warehouse."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import psycopg2
import pytest
from integration.servers import postgres15, with_postgres15
from integration.warehouse import Warehouse, summary
from rig import Database

if TYPE_CHECKING:
    from builder.engines.base import Finding


def findings(warehouse: Warehouse) -> dict[str, Finding]:
    """What doctor says, by what it looked at."""
    return {one.what: one for one in warehouse.engine().diagnosis()}


def test_quiet_warehouse_has_no_surprises(warehouse: Warehouse) -> None:
    """Where nothing is in the way nothing is told but what is fine."""
    assert {True} == {one.good for one in findings(warehouse).values()}


def test_running_dump_is_named(warehouse: Warehouse) -> None:
    """pg_dump holds a lock on every table; doctor knows it by its name."""
    with closing(psycopg2.connect(warehouse.database.url, application_name="pg_dump")) as dump:
        found = findings(warehouse)["pg_dump"]

        assert found.good is None
        assert f"process {dump.info.backend_pid} dumps this database" in found.found
        assert "let builds run at another time" in found.remedy


@pytest.mark.parametrize("scope", ["ALL TABLES", "TABLES IN SCHEMA analytics"])
def test_publication_of_everything_is_named(warehouse: Warehouse, scope: str) -> None:
    """Nothing is built under such a publication, which is better known before."""
    warehouse.run(
        "CREATE SCHEMA analytics",
        f"SET client_min_messages = error; CREATE PUBLICATION everything FOR {scope}",
    )
    found = findings(warehouse)["publications"]

    assert (None, "whole schemas or all tables are in everything") == (found.good, found.found)


def test_kept_versions_are_counted(warehouse: Warehouse) -> None:
    """Disk that versions take up is told, and what a build has left staged."""
    for _ in range(3):
        warehouse.build(summary(keep=5))
    warehouse.build(summary(), publishes=False)
    found = findings(warehouse)

    assert "kept to be brought back: 2 of them, 16 kB" == found["versions"].found
    assert "not published: analytics.temp_numbers" == found["staged"].found


@with_postgres15
def test_standbys_that_commits_wait_for_are_named() -> None:
    """A server whose commits wait for a standby says for which, and what helps."""
    with postgres15("synchronous_standby_names=far", "synchronous_commit=local") as url:
        warehouse = Warehouse(Database(url))
        found = findings(warehouse)["standbys"]
        warehouse.close()

    assert (None, "commits wait for far") == (found.good, found.found)
    assert "synchronous_commit = local" in found.remedy
