"""A number among those of earlier runs: how far it may go, and when it is an outlier."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from builder.checks.history import ENOUGH_RUNS, ENOUGH_WEEKS, after_last, ranges, usual
from builder.journal.tables import Measured
from builder.summary import Change, Count

if TYPE_CHECKING:
    from collections.abc import Sequence

    from builder.run import Number

FRIDAY = datetime(2026, 11, 20, 6, tzinfo=UTC)


def earlier(values: Sequence[Number], *, days: float = 1) -> list[Measured]:
    """What runs measured `days` apart, the last of them that long before FRIDAY."""
    return [
        Measured(value, FRIDAY - timedelta(days=days * (number + 1)))
        for number, value in enumerate(values)
    ]


def holds(change: Change, last: Number, found: Number) -> bool:
    """Whether a number is near enough to the last one."""
    around = after_last(change, earlier([last, 10**9]))
    assert around is not None
    return around.holds(found)


# max_change


@pytest.mark.parametrize(
    ("last", "found", "expected"),
    [
        (100, [69, 70, 100, 130, 131], [False, True, True, True, False]),
        (-100, [-131, -130, -100, -70, -69], [False, True, True, True, False]),
        (0, [-1, 0, 1], [False, True, False]),
        (1.0, [0.6999, 0.7, 1.3, 1.3001], [False, True, True, False]),
        (0.1, [0.06, 0.07, 0.13, 0.14], [False, True, True, False]),
        (Decimal("0.10"), [0.07, Decimal("0.13"), Decimal("0.131")], [True, True, False]),
        (10**30, [7 * 10**29, 7 * 10**29 - 1], [True, False]),
        (1, [math.inf, -math.inf], [False, False]),
    ],
)
def test_share_of_the_last_number_is_met_exactly(
    last: Number, found: list[Number], expected: list[bool]
) -> None:
    """30 % of the last number's size either way, both ends included, and from 0 nothing."""
    assert expected == [holds(Change(0.3, 0.3), last, one) for one in found]


def test_change_of_zero_is_no_change() -> None:
    """`'max_change': 0` wants the very same number."""
    found: list[Number] = [99.999, 100, Decimal("100.0"), 101]

    assert [False, True, True, False] == [holds(Change(0, 0), 100, one) for one in found]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (Change(down=0.1), [False, True, True, True]),
        (Change(up=0.5), [True, True, True, False]),
        (Change(0.1, 0.5), [False, True, True, False]),
    ],
)
def test_way_that_is_not_named_has_no_bound(change: Change, expected: list[bool]) -> None:
    """Only `down`, or only `up`, or each with a share of its own."""
    assert expected == [holds(change, 200, found) for found in (179, 180, 300, 301)]


def test_range_says_where_and_why() -> None:
    """The bounds, and the number and day that they come from."""
    past = earlier([1500])

    assert "1,050 to 1,950 (1,500 on 2026-11-19)" == str(after_last(Change(0.3, 0.3), past))
    assert "… to 1,950 (1,500 on 2026-11-19)" == str(after_last(Change(None, 0.3), past))
    assert "1,050 to … (1,500 on 2026-11-19)" == str(after_last(Change(0.3), past))


# anomaly


def outlier(past: Sequence[Measured], found: float) -> bool:
    """Whether a number is out of the range of the earlier ones."""
    around = usual(past, FRIDAY)
    assert around is not None
    return not around.holds(found)


@pytest.mark.parametrize("runs", range(ENOUGH_RUNS))
def test_first_runs_are_never_an_alarm(runs: int) -> None:
    """With fewer than seven earlier numbers there is no range, whatever they were."""
    assert None is usual(earlier([100] * runs), FRIDAY)


def test_seven_runs_are_enough() -> None:
    """The range is 3.5 times 1.4826 times the median distance around the median."""
    around = usual(earlier([97, 98, 99, 100, 101, 102, 103]), FRIDAY)

    assert around is not None
    assert (100 - 3.5 * 1.4826 * 2, 100 + 3.5 * 1.4826 * 2) == pytest.approx(
        (around.low, around.high)
    )
    assert "89.6218 to 110.3782 (median of 7 runs)" == str(around)


@pytest.mark.parametrize(
    ("found", "expected"), [(0, True), (89, True), (90, False), (110, False), (111, True)]
)
def test_outlier_is_caught(found: float, *, expected: bool) -> None:
    """What is beyond the range on either side, even if it lies near."""
    assert expected is outlier(earlier([97, 98, 99, 100, 101, 102, 103]), found)


