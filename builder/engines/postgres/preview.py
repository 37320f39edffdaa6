"""What a build would send now, from the same functions that the build takes it from."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import msgspec

from builder.engines.base import Statement
from builder.engines.postgres import carry, merge, spell, stage, swap
from builder.engines.postgres.attachments import Column, Index
from builder.engines.postgres.carry import indexes
from builder.engines.postgres.describe import describe_target
from builder.engines.postgres.guarded import TRANSLATED
from builder.engines.postgres.method import method_for, not_ours
from builder.engines.postgres.snapshot import (
    WITHOUT_ROW_SECURITY,
    refuse_replication,
    schema_statements,
    source_locks,
)
from builder.engines.postgres.table import ORDINARY, Table, is_ours
from builder.errors import PublishFailed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from builder.engines.asks import Asks
    from builder.engines.postgres.carry import Carried
    from builder.engines.postgres.method import Method
    from builder.engines.postgres.session import Session
    from builder.engines.postgres.table import Target
    from builder.query import Plan
    from builder.run import Run
    from builder.summary import Summary


def preview(session: Session, run: Run, plan: Plan, asks: Asks) -> list[Statement]:
    """Every statement on tables and rows, in order; raises PublishFailed as a build would.

    The lock, the journal's notes and the looks into the catalog are not among them.
    """
    target = describe_target(session, run.target)
    chosen = method_for(target, run.summary, session.role)
    refuse_replication(session, run.target)
    if target.incoming is not None and not is_ours(target.incoming):
        raise PublishFailed(not_ours(run.target))
    schema = schema_statements(session, run.target)
    staged = replace(target, incoming=_to_be_staged(session, run, target))
    before = list(carry.before_indexes(staged, run.run_id)) if chosen == "swap" else []
    after = list(carry.after_indexes(staged, run.summary, run.run_id)) if chosen == "swap" else []
    after += carry.just_before(staged) if chosen == "swap" else []
    carried = replace(staged, incoming=_once_carried(staged, run.summary, run.run_id))
    return [
        *([Statement("BEGIN"), *schema, Statement("COMMIT")] if schema else []),
        *_staging(session, run, plan, asks, target),
        *_each(before),
        *stage.finishing(run.summary, run.run_id),
        *_each(after),
        *(Statement(select.text) for _, select in plan.outputs),
        *(spell.scan(*asked) for asked in asks.outputs),
        *(_swapping(session, run, carried) if chosen == "swap" else _merging(run, target, chosen)),
        *_after(plan),
    ]


def _staging(session: Session, run: Run, plan: Plan, asks: Asks, target: Target) -> list[Statement]:
    staged = run.target.staged
    grantees = [grant.grantee for grant in target.default_grants]
    leftover = [Statement(f"DROP TABLE {staged.sql}")] if target.incoming else []
    return [
        *leftover,
        Statement(stage.BEGIN_SNAPSHOT),
        *source_locks(session, plan.sources),
        *([] if run.summary.row_security else [WITHOUT_ROW_SECURITY]),
        *([TRANSLATED] if plan.main.sql.written is not None else []),
        *(Statement(select.text) for _, select in plan.inputs),
        *(spell.scan(*asked) for asked in asks.inputs),
        *(Statement(sql.text) for sql in plan.before),
        *stage.before_staging(target.live),
        Statement(stage.create_prefix(staged, target.live) + plan.main.text),
        *stage.after_staging(run.summary, run.run_id, grantees),
        Statement("COMMIT"),
    ]


def _each(carried: Sequence[Carried]) -> list[Statement]:
    """Each thing in a transaction of its own."""
    return [
        statement
        for one in carried
        for statement in (Statement("BEGIN"), *one.statements, Statement("COMMIT"))
    ]


def _swapping(session: Session, run: Run, target: Target) -> list[Statement]:
    return [
        *swap.begin_swap(),
        *swap.locks(target),
        *swap.swap(target, run.summary, run.run_id, builder=session.role, staged_run=run.run_id),
        Statement("COMMIT"),
    ]


def _merging(run: Run, target: Target, chosen: Method) -> list[Statement]:
    return [
        *merge.begin_merge(),
        merge.lock_rows(target),
        *(merge.keep_copy(target, run.run_id) if run.summary.keep else []),
        *merge.changes(target, run.summary, chosen),
        merge.counts(target),
        *merge.finish(target, run.summary),
        Statement("COMMIT"),
    ]


def _after(plan: Plan) -> list[Statement]:
    if not plan.after:
        return []
    settled = [TRANSLATED] if any(sql.written is not None for sql in plan.after) else []
    statements = [*settled, *(Statement(sql.text) for sql in plan.after)]
    return [Statement("BEGIN"), *statements, Statement("COMMIT")]


def _to_be_staged(session: Session, run: Run, target: Target) -> Table:
    """The table that a build would stage, as far as it is known before."""
    live = target.live.columns if target.live else ()
    named = {column.name: "" for column in run.summary.columns}
    types = {c.name: c.type for c in live if c.generated is None}
    return Table(
        oid=0,
        kind=ORDINARY,
        owner=session.role,
        is_owned=True,
        columns=tuple(Column(name, kind) for name, kind in {**named, **types}.items()),
        is_unlogged=bool(target.live and target.live.is_unlogged),
        tablespace=target.live.tablespace if target.live else None,
        options=target.live.options if target.live else (),
        toast_options=target.live.toast_options if target.live else (),
    )


def _once_carried(target: Target, summary: Summary, run_id: str) -> Table | None:
    """The staged table once it has all that the live one has, under the names of a run."""
    live, staged = target.live, target.incoming
    if live is None or staged is None:
        return staged
    wanted = indexes.wanted_indexes(target, summary)
    carried = [
        msgspec.structs.replace(index, name=f"builder_{run_id}_c{number}")
        for number, index in enumerate(live.indexes)
        if index in wanted
    ]
    own = []
    for number, one in enumerate(stage.declared(summary)):
        alike = (index for index in live.indexes if index.says == str(one))
        name = stage.index_while_staged(run_id, number)
        own.append(msgspec.structs.replace(next(alike, Index(name)), name=name))
    return msgspec.structs.replace(
        staged,
        columns=tuple(
            _with_sequence(column, f"builder_{run_id}_s{number}")
            for number, column in enumerate(live.columns)
        ),
        indexes=(*carried, *own),
        statistics=tuple(
            msgspec.structs.replace(one, name=f"builder_{run_id}_t{number}")
            for number, one in enumerate(live.statistics)
        ),
    )


def _with_sequence(column: Column, name: str) -> Column:
    if column.sequence is None:
        return column
    sequence = msgspec.structs.replace(column.sequence, name=name)
    return msgspec.structs.replace(column, sequence=sequence)
