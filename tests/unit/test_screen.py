"""The screen: tables, underlines and JSON, in text that no terminal trips over."""

from __future__ import annotations

import io
import json
import math
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import hypothesis
import pytest
from hypothesis import strategies as st

from builder.cli.screen import (
    Screen,
    clipped,
    described,
    encoded,
    table_lines,
    underlined,
    width_of,
)
from builder.errors import Busy, ConfigError, Place, Problem, QueryFailed

PLACE = Place(Path("sales.py"), 3, 8, "SELECT oops", 4)


# Width


@pytest.mark.parametrize(
    ("text", "expected"),
    [("", 0), ("abc", 3), ("매출", 4), ("a매", 3), ("é", 1), ("e\u0301", 1), ("Ａ", 2), ("…", 1)],
)
def test_width_is_what_a_terminal_takes(text: str, expected: int) -> None:
    """Korean letters take two columns, combining marks none."""
    assert expected == width_of(text)


@pytest.mark.parametrize(
    ("text", "width", "expected"),
    [
        ("abc", 3, "abc"),
        ("abcd", 3, "ab…"),
        ("매출표", 6, "매출표"),
        ("매출표", 5, "매출…"),
        ("매출표", 4, "매…"),
        ("", 0, ""),
        ("abc", 1, "…"),
    ],
)
def test_text_is_cut_where_it_is_too_wide(text: str, width: int, expected: str) -> None:
    """A cut text ends with … and never takes more columns than it may."""
    assert expected == clipped(text, width)


@hypothesis.given(st.text("ab매e\u0301", max_size=30), st.integers(1, 20))
def test_cut_text_fits(text: str, width: int) -> None:
    """Whatever the letters, what is left fits, and what fits is left whole."""
    cut = clipped(text, width)

    assert width_of(cut) <= width
    assert (cut == text) is (width_of(text) <= width)
    assert text.startswith(cut.removesuffix("…"))


def test_long_cell_is_cut() -> None:
    """A cell that holds a book in Korean is cut where the room ends."""
    assert "매" * 29 + "…" == clipped("매" * 200_000, 60)


# Tables


def test_table_has_numbers_to_the_right() -> None:
    """Numbers and NULL stand right in a column of numbers, everything else left, under the name."""
    assert [
        "name     n  매출",
        "a        1  x",
        "NULL  NULL  매매",
        "bcd   2.50  NULL",
    ] == table_lines(
        ("name", "n", "매출"), [("a", 1, "x"), (None, None, "매매"), ("bcd", Decimal("2.50"), None)]
    )


def test_table_without_rows_has_its_columns() -> None:
    """The head stands alone; a table without columns is an empty line."""
    assert ["a  b"] == table_lines(("a", "b"), [])
    assert [""] == table_lines((), [])


def test_control_characters_are_shown_as_dots() -> None:
    """Nothing in a cell moves the cursor, breaks the line or rings a bell."""
    assert ["a", "x·y·[31m·z"] == table_lines(("a",), [("x\ny\x1b[31m\tz",)])


def test_wide_cell_is_cut() -> None:
    """A cell or a column's name takes sixty columns at most."""
    lines = table_lines(("n" * 100,), [("매" * 100,)])

    assert [60, 59] == [width_of(line) for line in lines]


# Underlines


@pytest.mark.parametrize(
    ("source", "column", "width", "expected"),
    [
        ("SELECT oops", 8, 4, ["SELECT oops", "       ^^^^"]),
        ("    SELECT oops", 12, 4, ["SELECT oops", "       ^^^^"]),
        ("매출 oops", 4, 4, ["매출 oops", "     ^^^^"]),
        ("a, 매출", 4, 2, ["a, 매출", "   ^^^^"]),
        ("\ta\toops", 4, 4, ["a   oops", "    ^^^^"]),
        ("ab", 3, 1, ["ab", "  ^"]),
        ("", 1, 1, ["", "^"]),
    ],
)
def test_carets_stand_under_the_word(
    source: str, column: int, width: int, expected: list[str]
) -> None:
    """Tabs, indentation and wide letters move the carets as they move the word."""
    assert expected == underlined(source, column, width)


@pytest.mark.parametrize("letter", ["a", "매"])
@pytest.mark.parametrize("length", [0, 30, 500])
def test_long_line_is_cut_around_the_word(letter: str, length: int) -> None:
    """However long the line, the word stands above its carets and both fit a terminal."""
    line, carets = underlined(f"{letter * length} oops {letter * length}", length + 2, 4)
    start = len(carets) - len(carets.lstrip())

    assert "^^^^" == carets.strip()
    assert width_of(line) <= 96
    assert start == width_of(line[: line.index("oops")])


# JSON


def test_json_holds_everything_exactly() -> None:
    """Times in ISO 8601, decimals as numbers with their digits, what JSON lacks as text or null."""
    value = {
        "when": datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
        "money": Decimal("12345678901234567890.10"),
        "large": 10**30,
        "path": Path("a/b"),
        "rows": ((1, None), (True, "매출")),
        "inf": math.inf,
    }
    text = encoded(value)

    assert {
        "when": "2026-01-02T03:04:05Z",
        "money": Decimal("12345678901234567890.10"),
        "large": Decimal(10**30),
        "path": "a/b",
        "rows": [[Decimal(1), None], [True, "매출"]],
        "inf": None,
    } == json.loads(text, parse_float=Decimal, parse_int=Decimal)
    assert "매출" in text


