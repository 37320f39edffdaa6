"""How the holes of a file's SQL are filled."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

from builder.errors import ConfigError, Problem
from builder.query.text import Rendered, tokens_of
from builder.summary.keys import nearest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from builder.relation import Relation
    from builder.summary.keys import Scalar
    from builder.summary.text import Text

_HOLE = re.compile(
    r"(?P<staged>\{schema\}\.temp_\{table\}(?!\w))|(?P<live>\{schema\}\.\{table\}(?!\w))"
    r"|\{(?P<name>\w+)\}"
)
# What stands around names where it is no double quote.
QUOTES = {"mysql": "`", "bigquery": "`", "spark": "`", "databricks": "`"}
# Dialects where a backslash in a text takes the next character as it is, and how they write '.
BACKSLASHES = {
    "redshift": "''",
    "snowflake": "''",
    "mysql": "''",
    "bigquery": "\\'",
    "spark": "\\'",
    "databricks": "\\'",
}
# A value next to one of these would become part of a longer word: E'…', U&'…', 10'…', $1.
_GLUE = re.compile(r"[\w'\"$&]")


def render(
    text: Text,
    target: Relation,
    params: Mapping[str, Scalar] | None = None,
    *,
    dialect: str = "postgres",
    checked: Relation | None = None,
    batch: Relation | None = None,
) -> Rendered:
    """Fill the holes of a file's SQL.

    `{schema}.temp_{table}` becomes the relation under check, `checked` or else the staged table;
    `{schema}` and `{table}` the names themselves, as in `{schema}.{table}_v`; `{batch}` the
    relation `batch`, where there is one; a parameter its value as a literal, but in a comment.
    Every other brace, and every percent sign, stays as it is. Raises ConfigError for a parameter
    inside quotes.
    """
    values = _values(text, params or {}, dialect)
    quote = QUOTES.get(dialect, '"')
    parts: list[str] = []
    pieces: list[tuple[int, int, int]] = []
    done = size = 0
    for hole in _HOLE.finditer(text.value):
        if hole["staged"]:
            filling = _name(checked or target.staged, quote)
        elif hole["live"]:
            filling = _name(target, quote)
        elif hole["name"] in ("schema", "table"):
            filling = target.schema if hole["name"] == "schema" else target.name
        elif hole["name"] == "batch" and batch is not None and "batch" not in (params or ()):
            filling = _name(batch, quote)
        elif hole.start() in values:
            filling = values[hole.start()]
        else:
            continue
        before = text.value[done : hole.start()]
        start = size + len(before)
        parts += [before, filling]
        size = start + len(filling)
        done = hole.end()
        pieces.append((start, size, len(hole[0])))
    parts.append(text.value[done:])
    return Rendered("".join(parts), text, tuple(pieces))


def _values(text: Text, params: Mapping[str, Scalar], dialect: str) -> dict[int, str]:
    """Each parameter's value as SQL, by where its hole begins: where a word of the SQL does.

    Nothing is filled elsewhere, since a value could end the quotes or the comment around it.
    """
    named = [hole for hole in _HOLE.finditer(text.value) if hole["name"]] if params else []
    meant = {
        hole.start(): likely
        for hole in named
        if hole["name"] not in (*params, "schema", "table")
        and (likely := nearest(hole["name"], params, least=0.75))
    }
    holes = [hole for hole in named if hole["name"] in params or hole.start() in meant]
    if not holes:
        return {}
    written = Rendered(text.value, text)
    tokens = tokens_of(written, dialect)
    begins = {token.start for token in tokens}
    values = {}
    for hole in holes:
        at, end = hole.span()
        if at in meant:
            if at in begins:
                place = written.place(at, len(hole[0]))
                raise ConfigError(Problem(f"{hole[0]} is none of `params`", place, meant[at]))
            continue
        if any(token.start < at <= token.end for token in tokens):
            message = f"{hole[0]} stands inside quotes: write it without them, it brings its own"
            raise written.refused(message, at, len(hole[0]))
        if at in begins:
            left = " " if _GLUE.match(text.value[at - 1 : at]) else ""
            right = " " if _GLUE.match(text.value[end : end + 1]) else ""
            values[at] = left + literal(params[hole["name"]], dialect) + right
    return values


def _name(relation: Relation, quote: str) -> str:
    parts = (relation.schema, relation.name) if relation.schema else (relation.name,)
    return ".".join(quote + part.replace(quote, quote * 2) + quote for part in parts)


def literal(value: Scalar, dialect: str = "postgres") -> str:
    """A value as SQL that cannot be anything but that value.

    Text is quoted as the standard has it, where a backslash is one: engines hold
    `standard_conforming_strings` on. In other dialects it takes two.
    """
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float):
        if isinstance(value, float) and not math.isfinite(value):
            return f"'{value}'"
        # A sign would meet the one before it: 5-{x} must not become a comment.
        return f"({value})" if math.copysign(1, value) < 0 else str(value)
    if dialect in BACKSLASHES:
        value = value.replace("\\", "\\\\")
    return "'" + value.replace("'", BACKSLASHES.get(dialect, "''")) + "'"
