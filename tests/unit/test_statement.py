"""Statement: SQL as data, and as people read it."""

from __future__ import annotations

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
        (Statement("SELECT 5 %% %s", (2,)), "SELECT 5 % '2'"),
    ],
)
def test_statement_is_shown_as_it_could_be_run(statement: Statement, expected: str) -> None:
    """Values stand in their places as literals; without values a percent sign is one."""
    assert expected == statement.shown
