"""Aggregates and window functions that dialects share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from builder.query.translate.kinds import NUMBERS, WHOLE
from builder.query.translate.language import Call, Rule, of
from builder.query.translate.nodes import Refused, clone
from builder.query.translate.shared.texts import text_of
from builder.query.translate.templates import filled

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlglot.expressions import Expr

    from builder.query.translate.kinds import Kind


def aggregate(call: Call) -> Expr:
    """An aggregate or window function that PostgreSQL has by the same name."""
    return named(call.name, call)


def named(name: str, call: Call) -> Expr:
    """An aggregate of PostgreSQL's, with the arguments of the call."""
    from sqlglot import exp

    args: list[Expr] = [clone(argument) for argument in call.args]
    if call.distinct:
        args = [exp.Distinct(expressions=args)]
    return exp.Anonymous(this=name, expressions=args)


def windowed(least: int, most: int, kind: Kind | int) -> Rule:
    """A function that means the same; its kind is that of an argument where a number says so."""
    found = of(kind) if isinstance(kind, int) else lambda _: kind
    return Rule(least, most, aggregate, found, is_aggregate=True)


def spread(name: str) -> Rule:
    """A deviation or variance, by PostgreSQL's name; a float of whatever number."""

    def make(call: Call) -> Expr:
        made = named(name, call)
        made.meta["takes_over"] = True
        return filled("CAST(_1 AS double precision)", made)

    return Rule(1, 1, make, lambda _: "float", is_aggregate=True)


def mean(*, of_whole_numbers: Kind) -> Rule:
    """The mean, and the kind of value that whole numbers have as one."""

    def make(call: Call) -> Expr:
        made = named("AVG", call)
        if call.known(0) in WHOLE and of_whole_numbers == "float":
            made.meta["takes_over"] = True
            return filled("CAST(_1 AS double precision)", made)
        return made

    def kind(call: Call) -> Kind | None:
        return of_whole_numbers if call.kinds[0] in WHOLE else call.kinds[0]

    return Rule(1, 1, make, kind, is_aggregate=True)


def any_value(call: Call) -> Expr:
    """One value of the group: the least, so that it is the same in every run."""
    return call.sql("BOOL_OR(_1)" if call.kinds[0] == "bool" else "MIN(_1)")


def count_if(call: Call) -> Expr:
    """How often a condition is true."""
    return call.sql("COUNT(CASE WHEN _1 THEN 1 END)")


def distinct_count(call: Call) -> Expr:
    """What is counted exactly is right as an approximation as well."""
    return call.sql("COUNT(DISTINCT _1)")


def median(call: Call) -> Expr:
    """The mean of the two in the middle, of numbers alone."""
    if call.in_window:
        raise Refused("with OVER is not translated: use a subquery with GROUP BY")
    kind = call.known(0)
    if kind not in (*NUMBERS, "null") and call.is_certain:
        raise Refused(f"of a value of the type {kind} is not translated")
    made = call.sql("PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY _1)")
    return made if kind == "float" else filled("CAST(_1 AS numeric)", made)


def median_kind(call: Call) -> Kind:
    """A float's median is one, and decimal that of the others."""
    return "float" if call.kinds[0] == "float" else "numeric"


def percentile(call: Call) -> Expr:
    """PERCENTILE_CONT(share) WITHIN GROUP (ORDER BY …)."""
    from sqlglot import exp

    if call.in_window:
        raise Refused("with OVER is not translated: use a subquery with GROUP BY")
    if call.order is None:
        raise Refused("needs WITHIN GROUP (ORDER BY …)")
    made = exp.Anonymous(this=call.name, expressions=[clone(call.args[0])])
    return exp.WithinGroup(this=made, expression=clone(call.order))


def text_list(separator: str, *, of_nothing: str | None = None) -> Rule:
    """A list of a group's values with a separator between; `of_nothing` where there are none.

    NULL is left out.
    """

    def make(call: Call) -> Expr:
        from sqlglot import exp

        between = call.args[1] if len(call.args) > 1 else exp.Literal.string(separator)
        if call.distinct:
            made = different(call, call.args[0], between)
        else:
            made = ordered(call, filled("STRING_AGG(_1, _2)", text_of(call, 0), between))
        if of_nothing is None:
            return made
        made.meta["takes_over"] = True
        return filled("COALESCE(_1, _2)", made, exp.Literal.string(of_nothing))

    return Rule(1, 2, make, lambda _: "text", is_aggregate=True, ordered=True)


def ordered(call: Call, made: Expr) -> Expr:
    """An aggregate of the call's values in the order that WITHIN GROUP says."""
    if call.order is None:
        return made
    if call.in_window:
        made.meta["window_order"] = call.order
        return made
    order = clone(call.order)
    order.set("this", clone(made.expressions[-1]))
    made.set("expressions", [*made.expressions[:-1], order])
    return made


def different(call: Call, value: Expr, separator: Expr) -> Expr:
    """A list without doubles. An array is sorted as its values are, and not as their texts."""
    if call.in_window:
        raise Refused("with DISTINCT and OVER is not translated: use a subquery")
    orders = call.order.expressions if call.order is not None else []
    if len(orders) > 1 or (orders and orders[0].this != call.args[0]):
        raise Refused("with DISTINCT is translated only if ordered by what it lists")
    descends = bool(orders and orders[0].args.get("desc"))
    order = f"ORDER BY _1 {'DESC' if descends else ''}"
    listed = f"ARRAY_AGG(DISTINCT _1 {order}) FILTER (WHERE _1 IS NOT NULL)"
    return filled(f"ARRAY_TO_STRING({listed}, _2)", value, separator)


def plain(make: Callable[[Call], Expr], kind: Kind | int) -> Rule:
    """An aggregate of one value, without DISTINCT."""
    return Rule(1, 1, make, of(kind) if isinstance(kind, int) else lambda _: kind)


NUMBERED = {
    "CUME_DIST": windowed(0, 0, "float"),
    "DENSE_RANK": windowed(0, 0, "bigint"),
    "NTILE": windowed(1, 1, "bigint"),
    "PERCENT_RANK": windowed(0, 0, "float"),
    "RANK": windowed(0, 0, "bigint"),
    "ROW_NUMBER": windowed(0, 0, "bigint"),
}
"""The window functions that are the same everywhere."""
NEIGHBOURS = {
    "FIRST_VALUE": windowed(1, 1, 0),
    "LAG": windowed(1, 3, 0),
    "LAST_VALUE": windowed(1, 1, 0),
    "LEAD": windowed(1, 3, 0),
}
"""Values of other rows, in dialects whose frame ends with the current row, as PostgreSQL's does."""
EXTREMES = {"MAX": windowed(1, 1, 0), "MIN": windowed(1, 1, 0), "SUM": windowed(1, 1, 0)}
SPREADS = {name: spread(name) for name in ("STDDEV_POP", "STDDEV_SAMP", "VAR_POP", "VAR_SAMP")} | {
    "STDDEV": spread("STDDEV_SAMP"),
    "VARIANCE": spread("VAR_SAMP"),
}
"""Deviations and variances: of a sample, where the name does not say of what."""
