"""What reads a warehouse and cannot write: checks are given it, and tables staged from it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from builder.engines.asks import Aggregate, Found
    from builder.engines.base import Result
    from builder.query import Plan, Select
    from builder.relation import Relation
    from builder.run import Number


@dataclass(frozen=True, slots=True)
class SharedRead:
    """How another process reads what a reader of ours reads, and nothing but reads.

    It calls `opener`, a `module:function`, with `arguments`, JSON that holds secrets, and gets a
    DB-API connection: `rollback()` mends it after a query that failed, `close()` returns when
    everything has been given back. `dialect` is SQLAlchemy's.
    """

    dialect: str
    opener: str
    arguments: dict[str, object] = field(repr=False)


class Reader(Protocol):
    """Runs what cannot write, one thing after another: what fails leaves the others as they are.

    Nothing runs for longer than the `check_timeout` of the run's file. What fails raises
    QueryFailed, TimedOut once the time of the whole run is over.
    """

    def measure(self, select: Select) -> Number:
        """The one number that a check's query returns: one row with one number, and not NULL."""

    def first(self, select: Select, limit: int) -> Result:
        """The first rows of a query."""

    def columns_of(self, relation: Relation) -> Mapping[str, str]:
        """The columns of a relation in their order with their types as SQL; none of what is not."""

    def computed(self, relation: Relation) -> Collection[str]:
        """Those of its columns that the warehouse computes, and that no query has to return."""

    def known_as(self, kind: str) -> str | None:
        """What Great Expectations calls a type of `columns_of`; None where only it knows."""

    def ask(self, relation: Relation, aggregates: Sequence[Aggregate]) -> Sequence[object]:
        """The answers to all of them, by one pass over the relation."""

    def count(self, relation: Relation, rows: Found) -> int:
        """How many rows those are."""

    def sample(self, relation: Relation, rows: Found, limit: int) -> Result:
        """Some of those rows, with all of their columns."""

    def head(self, relation: Relation, columns: Sequence[str], limit: int) -> Result:
        """Some rows, whichever are at hand, with these columns alone."""

    def values(self, relation: Relation, column: str, limit: int) -> Sequence[tuple[object, int]]:
        """The values of a column and how many rows have each, the most frequent first; no NULL."""

    def finding(self, relation: Relation, rows: Found) -> str:
        """The query that finds all of those rows, for people to run."""

    def shared(self, relations: Sequence[Relation]) -> SharedRead:
        """How another process reads these; a snapshot's moment, while that is open."""


class Snapshot(Reader, Protocol):
    """The sources as they were at one moment: what is checked here is what is staged."""

    def stage(self, plan: Plan) -> int:
        """Build the table beside the target; the number of its rows.

        Nobody but its owner may read it. It is there for good once the snapshot ends well.
        """
