"""Rows for people, without the values that nobody is to see."""

from __future__ import annotations

from typing import TYPE_CHECKING

from builder.run import MASK

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

Shown = tuple[tuple[str, ...], tuple[tuple[object, ...], ...]]


def masked_rows(
    columns: Sequence[str], rows: Sequence[Sequence[object]], sensitive: Collection[str]
) -> Shown:
    """Columns and rows, each value of a sensitive column masked; NULL stays NULL."""
    hidden = [name in sensitive for name in columns]
    return tuple(columns), tuple(
        tuple(
            MASK if is_hidden and value is not None else value
            for value, is_hidden in zip(row, hidden, strict=True)
        )
        for row in rows
    )
