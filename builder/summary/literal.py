"""One dict literal in a file, read as data: what it says, and where in the file it says it.

Nothing in the file is executed. `ast.parse` makes a tree of it and `ast.literal_eval` a value
of each entry; everything else in Python is refused with the line it stands on.
"""

from __future__ import annotations

import ast
import io
import re
import tokenize
import warnings
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from builder.errors import ConfigError, Place, Problem

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LARGEST_FILE = 1024 * 1024  # bytes
_COMPUTED = (
    "a summary file is read as data and nothing in it is run: write the value itself, "
    "without calls, names, f-strings or +"
)
# One character of a string's value as it may be written: an escape or the character itself.
# https://docs.python.org/3/reference/lexical_analysis.html#escape-sequences
_UNIT = re.compile(r"\\(?:N\{[^}]*\}|x..|u.{4}|U.{8}|[0-7]{1,3}|.)|.", re.DOTALL)
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

    def place_of(self, node: ast.expr) -> Place:
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


@dataclass(frozen=True, slots=True)
class Entry:
    """One value of the dict: plain data, and the nodes it was read from."""

    value: object
    key: ast.expr
    node: ast.expr


@dataclass(frozen=True, slots=True)
class Literal:
    """The dict of one file."""

    source: Source
    entries: dict[str, Entry]
    node: ast.Dict
    problems: tuple[Problem, ...] = ()
    """Of the entries that could not be read, and are not among `entries`."""

    def node_at(self, *path: str | int) -> ast.expr:
        """The node at a path such as `'input_check', 0, 'sql'`, as deep as the file goes."""
        node: ast.expr = self.node
        for step in path:
            found = _child(node, step)
            if found is None:
                break
            node = found
        return node

    def text_at(self, value: str, *path: str | int) -> Text:
        """The text at a path, with its places."""
        node = self.node_at(*path)
        end = self.source.index(node.end_lineno or node.lineno, node.end_col_offset or 0)
        return Text(value, self.source, self.source.index(node.lineno, node.col_offset), end)

    def problem(self, message: str, *path: str | int, hint: str = "") -> Problem:
        """A problem with the value at a path."""
        return Problem(message, self.source.place_of(self.node_at(*path)), hint)


def read_literal(file: Path, shown: Path) -> Literal:
    """Read the dict literal in `file`; errors call the file `shown`.

    Raises ConfigError for anything but a dict; an entry that is no plain value under a text
    key, written once, is one of the literal's `problems`.
    """
    source = Source(shown, _read_text(file, shown))
    try:
        with warnings.catch_warnings():
            # A regular expression such as '\d' in SQL is no mistake of the analyst's.
            warnings.simplefilter("ignore")
            return _dict_of(source, ast.parse(source.text, mode="eval").body)
    except SyntaxError as error:
        raise ConfigError(_syntax_problem(source, error)) from error
    except (RecursionError, MemoryError) as error:
        message = "the file is nested too deeply to be read"
        raise ConfigError(Problem(message, source.place(0))) from error
    except ValueError as error:
        raise ConfigError(Problem(f"the file cannot be read: {error}", source.place(0))) from error


def _read_text(file: Path, shown: Path) -> str:
    try:
        if not file.is_file():
            raise ConfigError(Problem(f"{shown} is not a file"))
        if (size := file.stat().st_size) > LARGEST_FILE:
            message = f"{shown} is {size:,} bytes long; a summary file has at most {LARGEST_FILE:,}"
            raise ConfigError(Problem(message))
        content = file.read_bytes()
    except OSError as error:
        raise ConfigError(Problem(f"{shown} cannot be read: {error.strerror}")) from error
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        message = "the file is not UTF-8: save it with that encoding"
        raise ConfigError(Problem(message, Place(shown, line, 1))) from error
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if "\0" in text:
        place = Source(shown, text).place(text.index("\0"))
        raise ConfigError(Problem("the file holds a NUL byte: take it out", place))
    # An indented dict is no mistake here, but Python's parser would call it one.
    body = text.lstrip()
    return "\n" * text.count("\n", 0, len(text) - len(body)) + body


def _dict_of(source: Source, tree: ast.expr) -> Literal:
    if not isinstance(tree, ast.Dict):
        message = "a summary file holds one dict: { 'table': …, 'schema': …, 'main_sql': … }"
        raise ConfigError(Problem(message, source.place_of(tree), _COMPUTED))
    entries: dict[str, Entry] = {}
    problems = []
    for key, node in zip(tree.keys, tree.values, strict=True):
        if not (isinstance(key, ast.Constant) and isinstance(key.value, str)):
            problems.append(
                Problem("a key must be a text in quotes", source.place_of(key or node), _COMPUTED)
            )
            continue
        if key.value in entries:
            problems.append(Problem(f"the key `{key.value}` stands twice", source.place_of(key)))
            continue
        try:
            entries[key.value] = Entry(ast.literal_eval(node), key, node)
        except (ValueError, TypeError):
            place = source.place_of(_first_computed(node))
            problems.append(Problem(f"`{key.value}` is computed", place, _COMPUTED))
    return Literal(source, entries, tree, tuple(problems))


def _first_computed(node: ast.expr) -> ast.expr:
    """The outermost expression below `node` that is no literal."""
    inner = [child for child in ast.iter_child_nodes(node) if isinstance(child, ast.expr)]
    if isinstance(node, ast.Dict | ast.List | ast.Tuple | ast.Set):
        for child in inner:
            try:
                ast.literal_eval(child)
            except (ValueError, TypeError):
                return _first_computed(child)
    return node


def _syntax_problem(source: Source, error: SyntaxError) -> Problem:
    message = f"the file is no Python dict: {error.msg}"
    if re.match(r"\s*(#.*\n\s*)*\w+\s*=", source.text):
        place, hint = source.place(0), "write the dict alone, without a name and = before it"
        return Problem("the file is no dict", place, hint)
    if not error.lineno:
        return Problem(message, source.place(0))
    line = min(error.lineno, source.text.count("\n") + 1)
    start = source.index(line, 0)
    return Problem(message, source.place(start + max(0, (error.offset or 1) - 1)))


def _units(text: Text, source: Source) -> Iterator[tuple[int, str]]:
    """Each written character of the literal's strings, with its index in the file."""
    # The brackets let strings that stand on several lines be one expression.
    wrapped = f"({source.text[text.start : text.end]})"
    starts = [0]
    for line in wrapped.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    for token in tokenize.generate_tokens(io.StringIO(wrapped).readline):
        opening = _PREFIX.match(token.string)
        if token.type != tokenize.STRING or opening is None:
            continue
        body = token.string[opening.end() : -len(opening[2])]
        begin = starts[token.start[0] - 1] + token.start[1] + opening.end() + text.start - 1
        pattern = _CHARACTER if "r" in opening[1].lower() else _UNIT
        for unit in pattern.finditer(body):
            yield begin + unit.start(), unit[0]


def _child(node: ast.expr, step: str | int) -> ast.expr | None:
    if isinstance(node, ast.Dict) and isinstance(step, str):
        for key, value in zip(node.keys, node.values, strict=True):
            if isinstance(key, ast.Constant) and key.value == step:
                return value
    if isinstance(node, ast.List | ast.Tuple) and isinstance(step, int) and step < len(node.elts):
        return node.elts[step]
    return None
