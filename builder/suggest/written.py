"""Proposals as the text of a file's `output_check`, written as an analyst writes one."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from builder.suggest.model import Proposal

_WIDE = 110
_KEY, _CHECK, _INSIDE = " " * 4, " " * 8, " " * 9


def text_of(proposals: Sequence[Proposal]) -> str:
    """The lines of `output_check` with its brackets, ready to be pasted into the file's dict."""
    lines = [line for one in proposals for line in _check(one)]
    return "\n".join([f"{_KEY}'output_check': [", *lines, f"{_KEY}],"])


def _check(one: Proposal) -> Iterator[str]:
    # A comment ends with its line, whatever is in a name.
    yield f"{_CHECK}# {''.join(c if c.isprintable() else '·' for c in one.why)}"
    pieces = [f"{key!r}: {value!r}" for key, value in one.check.items()]
    line = f"{_CHECK}{{{pieces[0]}"
    for piece in pieces[1:]:
        if len(line) + len(piece) + 4 <= _WIDE:
            line += f", {piece}"
            continue
        yield f"{line},"
        line = f"{_INSIDE}{piece}"
        while len(line) > _WIDE and (cut := line.rfind("', '", 0, _WIDE)) > 0:
            yield line[: cut + 2]
            line = f"{_INSIDE} {line[cut + 3 :]}"
    yield f"{line}}},"
