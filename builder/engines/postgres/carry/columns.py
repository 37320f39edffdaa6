"""Columns: how they are stored, what they must hold, and what stands in them by default."""

from __future__ import annotations

from typing import TYPE_CHECKING

from builder.engines.base import Statement
from builder.engines.postgres.carry.model import Carried, altered
from builder.engines.postgres.carry.objects import named_constraint
from builder.engines.postgres.stage import fitted
from builder.engines.postgres.wording import comment, option_changes
from builder.relation import quoted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from builder.engines.postgres.attachments import Column
    from builder.engines.postgres.table import Table, Target
    from builder.summary import Summary


def stored(target: Target, live: Table, incoming: Table) -> Iterator[Carried]:
    """How each column is stored and looked at; generated ones that the query does not return."""
    for column in live.columns:
        if (new := incoming.column(column.name)) is not None:
            yield from _stored(target, column, new)
            yield from _expression(target, column, new)
        elif column.generated is not None:
            yield _generated(target, column)


def _stored(target: Target, old: Column, new: Column) -> Iterator[Carried]:
    what, alter = f"column {old.name}", f"ALTER COLUMN {quoted(old.name)}"
    if old.type != new.type:
        return
    is_the_querys = new.collation is not None and not target.is_rollback
    if old.collation != new.collation and not is_the_querys:
        kind = f"{alter} TYPE {old.type}"
        kind += f" COLLATE {old.collation}" if old.collation else ""
        yield altered(target, f"the collation of {what}", kind, rewrites=True)
    if old.storage and old.storage != new.storage:
        yield altered(target, f"the storage of {what}", f"{alter} SET STORAGE {old.storage}")
    if old.compression != new.compression:
        method = old.compression or "default"
        yield altered(target, f"the compression of {what}", f"{alter} SET COMPRESSION {method}")
    if old.statistics != new.statistics:
        number = -1 if old.statistics is None else old.statistics
        yield altered(
            target, f"the statistics target of {what}", f"{alter} SET STATISTICS {number}"
        )
    for action in option_changes(old.options, new.options):
        yield altered(target, f"the options of {what}", f"{alter} {action}")


def _expression(target: Target, old: Column, new: Column) -> Iterator[Carried]:
    """How a version computes a column that the live table computes in another way, or not."""
    if new.generated is None or (old.generated, old.default) == (new.generated, new.default):
        return
    action = "DROP EXPRESSION" if old.generated is None else f"SET EXPRESSION AS ({old.default})"
    what = f"the expression of column {old.name}"
    action = f"ALTER COLUMN {quoted(old.name)} {action}"
    yield altered(target, what, action, rewrites=True)


def _generated(target: Target, column: Column) -> Carried:
    collation = f" COLLATE {column.collation}" if column.collation else ""
    return altered(
        target,
        f"generated column {column.name}",
        f"ADD COLUMN {quoted(column.name)} {column.type}{collation} "
        f"GENERATED ALWAYS AS ({column.default}) {column.generated}",
        rewrites=True,
    )


def not_null(target: Target, live: Table, incoming: Table) -> Iterator[Carried]:
    """NOT NULL, by its name where it has one (from PostgreSQL 18 on).

    A primary key of the file brings its own.
    """
    of_key = {
        column
        for index in live.indexes
        if index.kind == "primary key" and index.is_declared
        for column in index.columns or ()
    }
    named = [c for c in live.constraints if c.kind == "n"]
    there = {c.columns for c in incoming.constraints if c.kind == "n"}
    for one in named:
        (column,) = one.columns
        if incoming.column(column) and one.columns not in there and column not in of_key:
            yield named_constraint(target, f"NOT NULL of column {column}", one)
    for old in live.columns if not named else ():
        new = incoming.column(old.name)
        if old.is_not_null and new and not new.is_not_null and old.name not in of_key:
            action = f"ALTER COLUMN {quoted(old.name)} SET NOT NULL"
            yield altered(target, f"NOT NULL of column {old.name}", action)


def null_again(target: Target, live: Table, incoming: Table) -> Iterator[Carried]:
    """A version that comes back may hold NULL where the live table may, once its key is gone."""
    for old in live.columns if target.is_rollback else ():
        new = incoming.column(old.name)
        if new and new.is_not_null and not old.is_not_null:
            action = f"ALTER COLUMN {quoted(old.name)} DROP NOT NULL"
            yield altered(target, f"NOT NULL of column {old.name}", action)


def names_of_not_null(target: Target, incoming: Table) -> list[Carried]:
    """NOT NULL constraints are called as on the live table, else in PostgreSQL's own way.

    Those that come with a primary key are named after the staged table.
    """
    live = target.live
    there = {c.columns: c.name for c in live.constraints if c.kind == "n"} if live else {}
    taken = {c.name for c in (*incoming.constraints, *(live.constraints if live else ()))}
    statements = []
    for one in (c for c in incoming.constraints if c.kind == "n"):
        wanted = there.get(one.columns)
        if wanted is None and not target.is_rollback:
            wanted = fitted(f"{target.relation.name}_{one.columns[0]}", "_not_null")
            wanted = one.name if wanted in taken else wanted
        if wanted is not None and wanted != one.name:
            rename = f"RENAME CONSTRAINT {quoted(one.name)} TO {quoted(wanted)}"
            statements.append(Statement(f"ALTER TABLE {target.source.sql} {rename}"))
    return [Carried("the names of NOT NULL", tuple(statements))] if statements else []


def values(target: Target, live: Table, incoming: Table, run_id: str) -> Iterator[Carried]:
    """What a column holds where nothing is given: a default, or an identity."""
    for number, column in enumerate(live.columns):
        if (new := incoming.column(column.name)) is not None:
            yield from _value(target, column, new, f"builder_{run_id}_s{number}")


def _value(target: Target, old: Column, new: Column, staged: str) -> Iterator[Carried]:
    """A column that counts by itself takes no default, so what goes, goes first."""
    alter = f"ALTER COLUMN {quoted(old.name)}"
    what = f"the identity of column {old.name}"
    options = (column.sequence and column.sequence.options for column in (old, new))
    is_other = old.identity != new.identity or next(options) != next(options)
    if is_other and new.identity is not None:
        yield altered(target, what, f"{alter} DROP IDENTITY")
    if old.generated is None and new.generated is None and old.default != new.default:
        action = "DROP DEFAULT" if old.default is None else f"SET DEFAULT {old.default}"
        yield altered(target, f"the default of column {old.name}", f"{alter} {action}")
    if is_other and old.identity is not None and old.sequence is not None:
        name = f"{quoted(target.relation.schema)}.{quoted(staged)}"
        sequence = f"(SEQUENCE NAME {name} {old.sequence.options})"
        yield altered(target, what, f"{alter} ADD GENERATED {old.identity} AS IDENTITY {sequence}")


def comments(target: Target, summary: Summary, incoming: Table) -> Iterator[Carried]:
    """What the file says; where it says nothing, what was said on the live table."""
    live = target.live
    said = {column.name: column.comment for column in live.columns} if live else {}
    if not target.is_rollback:
        said.update({c.name: c.description for c in summary.columns if c.description})
    statements = [
        comment(f"COLUMN {target.source.sql}.{quoted(column.name)}", said.get(column.name))
        for column in incoming.columns
        if said.get(column.name) != column.comment
        # What only a version has keeps what was said of it.
        and (column.name in said or not target.is_rollback)
    ]
    if statements:
        yield Carried("comments on columns", tuple(statements))
