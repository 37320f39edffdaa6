"""Figures for people: quantiles, and tables that can be pasted into a note."""

from __future__ import annotations

import math
from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

QUANTILES = ("p50 ms", "p99 ms", "worst ms")
_BIN = math.log(1.01)


class Waits:
    """How long very many things took, in milliseconds: quantiles to 1 %, the worst exactly."""

    def __init__(self) -> None:
        self._bins: Counter[int] = Counter()
        self._worst = 0.0

    def __len__(self) -> int:
        return self._bins.total()

    def add(self, milliseconds: float) -> None:
        """One more."""
        self._bins[math.floor(math.log(milliseconds) / _BIN)] += 1
        self._worst = max(self._worst, milliseconds)

    def update(self, others: Waits) -> None:
        """All of theirs too."""
        self._bins.update(others._bins)
        self._worst = max(self._worst, others._worst)

    def quantiles(self) -> list[str]:
        """p50, p99 and the worst; dashes where nothing was measured."""
        if not self._bins:
            return ["-"] * len(QUANTILES)
        return [f"{value:,.2f}" for value in (self._below(0.5), self._below(0.99), self._worst)]

    def _below(self, part: float) -> float:
        """The time that this part of them took at most."""
        left = part * len(self)
        for number, many in sorted(self._bins.items()):
            left -= many
            if left <= 0:
                return min(math.exp((number + 1) * _BIN), self._worst)
        return self._worst


def show(head: Sequence[str], lines: Iterable[Sequence[object]]) -> None:
    """Print a table."""
    texts = [
        [*head],
        *([f"{cell:,}" if isinstance(cell, int) else str(cell) for cell in line] for line in lines),
    ]
    widths = [max(len(line[column]) for line in texts) for column in range(len(head))]
    texts.insert(1, ["-" * width for width in widths])
    for line in texts:
        cells = (
            cell.ljust(width) if column == 0 else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(line, widths, strict=True))
        )
        print(f"| {' | '.join(cells)} |")
