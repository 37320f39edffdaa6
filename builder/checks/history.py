"""A number among those of earlier runs: how far it may be from the last one, and from all.

`anomaly` is the modified z-score of Iglewicz and Hoaglin (How to Detect and Handle Outliers, 1993,
section 3.3): 0.6745 times the distance from the median, over the median absolute deviation (MAD);
beyond 3.5 a number is an outlier. Median and MAD do not move for the outliers among the earlier
numbers themselves. Where more than half of these are the same, MAD is 0, and 1.2533 times the
mean absolute deviation stands in for 1.4826 times MAD, as IBM's programs have it. And since
numbers that have hardly ever moved say little about how far they may, a distance of 1 % of
the median is never an outlier.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from builder.run import number

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from builder.journal.tables import Measured
    from builder.run import Number
    from builder.summary import Change, Check

MOST_SCORE = 3.5
ENOUGH_RUNS, ENOUGH_WEEKS = 7, 5
"""How many earlier numbers, or numbers of the same weekday, make a range."""
_MAD, _MEAN = 1.4826, 1.2533  # what makes either the standard deviation of a normal distribution
_LEAST = 0.01


def ranges(check: Check, past: Sequence[Measured], now: datetime) -> tuple[list[Range], list[str]]:
    """The ranges that a check asks for, and what to say where there is none yet."""
    past = [one for one in past if math.isfinite(one.value)]
    found, missing = [], []
    if check.max_change is not None:
        if around := after_last(check.max_change, past):
            found.append(around)
        else:
            missing.append("not compared yet: no run before this one was published with it")
    if check.anomaly:
        if around := usual(past, now):
            found.append(around)
        else:
            missing.append(f"not compared yet: {len(past)} of the {ENOUGH_RUNS} runs it takes")
    return found, missing


@dataclass(frozen=True, slots=True)
class Range:
    """Where a number is expected, both ends included, and why there."""

    low: Number
    high: Number
    basis: str

    def holds(self, found: Number) -> bool:
        """Whether the number is in it; no binary fraction comes between."""
        low, value, high = (Decimal(str(one)) for one in (self.low, found, self.high))
        return low <= value <= high

    def __str__(self) -> str:
        low = number(self.low) if self.low != -math.inf else "…"
        high = number(self.high) if self.high != math.inf else "…"
        return f"{low} to {high} ({self.basis})"


def after_last(change: Change, past: Sequence[Measured]) -> Range | None:
    """Around the last published run's number; None where there is none yet.

    The shares are of the last number's size, so that from 0 nothing may change.
    """
    if not past:
        return None
    last = past[0]
    value = Decimal(str(last.value))
    low, high = Decimal("-Infinity"), Decimal("Infinity")
    if change.down is not None:
        low = value - abs(value) * Decimal(str(change.down))
    if change.up is not None:
        high = value + abs(value) * Decimal(str(change.up))
    return Range(low, high, f"{number(last.value)} on {last.at:%Y-%m-%d}")


def usual(past: Sequence[Measured], now: datetime) -> Range | None:
    """Where the earlier numbers let this one be expected; None while they are too few.

    Those of the same weekday go first, the last one of each day, once there are enough of them.
    """
    from statistics import fmean, median

    values = _of_weekday(past, now)
    basis = f"{len(values)} {now:%A}s"
    if len(values) < ENOUGH_WEEKS:
        values = [float(one.value) for one in past]
        basis = f"{len(values)} runs"
        if len(values) < ENOUGH_RUNS:
            return None
    middle = median(values)
    distances = [abs(value - middle) for value in values]
    scale = _MAD * median(distances) or _MEAN * fmean(distances)
    # The score's 0.6745 is 1 / 1.4826: distance over scale is the score itself.
    reach = max(MOST_SCORE * scale, _LEAST * abs(middle))
    return Range(middle - reach, middle + reach, f"median of {basis}")


def _of_weekday(past: Sequence[Measured], now: datetime) -> list[float]:
    """The last number of each earlier day that was the same weekday, the youngest first."""
    days: dict[object, float] = {}
    for one in past:
        day = one.at.date()
        if day != now.date() and day.weekday() == now.weekday():
            days.setdefault(day, float(one.value))
    return [*days.values()]
