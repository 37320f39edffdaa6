"""What kind of value an expression has, as far as translation has to know."""

from __future__ import annotations

from typing import Literal

Kind = Literal[
    "text",
    "int",
    "bigint",
    "numeric",
    "float",
    "bool",
    "date",
    "time",
    "timestamp",
    "timestamptz",
    "interval",
    "json",
    "null",
    "other",
]
"""`null` is the kind of NULL alone, `other` that of a type which no rule asks for."""
Shape = list[tuple[str, "Kind | None"]]
"""The columns of a relation or a query, by name; a kind that is not known is None."""

WHOLE: tuple[Kind, ...] = ("int", "bigint")
NUMBERS: tuple[Kind, ...] = (*WHOLE, "numeric", "float")
MOMENTS: tuple[Kind, ...] = ("date", "timestamp", "timestamptz")
# By how PostgreSQL writes a type, and by how sqlglot does; without what stands in brackets.
_KINDS: dict[str, Kind] = {
    "text": "text",
    "character varying": "text",
    "varchar": "text",
    "nvarchar": "text",
    "character": "text",
    "char": "text",
    "nchar": "text",
    "bpchar": "text",
    "name": "text",
    "smallint": "int",
    "integer": "int",
    "int": "int",
    "bigint": "bigint",
    "tinyint": "int",
    "numeric": "numeric",
    "decimal": "numeric",
    "real": "float",
    "double precision": "float",
    "double": "float",
    "float": "float",
    "boolean": "bool",
    "date": "date",
    "time without time zone": "time",
    "time": "time",
    "timestamp without time zone": "timestamp",
    "timestamp": "timestamp",
    "timestampntz": "timestamp",
    "datetime": "timestamp",
    "timestamp with time zone": "timestamptz",
    "timestamptz": "timestamptz",
    "timestampltz": "timestamptz",
    "interval": "interval",
    "json": "json",
    "jsonb": "json",
}


def kind_of_type(name: str) -> Kind:
    """The kind of a type's values: `numeric(10,2)` is numeric."""
    bare, bracket, rest = name.lower().partition("(")
    # timestamp(3) without time zone
    behind = rest.partition(")")[2] if bracket else ""
    whole = (bare + behind).strip()
    return _KINDS.get(whole) or _KINDS.get(bare.strip()) or "other"


def common(kinds: list[Kind | None]) -> Kind | None:
    """The kind of a value that comes from any of several expressions, as of CASE or UNION."""
    found = {kind for kind in kinds if kind != "null"}
    if not found:
        return "null"
    if None in found:
        return None
    if len(found) == 1:
        return found.pop()
    for order in (NUMBERS, ("date", "timestamp", "timestamptz")):
        if found <= {*order}:
            return next(kind for kind in reversed(order) if kind in found)
    return None


def arithmetic(left: Kind | None, right: Kind | None) -> Kind | None:
    """The kind of a sum, difference, product or quotient of numbers."""
    numbers: list[Kind | None] = [
        "numeric" if kind == "text" else kind for kind in (left, right) if kind != "null"
    ]
    found = common(numbers) if numbers else "null"
    return found if found in (*NUMBERS, "null") else None
