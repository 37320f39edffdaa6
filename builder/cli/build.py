"""The verbs that make tables: build, publish."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from builder.cli.arguments import complete_names, planned
from builder.cli.command import (
    BUSY,
    DONE,
    FAILED,
    REFUSED,
    USAGE,
    Command,
    Terminated,
    exit_code,
    verb,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from builder.attempt import Listener
    from builder.engines.base import Engine
    from builder.query import Plan
    from builder.relation import Relation
    from builder.run import Run
    from builder.summary import Summary

FIRST_ROWS = 5
P = TypeVar("P")
"""A table's SQL, or None where none of it is sent."""


Names = Annotated[
    list[str] | None,
    typer.Argument(metavar="TABLE…", autocompletion=complete_names, show_default=False),
]
Schema = Annotated[
    str | None, typer.Option(metavar="NAME", help="Build into this schema, not the file's.")
]
Params = Annotated[
    list[str] | None, typer.Option("--param", metavar="NAME=VALUE", help="A parameter's value.")
]
Wait = Annotated[
    float, typer.Option(metavar="S", min=0, help="Wait so many seconds for another build.")
]
Junit = Annotated[
    Path | None, typer.Option(metavar="FILE", help="Write one test case a check, as JUnit XML.")
]


@verb
def build(
    command: Command,
    tables: Names = None,
    *,
    schema: Schema = None,
    param: Params = None,
    wait: Wait = 0.0,
    junit: Junit = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show every statement, and write nothing.")
    ] = False,
    no_publish: Annotated[
        bool, typer.Option("--no-publish", help="Stop before the table goes live.")
    ] = False,
) -> int:
    """Check the inputs, stage the table, check it, and publish it."""
    from builder import pipeline

    plans = planned(command, tables, schema, param, writes=not dry_run)
    if dry_run:
        return _preview(command, plans)

    def one(summary: Summary, plan: Plan, listener: Listener) -> Run:
        engine, journal = command.warehouse(summary)
        return pipeline.build(
            summary,
            engine=engine,
            journal=journal,
            plan=plan,
            publishes=not no_publish,
            wait=wait,
            listeners=[listener],
        )

    return each(command, plans, one, junit)


@verb
def publish(
    command: Command,
    tables: Names = None,
    *,
    schema: Schema = None,
    param: Params = None,
    wait: Wait = 0.0,
    junit: Junit = None,
) -> int:
    """Publish what `build --no-publish` has staged, if its checks still hold."""
    from builder import pipeline

    def one(summary: Summary, plan: Plan, listener: Listener) -> Run:
        engine, journal = command.warehouse(summary)
        return pipeline.publish(
            summary, engine=engine, journal=journal, plan=plan, wait=wait, listeners=[listener]
        )

    return each(command, planned(command, tables, schema, param), one, junit)


def _preview(command: Command, plans: list[tuple[Summary, Plan]]) -> int:
    """Every statement of the builds, as SQL that could be run."""
    from builder import pipeline
    from builder.cli.translations import side_by_side, translations

    shown = []
    for summary, plan in plans:
        engine, _ = command.warehouse(summary)
        statements = [s.shown for s in pipeline.preview(summary, engine=engine, plan=plan)]
        texts = translations(plan)
        shown.append(
            {"table": str(summary.target), "statements": statements, "translations": texts}
        )
        command.screen.say(f"-- {summary.target}: nothing of this was run")
        for line in side_by_side(texts, command.screen.width) if not command.screen.as_json else ():
            command.screen.say(line)
        for statement in statements if not command.screen.as_json else ():
            command.screen.say(f"{statement.strip()};")
    command.screen.answer(shown)
    return DONE


def each(
    command: Command,
    plans: Sequence[tuple[Summary, P]],
    one: Callable[[Summary, P, Listener], Run],
    junit: Path | None = None,
) -> int:
    """Run every table, show how it went, and write the results; a failed one stops no other."""
    from builder.cli.progress import Progress
    from builder.cli.results import (
        Outcome,
        require_writable,
        run_as_json,
        write_junit,
        write_run_results,
    )

    if junit:
        require_writable(junit)
    outcomes: list[Outcome] = []
    for summary, plan in plans:
        progress = Progress(command.screen)
        try:
            run = one(summary, plan, progress)
        except (Exception, KeyboardInterrupt, Terminated) as error:  # noqa: BLE001 -- the edge: one table's defect stops no other
            progress.close()
            told = _named_by_summary(command, error)
            outcomes.append(Outcome(summary, progress.run, told))
            command.screen.fail(told, verbose=command.verbose)
            _show_state(command, progress.run, told)
            if not isinstance(error, Exception):
                break
        else:
            outcomes.append(Outcome(summary, run))
            _show_end(command, run)
    try:
        write_run_results(command.project, outcomes)
        if junit:
            write_junit(junit, outcomes)
    except OSError as error:
        command.screen.say(f"warning: the results could not be written: {error}", to=sys.stderr)
    command.screen.answer([run_as_json(outcome) for outcome in outcomes])
    return _code([outcome.error for outcome in outcomes if outcome.error])


