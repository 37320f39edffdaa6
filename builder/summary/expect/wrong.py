"""One thing that is wrong with an expectation's arguments, in the words of who writes files."""

from __future__ import annotations

from typing import TypeGuard

import msgspec

_WORDS = {
    "text": "text",
    "date": "a date as text",
    "whole number": "a whole number",
    "number": "a number",
    "bool": "True or False",
    "dict": "a dict",
    "quantiles": "a dict",
    "condition": "text or a dict",
    "None": "None",
}
_KINDS: tuple[tuple[type | tuple[type, ...], str], ...] = (
    (str, "text"),
    (bool, "True or False"),
    (int, "a whole number"),
    (float, "a number"),
    ((list, tuple), "a list"),
    (dict, "a dict"),
    (type(None), "None"),
)

Steps = tuple[str | int, ...]


# A dataclass costs half a millisecond to make, which every file with an expectation would pay.
class Wrong(msgspec.Struct, frozen=True):
    """What is wrong, where, and what to write instead.

    The path leads from the check's own keys inwards; it is empty for the check as a whole.
    `of_key` says that the key itself is wrong, and not its value.
    """

    path: Steps
    message: str
    hint: str = ""
    of_key: bool = False


def kind_of(value: object) -> str:
    """What stands in the file, in words."""
    return next((word for kind, word in _KINDS if isinstance(value, kind)), type(value).__name__)


def is_number(value: object) -> TypeGuard[int | float]:
    """Whether a value is a number; to Python, True is one as well."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def wanted(path: Steps, what: str, value: object, hint: str = "") -> Wrong:
    """`what` is wanted, and something else stands there."""
    return Wrong(path, f"{what} is wanted, {kind_of(value)} stands here", hint)


def words(kinds: tuple[str, ...]) -> str:
    """The types of the catalogue in words: `a number, a date as text or None`."""
    *first, last = [_WORDS.get(kind, "a list") for kind in kinds]
    return f"{', '.join(first)} or {last}" if first else last
