"""Snowflake's SQL: what is proven to give the same values on PostgreSQL.

The pages that comments name are those of its SQL reference,
https://docs.snowflake.com/en/sql-reference/PAGE. tests/integration/test_dialects.py holds every
function against the values that they give. Names without quotes are in upper case there and in
lower case here; where nothing quotes them that is the same name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from builder.query.translate.constructs import COMMON
from builder.query.translate.dates import boundaries, by_name, moment, part
from builder.query.translate.language import Call, Language, Rule, of, template
from builder.query.translate.nodes import Refused
from builder.query.translate.shared import aggregates, choices, formats, moments, numbers, texts
from builder.query.translate.shared.months import add_months, months_between
from builder.query.translate.templates import filled

if TYPE_CHECKING:
    from sqlglot.expressions import Expr


# functions-date-time#label-supported-date-time-parts
UNITS = by_name(
    {
        "year": "year y yy yyy yyyy yr years yrs",
        "quarter": "quarter q qtr qtrs quarters",
        "month": "month mm mon mons months",
        "week": "week w wk weekofyear woy wy",
        "day": "day d dd days dayofmonth",
        "hour": "hour h hh hr hours hrs",
        "minute": "minute m mi min minutes mins",
        "second": "second s sec seconds secs",
    }
)
# By default a week begins on Monday and is that of ISO, and Sunday is the day 0 (parameters).
_FIELDS = UNITS | by_name(
    {
        "sunday0": "dayofweek weekday dow dw",
        "isodow": "dayofweekiso weekday_iso dow_iso dw_iso dayofweek_iso",
        "doy": "dayofyear yearday doy dy",
        "week": "weekiso week_iso weekofyeariso weekofyear_iso",
        "isoyear": "yearofweekiso",
    }
)
# sql-format-models / date-time-input-output#about-the-elements-used-in-input-and-output-formats
_ELEMENTS = {
    "YYYY": "YYYY",
    "YY": "YY",
    "MMMM": "FMMonth",
    "MON": "Mon",
    "MM": "MM",
    "DD": "DD",
    "DY": "Dy",
    "HH24": "HH24",
    "HH12": "HH12",
    "AM": "AM",
    "PM": "AM",
    "MI": "MI",
    "SS": "SS",
}


def _date_trunc(call: Call) -> Expr:
    return moments.truncated(call, 1, part(call, 0, UNITS))


def _dateadd(call: Call) -> Expr:
    return moments.shifted(call, 2, part(call, 0, UNITS), moments.amount_of(call, 1))


def _datediff(call: Call) -> Expr:
    return boundaries(part(call, 0, UNITS), moment(call, 1), moment(call, 2))


def _add_months(call: Call) -> Expr:
    """The last day of a month becomes the last day of the other (functions/add_months)."""
    node, kind = moments.typed(call, 0)
    months = moments.amount_of(call, 1)
    made = add_months(Call(call.name, (node, months), (kind, "int"), is_certain=call.is_certain))
    return moments.noted(made, kind, "month")


def _to_char(call: Call) -> Expr:
    if len(call.args) == 1:
        return texts.text_of(call, 0)
    if call.known(0) == "text":
        raise Refused("of a text is not translated")
    return formats.written(call, 0, formats.words(formats.format_of(call, 1), _ELEMENTS))


def _to_date(call: Call) -> Expr:
    if len(call.args) == 1:
        return moments.to_date(call)
    return formats.read(call, 0, formats.words(formats.format_of(call, 1), _ELEMENTS))


def _split_part(call: Call) -> Expr:
    """Part 0 is the first (functions/split_part)."""
    return filled(
        "SPLIT_PART(_1, _2, COALESCE(NULLIF(_3, 0), 1))", texts.text_of(call, 0), *call.args[1:]
    )


def _trimmed(name: str) -> Rule:
    """LTRIM or RTRIM of spaces, or of any of the characters that are given."""
    return texts.on_text(f"{name}(_1, _rest)", "text", 1, 2)


_OUTSIDE = "_2 < -LENGTH(_1)"
_DIFFERENCE = Rule(3, 3, _datediff, lambda _: "bigint", words=(0,))
_SHIFT = Rule(3, 3, _dateadd, lambda _: None, words=(0,))
_CHARACTERS = Rule(1, 2, _to_char, lambda _: "text")
_DATE = Rule(1, 2, _to_date, lambda _: "date")
_CUT = texts.substr(texts.FIRST_OR_FROM_END, _OUTSIDE)
FUNCTIONS = {
    **aggregates.EXTREMES,
    **aggregates.NEIGHBOURS,
    **aggregates.NUMBERED,
    **aggregates.SPREADS,
    **choices.STANDARD,
    **choices.STRICT,
    **numbers.STANDARD,
    **texts.STANDARD,
    "ADD_MONTHS": Rule(2, 2, _add_months, lambda _: None),
    "ANY_VALUE": aggregates.plain(aggregates.any_value, 0),
    "APPROX_COUNT_DISTINCT": aggregates.plain(aggregates.distinct_count, "bigint"),
    "AVG": aggregates.mean(of_whole_numbers="numeric"),
    "CHARINDEX": texts.found(1, 0),
    "CONCAT_WS": Rule(2, 99, texts.strict_concat_ws, lambda _: "text"),
    "CONTAINS": texts.CONTAINS,
    "COUNT_IF": aggregates.plain(aggregates.count_if, "bigint"),
    "DATE": _DATE,
    "DATEADD": _SHIFT,
    "DATEDIFF": _DIFFERENCE,
    "DATE_PART": moments.date_part(_FIELDS),
    "DATE_TRUNC": Rule(2, 2, _date_trunc, lambda _: None, words=(0,)),
    "DAY": moments.field("day"),
    "DAYOFMONTH": moments.field("day"),
    "DAYOFWEEK": moments.field("sunday0"),
    "DAYOFWEEKISO": moments.field("isodow"),
    "DAYOFYEAR": moments.field("doy"),
    "DECODE": choices.DECODE,
    "DIV0": numbers.quotient("CASE WHEN _2 = 0 THEN 0 ELSE {} END", digits=6),
    "EQUAL_NULL": template("_1 IS NOT DISTINCT FROM _2", "bool", 2),
    "HOUR": moments.field("hour"),
    "IFF": choices.IF,
    "IFNULL": choices.FIRST,
    "LAST_DAY": moments.LAST_DAY,
    "LEN": texts.LENGTH,
    "LENGTH": texts.LENGTH,
    "LISTAGG": aggregates.text_list("", of_nothing=""),
    "LTRIM": _trimmed("LTRIM"),
    "MEDIAN": Rule(1, 1, aggregates.median, aggregates.median_kind),
    "MINUTE": moments.field("minute"),
    "MOD": numbers.remainder(),
    "MONTH": moments.field("month"),
    "MONTHS_BETWEEN": Rule(2, 2, months_between, lambda _: "float"),
    "NULLIFZERO": template("NULLIF(_1, 0)", of(0), 1),
    "NVL": choices.FIRST,
    "NVL2": choices.NVL2,
    "QUARTER": moments.field("quarter"),
    "RTRIM": _trimmed("RTRIM"),
    "SECOND": moments.field("second"),
    "SPLIT_PART": Rule(3, 3, _split_part, lambda _: "text"),
    "SQRT": numbers.floating("SQRT(_1)", 1),
    "SQUARE": numbers.floating("_1 * _1", 1),
    "STARTSWITH": texts.STARTS_WITH,
    "SUBSTR": _CUT,
    "TIMEDIFF": _DIFFERENCE,
    "TIMESTAMPADD": _SHIFT,
    "TIMESTAMPDIFF": _DIFFERENCE,
    "TO_CHAR": _CHARACTERS,
    "TO_DATE": _DATE,
    "TO_VARCHAR": _CHARACTERS,
    "TRUNC": numbers.rounding("TRUNC"),
    "WEEK": moments.field("week"),
    "WEEKISO": moments.field("week"),
    "WEEKOFYEAR": moments.field("week"),
    "YEAR": moments.field("year"),
    "ZEROIFNULL": template("COALESCE(_1, 0)", of(0), 1),
}
SNOWFLAKE = Language(
    name="snowflake",
    title="Snowflake",
    functions=FUNCTIONS,
    constructs=COMMON | {"Qualify", "ILike", "Minus"},
    divides="numeric",
    quotient_digits=6,  # operators-arithmetic: six digits more than the dividend has
    rounds_casts=True,
    dates_stay=True,
    written_alike=texts.WRITTEN_ALIKE | {"bool"},
    escapes_patterns=False,
    # functions/last_value: "This differs from the ANSI standard"
    whole_frames=frozenset({"FIRST_VALUE", "LAST_VALUE"}),
    # data-types-numeric, data-types-text, data-types-datetime: NUMBER is NUMBER(38,0)
    types={
        "SMALLINT": "smallint",
        "TINYINT": "smallint",
        "INT": "bigint",
        "BIGINT": "bigint",
        "FLOAT": "double precision",
        "DOUBLE": "double precision",
        "DECIMAL": "numeric(38, 0)",
        "DECIMAL()": "numeric()",
        "BOOLEAN": "boolean",
        "VARCHAR": "text",
        "TEXT": "text",
        "DATE": "date",
        "TIME": "time",
        "DATETIME": "timestamp",
        "TIMESTAMP": "timestamp",
        "TIMESTAMPNTZ": "timestamp",
        "TIMESTAMPLTZ": "timestamptz",
        "TIMESTAMPTZ": "timestamptz",
    },
    special={
        "CurrentDate": moments.today,
        "CurrentTimestamp": moments.now_with_zone,
        "Extract": moments.extract(_FIELDS),
        "Interval": moments.interval,
        "StrPosition": texts.position,
        "Substring": texts.substring(texts.FIRST_OR_FROM_END, _OUTSIDE),
        "Trim": texts.trimmed(),
    },
)
