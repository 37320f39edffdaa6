"""Profile: what a table looks like now, the figures that proposals rest on, as frozen values."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from builder.run import Number
    from builder.suggest.kinds import Sort
    from builder.suggest.shapes import Shape


@dataclass(frozen=True, slots=True)
class ColumnProfile:
    """What was measured of one column.

    `low`, `high` and `mean` are of finite numbers or moments; None where there is an odd one
    among them. `shortest` and `longest` count characters. The `shape` is that of the rows that
    were seen: to match millions of texts takes longer than all else. `values` are all of them, the
    most frequent first, where they are few; `distinct` is how many, where that was counted.
    """

    name: str
    sort: Sort
    is_sensitive: bool = False
    nulls: int = 0
    low: Number | date | None = None
    high: Number | date | None = None
    mean: Number | None = None
    is_whole: bool = False
    is_naive: bool = True
    shortest: int | None = None
    longest: int | None = None
    shape: Shape | None = None
    distinct: int | None = None
    values: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Profile:
    """A table: its rows, its columns in their order, and what is true of several of them.

    Of each pair the first is never less than the second where both are there, in so many rows.
    `key` is a pair of columns that tells the rows apart. `left_out` are columns beyond the first
    hundred.
    """

    rows: int
    columns: Mapping[str, ColumnProfile] = field(default_factory=dict)
    pairs: Mapping[tuple[str, str], int] = field(default_factory=dict)
    key: tuple[str, ...] = ()
    left_out: int = 0
