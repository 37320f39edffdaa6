"""The verb that only reads files, and with --live the warehouse: lint."""

from __future__ import annotations

import gc
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from builder.cli.arguments import complete_names
from builder.cli.command import DONE, USAGE, AnyOutputOption, Command, verb

if TYPE_CHECKING:
    from collections.abc import Sequence

    from builder.lint import Finding, LintFile
    from builder.lint.live import Compared

Names = Annotated[
    list[str] | None,
    typer.Argument(metavar="[TABLE…]", autocompletion=complete_names, show_default=False),
]


@verb
def lint(
    command: Command,
    tables: Names = None,
    *,
    output: AnyOutputOption = None,
    live: Annotated[
        bool, typer.Option("--live", help="Open the warehouse, and compare with what is there.")
    ] = False,
) -> int:
    """Find every mistake in summary files: names, paths, or all. Nothing is built or written."""
    from builder.cli import findings as shown
    from builder.errors import BuilderError
    from builder.lint import Finding, files_named
    from builder.lint import lint as linted

    files, unknown = files_named(tables or [], command.project)
    # Many trees live until the end: looking for garbage among them took a fifth of the time.
    gc.disable()
    try:
        read, found = linted(files, command.settings)
        gc.freeze()
    finally:
        gc.enable()
    found = [*(Finding(problem) for problem in unknown), *found]
    compared: list[Compared] = []
    try:
        if live:
            compared = _compared(command, read, found)
            found += [finding for one in compared for finding in one.findings]
    except BuilderError:
        # What was found without the warehouse is worth telling; a program reads the error alone.
        if command.output != "json":
            _show(command, found, [], len(files))
        raise
    _show(command, found, compared, len(files))
    if command.output == "json":
        command.screen.answer(
            {
                "errors": shown.count(found, "error"),
                "warnings": shown.count(found, "warning"),
                "files": len(files),
                "problems": [shown.as_json(one) for one in found],
                **({"live": [one.as_json() for one in compared]} if live else {}),
            }
        )
    return USAGE if shown.count(found, "error") else DONE


def _compared(
    command: Command, read: Sequence[LintFile], found: Sequence[Finding]
) -> list[Compared]:
    """What the warehouse says of each file that has no error."""
    from builder.errors import ConfigError
    from builder.lint import Finding
    from builder.lint.live import Compared, compared

    broken = {one.file for one in found if one.problem.severity == "error"}
    results = []
    for one in read:
        if one.summary is not None and one.plan is not None and one.shown not in broken:
            try:
                engine, _ = command.warehouse(one.summary)
            except ConfigError as error:
                findings = [Finding(problem, one.shown, one.table) for problem in error.problems]
                results.append(Compared(one.shown, one.table, findings))
                continue
            results.append(compared(one, one.summary, one.plan, engine))
    return results


def _show(
    command: Command, found: Sequence[Finding], compared: Sequence[Compared], files: int
) -> None:
    """All of it for people, or for GitHub."""
    from builder.cli.findings import as_github, show

    if command.output == "github":
        for one in found:
            command.screen.say(as_github(one, command.project))
    elif command.output == "text":
        show(command.screen, found)
        _show_compared(command, compared)
    if not command.screen.quiet:
        _show_count(command, found, files)


def _show_compared(command: Command, compared: Sequence[Compared]) -> None:
    """What was left out, and what could be pasted into the files."""
    from builder.cli.screen import plain

    for one in compared:
        for reason in one.left_out:
            command.screen.note(f"not compared: {plain(reason)}", "dim")
        if one.paste:
            command.screen.say(f"{plain(str(one.file))}: the live table says more; to paste:")
            for line in one.paste:
                command.screen.say(plain(f"    {line}"))


def _show_count(command: Command, found: Sequence[Finding], files: int) -> None:
    from builder.cli.findings import count, counted

    style = "bad" if count(found, "error") else "warn" if found else "good"
    to = sys.stderr if command.output == "github" else None
    if not files and not found:
        text, style = f"{command.project / 'summaries'} holds no summary file yet", ""
    else:
        text = counted(found, files)
    command.screen.say(text, style, to=to)
