"""An `expect` check as it stands in a file: everything that is wrong in it, with its place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from builder.errors import Problem
from builder.summary.expect import Wrong, wrong_arguments

if TYPE_CHECKING:
    from collections.abc import Mapping

    from builder.summary.literal import Literal

OURS = ("expect", "severity", "on")


def expect_problems(
    literal: Literal, fields: Mapping[str, object], key: str, index: int
) -> list[Problem]:
    """What is wrong with the expectation that is the check `key[index]` of a file."""
    given = {name: value for name, value in fields.items() if name not in OURS}
    wrong = wrong_arguments(str(fields["expect"]), given)
    return [_problem(literal, one, key, index) for one in wrong]


def _problem(literal: Literal, wrong: Wrong, key: str, index: int) -> Problem:
    path = (key, index, *wrong.path)
    node = literal.key_at(*path) if wrong.of_key else literal.node_at(*path)
    shown = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path[1:])
    message = f"`{key}{shown}`: {wrong.message}"
    return Problem(message, literal.source.place_of(node), wrong.hint)
