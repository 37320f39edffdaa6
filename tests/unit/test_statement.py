"""Statement: SQL as data, and as people read it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from builder.engines.base import Statement


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        (Statement("SELECT 1"), "SELECT 1"),
        (Statement("SELECT 5 % 2, '%s'"), "SELECT 5 % 2, '%s'"),
        (Statement("SELECT %s, %s", ("a", None)), "SELECT 'a', NULL"),
        (Statement("SELECT %s", ("it's",)), "SELECT 'it''s'"),
        (Statement("SELECT %s", ("%s",)), "SELECT '%s'"),
        (Statement("SELECT 5 %% %s", (2,)), "SELECT 5 % 2"),
        (Statement("SELECT %s", (-2.5,)), "SELECT -2.5"),
        (Statement("SELECT %s", (Decimal("2.50"),)), "SELECT 2.50"),
        (Statement("SELECT %s", (float("nan"),)), "SELECT 'nan'"),
        (Statement("SELECT %s, %s", (True, False)), "SELECT true, false"),
        (Statement("SELECT %s", (date(2026, 1, 31),)), "SELECT '2026-01-31'"),
    ],
)
def test_statement_is_shown_as_it_could_be_run(statement: Statement, expected: str) -> None:
    """Values stand in their places as literals; without values a percent sign is one."""
    assert expected == statement.shown
