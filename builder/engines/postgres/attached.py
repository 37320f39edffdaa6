"""What stands on a live table that its file does not declare, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from builder.engines.postgres.carry.indexes import by_hand
from builder.engines.postgres.method import why_no_swap

if TYPE_CHECKING:
    from collections.abc import Iterator

    from builder.engines.postgres.attachments import Column
    from builder.engines.postgres.table import Table
    from builder.summary import Summary

CARRIED, KEPT, REFUSED = "carried over", "kept, as rows are changed in place", "refused"
Attached = tuple[str, str, str]


def attached(live: Table, summary: Summary) -> list[Attached]:
    """A kind, a name and what a build does with it, for each thing."""
    in_place = summary.publish == "merge" or bool(why_no_swap(live, summary))
    fate = KEPT if in_place else CARRIED
    return [
        *((kind, name, fate) for kind, name in _carried(live, summary)),
        *(
            ("materialized view", str(view.relation), _of_materialized(summary, in_place=in_place))
            for view in live.views
            if view.kind == "m"
        ),
        *(("publication", name, KEPT) for name in live.publications),
        *(("", name, KEPT if in_place else REFUSED) for name in live.hangs),
        *(("", name, REFUSED) for name in live.bars),
    ]


def _of_materialized(summary: Summary, *, in_place: bool) -> str:
    if summary.materialized_views == "refresh":
        return "refreshed"
    return KEPT if in_place else REFUSED


def _carried(live: Table, summary: Summary) -> Iterator[tuple[str, str]]:
    for view in live.views:
        if view.kind == "v":
            yield "view", str(view.relation)
    for index in by_hand(live.indexes, summary):
        yield ("constraint" if index.constraint else "index"), f"{index.name}: {index.written}"
    of_key = {c for i in live.indexes if i.kind == "primary key" for c in i.columns or ()}
    for constraint in live.constraints:
        if constraint.kind != "n" or not set(constraint.columns) <= of_key:
            yield "constraint", f"{constraint.name}: {constraint.definition}"
    for kind, names in (
        ("trigger", live.triggers),
        ("rule", live.rules),
        ("policy", live.policies),
        ("statistics", live.statistics),
    ):
        yield from ((kind, one.name) for one in names)
    for column in live.columns:
        yield from (("column", f"{column.name}: {what}") for what in _of_column(column))
    yield from _of_table(live)
    for grant in live.grants:
        on = f" ({grant.column})" if grant.column else ""
        option = " with grant option" if grant.grantable else ""
        by = f", by {grant.grantor}" if grant.grantor else ""
        yield "grant", f"{grant.privilege}{on} to {grant.grantee or 'PUBLIC'}{option}{by}"


def _of_column(column: Column) -> Iterator[str]:
    if column.generated:
        yield f"generated as {column.default}"
    elif column.default is not None:
        yield f"default {column.default}"
    if column.identity:
        yield f"identity, generated {column.identity}"
    if column.storage or column.compression or column.statistics is not None or column.options:
        words = (column.storage, column.compression, column.statistics, *column.options)
        yield "stored " + ", ".join(str(word) for word in words if word is not None)


def _of_table(live: Table) -> Iterator[tuple[str, str]]:
    for option in (*live.options, *(f"toast.{one}" for one in live.toast_options)):
        yield "storage option", option
    if live.tablespace:
        yield "tablespace", live.tablespace
    if live.is_unlogged:
        yield "table", "UNLOGGED"
    if live.row_security or live.forced_row_security:
        yield "row security", "forced" if live.forced_row_security else "enabled"
    if live.replica_identity != "d":
        yield "replica identity", {"f": "full", "n": "nothing"}.get(live.replica_identity, "index")
    for label in live.labels:
        yield "security label", f"{label.provider}: {label.label}"
