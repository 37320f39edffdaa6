"""Formats of dates: each dialect's elements, and what stands for them in TO_CHAR.

Only elements whose values are documented alike are on a list. What is no element is a text of
its own, and is written in double quotes for TO_CHAR.
https://www.postgresql.org/docs/current/functions-formatting.html
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from builder.query.translate.language import Call
from builder.query.translate.nodes import Refused
from builder.query.translate.shared.moments import typed
from builder.query.translate.templates import filled

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sqlglot.expressions import Expr

# Numbers of a fixed width: what TO_DATE reads as every dialect does.
_READ = frozenset({"YYYY", "MM", "DD"})


def percent(text: str, elements: Mapping[str, str]) -> Iterator[tuple[str, bool]]:
    """The pieces of a format such as `%Y-%m`, and which of them are elements."""
    for piece in re.findall(r"%.|[^%]+|%", text, re.DOTALL):
        if piece == "%%":
            yield "%", False
        elif piece.startswith("%"):
            if piece[1:] not in elements:
                raise Refused(f"with the format element `{piece}` is not translated")
            yield elements[piece[1:]], True
        else:
            yield piece, False


def letters(text: str, elements: Mapping[str, str]) -> Iterator[tuple[str, bool]]:
    """The pieces of a format such as `yyyy-MM`, where letters in single quotes are a text."""
    for found in re.finditer(r"'((?:[^']|'')*)'|([A-Za-z])\2*|[^A-Za-z']+|'", text):
        piece = found[0]
        if found[2]:
            if piece not in elements:
                raise Refused(f"with the format element `{piece}` is not translated")
            yield elements[piece], True
        elif piece == "''":
            yield "'", False
        elif piece.startswith("'"):
            if len(piece) == 1:
                raise Refused("with a quote without an end in its format is not translated")
            yield found[1].replace("''", "'"), False
        else:
            yield piece, False


def words(text: str, elements: Mapping[str, str]) -> Iterator[tuple[str, bool]]:
    """The pieces of a format such as `YYYY-MM`, where text stands in double quotes."""
    known = "|".join(sorted(elements, key=len, reverse=True))
    pattern = re.compile(rf'"([^"]*)"|({known})|([^A-Za-z"]+)|.', re.IGNORECASE | re.DOTALL)
    for found in pattern.finditer(text):
        if found[2]:
            yield elements[found[2].upper()], True
        elif found[1] is not None or found[3]:
            yield found[1] if found[1] is not None else found[3], False
        else:
            raise Refused(f"with the format element `{found[0]}` is not translated")


def format_of(call: Call, index: int) -> str:
    """An argument that is a format, which must be known."""
    from sqlglot import exp

    node = call.args[index]
    if not isinstance(node, exp.Literal) or not node.is_string:
        raise Refused("needs its format as a text in quotes")
    return node.name


def written(call: Call, index: int, pieces: Iterator[tuple[str, bool]]) -> Expr:
    """A moment as a text."""
    from sqlglot import exp

    node, kind = typed(call, index)
    if kind not in ("date", "timestamp", "timestamptz", "null") and call.is_certain:
        raise Refused(f"of a value of the type {kind} is not translated")
    taken = filled("_1 AT TIME ZONE 'UTC'", node) if kind == "timestamptz" else node
    parts = []
    for piece, is_element in pieces:
        escaped = piece.replace("\\", "\\\\").replace('"', '\\"')
        parts.append(piece if is_element else f'"{escaped}"')
    return filled("TO_CHAR(_1, _2)", taken, exp.Literal.string("".join(parts)))


def read(call: Call, index: int, pieces: Iterator[tuple[str, bool]]) -> Expr:
    """A date from a text, by numbers of a fixed width."""
    from sqlglot import exp

    listed = [*pieces]
    elements = [piece for piece, is_element in listed if is_element]
    if {*elements} != _READ or len(elements) != len(_READ):
        raise Refused("is translated for formats with one year, month and day in numbers only")
    if call.known(index) not in ("text", "null") and call.is_certain:
        raise Refused("reads a text")
    form = "".join(
        piece if is_element else "".join(f'"{one}"' for one in piece)
        for piece, is_element in listed
    )
    return filled("TO_DATE(_1, _2)", call.args[index], exp.Literal.string(form))
