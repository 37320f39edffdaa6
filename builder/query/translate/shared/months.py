"""Counting in months, where the last day of a month has a part of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from builder.query.translate.dates import moment
from builder.query.translate.templates import filled

if TYPE_CHECKING:
    from sqlglot.expressions import Expr

    from builder.query.translate.language import Call


def add_months(call: Call) -> Expr:
    """The last day of a month becomes the last day of the other."""
    last = "DATE_TRUNC('month', _1) + INTERVAL '1 month' - INTERVAL '1 day'"
    return filled(
        f"CASE WHEN CAST(_1 AS date) = CAST({last} AS date) "
        "THEN DATE_TRUNC('month', _1) + (_2 + 1) * INTERVAL '1 month' - INTERVAL '1 day' "
        "+ (_1 - DATE_TRUNC('day', _1)) ELSE _1 + _2 * INTERVAL '1 month' END",
        moment(call, 0),
        call.args[1],
    )


def months_between(call: Call) -> Expr:
    """Whole between the same days or two last days, else by months of 31 days."""
    month = "(EXTRACT(YEAR FROM {0}) * 12 + EXTRACT(MONTH FROM {0}))"
    months = f"({month.format('_1')} - {month.format('_2')})"
    is_last = "EXTRACT(DAY FROM {0} + INTERVAL '1 day') = 1"
    into = "({0} - DATE_TRUNC('month', {0}))"
    rest = f"EXTRACT(EPOCH FROM {into.format('_1')} - {into.format('_2')}) / 86400 / 31"
    return filled(
        f"CAST(CASE WHEN EXTRACT(DAY FROM _1) = EXTRACT(DAY FROM _2) "
        f"OR ({is_last.format('_1')} AND {is_last.format('_2')}) "
        f"THEN {months} ELSE {months} + {rest} END AS double precision)",
        moment(call, 0),
        moment(call, 1),
    )
