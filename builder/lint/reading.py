"""From names to files, and from files to as much of a summary as can be had."""

from __future__ import annotations

import os
import unicodedata
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from builder.engines import dialect_of
from builder.errors import ConfigError, Problem
from builder.lint.dictionary import with_hint
from builder.query import Plan, examined
from builder.query.foreign import ADD
from builder.relation import Relation
from builder.summary import Check, Count, Summary, find_summary, load_summary, summary_files
from builder.summary.literal import read_literal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from builder.settings import Settings
    from builder.summary.literal import Literal


@dataclass(frozen=True, slots=True)
class LintFile:
    """One file: what is wrong in it by itself, and what it means as far as that can be told.

    `shown` is its name for people. `is_whole` says that the summary is what the file says; else
    it is what could be had of a broken file. `dialect` is its SQL's, `engine` the warehouse's;
    `is_told` says that the file or the project names the dialect.
    """

    file: Path
    shown: Path
    problems: tuple[Problem, ...] = ()
    summary: Summary | None = None
    plan: Plan | None = None
    dialect: str = ""
    engine: str = ""
    is_told: bool = False
    is_whole: bool = False

    @property
    def table(self) -> str:
        """The table's name, or nothing."""
        return str(self.summary.target) if self.summary and self.is_whole else ""


def files_named(names: Sequence[str], project: Path) -> tuple[list[Path], list[Problem]]:
    """The files of the names, all of the project's without any, and what is no name of a file.

    A name is a table's, with or without its schema, or a file's path; one that several files
    have means all of them.
    """
    if not names:
        return summary_files(project), []
    files: dict[Path, None] = {}
    problems: list[Problem] = []
    every = summary_files(project)
    for name in names:
        if name.endswith(".py") and os.path.lexists(name):
            files[_in_project(Path(name), project)] = None
            continue
        stem = unicodedata.normalize("NFC", name)
        same = [file for file in every if unicodedata.normalize("NFC", file.stem) == stem]
        try:
            files |= dict.fromkeys(same or _in_schema(name, every) or [find_summary(name, project)])
        except ConfigError as error:
            problems += error.problems
    return list(files), problems


def read_file(file: Path, settings: Settings) -> LintFile:
    """Everything that is wrong with one file by itself."""
    project = settings.project
    shown = file.relative_to(project) if file.is_relative_to(project) else file
    try:
        summary = load_summary(file, project)
    except ConfigError as error:
        problems = tuple(with_hint(problem) for problem in error.problems)
        return _salvaged(file, shown, problems, settings)
    return _examined(LintFile(file, shown, summary=summary, is_whole=True), settings)


def _examined(read: LintFile, settings: Settings) -> LintFile:
    """The file with its SQL looked at."""
    summary = read.summary
    assert summary is not None  # noqa: S101 -- the caller has just made it
    problems = list(read.problems)
    try:
        engine = dialect_of(settings.for_connection(summary.connection))
    except ConfigError as error:
        # Where files are checked, the connections that they name need not be known.
        if read.is_whole:
            problems += [replace(one, severity="warning") for one in error.problems]
        engine = dialect_of(settings)
    told = summary.dialect or settings.dialect
    summary = replace(summary, dialect=told)
    try:
        plan, wrong = examined(summary, engine)
    except ConfigError as error:
        plan, wrong = None, [*error.problems]
    return replace(
        read,
        problems=(*problems, *(_said(told, one) for one in wrong)),
        summary=summary,
        plan=plan,
        dialect=told or engine,
        engine=engine,
        is_told=told is not None,
    )


def _said(told: str | None, problem: Problem) -> Problem:
    """A problem of a file whose dialect is said: there is no line to add."""
    if told is None or problem.hint != ADD:
        return problem
    return replace(problem, hint=f"the file's dialect is {told}, which does not have it")


def _salvaged(
    file: Path, shown: Path, problems: tuple[Problem, ...], settings: Settings
) -> LintFile:
    """A file with a broken dict: its SQL is looked at all the same, where it can be had."""
    read = LintFile(file, shown, problems)
    with suppress(ConfigError):
        literal = read_literal(file, shown)
        if isinstance(_value(literal, "main_sql"), str):
            summary = _partial(literal)
            found = _examined(replace(read, problems=(), summary=summary), settings)
            return replace(found, problems=(*problems, *found.problems))
    return read


def _partial(literal: Literal) -> Summary:
    """A summary with what is right of a broken file."""
    text = {name: _text(literal, name) for name in ("schema", "table", "dialect", "connection")}
    params = _value(literal, "params")
    return Summary(
        Relation(text["schema"] or "schema", text["table"] or literal.source.file.stem),
        literal.text_at(str(_value(literal, "main_sql")), "main_sql"),
        file=literal.source.file,
        input_checks=_checks(literal, "input_check"),
        output_checks=_checks(literal, "output_check"),
        dialect=text["dialect"],
        connection=text["connection"],
        params=params if isinstance(params, dict) else {},
    )


def _checks(literal: Literal, key: str) -> tuple[Check, ...]:
    found: Any = _value(literal, key)
    return tuple(
        Count(f"{key}[{index}]", literal.text_at(fields["sql"], key, index, "sql"), 0)
        for index, fields in enumerate(found if isinstance(found, list) else ())
        if isinstance(fields, dict) and isinstance(fields.get("sql"), str)
    )


def _value(literal: Literal, name: str) -> object:
    return literal.entries[name].value if name in literal.entries else None


def _text(literal: Literal, name: str) -> str | None:
    value = _value(literal, name)
    return value if isinstance(value, str) else None


def _in_project(file: Path, project: Path) -> Path:
    """A path as `summary_files` has it, where it is one of the project's."""
    path, root = Path(os.path.abspath(file)), Path(os.path.abspath(project))  # noqa: PTH100 -- a link that leads nowhere stays one
    return project / path.relative_to(root) if path.is_relative_to(root) else file


def _in_schema(name: str, files: Sequence[Path]) -> list[Path]:
    """The files of the table `schema.table`; a broken one cannot say that it is not."""
    schema, _, table = unicodedata.normalize("NFC", name).rpartition(".")
    found = []
    for file in files if schema else ():
        if unicodedata.normalize("NFC", file.stem) != table:
            continue
        try:
            if load_summary(file).target.schema == schema:
                found.append(file)
        except ConfigError:
            found.append(file)
    return found
