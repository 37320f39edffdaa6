"""The verb that says how a publish would change a table: diff."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from math import isfinite
from shlex import quote
from typing import TYPE_CHECKING, Annotated

import typer

from builder.cli.command import DONE, Command, verb
from builder.cli.look import Name

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from builder.engines.comparison import Comparison, Row, Tolerance

DIFFERENT = 1


@verb
def diff(
    command: Command,
    table: Name,
    *,
    key: Annotated[
        list[str] | None,
        typer.Option(metavar="A,B", help="Match rows by these columns, not by the file's key."),
    ] = None,
    tolerance: Annotated[
        list[str] | None,
        typer.Option(metavar="N or N%", help="How far apart equal numbers may be: 0.01, 1%."),
    ] = None,
    rows: Annotated[int, typer.Option(min=0, help="How many examples of each sort.")] = 5,
    schema: Annotated[str | None, typer.Option(help="Another schema than the file's.")] = None,
    timeout: Annotated[
        float | None, typer.Option(metavar="S", min=0.001, help="Stop after so many seconds.")
    ] = None,
    exit_code: Annotated[
        bool, typer.Option("--exit-code", help="Exit with 1 where they differ.")
    ] = False,
) -> int:
    """Compare what `build --no-publish` has staged with the live table, row by row."""
    from builder.cli.differences import show
    from builder.engines.comparison import Request

    summary = command.summary(table)
    summary = summary.into(schema) if schema else summary
    names = dict.fromkeys(name.strip() for one in key or () for name in one.split(","))
    request = Request(
        tuple(name for name in names if name),
        tolerance_of(tolerance or ()),
        rows,
        timeout if timeout is not None else summary.timeout,
    )
    engine, _ = command.warehouse(summary)
    with command.screen.busy(f"compare {summary.target}"):
        found = engine.compare(summary, request)
    if not command.screen.as_json:
        where = f" --schema {quote(schema)}" if schema else ""
        show(command.screen, found)
        if not summary.params:  # else only who has built it knows with which
            command.screen.note(f"\nnext: python -m builder publish {table}{where}", "dim")
    command.screen.answer(as_json(found))
    return DIFFERENT if exit_code and found.is_different else DONE


def tolerance_of(given: Iterable[str]) -> Tolerance:
    """The tolerance that a person means: `0.01` is a distance, `1%` a part of the live number.

    Raises ConfigError for what is neither.
    """
    from builder.engines.comparison import Tolerance

    absolute = relative = Decimal(0)
    for text in given:
        number = _number(text)
        if text.strip().endswith("%"):
            relative = number / 100
        else:
            absolute = number
    return Tolerance(absolute, relative)


def as_json(found: Comparison) -> dict[str, object]:
    """A comparison for programs. What JSON has no number for (NaN, infinity) is text."""
    return {
        "table": str(found.table),
        "is_different": found.is_different,
        "key": found.key,
        "columns": [
            {"column": one.name, "change": one.change, "live": one.live, "staged": one.staged}
            for one in found.columns
        ],
        "rows": {
            "staged": found.staged_rows,
            "live": found.live_rows,
            "added": found.added,
            "removed": found.removed,
            "changed": found.changed,
            "unchanged": found.unchanged,
        },
        "changed_in": found.changed_in,
        "examples": {
            "added": [_row(row) for row in found.added_rows],
            "removed": [_row(row) for row in found.removed_rows],
            "changed": [
                {
                    "key": _values(row.key),
                    "columns": [
                        {"column": name, "live": _value(live), "staged": _value(staged)}
                        for name, (live, staged) in row.values.items()
                    ],
                }
                for row in found.changed_rows
            ],
        },
        "notices": found.notices,
    }


def _row(row: Row) -> dict[str, object]:
    return {"count": row.count, "values": _values(row.values)}


def _values(values: Mapping[str, object]) -> dict[str, object]:
    return {name: _value(value) for name, value in values.items()}


def _value(value: object) -> object:
    is_no_number = isinstance(value, float | Decimal) and not isfinite(value)
    return str(value) if is_no_number else value


def _number(text: str) -> Decimal:
    from builder.errors import ConfigError, Problem

    try:
        number = Decimal(text.strip().removesuffix("%"))
    except InvalidOperation:
        number = Decimal("NaN")
    # A number that is written with an exponent can be too long for any server.
    if number.is_finite() and number >= 0 and abs(number.adjusted()) < 1000:
        return number
    hint = "write a number such as 0.01, or a part of the live number such as 1%"
    raise ConfigError(Problem(f"--tolerance {text} is no distance between numbers", hint=hint))