def _named_by_summary(command: Command, error: BaseException) -> BaseException:
    """The same error; where another summary makes the table that is missing, with what to do."""
    from dataclasses import replace

    from builder.errors import ConfigError, QueryFailed

    if not isinstance(error, QueryFailed) or "." not in error.word:
        return error
    name = error.word.replace('"', "")
    try:
        if str(command.summary(name).target) != name:
            return error
    except ConfigError:
        return error
    problem = replace(error.problem, hint=f"`builder build {name}` makes it: build that first")
    return QueryFailed(problem, code=error.code, word=error.word, sources=error.sources)


def _code(errors: list[BaseException]) -> int:
    """Of several tables' codes, the one that matters most; an interruption before all."""
    codes = [exit_code(error) for error in errors]
    signals = [code for code in codes if code > BUSY]
    worst = (code for code in (*signals, FAILED, REFUSED, USAGE, BUSY) if code in codes)
    return next(worst, DONE)


def _show_state(command: Command, run: Run | None, error: BaseException) -> None:
    """What readers have now, where the error does not say so itself."""
    from builder.errors import Busy, PublishFailed

    if run is None or not run.steps or re.search(r"\blive table\b|\bis live\b", str(error)):
        return
    state = "the new table is live" if run.is_published else "the live table is as it was"
    last = run.steps[-1].name
    if last in ("publish", "drop") and not isinstance(error, PublishFailed | Busy):
        state = "whether the new table is live, `builder show` tells"
        state = "whether it is still there, `builder show` tells" if last == "drop" else state
    command.screen.say(f"    {run.target}: {state}", to=sys.stderr)


def _show_end(command: Command, run: Run) -> None:
    """What there is now, and what can be done next; it went well even if that cannot be shown."""
    screen, took = command.screen, f"in {run.seconds:.2f} s"
    rows = f"{run.rows:,} row{'s' if run.rows != 1 else ''}" if run.rows is not None else "it"
    relation, verb_next = run.target, "show"
    options = f" --schema {run.target.schema}" if "--schema" in command.options else ""
    if run.is_dropped:
        screen.note(f"dropped {run.target} {took}; the next build of its file makes it again")
        return
    if run.action == "rollback":
        screen.note(f"rolled back to what run {run.restores or 'unknown'} made {took}", "good")
        screen.note("  builder rollback again undoes it; the next build replaces it", "dim")
    elif run.is_published:
        screen.note(f"published {rows} {took}", "good")
    else:
        screen.note(f"staged {rows} {took}; nothing was published", "good")
        relation, verb_next, options = run.target.staged, "publish", command.options
    if screen.quiet or screen.as_json:
        return
    _show_rows(command, run, relation)
    screen.note(f"\nnext: python -m builder {verb_next} {run.target.name}{options}", "dim")


def _show_rows(command: Command, run: Run, relation: Relation) -> None:
    """The first rows, and how they differ from the live ones if they are staged."""
    from builder.errors import BuilderError

    screen = command.screen
    engine, _ = command.warehouse(run.summary)
    try:
        if not run.is_published:
            _show_difference(command, engine, run.target)
        first = engine.rows(relation, FIRST_ROWS)
    except BuilderError as error:
        screen.note(f"  ! its rows cannot be shown: {error}", "warn")
        return
    screen.note()
    screen.table(first.columns, first.rows)


def _show_difference(command: Command, engine: Engine, target: Relation) -> None:
    """How what is staged differs from the live table, and the verb that says which rows do."""
    for line in engine.difference(target):
        command.screen.note(f"  {line}")
    if engine.sizes([target]):
        where = f" --schema {quote(target.schema)}" if "--schema" in command.options else ""
        command.screen.note(f"  builder diff {target.name}{where} shows which rows", "dim")
