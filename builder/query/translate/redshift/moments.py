"""Redshift's functions of dates and times."""

from __future__ import annotations

from typing import TYPE_CHECKING

from builder.query.translate.dates import (
    as_timestamp,
    boundaries,
    by_name,
    later,
    moment,
    part,
    years_later,
)
from builder.query.translate.kinds import WHOLE
from builder.query.translate.language import Call, Rule, template
from builder.query.translate.nodes import Refused, kind_of
from builder.query.translate.shared.moments import LAST_DAY, NOW
from builder.query.translate.shared.months import add_months, months_between
from builder.query.translate.templates import filled

if TYPE_CHECKING:
    from sqlglot.expressions import Expr

    from builder.query.translate.kinds import Kind

# r_Dateparts_for_datetime_functions
PARTS = by_name(
    {
        "millennium": "millennium millennia mil mils",
        "century": "century centuries c cent cents",
        "decade": "decade decades dec decs",
        "epoch": "epoch",
        "year": "year years y yr yrs",
        "quarter": "quarter quarters qtr qtrs",
        "month": "month months mon mons",
        "week": "week weeks w",
        "dow": "dayofweek dow dw weekday",
        "doy": "dayofyear doy dy yearday",
        "day": "day days d",
        "hour": "hour hours h hr hrs",
        "minute": "minute minutes m min mins",
        "second": "second seconds s sec secs",
        "millisecond": "millisecond milliseconds ms msec msecs msecond mseconds millisec "
        "millisecs millisecon",
        "microsecond": "microsecond microseconds microsec microsecs microsecond usecond useconds "
        "us usec usecs",
    }
)
_BEGUN = "(TRANSACTION_TIMESTAMP() AT TIME ZONE 'UTC')"


def _moment(template_: str, kind: Kind) -> Rule:
    """A function of one moment."""
    return Rule(1, 1, lambda call: filled(template_, moment(call, 0)), lambda _: kind)


def _date_part(call: Call) -> Expr:
    unit = part(call, 0, PARTS)
    if unit in ("millisecond", "microsecond", "decade"):
        raise Refused(f"of `{unit}` is not translated")
    if unit == "epoch" and call.kinds[1] == "interval":
        return filled("DATE_PART('epoch', _1)", call.args[1])
    return filled(f"DATE_PART('{unit}', _1)", moment(call, 1))


def _extract(node: Expr) -> tuple[Expr, Kind]:
    """Whole numbers, without what is smaller than the part (r_EXTRACT_function)."""
    unit = PARTS.get(node.this.name.lower(), "")
    if unit in ("", "microsecond"):
        raise Refused(f"EXTRACT of `{node.this.name}` is not translated")
    inner = node.expression
    kind = kind_of(inner)
    if kind in WHOLE:
        raise Refused(
            "EXTRACT of a number is not translated: dates subtracted are a number of days"
        )
    if kind == "interval" and unit != "epoch":
        raise Refused(f"EXTRACT of `{unit}` from an interval is not translated")
    taken = inner if kind in ("time", "interval") else as_timestamp(inner, kind)
    found = f"CAST(TRUNC(EXTRACT({unit.upper()} FROM _1)) AS bigint)"
    if unit == "millisecond":
        found = f"MOD({found}, 1000)"
    if unit == "decade":
        found += " + 1"  # r_Dateparts_for_datetime_functions counts from the year 1
    return filled(found, taken), "int"


def _date_trunc(call: Call) -> Expr:
    unit = part(call, 0, PARTS)
    if unit in ("epoch", "dow", "doy"):
        raise Refused(f"to `{unit}` is not translated")
    return filled(f"DATE_TRUNC('{unit}', _1)", moment(call, 1))


def _dateadd(call: Call) -> Expr:
    unit = part(call, 0, PARTS)
    if unit in ("epoch", "dow", "doy"):
        raise Refused(f"of `{unit}` is not translated")
    if call.kinds[1] in ("numeric", "float"):
        raise Refused(f"needs a whole number: write `{call.written(1)}::int`")
    if call.kinds[2] == "time":
        return later(unit, call.args[1], call.args[2])
    if unit in ("year", "decade", "century", "millennium"):
        return years_later(unit, call.args[1], moment(call, 2))
    return later(unit, call.args[1], moment(call, 2))


