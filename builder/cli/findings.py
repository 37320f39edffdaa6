"""What lint found, as text for people, as JSON, and as GitHub's workflow commands."""

from __future__ import annotations

import os
import shutil
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from builder.cli.screen import plain, problem_lines
from builder.settings import masked

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from builder.cli.screen import Screen
    from builder.lint import Finding

_NOWHERE = "what was asked for"


def show(screen: Screen, findings: Sequence[Finding]) -> None:
    """All of them: each with its line while they fit one screen, else one line each, by file."""
    full = [line for one in findings for line in problem_lines(one.problem, screen.width)]
    # In a file or a log, a screen is what people have nearly everywhere.
    height = shutil.get_terminal_size().lines if screen.is_terminal else 24
    rows = sum(1 + len(text) // (screen.width or 80) for text, _ in full)
    for text, style in full if rows <= height - 2 else list(_grouped(findings)):
        screen.say(masked(text), style)


def _grouped(findings: Sequence[Finding]) -> Iterator[tuple[str, str]]:
    for file, group in groupby(findings, key=lambda one: one.file):
        yield plain(str(file or _NOWHERE)), "head"
        for one in group:
            problem = one.problem
            place = f"{problem.place.line}:{problem.place.column}" if problem.place else "-"
            hint = f" ({problem.hint})" if problem.hint else ""
            text = plain(f"{problem.message}{hint}").replace("\n", " ")
            style = "bad" if problem.severity == "error" else "warn"
            yield f"  {place:<7} {problem.severity:<7} {text}", style


def counted(findings: Sequence[Finding], files: int) -> str:
    """How many errors and warnings there are, in how many files."""
    errors, warnings = count(findings, "error"), count(findings, "warning")
    return (
        f"{_number(errors, 'error')} and {_number(warnings, 'warning')} in {_number(files, 'file')}"
    )


def count(findings: Sequence[Finding], severity: str) -> int:
    """How many findings have a severity."""
    return sum(one.problem.severity == severity for one in findings)


def as_json(one: Finding) -> dict[str, object]:
    """A finding for programs; `end_column` is that of the first character behind the word."""
    problem, place = one.problem, one.problem.place
    return {
        "file": str(one.file) if one.file else None,
        "line": place.line if place else None,
        "column": place.column if place else None,
        "end_column": place.column + place.width if place else None,
        "severity": problem.severity,
        "message": masked(problem.message),
        "hint": masked(problem.hint),
        "table": one.table or None,
    }


def as_github(one: Finding, project: Path) -> str:
    """A finding as a workflow command, which GitHub shows beside the line of a pull request.

    https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
    What is escaped, and how, is said only by the runner's own library:
    https://github.com/actions/toolkit/blob/main/packages/core/src/command.ts
    """
    problem, place = one.problem, one.problem.place
    properties = {}
    if one.file:
        properties["file"] = _from_root(project / one.file)
    if place:
        properties["line"] = str(place.line)
        properties["col"] = str(place.column)
        properties["endColumn"] = str(place.column + place.width)
    properties["title"] = f"builder lint: {one.table}" if one.table else "builder lint"
    given = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
    text = problem.message + (f"\n{problem.hint}" if problem.hint else "")
    return f"::{problem.severity} {given}::{_escaped(plain(masked(text)))}"


def _from_root(file: Path) -> str:
    """The file as GitHub knows it: from the root of the repository."""
    root = Path(os.environ.get("GITHUB_WORKSPACE") or Path.cwd()).absolute()
    path = file.absolute()
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else str(file)


def _property(text: str) -> str:
    return _escaped(plain(text)).replace(":", "%3A").replace(",", "%2C")


def _escaped(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _number(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"
