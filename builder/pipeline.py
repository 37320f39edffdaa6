"""build(), publish(), rollback() and drop(): what happens to one table, from its lock to its end.

Start here.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from builder.attempt import attempt, tried
from builder.errors import BuilderError, Busy, ChecksFailed, EngineError, PublishFailed, QueryFailed
from builder.inspection import SHOWN_ROWS, Inspection, previewed
from builder.query import plan as plan_of
from builder.run import Run, number

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from builder.attempt import Listener
    from builder.engines.base import Engine, Statement
    from builder.engines.reading import Snapshot
    from builder.journal import Journal
    from builder.journal.tables import Kept
    from builder.query import Plan
    from builder.summary import Summary


def build(
    summary: Summary,
    *,
    engine: Engine,
    journal: Journal,
    plan: Plan | None = None,
    publishes: bool = True,
    wait: float = 0.0,
    listeners: Sequence[Listener] = (),
) -> Run:
    """Rebuild one summary table; readers keep the old one until the new one has passed.

    Check the inputs, stage the query beside the target, index and check what was staged, then
    publish it in one atomic swap. However the build ends, it is journalled. Another run
    at the table is waited for up to `wait` seconds. `plan` saves making it again.
    Raises BuilderError.
    """
    plan = _sendable(plan, summary, engine)

    def once(run: Run) -> None:
        inspection = Inspection(plan, run, engine, journal)
        with attempt(run, engine, journal, wait), inspection:
            if publishes:
                engine.require_publishable(run)
            with inspection.inputs() as sources:
                _stage(plan, sources, run)
            inspection.index()
            inspection.output()
            if publishes:
                _publish(plan, engine, journal, run)

    return tried(once, summary, "build", listeners)


def publish(
    summary: Summary,
    *,
    engine: Engine,
    journal: Journal,
    plan: Plan | None = None,
    wait: float = 0.0,
    listeners: Sequence[Listener] = (),
) -> Run:
    """Publish what an earlier build has staged, if its checks still hold; otherwise as build()."""
    plan = _sendable(plan, summary, engine)

    def once(run: Run) -> None:
        inspection = Inspection(plan, run, engine, journal)
        with attempt(run, engine, journal, wait), inspection:
            engine.require_publishable(run)
            run.rows = engine.staged_rows(run.target)
            if run.rows is None:
                raise PublishFailed(
                    f"Cannot publish {run.target}: nothing is staged. Run build --no-publish "
                    "first, or build to do both."
                )
            _require_rows(run)
            inspection.output()
            _publish(plan, engine, journal, run)

    return tried(once, summary, "publish", listeners)


def rollback(
    summary: Summary,
    *,
    engine: Engine,
    journal: Journal,
    to: str = "",
    wait: float = 0.0,
    listeners: Sequence[Listener] = (),
) -> Run:
    """Bring a kept version back, in the same swap as a build's; the next rollback undoes it.

    It is the version that was replaced last, or the one that the run `to` has made. No SQL of the
    file is run. Raises BuilderError.
    """

    def once(run: Run) -> None:
        with attempt(run, engine, journal, wait):
            with run.step("find version") as step:
                version = _version(journal, run, to)
                run.rows, run.restores = version.rows, version.made_by
                step.detail = f"of run {version.made_by or 'unknown'}"
            _swap(engine, journal, run, version)
            _afterwards(engine, journal, run, keep=max(summary.keep, 1))

    return tried(once, summary, "rollback", listeners)


def drop(
    summary: Summary,
    *,
    engine: Engine,
    journal: Journal,
    wait: float = 0.0,
    listeners: Sequence[Listener] = (),
) -> Run:
    """Drop the table, its versions and what is staged for it: all of it, or nothing."""
    run = Run(summary, action="drop", listeners=[*listeners])
    with attempt(run, engine, journal, wait), run.step("drop"):
        if not journal.is_ours(run.target):
            raise PublishFailed(
                f"Cannot drop {run.target}: no run of the builder has published it. If it is not "
                "needed, drop it by hand."
            )
        versions = [version.relation for version in journal.kept(run.target)]
        engine.drop(run, versions, record=lambda: journal.removed(run, versions))
        run.is_dropped = True
    return run


def check(
    summary: Summary,
    *,
    engine: Engine,
    journal: Journal,
    plan: Plan | None = None,
    is_staged: bool = False,
    rows: int = SHOWN_ROWS,
    listeners: Sequence[Listener] = (),
) -> Run:
    """The output checks of the live table as it is now, or of the staged one; nothing is built.

    At most `rows` failing rows of each are shown; the journal hears nothing. Raises BuilderError.
    """
    relation = summary.target.staged if is_staged else summary.target
    if plan is None or plan.is_foreign:
        plan = plan_of(summary, engine.dialect, engine.columns, checked=relation)
    run = Run(summary, action="check", listeners=[*listeners])
    try:
        with Inspection(plan, run, engine, journal, rows=rows) as inspection:
            inspection.standing(is_staged=is_staged)
        run.finished()
    except BaseException as error:
        run.failed(error)
        raise
    return run


def preview(summary: Summary, *, engine: Engine, plan: Plan | None = None) -> list[Statement]:
    """Every statement that a build would send now."""
    made = _sendable(plan, summary, engine)
    return [*engine.preview(Run(summary), made, previewed(summary, engine, made))]


def _sendable(plan: Plan | None, summary: Summary, engine: Engine) -> Plan:
    """The plan in the engine's own SQL; raises ConfigError before anything is tried."""
    if plan is None or plan.is_foreign:
        return plan_of(summary, engine.dialect, engine.columns)
    return plan


