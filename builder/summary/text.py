"""A file's text, and a text value in it that knows where each of its characters was written."""

from __future__ import annotations

import io
import re
import tokenize
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from builder.errors import Place

if TYPE_CHECKING:
    import ast
    from collections.abc import Iterator
    from pathlib import Path

# One character of a string's value as it may be written: an escape or the character itself.
# https://docs.python.org/3/reference/lexical_analysis.html#escape-sequences
# An escape that Python does not know stays two characters.
_UNIT = re.compile(r"\\(?:N\{[^}]*\}|x..|u.{4}|U.{8}|[0-7]{1,3}|[\n\\'\"abfnrtv])|.", re.DOTALL)
_CHARACTER = re.compile(".", re.DOTALL)
_PREFIX = re.compile(r"([A-Za-z]*)('''|\"\"\"|'|\")")


@dataclass(frozen=True, slots=True)
class Source:
    """The text of a file, with line ends as `\\n` and without a byte order mark."""

    file: Path
    text: str

    def place(self, index: int, width: int = 1) -> Place:
        """The place of the character at `index`."""
        start = self.text.rfind("\n", 0, index) + 1
        end = self.text.find("\n", index)
        line = self.text[start : end if end >= 0 else None]
        width = max(1, min(width, len(line) - (index - start)))
        return Place(self.file, self.text.count("\n", 0, index) + 1, index - start + 1, line, width)

    def place_of(self, node: ast.expr | ast.stmt) -> Place:
        """The place where a node of the tree begins, underlined to its end on that line."""
        start = self.index(node.lineno, node.col_offset)
        end = self.index(node.end_lineno or node.lineno, node.end_col_offset or 0)
        return self.place(start, end - start)

    def index(self, line: int, byte: int) -> int:
        """The character that stands `byte` bytes of UTF-8 into line `line`, as `ast` counts."""
        start = 0
        for _ in range(line - 1):
            start = self.text.index("\n", start) + 1
        end = self.text.find("\n", start)
        whole = self.text[start : end if end >= 0 else None]
        return start + len(whole.encode()[:byte].decode(errors="ignore"))


@dataclass(frozen=True, slots=True)
class Text:
    """A text value of the literal that knows where each of its characters stands."""

    value: str
    source: Source | None = None
    start: int = 0
    end: int = 0

    def __str__(self) -> str:
        return self.value

    def place(self, offset: int, width: int = 1) -> Place | None:
        """Where the character at `offset` of the value stands in the file; None without a file."""
        if self.source is None:
            return None
        written = (index for index, unit in _units(self, self.source) if unit != "\\\n")
        index = next(islice(written, offset, None), self.end - 1)
        return self.source.place(index, width)


def _units(text: Text, source: Source) -> Iterator[tuple[int, str]]:
    """Each written character of the literal's strings, with its index in the file."""
    # The brackets let strings that stand on several lines be one expression.
    wrapped = f"({source.text[text.start : text.end]})"
    starts = [0]
    # As tokenize counts lines: splitlines() would also split at U+2028 and the like.
    for line in wrapped.split("\n"):
        starts.append(starts[-1] + len(line) + 1)
    for token in tokenize.generate_tokens(io.StringIO(wrapped).readline):
        opening = _PREFIX.match(token.string)
        if token.type != tokenize.STRING or opening is None:
            continue
        body = token.string[opening.end() : -len(opening[2])]
        begin = starts[token.start[0] - 1] + token.start[1] + opening.end() + text.start - 1
        pattern = _CHARACTER if "r" in opening[1].lower() else _UNIT
        for unit in pattern.finditer(body):
            yield begin + unit.start(), unit[0]
