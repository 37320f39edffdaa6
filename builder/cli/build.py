"""The verbs that make tables: build, publish."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from builder.cli.arguments import complete_names, planned
from builder.cli.command import (
    DONE,
    Command,
    verb,
)
from builder.cli.each import each

if TYPE_CHECKING:
    from builder.attempt import Listener
    from builder.query import Plan
    from builder.run import Run
    from builder.summary import Summary

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
