"""The swap: which statements put a staged table in the live one's place, as data.

`swap` is a pure function of a description of both tables. `--dry-run` shows what it returns,
the unit tests compare it, and the engine runs it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from builder.engines.base import Statement, escaped
from builder.engines.postgres.describe import (
    ORDINARY,
    STAGED_COMMENT,
    Grant,
    Target,
    is_ours,
    kind_of,
)
from builder.engines.postgres.stage import (
    declared,
    digest,
    index_names,
    index_while_staged,
    role,
)
from builder.errors import PublishFailed
from builder.relation import Relation, quoted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from builder.summary import Summary

LOCK_TIMEOUT = "20ms"
_READ_COMMITTED = "BEGIN ISOLATION LEVEL READ COMMITTED"


def require_publishable(target: Target, summary: Summary, builder: str) -> None:
    """Raises PublishFailed if the live table is none of ours to swap, or would lose something.

    `builder` is the role that builds.
    """
    live, name = target.live, target.relation
    if live is None:
        return
    if live.kind != ORDINARY:
        raise PublishFailed(
            f"Cannot publish {name}: there is {kind_of(live)} of that name, and only an ordinary "
            "table can be replaced. Rename one of the two."
        )
    if is_ours(live):
        raise PublishFailed(
            f"Cannot publish {name}: the table of that name is what a build staged, for another "
            "summary or before somebody renamed it. Rename or drop it."
        )
    if not live.is_owned:
        raise PublishFailed(
            f"Cannot publish {name}: the table belongs to {live.owner}. The role {builder} must "
            "own the live table, or be a member of the role that does. Nothing was touched."
        )
    # What the file declares as well is made anew, and so is not lost.
    said = {str(one) for one in declared(summary)}
    by_hand = [i.name for i in live.indexes if not i.is_declared and i.says not in said]
    hangs = [*live.hangs, *(f"index {index}" for index in by_hand)]
    if hangs:
        raise PublishFailed(
            f"Cannot publish {name}: replacing the table would lose or leave behind "
            f"{', '.join(hangs)}. Nothing was touched. Drop what is not needed; keys and indexes "
            "can be declared in the file as `primary_key`, `unique` and `indexes`."
        )


def require_staged(target: Target, summary: Summary) -> str:
    """The run that staged the table; raises PublishFailed if it is gone, not ours or half done."""
    if target.staged is None:
        raise PublishFailed(
            f"Cannot publish {target.relation}: the staged table {target.relation.staged} is gone. "
            "Run build again."
        )
    if not is_ours(target.staged):
        raise PublishFailed(not_ours(target.relation))
    run_id, _, made_of = (target.staged.comment or "").removeprefix(STAGED_COMMENT).partition(" ")
    if made_of != digest(summary):
        raise PublishFailed(
            f"Cannot publish {target.relation}: the file's query, keys or indexes have changed "
            "since it was staged. Run build again."
        )
    there = {index.name for index in target.staged.indexes}
    if any(index_while_staged(run_id, n) not in there for n in range(len(declared(summary)))):
        raise PublishFailed(
            f"Cannot publish {target.relation}: the staged table lacks a key or index that the "
            "file declares. Run build again."
        )
    return run_id


def not_ours(target: Relation) -> str:
    """What to say where something that the builder did not make stands under a staged name."""
    return (
        f"Cannot build {target}: {target.staged} exists and the builder did not make it. "
        "The builder stages under that name and never drops what others made: rename or drop it."
    )


def begin_swap(target: Target) -> list[Statement]:
    """The swap's transaction up to its lock on the live table.

    COMMIT does not wait for standbys while it holds the lock, and the names in what follows
    mean the catalog's only.
    """
    lock = [Statement(f"LOCK TABLE {target.relation.sql} IN ACCESS EXCLUSIVE MODE")]
    return [
        Statement(_READ_COMMITTED),
        Statement(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'"),
        Statement("SET LOCAL synchronous_commit = local"),
        Statement("SET LOCAL search_path = ''"),
        *(lock if target.live else []),
    ]


def swap(target: Target, summary: Summary, run_id: str, staged_run: str) -> list[Statement]:
    """What happens between the lock and the COMMIT.

    `run_id` names the version that goes, `staged_run` is the run that staged the new one.
    """
    new = target.relation.staged
    return [
        *_retire(target, run_id),
        Statement(f"ALTER TABLE {new.sql} RESET (autovacuum_enabled)"),
        *_comments(target, summary),
        Statement(f"ALTER TABLE {new.sql} RENAME TO {quoted(target.relation.name)}"),
        *_rename_indexes(target, summary, staged_run),
        *_grants(target),
    ]


def _retire(target: Target, run_id: str) -> Iterator[Statement]:
    """The live table under a version's name, with nobody's grants and its names given up."""
    if target.live is None:
        return
    live, old = target.relation, target.relation.version(run_id)
    yield Statement(f"ALTER TABLE {live.sql} RENAME TO {quoted(old.name)}")
    for number, index in enumerate(target.live.indexes):
        here = Relation(live.schema, index.name).sql
        yield Statement(f"ALTER INDEX {here} RENAME TO {quoted(f'prev_{run_id}_{number}')}")
    # REVOKE on the table takes the privileges on its columns away as well.
    for grantee in dict.fromkeys(grant.grantee for grant in target.live.grants):
        yield Statement(f"REVOKE ALL ON TABLE {old.sql} FROM {role(grantee)} CASCADE")


def _rename_indexes(target: Target, summary: Summary, staged_run: str) -> Iterator[Statement]:
    for number, name in enumerate(index_names(summary, target.taken)):
        staged = Relation(target.relation.schema, index_while_staged(staged_run, number)).sql
        yield Statement(f"ALTER INDEX {staged} RENAME TO {quoted(name)}")


def _comments(target: Target, summary: Summary) -> Iterator[Statement]:
    """What the file says; where it says nothing, what was said on the live table."""
    new, live = target.relation.staged, target.live
    inherited = live.comment if live else None
    table = summary.description if summary.description is not None else inherited
    yield Statement(f"COMMENT ON TABLE {escaped(new.sql)} IS %s", (table,))
    said = {**(live.column_comments if live else {})}
    said.update({c.name: c.description for c in summary.columns if c.description})
    for column, comment in said.items():
        if target.staged is None or column in target.staged.columns:
            name = escaped(f"{new.sql}.{quoted(column)}")
            yield Statement(f"COMMENT ON COLUMN {name} IS %s", (comment,))


def _grants(target: Target) -> Iterator[Statement]:
    """Owner and grants of the live table; of a new one, what the schema's defaults give."""
    live, relation = target.live, target.relation
    staged = target.staged
    if live and staged and live.owner != staged.owner:
        yield Statement(f"ALTER TABLE {relation.sql} OWNER TO {quoted(live.owner)}")
    for grant in live.grants if live else target.default_grants:
        if grant.column is None or staged is None or grant.column in staged.columns:
            yield Statement(_grant(grant, relation))


def _grant(grant: Grant, relation: Relation) -> str:
    on = f" ({quoted(grant.column)})" if grant.column is not None else ""
    option = " WITH GRANT OPTION" if grant.grantable else ""
    return f"GRANT {grant.privilege}{on} ON TABLE {relation.sql} TO {role(grant.grantee)}{option}"
