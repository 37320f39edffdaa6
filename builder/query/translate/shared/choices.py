"""Functions that choose among values."""

from __future__ import annotations

from typing import TYPE_CHECKING

from builder.query.translate.kinds import WHOLE
from builder.query.translate.language import Call, Rule, template
from builder.query.translate.nodes import Refused, clone, common_of
from builder.query.translate.templates import filled

if TYPE_CHECKING:
    from sqlglot.expressions import Expr

    from builder.query.translate.kinds import Kind


def common_kind(call: Call) -> Kind | None:
    """The kind that all arguments have in common."""
    return common_of(call.args)


def decode(call: Call) -> Expr:
    """DECODE(searched, value, result, …, otherwise), where NULL is found by NULL."""
    from sqlglot import exp

    searched, *pairs = call.args
    if len(pairs) % 2:
        last: Expr | None = pairs.pop()
    else:
        last = None
    case = exp.Case(ifs=[], default=clone(last) if last is not None else None)
    for value, result in zip(pairs[::2], pairs[1::2], strict=True):
        if isinstance(value, exp.Null):
            test = filled("_1 IS NULL", searched)
        elif isinstance(value, exp.Literal):
            test = filled("_1 = _2", searched, value)
        else:
            test = filled("_1 IS NOT DISTINCT FROM _2", searched, value)
        case.append("ifs", exp.If(this=test, true=clone(result)))
    return case


def decode_kind(call: Call) -> Kind | None:
    """The kind of DECODE's results."""
    last = [call.args[-1]] if len(call.args) % 2 == 0 else []
    return common_of([*call.args[2::2], *last])


def truth(call: Call, index: int) -> Expr:
    """An argument as a condition: a whole number is true unless it is 0."""
    kind = call.kinds[index]
    if kind in WHOLE:
        return filled("_1 <> 0", call.args[index])
    if kind not in ("bool", "null", None):
        raise Refused(f"needs a condition, {call.written(index)} is of the type {kind}")
    return call.args[index]


def _if(call: Call) -> Expr:
    return filled("CASE WHEN _1 THEN _2 ELSE _3 END", truth(call, 0), *call.args[1:])


def _strict(name: str) -> Rule:
    """NULL if any argument is."""

    def make(call: Call) -> Expr:
        if len(call.args) == 1:
            return call.args[0]
        there = " AND ".join(f"_{number + 1} IS NOT NULL" for number in range(len(call.args)))
        listed = ", ".join(f"_{number + 1}" for number in range(len(call.args)))
        return call.sql(f"CASE WHEN {there} THEN {name}({listed}) END")

    return Rule(1, 99, make, common_kind)


def _first(call: Call) -> Kind | None:
    return call.kinds[0]


IF = Rule(3, 3, _if, lambda call: common_of(call.args[1:]))
FIRST = template("COALESCE(_1, _2)", common_kind, 2)
"""IFNULL and its like: the second value where the first is NULL."""
NVL2 = template(
    "CASE WHEN _1 IS NOT NULL THEN _2 ELSE _3 END", lambda call: common_of(call.args[1:]), 3
)
DECODE = Rule(3, 99, decode, decode_kind)
STANDARD = {
    "COALESCE": template("COALESCE(_rest)", common_kind, 1, 99),
    "NULLIF": template("NULLIF(_1, _2)", _first, 2),
}
STRICT = {"GREATEST": _strict("GREATEST"), "LEAST": _strict("LEAST")}
LENIENT = {
    "GREATEST": template("GREATEST(_rest)", common_kind, 1, 99),
    "LEAST": template("LEAST(_rest)", common_kind, 1, 99),
}
"""NULL only if every argument is, as in PostgreSQL."""
