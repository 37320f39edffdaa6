"""Redshift's functions of numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from builder.query.translate.dates import as_timestamp
from builder.query.translate.language import Call, Rule, of, same
from builder.query.translate.nodes import Refused
from builder.query.translate.shared.numbers import CEIL, floating, places, places_kind, rounding
from builder.query.translate.templates import filled

if TYPE_CHECKING:
    from sqlglot.expressions import Expr

    from builder.query.translate.kinds import Kind


def _trunc(call: Call) -> Expr:
    kind = call.known(0)
    if kind in ("date", "timestamp", "timestamptz"):
        if len(call.args) > 1:
            raise Refused("of a timestamp takes no second argument")
        return filled("CAST(_1 AS date)", as_timestamp(call.args[0], kind))
    return places(call, "TRUNC")


def _truncated_kind(call: Call) -> Kind | None:
    is_moment = call.kinds[0] in ("date", "timestamp", "timestamptz")
    return "date" if is_moment else places_kind(call)


NUMBERS = {
    "ABS": same(1, kind=of(0)),
    "CEIL": CEIL,  # r_CEILING_FLOOR: a whole number keeps its type
    "CEILING": CEIL,
    "EXP": floating("EXP(_1)", 1),
    "FLOOR": CEIL,
    "LN": floating("LN(_1)", 1),
    "LOG": floating("LOG(_1)", 1),
    "MOD": same(2, kind=of(0)),
    "PI": same(0, kind="float"),
    "POW": floating("POWER(_1, _2)", 2),
    "POWER": floating("POWER(_1, _2)", 2),
    "RANDOM": same(0, kind="float"),
    "ROUND": rounding(),  # r_ROUND, r_TRUNC: a number keeps its type
    "SIGN": CEIL,  # r_SIGN: so does SIGN
    "SQRT": floating("SQRT(_1)", 1),
    "TRUNC": Rule(1, 2, _trunc, _truncated_kind),
}
