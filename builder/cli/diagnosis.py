"""What `doctor` finds: each thing in use, whether it is well, and what to do where it is not."""

from __future__ import annotations

import platform
from typing import TYPE_CHECKING

from builder import __version__
from builder.engines.base import Finding
from builder.errors import BuilderError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from builder.cli.command import Command


def diagnose(command: Command) -> list[Finding]:
    """Look at everything; whatever cannot be looked at is a finding too."""
    return list(_findings(command))


def _findings(command: Command) -> Iterator[Finding]:
    python = f"Python {platform.python_version()}, summary-builder {__version__}"
    yield Finding("version", python, good=True)
    yield from _files(command)
    try:
        settings = command.settings
    except BuilderError as error:
        yield Finding("settings", str(error), good=False)
        return
    source = settings.database.source if settings.database else "nothing is set: embedded"
    dialect = settings.dialect or "the warehouse's own"
    role = f", role {settings.role}" if settings.role else ""
    yield Finding("settings", f"warehouse from {source}; SQL is {dialect}{role}", good=True)
    try:
        engine, _ = command.warehouse()
        yield Finding("warehouse", engine.description, good=True)
        yield from engine.diagnosis()
    except BuilderError as error:
        yield Finding("warehouse", str(error), good=False)


def _files(command: Command) -> Iterator[Finding]:
    from builder.summary import load_summary, summary_files

    files = summary_files(command.project)
    broken = []
    for file in files:
        try:
            load_summary(file, command.project)
        except BuilderError as error:
            broken.append(str(error).split("\n")[0])
    where = command.project.resolve()
    if not files:
        yield Finding("summaries", f"{where} has none", good=None, remedy="is it the project's?")
    elif broken:
        found = f"{len(broken)} of {len(files)} in {where} cannot be read"
        yield Finding("summaries", found, good=False, remedy=broken[0])
    else:
        yield Finding("summaries", f"{len(files)} in {where}", good=True)