def _later_kind(call: Call) -> Kind:
    return "time" if call.kinds[2] == "time" else "timestamp"


def _datediff(call: Call) -> Expr:
    unit = part(call, 0, PARTS)
    return boundaries(unit, moment(call, 1), moment(call, 2))


def _next_day(call: Call) -> Expr:
    days = ("su", "mo", "tu", "we", "th", "fr", "sa")
    found = [number for number, day in enumerate(days) if call.word(1).startswith(day)]
    if not found:
        raise Refused(f"of the day `{call.word(1)}` is not translated")
    return filled(
        f"CAST(_1 AS date) + 1 + MOD({found[0] + 6} - CAST(EXTRACT(DOW FROM _1) AS int), 7)",
        moment(call, 0),
    )


def _to_date(call: Call) -> Expr:
    """A day that does not exist is an error, as it is with a third argument TRUE."""
    from sqlglot import exp

    if len(call.args) > 2 and not (isinstance(call.args[2], exp.Boolean) and call.args[2].this):
        raise Refused("is translated with TRUE as its third argument only")
    return filled("TO_DATE(_1, _2)", *call.args[:2])


def _convert_timezone(call: Call) -> Expr:
    """From UTC where no other zone is named (CONVERT_TIMEZONE)."""
    from sqlglot import exp

    *zones, _ = call.args
    for zone in zones:
        if not isinstance(zone, exp.Literal):
            raise Refused("needs its zones as texts in quotes")
    kind = call.known(len(zones))
    taken = call.args[-1]
    if kind != "timestamptz":
        source = zones[0] if len(zones) == 2 else exp.Literal.string("UTC")
        taken = filled("_1 AT TIME ZONE _2", moment(call, len(zones)), source)
    return filled("_1 AT TIME ZONE _2", taken, zones[-1])


def _to_char(call: Call) -> Expr:
    kind = call.kinds[0]
    value = as_timestamp(call.args[0], kind) if kind == "timestamptz" else call.args[0]
    return filled("TO_CHAR(_1, _2)", value, call.args[1])


def _now(node: Expr) -> tuple[Expr, Kind]:
    """SYSDATE is when the transaction began (r_SYSDATE)."""
    is_sysdate = node.args.get("sysdate") or node.name.upper() == "SYSDATE"
    if not is_sysdate:
        raise Refused("CURRENT_TIMESTAMP is not translated: write GETDATE()")
    return filled(_BEGUN), "timestamp"


def _today(node: Expr) -> tuple[Expr, Kind]:
    return filled(f"CAST({_BEGUN} AS date)"), "date"


MOMENTS = {
    "ADD_MONTHS": Rule(2, 2, add_months, lambda _: "timestamp"),
    "CONVERT_TIMEZONE": Rule(2, 3, _convert_timezone, lambda _: "timestamp"),
    "DATE": _moment("CAST(_1 AS date)", "date"),
    "DATEADD": Rule(3, 3, _dateadd, _later_kind, words=(0,)),
    "DATEDIFF": Rule(3, 3, _datediff, lambda _: "bigint", words=(0,)),
    "DATE_PART": Rule(2, 2, _date_part, lambda _: "float", words=(0,)),
    "DATE_TRUNC": Rule(2, 2, _date_trunc, lambda _: "timestamp", words=(0,)),
    "GETDATE": template(NOW, "timestamp", 0),
    "LAST_DAY": LAST_DAY,
    "MONTHS_BETWEEN": Rule(2, 2, months_between, lambda _: "float"),
    "NEXT_DAY": Rule(2, 2, _next_day, lambda _: "date", words=(1,)),
    "TO_CHAR": Rule(2, 2, _to_char, lambda _: "text"),
    "TO_DATE": Rule(2, 3, _to_date, lambda _: "date"),
}
SPECIAL_MOMENTS = {"Extract": _extract, "CurrentTimestamp": _now, "CurrentDate": _today}
