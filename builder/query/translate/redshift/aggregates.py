"""Redshift's aggregates and window functions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from builder.query.translate.kinds import NUMBERS, WHOLE
from builder.query.translate.language import Call, Refused, Rule, as_text, of
from builder.query.translate.nodes import clone
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
        return _listagg_distinct(call, value, separator)
    made = filled("STRING_AGG(NULLIF(_1, ''), _2)", as_text(call, 0), separator)
    if call.order is None:
        return made
    if call.in_window:
        made.meta["window_order"] = call.order
        return made
    order = clone(call.order)
    order.set("this", clone(made.expressions[-1]))
    made.set("expressions", [*made.expressions[:-1], order])
    return made


def _listagg_distinct(call: Call, value: Expr, separator: Expr) -> Expr:
    """An array is sorted as its values are, and not as their texts."""
    if call.in_window:
        raise Refused("with DISTINCT and OVER is not translated: use a subquery")
    ordered = call.order.expressions if call.order is not None else []
    if len(ordered) > 1 or (ordered and ordered[0].this != value):
        raise Refused("with DISTINCT is translated only if ordered by what it lists")
    descends = bool(ordered and ordered[0].args.get("desc"))
    order = f"ORDER BY _1 {'DESC' if descends else ''}"
    if call.known(0) == "text":
        # Texts that differ in trailing blanks alone are one.
        value = filled("NULLIF(RTRIM(_1), '')", value)
    listed = f"ARRAY_AGG(DISTINCT _1 {order}) FILTER (WHERE _1 IS NOT NULL)"
    return filled(f"ARRAY_TO_STRING({listed}, _2)", value, separator)


def _median(call: Call) -> Expr:
    """The mean of the two in the middle; DECIMAL of what is no float (r_MEDIAN)."""
    if call.in_window:
        raise Refused("with OVER is not translated: use a subquery with GROUP BY")
    kind = call.known(0)
    if kind not in (*NUMBERS, "null") and call.is_certain:
        raise Refused(f"of a value of the type {kind} is not translated")
    made = call.sql("PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY _1)")
    return made if kind == "float" else filled("CAST(_1 AS numeric)", made)


def _percentile(call: Call) -> Expr:
    from sqlglot import exp

    if call.in_window:
        raise Refused("with OVER is not translated: use a subquery with GROUP BY")
    if call.order is None:
        raise Refused("needs WITHIN GROUP (ORDER BY …)")
    made = exp.Anonymous(this=call.name, expressions=[clone(call.args[0])])
    return exp.WithinGroup(this=made, expression=clone(call.order))


def _avg(call: Call) -> Expr:
    """Whole numbers have a whole average: the page r_AVG gives BIGINT for them."""
    kind = call.known(0)
    made = _aggregate(call)
    made.meta["takes_over"] = True
    return filled("CAST(TRUNC(_1) AS bigint)", made) if kind in WHOLE else made


def _aggregate(call: Call) -> Expr:
    """An aggregate or window function that PostgreSQL has by the same name."""
    from sqlglot import exp

    args: list[Expr] = [clone(argument) for argument in call.args]
    if call.distinct:
        args = [exp.Distinct(expressions=args)]
    return exp.Anonymous(this=call.name, expressions=args)


def _truth(call: Call) -> Expr:
    """Whole numbers are true unless they are 0 (r_BOOL_AND)."""
    made = _aggregate(call)
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


def _any_value(call: Call) -> Expr:
    return call.sql("BOOL_OR(_1)" if call.kinds[0] == "bool" else "MIN(_1)")


def _windowed(least: int, most: int, kind: Kind | int) -> Rule:
    """A function that means the same; its kind is that of an argument where a number says so."""
    found = of(kind) if isinstance(kind, int) else lambda _: kind
    return Rule(least, most, _aggregate, found, is_aggregate=True)


def _spread(call: Call) -> Kind:
    return "float" if call.kinds[0] == "float" else "numeric"


def _sum_kind(call: Call) -> Kind | None:
    """BIGINT for what is smaller, NUMERIC for BIGINT (r_SUM)."""
    kind = call.kinds[0]
    larger: dict[Kind | None, Kind] = {"int": "bigint", "bigint": "numeric"}
    return larger.get(kind, kind)


def _avg_kind(call: Call) -> Kind | None:
    return "bigint" if call.kinds[0] in WHOLE else call.kinds[0]


def _median_kind(call: Call) -> Kind:
    return "float" if call.kinds[0] == "float" else "numeric"


AGGREGATES = {
    "ANY_VALUE": Rule(1, 1, _any_value, of(0)),
    "AVG": Rule(1, 1, _avg, _avg_kind, is_aggregate=True),
    "BIT_AND": _windowed(1, 1, 0),
    "BIT_OR": _windowed(1, 1, 0),
    "BOOL_AND": Rule(1, 1, _truth, lambda _: "bool", is_aggregate=True),
    "BOOL_OR": Rule(1, 1, _truth, lambda _: "bool", is_aggregate=True),
    "CUME_DIST": _windowed(0, 0, "float"),
    "DENSE_RANK": _windowed(0, 0, "bigint"),
    "FIRST_VALUE": _windowed(1, 1, 0),
    "GROUPING": _windowed(1, 9, "int"),
    "LAG": _windowed(1, 2, 0),
    "LAST_VALUE": _windowed(1, 1, 0),
    "LEAD": _windowed(1, 2, 0),
    "LISTAGG": Rule(1, 2, _listagg, lambda _: "text", is_aggregate=True, ordered=True),
    "MAX": _windowed(1, 1, 0),
    "MEDIAN": Rule(1, 1, _median, _median_kind),
    "MIN": _windowed(1, 1, 0),
    "NTH_VALUE": _windowed(2, 2, 0),
    "NTILE": _windowed(1, 1, "bigint"),
    "PERCENTILE_CONT": Rule(1, 1, _percentile, lambda _: "float", ordered=True),
    "PERCENT_RANK": _windowed(0, 0, "float"),
    "RANK": _windowed(0, 0, "bigint"),
    "RATIO_TO_REPORT": Rule(1, 1, _ratio, lambda _: "float"),
    "ROW_NUMBER": _windowed(0, 0, "bigint"),
    "STDDEV": Rule(1, 1, _aggregate, _spread, is_aggregate=True),
    "STDDEV_POP": Rule(1, 1, _aggregate, _spread, is_aggregate=True),
    "STDDEV_SAMP": Rule(1, 1, _aggregate, _spread, is_aggregate=True),
    "SUM": Rule(1, 1, _aggregate, _sum_kind, is_aggregate=True),
    "VARIANCE": Rule(1, 1, _aggregate, _spread, is_aggregate=True),
    "VAR_POP": Rule(1, 1, _aggregate, _spread, is_aggregate=True),
    "VAR_SAMP": Rule(1, 1, _aggregate, _spread, is_aggregate=True),
}
