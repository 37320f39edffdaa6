"""Every mistake of every summary file at once: no database is opened and nothing is written.

`lint` reads files and says what is wrong with them. `compared` in `live` is the other half: what
the warehouse knows of them. Neither prints.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from builder.lint.dependencies import cycles, twins
from builder.lint.reading import LintFile, files_named, read_file
from builder.lint.rules import rule_problems

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from builder.errors import Problem
    from builder.settings import Settings

__all__ = ["Finding", "LintFile", "files_named", "lint"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One problem, the file that it is in, as people know it, and its table, where that is known.

    `file` is None for a problem with what was asked for.
    """

    problem: Problem
    file: Path | None = None
    table: str = ""


def lint(files: Sequence[Path], settings: Settings) -> tuple[list[LintFile], list[Finding]]:
    """What was read of the files, and everything that is wrong in them, in their order.

    Raises ConfigError for the settings alone.
    """
    read = [read_file(file, settings) for file in files]
    problems = [[*one.problems, *rule_problems(one)] for one in read]
    for index, problem in [*twins(read, settings), *cycles(read, settings)]:
        problems[index].append(problem)
    return read, [
        Finding(problem, one.shown, one.table)
        for one, found in zip(read, problems, strict=True)
        for problem in sorted(dict.fromkeys(found), key=_place)
    ]


def _place(problem: Problem) -> tuple[int, int]:
    return (problem.place.line, problem.place.column) if problem.place else (0, 0)
