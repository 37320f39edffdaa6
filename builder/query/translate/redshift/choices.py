"""Redshift's functions that choose among values."""

from __future__ import annotations

from typing import TYPE_CHECKING

from builder.query.translate.kinds import common
from builder.query.translate.language import Call, Rule, as_text, template
from builder.query.translate.nodes import clone
from builder.query.translate.templates import filled

if TYPE_CHECKING:
    from sqlglot.expressions import Expr

    from builder.query.translate.kinds import Kind


def _decode(call: Call) -> Expr:
    """NULL is found by NULL (r_DECODE_expression)."""
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


def _decode_kind(call: Call) -> Kind | None:
    last = [call.kinds[-1]] if len(call.kinds) % 2 == 0 else []
    return common([*call.kinds[2::2], *last])


def _nvl2(call: Call) -> Expr:
    """Both results have the type of the first (r_NVL2)."""
    last = as_text(call, 2) if call.kinds[1] == "text" else call.args[2]
    return filled("CASE WHEN _1 IS NOT NULL THEN _2 ELSE _3 END", *call.args[:2], last)


def _nvl2_kind(call: Call) -> Kind | None:
    return "text" if call.kinds[1] == "text" else common([*call.kinds[1:]])


def _common(call: Call) -> Kind | None:
    return common([*call.kinds])


CHOICES = {
    "COALESCE": template("COALESCE(_rest)", _common, 1, 99),
    "DECODE": Rule(3, 99, _decode, _decode_kind),
    "GREATEST": template("GREATEST(_rest)", _common, 1, 99),
    "ISNULL": template("COALESCE(_1, _2)", _common, 2),
    "LEAST": template("LEAST(_rest)", _common, 1, 99),
    "NULLIF": template("NULLIF(_1, _2)", lambda call: call.kinds[0], 2),
    "NVL": template("COALESCE(_rest)", _common, 1, 99),
    "NVL2": Rule(3, 3, _nvl2, _nvl2_kind),
}
