"""How a table can be published: swapped, merged, or not at all; and what is in the way.

A swap loses nothing that `carry` knows and keeps readers from nothing, so it is the first
choice. A merge changes rows in the table that is there: it needs no more than the right to do
so, and keeps what only the table itself can have, such as its place in a publication.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from builder.engines.postgres.stage import declared, digest, index_while_staged
from builder.engines.postgres.table import (
    ORDINARY,
    STAGED_COMMENT,
    column_changes,
    is_kept,
    is_ours,
    kind_of,
)
from builder.errors import PublishFailed
from builder.relation import quoted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from builder.engines.postgres.table import Table, Target
    from builder.relation import Relation
    from builder.summary import Summary

Method = Literal["swap", "merge", "delete"]
"""`merge` changes the rows that differ, by a key; `delete` deletes all and inserts the new ones."""


def method_for(target: Target, summary: Summary, builder: str) -> Method:
    """How the incoming table takes the live one's place, as far as the live one tells.

    Raises PublishFailed where something would be lost whichever way it is done, by its name.
    `builder` is the role that builds.
    """
    live, name = target.live, target.relation
    if live is None:
        return "swap"
    _require_ordinary(name, live)
    if live.bars:
        raise _in_the_way(name, live.bars, "Take the table out of that.")
    reasons = why_no_swap(live, summary)
    if summary.publish == "swap" and reasons:
        raise PublishFailed(
            f"Cannot publish {name}: {'; '.join(reasons)}, and 'publish': 'swap' allows no merge. "
            "Nothing was touched. Take `publish` out of the file, or take that away."
        )
    if summary.publish == "merge" or reasons:
        _require_writable(name, live, builder)
        _require_mergeable(target, live, summary)
        return "merge" if key_of(summary) else "delete"
    _require_swappable(name, live)
    return "swap"


def why_no_swap(live: Table, summary: Summary) -> list[str]:
    """Why the table is to be changed in place, a clause each; nothing where a swap will do."""
    refreshed = [v for v in live.views if v.kind == "m" and summary.materialized_views == "refresh"]
    return [
        *([] if live.is_owned else [f"the table belongs to {live.owner}"]),
        *(
            f"the view {view.relation} belongs to {view.owner}"
            if not view.is_owned
            else f"views in the schema {view.schema} cannot be replaced by us"
            for view in live.views
            if view.kind == "v" and not (view.is_owned and view.is_replaceable)
        ),
        *(f"the publication {publication} has the table" for publication in live.publications),
        *(f"the materialized view {view.relation} reads it" for view in refreshed),
    ]


def key_of(summary: Summary) -> tuple[str, ...]:
    """The columns by which rows are matched; none where the file declares no key."""
    return summary.primary_key or next(iter(summary.unique), ())


def require_fits(target: Target, summary: Summary, method: Method) -> None:
    """Raises PublishFailed where the incoming columns do not fit what is to be kept.

    A view goes on with columns of other types if the server takes them: only it can tell.
    """
    live, incoming = target.live, target.incoming
    if live is None or incoming is None:
        return
    if method != "swap":
        if changes := column_changes(_written(live), _written(incoming)):
            why = "; ".join(why_no_swap(live, summary)) or "the file says 'merge'"
            raise PublishFailed(
                f"Cannot publish {target.relation}: {', '.join(changes)}, and the table keeps its "
                f"columns, since its rows are changed in place ({why}). Nothing was touched. "
                "Alter the table by hand, or bring the query back to its columns."
            )
        return
    # The builder itself adds what is generated.
    there = {*incoming.types, *(column.name for column in live.columns if column.generated)}
    reading = [
        *((f"view {view.relation}", view.columns) for view in live.views),
        *((f"policy {policy.name}", policy.columns) for policy in live.policies),
        *((f"rule {rule.name}", rule.columns) for rule in live.rules),
    ]
    for what, columns in reading:
        if gone := [column for column in columns if column not in there]:
            raise _in_the_way(
                target.relation,
                [f"{what}, which reads column {', '.join(gone)}"],
                "The new table does not have that any more: change it or drop it.",
            )
    for column in live.columns:
        new = incoming.column(column.name)
        if column.generated and new and new.generated is None:
            raise PublishFailed(
                f"Cannot publish {target.relation}: column {column.name} is generated in the live "
                "table, and the query returns it too. Nothing was touched. Take it out of the "
                "query, which the table then computes it from, or alter the live table: "
                "ALTER COLUMN … DROP EXPRESSION."
            )


def require_staged(target: Target, summary: Summary) -> str:
    """The run that staged the table; raises PublishFailed if it is gone, not ours or half done."""
    if target.incoming is None:
        raise PublishFailed(
            f"Cannot publish {target.relation}: the staged table {target.relation.staged} is gone. "
            "Run build again."
        )
    if not is_ours(target.incoming):
        raise PublishFailed(not_ours(target.relation))
    run_id, made_of = staged_by(target.incoming)
    if made_of != digest(summary):
        raise PublishFailed(
            f"Cannot publish {target.relation}: the file's query, keys or indexes have changed "
            "since it was staged. Run build again."
        )
    there = {index.name for index in target.incoming.indexes}
    if any(index_while_staged(run_id, n) not in there for n in range(len(declared(summary)))):
        raise PublishFailed(
            f"Cannot publish {target.relation}: the staged table lacks a key or index that the "
            "file declares. Run build again."
        )
    return run_id


def require_kept(target: Target) -> None:
    """Raises PublishFailed unless the incoming table is a version that a publish has kept."""
    if target.incoming is None:
        raise PublishFailed(
            f"Cannot roll {target.relation} back: {target.source} is gone. `builder history "
            f"{target.relation.name}` shows what can be brought back."
        )
    if not is_kept(target.incoming):
        raise PublishFailed(
            f"Cannot roll {target.relation} back: {target.source} does not bear the mark of a "
            "version that a publish has kept. Nothing was touched."
        )


def staged_by(staged: Table) -> tuple[str, str]:
    """The run that staged a table, and what it was made of."""
    run_id, _, made_of = (staged.comment or "").removeprefix(STAGED_COMMENT).partition(" ")
    return run_id, made_of


def not_ours(target: Relation) -> str:
    """What to say where something that the builder did not make stands under a staged name."""
    return (
        f"Cannot build {target}: {target.staged} exists and the builder did not make it. "
        "The builder stages under that name and never drops what others made: rename or drop it."
    )


def _require_ordinary(name: Relation, live: Table) -> None:
    if live.kind != ORDINARY:
        raise PublishFailed(
            f"Cannot publish {name}: there is {kind_of(live)} of that name, and only an ordinary "
            "table can be replaced. Rename one of the two."
        )
    if is_ours(live) or is_kept(live):
        raise PublishFailed(
            f"Cannot publish {name}: the table of that name is what a build staged, for another "
            "summary or before somebody renamed it. Rename or drop it."
        )


def _require_swappable(name: Relation, live: Table) -> None:
    if live.hangs:
        raise _in_the_way(
            name,
            live.hangs,
            "Drop what is not needed; a file with a key can also say 'publish': 'merge', which "
            "changes the rows of the table that is there.",
        )
    if materialized := [v for v in live.views if v.kind == "m"]:
        raise _in_the_way(
            name,
            [f"materialized view {view.relation}" for view in materialized],
            "Drop it, or let the file say 'materialized_views': 'refresh'.",
        )
    if foreign := [grant for grant in live.grants if not grant.is_grantable_by_us]:
        one = foreign[0]
        raise PublishFailed(
            f"Cannot publish {name}: {one.grantor} has granted {one.privilege} on it to "
            f"{one.grantee or 'PUBLIC'}, and only that role can grant it again. Nothing was "
            f"touched. Make the role that builds a member of {one.grantor}, which needs USAGE on "
            f"the schema {name.schema}, or let the owner grant it."
        )
    generated = [column.generated is not None for column in live.columns]
    if generated != sorted(generated):
        column = next(column.name for column in live.columns if column.generated)
        raise _in_the_way(
            name,
            [f"generated column {column}"],
            "It would come to stand behind the query's columns: move it to the end.",
        )


def _require_writable(name: Relation, live: Table, builder: str) -> None:
    if not live.is_writable:
        raise PublishFailed(
            f"Cannot publish {name}: the table belongs to {live.owner}. The role {builder} must "
            "own the live table, or be a member of the role that does, or be let change its rows: "
            f"GRANT SELECT, INSERT, UPDATE, DELETE ON {name.sql} TO {quoted(builder)}. Nothing "
            "was touched."
        )


def _require_mergeable(target: Target, live: Table, summary: Summary) -> None:
    """Raises PublishFailed where changing rows in place would do more than that, or less."""
    if live.lacks_identity:
        raise PublishFailed(
            f"Cannot publish {target.relation}: the publication {live.publications[0]} has the "
            "table, which has no replica identity by which its subscribers could find a changed "
            f"row. Nothing was touched. Let its owner run: ALTER TABLE {target.relation.sql} "
            "REPLICA IDENTITY FULL; or give the table a primary key."
        )
    key = key_of(summary)
    counted = [c.name for c in live.columns if c.identity == "ALWAYS" and c.name not in key]
    changed = [t.name for t in live.triggers if t.changes_rows and t.enabled in "OA"]
    in_the_way = [
        *(f"rule {rule.name}" for rule in live.rules if rule.enabled in "OA"),
        *(
            f"column {column}, which only the table itself may count"
            for column in (counted if live.references and key else ())
        ),
        *(f"trigger {trigger}, which may change rows" for trigger in changed),
        *(reference.name for reference in live.references if reference.cascades or not key),
    ]
    if in_the_way:
        raise PublishFailed(
            f"Cannot publish {target.relation}: its rows would be changed in place, and in the "
            f"way of that are {', '.join(in_the_way)}. Nothing was touched. Drop or disable what "
            "is not needed."
        )


def _written(table: Table) -> Table:
    """The table with the columns only that are written, and not generated."""
    return type(table)(
        table.oid,
        table.kind,
        table.owner,
        table.is_owned,
        columns=tuple(column for column in table.columns if column.generated is None),
    )


def _in_the_way(name: Relation, what: Sequence[str], remedy: str) -> PublishFailed:
    return PublishFailed(
        f"Cannot publish {name}: replacing the table would lose or leave behind "
        f"{', '.join(what)}. Nothing was touched. {remedy}"
    )
