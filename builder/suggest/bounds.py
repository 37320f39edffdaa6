"""Bounds for numbers and moments: round ones, a little wider than what is there now."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from builder.run import Number

_STEPS = (1, 1.5, 2, 3, 4, 5, 6, 8, 10)
_SPANS = ("1 day", "2 days", "3 days", "1 week", "2 weeks", "5 weeks")
_DAYS = (1, 2, 3, 7, 14, 35)


def above(value: Number) -> int | float:
    """The next round number that is at least a quarter more than a positive one."""
    wanted = float(value) * 1.25
    size = 10.0 ** math.floor(math.log10(wanted))
    found = next(step * size for step in _STEPS if step * size >= wanted * 0.999)
    return int(found) if found >= 10 else float(f"{found:.3g}")


def below_share(share: float) -> float:
    """A share of rows for `mostly`: twice as many may be wrong as are now, in whole steps."""
    wrong = share * 2
    digits = max(1, -math.floor(math.log10(wrong)))
    steps: int = 10**digits
    return round(1 - math.ceil(wrong * steps) / steps, digits)


def age_of(newest: date, now: datetime) -> timedelta:
    """How long ago it was; a date has been over only with its midnight."""
    if not isinstance(newest, datetime):
        newest = datetime.combine(newest, time(), UTC)
        return now - newest - timedelta(days=1)
    return now - (newest if newest.tzinfo else newest.replace(tzinfo=UTC))


def span_for(age: timedelta) -> str:
    """The span that data of that age is within, with half as much again; empty for no such one.

    What is to come is given two days, for time zones and clocks.
    """
    wanted = age * 1.5
    if age < -timedelta(days=2):
        return ""
    return next(
        (s for s, days in zip(_SPANS, _DAYS, strict=True) if wanted <= timedelta(days=days)), ""
    )
