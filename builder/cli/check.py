"""The verb that checks what is there: check."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from builder.cli.arguments import complete_names
from builder.cli.build import Junit, Schema
from builder.cli.command import Command, verb
from builder.cli.each import each

if TYPE_CHECKING:
    from builder.attempt import Listener
    from builder.run import Run
    from builder.summary import Summary

Names = Annotated[
    list[str] | None,
    typer.Argument(metavar="TABLE…", autocompletion=complete_names, show_default=False),
]


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
    schema: Schema = None,
    junit: Junit = None,
) -> int:
    """Run the output checks on the live table as it is now."""
    from builder import pipeline
    from builder.inspection import SHOWN_ROWS

    summaries = [command.summary(name) for name in tables or ()]
    plans = [(summary.into(schema) if schema else summary, None) for summary in summaries]

    def one(summary: Summary, _: None, listener: Listener) -> Run:
        engine, journal = command.warehouse(summary)
        return pipeline.check(
            summary,
            engine=engine,
            journal=journal,
            is_staged=staged,
            rows=SHOWN_ROWS if rows is None else rows,
            listeners=[listener],
        )

    return each(command, plans, one, junit, shows_queries=rows is not None)
