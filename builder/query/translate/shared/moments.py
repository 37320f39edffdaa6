"""Functions of dates and times that dialects share; a time zone is that of UTC."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from builder.query.translate.dates import as_timestamp, later, moment, part
from builder.query.translate.kinds import WHOLE
from builder.query.translate.language import Call, Rule
from builder.query.translate.nodes import Refused, as_kind, kind_of
from builder.query.translate.templates import filled

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlglot.expressions import Expr

    from builder.query.translate.kinds import Kind
    from builder.query.translate.language import Special

NOW = "(STATEMENT_TIMESTAMP() AT TIME ZONE 'UTC')"
DAYS = frozenset({"day", "week", "month", "quarter", "year"})
"""Units after whose addition a date is still one."""
UNITS = DAYS | {"hour", "minute", "second"}
# What PostgreSQL does not have: days of the week by what Sunday or Monday is.
_FIELDS = {
    "sunday0": "EXTRACT(DOW FROM _1)",
    "sunday1": "EXTRACT(DOW FROM _1) + 1",
    "monday0": "EXTRACT(ISODOW FROM _1) - 1",
}
_DATE = re.compile(r"\d{4}-\d\d-\d\d")


def typed(call: Call, index: int) -> tuple[Expr, Kind | None]:
    """An argument that is a moment, and its kind; a text in quotes is what it looks like."""
    from sqlglot import exp

    node, kind = call.args[index], call.known(index)
    if kind != "text":
        return node, kind
    if not isinstance(node, exp.Literal):
        raise Refused("of a text is not translated: write CAST(… AS DATE)")
    if _DATE.fullmatch(node.name):
        return filled("CAST(_1 AS date)", node), "date"
    return filled("CAST(_1 AS timestamp)", node), "timestamp"


def like(made: Expr, kind: Kind | None, unit: str) -> tuple[Expr, Kind]:
    """A timestamp without a zone as the type of moment that it was made from."""
    if kind == "date" and unit in DAYS:
        return filled("CAST(_1 AS date)", made), "date"
    if kind == "timestamptz":
        return filled("_1 AT TIME ZONE 'UTC'", made), "timestamptz"
    return made, "timestamp"


def noted(made: Expr, kind: Kind | None, unit: str) -> Expr:
    """The same, with its kind noted on it."""
    return as_kind(*like(made, kind, unit))


def truncated(call: Call, index: int, unit: str, *, sunday: bool = False) -> Expr:
    """The beginning of a unit, of the same type; a week begins on Monday or else on Sunday."""
    node, kind = typed(call, index)
    taken = as_timestamp(node, kind)
    if unit == "week" and sunday:
        day = "INTERVAL '1 day'"
        made = filled(f"DATE_TRUNC('week', _1 + {day}) - {day}", taken)
    else:
        made = filled(f"DATE_TRUNC('{unit}', _1)", taken)
    return noted(made, kind, unit)


def shifted(call: Call, index: int, unit: str, amount: Expr) -> Expr:
    """A moment so many units later, of the same type."""
    node, kind = typed(call, index)
    if unit not in UNITS:
        raise Refused(f"of `{unit}` is not translated")
    made = later(unit, amount, as_timestamp(node, kind))
    return noted(made, kind, unit)


def by_interval(call: Call, sign: str = "+") -> Expr:
    """DATE_ADD(moment, INTERVAL number unit), and with a `-` DATE_SUB."""
    unit = call.args[1].meta.get("unit")
    if not unit:
        raise Refused("needs INTERVAL and a unit as its second argument")
    node, kind = typed(call, 0)
    made = filled(f"_1 {sign} _2", as_timestamp(node, kind), call.args[1])
    return noted(made, kind, unit)


def interval(node: Expr) -> tuple[Expr, Kind]:
    """INTERVAL of any number and one unit, which is noted on it."""
    from sqlglot import exp

    written = node.args.get("unit")
    unit = written.name.lower() if written is not None else ""
    if unit.removesuffix("s") in UNITS:
        unit = unit.removesuffix("s")
    if unit not in UNITS:
        raise Refused(f"INTERVAL in the unit `{unit or '?'}` is not translated")
    times, name = {"quarter": (3, "month")}.get(unit, (1, unit))
    amount = node.this
    if isinstance(amount, exp.Literal):
        if not re.fullmatch(r"-?\d+", amount.name):
            raise Refused(f"INTERVAL of `{amount.name}` is not translated")
        made = filled(f"INTERVAL '{int(amount.name) * times} {name}'")
        made.meta["unit"] = unit
        return made, "interval"
    if kind_of(amount) not in (*WHOLE, None):
        raise Refused("INTERVAL of anything but a whole number is not translated")
    made = filled(f"_1 * INTERVAL '{times} {name}'", amount)
    made.meta["unit"] = unit
    return made, "interval"


def amount_of(call: Call, index: int) -> Expr:
    """An argument that is a whole number."""
    if call.known(index) not in (*WHOLE, "null") and call.is_certain:
        raise Refused(f"needs a whole number, {call.written(index)} is none")
    return call.args[index]


def field(name: str) -> Rule:
    """A function of one moment that gives a part of it, as YEAR."""
    return Rule(1, 1, lambda call: _field(name, moment(call, 0)), lambda _: "int")


def extract(parts: Mapping[str, str]) -> Special:
    """EXTRACT(part FROM moment), by the dialect's names of parts."""

    def make(node: Expr) -> tuple[Expr, Kind]:
        name = parts.get(node.this.name.lower(), "")
        kind = kind_of(node.expression)
        if not name:
            raise Refused(f"EXTRACT of `{node.this.name}` is not translated")
        if kind not in ("text", "date", "timestamp", "timestamptz", "null", None):
            raise Refused(f"EXTRACT from a value of the type {kind} is not translated")
        return _field(name, as_timestamp(node.expression, kind)), "int"

    return make


