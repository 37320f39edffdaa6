"""From names and options to summaries with their SQL, before anything is tried."""

from __future__ import annotations

from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from builder.cli.command import Command
    from builder.errors import Problem
    from builder.query import Plan
    from builder.query.memory import Memory
    from builder.summary import Summary
    from builder.summary.keys import Scalar


def complete_names(incomplete: str) -> list[str]:
    """The names of summary files that begin so, for the shell."""
    from builder.summary import summary_files

    return [file.stem for file in summary_files(Path()) if file.stem.startswith(incomplete)]


def planned(
    command: Command,
    tables: list[str] | None,
    schema: str | None,
    param: list[str] | None,
    *,
    writes: bool = True,
    is_live: bool = False,
) -> list[tuple[Summary, Plan]]:
    """All of the files with their SQL, read before anything is tried.

    What it means is remembered for the next time, unless nothing is to be written. With `is_live`
    the output checks are of the live table. Raises ConfigError with every problem of every file.
    """
    from builder.engines import HOME, dialect_of
    from builder.errors import ConfigError, Problem
    from builder.query import plan
    from builder.query.memory import Memory

    require_names(command, tables)
    where = [f" --schema {quote(schema)}"] if schema else []
    command.options = "".join([*where, *(f" --param {quote(one)}" for one in param or ())])
    memory = Memory(command.project / HOME / "plans") if writes else None
    given = _params(param or [])
    found: list[tuple[Summary, Plan]] = []
    problems: list[Problem] = []
    for name in dict.fromkeys(tables or ()):
        try:
            summary = command.summary(name)
            summary = summary.into(schema) if schema else summary
            summary = summary.given(_typed(summary, given))
            dialect = dialect_of(command.settings.for_connection(summary.connection))
            checked = summary.target if is_live else None
            found.append((summary, plan(summary, dialect, memory=memory, checked=checked)))
        except ConfigError as error:
            problems += error.problems
    targets = [summary.target for summary, _ in found]
    twice = sorted({str(target) for target in targets if targets.count(target) > 1})
    problems += [Problem(f"two of the files would be built into {target}") for target in twice]
    unknown = [name for name in given if not any(name in summary.params for summary, _ in found)]
    if found and unknown and not problems:
        problems.append(_unknown_param(unknown[0], found))
    if problems:
        raise ConfigError(*problems)
    return [
        (summary, _sendable(command, summary, plan, memory, is_live=is_live))
        for summary, plan in found
    ]


def require_names(command: Command, tables: list[str] | None) -> None:
    """Raises ConfigError where no table is named."""
    from builder.errors import ConfigError, Problem
    from builder.summary import summary_files

    if not tables:
        names = [file.stem for file in summary_files(command.project)]
        hint = f"there are {', '.join(names)}" if names else "there is no summary file yet"
        raise ConfigError(Problem("name the tables that you mean", hint=hint))


def _sendable(
    command: Command, summary: Summary, plan: Plan, memory: Memory | None, *, is_live: bool
) -> Plan:
    """The plan in the warehouse's own SQL, which for another dialect has to be looked at."""
    from builder.query import plan as plan_of

    if not plan.is_foreign:
        return plan
    engine, _ = command.warehouse(summary)
    checked = summary.target if is_live else None
    return plan_of(summary, engine.dialect, engine.columns, memory, checked)


def _params(given: list[str]) -> dict[str, str]:
    from builder.errors import ConfigError

    for text in given:
        if "=" not in text:
            raise ConfigError(f"--param {text}: write it as NAME=VALUE")
    return {name: value for name, _, value in (text.partition("=") for text in given)}


def _typed(summary: Summary, given: dict[str, str]) -> dict[str, Scalar]:
    """The given values as the types that the file's own values have."""
    import msgspec

    from builder.errors import ConfigError

    values: dict[str, Scalar] = {}
    for name in given.keys() & summary.params.keys():
        default = summary.params[name]
        kind: type[Any] = str if default is None else type(default)
        try:
            values[name] = msgspec.convert(given[name], kind, strict=False)
        except msgspec.ValidationError as error:
            message = f"--param {name}={given[name]} is no {kind.__name__}, as {default!r} is"
            raise ConfigError(f"{message}, the value in {summary.file}") from error
    return values


def _unknown_param(name: str, found: list[tuple[Summary, Plan]]) -> Problem:
    from builder.errors import Problem
    from builder.summary.keys import nearest

    known = sorted({param for summary, _ in found for param in summary.params})
    hint = nearest(name, known) or (f"there are {', '.join(known)}" if known else "")
    files = ", ".join(str(summary.file) for summary, _ in found)
    return Problem(f"--param {name}: `params` of {files} has no such name", hint=hint)
