"""Row conditions that are written as text, as the dicts that Great Expectations reads.

Great Expectations reads `col("a") > 5` itself where it is told `condition_parser`. But it leaves
out in silence whatever follows the first comparison, and has no word for `col("a") == "한국"`. Its
text is a part of Python's grammar, so Python's own parser reads it here.
"""

from __future__ import annotations

import ast
from typing import Any

_OPERATORS: dict[type[ast.cmpop], str] = {
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
}


def condition_of(text: str) -> dict[str, Any] | None:
    """The dict that a text such as `col("a") > 5` means, or None where it means none."""
    try:
        return _condition(ast.parse(text.strip(), mode="eval").body)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _condition(node: ast.expr) -> dict[str, Any]:
    match node:
        case ast.BoolOp(op=op, values=values):
            kind = "and" if isinstance(op, ast.And) else "or"
            return {"type": kind, "conditions": [_condition(value) for value in values]}
        case ast.Call(func=ast.Attribute(value=value, attr=name), args=[], keywords=[]) if (
            name.lower() in ("notnull", "isnull")
        ):
            return {
                "type": "nullity",
                "column": {"name": _called(value, "col")},
                "is_null": name.lower() == "isnull",
            }
        case ast.Compare(left=left, ops=[op], comparators=[right]) if type(op) in _OPERATORS:
            return {
                "type": "comparison",
                "column": {"name": _called(left, "col")},
                "operator": _OPERATORS[type(op)],
                "parameter": _parameter(right),
            }
    raise ValueError(ast.unparse(node))


def _called(node: ast.expr, name: str) -> str:
    """The one text that the function `name` is called with."""
    match node:
        case ast.Call(func=ast.Name(id=called), args=[ast.Constant(value=str(text))], keywords=[]):
            if called == name:
                return text
    raise ValueError(ast.unparse(node))


def _parameter(node: ast.expr) -> str | int | float:
    if isinstance(node, ast.Call):
        return _called(node, "date")
    value = ast.literal_eval(node)
    if isinstance(value, str | int | float) and not isinstance(value, bool):
        return value
    raise ValueError(ast.unparse(node))