@pytest.mark.parametrize("value", ["NaN", "Infinity", "-Infinity"])
def test_number_that_json_lacks_is_still_json(value: str) -> None:
    """`numeric` has NaN and infinity: they must not keep the other rows from being shown."""
    json.loads(encoded({"n": Decimal(value), "f": float(value)}))


@pytest.mark.parametrize("text", ["password='", "it's", "postgresql://me:x@h/d", '\\"'])
def test_rows_are_shown_as_they_are(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    """What was asked for is not masked or changed, in JSON or in a table."""
    Screen().table(("a",), [(text,)])

    assert {"a": text, "b": "it's"} == json.loads(encoded({"a": text, "b": "it's"}))
    assert f"a\n{text}\n" == capsys.readouterr().out


# Errors


def test_error_is_described_for_programs() -> None:
    """Its type, its message, and each problem with file, line and column."""
    error = ConfigError(Problem("wrong", PLACE, "so"), "other")
    nothing = {"file": None, "line": None, "column": None}

    assert {
        "type": "ConfigError",
        "message": "sales.py:3:8: wrong (so)\nother",
        "problems": [
            {"message": "wrong", "hint": "so", "file": "sales.py", "line": 3, "column": 8},
            {"message": "other", "hint": "", **nothing},
        ],
    } == described(error)
    assert {"type": "Busy", "message": "held", "problems": []} == described(Busy("held"))


@pytest.fixture
def screen() -> Screen:
    """A screen for people, on what the test captures."""
    return Screen()


def test_answer_is_for_programs_alone(capsys: pytest.CaptureFixture[str]) -> None:
    """With JSON, stdout holds the one value, and what is for people goes to stderr."""
    for_people, for_programs = Screen(), Screen(as_json=True)
    for screen in (for_people, for_programs):
        screen.note("a note")
        screen.answer({"a": 1})
    out, err = capsys.readouterr()

    assert 'a note\n{\n  "a": 1\n}\n' == out
    assert "a note\n" == err


def test_quiet_screen_says_only_what_was_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    """Notes are left out, tables and errors are not."""
    screen = Screen(quiet=True)
    screen.note("a note")
    screen.table(("a",), [(1,)])
    screen.fail(Busy("held"))

    assert ("a\n1\n", "error: held\n") == capsys.readouterr()


@pytest.mark.parametrize(
    "error",
    [
        Busy("at postgresql://me:geheim@h/d"),
        ConfigError(Problem("password=geheim", PLACE, "postgresql://me:geheim@h/d")),
        ValueError("postgresql://me:geheim@h/d"),
    ],
)
def test_errors_hold_no_password(
    screen: Screen, capsys: pytest.CaptureFixture[str], error: BaseException
) -> None:
    """Whatever an error's message, hint or traceback says, and for programs too."""
    screen.fail(error, verbose=True)
    shown = capsys.readouterr().err

    assert "geheim" not in shown
    assert "***" in shown
    assert "geheim" not in encoded(described(error))


def test_problem_is_shown_with_its_line(screen: Screen, capsys: pytest.CaptureFixture[str]) -> None:
    """Place, message, the line with the word underlined, and what to write instead."""
    screen.fail(QueryFailed(Problem("no such column", PLACE, "did you mean ops?")))

    assert (
        "error: sales.py:3:8: no such column\n"
        "    SELECT oops\n"
        "           ^^^^\n"
        "    did you mean ops?\n"
    ) == capsys.readouterr().err


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (KeyboardInterrupt(), "interrupted: what was under way was cancelled and undone\n"),
        (
            ValueError("x"),
            "error: this is a defect of the builder, not of your file: ValueError: x. "
            "Run it again with -v and report what it says.\n",
        ),
    ],
)
def test_error_that_is_not_ours_is_told_in_words(
    screen: Screen, capsys: pytest.CaptureFixture[str], error: BaseException, expected: str
) -> None:
    """No traceback: a sentence that says whose mistake it is."""
    screen.fail(error)

    assert expected == capsys.readouterr().err


def test_traceback_is_shown_on_demand(screen: Screen, capsys: pytest.CaptureFixture[str]) -> None:
    """-v adds what Python knows."""
    screen.fail(Busy("held"), verbose=True)

    assert "builder.errors.Busy: held" in capsys.readouterr().err


def test_stream_that_knows_no_korean_gets_escapes(monkeypatch: pytest.MonkeyPatch) -> None:
    """A log in ASCII holds \\u2265 for ≥, and the command goes on."""
    raw = io.BytesIO()
    monkeypatch.setattr("sys.stdout", io.TextIOWrapper(raw, encoding="ascii", write_through=True))
    Screen().say("≥ 1")

    assert b"\\u2265 1\n" == raw.getvalue()
