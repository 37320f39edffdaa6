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

    `locks_others` says that another table is locked for it, so that it must not wait long;
    `rewrites`, that all rows are written anew, so that older snapshots see none of them; and
    `is_optional`, that a version comes back without it rather than not at all.
    """

    what: str
    statements: tuple[Statement, ...]
    locks_others: bool = False
    rewrites: bool = False
    is_optional: bool = False


def altered(target: Target, what: str, action: str, *, rewrites: bool = False) -> Carried:
    """One change of the incoming table."""
    statement = Statement(f"ALTER TABLE {target.source.sql} {action}")
    return Carried(what, (statement,), rewrites=rewrites)
