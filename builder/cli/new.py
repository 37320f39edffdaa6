"""The verb that writes a first summary file: new."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from builder.cli.command import Command, verb

if TYPE_CHECKING:
    from builder.draft import Draft, Origin
    from builder.engines.base import Engine
    from builder.relation import Relation
    from builder.summary import Summary

DEFAULT_SCHEMA = "analytics"


@verb
def new(
    command: Command,
    table: Annotated[str, typer.Argument(metavar="TABLE", show_default=False)],
    *,
    query: Annotated[
        str | None,
        typer.Option("--from", metavar="SQL", help="The query that makes it; - reads stdin."),
    ] = None,
    from_table: Annotated[
        str | None, typer.Option(metavar="TABLE", help="A table that is there, to be copied.")
    ] = None,
    schema: Annotated[
        str | None, typer.Option(metavar="NAME", help="Where it goes; default: as the others do.")
    ] = None,
    dialect: Annotated[
        str | None, typer.Option(metavar="NAME", help="The query's SQL, if not the warehouse's.")
    ] = None,
    offline: Annotated[
        bool, typer.Option("--offline", help="Ask no warehouse; --from is needed then.")
    ] = False,
) -> None:
    """Write a first summary file, with checks that hold for what is there now."""
    from builder.draft import draft, given, text_of
    from builder.engines import dialect_of
    from builder.errors import ConfigError

    if query is not None and from_table is not None:
        raise ConfigError("--from and --from-table both say what the table is made of: give one")
    if offline and query is None:
        raise ConfigError("--offline: only --from can be read without a warehouse")
    others = _others(command)
    target = _target(table, schema, others)
    file = _file(command, target, others)
    speaks = dialect_of(command.settings)
    chosen = dialect or command.settings.dialect or speaks
    sql = sys.stdin.read() if query == "-" else query
    origin = given(sql, chosen) if sql is not None else None
    engine = None if offline else _engine(command)
    if origin is None:
        assert engine is not None  # noqa: S101 -- --offline without a query was refused above
        origin = _origin(target, engine, chosen, from_table, others)
    with command.screen.busy("looking at the warehouse"):
        made = draft(target, origin, engine, dialect=dialect, connection=command.connection)
    content = text_of(made)
    summary = _required(content, target, chosen if chosen == speaks else None)
    refusal = _refusal(engine, summary)
    _write(file, content)
    _show(command, made, file, refusal)


def _others(command: Command) -> list[Summary]:
    """The summaries that the project has; what is wrong in a file is not asked here."""
    from builder.errors import ConfigError
    from builder.summary import load_summary, summary_files

    found = []
    for file in summary_files(command.project):
        try:
            found.append(load_summary(file, command.project))
        except ConfigError:
            continue
    return found


def _target(table: str, schema: str | None, others: list[Summary]) -> Relation:
    """What is to be made: in the schema that is named, else where most others go."""
    from builder.errors import ConfigError
    from builder.relation import LONGEST_NAME, LONGEST_TABLE, Relation

    before, _, name = table.rpartition(".")
    if before and schema and before != schema:
        raise ConfigError(f"{table} and --schema {schema} name two schemas: give one of them")
    usual = Counter(other.target.schema for other in others).most_common(1)
    target = Relation(before or schema or (usual[0][0] if usual else DEFAULT_SCHEMA), name)
    for what, text, most in (
        ("table", target.name, LONGEST_TABLE),
        ("schema", target.schema, LONGEST_NAME),
    ):
        size = len(text.encode(errors="surrogatepass"))
        if not 0 < size <= most:
            raise ConfigError(f"{text!r}: the name of a {what} has 1 to {most} bytes, not {size}")
        if not text.isprintable() or set(text) & set("/\\{}.") or text.startswith("__"):
            message = f"{text!r} cannot be the name of a {what}: letters, digits and _ can"
            raise ConfigError(message)
    return target


def _file(command: Command, target: Relation, others: list[Summary]) -> Path:
    """Where the file goes; raises ConfigError if it, or another one for the table, is there."""
    from builder.errors import ConfigError, Problem
    from builder.summary.files import FOLDER

    there = [other.file for other in others if other.target == target]
    file = command.project / FOLDER / f"{target.name}.py"
    if there or file.exists():
        shown = there[0] if there else file
        message = f"{shown} is there already: no file is overwritten"
        hint = "take another name, or move that file away" if not there else f"it makes {target}"
        raise ConfigError(Problem(message, hint=hint))
    return file


def _engine(command: Command) -> Engine:
    """The warehouse; where it cannot be reached, no file without numbers stands in the way."""
    from builder.errors import EngineError

    try:
        return command.warehouse()[0]
    except EngineError as error:
        hint = "Nothing was written; --from 'SELECT …' --offline writes a file without numbers."
        raise EngineError(f"{error} {hint}", code=error.code) from error


def _origin(
    target: Relation,
    engine: Engine,
    dialect: str,
    from_table: str | None,
    others: list[Summary],
) -> Origin:
    """The copy of a table: of the one that is named, or of the one that could be meant."""
    from builder.draft import copied, likely

    aside = {target.schema, *(other.target.schema for other in others)}
    if from_table is not None:
        return copied(from_table, engine, dialect, aside)
    return likely(target, engine, dialect, aside)


def _required(content: str, target: Relation, dialect: str | None) -> Summary:
    """The file as a build will read it; raises ConfigError if it would not.

    Without a dialect the SQL is not looked at, since this warehouse does not speak it.
    """
    from tempfile import TemporaryDirectory

    from builder.query import plan
    from builder.summary import load_summary

    with TemporaryDirectory() as folder:
        file = Path(folder) / f"{target.name}.py"
        file.write_text(content, encoding="utf-8")
        summary = load_summary(file, Path(folder))
        if dialect:
            plan(summary, dialect)
    return summary


def _refusal(engine: Engine | None, summary: Summary) -> str:
    """Why a build could not replace the live table, if it could not."""
    from builder.errors import PublishFailed
    from builder.run import Run

    try:
        if engine is not None:
            engine.require_publishable(Run(summary))
    except PublishFailed as error:
        return str(error)
    return ""


def _write(file: Path, content: str) -> None:
    from builder.errors import ConfigError

    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("x", encoding="utf-8") as stream:
            stream.write(content)
    except OSError as error:
        raise ConfigError(f"{file} cannot be written: {error.strerror}") from error


def _show(command: Command, made: Draft, file: Path, refusal: str) -> None:
    """What there is now, what could not be found out, and what can be done next."""
    screen = command.screen
    shown = file.relative_to(command.project)
    notices = [*made.notices, *([refusal] if refusal else [])]
    following = [f"builder build {made.target.name}{more}" for more in (" --no-publish", "")]
    screen.note(f"wrote {shown}: {made.target}", "good")
    for notice in notices:
        screen.say(f"  ! {notice}", "warn")
    screen.note("\nnext: read the file, then", "dim")
    for line in following:
        screen.note(f"  python -m {line}", "dim")
    screen.answer(
        {
            "file": str(shown),
            "table": str(made.target),
            "sources": [str(one) for one in made.sources],
            "primary_key": made.key.columns,
            "notices": notices,
            "next": following,
        }
    )
