"""What is staged is nobody else's, and what one table's SQL leaves behind ends with it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from integration.warehouse import summary

from builder.errors import ChecksFailed, PublishFailed, QueryFailed
from builder.pipeline import preview, publish

if TYPE_CHECKING:
    from integration.warehouse import Warehouse


def test_live_table_under_a_staged_name_is_left_alone(warehouse: Warehouse) -> None:
    """A summary called temp_numbers and one called numbers never take each other's table."""
    named_so = summary("SELECT 7 AS n", table="temp_numbers")
    warehouse.build(named_so)
    with pytest.raises(PublishFailed, match="the builder did not make it"):
        warehouse.build(summary())

    assert [7] == warehouse.column("SELECT n FROM analytics.temp_numbers")


def test_staged_table_is_no_other_summarys_live_one(warehouse: Warehouse) -> None:
    """What one build has staged is not replaced by a summary of that name."""
    warehouse.build(summary(), publishes=False)
    with pytest.raises(PublishFailed, match="is what a build staged"):
        warehouse.build(summary("SELECT 7 AS n", table="temp_numbers"))

    assert [1, 2, 3] == warehouse.column("SELECT n FROM analytics.temp_numbers ORDER BY n")


def test_staged_table_that_was_emptied_is_not_published(warehouse: Warehouse) -> None:
    """No row never replaces rows, whichever verb publishes."""
    warehouse.build(summary())
    warehouse.build(summary(), publishes=False)
    warehouse.run("DELETE FROM analytics.temp_numbers")
    engine = warehouse.engine()
    with pytest.raises(ChecksFailed, match="no row"):
        publish(summary(), engine=engine, journal=warehouse.journal(engine))

    assert [1, 2, 3] == warehouse.column("SELECT n FROM analytics.numbers ORDER BY n")


def test_table_staged_from_an_older_file_is_not_published(warehouse: Warehouse) -> None:
    """What goes live is what the file says now."""
    staged = summary(primary_key=("n",))
    warehouse.build(staged, publishes=False)
    engine = warehouse.engine()
    with pytest.raises(PublishFailed, match="have changed since it was staged"):
        publish(
            replace(staged, primary_key=(), unique=(("n",),)),
            engine=engine,
            journal=warehouse.journal(engine),
        )


@pytest.mark.parametrize(
    "index",
    ["numbers_n_idx7 ON analytics.numbers (n) WHERE n > 1", "ON analytics.numbers USING hash (n)"],
)
def test_index_made_by_hand_is_kept_whatever_its_name(warehouse: Warehouse, index: str) -> None:
    """An index is the file's if a build made it, not if its name looks so; others stay."""
    what = summary(indexes=(("n",),))
    warehouse.build(what)
    warehouse.run(f"CREATE INDEX {index}")
    indexes = "SELECT indexdef FROM pg_indexes WHERE tablename = 'numbers' ORDER BY 1"
    before = warehouse.column(indexes)
    warehouse.build(summary())

    assert 2 == len(before)
    assert [one for one in before if "hash" in one or "WHERE" in one] == warehouse.column(indexes)


def test_role_of_pre_sql_ends_with_its_table(warehouse: Warehouse) -> None:
    """The next table of the same command is built as whoever we are."""
    other = warehouse.role("other")
    warehouse.run(f"CREATE SCHEMA analytics; GRANT ALL ON SCHEMA analytics TO {other}")
    engine = warehouse.engine()
    warehouse.build(summary(before=[f"SET ROLE {other}"]), engine=engine)
    warehouse.build(summary(table="next"), engine=engine)

    ask = "SELECT relowner::regrole::text FROM pg_class WHERE oid = 'analytics.next'::regclass"
    assert [engine.role] == warehouse.column(ask)


def test_settings_of_a_query_end_with_its_table(warehouse: Warehouse) -> None:
    """A search path that one query sets does not decide what the next one reads."""
    engine = warehouse.engine()
    warehouse.run("CREATE SCHEMA raw; CREATE TABLE raw.hidden AS SELECT 1 AS n")
    setting = "SELECT set_config('search_path', 'raw', false) AS path"
    warehouse.build(summary(setting, table="first"), engine=engine)
    with pytest.raises(QueryFailed, match='"hidden" does not exist'):
        warehouse.build(summary("SELECT n FROM hidden"), engine=engine)


def test_preview_refuses_what_a_build_refuses(warehouse: Warehouse) -> None:
    """A person's table under the staged name is not dropped, nor is that shown."""
    warehouse.run("CREATE SCHEMA analytics; CREATE TABLE analytics.temp_numbers (n int)")
    with pytest.raises(PublishFailed, match="the builder did not make it"):
        preview(summary(), engine=warehouse.engine())


def test_values_that_python_cannot_hold_are_shown(warehouse: Warehouse) -> None:
    """A year with five digits, BC, infinity and 24:00 stay what the server wrote."""
    query = (
        "SELECT date '20205-01-01' AS far, date '0044-03-15 BC' AS ides, "
        "timestamp 'infinity' AS never, time '24:00' AS midnight, interval '1 mon' AS month"
    )
    engine = warehouse.engine()
    warehouse.build(summary(query), engine=engine)
    found = engine.rows(summary().target, 5)

    assert (("20205-01-01", "0044-03-15 BC", "infinity", "24:00:00", "1 mon"),) == found.rows
