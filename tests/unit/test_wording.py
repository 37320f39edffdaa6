"""Words of SQL: whatever they are made of, they are one word."""

from __future__ import annotations

import pytest

from builder.engines.base import Statement
from builder.engines.postgres import wording


@pytest.mark.parametrize(
    ("text", "expected"), [("", "''"), ("it's", "'it''s'"), ("100 %", "'100 %'"), ("\\", "'\\'")]
)
def test_literal_ends_where_its_text_does(text: str, expected: str) -> None:
    """A quote is written twice; nothing else means anything."""
    assert expected == wording.literal(text)


@pytest.mark.parametrize(
    ("name", "expected"),
    [(None, "PUBLIC"), ("bi", '"bi"'), ("public", '"public"'), ('o"', '"o"""')],
)
def test_everybody_is_no_role_of_that_name(name: str | None, expected: str) -> None:
    """PUBLIC is a word, and a role is a name."""
    assert expected == wording.role(name)


@pytest.mark.parametrize("text", ["100 %", None, ""])
def test_comment_is_a_value(text: str | None) -> None:
    """It is bound; a percent sign in the name that it is on is written twice."""
    assert Statement('COMMENT ON TABLE "a%%" IS %s', (text,)) == wording.comment('TABLE "a%"', text)


@pytest.mark.parametrize(
    ("pair", "expected"),
    [
        ("fillfactor=70", "fillfactor='70'"),
        ("a=b=c", "a='b=c'"),
        ("a=it's", "a='it''s'"),
        ("a=", "a=''"),
    ],
)
def test_option_of_the_catalogs_is_sql(pair: str, expected: str) -> None:
    """Its name ends at the first equals sign."""
    assert expected == wording.option(pair)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ([], [], []),
        (["a=1"], ["a=1"], []),
        (["a=1", "b=2"], ["b=3", "a=1"], ["SET (t.b='2')"]),
        (["a=1"], ["b=2", "c=3"], ["SET (t.a='1')", "RESET (t.b, t.c)"]),
        ([], ["ab=1"], ["RESET (t.ab)"]),
    ],
)
def test_options_become_what_they_were(old: list[str], new: list[str], expected: list[str]) -> None:
    """What is missing or other is set, what is too much is reset; nothing else is touched."""
    assert expected == list(wording.option_changes(old, new, "t."))
