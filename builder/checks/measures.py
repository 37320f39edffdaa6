"""Checks of a column that are ours: its sum, mean or share of NULLs, its age, what it refers to."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING

from builder.checks.compiled.rows import row_verdict
from builder.checks.verdict import Question, Verdict
from builder.engines import asks
from builder.errors import Problem, QueryFailed
from builder.run import number
from builder.summary.keys import nearest

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from builder.relation import Relation
    from builder.summary import Freshness, Measure, Reference

AHEAD = 2 * 86400.0
"""Seconds that the newest moment may lie ahead: clocks and time zones differ."""
_MOMENT = re.compile(r"date|timestamp(\(\d\))? with(out)? time zone")
_UNITS = {"day": 86400, "h": 3600, "min": 60, "s": 1}


def measure(check: Measure, columns: Mapping[str, str], relation: Relation) -> Question:
    """One number of the column; whether it is right, earlier runs say."""
    column = required(check.column, columns, relation)
    if check.of == "null_share":
        asked: tuple[asks.Aggregate, ...] = (asks.Tally(asks.Missing(column)), asks.Tally())
    else:
        asked = (asks.Fold(check.of, column),)

    def judge(answers: Sequence[object], _count: Callable[[], int]) -> Verdict:
        found = answers[0]
        if check.of == "null_share":
            nulls, rows = (int(str(answer)) for answer in answers)
            found = nulls / rows if rows else None
        if not isinstance(found, int | float | Decimal) or found != found:
            shown = "NULL" if found is None else str(found)
            message = f"the {check.what} is {shown}: there is no number to compare"
            raise QueryFailed(Problem(message))
        return Verdict(passed=True, measured=found, found=number(found))

    return Question(asked, judge)


def freshness(check: Freshness, columns: Mapping[str, str], relation: Relation) -> Question:
    """The age of the newest moment, in seconds; a date has been over only with its midnight.

    One that is days ahead is not fresh but wrong, and would hide how old all others are.
    """
    column = required(check.column, columns, relation)
    kind = columns[column]
    if not _MOMENT.fullmatch(kind):
        message = f"`{column}` of {relation} is no moment but {kind}"
        hint = "`fresh` names a column of dates or timestamps"
        raise QueryFailed(Problem(message, hint=hint))
    is_naive = not kind.endswith("with time zone")
    asked = asks.Age(column, check.time_zone if is_naive else None, whole_day=kind == "date")
    wanted = f"at most {span(check.within)} old"

    def judge(answers: Sequence[object], _count: Callable[[], int]) -> Verdict:
        if answers[0] is None:
            found = "no moment at all"
            return Verdict(passed=False, measured=None, found=found, wanted=wanted)
        age = float(str(answers[0]))
        shown = f"{span(age)} old" if age >= 0 else f"{span(-age)} ahead"
        return Verdict(-AHEAD <= age <= check.within, age, shown, wanted, -AHEAD, check.within)

    return Question((asked,), judge)


def reference(
    check: Reference,
    columns: Mapping[str, str],
    relation: Relation,
    others: Mapping[str, str],
) -> Question:
    """The rows that refer to nothing; those with a NULL do not refer.

    `others` are the columns of the table that is referred to.
    """
    column = required(check.column, columns, relation)
    required(check.to_column, others, check.to)
    there = asks.Not(asks.Missing(column))

    def judge(answers: Sequence[object], count: Callable[[], int]) -> Verdict:
        return row_verdict(count(), int(str(answers[0])), 1.0)

    orphans = asks.Orphans(column, check.to, check.to_column)
    return Question((asks.Tally(there),), judge, orphans)


def missing(relation: Relation) -> QueryFailed:
    """What to say of a relation without columns."""
    message = f"there is no table {relation}, or it has no columns"
    return QueryFailed(Problem(message), word=str(relation))


def required(column: str, columns: Mapping[str, str], relation: Relation) -> str:
    """The column; raises QueryFailed where the relation does not have it, or is not there."""
    if not columns:
        raise missing(relation)
    if column not in columns:
        hint = nearest(column, columns) or f"it has {', '.join(columns)}"
        raise QueryFailed(Problem(f"{relation} has no column `{column}`", hint=hint))
    return column


def span(seconds: float) -> str:
    """A span of time for people, in at most two units: `2 days 3 h`, `45 s`."""
    left, parts = round(seconds), []
    for unit, size in _UNITS.items():
        many, left = divmod(left, size)
        if many:
            plural = "s" if unit == "day" and many > 1 else ""
            parts.append(f"{many:,} {unit}{plural}")
    return " ".join(parts[:2]) or f"{seconds:.3g} s"
