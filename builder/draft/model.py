"""Draft: what a first summary file will say, as frozen values."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from builder.relation import Relation


@dataclass(frozen=True, slots=True)
class DraftCheck:
    """One check, and the comment that says why it is there."""

    sql: str
    count: int
    why: str
    op: str = "ge"


@dataclass(frozen=True, slots=True)
class Key:
    """The primary key, empty where none is known; `why` where it was only seen to hold."""

    columns: tuple[str, ...] = ()
    why: str = ""
    is_grouping: bool = False
    notices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Draft:
    """What a file will say; `notices` are for who asked for it, not for the file."""

    target: Relation
    query: str
    description: str = ""
    dialect: str | None = None
    connection: str | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    inputs: tuple[DraftCheck, ...] = ()
    outputs: tuple[DraftCheck, ...] = ()
    key: Key = field(default_factory=Key)
    unique: tuple[object, ...] = ()
    indexes: tuple[object, ...] = ()
    sources: tuple[Relation, ...] = ()
    notices: tuple[str, ...] = ()
