"""Expectations of single rows: how many of those that are looked at are not as they should be.

Great Expectations looks at the rows whose column is not NULL, and all is well where there is none.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, cast

from builder.checks.compiled.arguments import Arguments, Unlike
from builder.checks.verdict import Question, Verdict, tolerated
from builder.engines import asks
from builder.errors import Problem, QueryFailed
from builder.run import number

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_BOTH, _EITHER, _NEITHER = "both_values_are_missing", "either_value_is_missing", "neither"
_ALL, _ANY, _NEVER = "all_values_are_missing", "any_value_is_missing", "never"
_WHOLE_NUMBERS = ("smallint", "integer", "bigint")
_EXACT = 2.0**53
_SCALARS = (str, int, float, type(None))


def row_verdict(unexpected: int, considered: int, mostly: float) -> Verdict:
    """The verdict where `unexpected` of `considered` rows are wrong, and `mostly` may not be.

    The share is computed as Great Expectations does, so that a bound that is met exactly is met.
    """
    passed = considered == 0 or (float(considered) - unexpected) / considered >= mostly
    return Verdict(
        passed,
        unexpected,
        f"{number(unexpected)} of {number(considered)} fail",
        tolerated(mostly),
        unexpected=unexpected,
        considered=considered,
    )


def _question(arguments: Arguments, considered: asks.Predicate, bad: asks.Predicate) -> Question:
    """Of the rows that are considered, those are wrong for which `bad` is true."""
    where, mostly = arguments.where, arguments.mostly
    failing = asks.Both((where, considered, bad))

    def judge(answers: Sequence[object], _count: Callable[[], int]) -> Verdict:
        of, wrong = (int(str(answer)) for answer in answers)
        return row_verdict(wrong, of, mostly)

    tallies = (asks.Tally(asks.Both((where, considered))), asks.Tally(failing))
    return Question(tallies, judge, asks.Rows(failing))


def _there(column: str) -> asks.Predicate:
    return asks.Not(asks.Missing(column))


def _not_null(arguments: Arguments) -> Question:
    return _question(arguments, asks.EVERY, asks.Missing(arguments.column()))


def _null(arguments: Arguments) -> Question:
    return _question(arguments, asks.EVERY, _there(arguments.column()))


def _of_values(arguments: Arguments, bad: asks.Predicate) -> Question:
    return _question(arguments, _there(arguments.column()), bad)


def _between(arguments: Arguments) -> Question:
    """Texts and booleans have no bounds there: the server says so, too."""
    low, high = arguments.bounds()
    if low is not None and high is not None:
        if _kind(low) != _kind(high):
            raise Unlike
        if cast("float", low) > cast("float", high):
            raise QueryFailed(Problem("`min_value` is more than `max_value`"))
    column = arguments.column()
    limits: tuple[object, object] = low, high
    if arguments.columns[column] in _WHOLE_NUMBERS:
        limits = _whole(low), _whole(high)
    return _of_values(arguments, _outside(arguments, asks.Value(column), *limits))


def _whole(bound: object) -> object:
    """The same bound as a whole number, if it is one: a server compares those much faster.

    A larger one is sent as a float has it in writing, which is not digit by digit what it is.
    """
    is_whole = isinstance(bound, float) and bound.is_integer() and abs(bound) <= _EXACT
    return int(cast("float", bound)) if is_whole else bound


def _kind(bound: object) -> object:
    return (type(bound), isinstance(bound, datetime) and bound.tzinfo is None)


def _outside(arguments: Arguments, value: asks.Value, low: object, high: object) -> asks.Predicate:
    inside: list[asks.Predicate] = []
    is_strict = arguments.get("strict_min") or arguments.get("strict_max")
    if low is not None and low == high and not is_strict:
        return asks.Not(asks.Compare(value, "=", low))
    if low is not None:
        inside.append(asks.Compare(value, ">" if arguments.get("strict_min") else ">=", low))
    if high is not None:
        inside.append(asks.Compare(value, "<" if arguments.get("strict_max") else "<=", high))
    if not inside:
        raise Unlike
    return asks.Not(asks.Both(tuple(inside)))


def _lengths(arguments: Arguments) -> Question:
    low, high = (arguments.get(name) for name in ("min_value", "max_value"))
    if not all(isinstance(bound, int | None) for bound in (low, high)):
        raise Unlike
    value = asks.Value(arguments.column(), length=True)
    return _of_values(arguments, _outside(arguments, value, low, high))


def _length(arguments: Arguments) -> Question:
    value = arguments["value"]
    if not isinstance(value, int | float):
        raise Unlike
    length = asks.Value(arguments.column(), length=True)
    return _of_values(arguments, asks.Not(asks.Compare(length, "=", _whole(float(value)))))


def _values(arguments: Arguments) -> asks.Among | None:
    """The set without None, which no value is; None where any value will do."""
    given = arguments["value_set"]
    if given is None:
        return None
    if not isinstance(given, list | tuple) or not all(isinstance(v, _SCALARS) for v in given):
        raise Unlike
    return asks.Among(arguments.column(), tuple(v for v in given if v is not None))


def _in_set(arguments: Arguments) -> Question:
    among = _values(arguments)
    return _of_values(arguments, asks.Not(among) if among else asks.Either(()))


def _not_in_set(arguments: Arguments) -> Question:
    return _of_values(arguments, _values(arguments) or asks.Either(()))


def _matches(arguments: Arguments) -> Question:
    matched = asks.Matches(arguments.column(), str(arguments["regex"]))
    return _readable(_of_values(arguments, asks.Not(matched)), matched)


def _matches_not(arguments: Arguments) -> Question:
    matched = asks.Matches(arguments.column(), str(arguments["regex"]))
    return _readable(_of_values(arguments, matched), matched)


def _readable(question: Question, matched: asks.Matches) -> Question:
    """The same, failing also where there is no row to match a wrong regular expression with."""

    def judge(answers: Sequence[object], count: Callable[[], int]) -> Verdict:
        return question.judge(answers[:-1], count)

    asked = (*question.aggregates, asks.Readable(matched.pattern))
    return replace(question, aggregates=asked, judge=judge)


def _greater(arguments: Arguments) -> Question:
    """A row with one NULL is looked at, and is not wrong."""
    a, b = arguments.column("column_A"), arguments.column("column_B")
    ignored: dict[str, asks.Predicate] = {
        _BOTH: asks.Not(asks.Both((asks.Missing(a), asks.Missing(b)))),
        _EITHER: asks.Both((_there(a), _there(b))),
        _NEITHER: asks.EVERY,
    }
    considered = ignored[arguments.get("ignore_row_if", _BOTH)]
    if not arguments.get("or_equal", False):
        return _question(arguments, considered, asks.Compare(asks.Value(a), "<=", asks.Value(b)))
    at_least = asks.Compare(asks.Value(a), ">=", asks.Value(b))
    alike = asks.Both((asks.Missing(a), asks.Missing(b)))
    return _question(arguments, considered, asks.Not(asks.Either((at_least, alike))))


def _unique(arguments: Arguments) -> Question:
    column = arguments.column()
    return _distinct(arguments, (column,), _there(column))


def _compound(arguments: Arguments) -> Question:
    """A row with a NULL in any of the columns is like no other one, and still one of all."""
    columns = tuple(arguments.require(column) for column in arguments["column_list"])
    considered: dict[str, asks.Predicate] = {
        _ALL: asks.Not(asks.Both(tuple(asks.Missing(column) for column in columns))),
        _ANY: asks.Both(tuple(_there(column) for column in columns)),
        _NEVER: asks.EVERY,
    }
    return _distinct(arguments, columns, considered[arguments.get("ignore_row_if", _ALL)])


def _distinct(
    arguments: Arguments, columns: tuple[str, ...], considered: asks.Predicate
) -> Question:
    """A scan tells whether there are repeated values; how many rows have one, a second look."""
    where, mostly = arguments.where, arguments.mostly
    whole = asks.Both((where, *(_there(column) for column in columns)))

    def judge(answers: Sequence[object], count: Callable[[], int]) -> Verdict:
        of, rows, different = (int(str(answer)) for answer in answers)
        return row_verdict(count() if rows > different else 0, of, mostly)

    asked = (
        asks.Tally(asks.Both((where, considered))),
        asks.Tally(whole),
        asks.Distinct(columns, where),
    )
    return Question(asked, judge, asks.Repeated(columns, where))


ANSWERED = {
    "expect_column_values_to_not_be_null": _not_null,
    "expect_column_values_to_be_null": _null,
    "expect_column_values_to_be_between": _between,
    "expect_column_values_to_be_in_set": _in_set,
    "expect_column_values_to_not_be_in_set": _not_in_set,
    "expect_column_values_to_match_regex": _matches,
    "expect_column_values_to_not_match_regex": _matches_not,
    "expect_column_value_lengths_to_be_between": _lengths,
    "expect_column_value_lengths_to_equal": _length,
    "expect_column_values_to_be_unique": _unique,
    "expect_compound_columns_to_be_unique": _compound,
    "expect_column_pair_values_a_to_be_greater_than_b": _greater,
}
