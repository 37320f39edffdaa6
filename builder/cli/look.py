"""The verbs that only look: show, sql, ls."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from builder.cli.arguments import complete_names
from builder.cli.command import USAGE, Command, verb

if TYPE_CHECKING:
    from builder.journal.tables import PastRun
    from builder.relation import Relation
    from builder.summary import Summary

Name = Annotated[
    str, typer.Argument(metavar="TABLE", autocompletion=complete_names, show_default=False)
]
_MOST_ROWS = 200


@verb
def show(
    command: Command,
    table: Name,
    limit: Annotated[int, typer.Option(min=0, help="How many rows.")] = 10,
    schema: Annotated[str | None, typer.Option(help="Another schema than the file's.")] = None,
    *,
    attached: Annotated[
        bool, typer.Option("--attached", help="What stands on it that the file does not declare.")
    ] = False,
) -> None:
    """Show the first rows of a live table, and the run that made them."""
    if attached:
        _show_attached(command, summary_of(command, table, schema))
        return
    from builder.checks.masking import masked_rows

    summary = summary_of(command, table, schema)
    relation = summary.target
    engine, journal = command.warehouse(summary)
    found = engine.rows(relation, limit)
    columns, rows = masked_rows(found.columns, found.rows, summary.sensitive)
    made = next((r for r in journal.history(relation, 20) if r.status == "published"), None)
    command.screen.note(f"{relation}  {_made(made)}", "head")
    if not command.screen.as_json:
        command.screen.table(columns, rows)
    command.screen.answer(
        {
            "table": str(relation),
            "run": past_run(made) if made else None,
            "columns": columns,
            "rows": rows,
        }
    )


def _show_attached(command: Command, summary: Summary) -> None:
    """What hangs on the live table, and what becomes of it in a build."""
    engine, _ = command.warehouse(summary)
    found = engine.attached(summary)
    if not command.screen.as_json:
        command.screen.table(("what", "name", "in a build"), found)
        if not found:
            command.screen.note(f"nothing but what the file declares stands on {summary.target}")
    command.screen.answer([dict(zip(("kind", "name", "fate"), one, strict=True)) for one in found])


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


def summary_of(command: Command, table: str, schema: str | None) -> Summary:
    """The summary of a name. `schema.table` means that table, also without a file that is right."""
    from builder.errors import ConfigError
    from builder.relation import Relation
    from builder.summary import Summary, Text

    try:
        summary = command.summary(table)
    except ConfigError:
        before, _, name = table.rpartition(".")
        if not before or name == "py":
            raise
        summary = Summary(Relation(before, name), Text(""))
    return summary.into(schema) if schema else summary


def relation_of(command: Command, table: str, schema: str | None) -> tuple[Relation, str | None]:
    """The table that a name means, and its file's connection."""
    summary = summary_of(command, table, schema)
    return summary.target, summary.connection


def _made(run: PastRun | None) -> str:
    if run is None or run.finished_at is None:
        return "no run of the builder made it"
    return f"made by run {run.run_id}, {run.finished_at:%Y-%m-%d %H:%M:%S} UTC"


def past_run(run: PastRun) -> dict[str, object]:
    """One run of the journal for programs."""
    return {
        "run_id": run.run_id,
        "table": str(run.table),
        "action": run.action,
        "status": run.status,
        "started_at": run.started_at,
        "finished_at": run.finished_at,
        "rows": run.rows,
        "error": run.error,
        "built_by": run.built_by,
        "restored": run.restored,
    }
