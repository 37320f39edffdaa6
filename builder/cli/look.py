"""The verbs that only look: show, sql, ls, history."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from builder.cli.arguments import complete_names
from builder.cli.command import USAGE, Command, verb

if TYPE_CHECKING:
    from builder.journal.tables import PastRun
    from builder.relation import Relation

Name = Annotated[
    str, typer.Argument(metavar="TABLE", autocompletion=complete_names, show_default=False)
]
AnyName = Annotated[
    str | None, typer.Argument(metavar="[TABLE]", autocompletion=complete_names, show_default=False)
]
_MOST_ROWS = 200


@verb
def show(
    command: Command,
    table: Name,
    limit: Annotated[int, typer.Option(min=0, help="How many rows.")] = 10,
    schema: Annotated[str | None, typer.Option(help="Another schema than the file's.")] = None,
) -> None:
    """Show the first rows of a live table, and the run that made them."""
    relation, connection = _relation(command, table, schema)
    engine, journal = command.warehouse_of(connection)
    found = engine.rows(relation, limit)
    made = next((r for r in journal.history(relation, 20) if r.status == "published"), None)
    command.screen.note(f"{relation}  {_made(made)}", "head")
    if not command.screen.as_json:
        command.screen.table(found.columns, found.rows)
    command.screen.answer(
        {
            "table": str(relation),
            "run": _as_json(made) if made else None,
            "columns": found.columns,
            "rows": found.rows,
        }
    )


@verb
def sql(
    command: Command,
    query: Annotated[str, typer.Argument(metavar="SQL", show_default=False)],
) -> None:
    """Run one query that cannot write. Text shows the first rows, JSON all of them."""
    from itertools import islice

    from builder.query import Rendered, select
    from builder.summary import Text

    engine, _ = command.warehouse()
    guarded = select(Rendered(query, Text(query)), engine.dialect)
    with engine.query(guarded) as (columns, rows):
        if command.screen.as_json:
            command.screen.answer({"columns": columns, "rows": list(rows)})
            return
        first = list(islice(rows, _MOST_ROWS + 1))
        command.screen.table(columns, first[:_MOST_ROWS])
        if len(first) > _MOST_ROWS:
            command.screen.note(f"the first {_MOST_ROWS} rows; --output json gives all", "dim")
        else:
            command.screen.note(f"{len(first)} row{'s' if len(first) != 1 else ''}", "dim")


@verb
def ls(command: Command) -> int:
    """List the summaries of the project."""
    from builder.errors import ConfigError
    from builder.summary import load_summary, summary_files

    summaries, problems = [], []
    for file in summary_files(command.project):
        try:
            summaries.append(load_summary(file, command.project))
        except ConfigError as error:
            problems.append(error)
    listed = [
        {
            "table": str(summary.target),
            "owner": summary.owner,
            "tags": summary.tags,
            "description": summary.description or "",
            "file": str(summary.file),
        }
        for summary in summaries
    ]
    if not command.screen.as_json:
        rows = [(str(s.target), s.owner, ", ".join(s.tags), s.description or "") for s in summaries]
        command.screen.table(("table", "owner", "tags", "description"), rows)
        if not summaries and not problems:
            command.screen.note(f"{command.project / 'summaries'} holds no summary file yet")
    command.screen.answer(listed)
    for problem in problems:
        command.screen.fail(problem)
    return USAGE if problems else 0


@verb
def history(
    command: Command,
    table: AnyName = None,
    limit: Annotated[int, typer.Option(min=1, help="How many runs.")] = 20,
) -> None:
    """Show the last runs of a table, or of all, the youngest first."""
    relation, connection = _relation(command, table, None) if table else (None, None)
    _, journal = command.warehouse_of(connection)
    runs = journal.history(relation, limit)
    if not command.screen.as_json:
        columns = ("run", "table", "action", "status", "started (UTC)", "seconds", "rows", "error")
        command.screen.table(columns, [_as_row(run) for run in runs])
        if not runs:
            command.screen.note("no run yet")
    command.screen.answer([_as_json(run) for run in runs])


def _relation(command: Command, table: str, schema: str | None) -> tuple[Relation, str | None]:
    """The table that a name means, and its file's connection.

    `schema.table` means that table whether there is a file for it or not.
    """
    from builder.errors import ConfigError
    from builder.relation import Relation
    from builder.summary import find_summary

    try:
        find_summary(table, command.project)
    except ConfigError:
        before, _, name = table.rpartition(".")
        if not before or name == "py":
            raise
        return Relation(before, name), None
    summary = command.summary(table)
    target = summary.into(schema).target if schema else summary.target
    return target, summary.connection


def _made(run: PastRun | None) -> str:
    if run is None or run.finished_at is None:
        return "no run of the builder made it"
    return f"made by run {run.run_id}, {run.finished_at:%Y-%m-%d %H:%M:%S} UTC"


def _as_json(run: PastRun) -> dict[str, object]:
    return {
        "run_id": run.run_id,
        "table": str(run.table),
        "action": run.action,
        "status": run.status,
        "started_at": run.started_at,
        "finished_at": run.finished_at,
        "rows": run.rows,
        "error": run.error,
    }


def _as_row(run: PastRun) -> tuple[object, ...]:
    took = (run.finished_at - run.started_at).total_seconds() if run.finished_at else None
    return (
        run.run_id,
        str(run.table),
        run.action,
        run.status,
        f"{run.started_at:%Y-%m-%d %H:%M:%S}",
        round(took, 2) if took is not None else None,
        run.rows,
        (run.error or "").split("\n")[0],
    )
