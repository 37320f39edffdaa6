"""From a table's profile to checks: every rule that an analyst would write down by hand.

Each rule is a function that yields what it can stand for. They do not know of each other; what is
too much of them all, `chosen` leaves out.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from builder.run import number
from builder.suggest import bounds, names
from builder.suggest.model import Proposal

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from builder.run import Number
    from builder.suggest.model import Said
    from builder.suggest.profile import ColumnProfile, Profile

ROWS_SQL = "SELECT COUNT(1) FROM {schema}.temp_{table}"
_EXPECT = "expect_column_"
_NUMBERS = (int, float, Decimal)
# Where so few are missing, their share is chance.
_FEW_NULLS = 0.01
_REPEATED = 5
_MOST = {
    "not_null": 5,
    "between": 4,
    "pair": 3,
    "set": 3,
    "shape": 3,
    "measure": 2,
    "null_share": 2,
}
MOST, _MOST_OF_COLUMN = 14, 2


def proposals(profile: Profile, now: datetime) -> Iterator[Proposal]:
    """Everything that holds for a table with rows, in no order."""
    yield from _rows(profile)
    yield from _keys(profile)
    yield from _pairs(profile)
    yield from _freshness(profile, now)
    yield from _measures(profile)
    for column in profile.columns.values():
        yield from _nulls(column, profile.rows)
        if column.sort == "text":
            yield from _texts(column, profile.rows)
        elif column.sort == "number":
            yield from _numbers(column, profile)


def chosen(found: Sequence[Proposal], there: Sequence[Said] = ()) -> list[Proposal]:
    """The most telling ones, those first: not more than are read, nor many of one kind.

    `there` is what is checked already: a column has at most one more than two of all of them.
    """
    kept: list[Proposal] = []
    for one in sorted(found, key=lambda proposal: -proposal.weight):
        new = [other.about for other in kept]
        held = [*there, *new]
        of_kind = sum(kind == one.kind for kind, _ in held)
        is_crowded = any(
            _of(name, new) >= _MOST_OF_COLUMN or _of(name, held) > _MOST_OF_COLUMN
            for name in one.columns
        )
        if of_kind < _MOST.get(one.kind, MOST) and not (is_crowded or one.about in held):
            kept.append(one)
    return kept[:MOST]


def _of(column: str, held: Sequence[Said]) -> int:
    """How many of those are about a column."""
    return sum(column in columns for _, columns in held)


def _rows(profile: Profile) -> Iterator[Proposal]:
    rows = profile.rows
    if rows == 1:
        check: dict[str, object] = {"expect": "expect_table_row_count_to_equal", "value": 1}
        yield Proposal("rows", (), check, "one row now", 100)
        return
    check = {"sql": ROWS_SQL, "max_change": {"down": 0.1, "up": 0.5}}
    why = f"{_many(rows, 'row')} now: at most 10 % fewer or 50 % more than in the last run"
    yield Proposal("rows", (), check, why, 100)


def _keys(profile: Profile) -> Iterator[Proposal]:
    for one in profile.columns.values():
        if one.distinct is None or one.distinct != profile.rows - one.nulls or one.values:
            continue
        check: dict[str, object] = {
            "expect": "expect_column_values_to_be_unique",
            "column": one.name,
        }
        nulls = "" if not one.nulls else f", and {number(one.nulls)} are NULL"
        why = f"{_many(one.distinct, 'different value')} in {number(profile.rows)} rows{nulls}"
        yield Proposal("unique", (one.name,), check, why, 95)
    if profile.key:
        check = {
            "expect": "expect_compound_columns_to_be_unique",
            "column_list": [*profile.key],
        }
        why = f"no two of {_many(profile.rows, 'row')} have the same; a primary key, perhaps?"
        yield Proposal("unique", profile.key, check, why, 95)


def _pairs(profile: Profile) -> Iterator[Proposal]:
    for (greater, less), rows in profile.pairs.items():
        check: dict[str, object] = {
            "expect": "expect_column_pair_values_a_to_be_greater_than_b",
            "column_A": greater,
            "column_B": less,
            "or_equal": True,
        }
        why = f"`{greater}` is never less than `{less}` in {_many(rows, 'row')} that have both"
        yield Proposal("pair", (greater, less), check, why, 80)


def _freshness(profile: Profile, now: datetime) -> Iterator[Proposal]:
    newest = newest_column(profile)
    if newest is None or newest.high is None or not isinstance(newest.high, date):
        return
    age = bounds.age_of(newest.high, now)
    within = bounds.span_for(age)
    if within:
        check = {"fresh": newest.name, "within": within}
        why = f"the newest is of {_moment(newest.high)}, and this was written on {now:%Y-%m-%d}"
        yield Proposal("fresh", (newest.name,), check, why, 90)
    if isinstance(newest.low, date):
        check = {
            "expect": f"{_EXPECT}values_to_be_between",
            "column": newest.name,
            "min_value": f"{max(newest.low.year - 1, 1):04}-01-01",
        }
        why = f"the oldest is of {_moment(newest.low)}: 1970-01-01 would be a date that is missing"
        yield Proposal("between", (newest.name,), check, why, 55)


def newest_column(profile: Profile) -> ColumnProfile | None:
    """The column whose newest moment says how old the data are; None where none surely does."""
    moments = [
        one
        for one in profile.columns.values()
        if one.sort == "moment" and one.high is not None and not one.is_sensitive
    ]
    named = [one for one in moments if names.is_newest(one.name)]
    return max(named, key=lambda one: (-one.nulls, str(one.high)), default=None)


def _nulls(column: ColumnProfile, rows: int) -> Iterator[Proposal]:
    if column.nulls == rows:
        return
    share = column.nulls / rows
    check: dict[str, object] = {
        "expect": f"{_EXPECT}values_to_not_be_null",
        "column": column.name,
    }
    if not column.nulls:
        is_main = column.sort in ("text", "moment", "key")
        weight = 85 if names.is_identity(column.name) else 70 if is_main else 45
        yield Proposal(
            "not_null", (column.name,), check, f"no NULL in {_many(rows, 'row')}", weight
        )
    elif share <= _FEW_NULLS:
        check["mostly"] = bounds.below_share(share)
        why = f"{number(column.nulls)} of {_many(rows, 'row')} are NULL"
        yield Proposal("not_null", (column.name,), check, why, 60)
    elif share < 1 - _FEW_NULLS and rows >= 100:
        check = {"null_share": column.name, "max_change": 0.25, "severity": "warning"}
        why = f"{share:.3g} of the rows are NULL now: at most a quarter more or fewer of them"
        yield Proposal("null_share", (column.name,), check, why, 58)


def _texts(column: ColumnProfile, rows: int) -> Iterator[Proposal]:
    of, there = (column.name,), rows - column.nulls
    if not there or column.longest is None:
        return
    if _is_list(column, there):
        values = sorted(value for value, _ in column.values)
        rarest, least = column.values[-1]
        check: dict[str, object] = {
            "expect": f"{_EXPECT}values_to_be_in_set",
            "column": column.name,
            "value_set": values,
            "severity": "warning",
        }
        why = f"{_many(len(values), 'value')} now, the rarest {rarest!r} in {_many(least, 'row')}"
        yield Proposal("set", of, check, f"{why}: a new one is told, and stops nothing", 78)
        return
    if column.shape:
        check = {
            "expect": f"{_EXPECT}values_to_match_regex",
            "column": column.name,
            "regex": column.shape.pattern,
        }
        why = f"{column.shape.name} in each of {_many(there, 'row')}"
        yield Proposal("shape", of, check, why, 72)
    if column.shortest == column.longest and column.longest > 3 and there > _REPEATED:
        check = {
            "expect": f"{_EXPECT}value_lengths_to_equal",
            "column": column.name,
            "value": column.longest,
        }
        why = f"each of {_many(there, 'row')} has {_many(column.longest, 'character')}"
        yield Proposal("shape", of, check, why, 65)
    if column.shortest:
        check = {
            "expect": f"{_EXPECT}value_lengths_to_be_between",
            "column": column.name,
            "min_value": 1,
        }
        why = f"never empty; the longest has {_many(column.longest, 'character')}"
        yield Proposal("shape", of, check, why, 35)


def _is_list(column: ColumnProfile, rows: int) -> bool:
    """Whether its values are few and come again: one that stands once may be a slip."""
    many = len(column.values)
    return many > 1 and rows >= _REPEATED * many and column.values[-1][1] > 1


def _numbers(column: ColumnProfile, profile: Profile) -> Iterator[Proposal]:
    low, high, mean = column.low, column.high, column.mean
    if not isinstance(low, _NUMBERS) or not isinstance(high, _NUMBERS) or mean is None:
        return
    if names.is_identity(column.name) or low == high:
        return
    check: dict[str, object] = {
        "expect": f"{_EXPECT}values_to_be_between",
        "column": column.name,
    }
    seen = f"{number(low)} to {number(high)} now"
    for least, most in names.scales(column.name):
        if least <= low and high <= most:
            check |= {"min_value": least, "max_value": most}
            yield Proposal("between", (column.name,), check, seen, 75)
            return
    if low < 0 or (names.may_be_negative(column.name) and low > 0):
        return
    check["min_value"] = 1 if column.is_whole and low == 1 else 0
    weight = 52
    if high <= 5 * mean and profile.rows > _REPEATED:
        check |= {"max_value": bounds.above(high), "severity": "warning"}
        seen += f", {number(_rounded(mean))} on average: more is worth a look"
        weight = 56
    yield Proposal("between", (column.name,), check, seen, weight)


def _measures(profile: Profile) -> Iterator[Proposal]:
    """The numbers that the table is looked at for: at most two, the main one first."""
    open_ones = [
        one
        for one in profile.columns.values()
        if one.sort == "number"
        and one.mean is not None
        and (one.low != one.high or profile.rows == 1)
        and not names.is_identity(one.name)
    ]
    ranked = sorted(
        (rank, index)
        for index, one in enumerate(open_ones)
        if (rank := names.measure_rank(one.name)) is not None
    )
    found = [open_ones[index] for _, index in ranked[:2]]
    if not ranked and len(open_ones) == 1:
        found = open_ones
    for place, one in enumerate(found):
        kind = "mean" if names.is_single(one.name) else "sum"
        check: dict[str, object] = {kind: one.name, "anomaly": True, "severity": "warning"}
        mean = one.mean if kind == "mean" else _total(one, profile)
        why = f"about {number(_rounded(mean))} now: told where it is unlike that of earlier runs"
        yield Proposal("measure", (one.name,), check, why, 76 - place)


def _total(one: ColumnProfile, profile: Profile) -> float:
    return float(one.mean or 0) * (profile.rows - one.nulls)


def _rounded(value: Number | None) -> float:
    return float(f"{float(value or 0):.3g}")


def _moment(value: date) -> str:
    return f"{value:%Y-%m-%d}"


def _many(count: int, what: str) -> str:
    return f"{number(count)} {what}{'' if count == 1 else 's'}"
