"""Publishing in place: the rows that differ are changed in the table that is there.

It needs the right to change rows and no more, and blocks no reader. The state that it replaces
is kept as a copy, so that it can be brought back as a swapped one can.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from builder.engines.base import Statement
from builder.engines.postgres.method import key_of
from builder.engines.postgres.table import COPIED, KEPT_COMMENT
from builder.engines.postgres.wording import QUIET, comment, role
from builder.relation import quoted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from builder.engines.postgres.method import Method
    from builder.engines.postgres.table import Target
    from builder.summary import Summary


def lock_rows(target: Target) -> Statement:
    """Nobody else writes until the end; readers are let through."""
    return Statement(f"LOCK TABLE {target.relation.sql} IN SHARE ROW EXCLUSIVE MODE")


def begin_merge() -> list[Statement]:
    """The transaction up to its lock. A policy that hides rows is an error, and no fewer rows."""
    return [
        Statement("BEGIN ISOLATION LEVEL READ COMMITTED"),
        Statement(QUIET),
        Statement("SET LOCAL row_security = off"),
    ]


def keep_copy(target: Target, run_id: str) -> list[Statement]:
    """The rows that are about to be replaced, as a version that nobody but its owner reads."""
    version = target.relation.version(run_id)
    grantees = dict.fromkeys(grant.grantee for grant in target.default_grants)
    names = ", ".join(_columns(target)[0])
    return [
        # What is generated is computed again where the version comes back.
        Statement(f"CREATE TABLE {version.sql} AS SELECT {names} FROM {target.relation.sql}"),  # noqa: S608 -- quoted by Relation
        *(
            Statement(f"REVOKE ALL ON TABLE {version.sql} FROM {role(grantee)}")
            for grantee in grantees
        ),
        comment(f"TABLE {version.sql}", f"{KEPT_COMMENT}{run_id}{COPIED}{target.relation}"),
    ]


def changes(target: Target, summary: Summary, method: Method) -> list[Statement]:
    """The changes of rows, after which the live table holds what the incoming one does.

    Operators of a key's type, and names in functions of triggers, are those of our own sessions.
    """
    changed = _by_key(target, summary) if method == "merge" else _all(target)
    return [Statement("SET LOCAL search_path TO DEFAULT"), *changed]


def counts(target: Target) -> Statement:
    """The rows of both: where a key stands twice in the live table, it has too many."""
    both = (f"(SELECT count(*) FROM {one.sql})" for one in (target.relation, target.source))  # noqa: S608 -- quoted by Relation
    return Statement(f"SELECT {', '.join(both)}")


def finish(target: Target, summary: Summary) -> list[Statement]:
    """What follows the changes: comments, and the end of the table that they came from."""
    is_owned = target.live is not None and target.live.is_owned
    return [
        *_comments(target, summary),
        Statement(f"DROP TABLE {target.source.sql}"),
        *([Statement(f"ANALYZE {target.relation.sql}")] if is_owned else []),
    ]


def _columns(target: Target) -> tuple[list[str], bool]:
    """The columns that are written, quoted; whether one of them is ALWAYS an identity."""
    columns = [c for c in target.live.columns if c.generated is None] if target.live else []
    return [quoted(c.name) for c in columns], any(c.identity == "ALWAYS" for c in columns)


def _insert(target: Target, where: str = "") -> Statement:
    names, is_identity = _columns(target)
    live, source = target.relation.sql, target.source.sql
    overriding = " OVERRIDING SYSTEM VALUE" if is_identity else ""
    chosen = ", ".join(f"s.{name}" for name in names)
    into = f"INSERT INTO {live} ({', '.join(names)}){overriding}"
    return Statement(f"{into} SELECT {chosen} FROM {source} AS s{where}")  # noqa: S608 -- quoted by Relation


def _all(target: Target) -> list[Statement]:
    return [Statement(f"DELETE FROM {target.relation.sql}"), _insert(target)]  # noqa: S608 -- quoted by Relation


def _by_key(target: Target, summary: Summary) -> list[Statement]:
    """Rows that are gone, then those that are other, then those that are new.

    Rows are compared as they are stored, which every type allows. Two rows that swap a
    unique value would be in each other's way as updates: where no foreign key of another table
    holds on to a row, one that is other is deleted and inserted.
    """
    live, source = target.relation.sql, target.source.sql
    on = " AND ".join(f"s.{quoted(name)} = t.{quoted(name)}" for name in key_of(summary))
    names, _ = _columns(target)
    old, new = (f"ROW({', '.join(f'{t}.{name}' for name in names)})" for t in "ts")
    is_held = bool(target.live and target.live.references)
    same = "" if is_held else f" AND pg_catalog.record_image_eq({old}, {new})"
    matched = f"(SELECT FROM {source} AS s WHERE {on}{same})"
    statements = [Statement(f"DELETE FROM {live} AS t WHERE NOT EXISTS {matched}")]  # noqa: S608 -- quoted by Relation
    if is_held:
        # The key as well: values that are equal need not be the same, as 1.0 and 1.00.
        updates = ", ".join(f"{name} = s.{name}" for name in names)
        differs = f"pg_catalog.record_image_ne({old}, {new})"
        update = f"UPDATE {live} AS t SET {updates} FROM {source} AS s"  # noqa: S608 -- quoted by Relation
        statements.append(Statement(f"{update} WHERE {on} AND {differs}"))
    there = f" WHERE NOT EXISTS (SELECT FROM {live} AS t WHERE {on})"
    return [*statements, _insert(target, there)]


def _comments(target: Target, summary: Summary) -> Iterator[Statement]:
    """What the file says of table and columns, where the table is ours to comment on."""
    live = target.live
    if live is None or not live.is_owned or target.is_rollback:
        return
    if summary.description is not None and summary.description != live.comment:
        yield comment(f"TABLE {target.relation.sql}", summary.description)
    for column in summary.columns:
        there = live.column(column.name)
        if there is not None and column.description and column.description != there.comment:
            on = f"COLUMN {target.relation.sql}.{quoted(column.name)}"
            yield comment(on, column.description)
