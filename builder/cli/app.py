"""The verbs, in the order in which `--help` shows them."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from builder import __version__
from builder.cli import build, check, database, diff, lint, look, new, versions
from builder.cli.command import AnyOutputOption, with_common_options

app = typer.Typer(
    name="builder",
    help="Build summary tables, check them, and only then swap them in.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    # rich takes 70 ms to import, which only a person at a terminal gets something for.
    rich_markup_mode="rich" if sys.stdout.isatty() else None,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)


def _print_version(value: bool) -> None:  # noqa: FBT001 -- typer calls it so
    if value:
        typer.echo(f"summary-builder {__version__}")
        raise typer.Exit


@app.callback()
@with_common_options
def _before(
    *,
    output: AnyOutputOption = None,
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Show it.")
    ] = False,
) -> None:
    """Build summary tables, check them, and only then swap them in."""


app.command("build")(build.build)
app.command("publish")(build.publish)
app.command("check")(check.check)
app.command("diff")(diff.diff)
app.command("lint")(lint.lint)
app.command("show")(look.show)
app.command("sql")(look.sql)
app.command("new")(new.new)
app.command("ls")(look.ls)
app.command("history")(versions.history)
app.command("rollback")(versions.rollback)
app.command("drop")(versions.drop)
app.command("doctor")(database.doctor)
app.add_typer(database.db, name="db")
