"""MySQL's SQL: what is proven to give the same values on PostgreSQL.

The pages that comments name are those of its reference manual,
https://dev.mysql.com/doc/refman/8.4/en/PAGE.html. tests/integration/test_dialects.py holds every
function against the values that they give. Texts are the same there in upper and lower case, by
the collation that is the default; here they are not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from builder.query.translate.constructs import COMMON
from builder.query.translate.dates import moment, part
from builder.query.translate.kinds import WHOLE
from builder.query.translate.language import Call, Language, Rule, template
from builder.query.translate.nodes import Refused
from builder.query.translate.shared import aggregates, choices, formats, moments, numbers, texts
from builder.query.translate.templates import filled

if TYPE_CHECKING:
    from sqlglot.expressions import Expr

    from builder.query.translate.kinds import Kind

_UNITS = {unit: unit for unit in moments.UNITS}
_FIELDS = {name: name for name in ("year", "quarter", "month", "day", "hour", "minute", "second")}
# date-and-time-functions, at DATE_FORMAT
_ELEMENTS = {
    "Y": "YYYY",
    "y": "YY",
    "m": "MM",
    "c": "FMMM",
    "d": "DD",
    "e": "FMDD",
    "D": "FMDDth",
    "H": "HH24",
    "k": "FMHH24",
    "h": "HH12",
    "I": "HH12",
    "l": "FMHH12",
    "i": "MI",
    "s": "SS",
    "S": "SS",
    "f": "US",
    "p": "AM",
    "r": "HH12:MI:SS AM",
    "T": "HH24:MI:SS",
    "b": "Mon",
    "M": "FMMonth",
    "a": "Dy",
    "W": "FMDay",
    "j": "DDD",
    "v": "IW",
    "x": "IYYY",
}


def _number(call: Call) -> Call:
    """A condition is a number there: SUM(status = 'paid') counts."""
    if call.kinds[0] != "bool":
        return call
    args = (filled("CAST(_1 AS integer)", call.args[0]),)
    return Call(call.name, args, ("int",), call.distinct, None, call.in_window, call.is_certain)


def _sum(call: Call) -> Expr:
    return aggregates.aggregate(_number(call))


def _sum_kind(call: Call) -> Kind | None:
    return "int" if call.kinds[0] == "bool" else call.kinds[0]


def _avg_kind(call: Call) -> Kind | None:
    return "numeric" if call.kinds[0] in (*WHOLE, "bool") else call.kinds[0]


def _difference(call: Call) -> Expr:
    """Whole units that have passed."""
    return moments.elapsed(part(call, 0, _UNITS), moment(call, 1), moment(call, 2))


def _timestampadd(call: Call) -> Expr:
    return moments.shifted(call, 2, part(call, 0, _UNITS), moments.amount_of(call, 1))


def _by_days(sign: str) -> Rule:
    """ADDDATE and SUBDATE: by an interval, or by so many days."""

    def make(call: Call) -> Expr:
        if call.kinds[1] == "interval":
            return moments.by_interval(call, sign)
        amount = filled(f"{sign}_1" if sign == "-" else "_1", moments.amount_of(call, 1))
        return moments.shifted(call, 0, "day", amount)

    return Rule(2, 2, make, lambda _: None)


def _date_format(call: Call) -> Expr:
    pieces = formats.percent(formats.format_of(call, 1), _ELEMENTS)
    return formats.written(call, 0, pieces)


def _str_to_date(call: Call) -> Expr:
    elements = {name: _ELEMENTS[name] for name in ("Y", "m", "d")}
    return formats.read(call, 0, formats.percent(formats.format_of(call, 1), elements))


def _name_of(element: str) -> Rule:
    """DAYNAME and MONTHNAME, in English."""
    return Rule(
        1, 1, lambda call: filled(f"TO_CHAR(_1, '{element}')", moment(call, 0)), lambda _: "text"
    )


def _substring_index(call: Call) -> Expr:
    """What stands before so many separators, or behind them from the end."""
    from sqlglot import exp

    count = call.args[2]
    inner = count.this if isinstance(count, exp.Neg) else count
    if not isinstance(inner, exp.Literal) or not inner.name.isdigit():
        raise Refused("needs a number as its third argument")
    listed = "STRING_TO_ARRAY(_1, _2)"
    wanted = int(inner.name)
    if inner is count:
        picked = f"({listed})[1:{wanted}]"
    else:
        picked = f"({listed})[GREATEST(CARDINALITY({listed}) - {wanted - 1}, 1):]"
    return filled(f"ARRAY_TO_STRING({picked}, _2)", texts.text_of(call, 0), call.args[1])


def _lower_bound(name: str, test: str) -> Rule:
    """A float, or NULL where there is none."""
    return numbers.floating(f"CASE WHEN {test} THEN {name}(_1) END", 1)


_ADD = Rule(2, 2, moments.by_interval, lambda _: None)
_SUB = Rule(2, 2, lambda call: moments.by_interval(call, "-"), lambda _: None)
_OUTSIDE = "_2 = 0 OR _2 < -LENGTH(_1)"
_CUT = texts.substr(texts.FROM_END, _OUTSIDE)
_NOW = template(moments.NOW, "timestamp", 0)
_TODAY = template(f"CAST({moments.NOW} AS date)", "date", 0)
FUNCTIONS = {
    **aggregates.EXTREMES,
    **aggregates.NEIGHBOURS,
    **aggregates.NUMBERED,
    **aggregates.SPREADS,
    **choices.STANDARD,
    **choices.STRICT,
    **numbers.STANDARD,
    **texts.STANDARD,
    "ADDDATE": _by_days("+"),
    "ANY_VALUE": aggregates.plain(aggregates.any_value, 0),
    "AVG": Rule(1, 1, _sum, _avg_kind, is_aggregate=True),
    "CHARACTER_LENGTH": texts.LENGTH,
    "CHAR_LENGTH": texts.LENGTH,
    "CONCAT_WS": texts.CONCAT_WS,
    "CURDATE": _TODAY,
    "DATE": moments.DATE,
    "DATEDIFF": Rule(2, 2, moments.days_between, lambda _: "bigint"),
    "DATE_ADD": _ADD,
    "DATE_FORMAT": Rule(2, 2, _date_format, lambda _: "text"),
    "DATE_SUB": _SUB,
    "DAY": moments.field("day"),
    "DAYNAME": _name_of("FMDay"),
    "DAYOFMONTH": moments.field("day"),
    "DAYOFWEEK": moments.field("sunday1"),
    "DAYOFYEAR": moments.field("doy"),
    "EXP": numbers.floating("EXP(_1)", 1),
    "GROUP_CONCAT": aggregates.text_list(","),
    "HOUR": moments.field("hour"),
    "IF": choices.IF,
    "IFNULL": choices.FIRST,
    "INSTR": texts.found(0, 1),
    "ISNULL": template("_1 IS NULL", "bool", 1),
    "LAST_DAY": moments.LAST_DAY,
    "LCASE": texts.STANDARD["LOWER"],
    "LENGTH": texts.on_text("OCTET_LENGTH(_1)", "int", 1),
    "LN": _lower_bound("LN", "_1 > 0"),
    "LOCATE": texts.found(1, 0),
    "MID": _CUT,
    "MINUTE": moments.field("minute"),
    "MOD": numbers.remainder(numbers.NO_ZERO),
    "MONTH": moments.field("month"),
    "MONTHNAME": _name_of("FMMonth"),
    "NOW": _NOW,
    "QUARTER": moments.field("quarter"),
    "SECOND": moments.field("second"),
    "SQRT": _lower_bound("SQRT", "_1 >= 0"),
    "STD": aggregates.spread("STDDEV_POP"),
    "STDDEV": aggregates.spread("STDDEV_POP"),
    "STR_TO_DATE": Rule(2, 2, _str_to_date, lambda _: "date"),
    "SUBDATE": _by_days("-"),
    "SUBSTR": _CUT,
    "SUBSTRING_INDEX": Rule(3, 3, _substring_index, lambda _: "text"),
    "SUM": Rule(1, 1, _sum, _sum_kind, is_aggregate=True),
    "TIMESTAMPADD": Rule(3, 3, _timestampadd, lambda _: None, words=(0,)),
    "TIMESTAMPDIFF": Rule(3, 3, _difference, lambda _: "bigint", words=(0,)),
    "TRUNCATE": numbers.rounding("TRUNC"),
    "UCASE": texts.STANDARD["UPPER"],
    "VARIANCE": aggregates.spread("VAR_POP"),
    "WEEKDAY": moments.field("monday0"),
    "WEEKOFYEAR": moments.field("week"),
    "YEAR": moments.field("year"),
}
MYSQL = Language(
    name="mysql",
    title="MySQL",
    functions=FUNCTIONS,
    constructs=COMMON | {"IntDiv"},
    divides="numeric",
    null_divisor=True,
    rounds_casts=True,
    days_in_dates=False,
    days_between=False,
    dates_stay=True,
    written_alike=texts.WRITTEN_ALIKE,
    refused_words={"||": "`||` is OR there: write CONCAT for texts, OR for conditions"},
    # cast-functions: CHAR without a length is the whole text, DECIMAL is DECIMAL(10,0)
    types={
        "INT": "bigint",
        "BIGINT": "bigint",
        "DOUBLE": "double precision",
        "FLOAT": "real",
        "DECIMAL": "numeric(10, 0)",
        "DECIMAL()": "numeric()",
        "CHAR": "text",
        "CHAR()": "varchar()",
        "VARCHAR()": "varchar()",
        "TEXT": "text",
        "TINYINT": "smallint",
        "TINYINT()": "smallint",
        "SMALLINT": "smallint",
        "DATE": "date",
        "TIME": "time(0)",
        "DATETIME": "timestamp(0)",
        "DATETIME()": "timestamp()",
        "TIMESTAMPTZ": "timestamp",
    },
    special={
        "CurrentDate": moments.today,
        "CurrentTimestamp": moments.now,
        "Extract": moments.extract(_FIELDS),
        "Interval": moments.interval,
        "StrPosition": texts.position,
        "Substring": texts.substring(texts.FROM_END, _OUTSIDE),
        "Trim": texts.trimmed(of_characters=False),
    },
)
