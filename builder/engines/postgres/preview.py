"""What a build would send now, from the same functions that the build takes it from."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from builder.engines.base import Statement
from builder.engines.postgres import publish, stage
from builder.engines.postgres.describe import ORDINARY, Table, describe_target, is_ours
from builder.engines.postgres.reader import TRANSLATED
from builder.engines.postgres.snapshot import (
    WITHOUT_ROW_SECURITY,
    refuse_replication,
    schema_statements,
    source_locks,
)
from builder.errors import PublishFailed

if TYPE_CHECKING:
    from builder.engines.postgres.describe import Target
    from builder.engines.postgres.session import Session
    from builder.query import Plan
    from builder.run import Run


def preview(session: Session, run: Run, plan: Plan) -> list[Statement]:
    """Every statement on tables and rows, in order; raises PublishFailed as a build would.

    The lock, the journal's notes and the looks into the catalog are not among them.
    """
    target = describe_target(session, run.target)
    publish.require_publishable(target, run.summary, session.role)
    refuse_replication(session, run.target)
    if target.staged is not None and not is_ours(target.staged):
        raise PublishFailed(publish.not_ours(run.target))
    schema = schema_statements(session, run.target)
    return [
        *([Statement("BEGIN"), *schema, Statement("COMMIT")] if schema else []),
        *_staging(session, run, plan, target),
        *_publishing(run, plan, replace(target, staged=_to_be_staged(session, run, target))),
    ]


def _staging(session: Session, run: Run, plan: Plan, target: Target) -> list[Statement]:
    staged = run.target.staged
    grantees = [grant.grantee for grant in target.default_grants]
    return [
        Statement(stage.BEGIN_SNAPSHOT),
        *source_locks(session, plan.sources),
        *([] if run.summary.row_security else [WITHOUT_ROW_SECURITY]),
        *([TRANSLATED] if plan.main.sql.written is not None else []),
        *(Statement(select.text) for _, select in plan.inputs),
        *(Statement(sql.text) for sql in plan.before),
        *stage.before_staging(staged, is_there=target.staged is not None),
        Statement(stage.create_prefix(staged) + plan.main.text),
        *stage.after_staging(run.summary, run.run_id, grantees),
        Statement("COMMIT"),
        *stage.finishing(run.summary, run.run_id),
        *(Statement(select.text) for _, select in plan.outputs),
    ]


def _publishing(run: Run, plan: Plan, target: Target) -> list[Statement]:
    settled = [TRANSLATED] if any(sql.written is not None for sql in plan.after) else []
    after = [*settled, *(Statement(sql.text) for sql in plan.after)]
    return [
        *publish.begin_swap(target),
        *publish.swap(target, run.summary, run.run_id, run.run_id),
        Statement("COMMIT"),
        *([Statement("BEGIN"), *after, Statement("COMMIT")] if plan.after else []),
    ]


def _to_be_staged(session: Session, run: Run, target: Target) -> Table:
    """The table that a build would stage, as far as it is known before: its owner."""
    named = [column.name for column in run.summary.columns]
    columns = dict.fromkeys([*(target.live.columns if target.live else ()), *named], "")
    return Table(
        oid=0,
        kind=ORDINARY,
        owner=session.role,
        is_owned=True,
        comment=None,
        grants=(),
        columns=columns,
        column_comments={},
        indexes=(),
        hangs=(),
    )
