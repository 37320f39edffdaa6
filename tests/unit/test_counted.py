"""The rows that a query counts, where there should have been fewer."""

from __future__ import annotations

import pytest

from builder.query import Rendered, rows_counted, select
from builder.summary import Text


def counted(query: str) -> str | None:
    """The rows of a query, if it only counts."""
    found = rows_counted(select(Rendered(query, Text(query)), "postgres"), "postgres")
    return found.text if found else None


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("SELECT COUNT(1) FROM raw.nps", "SELECT * FROM raw.nps"),
        ("SELECT count(*) FROM raw.nps", "SELECT * FROM raw.nps"),
        ("SELECT COUNT(1) AS n FROM raw.nps", "SELECT * FROM raw.nps"),
        ("SELECT COUNT(1) FROM raw.nps;", "SELECT * FROM raw.nps"),
        (
            "SELECT COUNT(1) FROM raw.nps -- all\nWHERE score > 10",
            "SELECT * FROM raw.nps WHERE score > 10",
        ),
        (
            "SELECT COUNT(1) FROM a JOIN b USING (id) WHERE b.id IS NULL",
            "SELECT * FROM a JOIN b USING (id) WHERE b.id IS NULL",
        ),
        (
            "WITH a AS (SELECT 1 AS n) SELECT COUNT(1) FROM a",
            "WITH a AS (SELECT 1 AS n) SELECT * FROM a",
        ),
        (
            "SELECT COUNT(1) FROM (SELECT id FROM a GROUP BY id HAVING COUNT(1) > 1) AS b",
            "SELECT * FROM (SELECT id FROM a GROUP BY id HAVING COUNT(1) > 1) AS b",
        ),
    ],
)
def test_query_that_only_counts_has_rows(query: str, expected: str) -> None:
    """`SELECT *` stands in place of the count, and everything after it stays."""
    assert expected == counted(query)


@pytest.mark.parametrize(
    "query",
    [
        "SELECT COUNT(score) FROM raw.nps",
        "SELECT COUNT(DISTINCT id) FROM raw.nps",
        "SELECT COUNT(1), COUNT(1) FROM raw.nps",
        "SELECT COUNT(1, 2) FROM raw.nps",
        "SELECT COUNT(1) + 1 FROM raw.nps",
        "SELECT COUNT(1) FILTER (WHERE score > 10) FROM raw.nps",
        "SELECT SUM(score) FROM raw.nps",
        "SELECT COUNT(1) FROM raw.nps GROUP BY id",
        "SELECT COUNT(1) FROM raw.nps HAVING COUNT(1) > 1",
        "SELECT COUNT(1) FROM raw.nps LIMIT 1",
        "SELECT COUNT(1) OVER () FROM raw.nps",
        "SELECT DISTINCT COUNT(1) FROM raw.nps",
        "SELECT (SELECT COUNT(1) FROM raw.nps)",
        "SELECT COUNT(1) FROM a UNION SELECT COUNT(1) FROM b",
        "SELECT id FROM raw.nps",
        "VALUES (3)",
    ],
)
def test_any_other_query_has_none(query: str) -> None:
    """What is not a plain count of rows says nothing of which rows they are."""
    assert None is counted(query)


def test_sources_stay() -> None:
    """It reads the same relations, in SQL of its own."""
    query = "SELECT COUNT(1) FROM raw.nps"
    made = select(Rendered(query, Text(query)), "postgres")
    found = rows_counted(made, "postgres")

    assert found is not None
    assert made.sources == found.sources
