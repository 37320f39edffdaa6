"""A draft as the text of a summary file, written as an analyst writes one."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from builder.draft.model import Draft, DraftCheck

_WIDE = 110


def text_of(draft: Draft) -> str:
    """The file; what is read from it is exactly what the draft holds."""
    lines = [
        "# Drafted by `builder new`: its numbers are of that day. Read it, and make it yours.",
        "{",
        *_entry("table", draft.target.name),
        *_entry("schema", draft.target.schema),
        *(_entry("dialect", draft.dialect) if draft.dialect else ()),
        *(_entry("connection", draft.connection) if draft.connection else ()),
        *(_entry("description", draft.description) if draft.description else ()),
        *_columns(draft),
        *_checks("input_check", draft.inputs),
        f"    'main_sql': {_block(draft.query)},",
        *([f"    # {draft.key.why}"] if draft.key.why else []),
        *(_entry("primary_key", [*draft.key.columns]) if draft.key.columns else ()),
        *(_entry("unique", [*draft.unique]) if draft.unique else ()),
        *(_entry("indexes", [*draft.indexes]) if draft.indexes else ()),
        *_checks("output_check", draft.outputs),
        "}",
    ]
    return "\n".join(lines) + "\n"


def _entry(key: str, value: object, indent: int = 4) -> list[str]:
    """A key and its value; a text that is too long for a line goes on below itself."""
    space = " " * indent
    line = f"{space}{key!r}: {value!r},"
    if len(line) <= _WIDE or not isinstance(value, str):
        return [line]
    below = " " * len(f"{space}{key!r}: ")
    pieces = [repr(piece) for piece in _split(value, _WIDE - len(below) - 4)]
    lines = [f"{space}{key!r}: {pieces[0]}", *(below + piece for piece in pieces[1:])]
    return [*lines[:-1], lines[-1] + ","]


def _split(text: str, width: int) -> list[str]:
    """The text in pieces that are cut after a space, where it has one."""
    pieces = [""]
    for word in re.findall(r"[^ ]* ?", text):
        if pieces[-1] and len(pieces[-1]) + len(word) > width:
            pieces.append("")
        pieces[-1] += word
    return pieces


def _columns(draft: Draft) -> list[str]:
    if not draft.columns:
        return []
    inner = [line for name, said in draft.columns.items() for line in _entry(name, said, 8)]
    return ["    'columns': {", *inner, "    },"]


def _checks(key: str, checks: tuple[DraftCheck, ...]) -> list[str]:
    if not checks:
        return []
    lines = [f"    {key!r}: ["]
    for check in checks:
        lines.append(f"        # {check.why}")
        bound = f"'count': {check.count}" + (f", 'op': {check.op!r}" if check.op != "ge" else "")
        line = f"        {{'sql': {check.sql!r}, {bound}}},"
        if len(line) > _WIDE:
            pieces = [check.sql]
            if len(line) - len(bound) > _WIDE:
                pieces = [piece for piece in _split(check.sql, _WIDE - 24) if piece]
            sql = ("\n" + " " * 16).join(repr(piece) for piece in pieces)
            line = f"        {{'sql': {sql},\n         {bound}}},"
        lines.append(line)
    return [*lines, "    ],"]


def _block(sql: str) -> str:
    """SQL between triple quotes; what Python would read in another way is written as an escape."""
    kept = "".join(
        c if c.isprintable() or c in "\n\t" else repr(c)[1:-1] for c in sql.replace("\\", "\\\\")
    )
    kept = re.sub(r'"""|"+\Z', lambda quotes: len(quotes[0]) * '\\"', kept)
    return f'"""{kept}"""'
