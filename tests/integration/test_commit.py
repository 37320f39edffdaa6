"""A COMMIT whose answer never comes: table, journal and run tell the same all the same."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from integration.cable import Where, cable
from integration.warehouse import Warehouse, summary

from builder.engines.postgres import PostgresEngine
from builder.errors import EngineError
from builder.journal import Journal
from builder.pipeline import build, rollback

if TYPE_CHECKING:
    from builder.run import Run

ROWS = "SELECT n FROM analytics.numbers"
STATUSES = "SELECT status FROM builder.runs ORDER BY started_at"


@pytest.fixture(autouse=True)
def _hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """A run that failed by what passes by itself is tried again at once."""
    monkeypatch.setattr("builder.attempt.PAUSES", (0.0, 0.0))


def published(url: str, number: int) -> Run:
    """A build over that address, with an after_sql."""
    engine = PostgresEngine({"dsn": url}, "tests")
    with closing(engine), closing(Journal(engine.connect)) as journal:
        what = summary(f"SELECT {number} AS n", keep=1, after=["SELECT 1"])
        return build(what, engine=engine, journal=journal)


@pytest.mark.parametrize(
    ("cut", "statuses"),
    [("after", ["published"] * 2), ("before", ["published", "failed", "published"])],
)
def test_publish_is_found_out(warehouse: Warehouse, cut: Where, statuses: list[str]) -> None:
    """Committed or not, the run finds out: it goes on, or it is tried again."""
    warehouse.build(summary("SELECT 1 AS n"))
    with cable(warehouse.database.url, cut) as url:
        run = published(url, 2)

    assert ("published", [2]) == (run.status, warehouse.column(ROWS))
    assert statuses == warehouse.column(STATUSES)
    assert ["numbers", "prev_numbers"] == warehouse.tables()
    assert (cut == "before") == any("tried again" in notice for notice in run.notices)


def test_publish_that_is_cut_each_time_is_an_error(warehouse: Warehouse) -> None:
    """Where it never comes through, the live table is as it was, and the journal says so."""
    warehouse.build(summary("SELECT 1 AS n"))
    with (
        cable(warehouse.database.url, "before", times=3) as url,
        pytest.raises(EngineError, match="connection to the warehouse was lost"),
    ):
        published(url, 2)

    assert [1] == warehouse.column(ROWS)
    assert ["published", *["failed"] * 3] == warehouse.column(STATUSES)
    assert "published" == warehouse.build(summary("SELECT 3 AS n")).status
    assert ["numbers", "prev_numbers"] == warehouse.tables()


def test_rollback_is_found_out(warehouse: Warehouse) -> None:
    """The same holds for a rollback: it is not done twice, which would undo it."""
    for number in (1, 2):
        warehouse.build(summary(f"SELECT {number} AS n"))
    with cable(warehouse.database.url, "after") as url:
        engine = PostgresEngine({"dsn": url}, "tests")
        with closing(engine), closing(Journal(engine.connect)) as journal:
            run = rollback(summary(), engine=engine, journal=journal)

    assert ("published", [1]) == (run.status, warehouse.column(ROWS))
    assert ["published"] * 3 == warehouse.column(STATUSES)


def test_merge_is_found_out(warehouse: Warehouse) -> None:
    """And for rows that are changed in place."""
    warehouse.build(summary("SELECT 1 AS n"))
    warehouse.run(
        "CREATE FUNCTION f(analytics.numbers) RETURNS int LANGUAGE sql AS 'SELECT 1'",
    )
    with cable(warehouse.database.url, "after") as url:
        engine = PostgresEngine({"dsn": url}, "tests")
        with closing(engine), closing(Journal(engine.connect)) as journal:
            what = summary("SELECT 2 AS n", unique=(("n",),), publish="merge")
            run = build(what, engine=engine, journal=journal)

    assert ("published", [2]) == (run.status, warehouse.column(ROWS))
    assert ["published"] * 2 == warehouse.column(STATUSES)
