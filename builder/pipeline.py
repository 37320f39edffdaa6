"""build() and publish(): what happens to one table, from its lock to its end. Start here."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from builder.checks import run_checks
from builder.errors import BuilderError, ChecksFailed, PublishFailed, QueryFailed
from builder.query import plan as plan_of
from builder.run import Run, Step, number

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from builder.engines.base import Engine, Reader, Snapshot, Statement
    from builder.journal import Journal
    from builder.query import Plan, Select
    from builder.summary import Check, Summary

    Listener = Callable[[Run], None]


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

    Check the inputs, stage the query beside the target, check what was staged, then
    publish it in one atomic swap. However the build ends, it is journalled. Another run
    at the table is waited for up to `wait` seconds. `plan` saves making it again.
    Raises BuilderError.
    """
    plan = _sendable(plan, summary, engine)
    run = Run(summary, listeners=[*listeners])
    with _attempt(run, engine, journal, wait):
        if publishes:
            engine.require_publishable(run)
        with _checked_sources(plan, engine, run) as sources:
            _stage(plan, sources, run)
        _finish_staging(engine, run)
        with engine.reader(run) as staged:
            _check_output(plan, staged, run)
        if publishes:
            _publish(plan, engine, journal, run)
    return run


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
    run = Run(summary, action="publish", listeners=[*listeners])
    with _attempt(run, engine, journal, wait):
        engine.require_publishable(run)
        run.rows = engine.staged_rows(run.target)
        if run.rows is None:
            raise PublishFailed(
                f"Cannot publish {run.target}: nothing is staged. Run build --no-publish first, "
                "or build to do both."
            )
        _require_rows(run)
        with engine.reader(run) as staged:
            _check_output(plan, staged, run)
        _publish(plan, engine, journal, run)
    return run


def preview(summary: Summary, *, engine: Engine, plan: Plan | None = None) -> list[Statement]:
    """Every statement that a build would send now, in order; nothing is written."""
    plan = _sendable(plan, summary, engine)
    return [*engine.preview(Run(summary), plan)]


def _sendable(plan: Plan | None, summary: Summary, engine: Engine) -> Plan:
    """The plan in the engine's own SQL; raises ConfigError before anything is tried."""
    if plan is None or plan.is_foreign:
        return plan_of(summary, engine.dialect, engine.columns)
    return plan


@contextmanager
def _attempt(run: Run, engine: Engine, journal: Journal, wait: float) -> Iterator[None]:
    """The run holds its table's lock, and however it ends the journal says how."""
    try:
        with ExitStack() as held:
            with run.step("lock"):
                held.enter_context(
                    engine.lock(run, wait=wait, holder=lambda: journal.holder(run.target))
                )
                journal.start(run)
            yield
            run.finished("published" if run.is_published else "staged")
    except BaseException as error:
        run.failed(error)
        raise
    finally:
        journal.finish(run)


@contextmanager
def _checked_sources(plan: Plan, engine: Engine, run: Run) -> Iterator[Snapshot]:
    """The sources, locked and checked in one snapshot, in which the table is then staged."""
    with ExitStack() as held:
        with run.step("check inputs") as step:
            sources = held.enter_context(engine.snapshot(run, plan))
            _measure(plan.inputs, sources, run, step)
        yield sources


def _check_output(plan: Plan, reader: Reader, run: Run) -> None:
    with run.step("check output") as step:
        _measure(plan.outputs, reader, run, step)


def _measure(checks: Sequence[tuple[Check, Select]], reader: Reader, run: Run, step: Step) -> None:
    """Run the checks of one step; raises ChecksFailed once all of them have been measured."""
    step.detail = f"{len(checks)} check{'s' if len(checks) != 1 else ''}"
    run.require(run_checks(checks, reader))


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


def _finish_staging(engine: Engine, run: Run) -> None:
    with run.step("index") as step:
        step.detail = "statistics, keys and indexes"
        engine.finish_staging(run)


def _publish(plan: Plan, engine: Engine, journal: Journal, run: Run) -> None:
    """The swap, and what follows it; from the swap on the run counts as published."""
    with run.step("publish"):
        engine.publish(run, record=lambda replaced: journal.published(run, replaced))
        run.is_published = True
    _drop_old_versions(engine, journal, run)
    if plan.after:
        with run.step("after"):
            _run_after(plan, engine, run)


def _drop_old_versions(engine: Engine, journal: Journal, run: Run) -> None:
    """Drop the versions beyond `keep`. One that somebody reads is left for a later run."""
    try:
        for version in journal.kept(run.target)[run.summary.keep :]:
            if engine.drop_version(version):
                journal.dropped(version)
    except BuilderError as error:
        run.notices.append(f"an old version was left for a later run: {error}")


def _run_after(plan: Plan, engine: Engine, run: Run) -> None:
    try:
        engine.run_after(plan.after)
    except QueryFailed as error:
        message = f"the new {run.target} is live, but `after_sql` failed: {error.problem.message}"
        raise QueryFailed(replace(error.problem, message=message), code=error.code) from error
