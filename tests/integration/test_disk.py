"""A warehouse on a full disk: what is live stays, and the next build that fits is published."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import psycopg2
import pytest
from integration.servers import database_on, postgres15, small_disk, with_postgres15
from integration.warehouse import Warehouse, summary
from rig import Database

from builder.errors import EngineError

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = with_postgres15

DISK = 24  # MB
CATALOGS = 8  # MB of an empty database
DISK_FULL = "53100"
LIVE = "SELECT 'analytics.numbers'::regclass::oid, count(*), sum(n) FROM analytics.numbers"
STATUS = "SELECT status FROM builder.runs ORDER BY started_at"


@pytest.fixture(params=["whole database", "new tables"])
def small(request: pytest.FixtureRequest) -> Iterator[Warehouse]:
    """A warehouse that has DISK for tables: where the database is, or where new tables go."""
    is_whole = request.param == "whole database"
    with small_disk(DISK + (CATALOGS if is_whole else 0)) as folder, postgres15() as server:
        with closing(psycopg2.connect(server)) as session:
            session.autocommit = True
            session.cursor().execute(f"CREATE TABLESPACE small LOCATION '{folder}'")
        place = "small" if is_whole else "pg_default"
        with database_on(server, "warehouse", place) as url, closing(Warehouse(Database(url))) as w:
            if not is_whole:
                w.run("ALTER DATABASE warehouse SET default_tablespace = small")
            w.run("CHECKPOINT")  # the files of a new database have holes until then
            yield w


def of(megabytes: int) -> str:
    """A query whose result takes so much: rows of 1 kB that cannot be compressed, 7 on a page."""
    filling = "(SELECT string_agg(md5(n || ' ' || m), '') FROM generate_series(1, 31) AS m)"
    rows = megabytes * 128 * 7
    return f"SELECT n, {filling} AS filling FROM generate_series(1, {rows}) AS n"


def test_result_that_does_not_fit_leaves_all_as_it_was(small: Warehouse) -> None:
    """A result that is too large for the disk is an error; what fits is published afterwards.

    The live table and the journal are whole, and nothing of the failed build takes the disk.
    """
    small.build(summary(of(2), keep=0))
    before = small.rows(LIVE)

    with pytest.raises(EngineError, match="No space left on device") as failed:
        small.build(summary(of(2 * DISK), keep=0))

    assert DISK_FULL == failed.value.code
    assert (before, ["numbers"]) == (small.rows(LIVE), small.tables())
    assert ["published", "failed"] == small.column(STATUS)
    assert "published" == small.build(summary(of(DISK - 6), keep=0)).status
    assert ["numbers"] == small.tables()


def test_index_that_does_not_fit_leaves_the_disk_to_the_next_build(small: Warehouse) -> None:
    """What a failed build has left is gone before the next one needs its place.

    Here the staged table fits and its index does not. The next build's table fits only where
    the one that was left does not lie there any more.
    """
    small.build(summary(of(1), keep=0))
    before = small.rows(LIVE)
    large = of(DISK // 2 + 1)

    with pytest.raises(EngineError, match="No space left on device"):
        small.build(summary(large, keep=0, indexes=(("filling",),)))

    assert before == small.rows(LIVE)
    assert "published" == small.build(summary(large, keep=0)).status
    assert ["published", "failed", "published"] == small.column(STATUS)
    assert ["numbers"] == small.tables()
