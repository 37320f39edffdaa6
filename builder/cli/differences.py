"""A comparison as people read it, in 80 columns."""

from __future__ import annotations

from itertools import takewhile
from typing import TYPE_CHECKING

from builder.cli.screen import clipped, plain, width_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from builder.cli.screen import Screen
    from builder.engines.comparison import ChangedRow, Comparison, Row

_WIDEST_NAME = 30
_WIDTH = 120
"""Columns of a line where no terminal says how many it has."""


def show(screen: Screen, found: Comparison) -> None:
    """What differs and how much of it, then examples."""
    by = f"matched by {', '.join(found.key)}" if found.key else "matched as a whole"
    if found.live_rows is None:
        screen.say(f"{found.table}: there is no live table yet, all rows are new", "head")
    else:
        screen.say(f"{found.table}: staged against live, rows {by}", "head")
    for notice in found.notices:
        screen.say(f"  ! {notice}", "warn")
    if found.columns:
        screen.say()
        kinds = [(one.name, one.live or "(none)", one.staged or "(none)") for one in found.columns]
        screen.table(("column", "live", "staged"), kinds)
    screen.say()
    for line in counted(_counts(found)):
        screen.say(line)
    if changed := {name: number for name, number in found.changed_in.items() if number}:
        screen.say("\nrows changed in", "head")
        for line in counted(changed):
            screen.say(line)
    _show_changed(screen, found)
    _show_rows(screen, "added", found.added_rows, found.added)
    _show_rows(screen, "removed", found.removed_rows, found.removed)
    if not found.is_different:
        screen.say("\nno difference", "good")


def counted(numbers: Mapping[str, int]) -> list[str]:
    """Names with their numbers, one below the other."""
    names = [_text(name) for name in numbers]
    widest = max(map(width_of, names))
    digits = max(len(f"{number:,}") for number in numbers.values())
    return [
        f"  {name}{' ' * (widest - width_of(name))}  {number:>{digits},}"
        for name, number in zip(names, numbers.values(), strict=True)
    ]


def changed_lines(row: ChangedRow, width: int) -> Iterator[str]:
    """A row that has changed: its key, and below it each column that differs."""
    key = ", ".join(f"{_text(name)} {_text(value)}" for name, value in row.key.items())
    yield clipped(f"  {key}", width)
    names = {name: clipped(_text(name), _WIDEST_NAME) for name in row.values}
    widest = max((width_of(name) for name in names.values()), default=0)
    for name, (live, staged) in row.values.items():
        room = width - widest - len("      ") - len(" → ")
        old, new = side_by_side(_text(live), _text(staged), room)
        yield f"    {names[name]}{' ' * (widest - width_of(names[name]))}  {old} → {new}"


def side_by_side(live: str, staged: str, room: int) -> tuple[str, str]:
    """Both texts, cut so that they fit into `room` together and can be told apart.

    Where both are long, what they have in common at their beginning goes first.
    """
    if width_of(live) + width_of(staged) <= room:
        return live, staged
    half = room // 2
    alike = takewhile(lambda two: two[0] == two[1], zip(live, staged, strict=False))
    same = sum(1 for _ in alike)
    if same > half // 2 and min(width_of(live), width_of(staged)) > half:
        # Korean takes two columns a letter.
        begin = same - half // 4
        live, staged = f"…{live[begin:]}", f"…{staged[begin:]}"
    left = max(half, room - width_of(staged))
    live = clipped(live, left)
    return live, clipped(staged, room - width_of(live))


def _counts(found: Comparison) -> dict[str, int]:
    numbers = {"staged": found.staged_rows}
    if found.live_rows is None:
        return numbers
    numbers |= {"live": found.live_rows, "added": found.added, "removed": found.removed}
    if found.key:
        numbers["changed"] = found.changed
    return numbers | {"the same": found.unchanged}


def _show_changed(screen: Screen, found: Comparison) -> None:
    if not found.changed_rows:
        return
    width = screen.width or _WIDTH
    said = _of("changed", len(found.changed_rows), found.changed)
    screen.say(f"\n{said}, live → staged", "head")
    for row in found.changed_rows:
        for line in changed_lines(row, width):
            screen.say(line)


def _show_rows(screen: Screen, sort: str, rows: Sequence[Row], number: int) -> None:
    if not rows:
        return
    screen.say(f"\n{_of(sort, sum(row.count for row in rows), number)}", "head")
    # What the same row stands there for more than once is said before its values.
    times = any(row.count > 1 for row in rows)
    columns = [*(["times"] if times else []), *rows[0].values]
    screen.table(columns, [[*([r.count] if times else []), *r.values.values()] for r in rows])


def _of(sort: str, shown: int, number: int) -> str:
    return f"{sort}: {shown:,} of {number:,}" if shown < number else f"{sort}: {number:,}"


def _text(value: object) -> str:
    return plain("NULL" if value is None else str(value)).replace("\n", "·").replace("\t", "·")
