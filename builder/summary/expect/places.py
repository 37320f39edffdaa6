"""An `expect` check as it stands in a file: everything that is wrong in it, with its place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from builder.errors import Problem
from builder.summary.expect import Wrong, wrong_arguments

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from builder.summary.literal import Literal

OURS = ("expect", "severity", "on")


def expect_problems(
    literal: Literal, fields: Mapping[str, object], key: str, index: int
) -> list[Problem]:
    """What is wrong with the expectation that is the check `key[index]` of a file."""
    given = {name: value for name, value in fields.items() if name not in OURS}
    wrong = [*wrong_arguments(str(fields["expect"]), given), *_wrong_table(fields, key)]
    return [_problem(literal, one, key, index) for one in wrong]


def _wrong_table(fields: Mapping[str, object], key: str) -> Iterator[Wrong]:
    """`on` says which table an input is; of an output there is only one."""
    table = str(fields.get("on"))
    if key == "output_check":
        if "on" in fields:
            message = "the staged table is what an output check is about"
            yield Wrong(("on",), message, "take `on` out, or move the check to `input_check`")
    elif "on" not in fields:
        yield Wrong((), "`on` is missing", "add 'on': 'schema.table', the table to check")
    elif table.count(".") != 1 or not all(part.strip() for part in table.split(".")):
        yield Wrong(("on",), f"{table!r} is no table with its schema", "write 'schema.table'")


def _problem(literal: Literal, wrong: Wrong, key: str, index: int) -> Problem:
    path = (key, index, *wrong.path)
    node = literal.key_at(*path) if wrong.of_key else literal.node_at(*path)
    shown = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path[1:])
    message = f"`{key}{shown}`: {wrong.message}"
    return Problem(message, literal.source.place_of(node), wrong.hint)
