"""An expectation's arguments, as Great Expectations reads them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from builder.checks.compiled.conditions import predicate
from builder.errors import Problem, QueryFailed
from builder.summary.expect import for_library
from builder.summary.keys import nearest

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from builder.engines.asks import Predicate
    from builder.relation import Relation

Bound = float | date | datetime
_DATE = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:?\d\d)?")


class Unlike(Exception):
    """Nobody here is certain what Great Expectations makes of it."""


@dataclass(frozen=True, slots=True)
class Arguments:
    """The arguments of one expectation, and the relation that they are of."""

    given: Mapping[str, object]
    columns: Mapping[str, str]
    relation: Relation
    known_as: Callable[[str], str | None]

    def __getitem__(self, name: str) -> Any:
        """An argument that has to be there."""
        if name not in self.given:
            raise Unlike
        return self.given[name]

    def get(self, name: str, default: Any = None) -> Any:
        """An argument, or its default where it is left out or None."""
        found = self.given.get(name)
        return default if found is None else found

    @property
    def where(self) -> Predicate:
        """The rows that are looked at."""
        found = predicate(for_library(self.given).get("row_condition"))
        if found is None:
            raise Unlike
        for column in found.columns:
            self.require(column)
        return found.where

    @property
    def mostly(self) -> float:
        """The share of the rows that have to be right."""
        return float(self.get("mostly", 1.0))

    def column(self, name: str = "column") -> str:
        """The column that an argument names; raises QueryFailed if it is not there."""
        return self.require(self[name])

    def require(self, column: object) -> str:
        """The column; raises QueryFailed if it is not there."""
        if not isinstance(column, str):
            raise Unlike
        if column not in self.columns:
            hint = nearest(column, self.columns) or f"it has {', '.join(self.columns)}"
            message = f"{self.relation} has no column `{column}`"
            raise QueryFailed(Problem(message, hint=hint))
        return column

    def bounds(self) -> tuple[Bound | None, Bound | None]:
        """`min_value` and `max_value`."""
        return _bound(self.get("min_value")), _bound(self.get("max_value"))


def _bound(written: object) -> Bound | None:
    """A bound: whatever is a number is a float there, a date a date, and a moment a moment."""
    if written is None:
        return None
    if isinstance(written, int | float):
        return float(written)
    if not isinstance(written, str):
        raise Unlike
    try:
        return float(written)
    except ValueError:
        pass
    try:
        if found := _DATE.fullmatch(written):
            return date(*(int(part) for part in found.groups()))
        if _MOMENT.fullmatch(written):
            return datetime.fromisoformat(written)
    except ValueError:
        pass
    raise Unlike
