"""Spark's functions of dates and times."""

from __future__ import annotations

from typing import TYPE_CHECKING

from builder.query.translate.dates import by_name, later, moment, part
from builder.query.translate.language import Call, Rule, template
from builder.query.translate.shared import formats, moments
from builder.query.translate.shared.months import months_between
from builder.query.translate.templates import filled

if TYPE_CHECKING:
    from sqlglot.expressions import Expr

    from builder.query.translate.kinds import Kind

_UNITS = {unit: unit for unit in moments.UNITS}
_DATES = by_name(
    {
        "year": "year yyyy yy",
        "quarter": "quarter",
        "month": "month mon mm",
        "week": "week",
    }
)
_TIMES = _DATES | {name: name for name in ("day", "hour", "minute", "second")} | {"dd": "day"}
# A second has its fraction in EXTRACT, so it is not here.
_FIELDS = by_name(
    {
        "year": "year y years yr yrs",
        "quarter": "quarter qtr",
        "month": "month mon mons months",
        "week": "week w weeks",
        "day": "day d days",
        "hour": "hour h hours hr hrs",
        "minute": "minute m min mins minutes",
        "sunday1": "dayofweek dow",
        "isodow": "dayofweek_iso dow_iso",
        "doy": "doy",
        "isoyear": "yearofweek",
    }
)
# sql-ref-datetime-pattern.html
_ELEMENTS = {
    "yyyy": "YYYY",
    "yy": "YY",
    "MMMM": "FMMonth",
    "MMM": "Mon",
    "MM": "MM",
    "M": "FMMM",
    "dd": "DD",
    "d": "FMDD",
    "EEEE": "FMDay",
    "EEE": "Dy",
    "EE": "Dy",
    "E": "Dy",
    "HH": "HH24",
    "H": "FMHH24",
    "hh": "HH12",
    "h": "FMHH12",
    "a": "AM",
    "mm": "MI",
    "ss": "SS",
    "SSS": "MS",
    "SSSSSS": "US",
    "q": "Q",
    "Q": "Q",
}


def _by_days(sign: str) -> Rule:
    """DATE_ADD(date, days), and with a `-` DATE_SUB: always a date."""

    def make(call: Call) -> Expr:
        if len(call.args) == 3:
            unit = part(call, 0, _UNITS)
            return later(unit, moments.amount_of(call, 1), moment(call, 2))
        amount = moments.amount_of(call, 1)
        return filled(f"CAST(_1 AS date) {sign} _2", moment(call, 0), amount)

    def kind(call: Call) -> Kind:
        return "timestamp" if len(call.args) == 3 else "date"

    return Rule(2, 3 if sign == "+" else 2, make, kind, words=(0,), words_from=3)


def _timestampadd(call: Call) -> Expr:
    return later(part(call, 0, _UNITS), moments.amount_of(call, 1), moment(call, 2))


def _datediff(call: Call) -> Expr:
    """Days from the second to the first, or whole units that have passed."""
    if len(call.args) == 3:
        return moments.elapsed(part(call, 0, _UNITS), moment(call, 1), moment(call, 2))
    return moments.days_between(call)


def _trunc(call: Call) -> Expr:
    unit = part(call, 1, _DATES)
    return filled(f"CAST(DATE_TRUNC('{unit}', _1) AS date)", moment(call, 0))


def _date_trunc(call: Call) -> Expr:
    return filled(f"DATE_TRUNC('{part(call, 0, _TIMES)}', _1)", moment(call, 1))


def _add_months(call: Call) -> Expr:
    """The last day of a month is one like all others, since Spark 3."""
    made = later("month", moments.amount_of(call, 1), moment(call, 0))
    return filled("CAST(_1 AS date)", made)


def _months_between(call: Call) -> Expr:
    """Rounded to eight digits."""
    made = "CAST(ROUND(CAST(_1 AS numeric), 8) AS double precision)"
    return filled(made, months_between(call))


def _date_format(call: Call) -> Expr:
    pieces = formats.letters(formats.format_of(call, 1), _ELEMENTS)
    return formats.written(call, 0, pieces)


def _to_date(call: Call) -> Expr:
    if len(call.args) == 1:
        return moments.to_date(call)
    elements = {name: _ELEMENTS[name] for name in ("yyyy", "MM", "dd")}
    return formats.read(call, 0, formats.letters(formats.format_of(call, 1), elements))


_DIFFERENCE = Rule(2, 3, _datediff, lambda _: "bigint", words=(0,), words_from=3)
_SHIFT = Rule(3, 3, _timestampadd, lambda _: "timestamp", words=(0,))
MOMENTS = {
    "ADD_MONTHS": Rule(2, 2, _add_months, lambda _: "date"),
    "DATE": moments.DATE,
    "DATEADD": _by_days("+"),
    "DATEDIFF": _DIFFERENCE,
    "DATE_ADD": _by_days("+"),
    "DATE_DIFF": _DIFFERENCE,
    "DATE_FORMAT": Rule(2, 2, _date_format, lambda _: "text"),
    "DATE_PART": moments.date_part(_FIELDS),
    "DATE_SUB": _by_days("-"),
    "DATE_TRUNC": Rule(2, 2, _date_trunc, lambda _: "timestamp", words=(0,)),
    "DAY": moments.field("day"),
    "DAYOFMONTH": moments.field("day"),
    "DAYOFWEEK": moments.field("sunday1"),
    "DAYOFYEAR": moments.field("doy"),
    "HOUR": moments.field("hour"),
    "LAST_DAY": moments.LAST_DAY,
    "MAKE_DATE": template("MAKE_DATE(_1, _2, _3)", "date", 3),
    "MINUTE": moments.field("minute"),
    "MONTH": moments.field("month"),
    "MONTHS_BETWEEN": Rule(2, 2, _months_between, lambda _: "float"),
    "NOW": template(moments.NOW, "timestamp", 0),
    "QUARTER": moments.field("quarter"),
    "SECOND": moments.field("second"),
    "TIMESTAMPADD": _SHIFT,
    "TIMESTAMPDIFF": Rule(3, 3, _datediff, lambda _: "bigint", words=(0,)),
    "TO_DATE": Rule(1, 2, _to_date, lambda _: "date"),
    "TRUNC": Rule(2, 2, _trunc, lambda _: "date", words=(1,)),
    "WEEKDAY": moments.field("monday0"),
    "WEEKOFYEAR": moments.field("week"),
    "YEAR": moments.field("year"),
}
SPECIAL_MOMENTS = {
    "CurrentDate": moments.today,
    "CurrentTimestamp": moments.now,
    "Extract": moments.extract(_FIELDS),
    "Interval": moments.interval,
}