def test_outlier_among_the_earlier_numbers_does_not_hide_the_next() -> None:
    """Median and MAD do not move for a few odd numbers, as mean and deviation would."""
    past = earlier([100, 101, 99, 0, 100, 102, 98, 5000, 101, 99])

    assert [True, False, True] == [outlier(past, found) for found in (50, 100, 200)]


def test_numbers_that_never_moved_leave_one_percent() -> None:
    """Where MAD and mean distance are 0, a distance of 1 % of the median is no outlier."""
    past = earlier([1000] * 10)

    assert [True, False, False, True] == [outlier(past, n) for n in (989, 990, 1010, 1011)]


def test_mean_distance_stands_in_for_a_mad_of_zero() -> None:
    """More than half alike: the others say how far a number may be."""
    past = earlier([100] * 7 + [110, 120, 90])
    reach = 3.5 * 1.2533 * 4

    assert [True, False] == [outlier(past, 100 + reach * share) for share in (1.01, 0.99)]


def test_always_zero_may_not_become_one() -> None:
    """A number that has been 0 in every run has no room at all."""
    past = earlier([0] * 10)

    assert [False, True] == [outlier(past, found) for found in (0, 1)]


@pytest.mark.parametrize("step", [1, 50, 1000])
def test_growing_series_is_no_outlier(step: int) -> None:
    """A table that grows by the same every day is at the end of its range, and in it."""
    series = [1000 + step * day for day in range(60)]

    for runs in range(ENOUGH_RUNS, 60):
        assert not outlier(earlier(series[:runs][::-1]), series[runs])


def test_same_weekday_goes_first() -> None:
    """Where Fridays are quiet, one is compared with Fridays, once there are five of them."""
    days = [10 if n % 7 == 6 else 1000 for n in range(7 * ENOUGH_WEEKS)]
    enough, few = usual(earlier(days), FRIDAY), usual(earlier(days[:-1]), FRIDAY)

    assert enough is not None
    assert few is not None
    assert ("median of 5 Fridays", "median of 34 runs") == (enough.basis, few.basis)
    assert (True, False) == (enough.holds(10), enough.holds(1000))


def test_weekday_counts_once_a_day() -> None:
    """Of several runs on one day the last one counts, and those of today do not."""
    again = earlier([50 + n / 10 for n in range(ENOUGH_WEEKS)], days=7)
    first = [Measured(9999, one.at - timedelta(hours=2)) for one in again]
    today = Measured(7777, FRIDAY - timedelta(hours=1))
    past = sorted([*again, *first, today], key=lambda one: one.at, reverse=True)
    around = usual(past, FRIDAY)

    assert around is not None
    assert "median of 5 Fridays" == around.basis
    assert 50.2 == pytest.approx((float(around.low) + float(around.high)) / 2)


# What a check asks for


def test_check_without_earlier_runs_says_what_is_missing() -> None:
    """It passes, and people learn why nothing was compared."""
    both = Count("c", max_change=Change(0.3, 0.3), anomaly=True)

    assert (
        [],
        [
            "not compared yet: no run before this one was published with it",
            "not compared yet: 0 of the 7 runs it takes",
        ],
    ) == ranges(both, [], FRIDAY)
    assert ([], []) == ranges(Count("c", count=1), earlier([1] * 9), FRIDAY)


def test_check_with_both_has_both_ranges() -> None:
    """The last number and all of them together each have a say."""
    both = Count("c", max_change=Change(0.3, 0.3), anomaly=True)
    found, missing = ranges(both, earlier([100] * 8), FRIDAY)

    assert ["100 on 2026-11-19", "median of 8 runs"] == [one.basis for one in found]
    assert [] == missing


def test_number_without_end_is_compared_with_nothing() -> None:
    """An earlier infinity, which is within no share of anything, is passed over."""
    both = Count("c", max_change=Change(0.3, 0.3), anomaly=True)
    past = earlier([Decimal("Infinity"), 100, *[-math.inf] * 9])
    found, missing = ranges(both, past, FRIDAY)

    assert ["100 on 2026-11-18"] == [one.basis for one in found]
    assert ["not compared yet: 1 of the 7 runs it takes"] == missing
