"""What a live table has and its file does not say, as text to paste into the file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from builder.summary import Summary


def paste_lines(summary: Summary, said: Mapping[str, Any]) -> list[str]:
    """Lines of the file's dict, a key each; nothing that the file says already, or otherwise."""
    lines = []
    if said.get("description") and summary.description is None:
        lines.append(_line("description", said["description"]))
    lines += _columns(summary, said.get("columns", {}))
    key = said.get("primary_key")
    if key and not summary.primary_key:
        lines.append(_line("primary_key", list(key)))
    for name, mine in (("unique", summary.unique), ("indexes", summary.indexes)):
        lines += _lists(name, mine, said.get(name, ()))
    return lines


def _columns(summary: Summary, comments: Mapping[str, str]) -> list[str]:
    mine = {column.name for column in summary.columns if column.description}
    missing = {name: text for name, text in comments.items() if name not in mine}
    if not missing:
        return []
    entries = [f"    {name!r}: {text!r}," for name, text in missing.items()]
    if summary.columns:
        return ["# into 'columns':", *entries]
    return ["'columns': {", *entries, "},"]


def _lists(name: str, mine: Sequence[object], there: Sequence[object]) -> list[str]:
    """Keys and indexes by their columns; of those written as SQL, which cannot be compared, all
    unless the file has as many."""
    listed = [list(one) for one in mine if isinstance(one, tuple)]
    written = sum(not isinstance(one, tuple) for one in mine)
    missing: list[object] = [c for c in there if isinstance(c, list) and c not in listed]
    as_sql = [one for one in there if isinstance(one, str)]
    if len(as_sql) > written:
        missing += as_sql
    if not missing:
        return []
    if mine:
        return [f"# into {name!r}:", *(f"    {one!r}," for one in missing)]
    return [_line(name, missing)]


def _line(name: str, value: object) -> str:
    return f"{name!r}: {value!r},"
