"""How what is staged differs from what is live: what is asked, and the answer.

*Added*, *removed* and *changed* are seen from the live table: an added row is one that readers do
not have yet. Where the file says that a column is sensitive, no value of it is in here.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from builder.relation import Relation


@dataclass(frozen=True, slots=True)
class Tolerance:
    """How far two numbers may be apart and still count as the same; either is enough.

    `relative` is a part of the live number: 0.01 is one per cent.
    """

    absolute: Decimal = Decimal(0)
    relative: Decimal = Decimal(0)

    def __bool__(self) -> bool:
        """Whether there is any."""
        return bool(self.absolute or self.relative)


NONE = Tolerance()
"""Numbers are the same only where they are equal."""


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked of a comparison.

    `key` are the columns by which rows are matched; empty where the file's own are to do it.
    `examples` is how many rows of each sort are wanted, `timeout` how many seconds it may take.
    """

    key: tuple[str, ...] = ()
    tolerance: Tolerance = NONE
    examples: int = 5
    timeout: float | None = None


@dataclass(frozen=True, slots=True)
class ColumnChange:
    """A column that is not the same in both, with its types as SQL; None where it is not there."""

    name: str
    live: str | None
    staged: str | None

    @property
    def change(self) -> Literal["added", "removed", "changed"]:
        """What becomes of it."""
        if self.live is None:
            return "added"
        return "removed" if self.staged is None else "changed"


@dataclass(frozen=True, slots=True)
class Row:
    """A row that only one of the tables has, and how many times more often than the other."""

    values: Mapping[str, object]
    count: int = 1


@dataclass(frozen=True, slots=True)
class ChangedRow:
    """A row that both have: its key, and the live and the staged value of what differs."""

    key: Mapping[str, object]
    values: Mapping[str, tuple[object, object]]


@dataclass(frozen=True, slots=True)
class Comparison:
    """What is staged for a table against what is live, all of one moment.

    `live_rows` is None where there is no live table: then all that is staged is added. Without a
    `key` rows are the same where all of their values are, and none is changed. `changed_in` has
    each column of both tables with the number of rows changed in it. The examples are the first
    by the key.
    """

    table: Relation
    staged_rows: int
    live_rows: int | None = None
    key: tuple[str, ...] = ()
    columns: tuple[ColumnChange, ...] = ()
    added: int = 0
    removed: int = 0
    changed: int = 0
    changed_in: Mapping[str, int] = field(default_factory=dict)
    added_rows: tuple[Row, ...] = ()
    removed_rows: tuple[Row, ...] = ()
    changed_rows: tuple[ChangedRow, ...] = ()
    notices: tuple[str, ...] = ()

    @property
    def unchanged(self) -> int:
        """How many rows are the same in both."""
        return self.staged_rows - self.added - self.changed

    @property
    def is_different(self) -> bool:
        """Whether readers would notice a publish."""
        is_new = self.live_rows is None
        return is_new or bool(self.columns or self.added or self.removed or self.changed)
