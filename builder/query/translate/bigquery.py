"""BigQuery's SQL: what is proven to give the same values on PostgreSQL.

The pages that comments name are those of its GoogleSQL reference,
https://cloud.google.com/bigquery/docs/reference/standard-sql/PAGE.
tests/integration/test_dialects.py holds every function against the values that they give.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from builder.query.translate.constructs import COMMON
from builder.query.translate.dates import boundaries, moment, part
from builder.query.translate.language import Call, Language, Rule, template
from builder.query.translate.nodes import Refused
from builder.query.translate.shared import aggregates, choices, formats, moments, numbers, texts
from builder.query.translate.templates import filled

if TYPE_CHECKING:
    from sqlglot.expressions import Expr


# A week is one from Sunday on unless it is said otherwise (date_functions#date_trunc).
_UNITS = {unit: unit for unit in moments.UNITS} | {
    "week": "sunday",
    "week(sunday)": "sunday",
    "week(monday)": "week",
    "isoweek": "week",
}
_FIELDS = {
    **{name: name for name in ("year", "quarter", "month", "day", "hour", "minute", "second")},
    "dayofweek": "sunday1",
    "dayofyear": "doy",
    "isoweek": "week",
    "isoyear": "isoyear",
}
# format-elements#format_elements_date_time
_ELEMENTS = {
    "Y": "YYYY",
    "y": "YY",
    "m": "MM",
    "d": "DD",
    "H": "HH24",
    "I": "HH12",
    "M": "MI",
    "S": "SS",
    "p": "AM",
    "b": "Mon",
    "h": "Mon",
    "B": "FMMonth",
    "a": "Dy",
    "A": "FMDay",
    "j": "DDD",
    "u": "ID",
    "G": "IYYY",
    "V": "IW",
    "Q": "Q",
    "F": "YYYY-MM-DD",
    "T": "HH24:MI:SS",
    "R": "HH24:MI",
}
# What is white space in Unicode (string_functions#trim).
_BLANKS = (
    "".join(map(chr, (*range(9, 14), 32, 0x85, 0xA0, 0x1680, *range(0x2000, 0x200B))))
    + "\u2028\u2029\u202f\u205f\u3000"
)
_START = "CASE WHEN _2 = 0 OR _2 < -LENGTH(_1) THEN 1 ELSE LENGTH(_1) + _2 + 1 END"


def _trunc(call: Call) -> Expr:
    unit = part(call, 1, _UNITS)
    return moments.truncated(call, 0, unit.replace("sunday", "week"), sunday=unit == "sunday")


def _diff(call: Call) -> Expr:
    """Boundaries of dates and datetimes, but whole units of timestamps, by what they are.

    A note at timestamp_functions#timestamp_diff says so of all three functions. A timestamp
    without a zone is a DATETIME for the other two, and what TIMESTAMP_DIFF calls it for that one.
    """
    kinds = {call.known(0), call.known(1)}
    counts_units = kinds != {"date"} if call.name == "TIMESTAMP_DIFF" else kinds == {"timestamptz"}
    if counts_units:
        unit = part(call, 2, {name: name for name in ("day", "hour", "minute", "second")})
        return moments.elapsed(unit, moment(call, 1), moment(call, 0))
    unit = part(call, 2, _UNITS)
    ends = moment(call, 1), moment(call, 0)
    return boundaries(unit.replace("sunday", "week"), *ends, monday=unit != "sunday")


def _last_day(call: Call) -> Expr:
    if len(call.args) > 1 and call.word(1) != "month":
        raise Refused(f"of a {call.word(1)} is not translated")
    return moments.last_day(call)


def _date(call: Call) -> Expr:
    """Of a moment, or of a year, a month and a day (date_functions#date)."""
    if len(call.args) == 2:
        raise Refused("of a time zone is not translated")
    return call.sql("MAKE_DATE(_1, _2, _3)") if len(call.args) == 3 else moments.to_date(call)


def _timestamp(call: Call) -> Expr:
    kind = call.known(0)
    if kind == "timestamptz":
        return call.args[0]
    if kind == "text":
        raise Refused("of a text is not translated: write TIMESTAMP '…' or CAST")
    return filled("_1 AT TIME ZONE 'UTC'", moment(call, 0))


def _formatted(call: Call) -> Expr:
    pieces = formats.percent(formats.format_of(call, 0), _ELEMENTS)
    return formats.written(call, 1, pieces)


def _parsed(call: Call) -> Expr:
    elements = {name: _ELEMENTS[name] for name in ("Y", "m", "d", "F")}
    return formats.read(call, 1, formats.percent(formats.format_of(call, 0), elements))


def _trimmed(name: str) -> Rule:
    """Of all white space, or of any of the characters that are given."""

    def make(call: Call) -> Expr:
        from sqlglot import exp

        characters = call.args[1] if len(call.args) > 1 else exp.Literal.string(_BLANKS)
        return filled(f"{name}(_1, _2)", texts.text_of(call, 0), characters)

    return Rule(1, 2, make, lambda _: "text")


_TRUNC = Rule(2, 2, _trunc, lambda _: None, words=(1,))
_DIFF = Rule(3, 3, _diff, lambda _: "bigint", words=(2,))
_ADD = Rule(2, 2, moments.by_interval, lambda _: None)
_SUB = Rule(2, 2, lambda call: moments.by_interval(call, "-"), lambda _: None)
_FORMAT = Rule(2, 2, _formatted, lambda _: "text")
_CUT = texts.substr(_START)
FUNCTIONS = {
    **aggregates.EXTREMES,
    **aggregates.NEIGHBOURS,
    **aggregates.NUMBERED,
    **aggregates.SPREADS,
    **choices.STANDARD,
    **choices.STRICT,
    **numbers.STANDARD,
    **texts.STANDARD,
    "ANY_VALUE": aggregates.plain(aggregates.any_value, 0),
    "APPROX_COUNT_DISTINCT": aggregates.plain(aggregates.distinct_count, "bigint"),
    "AVG": aggregates.mean(of_whole_numbers="float"),
    "BYTE_LENGTH": texts.on_text("OCTET_LENGTH(_1)", "int", 1),
    "CHARACTER_LENGTH": texts.LENGTH,
    "CHAR_LENGTH": texts.LENGTH,
    "COUNTIF": aggregates.plain(aggregates.count_if, "bigint"),
    "DATE": Rule(1, 3, _date, lambda _: "date"),
    "DATETIME_ADD": _ADD,
    "DATETIME_DIFF": _DIFF,
    "DATETIME_SUB": _SUB,
    "DATETIME_TRUNC": _TRUNC,
    "DATE_ADD": _ADD,
    "DATE_DIFF": _DIFF,
    "DATE_SUB": _SUB,
    "DATE_TRUNC": _TRUNC,
    "DIV": template("CAST(DIV(CAST(_1 AS numeric), _2) AS bigint)", "int", 2),
    "ENDS_WITH": texts.ENDS_WITH,
    "EXP": numbers.floating("EXP(_1)", 1),
    "FORMAT_DATE": _FORMAT,
    "FORMAT_DATETIME": _FORMAT,
    "FORMAT_TIMESTAMP": _FORMAT,
    "IF": choices.IF,
    "IFNULL": choices.FIRST,
    "INSTR": texts.found(0, 1),
    "LAST_DAY": Rule(1, 2, _last_day, lambda _: "date", words=(1,)),
    "LENGTH": texts.LENGTH,
    "LN": numbers.floating("LN(_1)", 1),
    "LOGICAL_AND": aggregates.plain(lambda call: aggregates.named("BOOL_AND", call), "bool"),
    "LOGICAL_OR": aggregates.plain(lambda call: aggregates.named("BOOL_OR", call), "bool"),
    "LTRIM": _trimmed("LTRIM"),
    "MOD": numbers.remainder(),
    "PARSE_DATE": Rule(2, 2, _parsed, lambda _: "date"),
    "RTRIM": _trimmed("RTRIM"),
    "SAFE_DIVIDE": numbers.quotient("CASE WHEN _2 = 0 THEN NULL ELSE {} END", "double precision"),
    "SQRT": numbers.floating("SQRT(_1)", 1),
    "STARTS_WITH": texts.STARTS_WITH,
    "STRING_AGG": aggregates.text_list(","),
    "STRPOS": texts.found(0, 1),
    "SUBSTR": _CUT,
    "TIMESTAMP": Rule(1, 1, _timestamp, lambda _: "timestamptz"),
    "TIMESTAMP_ADD": _ADD,
    "TIMESTAMP_DIFF": _DIFF,
    "TIMESTAMP_SUB": _SUB,
    "TIMESTAMP_TRUNC": _TRUNC,
    "TRUNC": numbers.rounding("TRUNC"),
    "UNIX_SECONDS": template("CAST(FLOOR(EXTRACT(EPOCH FROM _1)) AS bigint)", "int", 1),
}
BIGQUERY = Language(
    name="bigquery",
    title="BigQuery",
    functions=FUNCTIONS,
    constructs=COMMON | {"Qualify"},
    divides="double precision",
    rounds_casts=True,
    days_between=False,
    written_alike=texts.WRITTEN_ALIKE - {"numeric"} | {"bool"},
    refused_words={"|>": "pipes are not translated: write SELECT"},
    # data-types: NUMERIC is NUMERIC(38, 9); a text with a length cannot be cast to
    types={
        "BIGINT": "bigint",
        "INT": "bigint",
        "SMALLINT": "bigint",
        "TINYINT": "bigint",
        "FLOAT": "double precision",
        "DOUBLE": "double precision",
        "DECIMAL": "numeric(38, 9)",
        "DECIMAL()": "numeric()",
        "BIGDECIMAL": "numeric(76, 38)",
        "BOOLEAN": "boolean",
        "VARCHAR": "text",
        "TEXT": "text",
        "DATE": "date",
        "TIME": "time",
        "TIMESTAMP": "timestamp",
        "TIMESTAMPTZ": "timestamptz",
    },
    special={
        "CurrentDate": moments.today,
        "CurrentTimestamp": moments.now_with_zone,
        "Extract": moments.extract(_FIELDS),
        "Interval": moments.interval,
        "Substring": texts.substring(_START),
        "Trim": texts.trimmed(_BLANKS),
    },
)
