"""What was probably meant where a file is no dict: Python's own message knows no analysts."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from builder.errors import Problem

_KEY_BEFORE = re.compile(r"""(['"])\w+\1\s*$""")
_WORDS = {"true": "True", "false": "False", "null": "None", "none": "None"}
# Parts of what Python says; the first that fits counts.
# https://docs.python.org/3.11/whatsnew/3.10.html#syntaxerrors
_HINTS = (
    ("unterminated triple-quoted", "the three quotes that begin here have no end"),
    (
        "unterminated string",
        'the quote that begins here has no end on its line; SQL of several lines stands in """…"""',
    ),
    (
        "Perhaps you forgot a comma",
        'a comma is missing; or a text with \' in it: use "…" around it',
    ),
    ("expected after dictionary key", "after a key stands a colon: 'key': value"),
    ("was never closed", "its other half is missing"),
    ("does not match opening", "something before it was not closed"),
)


def with_hint(problem: Problem) -> Problem:
    """The same problem with what to do about it, where that can be told."""
    place = problem.place
    if place is None:
        return problem
    word = place.source[place.column - 1 : place.column - 1 + place.width]
    if problem.message.endswith(" is computed") and word in _WORDS:
        return replace(problem, hint=f"write `{_WORDS[word]}`")
    if not problem.message.startswith("the file is no Python dict") or problem.hint:
        return problem
    if "expected after dictionary key and" in problem.message:
        return replace(problem, hint="a value is missing behind the colon")
    if word == ":" and _KEY_BEFORE.search(place.source[: place.column - 1]):
        return replace(problem, hint="a comma is missing before this key")
    hint = next((hint for said, hint in _HINTS if said in problem.message), "")
    return replace(problem, hint=hint)
