"""What a warehouse says of itself: relations, columns, a query's shape, a table's declarations."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from builder.errors import QueryFailed
from builder.query import Rendered, select
from builder.relation import Relation
from builder.summary import Text

if TYPE_CHECKING:
    from integration.warehouse import Warehouse

SALES = Relation("shop", "sales")


@pytest.fixture
def shop(warehouse: Warehouse) -> Warehouse:
    """A warehouse with one table that has everything a file can say of one."""
    warehouse.run(
        "CREATE SCHEMA shop",
        "CREATE DOMAIN shop.money AS numeric(10, 2)",
        """CREATE TABLE shop.sales (
            day date, "Channel" varchar(20), amount shop.money, at timestamptz, n int,
            PRIMARY KEY (day, "Channel"), UNIQUE (n))""",
        "CREATE UNIQUE INDEX ON shop.sales (at)",
        "CREATE UNIQUE INDEX ON shop.sales (amount) WHERE amount > 0",
        "CREATE INDEX plain ON shop.sales (amount, day)",
        'CREATE INDEX special ON shop.sales (lower("Channel") DESC)',
        "COMMENT ON TABLE shop.sales IS 'What was sold'",
        "COMMENT ON COLUMN shop.sales.amount IS 'in won'",
        "CREATE VIEW shop.days AS SELECT day FROM shop.sales",
    )
    return warehouse


def test_columns_come_with_their_types_in_order(shop: Warehouse) -> None:
    """A domain is told as what it is made of; a relation that is not there is left out."""
    days, gone = Relation("shop", "days"), Relation("shop", "gone")
    found = shop.engine().columns([gone, SALES, days])

    assert {
        SALES: {
            "day": "date",
            "Channel": "character varying(20)",
            "amount": "numeric(10,2)",
            "at": "timestamp with time zone",
            "n": "integer",
        },
        days: {"day": "date"},
    } == found
    assert [*found[SALES]] == ["day", "Channel", "amount", "at", "n"]
    assert {SALES, days} <= set(shop.engine().relations())
    assert {} == shop.engine().columns([])


def test_shape_of_a_query_is_known_without_running_it(shop: Warehouse) -> None:
    """Names may stand twice; a query that would fail while it runs still has a shape."""

    def shape(sql: str) -> list[tuple[str, str]]:
        return [*shop.engine().shape(select(Rendered(sql, Text(sql)), "postgres"))]

    assert [("day", "date"), ("day", "text"), ("x", "integer")] == shape(
        "SELECT day, day::text AS day, 1 / (n - n) AS x FROM shop.sales;"
    )
    with pytest.raises(QueryFailed, match=r'column "dya" does not exist.*did you mean day'):
        shape("SELECT dya FROM shop.sales")


def test_declarations_are_what_a_file_could_say(shop: Warehouse) -> None:
    """Keys, indexes and comments come by the file's keys; what a file cannot say is left out."""
    expected = {
        "description": "What was sold",
        "columns": {"amount": "in won"},
        "primary_key": ["day", "Channel"],
        "unique": [["at"], ["n"]],
        "indexes": [["amount", "day"], 'USING btree (lower(("Channel")::text) DESC)'],
    }

    assert expected == shop.engine().declarations(SALES)
    assert {} == shop.engine().declarations(Relation("shop", "days"))
    assert None is shop.engine().declarations(Relation("shop", "gone"))
