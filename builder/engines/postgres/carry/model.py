"""Carried: one thing that goes over from the live table to the incoming one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from builder.engines.base import Statement

if TYPE_CHECKING:
    from builder.engines.postgres.table import Target


@dataclass(frozen=True, slots=True)
class Carried:
    """One thing that is carried over: what it is, and the statements of its transaction.

    `locks_others` says that another table is locked for it, so that it must not wait long.
    """

    what: str
    statements: tuple[Statement, ...]
    locks_others: bool = False


def altered(target: Target, what: str, action: str) -> Carried:
    """One change of the incoming table."""
    return Carried(what, (Statement(f"ALTER TABLE {target.source.sql} {action}"),))
