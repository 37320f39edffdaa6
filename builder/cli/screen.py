"""One renderer for people and for programs.

In text, answers and progress go to stdout and errors to stderr. With `--output json` stdout
holds one JSON value and everything for people goes to stderr. Colours and the moving line are
for terminals; rich, which makes them, is imported for nothing else.
"""

from __future__ import annotations

import os
import shutil
import sys
import unicodedata
from contextlib import contextmanager
from decimal import Decimal
from typing import TYPE_CHECKING, Any, TextIO

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from builder.errors import Problem

STYLES = {"good": "green", "bad": "bold red", "warn": "yellow", "dim": "dim", "head": "bold"}
_WIDEST_CELL = 60
_WIDEST_LINE = 96
_MOMENT = 0.3  # seconds


class Screen:
    """Where a command writes."""

    def __init__(self, *, as_json: bool = False, quiet: bool = False) -> None:
        self.as_json = as_json
        self.quiet = quiet
        # A stream that the caller has closed is None.
        self.people: TextIO | None = sys.stderr if as_json else sys.stdout
        for stream in (sys.stdout, sys.stderr):
            # A terminal or file that knows no ≥ gets \u2265, and no traceback.
            if hasattr(stream, "reconfigure"):
                stream.reconfigure(errors="backslashreplace")
        at_terminal = self.people is not None and self.people.isatty()
        self.is_terminal = at_terminal and os.environ.get("TERM") != "dumb"

    @property
    def width(self) -> int | None:
        """How many columns a line may take; None in a file, where nothing has to be cut."""
        return shutil.get_terminal_size((80, 24)).columns if self.is_terminal else None

    def note(self, text: str = "", style: str = "") -> None:
        """A line for people, unless they want it quiet; cut at the terminal's edge."""
        if not self.quiet:
            self.say(self._fitted(text), style)

    def say(self, text: str = "", style: str = "", *, to: TextIO | None = None) -> None:
        """A line for people."""
        stream = to or self.people
        if stream is None:
            return
        try:
            self._write(stream, text, style)
        except OSError:
            # Nobody reads any more, or the disk is full: a build goes on to its end all the same.
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())

    def _fitted(self, line: str) -> str:
        return clipped(line, self.width) if self.width else line

    def _write(self, stream: TextIO, text: str, style: str) -> None:
        if style and stream.isatty() and self.is_terminal and "NO_COLOR" not in os.environ:
            from rich.console import Console

            Console(file=stream, soft_wrap=True).print(
                text, style=STYLES[style], markup=False, highlight=False
            )
            return
        print(text, file=stream, flush=True)

    def answer(self, value: Any) -> None:
        """What the command was asked for, for a program; nothing where people ask."""
        if self.as_json and sys.stdout is not None:
            print(encoded(value), flush=True)

    def table(self, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
        """Rows under their columns; cells are cut where they are too long, and at the edge."""
        for index, line in enumerate(table_lines(columns, list(rows))):
            self.say(self._fitted(line), "head" if index == 0 else "")

    @contextmanager
    def busy(self, text: str) -> Iterator[None]:
        """A moving line for what takes longer than a moment; nothing in a file."""
        if self.quiet or not self.is_terminal or "NO_COLOR" in os.environ:
            yield
            return
        from threading import Timer

        from rich.console import Console

        status = Console(file=self.people).status(text)
        timer = Timer(_MOMENT, status.start)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()
            timer.join()
            status.stop()

    def fail(self, error: BaseException, *, verbose: bool = False) -> None:
        """Say what went wrong: subject, obstacle, reason, remedy, and the line of the file."""
        from builder.errors import ConfigError, QueryFailed

        problems = _problems(error)
        if not problems or not isinstance(error, ConfigError | QueryFailed):
            self._complain(_sentence(error), "bad")
        for problem in problems:
            self._problem(problem)
        if verbose:
            import traceback

            self._complain("".join(traceback.format_exception(error)), "dim")

    def _problem(self, problem: Problem) -> None:
        for line, style in problem_lines(problem, self.width):
            self._complain(line, style)

    def _complain(self, text: str, style: str = "") -> None:
        """A line to stderr. Rows and answers are shown as they are; errors hold no password."""
        from builder.settings import masked

        self.say(masked(text), style, to=sys.stderr)


def encoded(value: Any) -> str:
    """The value as JSON; times in ISO 8601, decimals as numbers, what JSON lacks as text."""
    import msgspec

    encoder = msgspec.json.Encoder(enc_hook=str, decimal_format="number")
    return msgspec.json.format(encoder.encode(_finite(value)), indent=2).decode()


def _finite(value: Any) -> Any:
    """The same with null for numbers that JSON does not have."""
    if isinstance(value, dict):
        return {key: _finite(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(inner) for inner in value]
    if isinstance(value, Decimal) and not value.is_finite():
        return None
    return value


def described(error: BaseException) -> Mapping[str, object]:
    """An error for programs, without passwords."""
    from builder.settings import masked

    return {
        "type": type(error).__name__,
        "message": masked(_sentence(error)).removeprefix("error: "),
        "problems": [
            {
                "message": masked(problem.message),
                "hint": masked(problem.hint),
                "file": str(problem.place.file) if problem.place else None,
                "line": problem.place.line if problem.place else None,
                "column": problem.place.column if problem.place else None,
            }
            for problem in _problems(error)
        ],
    }


def _problems(error: BaseException) -> tuple[Problem, ...]:
    from builder.errors import ChecksFailed, ConfigError, QueryFailed

    if isinstance(error, ConfigError):
        return error.problems
    if isinstance(error, ChecksFailed):
        found = (result.error for result in error.results)
        return tuple(one.problem for one in found if isinstance(one, QueryFailed))
    return (error.problem,) if isinstance(error, QueryFailed) else ()


def problem_lines(problem: Problem, width: int | None = None) -> list[tuple[str, str]]:
    """A problem as lines with their styles: what and where, the line of the file, the hint."""
    place = f"{problem.place}: " if problem.place else ""
    style = "bad" if problem.severity == "error" else "warn"
    lines = [(plain(f"{problem.severity}: {place}{problem.message}"), style)]
    if problem.place and problem.place.source.strip():
        source = plain(problem.place.source)
        room = min(width - 4, _WIDEST_LINE) if width else _WIDEST_LINE
        found = underlined(source, problem.place.column, problem.place.width, room)
        lines += [(f"    {line}", "dim") for line in found]
    if problem.hint:
        lines.append((f"    {plain(problem.hint)}", ""))
    return lines


def plain(text: str) -> str:
    """The text without what a terminal would obey: each such character becomes one dot."""
    return "".join(c if c.isprintable() or c in "\t\n" else "·" for c in text)


def table_lines(columns: Sequence[str], rows: Sequence[Sequence[object]]) -> list[str]:
    """A table as lines of text: numbers to the right, everything else to the left."""
    cells = [[_cell(value) for value in row] for row in rows]
    right = [
        all(row[i] is None or isinstance(row[i], int | float | Decimal) for row in rows)
        for i in range(len(columns))
    ]
    widths = [
        max([width_of(clipped(str(name), _WIDEST_CELL)), *(width_of(row[i]) for row in cells)])
        for i, name in enumerate(columns)
    ]
    lines = []
    for row in ([clipped(str(name), _WIDEST_CELL) for name in columns], *cells):
        parts = [
            _padded(cell, width, to_the_right=to_right)
            for cell, width, to_right in zip(row, widths, right, strict=True)
        ]
        lines.append("  ".join(parts).rstrip())
    return lines


def underlined(source: str, column: int, width: int, room: int = 96) -> list[str]:
    """A line of a file and, below it, carets under `width` characters from `column` on.

    Tabs become spaces and wide characters count double, so that the carets stand right; a
    line that is longer than `room` columns is cut around them.
    """
    before, word = source[: column - 1], source[column - 1 : column - 1 + width]
    after = source[column - 1 + width :]
    before, word, after = (part.expandtabs(4) for part in (before.lstrip(), word, after))
    most = min(40, room // 2)
    if width_of(before) > most:
        before = "…" + before[-(most - 2) :]
    line = clipped(before + word + after, room)
    carets = max(1, min(width_of(word), room - width_of(before)))
    return [line, " " * width_of(before) + "^" * carets]


def width_of(text: str) -> int:
    """How many columns of a terminal a text takes."""
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1
        for c in text
    )


def clipped(text: str, width: int) -> str:
    """The text, cut with … where it takes more than `width` columns."""
    taken = end = 0
    for index, character in enumerate(text):
        taken += width_of(character)
        if taken < width:
            end = index + 1
        elif taken > width:
            return text[:end] + "…"
    return text


def _cell(value: object) -> str:
    text = "NULL" if value is None else str(value)
    return clipped(plain(text).replace("\n", "·").replace("\t", "·"), _WIDEST_CELL)


def _padded(text: str, width: int, *, to_the_right: bool) -> str:
    space = " " * (width - width_of(text))
    return space + text if to_the_right else text + space


def _sentence(error: BaseException) -> str:
    from builder.errors import BuilderError

    if isinstance(error, BuilderError):
        return f"error: {error}"
    if isinstance(error, KeyboardInterrupt):
        return "interrupted: what was under way was cancelled and undone"
    if isinstance(error, Exception):
        return (
            f"error: this is a defect of the builder, not of your file: {type(error).__name__}: "
            f"{error}. Run it again with -v and report what it says."
        )
    return f"ended by {error}: what was under way was cancelled and undone"
