"""Expectations of one number of a column: its greatest, least, mean, sum or middle value."""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from builder.checks.compiled.arguments import Arguments, Unlike
from builder.checks.verdict import Question, Verdict, spread
from builder.engines import asks
from builder.errors import Problem, QueryFailed
from builder.run import number

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from builder.checks.compiled.arguments import Bound
    from builder.run import Number

_NUMBERS = ("smallint", "integer", "bigint", "numeric", "real", "double precision")
_MEAN_IS_EXACT = ("smallint", "integer", "real", "double precision")
_MOMENTS = ("date", "timestamp")
_TEXTS = ("text", "character")


def _max(arguments: Arguments) -> Question:
    return _folded(arguments, asks.Fold("max", arguments.column(), arguments.where))


def _min(arguments: Arguments) -> Question:
    return _folded(arguments, asks.Fold("min", arguments.column(), arguments.where))


def _mean(arguments: Arguments) -> Question:
    """In decimals, as there; where that comes out alike, in the faster arithmetic of the column."""
    column = arguments.column()
    is_exact = arguments.columns[column] in _MEAN_IS_EXACT
    fold = asks.Fold("mean" if is_exact else "decimal_mean", column, arguments.where)
    return _folded(arguments, fold)


def _sum(arguments: Arguments) -> Question:
    return _folded(arguments, asks.Fold("sum", arguments.column(), arguments.where))


def _folded(arguments: Arguments, asked: asks.Fold) -> Question:
    bounds = arguments.bounds()
    kind = arguments.columns[asked.column]
    if not _is_any(kind, (*_NUMBERS, *_MOMENTS, *_TEXTS)):
        raise Unlike
    if any(isinstance(bound, date) for bound in bounds) and not _is_any(kind, _MOMENTS):
        raise Unlike

    def judge(answers: Sequence[object], _count: Callable[[], int]) -> Verdict:
        return within(_plain(answers[0]), bounds, arguments)

    return Question((asked,), judge)


def _median(arguments: Arguments) -> Question:
    """The mean of the two in the middle is a float, the one in the middle stays what it is."""
    column, bounds = arguments.column(), arguments.bounds()
    if not _is_any(arguments.columns[column], _NUMBERS):
        raise Unlike
    there = asks.Both((arguments.where, asks.Not(asks.Missing(column))))

    def judge(answers: Sequence[Any], _count: Callable[[], int]) -> Verdict:
        many, lower, upper = answers
        found: Any = lower
        if int(str(many)) % 2 == 0 and lower is not None:
            found = float(found + upper) / 2.0
        return within(found, bounds, arguments)

    asked = (
        asks.Tally(there),
        asks.Middle(column, where=there),
        asks.Middle(column, upper=True, where=there),
    )
    return Question(asked, judge)


def _is_any(kind: str, names: tuple[str, ...]) -> bool:
    """Whether a type is one of those, with or without a size; an array or a range is not."""
    return re.sub(r"\([\d,-]+\)| varying| with(out)? time zone", "", kind) in names


def within(found: Any, bounds: tuple[Bound | None, Bound | None], arguments: Arguments) -> Verdict:
    """The verdict on one value; no value, or NaN, is within nothing.

    Raises QueryFailed where the value and a bound cannot be compared.
    """
    low, high = bounds
    limits = _number(low), _number(high)
    wanted = spread(*limits)
    if any(isinstance(bound, date) for bound in bounds):
        wanted = " to ".join("…" if bound is None else str(bound) for bound in bounds)
    if found is None or found != found:  # NaN differs from itself
        shown = "NULL" if found is None else "NaN"
        return Verdict(passed=False, measured=None, found=shown, wanted=wanted)
    try:
        value = _as_bounds(found, bounds)
        above = low is None or (value > low if arguments.get("strict_min") else value >= low)
        below = high is None or (value < high if arguments.get("strict_max") else value <= high)
    except (TypeError, ValueError) as error:
        message = f"a value of this column cannot be compared with {wanted}"
        hint = "the bounds are of another type than the column"
        raise QueryFailed(Problem(message, hint=hint)) from error
    if isinstance(value, date):
        found = value.isoformat()
    return Verdict(bool(above and below), found, _shown(found), wanted, *limits)


def _number(bound: Bound | None) -> float | None:
    return bound if isinstance(bound, float) else None


def _plain(value: object) -> object:
    """A value as it has become when it is judged there: decimals are floats, moments texts."""
    if isinstance(value, Decimal):
        return float(value)
    return value.isoformat() if isinstance(value, date) else value


def _as_bounds(value: Any, bounds: tuple[Bound | None, Bound | None]) -> Any:
    """A moment that has become a text is one again, of the kind that a bound is of."""
    if isinstance(value, str):
        if any(isinstance(bound, datetime) for bound in bounds):
            return datetime.fromisoformat(value)
        if any(isinstance(bound, date) for bound in bounds):
            return datetime.fromisoformat(value).date()
    return value


def _shown(value: Number | str) -> str:
    return value if isinstance(value, str) else number(value)


ANSWERED = {
    "expect_column_max_to_be_between": _max,
    "expect_column_min_to_be_between": _min,
    "expect_column_mean_to_be_between": _mean,
    "expect_column_sum_to_be_between": _sum,
    "expect_column_median_to_be_between": _median,
}
