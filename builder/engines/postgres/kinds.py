"""What Great Expectations calls PostgreSQL's types: as SQLAlchemy writes them.

https://docs.sqlalchemy.org/en/21/dialects/postgresql.html#postgresql-data-types
"""

from __future__ import annotations

import re

_SAME = {
    "bigint",
    "boolean",
    "bytea",
    "cidr",
    "date",
    "double precision",
    "inet",
    "integer",
    "json",
    "jsonb",
    "numeric",
    "real",
    "smallint",
    "text",
    "uuid",
}
_MOMENT = re.compile(r"(timestamp|time)(\(\d\))? (with|without) time zone")
_SIZED = {"character varying": "VARCHAR", "character": "CHAR", "numeric": "NUMERIC"}
_SIZE = re.compile(r"(character varying|character|numeric)\((\d+)(?:,(\d+))?\)")


def known_as(kind: str) -> str | None:
    """The name of a type as `format_type` has it; None for one that is not certain."""
    if kind.endswith("[]"):
        inner = known_as(kind[:-2])
        return f"{inner}[]" if inner else None
    if kind in _SAME or _MOMENT.fullmatch(kind):
        return kind.upper()
    if kind in _SIZED:
        return _SIZED[kind]
    if found := _SIZE.fullmatch(kind):
        name, size, scale = found.groups()
        return f"{_SIZED[name]}({size}{f', {scale}' if scale else ''})"
    return None
