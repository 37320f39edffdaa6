"""The verb that checks what is there: check."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from builder.cli.arguments import planned, require_names
from builder.cli.build import Junit, Names, Params, Schema
from builder.cli.command import DONE, Command, verb
from builder.cli.each import each
from builder.cli.look import summary_of

if TYPE_CHECKING:
    from pathlib import Path

    from builder.attempt import Listener
    from builder.query import Plan
    from builder.run import Run
    from builder.summary import Summary


@verb
def check(
    command: Command,
    tables: Names = None,
    *,
    staged: Annotated[
        bool, typer.Option("--staged", help="The table that is staged, not the live one.")
    ] = False,
    rows: Annotated[
        int | None, typer.Option(metavar="N", min=0, help="Failing rows, and what finds them.")
    ] = None,
    suggest: Annotated[
        bool, typer.Option("--suggest", help="Propose checks that hold now, as text to paste.")
    ] = False,
    schema: Schema = None,
    param: Params = None,
    junit: Junit = None,
) -> int:
    """Run the output checks on the live table as it is now."""
    if suggest:
        _require_no_run(rows, junit)
        return _suggest(command, tables or [], schema, is_staged=staged)
    from builder import pipeline
    from builder.inspection import SHOWN_ROWS

    plans = planned(command, tables, schema, param, is_live=not staged)

    def one(summary: Summary, plan: Plan, listener: Listener) -> Run:
        engine, journal = command.warehouse(summary)
        return pipeline.check(
            summary,
            engine=engine,
            journal=journal,
            plan=plan,
            is_staged=staged,
            rows=SHOWN_ROWS if rows is None else rows,
            listeners=[listener],
        )

    return each(command, plans, one, junit, shows_queries=rows is not None)


def _require_no_run(rows: int | None, junit: Path | None) -> None:
    from builder.errors import ConfigError

    for option, given in (("--rows", rows), ("--junit", junit)):
        if given is not None:
            raise ConfigError(f"{option} is for checks that are run; --suggest proposes others")


def _suggest(command: Command, tables: list[str], schema: str | None, *, is_staged: bool) -> int:
    """What is proposed: with --quiet, or in a file, exactly the text to paste."""
    from builder.suggest import suggest, text_of

    require_names(command, tables)
    screen, answer = command.screen, []
    for name in tables:
        summary = summary_of(command, name, schema)
        engine, _ = command.warehouse(summary)
        with screen.busy("looking at the table"):
            found = suggest(summary, engine=engine, is_staged=is_staged)
        rows = f"{found.rows:,} row{'s' if found.rows != 1 else ''}"
        cost = f"read in {found.seconds:.1f} s; these checks take {found.check_seconds:.1f} s"
        screen.note(f"{found.relation}: {rows} {cost}", "dim")
        for notice in found.notices:
            screen.note(f"  ! {notice}", "warn")
        if not screen.as_json and found.proposals:
            screen.say(text_of(found.proposals))
            if summary.file.name:
                screen.note(f"\nnext: paste what you want to hold into {summary.file}", "dim")
        if not found.proposals:
            screen.note("nothing to propose that the file does not have already")
        answer += [
            {"table": str(found.relation), "check": {**one.check}, "why": one.why}
            for one in found.proposals
        ]
    screen.answer(answer)
    return DONE
