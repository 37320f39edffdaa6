"""What the tests of the pipeline share: one summary, and the calls that a run of it makes."""

from __future__ import annotations

from dataclasses import replace

from builder.relation import Relation
from builder.summary import Count, Summary, Text

TARGET = Relation("analytics", "sales")
SALES = Summary(
    TARGET,
    Text("SELECT * FROM raw.orders"),
    input_checks=(Count("input_check[0]", Text("SELECT count(*) FROM raw.orders"), 1),),
    output_checks=(Count("output_check[0]", Text("SELECT 7"), 1),),
)
WITH_AFTER = replace(SALES, after=(Text("GRANT SELECT ON sales TO bi"),))
STAGING = [
    "lock analytics.sales",
    "journal.start",
    "require_publishable analytics.sales",
    "snapshot raw.orders",
    "measure SELECT count(*) FROM raw.orders",
    "stage SELECT * FROM raw.orders",
    "end_of_snapshot",
    "finish_staging analytics.temp_sales",
    "reader",
    "measure SELECT 7",
]
PUBLISHING = [
    "publish analytics.sales",
    "journal.published",
    "swap analytics.sales",
    "journal.kept",
    "let_go",
]


def ended(status: str) -> list[str]:
    """The last two calls of every run that got its lock."""
    return ["unlock analytics.sales", f"journal.finish {status}"]
