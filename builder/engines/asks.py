"""What checks ask of a relation, as data: an engine puts it into its SQL.

A predicate is true, false or unknown for a row, as SQL has it: a comparison with NULL is unknown,
and only rows for which a predicate is true count. Columns are called by their names.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from builder.relation import Relation

Comparison = Literal["=", "<>", "<", "<=", ">", ">="]


@dataclass(frozen=True, slots=True)
class Value:
    """One value of a row: of a column, or how many characters it has there."""

    column: str
    length: bool = False


@dataclass(frozen=True, slots=True)
class Missing:
    """The column is NULL."""

    column: str


@dataclass(frozen=True, slots=True)
class Compare:
    """A value, compared with a constant or with another value of the row."""

    left: Value
    op: Comparison
    right: object


@dataclass(frozen=True, slots=True)
class Among:
    """The column is one of the constants; none of an empty set."""

    column: str
    values: tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Matches:
    """The text somewhere matches the regular expression, as the engine reads it."""

    column: str
    pattern: str


@dataclass(frozen=True, slots=True)
class Not:
    """The predicate is false."""

    part: Predicate


@dataclass(frozen=True, slots=True)
class Both:
    """Each of them is true; of none, every row."""

    parts: tuple[Predicate, ...]


@dataclass(frozen=True, slots=True)
class Either:
    """One of them is true; of none, no row."""

    parts: tuple[Predicate, ...]


Predicate = Missing | Compare | Among | Matches | Not | Both | Either
EVERY = Both(())


@dataclass(frozen=True, slots=True)
class Tally:
    """How many rows."""

    where: Predicate = EVERY


@dataclass(frozen=True, slots=True)
class Distinct:
    """How many different values, or lists of values; NULL is none, nor is a list that has one."""

    columns: tuple[str, ...]
    where: Predicate = EVERY


@dataclass(frozen=True, slots=True)
class Fold:
    """One number of the column's values that are not NULL; NULL where there is none.

    With `length` it is of how many characters they have. A decimal mean is computed in decimals,
    whatever the values are.
    """

    kind: Literal["max", "min", "sum", "mean", "decimal_mean"]
    column: str
    where: Predicate = EVERY
    length: bool = False


@dataclass(frozen=True, slots=True)
class Middle:
    """The value in the middle; of an even number of values the lower or the `upper` one."""

    column: str
    upper: bool = False
    where: Predicate = EVERY


@dataclass(frozen=True, slots=True)
class Age:
    """How many seconds ago the newest finite moment in the column was; negative if it is to come.

    `zone` is where moments without a time zone were written down; None if they have one. A
    `whole_day` has been over only with its midnight.
    """

    column: str
    zone: str | None = None
    whole_day: bool = False


@dataclass(frozen=True, slots=True)
class Readable:
    """Fails where the engine cannot read the regular expression, also if no row is matched."""

    pattern: str


Aggregate = Tally | Distinct | Fold | Middle | Age | Readable


@dataclass(frozen=True, slots=True)
class Asks:
    """What a build asks of each relation in one scan, of its inputs and of what it has staged."""

    inputs: Sequence[tuple[Relation, Sequence[Aggregate]]] = ()
    outputs: Sequence[tuple[Relation, Sequence[Aggregate]]] = ()


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows for which a predicate is true."""

    where: Predicate = EVERY


@dataclass(frozen=True, slots=True)
class Repeated:
    """The rows that have the same in these columns as another row; never one with a NULL there."""

    columns: tuple[str, ...]
    where: Predicate = EVERY


@dataclass(frozen=True, slots=True)
class Orphans:
    """The rows whose value in `column` stands nowhere in `to_column` of `to`."""

    column: str
    to: Relation
    to_column: str


Found = Rows | Repeated | Orphans
"""Rows that a check has found."""
