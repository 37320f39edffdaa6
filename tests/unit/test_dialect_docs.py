"""docs/summary-files.md names exactly the functions that are translated."""

from __future__ import annotations

import re

import pytest
from rig import REPOSITORY

from builder.query.translate import LANGUAGES

PAGE = (REPOSITORY / "docs" / "summary-files.md").read_text(encoding="utf-8")


TITLES = {"snowflake": "Snowflake", "bigquery": "BigQuery", "mysql": "MySQL", "spark": "Spark"}


def named(text: str) -> set[str]:
    """The functions that a part of the page names; COUNT is a construct."""
    return set(re.findall(r"`(\w+)`", text)) - {"COUNT"}


def table(mark: str) -> str:
    """The table behind a mark."""
    found = re.search(rf"<!-- functions: {mark} -->\n((?:\|.*\n)+)", PAGE)
    assert found
    return found[1]


@pytest.mark.parametrize("dialect", LANGUAGES)
def test_functions_of_a_dialect_are_documented(dialect: str) -> None:
    """Each function on a list stands in its dialect's table, and nothing else does."""
    if dialect in TITLES:
        rows = dict(re.findall(r"^\| ([\w ]+) \| (.*) \|$", table("all"), re.MULTILINE))
        documented = named(rows["all four"]) | named(rows[TITLES[dialect]])
    else:
        documented = named(table(dialect))

    assert set(LANGUAGES[dialect].functions) == documented
