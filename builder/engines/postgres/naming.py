"""What PostgreSQL calls a column of a query that has no name of its own.

The rules are those of FigureColname in
https://github.com/postgres/postgres/blob/master/src/backend/parser/parse_target.c
A test asks a real server about each of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlglot.expressions import Expr

NAMELESS = "?column?"
_TYPES = {
    "BIGINT": "int8",
    "BOOLEAN": "bool",
    "CHAR": "bpchar",
    "DECIMAL": "numeric",
    "DOUBLE": "float8",
    "INT": "int4",
    "NCHAR": "bpchar",
    "SMALLINT": "int2",
    "VARBINARY": "bytea",
    **{
        same: same.lower()
        for same in (
            *("BIT", "BPCHAR", "DATE", "HSTORE", "INET", "INTERVAL", "JSON", "JSONB", "MONEY"),
            *("NAME", "TEXT", "TIME", "TIMETZ", "TIMESTAMP", "TIMESTAMPTZ", "UUID", "VARCHAR"),
            *("XML",),
        )
    },
}
_FLOATS = {"REAL": "float4", "FLOAT4": "float4", "FLOAT": "float8", "FLOAT8": "float8"}
_VALUES = {
    *("CURRENT_DATE", "CURRENT_TIME", "CURRENT_TIMESTAMP", "LOCALTIME", "LOCALTIMESTAMP"),
    *("CURRENT_USER", "SESSION_USER", "USER", "CURRENT_ROLE", "CURRENT_CATALOG", "CURRENT_SCHEMA"),
}
# What may follow a function's bracket, if the function is all there is.
_END = {"", ")", "]", ",", "AS", "END", "FROM"}
_AFTER_CALL = _END | {"[", "::", "FILTER", "OVER", "WITHIN", "COLLATE"}
_WEAK, _STRONG = 1, 2


class _UnknownError(Exception):
    """The name cannot be told."""


def name_of(node: Expr, words: Sequence[str]) -> str | None:
    """The column's name, None where it cannot be told without a server.

    `words` is the SQL as it is written, from the expression's first word on.
    """
    try:
        name, _ = _figured(node, [*words, ""])
    except (_UnknownError, IndexError):
        return None
    return name or NAMELESS


def _figured(node: Expr, words: Sequence[str]) -> tuple[str, int]:
    """A name, and how strongly it is one: a cast's type gives way to what is cast."""
    from sqlglot import exp

    if isinstance(node, exp.Paren):
        return _figured(node.this, words[1:])
    if isinstance(node, exp.Column | exp.Dot):
        return _of_column(node, words)
    if isinstance(node, exp.Cast):
        return _of_cast(node, words)
    if isinstance(node, exp.Case):
        return _of_case(node, words)
    if isinstance(node, exp.Bracket | exp.Collate):
        return _figured(node.this, words)
    if isinstance(node, exp.Subquery):
        return _of_subquery(node, words)
    if isinstance(node, exp.Window | exp.WithinGroup | exp.Filter):
        return _figured(node.this, words)
    return _of_value(node, words)


def _of_value(node: Expr, words: Sequence[str]) -> tuple[str, int]:
    from sqlglot import exp

    fixed = {exp.Exists: "exists", exp.Array: "array", exp.Tuple: "row", exp.AtTimeZone: "timezone"}
    if type(node) in fixed:
        return fixed[type(node)], _STRONG
    if isinstance(node, exp.Interval):
        return "interval", _WEAK
    if isinstance(node, exp.Overlaps):
        return "overlaps", _STRONG
    if isinstance(node, exp.Binary):
        return _of_operator(node, words)
    if words[0].upper() in _VALUES:
        return words[0].lower(), _STRONG
    if name := _called(words):
        return name, _STRONG
    nameless = exp.Literal | exp.Null | exp.Boolean | exp.Unary | exp.Between | exp.In
    if isinstance(node, nameless | exp.HexString | exp.BitString | exp.UnicodeString):
        return "", 0
    raise _UnknownError


def _of_operator(node: Expr, words: Sequence[str]) -> tuple[str, int]:
    """sqlglot reads `power(a, b)` and `a ^ b` alike; a call is all there is, or it is none."""
    from sqlglot import exp

    name = _called(words) if isinstance(node, exp.Func | exp.Mod) else ""
    if name and words[_close(words)].upper() not in _END:
        raise _UnknownError
    return name, _STRONG if name else 0


