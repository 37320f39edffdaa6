"""What a warehouse must be able to do: the only view of it that the rest of the house has.

A further engine is a further class with these methods. Where it lacks something (advisory
locks, transactions), its `capabilities` say so and the promise of each method still holds:
readers see the old table or the new one, never one without rows or half of one.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from contextlib import AbstractContextManager

    from builder.engines.asks import Asks
    from builder.engines.comparison import Comparison, Request
    from builder.engines.reading import Reader, Snapshot
    from builder.query import Plan, Rendered, Select
    from builder.relation import Relation
    from builder.run import Run
    from builder.summary import Summary

_HOLE = re.compile("%[%s]")


@dataclass(frozen=True, slots=True)
class Statement:
    """SQL as data: `values` are bound to its `%s`, in order.

    Without values a percent sign is a percent sign; with them it is written twice.
    """

    text: str
    values: tuple[object, ...] = ()

    @property
    def shown(self) -> str:
        """The statement for people, its values in their places."""
        if not self.values:
            return self.text
        values = iter(self.values)
        return _HOLE.sub(lambda at: "%" if at[0] == "%%" else _shown(next(values)), self.text)


def escaped(text: str) -> str:
    """Text for a Statement that has values: a percent sign is written twice there."""
    return text.replace("%", "%%")


def _shown(value: object) -> str:
    """A value as SQL; a number in quotes would be read as the other side's type, or not at all."""
    if value is None or isinstance(value, bool):
        return {None: "NULL", True: "true", False: "false"}[value]
    if isinstance(value, int | float | Decimal) and math.isfinite(value):
        return str(value)
    return "'" + str(value).replace("'", "''") + "'"


@dataclass(frozen=True, slots=True)
class Result:
    """What a statement returned; `count` is the number of rows it says it touched.

    `types` are the columns' types by the engine's own numbers.
    """

    columns: tuple[str, ...] = ()
    rows: tuple[tuple[object, ...], ...] = ()
    count: int = 0
    types: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What an engine has; what it lacks, it makes up for behind the same methods."""

    transactions: bool = True
    advisory_locks: bool = True
    lock_timeout: bool = True
    table_attributes: bool = False


@dataclass(frozen=True, slots=True)
class Version:
    """One table that readers read, or could read again: the live one or a kept one."""

    relation: Relation
    rows: int | None = None


Rows = tuple["Sequence[str]", "Iterator[tuple[object, ...]]"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that `doctor` looked at; `good` None is a warning."""

    what: str
    found: str
    good: bool | None
    remedy: str = ""


class Connection(Protocol):
    """A short way to send statements, each in a transaction of its own unless one is begun."""

    @property
    def role(self) -> str:
        """Who we are."""

    @property
    def is_alive(self) -> bool:
        """Whether it can still be used, as far as is known without asking."""

    def execute(self, statement: Statement) -> Result:
        """Send one statement; raises EngineError."""

    def close(self) -> None:
        """End it."""


