"""Redshift's aggregates and window functions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from builder.query.translate.kinds import WHOLE
from builder.query.translate.language import Call, Rule, as_text, of
from builder.query.translate.nodes import Refused
from builder.query.translate.shared.aggregates import (
    EXTREMES,
    NUMBERED,
    SPREADS,
    aggregate,
    any_value,
    different,
    median,
    median_kind,
    ordered,
    percentile,
    windowed,
)
from builder.query.translate.templates import filled

if TYPE_CHECKING:
    from sqlglot.expressions import Expr

    from builder.query.translate.kinds import Kind


def _listagg(call: Call) -> Expr:
    """NULL and empty texts are left out (r_LISTAGG)."""
    from sqlglot import exp

    separator = call.args[1] if len(call.args) > 1 else exp.Literal.string("")
    value = call.args[0]
    if call.distinct:
        if call.known(0) == "text":
            # Texts that differ in trailing blanks alone are one.
            value = filled("NULLIF(RTRIM(_1), '')", value)
        return different(call, value, separator)
    return ordered(call, filled("STRING_AGG(NULLIF(_1, ''), _2)", as_text(call, 0), separator))


def _avg(call: Call) -> Expr:
    """Whole numbers have a whole average: the page r_AVG gives BIGINT for them."""
    kind = call.known(0)
    made = aggregate(call)
    made.meta["takes_over"] = True
    return filled("CAST(TRUNC(_1) AS bigint)", made) if kind in WHOLE else made


def _truth(call: Call) -> Expr:
    """Whole numbers are true unless they are 0 (r_BOOL_AND)."""
    made = aggregate(call)
    if call.kinds[0] in WHOLE:
        made.set("expressions", [filled("_1 <> 0", call.args[0])])
    return made


def _ratio(call: Call) -> Expr:
    """A value's part of the sum over its window (r_WF_RATIO_TO_REPORT)."""
    if not call.in_window:
        raise Refused("needs OVER (…)")
    total = filled("SUM(_1)", call.args[0])
    total.meta["takes_over"] = True
    return filled("CAST(_1 AS double precision) / NULLIF(_2, 0)", call.args[0], total)


def _spread(call: Call) -> Kind:
    return "float" if call.kinds[0] == "float" else "numeric"


def _sum_kind(call: Call) -> Kind | None:
    """BIGINT for what is smaller, NUMERIC for BIGINT (r_SUM)."""
    kind = call.kinds[0]
    larger: dict[Kind | None, Kind] = {"int": "bigint", "bigint": "numeric"}
    return larger.get(kind, kind)


def _avg_kind(call: Call) -> Kind | None:
    return "bigint" if call.kinds[0] in WHOLE else call.kinds[0]


AGGREGATES = {
    **EXTREMES,
    **NUMBERED,
    "ANY_VALUE": Rule(1, 1, any_value, of(0)),
    "AVG": Rule(1, 1, _avg, _avg_kind, is_aggregate=True),
    "BIT_AND": windowed(1, 1, 0),
    "BIT_OR": windowed(1, 1, 0),
    "BOOL_AND": Rule(1, 1, _truth, lambda _: "bool", is_aggregate=True),
    "BOOL_OR": Rule(1, 1, _truth, lambda _: "bool", is_aggregate=True),
    "FIRST_VALUE": windowed(1, 1, 0),
    "GROUPING": windowed(1, 9, "int"),
    "LAG": windowed(1, 2, 0),
    "LAST_VALUE": windowed(1, 1, 0),
    "LEAD": windowed(1, 2, 0),
    "LISTAGG": Rule(1, 2, _listagg, lambda _: "text", is_aggregate=True, ordered=True),
    "MEDIAN": Rule(1, 1, median, median_kind),
    "NTH_VALUE": windowed(2, 2, 0),
    "PERCENTILE_CONT": Rule(1, 1, percentile, lambda _: "float", ordered=True),
    "RATIO_TO_REPORT": Rule(1, 1, _ratio, lambda _: "float"),
    "SUM": Rule(1, 1, aggregate, _sum_kind, is_aggregate=True),
    **{name: Rule(1, 1, aggregate, _spread, is_aggregate=True) for name in SPREADS},
}
