"""The verbs about where tables are built: db, doctor."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from builder.cli.command import FAILED, Command, verb

if TYPE_CHECKING:
    from pathlib import Path

db = typer.Typer(
    help="The embedded Postgres of this project.",
    no_args_is_help=True,
    rich_markup_mode="rich" if sys.stdout.isatty() else None,
)


@db.command("url")
@verb
def url(command: Command) -> None:
    """Show its address with the password, for psql and other clients; starts it if need be."""
    from builder.engines import embedded

    server, _ = embedded.start(_folder(command))
    command.screen.answer({"url": server.url})
    if not command.screen.as_json:
        typer.echo(server.url)


@db.command("start")
@verb
def start(command: Command) -> None:
    """Start it, and load the sample warehouse if that has not been done."""
    command.database = "embedded"
    engine, _ = command.warehouse()
    command.screen.answer({"running": True, "description": engine.description})


@db.command("stop")
@verb
def stop(command: Command) -> None:
    """Stop it; what is in it stays."""
    from builder.engines import embedded

    stopped = embedded.stop(_folder(command))
    command.screen.note("stopped" if stopped else "it was not running")
    command.screen.answer({"stopped": stopped})


@db.command("reset")
@verb
def reset(
    command: Command,
    *,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
) -> None:
    """Delete it with everything in it; the next command makes a new one with the sample."""
    from builder.engines import embedded

    folder = _folder(command)
    asks = sys.stdin.isatty() and not yes and folder.exists()
    if asks and not typer.confirm(f"Delete {folder} with every table in it?"):
        command.screen.note("nothing was deleted")
        command.screen.answer({"reset": False})
        return
    embedded.reset(folder)
    command.screen.note(f"{folder} is gone; the next command makes a new one")
    command.screen.answer({"reset": True})


@verb
def doctor(command: Command) -> int:
    """Show what is in use, and what is wrong with it."""
    from builder.cli.diagnosis import diagnose

    findings = diagnose(command)
    for finding in findings:
        mark, style = {True: ("✓", "good"), False: ("✗", "bad"), None: ("!", "warn")}[finding.good]
        command.screen.say(f"{mark} {finding.what:<12} {finding.found}", style)
        if finding.remedy:
            command.screen.say(f"    {finding.remedy}")
    command.screen.answer(findings)
    return FAILED if any(finding.good is False for finding in findings) else 0


def _folder(command: Command) -> Path:
    from builder.engines import HOME

    return command.project / HOME / "postgres"