def _field(name: str, taken: Expr) -> Expr:
    found = _FIELDS.get(name, f"EXTRACT({name.upper()} FROM _1)")
    return filled(f"CAST(TRUNC({found}) AS bigint)", taken)


def elapsed(unit: str, begin: Expr, end: Expr) -> Expr:
    """How many whole units have passed between two timestamps; negative if `end` is earlier."""
    seconds = {"second": 1, "minute": 60, "hour": 3600, "day": 86400, "week": 604800}
    if unit in seconds:
        passed = f"EXTRACT(EPOCH FROM _2 - _1) / {seconds[unit]}"
        return filled(f"CAST(TRUNC({passed}) AS bigint)", begin, end)
    months = {"month": 1, "quarter": 3, "year": 12}.get(unit)
    if months is None:
        raise Refused(f"in the unit {unit} is not translated")
    count = "(EXTRACT(YEAR FROM {0}) * 12 + EXTRACT(MONTH FROM {0}))"
    rest = "({0} - DATE_TRUNC('month', {0}))"
    crossed = f"({count.format('_2')} - {count.format('_1')})"
    over = f"{rest.format('_2')} < {rest.format('_1')}"
    under = f"{rest.format('_2')} > {rest.format('_1')}"
    whole = (
        f"({crossed} - CASE WHEN _2 >= _1 AND {over} THEN 1 "
        f"WHEN _2 < _1 AND {under} THEN -1 ELSE 0 END)"
    )
    return filled(f"CAST(TRUNC({whole} / {months}) AS bigint)", begin, end)


def last_day(call: Call) -> Expr:
    """The last day of the month."""
    end = "DATE_TRUNC('month', _1) + INTERVAL '1 month' - INTERVAL '1 day'"
    return filled(f"CAST({end} AS date)", moment(call, 0))


def to_date(call: Call) -> Expr:
    """The day of a moment, or of a text that begins with one."""
    return filled("CAST(_1 AS date)", moment(call, 0))


def today(node: Expr) -> tuple[Expr, Kind]:
    """CURRENT_DATE, where no zone is named."""
    if node.args.get("this") is not None:
        raise Refused("CURRENT_DATE of a time zone is not translated")
    return filled(f"CAST({NOW} AS date)"), "date"


def now(node: Expr) -> tuple[Expr, Kind]:
    """CURRENT_TIMESTAMP without a precision, as a timestamp of UTC."""
    if node.args.get("this") is not None:
        raise Refused("CURRENT_TIMESTAMP with an argument is not translated")
    return filled(NOW), "timestamp"


def now_with_zone(node: Expr) -> tuple[Expr, Kind]:
    """The same, as a timestamp with a time zone."""
    made, _ = now(node)
    return filled("_1 AT TIME ZONE 'UTC'", made), "timestamptz"


def days_between(call: Call) -> Expr:
    """DATEDIFF(end, begin): the days between, whatever their hours."""
    days = "CAST(_1 AS date) - CAST(_2 AS date)"
    return filled(f"CAST({days} AS bigint)", moment(call, 0), moment(call, 1))


def date_part(parts: Mapping[str, str]) -> Rule:
    """DATE_PART(part, moment), by the dialect's names of parts."""
    return Rule(
        2,
        2,
        lambda call: _field(part(call, 0, parts), moment(call, 1)),
        lambda _: "int",
        words=(0,),
    )


LAST_DAY = Rule(1, 1, last_day, lambda _: "date")
DATE = Rule(1, 1, to_date, lambda _: "date")
