"""Parts of dates, and the arithmetic with them that several dialects share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from builder.query.translate.language import Call
from builder.query.translate.nodes import Refused
from builder.query.translate.templates import filled
from builder.summary.keys import nearest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlglot.expressions import Expr

    from builder.query.translate.kinds import Kind

_SECONDS = {"hour": 3600, "minute": 60, "second": 1}


def by_name(names: Mapping[str, str]) -> dict[str, str]:
    """Units by each of their names, from all names of each unit: `{"year": "year y yr"}`."""
    return {name: unit for unit, every in names.items() for name in every.split()}


def part(call: Call, index: int, names: Mapping[str, str]) -> str:
    """The part of a date that an argument names, in PostgreSQL's word for it."""
    written = call.word(index)
    found = names.get(written)
    if found is None:
        raise Refused(f"with the part `{written}` is not translated", nearest(written, names))
    return found


def as_timestamp(node: Expr, kind: Kind | None) -> Expr:
    """A moment as a timestamp without a time zone, in UTC as Redshift's sessions are."""
    if kind == "timestamp":
        return node
    if kind == "timestamptz":
        return filled("_1 AT TIME ZONE 'UTC'", node)
    return filled("CAST(_1 AS timestamp)", node)


def moment(call: Call, index: int) -> Expr:
    """An argument as a timestamp; raises Refused for one that is none."""
    kind = call.known(index)
    if kind == "time":
        return filled("DATE '2000-01-01' + _1", call.args[index])
    if kind not in ("text", "date", "timestamp", "timestamptz", "null") and call.is_certain:
        raise Refused(f"of a value of the type {kind} is not translated")
    return as_timestamp(call.args[index], kind)


def boundaries(unit: str, begin: Expr, end: Expr, *, monday: bool = True) -> Expr:
    """How many beginnings of a unit lie between two timestamps; negative if `end` is earlier."""
    if unit in ("millisecond", "microsecond"):
        factor = 1000 if unit == "millisecond" else 1000000
        template = (
            f"CAST(TRUNC(EXTRACT(EPOCH FROM _2) * {factor}) "
            f"- TRUNC(EXTRACT(EPOCH FROM _1) * {factor}) AS bigint)"
        )
    elif unit in _SECONDS:
        template = (
            f"CAST(EXTRACT(EPOCH FROM DATE_TRUNC('{unit}', _2) - DATE_TRUNC('{unit}', _1)) "
            f"/ {_SECONDS[unit]} AS bigint)"
        )
    elif unit == "day":
        template = "CAST(CAST(_2 AS date) - CAST(_1 AS date) AS bigint)"
    elif unit == "week":
        shift = "" if monday else " + INTERVAL '1 day'"
        template = (
            f"CAST((CAST(DATE_TRUNC('week', _2{shift}) AS date) "
            f"- CAST(DATE_TRUNC('week', _1{shift}) AS date)) / 7 AS bigint)"
        )
    else:
        years = "EXTRACT(YEAR FROM {0})"
        counts = {
            "year": years,
            "quarter": f"({years} * 4 + EXTRACT(QUARTER FROM {{0}}))",
            "month": f"({years} * 12 + EXTRACT(MONTH FROM {{0}}))",
            "decade": "EXTRACT(DECADE FROM {0})",
            "century": "EXTRACT(CENTURY FROM {0})",
            "millennium": "EXTRACT(MILLENNIUM FROM {0})",
        }
        if unit not in counts:
            raise Refused(f"in the unit {unit} is not translated")
        count = counts[unit]
        template = f"CAST({count.format('_2')} - {count.format('_1')} AS bigint)"
    return filled(template, begin, end)


def later(unit: str, amount: Expr, start: Expr) -> Expr:
    """A timestamp so many units later, on the last day of a month that is too short."""
    times, name = {"quarter": (3, "month")}.get(unit, (1, unit))
    return filled(f"_1 + _2 * INTERVAL '{times} {name}'", start, amount)


def years_later(unit: str, amount: Expr, start: Expr) -> Expr:
    """The same for years, where the 29th of February becomes the 1st of March."""
    made = f"(_1 + _2 * INTERVAL '1 {unit}')"
    is_leap_day = "TO_CHAR(_1, 'MMDD') = '0229'"
    return filled(
        f"CASE WHEN {is_leap_day} AND TO_CHAR({made}, 'MMDD') = '0228' "
        f"THEN {made} + INTERVAL '1 day' ELSE {made} END",
        start,
        amount,
    )
