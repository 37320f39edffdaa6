"""What a table is made of, and what stands on it: columns, grants, indexes, triggers, views.

Every text is SQL as the server gives it with an empty search path, so that it means the same
wherever it is sent, and two descriptions can be compared.
"""

from __future__ import annotations

import msgspec

from builder.engines.postgres.wording import option
from builder.relation import Relation, quoted_list


class Struct(msgspec.Struct, frozen=True):
    """A frozen value that is read from JSON; what is not there has its default."""


class Grant(Struct, frozen=True):
    """One privilege of one role, None for PUBLIC; `column` None is the whole table.

    `grantor` is who has granted it, where that is not the owner, and `is_grantable_by_us` whether
    we can become that role.
    """

    grantee: str | None = None
    privilege: str = ""
    grantable: bool = False
    column: str | None = None
    grantor: str | None = None
    is_grantable_by_us: bool = True


class Identity(Struct, frozen=True):
    """The sequence of an identity column: its name, and its options as SQL."""

    name: str
    options: str


class Column(Struct, frozen=True):
    """One column; what its type gives anyway (collation, storage) is None.

    `identity` is ALWAYS or BY DEFAULT, `generated` STORED or VIRTUAL; `owned` are the sequences
    that would go with it.
    """

    name: str
    type: str
    collation: str | None = None
    is_not_null: bool = False
    default: str | None = None
    identity: str | None = None
    generated: str | None = None
    storage: str | None = None
    compression: str | None = None
    statistics: int | None = None
    options: tuple[str, ...] = ()
    comment: str | None = None
    sequence: Identity | None = None
    owned: tuple[str, ...] = ()


class Index(Struct, frozen=True):
    """An index, and whether a build made it because the file declared it.

    `columns` are its whole columns, where it is made of nothing else; `written` is what CREATE
    INDEX has behind the table's name, and `constraint` what ADD CONSTRAINT has, where it is one.
    """

    name: str
    is_declared: bool = False
    kind: str = "index"
    columns: tuple[str, ...] | None = None
    written: str = ""
    is_unique: bool = False
    constraint: str | None = None
    options: tuple[str, ...] = ()
    tablespace: str | None = None
    comment: str | None = None
    constraint_comment: str | None = None
    statistics: tuple[tuple[int, int], ...] = ()
    is_clustered: bool = False
    is_replica_identity: bool = False
    is_valid: bool = True

    @property
    def says(self) -> str:
        """What it is in the words of a file's declaration: `unique ("day", "channel")`."""
        what = self.written if self.columns is None else quoted_list(self.columns)
        return f"{self.kind} {what}"

    @property
    def shape(self) -> tuple[str, str, str | None]:
        """What two indexes have in common that do the same, whatever they are called."""
        options = ", ".join(option(pair) for pair in self.options)
        bare = self.written.replace(f" WITH ({options})", "", 1) if options else self.written
        return (self.kind, bare, self.constraint)


class Constraint(Struct, frozen=True):
    """A constraint without an index: `kind` is c (check), f (foreign key) or n (NOT NULL)."""

    name: str
    kind: str
    definition: str
    columns: tuple[str, ...] = ()
    comment: str | None = None


class Trigger(Struct, frozen=True):
    """A trigger or a rule: the statement that makes it, and when it fires (O, D, R or A)."""

    name: str
    definition: str
    enabled: str = "O"
    comment: str | None = None
    changes_rows: bool = False
    columns: tuple[str, ...] = ()
    """The columns of the table that a rule reads."""


class Policy(Struct, frozen=True):
    """A row security policy; `roles` None among them is PUBLIC."""

    name: str
    is_permissive: bool
    command: str
    roles: tuple[str | None, ...]
    using: str | None = None
    check: str | None = None
    comment: str | None = None
    columns: tuple[str, ...] = ()
    """The columns of the table that it reads."""


class Statistics(Struct, frozen=True):
    """Extended statistics; `written` is what CREATE STATISTICS has behind the name."""

    schema: str
    name: str
    written: str
    target: int | None = None
    comment: str | None = None
    owner: str | None = None

    @property
    def relation(self) -> Relation:
        """Its name, which is its own and not the table's."""
        return Relation(self.schema, self.name)


class Label(Struct, frozen=True):
    """A security label of the table or one of its columns."""

    provider: str
    label: str
    column: str | None = None


class View(Struct, frozen=True):
    """A view that reads the table; `is_owned` by us or a role that we are a member of.

    `is_replaceable` says that we may make views in its schema.
    """

    schema: str
    name: str
    kind: str
    owner: str
    is_owned: bool
    definition: str
    options: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    """The columns of the table that it reads."""
    is_replaceable: bool = True

    @property
    def relation(self) -> Relation:
        """Its name."""
        return Relation(self.schema, self.name)


class Reference(Struct, frozen=True):
    """A foreign key of another table; whether a row that goes takes or changes rows there."""

    name: str
    cascades: bool = False
