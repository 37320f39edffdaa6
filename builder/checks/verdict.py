"""What a check asks of a relation, and what its answers come to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from builder.run import number

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from builder.engines.asks import Aggregate, Found
    from builder.relation import Relation
    from builder.run import Number

    Judge = Callable[[Sequence[object], Callable[[], int]], "Verdict"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a check holds: what was measured, how people read it, and its bounds.

    Where it is of single rows, `unexpected` of `considered` rows are wrong.
    """

    passed: bool
    measured: Number | str | None
    found: str = ""
    wanted: str = ""
    low: Number | None = None
    high: Number | None = None
    unexpected: int | None = None
    considered: int | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """What one check asks in the scan of its relation, and how the answers are judged.

    `judge` takes the answers in the order of `aggregates`, and a way to count the `failing` rows
    by themselves, for those that one scan can find but not count.
    """

    aggregates: tuple[Aggregate, ...]
    judge: Judge
    failing: Found | None = None
    elsewhere: tuple[tuple[Relation, Aggregate], ...] = ()
    """What is asked of other relations; its answers follow those of the scan."""


def tolerated(mostly: float) -> str:
    """The share of rows that may be wrong where `mostly` have to be right, for people."""
    return "none" if mostly >= 1 else f"≤ {(1 - mostly) * 100:.6g} %"


def spread(low: Number | None, high: Number | None) -> str:
    """Bounds for people: `0 to 10`, `≥ 0`, `≤ 10`."""
    if low is not None and high is not None:
        return f"{number(low)} to {number(high)}" if low != high else f"= {number(low)}"
    if low is not None:
        return f"≥ {number(low)}"
    return f"≤ {number(high)}" if high is not None else "anything"
