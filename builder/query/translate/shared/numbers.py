"""Functions of numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from builder.query.translate.kinds import WHOLE, arithmetic, kind_of_type
from builder.query.translate.language import Call, Rule, of, same, template
from builder.query.translate.nodes import Refused

if TYPE_CHECKING:
    from sqlglot.expressions import Expr

    from builder.query.translate.kinds import Kind


def places(call: Call, name: str) -> Expr:
    """ROUND or TRUNC of a number, away from zero, which keeps its type."""
    from sqlglot import exp

    kind = call.known(0)
    digits = ""
    if len(call.args) > 1:
        is_number = isinstance(call.args[1], exp.Literal | exp.Neg)
        digits = ", _2" if is_number else ", CAST(_2 AS int)"
    if kind == "numeric" or kind == "null":
        return call.sql(f"{name}(_1{digits})")
    made = f"{name}(CAST(_1 AS numeric){digits})"
    if kind in WHOLE:
        return call.sql(f"CAST({made} AS bigint)")
    if kind in ("float", "text") or not call.is_certain:
        return call.sql(f"CAST({made} AS double precision)")
    raise Refused(f"of a value of the type {kind} is not translated")


def places_kind(call: Call) -> Kind | None:
    """A text is a float, the others stay what they are."""
    return "float" if call.kinds[0] == "text" else call.kinds[0]


def whole(call: Call) -> Expr:
    """CEIL and FLOOR, which keep the type of a whole number."""
    name = {"CEILING": "CEIL"}.get(call.name, call.name)
    cast = "CAST({} AS bigint)" if call.known(0) in WHOLE else "{}"
    return call.sql(cast.format(f"{name}(_1)"))


def floating(text: str, least: int) -> Rule:
    """A function whose value is a float whatever its arguments."""
    return template(f"CAST({text} AS double precision)", "float", least)


def power(call: Call) -> Expr:
    """A float, as all of these dialects document it; PostgreSQL's of decimals is a decimal."""
    return call.sql("POWER(CAST(_1 AS double precision), CAST(_2 AS double precision))")


def remainder(divisor: str = "_2") -> Rule:
    """MOD, with the sign of what is divided."""

    def make(call: Call) -> Expr:
        if "float" in (call.known(0), call.known(1)):
            found = f"MOD(CAST(_1 AS numeric), {divisor.replace('_2', 'CAST(_2 AS numeric)')})"
            return call.sql(f"CAST({found} AS double precision)")
        return call.sql(f"MOD(_1, {divisor})")

    return Rule(2, 2, make, lambda call: arithmetic(*call.kinds))


def rounding(name: str = "ROUND") -> Rule:
    """ROUND or TRUNC under whatever name."""
    return Rule(1, 2, lambda call: places(call, name), places_kind)


def quotient(text: str, of_whole_numbers: str = "numeric", digits: int | None = None) -> Rule:
    """A function that divides, by a text with a place for the quotient.

    That of whole numbers has a type of its own, and may be rounded.
    """

    def make(call: Call) -> Expr:
        divided = "_1 / _2"
        if {call.known(0), call.known(1)} <= {*WHOLE}:
            divided = f"CAST(_1 AS {of_whole_numbers}) / _2"
            if digits is not None:
                divided = f"ROUND({divided}, {digits})"
        return call.sql(text.format(divided))

    def kind(call: Call) -> Kind | None:
        whole = kind_of_type(of_whole_numbers)
        return whole if {*call.kinds} <= {*WHOLE} else arithmetic(*call.kinds)

    return Rule(2, 2, make, kind)


CEIL = Rule(1, 1, whole, of(0))
POWER = Rule(2, 2, power, lambda _: "float")
STANDARD = {
    "ABS": same(1, kind=of(0)),
    "CEIL": CEIL,
    "CEILING": CEIL,
    "FLOOR": CEIL,
    "POW": POWER,
    "POWER": POWER,
    "ROUND": rounding(),
    "SIGN": template("CAST(SIGN(_1) AS integer)", "int", 1),
}
NO_ZERO = "NULLIF(_2, 0)"
