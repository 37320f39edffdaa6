"""One dict literal in a file, read as data: what it says, and where in the file it says it.

Nothing in the file is executed. `ast.parse` makes a tree of it and `ast.literal_eval` a value
of each entry; everything else in Python is refused with the line it stands on. For editors'
sake (docs/decisions/0005-editor-help.md) the dict may stand in exactly one other form, which is
read in the same way:

    from builder import SummaryFile

    summary: SummaryFile = {…}
"""

from __future__ import annotations

import ast
import re
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING

from builder.errors import ConfigError, Place, Problem
from builder.summary.text import Source, Text

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LARGEST_FILE = 1024 * 1024  # bytes
_COMPUTED = (
    "a summary file is read as data and nothing in it is run: write the value itself, "
    "without calls, names, f-strings or +"
)
_FUTURE, _IMPORT = "from __future__ import annotations", "from builder import SummaryFile"
_ANNOTATED = re.compile(f"^{_IMPORT}", re.MULTILINE)
_NO_TEXT = re.compile("[\0\ud800-\udfff]")
_TOO_LARGE = 2**63


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

    def key_at(self, *path: str | int) -> ast.expr:
        """The key itself at the end of a path, or what it would stand in."""
        outer = self.node_at(*path[:-1])
        keys = outer.keys if isinstance(outer, ast.Dict) else []
        for key in keys:
            if isinstance(key, ast.Constant) and key.value == path[-1]:
                return key
        return outer

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
            return _dict_of(source, _expression(source))
    except SyntaxError as error:
        raise ConfigError(_syntax_problem(source, error)) from error
    except (RecursionError, MemoryError) as error:
        message = "the file is nested too deeply to be read"
        raise ConfigError(Problem(message, source.place(0))) from error
    except ValueError as error:
        # Python refuses numbers of thousands of digits, and says how to allow them.
        long = re.search(r"\d{4000,}", source.text)
        message = "this number is too long" if long else f"the file cannot be read: {error}"
        raise ConfigError(Problem(message, source.place(long.start() if long else 0))) from error


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
    return text


def _unindented(text: str) -> str:
    """The text without the space before its first word, which Python's parser would refuse.

    A form feed sets Python's count of indentation back to nothing, so that every character
    keeps its place.
    """
    space = len(text) - len(text.lstrip(" \t\n"))
    lines = text[:space].split("\n")
    indent = len(lines.pop())
    return "\n" * len(lines) + "\f" * indent + text[space:]


def _expression(source: Source) -> ast.expr:
    """The one expression of the file; raises SyntaxError, or ConfigError beside an annotation."""
    text = _unindented(source.text)
    try:
        return ast.parse(text, mode="eval").body
    except SyntaxError:
        if not _ANNOTATED.search(text):
            raise
    return _annotated(source, ast.parse(text).body)


def _annotated(source: Source, body: list[ast.stmt]) -> ast.expr:
    """The dict of the form with an annotation, which holds nothing but its few statements."""
    match body:
        case [ast.Expr(ast.Constant(str())), *rest]:
            body = rest
    if ast.unparse(body[0]) == _FUTURE and len(body) > 1:
        body = body[1:]
    if ast.unparse(body[0]) == _IMPORT and len(body) > 1:
        body = body[1:]
        match body[0]:
            case ast.AnnAssign(ast.Name(), ast.Name("SummaryFile"), ast.expr() as value, 1):
                if len(body) == 1:
                    return value
                body = body[1:]
    message = "this cannot stand in a summary file"
    hint = f"write `{_IMPORT}`, `summary: SummaryFile = {{ … }}`, and nothing else"
    raise ConfigError(Problem(message, source.place_of(body[0]), hint))


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
            value = ast.literal_eval(node)
        except (ValueError, TypeError):
            place = source.place_of(_first_computed(node))
            problems.append(Problem(f"`{key.value}` is computed", place, _COMPUTED))
            continue
        unfit = [
            Problem(f"`{path}`: {why}", source.place_of(at))
            for path, at, why in _unfit(node, key.value)
        ]
        problems += unfit
        if not unfit:
            entries[key.value] = Entry(value, key, node)
    return Literal(source, entries, tree, tuple(problems))


def _unfit(node: ast.expr, path: str) -> Iterator[tuple[str, ast.expr, str]]:
    """What is a literal of Python's but nothing that a summary or a warehouse can hold."""
    if isinstance(node, ast.Set):
        yield path, node, "a set has no order: write a list, in [ ]"
    elif isinstance(node, ast.List | ast.Tuple):
        for index, inner in enumerate(node.elts):
            yield from _unfit(inner, f"{path}[{index}]")
    elif isinstance(node, ast.Dict):
        yield from _unfit_dict(node, path)
    elif isinstance(node, ast.Constant) and (why := _unfit_value(node.value)):
        yield path, node, why


def _unfit_value(value: object) -> str:
    if isinstance(value, str) and _NO_TEXT.search(value):
        return "a NUL or half a surrogate pair is no text"
    if isinstance(value, int | float) and not abs(value) < _TOO_LARGE:
        return "the number is too large"
    return ""


def _unfit_dict(node: ast.Dict, path: str) -> Iterator[tuple[str, ast.expr, str]]:
    seen = set()
    for key, inner in zip(node.keys, node.values, strict=True):
        name = key.value if isinstance(key, ast.Constant) else None
        if key is None or not isinstance(name, str):
            yield path, key or inner, "a key must be a text in quotes"
            continue
        if name in seen:
            yield path, key, f"the key `{name}` stands twice"
        seen.add(name)
        yield from _unfit(inner, f"{path}.{name}")


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
    if not re.sub(r"#.*|\s", "", source.text):
        hint = "write { 'table': …, 'schema': …, 'main_sql': … }"
        return Problem("the file is empty: it holds one dict", source.place(0), hint)
    if "SummaryFile" not in source.text and re.match(r"\s*(#.*\n\s*)*(import|from)\b", source.text):
        hint = "write the dict alone: a summary file is read as data, and imports nothing"
        return Problem("the file is no dict", source.place(0), hint)
    if "{" not in source.text and re.search(r"^table\s*:", source.text, re.MULTILINE):
        hint = "this looks like YAML: write { 'table': …, 'schema': …, 'main_sql': … }"
        return Problem("the file is no dict", source.place(0), hint)
    if marker := re.search(r"^(<{7}|>{7})", source.text, re.MULTILINE):
        place = source.place(marker.start(), 7)
        return Problem("a merge conflict was left here", place, "keep one of both sides")
    if re.match(r"\s*(#.*\n\s*)*\w+\s*=", source.text):
        place, hint = source.place(0), "write the dict alone, without a name and = before it"
        return Problem("the file is no dict", place, hint)
    if not error.lineno:
        return Problem(message, source.place(0))
    line = min(error.lineno, source.text.count("\n") + 1)
    start = source.index(line, 0)
    return Problem(message, source.place(start + max(0, (error.offset or 1) - 1)))


def _child(node: ast.expr, step: str | int) -> ast.expr | None:
    if isinstance(node, ast.Dict) and isinstance(step, str):
        for key, value in zip(node.keys, node.values, strict=True):
            if isinstance(key, ast.Constant) and key.value == step:
                return value
    if isinstance(node, ast.List | ast.Tuple) and isinstance(step, int) and step < len(node.elts):
        return node.elts[step]
    return None
