"""Relation: quoting and the length of names."""

from __future__ import annotations

import hypothesis
import pytest
from hypothesis import strategies as st

from builder.relation import LONGEST_NAME, LONGEST_TABLE, Relation, cut, quoted

RUN_ID = "20261120093000_a1b2c3"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("sales", '"sales"'),
        ("Sales 2", '"Sales 2"'),
        ('a"b', '"a""b"'),
        ('"', '""""'),
        ("매출", '"매출"'),
        ("a.b", '"a.b"'),
        ("x; DROP TABLE y --", '"x; DROP TABLE y --"'),
        ("100%", '"100%"'),
    ],
)
def test_name_is_quoted_whatever_it_holds(name: str, expected: str) -> None:
    """A quoted name is one identifier, letter by letter."""
    assert expected == quoted(name)


@hypothesis.given(st.text())
def test_quotes_never_end_early(name: str) -> None:
    """Inside, every quote is doubled, so that the name can be had back."""
    inside = quoted(name)[1:-1]

    assert name == inside.replace('""', '"')
    assert '"' not in inside.replace('""', "")


def test_relation_is_shown_plain_and_sent_quoted() -> None:
    """What people read has no quotes, what is sent has; a missing schema is left out."""
    assert ("a.b c", '"a"."b c"') == (str(Relation("a", "b c")), Relation("a", "b c").sql)
    assert ("b", '"b"') == (str(Relation("", "b")), Relation("", "b").sql)


def test_staged_table_stands_in_the_same_schema() -> None:
    """The next version is built under `temp_`."""
    assert Relation("a", "temp_b") == Relation("a", "b").staged


@hypothesis.given(st.text(max_size=80), st.integers(0, 70))
def test_cut_never_splits_a_character(name: str, size: int) -> None:
    """What is left is a beginning of the name, of at most as many bytes; one more does not fit."""
    left = cut(name, size)
    rest = name[len(left) :]

    assert name.startswith(left)
    assert len(left.encode()) <= size
    assert not rest or len((left + rest[0]).encode()) > size


@pytest.mark.parametrize("name", ["s", "s" * LONGEST_TABLE, "매" * (LONGEST_TABLE // 3)])
def test_version_fits_and_says_its_run(name: str) -> None:
    """A kept table's name has 63 bytes at most, and ends with the run that replaced it whole."""
    version = Relation("a", name).version(RUN_ID)

    assert "a" == version.schema
    assert version.name.startswith("prev_")
    assert version.name.endswith(f"_{RUN_ID}")
    assert name.startswith(version.name[5 : -len(RUN_ID) - 1])
    assert len(version.name.encode()) <= LONGEST_NAME


def test_short_name_is_whole_in_its_version() -> None:
    """Nothing is cut that need not be."""
    assert f"prev_sales_{RUN_ID}" == Relation("a", "sales").version(RUN_ID).name


def test_longest_table_leaves_room_for_the_prefix() -> None:
    """58 bytes and `temp_` are PostgreSQL's 63."""
    assert 58 == LONGEST_TABLE
    assert LONGEST_NAME == len(Relation("", "s" * LONGEST_TABLE).staged.name)
