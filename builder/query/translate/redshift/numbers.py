"""Redshift's functions of numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from builder.query.translate.dates import as_timestamp
from builder.query.translate.kinds import WHOLE
from builder.query.translate.language import Call, Refused, Rule, of, same, template
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
    return _places(call, "TRUNC")


def _round(call: Call) -> Expr:
    return _places(call, "ROUND")


def _places(call: Call, name: str) -> Expr:
    """ROUND or TRUNC of a number, which keeps its type (r_ROUND, r_TRUNC)."""
    from sqlglot import exp

    kind = call.known(0)
    places = ""
    if len(call.args) > 1:
        is_number = isinstance(call.args[1], exp.Literal | exp.Neg)
        places = ", _2" if is_number else ", CAST(_2 AS int)"
    if kind == "numeric" or kind == "null":
        return call.sql(f"{name}(_1{places})")
    made = f"{name}(CAST(_1 AS numeric){places})"
    if kind in WHOLE:
        return call.sql(f"CAST({made} AS bigint)")
    if kind in ("float", "text") or not call.is_certain:
        return call.sql(f"CAST({made} AS double precision)")
    raise Refused(f"of a value of the type {kind} is not translated")


def _whole(call: Call) -> Expr:
    """CEIL and FLOOR keep the type of a whole number (r_CEILING_FLOOR)."""
    name = {"CEILING": "CEIL"}.get(call.name, call.name)
    cast = "CAST({} AS bigint)" if call.known(0) in WHOLE else "{}"
    return call.sql(cast.format(f"{name}(_1)"))


def _truncated_kind(call: Call) -> Kind | None:
    kind = call.kinds[0]
    if kind in ("date", "timestamp", "timestamptz"):
        return "date"
    return "float" if kind == "text" else kind


def _round_kind(call: Call) -> Kind | None:
    return "float" if call.kinds[0] == "text" else call.kinds[0]


def _float(text: str, least: int) -> Rule:
    """A function whose value is DOUBLE PRECISION whatever its argument."""
    return template(f"CAST({text} AS double precision)", "float", least)


NUMBERS = {
    "ABS": same(1, kind=of(0)),
    "CEIL": Rule(1, 1, _whole, of(0)),
    "CEILING": Rule(1, 1, _whole, of(0)),
    "EXP": _float("EXP(_1)", 1),
    "FLOOR": Rule(1, 1, _whole, of(0)),
    "LN": _float("LN(_1)", 1),
    "LOG": _float("LOG(_1)", 1),
    "MOD": same(2, kind=of(0)),
    "PI": same(0, kind="float"),
    "POW": _float("POWER(_1, _2)", 2),
    "POWER": _float("POWER(_1, _2)", 2),
    "RANDOM": same(0, kind="float"),
    "ROUND": Rule(1, 2, _round, _round_kind),
    "SIGN": same(1, kind=of(0)),
    "SQRT": _float("SQRT(_1)", 1),
    "TRUNC": Rule(1, 2, _trunc, _truncated_kind),
}
