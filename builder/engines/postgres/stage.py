"""The statements that build a table beside the live one: as data, without a database."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from builder.engines.base import Statement
from builder.engines.postgres.table import INDEX_COMMENT, STAGED_COMMENT
from builder.engines.postgres.wording import option, role
from builder.query import Rendered
from builder.relation import LONGEST_NAME, Relation, cut, quoted, quoted_list

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from builder.engines.postgres.table import Table
    from builder.summary import Summary, Text

AUTOVACUUM = "autovacuum_enabled"
BEGIN_SNAPSHOT = "BEGIN ISOLATION LEVEL REPEATABLE READ"


def create_prefix(staged: Relation, live: Table | None = None) -> str:
    """What stands before the summary's query: where and how the live table is stored, too.

    Autovacuum leaves the table alone until it is published: it would hold up the swap, which
    does not wait long enough to make it give way.
    """
    options = [f"{AUTOVACUUM}=false"]
    unlogged = tablespace = ""
    if live is not None:
        options += [option(one) for one in but_autovacuum(live.options)]
        options += [option(f"toast.{one}") for one in live.toast_options]
        unlogged = "UNLOGGED " if live.is_unlogged else ""
        tablespace = f" TABLESPACE {quoted(live.tablespace)}" if live.tablespace else ""
    return f"CREATE {unlogged}TABLE {staged.sql} WITH ({', '.join(options)}){tablespace} AS\n"


def but_autovacuum(options: Sequence[str]) -> list[str]:
    """Without what the builder sets itself while a table is staged; the swap gives it back."""
    return [one for one in options if not one.startswith(f"{AUTOVACUUM}=")]


def before_staging(live: Table | None = None) -> list[Statement]:
    """What precedes the query in its transaction.

    A table's worth of rows is worth parallel workers sooner than the planner thinks: measured
    0.65 of the time on 5 million wide rows.
    """
    return [
        # A table that is there says where it stands, whatever is the default now.
        *([Statement("SET LOCAL default_tablespace = ''")] if live else []),
        Statement("SET LOCAL parallel_setup_cost = 0"),
        Statement("SET LOCAL parallel_tuple_cost = 0"),
    ]


def after_staging(summary: Summary, run_id: str, grantees: Sequence[str | None]) -> list[Statement]:
    """Nobody but the owner reads rows that have not been checked; a comment says whose they are.

    `grantees` are those whom default privileges have let in.
    """
    staged = summary.target.staged
    return [
        *(
            Statement(f"REVOKE ALL ON TABLE {staged.sql} FROM {role(grantee)}")
            for grantee in dict.fromkeys(grantees)
        ),
        Statement(f"COMMENT ON TABLE {staged.sql} IS '{STAGED_COMMENT}{run_id} {digest(summary)}'"),
    ]


@dataclass(frozen=True, slots=True)
class Declared:
    """One key or index of the file: its kind, and its columns as SQL.

    `written` knows the place in the file of what an analyst wrote as SQL. A key has a `label`, its
    place in the file, and the `names` of its columns.
    """

    kind: str
    columns: str
    written: Rendered | None = None
    label: str = ""
    names: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.kind} {self.columns}"

    def prefix(self, staged: Relation, name: str) -> str:
        """What stands before the columns in the statement that makes it."""
        if self.kind == "index":
            return f"CREATE INDEX {quoted(name)} ON {staged.sql} "
        return f"ALTER TABLE {staged.sql} ADD CONSTRAINT {quoted(name)} {self.kind.upper()} "

    @staticmethod
    def mark(staged: Relation, name: str) -> Statement:
        """What tells it from an index that a person made; it goes with the table."""
        index = Relation(staged.schema, name).sql
        return Statement(f"COMMENT ON INDEX {index} IS '{INDEX_COMMENT}'")


def declared(summary: Summary) -> list[Declared]:
    """The keys and indexes of the file, in the order in which they are made."""
    return [
        *([_key("primary key", "primary_key", summary.primary_key)] if summary.primary_key else []),
        *(_key("unique", f"unique[{i}]", columns) for i, columns in enumerate(summary.unique)),
        *(
            Declared("index", quoted_list(index)) if isinstance(index, tuple) else _written(index)
            for index in summary.indexes
        ),
    ]


def _key(kind: str, label: str, columns: tuple[str, ...]) -> Declared:
    return Declared(kind, quoted_list(columns), label=label, names=columns)


def missing_columns(summary: Summary, columns: Collection[str]) -> list[str]:
    """Each column that a key, index or comment of the file names and the query does not return."""
    named = [
        *(("primary_key", column) for column in summary.primary_key),
        *(("unique", column) for unique in summary.unique for column in unique),
        *(("indexes", c) for index in summary.indexes if isinstance(index, tuple) for c in index),
        *(("columns", column.name) for column in summary.columns),
    ]
    return [f"`{key}` names {column}" for key, column in named if column not in columns]


def analyze(staged: Relation) -> Statement:
    """Statistics: a check for double keys is 2.5 times as fast with them."""
    return Statement(f"ANALYZE {staged.sql}")


def finishing(summary: Summary, run_id: str) -> list[Statement]:
    """Statistics, keys and indexes.

    The indexes get names of this run until the swap, since the live table has the real ones.
    """
    staged = summary.target.staged
    return [
        analyze(staged),
        *(
            statement
            for number, one in enumerate(declared(summary))
            for name in (index_while_staged(run_id, number),)
            for statement in (
                Statement(one.prefix(staged, name) + one.columns),
                one.mark(staged, name),
            )
        ),
    ]


def index_names(summary: Summary, taken: Collection[str] = ()) -> list[str]:
    """What the file's keys and indexes are called on the live table, in the order of `finishing`.

    PostgreSQL's own way: table_columns_key and so on, with a number behind it where the name is
    taken. Index names are shared by all tables of a schema: `taken` are those of the others.
    """
    names: list[str] = []
    for stem, ending in _names(summary):
        name, number = fitted(stem, ending), 0
        while name in names or name in taken:
            number += 1
            name = fitted(stem, f"{ending}{number}")
        names.append(name)
    return names


def digest(summary: Summary) -> str:
    """What the staged table depends on in the file: its query, keys and indexes."""
    parts = (summary.query.value, *(str(one) for one in declared(summary)))
    return hashlib.blake2b("\0".join(parts).encode(), digest_size=8).hexdigest()


def _names(summary: Summary) -> list[tuple[str, str]]:
    """The beginning and end of each key's and index's name."""
    table = summary.target.name
    endings = {"primary key": "_pkey", "unique": "_key", "index": "_idx"}
    return [
        (
            table if one.kind == "primary key" else "_".join([table, *_words(one.columns)]),
            endings[one.kind],
        )
        for one in declared(summary)
    ]


def _words(columns: str) -> list[str]:
    return re.findall(r"\w+", columns)


def fitted(stem: str, ending: str) -> str:
    """A name of which the beginning is cut where it would be too long."""
    return cut(stem, LONGEST_NAME - len(ending)) + ending


def index_while_staged(run_id: str, number: int) -> str:
    """What an index is called until its table is published."""
    return f"builder_{run_id}_{number}"


def _written(index: Text) -> Declared:
    """An index on SQL: as the file has it with its brackets or with USING, or in ours."""
    text = index.value.strip()
    skipped = len(index.value) - len(index.value.lstrip())
    if text.startswith("(") or text[:6].upper() == "USING ":
        return Declared("index", text, Rendered(text, index, ((0, 0, skipped),)))
    columns = f"({text})"
    return Declared("index", columns, Rendered(columns, index, ((0, 1, skipped),)))
