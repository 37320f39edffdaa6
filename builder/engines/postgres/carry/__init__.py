"""What the live table has and the incoming one lacks, as statements that give it to that.

All of it is done on a table that nobody reads yet. What the file declares wins over what is
there, and what the live table has lost since is taken away again (but for how values are stored),
so that the same functions serve a staged table and a kept version.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from builder.engines.postgres.carry import columns, indexes, objects
from builder.engines.postgres.carry.model import Carried, altered
from builder.engines.postgres.stage import but_autovacuum
from builder.engines.postgres.wording import option_changes
from builder.relation import quoted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from builder.engines.postgres.table import Table, Target
    from builder.summary import Summary

__all__ = ["Carried", "after_indexes", "before_indexes", "just_before", "within_swap"]

_REPLICA_IDENTITY = {"d": "DEFAULT", "f": "FULL", "n": "NOTHING"}


def before_indexes(target: Target, run_id: str) -> Iterator[Carried]:
    """The columns, and what statistics are made of: it comes before ANALYZE and any index."""
    live, incoming = target.live, target.incoming
    if live is None or incoming is None:
        return
    yield from columns.stored(target, live, incoming)
    yield from columns.not_null(target, live, incoming)
    yield from objects.statistics(target, live, incoming, run_id)


def after_indexes(target: Target, summary: Summary, run_id: str) -> Iterator[Carried]:
    """What else stands on a table and needs no lock on the live one, or on any other."""
    live, incoming = target.live, target.incoming
    if incoming is None:
        return
    if live is not None:
        yield from _table(target, live, incoming)
        yield from indexes.carried(target, summary, run_id)
        yield from columns.null_again(target, live, incoming)
        yield from columns.values(target, live, incoming, run_id)
        yield from objects.constraints(target, live, incoming)
        yield from objects.triggers(target, live, incoming)
        yield from objects.labels(target, live, incoming)
    yield from columns.names_of_not_null(target, incoming)
    yield from columns.comments(target, summary, incoming)


def just_before(target: Target) -> Iterator[Carried]:
    """What holds on to rows of other tables, and so should not stand on a table that waits."""
    if target.live is not None and target.incoming is not None:
        yield from objects.foreign_keys(target, target.live, target.incoming)


def within_swap(target: Target) -> Iterator[Carried]:
    """What names its own table in its text, as a subquery may: it is made under the live name."""
    live, incoming = target.live, target.incoming
    if live is not None and incoming is not None:
        yield from objects.rules(target, live, incoming)
        yield from objects.policies(target, live, incoming)


def _table(target: Target, live: Table, incoming: Table) -> Iterator[Carried]:
    """The table's own properties; a table that was staged has most from its making."""
    if live.is_unlogged != incoming.is_unlogged:
        kind = "UNLOGGED" if live.is_unlogged else "LOGGED"
        yield altered(target, "UNLOGGED", f"SET {kind}", rewrites=True)
    if live.tablespace != incoming.tablespace:
        where = quoted(live.tablespace or "pg_default")
        yield altered(target, "its tablespace", f"SET TABLESPACE {where}")
    for old, new, prefix in (
        (live.options, incoming.options, ""),
        # Without values that can be long there is nothing to set these on.
        (live.toast_options if incoming.has_toast else (), incoming.toast_options, "toast."),
    ):
        for action in option_changes(but_autovacuum(old), but_autovacuum(new), prefix):
            yield altered(target, "its storage options", action)
    if live.replica_identity != incoming.replica_identity and live.replica_identity != "i":
        identity = _REPLICA_IDENTITY[live.replica_identity]
        yield altered(target, "its replica identity", f"REPLICA IDENTITY {identity}")
