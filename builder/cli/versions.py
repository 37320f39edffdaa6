"""The verbs on versions of a table: history, rollback, drop."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from builder.cli.arguments import complete_names
from builder.cli.build import Schema, Wait
from builder.cli.command import Command, verb
from builder.cli.each import each
from builder.cli.look import Name, past_run, relation_of, summary_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from builder.attempt import Listener
    from builder.engines.base import Engine
    from builder.journal import Journal
    from builder.journal.tables import Kept, PastRun
    from builder.query import Plan
    from builder.run import Run
    from builder.summary import Summary

AnyName = Annotated[
    str | None, typer.Argument(metavar="[TABLE]", autocompletion=complete_names, show_default=False)
]
_COLUMNS = (
    *("table", "run", "action", "status", "rows", "version", "size", "by"),
    *("started (UTC)", "seconds", "note"),
)
_UNITS = ("B", "KiB", "MiB", "GiB", "TiB")


@verb
def history(
    command: Command,
    table: AnyName = None,
    limit: Annotated[int, typer.Option(min=1, help="How many runs.")] = 20,
    schema: Annotated[str | None, typer.Option(help="Another schema than the file's.")] = None,
) -> None:
    """Show the last runs of a table, or of all, and which versions can be brought back."""
    relation, connection = relation_of(command, table, schema) if table else (None, None)
    engine, journal = command.warehouse_of(connection)
    runs = journal.history(relation, limit)
    states = _states(engine, journal, runs)
    if not command.screen.as_json:
        rows = [_as_row(run, states.get(run.run_id)) for run in runs]
        # The table's name is the same in all rows then.
        first = 1 if relation else 0
        command.screen.table(_COLUMNS[first:], [row[first:] for row in rows])
        if not runs:
            command.screen.note("no run yet")
        elif relation and any(state[0] == "kept" for state in states.values()):
            command.screen.note(f"\nnext: python -m builder rollback {table}", "dim")
    command.screen.answer([{**past_run(r), **_version(states.get(r.run_id))} for r in runs])


@verb
def rollback(
    command: Command,
    table: Name,
    *,
    to: Annotated[
        str, typer.Option(metavar="RUN", help="The run whose table is to come back.")
    ] = "",
    schema: Schema = None,
    wait: Wait = 0.0,
) -> int:
    """Bring the previous version of a table back. The next rollback undoes it."""
    from builder import pipeline

    def one(summary: Summary, _plan: Plan | None, listener: Listener) -> Run:
        engine, journal = command.warehouse(summary)
        return pipeline.rollback(
            summary, engine=engine, journal=journal, to=to, wait=wait, listeners=[listener]
        )

    return each(command, [(summary_of(command, table, schema), None)], one)


@verb
def drop(
    command: Command,
    table: Name,
    *,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    schema: Schema = None,
    wait: Wait = 0.0,
) -> int:
    """Drop a table, its kept versions and what is staged for it."""
    from builder import pipeline
    from builder.errors import ConfigError

    summary = summary_of(command, table, schema)
    if not yes and not sys.stdin.isatty():
        raise ConfigError(f"drop {table} asks first: without a terminal, say --yes")
    engine, journal = command.warehouse(summary)
    if not yes:
        kept = len(journal.kept(summary.target))
        what = f"{summary.target}, {kept} version{'s' * (kept != 1)} and what is staged for it"
        if not typer.confirm(f"Drop {what}?", err=True):
            command.screen.say("nothing was dropped", to=sys.stderr)
            return 0

    def one(summary: Summary, _plan: Plan | None, listener: Listener) -> Run:
        return pipeline.drop(
            summary, engine=engine, journal=journal, wait=wait, listeners=[listener]
        )

    return each(command, [(summary, None)], one)


_State = tuple[str, int | None]


def _states(engine: Engine, journal: Journal, runs: Sequence[PastRun]) -> dict[str, _State]:
    """What each run's table is now (live, kept or gone) and its bytes, by the run that made it."""
    states: dict[str, _State] = {}
    for table in dict.fromkeys(run.table for run in runs):
        versions = journal.versions(table)
        there = [version.relation for version in versions if version.can_come_back]
        sizes = engine.sizes([table, *there])
        for version in reversed(versions):
            if version.made_by:
                states[version.made_by] = _state_of(version, sizes.get(version.relation))
        last = next(
            (r for r in runs if r.table == table and r.status in ("published", "dropped")), None
        )
        if last is not None and last.status == "published" and table in sizes:
            states[last.restored or last.run_id] = ("live", sizes[table])
    return states


def _state_of(version: Kept, size: int | None) -> _State:
    is_there = version.can_come_back and size is not None
    return ("kept", size) if is_there else ("gone", None)


def _version(state: _State | None) -> dict[str, object]:
    """What is told of a version to programs; `can_come_back` is what `rollback` can do."""
    what, size = state or (None, None)
    return {"version": what, "bytes": size, "can_come_back": what == "kept"}


def _as_row(run: PastRun, state: _State | None) -> tuple[object, ...]:
    took = (run.finished_at - run.started_at).total_seconds() if run.finished_at else None
    what, size = state or ("", None)
    note = f"to {run.restored}" if run.restored else (run.error or "").split("\n")[0]
    return (
        str(run.table),
        run.run_id,
        run.action,
        run.status,
        run.rows if run.rows is not None else "",
        what,
        _bytes(size) if size is not None else "",
        run.built_by,
        f"{run.started_at:%Y-%m-%d %H:%M:%S}",
        round(took, 2) if took is not None else "",
        note,
    )


def _bytes(size: int) -> str:
    """The size for people: `1.4 GiB`."""
    number, unit = float(size), 0
    while number >= 999.5 and unit < len(_UNITS) - 1:
        number, unit = number / 1024, unit + 1
    digits = 0 if unit == 0 or number >= 99.95 else 1 if number >= 9.995 else 2
    shown = f"{number:.{digits}f}"
    return f"{shown.rstrip('0').rstrip('.') if '.' in shown else shown} {_UNITS[unit]}"