def _of_column(node: Expr, words: Sequence[str]) -> tuple[str, int]:
    from sqlglot import exp

    last = node.this if isinstance(node, exp.Column) else node.expression
    if isinstance(last, exp.Identifier):
        return _folded(last), _STRONG
    if isinstance(last, exp.Func) and (name := _called(words)):
        return name, _STRONG
    raise _UnknownError


def _of_cast(node: Expr, words: Sequence[str]) -> tuple[str, int]:
    from sqlglot import exp

    is_call = words[0].upper() == "CAST" and words[1] == "("
    inner = words[2:] if is_call else words
    is_typed_text = isinstance(node.this, exp.Literal) and inner[0][:1].isalpha()
    if not is_typed_text:
        name, strength = _figured(node.this, inner)
        if strength == _STRONG:
            return name, strength
    kind = node.args["to"]
    while kind.this == exp.DataType.Type.ARRAY and kind.expressions:
        kind = kind.expressions[0]
    if isinstance(kind, exp.Interval):
        return "interval", _WEAK
    if kind.this == exp.DataType.Type.USERDEFINED:
        return str(kind.args.get("kind")).rpartition(".")[2].strip('"'), _WEAK
    written = kind.this.name if isinstance(kind.this, exp.DataType.Type) else ""
    if written == "FLOAT":
        found = {_FLOATS[word.upper()] for word in words if word.upper() in _FLOATS}
        written_as = found.pop() if len(found) == 1 else ""
    else:
        written_as = _TYPES.get(written, "")
    if not written_as:
        raise _UnknownError
    return written_as, _WEAK


def _of_case(node: Expr, words: Sequence[str]) -> tuple[str, int]:
    default = node.args.get("default")
    if default is not None:
        name, strength = _figured(default, words[_else(words) + 1 :])
        if strength == _STRONG:
            return name, strength
    return "case", _WEAK


def _else(words: Sequence[str]) -> int:
    depth = 0
    for index, word in enumerate(words):
        upper = word.upper()
        if upper == "ELSE" and depth == 1:
            return index
        depth += (upper in ("CASE", "(")) - (upper in ("END", ")"))
    raise _UnknownError


def _of_subquery(node: Expr, words: Sequence[str]) -> tuple[str, int]:
    """A subquery gives its column's name, also if it has none of its own."""
    from sqlglot import exp

    query = node.this
    start = 1
    while words[start] == "(" and isinstance(query, exp.Subquery | exp.Paren):
        query, start = query.this, start + 1
    if not isinstance(query, exp.Select) or len(query.expressions) != 1:
        raise _UnknownError
    if words[start].upper() != "SELECT" or words[start + 1].upper() in ("DISTINCT", "ALL"):
        raise _UnknownError
    column = query.expressions[0]
    if isinstance(column, exp.Alias):
        return _folded(column.args["alias"]), _STRONG
    name, _ = _figured(column, words[start + 1 :])
    return name or NAMELESS, _STRONG


def _called(words: Sequence[str]) -> str:
    """The name of the function whose call is all there is; TRIM is called after what it becomes."""
    at = 0
    while words[at + 1] == "." and words[at + 2]:
        at += 2
    if words[at + 1] != "(" or not (words[at][:1].isalpha() or words[at][:1] in '_"'):
        return ""
    if words[_close(words)].upper() not in _AFTER_CALL:
        return ""
    if words[at].upper() == "TRIM" and at == 0:
        side = words[at + 2].upper()
        return {"LEADING": "ltrim", "TRAILING": "rtrim"}.get(side, "btrim")
    return words[at][1:-1].replace('""', '"') if words[at][0] == '"' else words[at].lower()


def _close(words: Sequence[str]) -> int:
    """The place behind the first bracket and what stands in it."""
    depth = 0
    for index, word in enumerate(words):
        depth += (word == "(") - (word == ")")
        if depth == 0 and word == ")":
            return index + 1
    raise _UnknownError


def _folded(identifier: Expr) -> str:
    name = str(identifier.this)
    return name if identifier.args.get("quoted") else name.lower()
