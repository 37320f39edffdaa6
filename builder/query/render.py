"""How a file's text becomes SQL that is sent, and the way back to the line that was written."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from builder.errors import Place
    from builder.relation import Relation
    from builder.summary.keys import Scalar
    from builder.summary.literal import Text

_HOLE = re.compile(
    r"(?P<staged>\{schema\}\.temp_\{table\})|(?P<live>\{schema\}\.\{table\})|\{(?P<name>\w+)\}"
)


@dataclass(frozen=True, slots=True)
class Rendered:
    """SQL as it is sent; `pieces` are the holes that were filled, to find the way back."""

    text: str
    origin: Text
    pieces: tuple[tuple[int, int, int], ...] = ()
    """(start, end, length in the file's text) of each filled hole; start and end in `text`."""
    bound: frozenset[str] = frozenset()
    """The parameters that were filled in, in their braces."""

    def place(self, offset: int, width: int = 1) -> Place | None:
        """Where in its file the author wrote what stands at `offset`."""
        shift = 0
        for start, end, length in self.pieces:
            if offset < start:
                break
            if offset < end:
                return self.origin.place(start + shift, length)
            shift += length - (end - start)
        return self.origin.place(offset + shift, width)


def render(
    text: Text,
    target: Relation,
    params: Mapping[str, Scalar] | None = None,
    *,
    checked: Relation | None = None,
) -> Rendered:
    """Fill the holes of a file's SQL.

    `{schema}.temp_{table}` becomes the relation under check, `checked` or else the staged table;
    `{schema}` and `{table}` the names themselves; a parameter its value as a literal. Every
    other brace, and every percent sign, stays as it is.
    """
    params = params or {}
    parts: list[str] = []
    pieces: list[tuple[int, int, int]] = []
    bound: set[str] = set()
    done = size = 0
    for hole in _HOLE.finditer(text.value):
        if hole["staged"]:
            filling = (checked or target.staged).sql
        elif hole["live"]:
            filling = target.sql
        elif hole["name"] in ("schema", "table"):
            filling = target.schema if hole["name"] == "schema" else target.name
        elif hole["name"] in params:
            filling = literal(params[hole["name"]])
            bound.add(hole[0])
        else:
            continue
        before = text.value[done : hole.start()]
        start = size + len(before)
        parts += [before, filling]
        size = start + len(filling)
        done = hole.end()
        pieces.append((start, size, len(hole[0])))
    parts.append(text.value[done:])
    return Rendered("".join(parts), text, tuple(pieces), frozenset(bound))


def literal(value: Scalar) -> str:
    """A value as SQL that cannot be anything but that value.

    Text is quoted as the standard has it; engines hold `standard_conforming_strings` on.
    """
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float):
        if isinstance(value, float) and not math.isfinite(value):
            return f"'{value}'"
        return f"({value})" if value < 0 else str(value)
    return "'" + value.replace("'", "''") + "'"
