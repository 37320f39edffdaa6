"""Proposal, Suggestion: checks for a table, each with the figures that it rests on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from builder.relation import Relation


Said = tuple[str, tuple[str, ...]]
"""The kind of a check, and the columns that it is of."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """One check as a file has it, and why; `kind` and `columns` are what it is about.

    Those with a higher `weight` tell more.
    """

    kind: str
    columns: tuple[str, ...]
    check: Mapping[str, object]
    why: str
    weight: int

    @property
    def about(self) -> Said:
        """Its kind and its columns."""
        return self.kind, self.columns


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What is proposed for one relation, all of which holds for it now.

    `seconds` is how long the look took, and `check_seconds` how long the checks themselves did.
    `notices` are for who asked, not for the file.
    """

    relation: Relation
    rows: int
    proposals: tuple[Proposal, ...] = ()
    notices: tuple[str, ...] = ()
    seconds: float = 0.0
    check_seconds: float = 0.0
