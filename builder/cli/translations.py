"""SQL as its author wrote it beside SQL as it is sent, for `build --dry-run`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from builder.cli.screen import width_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from builder.query import Plan, Rendered

_WIDEST = 160  # columns, where there is no terminal to say
_RULE = " | "


def translations(plan: Plan) -> list[dict[str, str]]:
    """Each text of a plan that was translated: where it stands, as written and as sent."""
    texts: list[tuple[str, Rendered]] = [
        ("main_sql", plan.main.sql),
        *((check.label, select.sql) for check, select in (*plan.inputs, *plan.outputs)),
        *(("pre_sql", sql) for sql in plan.before),
        *(("after_sql", sql) for sql in plan.after),
    ]
    return [
        {"of": name, "written": sql.written.text, "sent": sql.text}
        for name, sql in texts
        if sql.written is not None
    ]


def side_by_side(texts: Sequence[dict[str, str]], width: int | None) -> Iterator[str]:
    """The texts in two columns, as comments; a line that is too long goes on in the next."""
    half = ((width or _WIDEST) - len("-- ") - len(_RULE)) // 2
    for text in texts:
        yield f"-- {text['of']}, as written and as sent:"
        columns = [_lines(text[side], half) for side in ("written", "sent")]
        for number in range(max(len(column) for column in columns)):
            left, right = (c[number] if number < len(c) else "" for c in columns)
            yield f"-- {left}{' ' * (half - width_of(left))}{_RULE}{right}".rstrip()


def _lines(text: str, width: int) -> list[str]:
    """The lines of a text without the space that they all begin with, none wider than `width`."""
    import textwrap

    found: list[str] = []
    for line in textwrap.dedent(text.expandtabs(4)).strip("\n").splitlines():
        rest = line.rstrip()
        while width_of(rest) > width:
            end = max(n for n in range(1, len(rest)) if width_of(rest[:n]) <= width)
            space = rest.rfind(" ", len(rest) - len(rest.lstrip()) + 1, end + 1)
            end = space if space > width // 3 else end
            found.append(rest[:end].rstrip())
            rest = "    " + rest[end:].lstrip()
        found.append(rest)
    return found
