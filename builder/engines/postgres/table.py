"""A table as the catalogs have it, and the two of which a publish is: as values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from builder.engines.postgres.attachments import (
    Column,
    Constraint,
    Grant,
    Index,
    Label,
    Policy,
    Reference,
    Statistics,
    Struct,
    Trigger,
    View,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from builder.relation import Relation

ORDINARY = "r"
STAGED_COMMENT = "staged by builder run "
KEPT_COMMENT = "kept by builder run "
COPIED = ": a copy of "
INDEX_COMMENT = "declared in the summary"


class Table(Struct, frozen=True):
    """A relation as the catalogs have it; `is_owned` by us, or by a role we are a member of.

    `is_writable` says that we may read and change its rows; `owner_lacks` are privileges that
    were taken from its owner. `hangs` is what a swap can neither keep nor carry, by its names,
    `references` the foreign keys of other tables, `bars` what no publish can do anything about.
    `publications` are those that name the table, and `lacks_identity` says that their
    subscribers could not tell which row has changed. `digest` is the same as long as all is.
    """

    oid: int
    kind: str
    owner: str
    is_owned: bool
    is_writable: bool = True
    comment: str | None = None
    grants: tuple[Grant, ...] = ()
    owner_lacks: tuple[str, ...] = ()
    columns: tuple[Column, ...] = ()
    indexes: tuple[Index, ...] = ()
    constraints: tuple[Constraint, ...] = ()
    triggers: tuple[Trigger, ...] = ()
    rules: tuple[Trigger, ...] = ()
    policies: tuple[Policy, ...] = ()
    statistics: tuple[Statistics, ...] = ()
    labels: tuple[Label, ...] = ()
    views: tuple[View, ...] = ()
    hangs: tuple[str, ...] = ()
    references: tuple[Reference, ...] = ()
    bars: tuple[str, ...] = ()
    publications: tuple[str, ...] = ()
    lacks_identity: bool = False
    is_unlogged: bool = False
    tablespace: str | None = None
    options: tuple[str, ...] = ()
    toast_options: tuple[str, ...] = ()
    has_toast: bool = True
    row_security: bool = False
    forced_row_security: bool = False
    replica_identity: str = "d"
    digest: str = ""

    @property
    def types(self) -> Mapping[str, str]:
        """The type of each column, in their order."""
        return {column.name: column.type for column in self.columns}

    def column(self, name: str) -> Column | None:
        """The column of that name."""
        return next((column for column in self.columns if column.name == name), None)


@dataclass(frozen=True, slots=True)
class Target:
    """The target, and the table that is to take its place: a staged one, or a kept version.

    `default_grants` are for a table that is new; `taken` are names of other relations in the
    schema that an index of the target could want.
    """

    relation: Relation
    live: Table | None
    incoming: Table | None
    default_grants: tuple[Grant, ...] = ()
    taken: frozenset[str] = frozenset()
    incoming_relation: Relation | None = None

    @property
    def is_rollback(self) -> bool:
        """Whether a version that was kept is to come back."""
        return self.incoming_relation is not None

    @property
    def source(self) -> Relation:
        """Where the incoming table stands now."""
        return self.incoming_relation or self.relation.staged


_KINDS = {
    "v": "a view",
    "m": "a materialized view",
    "p": "a partitioned table",
    "f": "a foreign table",
    "S": "a sequence",
    "i": "an index",
    "I": "an index",
    "c": "a type",
}


def column_changes(live: Table, staged: Table) -> list[str]:
    """What the staged columns are that the live ones are not, a sentence each."""
    old, new = live.types, staged.types
    return [
        *(f"column {name} goes" for name in old if name not in new),
        *(f"column {name} is new" for name in new if name not in old),
        *(
            f"column {name} changes from {old[name]} to {kind}"
            for name, kind in new.items()
            if old.get(name, kind) != kind
        ),
    ]


def is_ours(staged: Table) -> bool:
    """Whether a table under a staged name was made by a build, and not by a person."""
    return staged.kind == ORDINARY and (staged.comment or "").startswith(STAGED_COMMENT)


def is_kept(version: Table) -> bool:
    """Whether a table under a version's name was put there by a publish."""
    return version.kind == ORDINARY and (version.comment or "").startswith(KEPT_COMMENT)


def is_copy(version: Table | None) -> bool:
    """Whether a kept version is a copy, made by a merge, and was never live itself."""
    return version is not None and COPIED in (version.comment or "")


def kind_of(table: Table) -> str:
    """What it is, in words."""
    return _KINDS.get(table.kind, "a table")
