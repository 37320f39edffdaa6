"""docs/summary-files.md names exactly the functions that are translated."""

from __future__ import annotations

import re

import pytest
from rig import REPOSITORY

from builder.query.translate import LANGUAGES

PAGE = (REPOSITORY / "docs" / "summary-files.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("dialect", LANGUAGES)
def test_functions_of_a_dialect_are_documented(dialect: str) -> None:
    """Each function on a list stands in its dialect's table, and nothing else does."""
    table = re.search(rf"<!-- functions: {dialect} -->\n((?:\|.*\n)+)", PAGE)
    assert table
    documented = set(re.findall(r"`(\w+)`", table[1])) - {"COUNT"}

    assert set(LANGUAGES[dialect].functions) - {"COUNT"} == documented
