"""The verbs that make tables: build, publish."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

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
    from collections.abc import Callable

    from builder.errors import Problem
    from builder.pipeline import Listener
    from builder.query import Plan
    from builder.run import Run
    from builder.summary import Summary
    from builder.summary.keys import Scalar

FIRST_ROWS = 5


def complete_names(incomplete: str) -> list[str]:
    """The names of summary files that begin so, for the shell."""
    from builder.summary import summary_files

    return [file.stem for file in summary_files(Path()) if file.stem.startswith(incomplete)]


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

    planned = _planned(command, tables, schema, param)
    if dry_run:
        return _preview(command, planned)

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

    return _each(command, planned, one, junit)


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

    return _each(command, _planned(command, tables, schema, param), one, junit)


def _planned(
    command: Command, tables: list[str] | None, schema: str | None, param: list[str] | None
) -> list[tuple[Summary, Plan]]:
    """All of the files with their SQL, read before anything is tried.

    Raises ConfigError with every problem of every file.
    """
    from builder.engines import dialect_of
    from builder.errors import ConfigError, Problem
    from builder.query import plan
    from builder.summary import summary_files

    if not tables:
        names = [file.stem for file in summary_files(command.project)]
        hint = f"there are {', '.join(names)}" if names else "there is no summary file yet"
        raise ConfigError(Problem("name the tables that you mean", hint=hint))
    given = _params(param or [])
    found: list[tuple[Summary, Plan]] = []
    problems: list[Problem] = []
    for name in dict.fromkeys(tables):
        try:
            summary = command.summary(name)
            summary = summary.into(schema) if schema else summary
            summary = summary.given(_typed(summary, given))
            dialect = dialect_of(command.settings.for_connection(summary.connection))
            found.append((summary, plan(summary, dialect)))
        except ConfigError as error:
            problems += error.problems
    unknown = [name for name in given if not any(name in summary.params for summary, _ in found)]
    if found and unknown and not problems:
        problems.append(_unknown_param(unknown[0], found))
    if problems:
        raise ConfigError(*problems)
    return found


def _params(given: list[str]) -> dict[str, str]:
    from builder.errors import ConfigError

    for text in given:
        if "=" not in text:
            raise ConfigError(f"--param {text}: write it as NAME=VALUE")
    return {name: value for name, _, value in (text.partition("=") for text in given)}


def _typed(summary: Summary, given: dict[str, str]) -> dict[str, Scalar]:
    """The given values as the types that the file's own values have."""
    import msgspec

    from builder.errors import ConfigError

    values: dict[str, Scalar] = {}
    for name in given.keys() & summary.params.keys():
        default = summary.params[name]
        kind: type[Any] = str if default is None else type(default)
        try:
            values[name] = msgspec.convert(given[name], kind, strict=False)
        except msgspec.ValidationError as error:
            message = f"--param {name}={given[name]} is no {kind.__name__}, as {default!r} is"
            raise ConfigError(f"{message}, the value in {summary.file}") from error
    return values


def _unknown_param(name: str, found: list[tuple[Summary, Plan]]) -> Problem:
    from builder.errors import Problem
    from builder.summary.keys import nearest

    known = sorted({param for summary, _ in found for param in summary.params})
    hint = nearest(name, known) or (f"there are {', '.join(known)}" if known else "")
    files = ", ".join(str(summary.file) for summary, _ in found)
    return Problem(f"--param {name}: `params` of {files} has no such name", hint=hint)


def _preview(command: Command, planned: list[tuple[Summary, Plan]]) -> int:
    """Every statement of the builds, as SQL that could be run."""
    from builder import pipeline

    shown = []
    for summary, plan in planned:
        engine, _ = command.warehouse(summary)
        statements = [s.shown for s in pipeline.preview(summary, engine=engine, plan=plan)]
        shown.append({"table": str(summary.target), "statements": statements})
        command.screen.say(f"-- {summary.target}: nothing of this was run")
        for statement in statements if not command.screen.as_json else ():
            command.screen.say(f"{statement.strip()};")
    command.screen.answer(shown)
    return DONE


def _each(
    command: Command,
    planned: list[tuple[Summary, Plan]],
    one: Callable[[Summary, Plan, Listener], Run],
    junit: Path | None,
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
    for summary, plan in planned:
        progress = Progress(command.screen)
        try:
            run = one(summary, plan, progress)
            outcomes.append(Outcome(summary, run))
            _show_end(command, run)
        except (Exception, KeyboardInterrupt, Terminated) as error:  # noqa: BLE001 -- the edge: one table's defect stops no other
            progress.close()
            outcomes.append(Outcome(summary, progress.run, error))
            command.screen.fail(error, verbose=command.verbose)
            _show_state(command, progress.run, error)
            if not isinstance(error, Exception):
                break
    try:
        write_run_results(command.project, outcomes)
        if junit:
            write_junit(junit, outcomes)
    except OSError as error:
        command.screen.say(f"warning: the results could not be written: {error}", to=sys.stderr)
    command.screen.answer([run_as_json(outcome) for outcome in outcomes])
    return _code([outcome.error for outcome in outcomes if outcome.error])


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
    if run.steps[-1].name == "publish" and not isinstance(error, PublishFailed | Busy):
        state = "whether the new table is live, `builder show` tells"
    command.screen.say(f"    {run.target}: {state}", to=sys.stderr)


def _show_end(command: Command, run: Run) -> None:
    """What there is now, and what can be done next."""
    screen = command.screen
    rows = f"{run.rows:,} row{'s' if run.rows != 1 else ''}"
    engine, _ = command.warehouse(run.summary)
    if run.is_published:
        screen.note(f"published {rows} in {run.seconds:.2f} s", "good")
        relation, more = run.target, f"python -m builder show {run.target.name}"
    else:
        screen.note(f"staged {rows} in {run.seconds:.2f} s; nothing was published", "good")
        for line in engine.difference(run.target):
            screen.note(f"  {line}")
        relation, more = run.target.staged, f"python -m builder publish {run.target.name}"
    if not screen.quiet and not screen.as_json:
        first = engine.rows(relation, FIRST_ROWS)
        screen.note()
        screen.table(first.columns, first.rows)
        screen.note(f"\nnext: {more}", "dim")