class Engine(Protocol):
    """One warehouse.

    What an error means is its type: Busy may pass by itself, QueryFailed is the SQL of a person,
    PublishFailed is a table that must not be swapped, any other EngineError is final. A rollback
    is a publish of a kept version; which versions are kept, the journal knows. What an engine
    cannot read in a file's dialect, it is to translate or refuse in `dialect_of` and `plan`,
    before anything is tried.
    """

    dialect: str
    """What sqlglot calls its SQL."""
    capabilities: Capabilities

    @property
    def description(self) -> str:
        """Which warehouse it is, for people: no password."""

    @property
    def role(self) -> str:
        """Who we are in it."""

    @property
    def deadline(self) -> float | None:
        """The `time.monotonic()` when the time of the run that holds the lock is over."""

    def connect(self) -> Connection:
        """A connection of its own, for the journal."""

    def lock(
        self, run: Run, *, wait: float, holder: Callable[[], str]
    ) -> AbstractContextManager[None]:
        """Only one run at a time builds `run.target`, whoever starts it.

        Waits for up to `wait` seconds, then raises Busy with what `holder()` says.
        """

    def snapshot(self, run: Run, plan: Plan) -> AbstractContextManager[Snapshot]:
        """One view of the plan's sources; raises QueryFailed or EngineError."""

    def finish_staging(self, run: Run) -> None:
        """Statistics, keys and indexes on the staged table; raises KeyFailed on a double key."""

    def reader(self, run: Run) -> AbstractContextManager[Reader]:
        """Reads what has been staged, or is live."""

    def staged_rows(self, target: Relation) -> int | None:
        """How many rows are staged for `target`; None if nothing of ours is."""

    def difference(self, target: Relation) -> list[str]:
        """How what is staged differs from the live table, a sentence each."""

    def compare(self, summary: Summary, request: Request) -> Comparison:
        """What is staged against what is live, row by row; nothing is changed.

        Raises PublishFailed where nothing of ours is staged, ConfigError for a key that is not in
        both, QueryFailed where it takes too long.
        """

    def require_publishable(self, run: Run) -> None:
        """Raises PublishFailed if a publish would lose something, before anything is touched."""

    def publish(
        self,
        run: Run,
        record: Callable[[Version | None], Sequence[Statement]],
        version: Relation | None = None,
    ) -> None:
        """Put the staged table in the target's place, at once for every reader.

        In a rollback it is the kept `version` that is put there. What hangs on the live table
        hangs on the new one then, exactly as it did. `record` gives the journal's statements, for
        the version that was replaced, if it is kept. They take effect together with the swap; an
        engine without transactions runs them after it. Raises Busy or PublishFailed, the live
        table being as it was.
        """

    def let_go(self, versions: Sequence[Relation]) -> bool:
        """Kept versions hold on to no row of another table; False where that has to wait.

        Never raises.
        """

    def recover(self, run: Run) -> None:
        """After a lost connection: certain that nothing of it is under way any more.

        The run holds its table's lock again; raises EngineError or Busy where it cannot.
        """

    def refresh(self, run: Run) -> int:
        """Refresh the materialized views that read the target; how many there are."""

    def drop(
        self, run: Run, versions: Sequence[Relation], record: Callable[[], Sequence[Statement]]
    ) -> None:
        """Drop the target, its kept versions and what is staged for it, all of them or none.

        `record` is as in publish. Raises PublishFailed where something hangs on the table, or one
        of those is not the builder's; Busy while they are read.
        """

    def preview(self, run: Run, plan: Plan, asks: Asks) -> Sequence[Statement]:
        """Every statement that a build would send now, for people to read."""

    def drop_version(self, version: Relation) -> bool:
        """Drop a kept version; False while somebody reads it.

        Raises PublishFailed for a table that no publish has put there.
        """

    def sizes(self, relations: Sequence[Relation]) -> Mapping[Relation, int]:
        """The bytes that each table takes up with its indexes, of those that are there."""

    def attached(self, summary: Summary) -> Sequence[tuple[str, str, str]]:
        """What stands on the live table that the file does not declare, and what a build does.

        A kind, a name, and a word on what becomes of it: `carried`, or why it is refused.
        """

    def run_after(self, statements: Sequence[Rendered]) -> None:
        """The file's own statements after a publish, in one transaction."""

    def rows(self, relation: Relation, limit: int) -> Result:
        """The first rows of a table; raises QueryFailed if it is not there."""

    def query(
        self, select: Select, *, timeout: float | None = None
    ) -> AbstractContextManager[Rows]:
        """The columns and rows of one read-only query, a few rows at a time.

        Raises QueryFailed where it fails, or has not ended within `timeout` seconds.
        """

    def relations(self) -> Sequence[Relation]:
        """Every table and view that can be read."""

    def columns(self, relations: Sequence[Relation]) -> Mapping[Relation, Mapping[str, str]]:
        """The columns of each relation that is there, in their order, with their types as SQL."""

    def shape(self, select: Select) -> Sequence[tuple[str, str]]:
        """The columns that a query returns and their types as SQL; no row is read.

        Raises QueryFailed where the warehouse would not run it.
        """

    def declarations(self, relation: Relation) -> Mapping[str, object] | None:
        """What a file could say of a table that is there, by the file's keys; None if it is not.

        Of `description`, `columns` ({name: text}), `primary_key`, `unique` and `indexes` those
        that the table has.
        """

    def diagnosis(self) -> Iterator[Finding]:
        """Whether this warehouse is fit to build on."""

    def close(self) -> None:
        """Give everything back."""
