"""Values of Python, NumPy and a database driver as JSON has them, without losing a digit."""

from __future__ import annotations

import datetime
import math
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from builder.expectations.messages import Plain

LONGEST = 100
"""A list of more is cut, and its last element says how many are left out."""
_DEEPEST = 20
_WIDEST = 1 << 63


def plain(value: Any, deep: int = 0) -> Plain:
    """The value as JSON: what has no number there, and what is none, is text."""
    if isinstance(value, dict) and deep < _DEEPEST:
        return {exact(str(key)): plain(one, deep + 1) for key, one in value.items()}
    if isinstance(value, list | tuple | set | frozenset) and deep < _DEEPEST:
        shown = [plain(one, deep + 1) for one in list(value)[:LONGEST]]
        left = len(value) - LONGEST
        return [*shown, f"… and {left:,} more"] if left > 0 else shown
    # NumPy's numbers are Python's by their own word for it.
    return _scalar(value.item() if callable(getattr(value, "item", None)) else value)


def _scalar(value: Any) -> bool | int | float | str | None:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        return value if -_WIDEST <= value < _WIDEST else str(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else _not_finite(value)
    if isinstance(value, datetime.date | datetime.time):
        return value.isoformat()
    if isinstance(value, bytes | bytearray | memoryview):
        return "\\x" + bytes(value).hex()
    return exact(str(value))


def exact(text: str) -> str:
    """The text itself, of no subclass: a column's name is one that ignores case."""
    return str.__str__(text)


def _not_finite(value: float) -> str:
    if math.isnan(value):
        return "NaN"
    return "Infinity" if value > 0 else "-Infinity"
