"""Everything the builder says no to.

BuilderError
├── ConfigError        a summary file, the settings or the command line: nothing was tried
├── ChecksFailed       a critical check, or a result without rows: the live table is as it was
│   └── KeyFailed      a declared key
├── QueryFailed        the file's own SQL, as the warehouse answered it
│   └── TimedOut       it ran when the whole run's time was over
├── Busy               somebody else holds what we need: trying again helps
└── EngineError        the warehouse cannot be reached or fails
    └── PublishFailed  the warehouse is well, but this table must not be swapped

A message has a subject, an obstacle, a reason and a remedy, in that order, and reads alone.
What a program may want to know of an error stands in its attributes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from builder.relation import Relation
    from builder.run import CheckResult


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a file something stands: lines and columns count from 1, in characters."""

    file: Path
    line: int
    column: int
    source: str = ""
    width: int = 1

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong in a file: what, where and, if it is known, what to write instead.

    A warning holds nothing back; only `builder lint` tells it.
    """

    message: str
    place: Place | None = None
    hint: str = ""
    severity: Literal["error", "warning"] = "error"

    def __str__(self) -> str:
        where = f"{self.place}: " if self.place else ""
        return f"{where}{self.message}" + (f" ({self.hint})" if self.hint else "")


class BuilderError(Exception):
    """The builder could not, or would not, do what it was asked for."""


class ConfigError(BuilderError):
    """A file, a setting or a command is wrong; nothing was tried.

    `problems` holds every one that was found, in the order of the file.
    """

    def __init__(self, *problems: Problem | str) -> None:
        self.problems = tuple(p if isinstance(p, Problem) else Problem(p) for p in problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


class ChecksFailed(BuilderError):
    """At least one critical check failed; `results` holds those that did."""

    def __init__(self, message: str, results: Sequence[CheckResult] = ()) -> None:
        self.results = tuple(results)
        super().__init__(message)


class KeyFailed(ChecksFailed):
    """A key of the file does not hold for what was staged: values repeat, or `is_null` in some.

    `label` is its place in the file, `columns` are the key's.
    """

    def __init__(self, message: str, label: str, columns: Sequence[str], *, is_null: bool) -> None:
        self.label = label
        self.columns = tuple(columns)
        self.is_null = is_null
        super().__init__(message)


class QueryFailed(BuilderError):
    """The warehouse refused SQL that a person wrote.

    `problem` has the place of the word it stumbled over, `code` its SQLSTATE, `word` the
    name that stands there, and `sources` the relations that the query reads.
    """

    def __init__(
        self,
        problem: Problem,
        *,
        code: str = "",
        word: str = "",
        sources: Sequence[Relation] = (),
    ) -> None:
        self.problem = problem
        self.code = code
        self.word = word
        self.sources = tuple(sources)
        super().__init__(str(problem))

    def told_as(self, problem: Problem) -> QueryFailed:
        """The same refusal, said in other words."""
        return QueryFailed(problem, code=self.code, word=self.word, sources=self.sources)


class TimedOut(QueryFailed):
    """The run took longer than its file allows, whatever it was at."""


class Busy(BuilderError):
    """A lock is held by somebody else; nothing was changed and the same command may work later.

    `passes` says that the same attempt may work in a moment, within this run.
    """

    def __init__(self, message: str, *, passes: bool = False) -> None:
        self.passes = passes
        super().__init__(message)


class EngineError(BuilderError):
    """The warehouse cannot be reached, went away or failed.

    `code` is its SQLSTATE where it gave one. `passes` says that the connection was lost or not to
    be had, which may be over in a moment; what was under way when it was lost is undone, but for
    a COMMIT, of which nobody knows.
    """

    def __init__(self, message: str, *, code: str = "", passes: bool = False) -> None:
        self.code = code
        self.passes = passes
        super().__init__(message)


class PublishFailed(EngineError):
    """The staged table must not take the live table's place; the live table is as it was."""
