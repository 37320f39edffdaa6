"""One table after another: run it, show how it went, and what can be done next."""

from __future__ import annotations

import re
import sys
from shlex import quote
from typing import TYPE_CHECKING, TypeVar

from builder.cli.command import BUSY, DONE, FAILED, REFUSED, USAGE, Command, Terminated, exit_code

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from builder.attempt import Listener
    from builder.engines.base import Engine
    from builder.errors import QueryFailed
    from builder.relation import Relation
    from builder.run import Run
    from builder.summary import Summary

FIRST_ROWS = 5
P = TypeVar("P")
"""A table's SQL, or None where none of it is sent."""


def each(
    command: Command,
    plans: Sequence[tuple[Summary, P]],
    one: Callable[[Summary, P, Listener], Run],
    junit: Path | None = None,
    *,
    shows_queries: bool = False,
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
        progress = Progress(command.screen, shows_queries=shows_queries)
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

    from builder.errors import ChecksFailed, QueryFailed

    if isinstance(error, QueryFailed):
        return _with_maker(command, error)
    if not isinstance(error, ChecksFailed):
        return error
    results = [
        replace(result, error=_with_maker(command, result.error))
        if isinstance(result.error, QueryFailed)
        else result
        for result in error.results
    ]
    told = ChecksFailed(str(error), results)
    return told.with_traceback(error.__traceback__)


def _with_maker(command: Command, error: QueryFailed) -> QueryFailed:
    """The error of one query; with a hint where a summary makes the table that is not there."""
    from dataclasses import replace

    from builder.errors import ConfigError

    if "." not in error.word:
        return error
    name = error.word.replace('"', "")
    try:
        if str(command.summary(name).target) != name:
            return error
    except ConfigError:
        return error
    problem = replace(error.problem, hint=f"`builder build {name}` makes it: build that first")
    return error.told_as(problem)


def _code(errors: list[BaseException]) -> int:
    """Of several tables' codes, the one that matters most; an interruption before all."""
    codes = [exit_code(error) for error in errors]
    signals = [code for code in codes if code > BUSY]
    worst = (code for code in (*signals, FAILED, REFUSED, USAGE, BUSY) if code in codes)
    return next(worst, DONE)


def _show_state(command: Command, run: Run | None, error: BaseException) -> None:
    """What readers have now, where the error does not say so itself."""
    from builder.errors import Busy, PublishFailed

    if run is None or not run.steps or run.action == "check":
        return
    if re.search(r"\blive table\b|\bis live\b", str(error)):
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
    if run.action == "check":
        screen.note(f"checked {run.target} {took}", "good")
        return
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
    from builder.checks.masking import masked_rows
    from builder.errors import BuilderError

    screen = command.screen
    engine, _ = command.warehouse(run.summary)
    try:
        if not run.is_published:
            _show_difference(command, engine, run.target)
        first = engine.rows(relation, FIRST_ROWS)
        columns, rows = masked_rows(first.columns, first.rows, run.summary.sensitive)
    except BuilderError as error:
        screen.note(f"  ! its rows cannot be shown: {error}", "warn")
        return
    screen.note()
    screen.table(columns, rows)


def _show_difference(command: Command, engine: Engine, target: Relation) -> None:
    """How what is staged differs from the live table, and the verb that says which rows do."""
    for line in engine.difference(target):
        command.screen.note(f"  {line}")
    if engine.sizes([target]):
        where = f" --schema {quote(target.schema)}" if "--schema" in command.options else ""
        command.screen.note(f"  builder diff {target.name}{where} shows which rows", "dim")
