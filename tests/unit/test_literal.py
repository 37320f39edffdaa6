"""Text.place: from a character of a value back to the character of the file that wrote it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import hypothesis
import pytest
from hypothesis import strategies as st

from builder.summary.text import Source, Text

if TYPE_CHECKING:
    from collections.abc import Callable

    from builder.summary import Summary

WORD = "oops"


def query_of(read: Callable[..., Summary], written: str, line_end: str = "\n") -> Text:
    """The value of a main_sql that is written so, on the second line."""
    head = "{'table': 'sales', 'schema': 'analytics', 'main_sql':\n"
    return read((head + written + "}").replace("\n", line_end)).query


@pytest.mark.parametrize(
    ("written", "line", "column"),
    [
        ("'SELECT oops'", 2, 9),
        ('"SELECT oops"', 2, 9),
        ('"""\nSELECT\n  oops\n"""', 4, 3),
        ("'''oops'''", 2, 4),
        ("'''a\\\n  b oops'''", 3, 5),
        ("r'\\d oops'", 2, 6),
        ('R"""\\n oops"""', 2, 8),
        ("u'oops'", 2, 3),
        (r"'\n\t\x41\u0041\U00000041\101\7\N{BULLET}\\\' oops'", 2, 47),
        ("'SELECT ' 'oops'", 2, 12),
        ("'a'  # not 'oops'\n  'b'\n\n    'oops'", 5, 6),
        ("('a'\n'oops')", 3, 2),
        ("r'\\d' '\\n' 'oops'", 2, 13),
        ("'매출 oops'", 2, 5),
        ("'매출' '가 oops'", 2, 9),
        ("'😀 oops'", 2, 4),
        ("'''a\u2028\noops'''", 3, 1),
        ("'\\d+ oops'", 2, 6),
        ("'\\8 \\w oops'", 2, 8),
        ("'a\u2028'\n'oops'", 3, 2),
        ("'a\x0c'\n'oops'", 3, 2),
    ],
)
@pytest.mark.parametrize("line_end", ["\n", "\r\n"], ids=["LF", "CRLF"])
def test_place_is_where_the_character_was_written(
    read: Callable[..., Summary], written: str, line: int, column: int, line_end: str
) -> None:
    """However a text is quoted, escaped or put together, its characters are found again."""
    text = query_of(read, written, line_end)
    place = text.place(text.value.index(WORD), len(WORD))

    assert place is not None
    assert (line, column, len(WORD)) == (place.line, place.column, place.width)
    assert WORD == place.source[place.column - 1 :][: place.width]


@pytest.mark.parametrize("written", ["''", "'a'", '""""""', "'' ''"])
def test_place_beyond_the_end_is_the_last_character(
    read: Callable[..., Summary], written: str
) -> None:
    """A server may point behind the last character: that is the closing quote."""
    place = query_of(read, written).place(99)

    assert place is not None
    assert (2, len(written)) == (place.line, place.column)


def test_text_without_a_file_has_no_place() -> None:
    """SQL from the command line is a Text too."""
    assert Text("SELECT 1").place(3) is None
    assert "SELECT 1" == str(Text("SELECT 1"))


def test_width_ends_with_the_line(read: Callable[..., Summary]) -> None:
    """What is underlined never goes beyond its line."""
    place = query_of(read, "'''SELECT a\nFROM b'''").place(7, 100)

    assert place is not None
    assert ("'''SELECT a", 1) == (place.source, place.width)


@hypothesis.given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\r")))
def test_repr_of_any_text_is_found_again(text: str) -> None:
    """For any text as Python writes it, each character of the value has its own place, in order."""
    from pathlib import Path

    written = repr(text)
    value = Text(text, Source(Path("a.py"), written), 0, len(written))
    places = [value.place(offset) for offset in range(len(text))]
    columns = [place.column for place in places if place]

    assert len(text) == len(set(columns))
    assert sorted(columns) == columns


@hypothesis.given(
    st.lists(
        st.sampled_from(
            ["a", "매", "\\n", "\\'", "\\\\", "\\x41", "\\d", "\\N{BULLET}", " ", "\\8"]
        )
    )
)
def test_place_after_any_escapes_is_right(parts: list[str]) -> None:
    """Whatever escapes precede a word, known to Python or not, the word is found."""
    import ast
    import warnings
    from pathlib import Path

    written = f"'{''.join(parts)}{WORD}'"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        value = ast.literal_eval(written)
    text = Text(value, Source(Path("a.py"), written), 0, len(written))
    place = text.place(value.index(WORD))

    assert place is not None
    assert written.index(WORD) + 1 == place.column
