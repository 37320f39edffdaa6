"""Spark's SQL: what is proven to give the same values on PostgreSQL.

The pages that comments name are those of https://spark.apache.org/docs/latest/PAGE; a function
without one is on api/sql/. tests/integration/test_dialects.py holds every function against the
values that they give. Where ANSI mode matters it is off, as it was by default before Spark 4.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from builder.query.translate.constructs import COMMON
from builder.query.translate.language import Call, Language, Rule, template
from builder.query.translate.nodes import Refused
from builder.query.translate.shared import aggregates, choices, numbers, texts
from builder.query.translate.spark.moments import MOMENTS, SPECIAL_MOMENTS
from builder.query.translate.templates import filled

if TYPE_CHECKING:
    from sqlglot.expressions import Expr


def _whole(name: str) -> Rule:
    """CEIL and FLOOR give a BIGINT."""
    return template(f"CAST({name}(_1) AS bigint)", "int", 1)


def _lower_bound(text: str, test: str, otherwise: str) -> Rule:
    """A float, where there is one."""
    return numbers.floating(f"CASE WHEN {test} THEN {otherwise} ELSE {text} END", 1)


def _median(call: Call) -> Expr:
    return filled("CAST(_1 AS double precision)", aggregates.median(call))


def _percentile(call: Call) -> Expr:
    from sqlglot import exp

    if call.in_window:
        raise Refused("with OVER is not translated: use a subquery with GROUP BY")
    if not isinstance(call.args[1], exp.Literal):
        raise Refused("needs a number as its second argument")
    ordered = "ORDER BY CAST(_1 AS double precision)"
    return call.sql(f"PERCENTILE_CONT(_2) WITHIN GROUP ({ordered})")


def _truth(name: str) -> Rule:
    return aggregates.plain(lambda call: aggregates.named(name, call), "bool")


_CUT = texts.substr(texts.FIRST_OR_FROM_END)
_MEAN = aggregates.mean(of_whole_numbers="float")
FUNCTIONS = {
    **aggregates.EXTREMES,
    **aggregates.NEIGHBOURS,
    **aggregates.NUMBERED,
    **aggregates.SPREADS,
    **choices.STANDARD,
    **choices.LENIENT,
    **numbers.STANDARD,
    **texts.STANDARD,
    **MOMENTS,
    "ANY_VALUE": aggregates.plain(aggregates.any_value, 0),
    "APPROX_COUNT_DISTINCT": aggregates.plain(aggregates.distinct_count, "bigint"),
    "AVG": _MEAN,
    "BOOL_AND": _truth("BOOL_AND"),
    "BOOL_OR": _truth("BOOL_OR"),
    "CEIL": _whole("CEIL"),
    "CEILING": _whole("CEIL"),
    "CHARACTER_LENGTH": texts.LENGTH,
    "CHAR_LENGTH": texts.LENGTH,
    "CONCAT_WS": texts.CONCAT_WS,
    "CONTAINS": texts.CONTAINS,
    "COUNT_IF": aggregates.plain(aggregates.count_if, "bigint"),
    "DECODE": choices.DECODE,
    "ENDSWITH": texts.ENDS_WITH,
    "EXP": numbers.floating("EXP(_1)", 1),
    "FLOOR": _whole("FLOOR"),
    "IF": choices.IF,
    "IFNULL": choices.FIRST,
    "INSTR": texts.found(0, 1),
    "ISNOTNULL": template("_1 IS NOT NULL", "bool", 1),
    "ISNULL": template("_1 IS NULL", "bool", 1),
    "LCASE": texts.STANDARD["LOWER"],
    "LEN": texts.LENGTH,
    "LENGTH": texts.LENGTH,
    "LISTAGG": aggregates.text_list(""),
    "LN": _lower_bound("LN(_1)", "_1 <= 0", "NULL"),
    "LOCATE": texts.found(1, 0),
    "MEAN": _MEAN,
    "MEDIAN": Rule(1, 1, _median, lambda _: "float"),
    "MOD": numbers.remainder(numbers.NO_ZERO),
    "NVL": choices.FIRST,
    "NVL2": choices.NVL2,
    "PERCENTILE": Rule(2, 2, _percentile, lambda _: "float"),
    "SPLIT_PART": texts.on_text("SPLIT_PART(_1, _2, _3)", "text", 3),
    "SQRT": _lower_bound("SQRT(_1)", "_1 < 0", "CAST('NaN' AS double precision)"),
    "STARTSWITH": texts.STARTS_WITH,
    "STD": aggregates.spread("STDDEV_SAMP"),
    "STRING_AGG": aggregates.text_list(""),
    "SUBSTR": _CUT,
    "UCASE": texts.STANDARD["UPPER"],
}
SPARK = Language(
    name="spark",
    title="Spark",
    functions=FUNCTIONS,
    constructs=COMMON | {"IntDiv", "TryCast", "ILike"},
    divides="double precision",
    null_divisor=True,
    rounds_casts=False,
    days_between=False,
    dates_stay=True,
    written_alike=texts.WRITTEN_ALIKE | {"bool"},
    # sql-ref-datatypes.html: DECIMAL is DECIMAL(10,0)
    types={
        "TINYINT": "smallint",
        "SMALLINT": "smallint",
        "INT": "integer",
        "BIGINT": "bigint",
        "FLOAT": "real",
        "DOUBLE": "double precision",
        "DECIMAL": "numeric(10, 0)",
        "DECIMAL()": "numeric()",
        "BOOLEAN": "boolean",
        "TEXT": "text",
        "DATE": "date",
        "TIMESTAMP": "timestamp",
        "TIMESTAMPNTZ": "timestamp",
        "TIMESTAMPTZ": "timestamp",
    },
    special={
        **SPECIAL_MOMENTS,
        "StrPosition": texts.position,
        "Substring": texts.substring(texts.FIRST_OR_FROM_END),
        "Trim": texts.trimmed(),
    },
)