def _stage(plan: Plan, sources: Snapshot, run: Run) -> None:
    """Build the new table; an empty one never replaces rows, unless the file allows it."""
    with run.step("stage") as step:
        run.rows = sources.stage(plan)
        step.detail = f"{number(run.rows)} row{'s' if run.rows != 1 else ''}"
        _require_rows(run)


def _require_rows(run: Run) -> None:
    if not run.rows and not run.summary.allow_empty:
        raise ChecksFailed(
            f"{run.target} was not published: its query returned no row. The live table is as "
            "it was. Look at the sources, or set 'allow_empty': True if no row is right."
        )


def _publish(plan: Plan, engine: Engine, journal: Journal, run: Run) -> None:
    """The swap, and what follows it; from the swap on the run counts as published."""
    _swap(engine, journal, run)
    _afterwards(engine, journal, run, keep=run.summary.keep)
    if plan.after:
        with run.step("after"), _live(run, "`after_sql`"):
            engine.run_after(plan.after)


def _swap(engine: Engine, journal: Journal, run: Run, version: Kept | None = None) -> None:
    """Put the new table, or a kept version, in place.

    Where the connection is lost in the COMMIT, only the journal's row in the same transaction
    tells whether it took effect.
    """
    with run.step("publish"):
        try:
            engine.publish(
                run,
                record=lambda replaced: journal.published(run, replaced, version),
                version=version.relation if version else None,
            )
        except EngineError as error:
            if not error.passes or not _took_effect(engine, journal, run):
                raise
        run.is_published = True


def _took_effect(engine: Engine, journal: Journal, run: Run) -> bool:
    """Whether a publish was committed whose answer never came.

    Where nobody can say it is not tried again: a rollback that was done would be undone.
    """
    try:
        engine.recover(run)
        return journal.is_published(run)
    except (Busy, EngineError) as error:
        raise EngineError(
            f"The connection was lost while {run.target} was published, and whether the new table "
            f"is live cannot be asked: {error} Table and journal agree in any case; `builder "
            f"history {run.target.name}` tells once the warehouse is back.",
        ) from error


def _afterwards(engine: Engine, journal: Journal, run: Run, *, keep: int) -> None:
    """What follows a swap and does not hold it up: old versions go, materialized views follow."""
    _drop_old_versions(engine, journal, run, keep)
    if run.summary.materialized_views == "refresh":
        with run.step("refresh") as step, _live(run, "the refresh of its materialized views"):
            many = engine.refresh(run)
            step.detail = f"{many} materialized view{'s' if many != 1 else ''}"


def _drop_old_versions(engine: Engine, journal: Journal, run: Run, keep: int) -> None:
    """Drop the versions beyond `keep`. One that somebody reads is left for a later run."""
    try:
        kept = journal.kept(run.target)
    except BuilderError as error:
        run.notices.append(f"old versions were left for a later run: {error}")
        return
    if not engine.let_go([version.relation for version in kept]):
        run.notices.append("versions hold rows of tables that are being read; a later run lets go")
    for version in kept[keep:]:
        try:
            if engine.drop_version(version.relation):
                journal.dropped(version.relation)
        except BuilderError as error:
            run.notices.append(f"an old version was left for a later run: {error}")


@contextmanager
def _live(run: Run, what: str) -> Iterator[None]:
    """Whatever fails in the body, it says that the new table is live."""
    try:
        yield
    except QueryFailed as error:
        message = f"the new {run.target} is live, but {what} failed: {error.problem.message}"
        raise QueryFailed(replace(error.problem, message=message), code=error.code) from error


def _version(journal: Journal, run: Run, to: str) -> Kept:
    """The version that is to come back."""
    kept = journal.kept(run.target)
    found = [version for version in kept if not to or version.made_by == to]
    if found:
        return found[0]
    there = ", ".join(version.made_by or "unknown" for version in kept)
    raise PublishFailed(
        f"Cannot roll {run.target} back: "
        + (f"no version that run {to} has made is kept" if to else "no version of it is kept")
        + (f"; there are those of {there}" if there else "")
        + ". The live table is as it was. `builder history` shows what is kept, and `keep` in the "
        "file says how many."
    )
