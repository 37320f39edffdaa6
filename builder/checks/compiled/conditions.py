"""`row_condition`: which rows an expectation looks at.

It is one of Great Expectations' Condition objects as a dict, with its `type`; a text such as
`col("channel") == "Naver"` has been read as one before.
https://docs.greatexpectations.io/docs/core/customize_expectations/expectation_conditions/
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from builder.engines import asks

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_OPERATORS: Mapping[str, asks.Comparison] = {
    "==": "=",
    "!=": "<>",
    "<": "<",
    "<=": "<=",
    ">": ">",
    ">=": ">=",
}


@dataclass(frozen=True, slots=True)
class Condition:
    """The rows that are looked at, and the columns that say which these are."""

    where: asks.Predicate = asks.EVERY
    columns: tuple[str, ...] = ()


def predicate(written: object) -> Condition | None:
    """The condition of a dict; None for what only Great Expectations can read."""
    if written is None:
        return Condition()
    return _of_dict(written) if isinstance(written, dict) else None


def _of_dict(written: Mapping[str, Any]) -> Condition | None:
    match written:
        case {"type": "nullity", "column": {"name": str(column)}, "is_null": bool(is_null)}:
            missing = asks.Missing(column)
            return Condition(missing if is_null else asks.Not(missing), (column,))
        case {
            "type": "comparison",
            "column": {"name": str(column)},
            "operator": str(op),
            "parameter": value,
        }:
            return _compared(column, op, value)
        case {"type": "and" | "or" as kind, "conditions": [_, *_] as parts}:
            return _joined(kind, parts)
    return None


def _compared(column: str, op: str, value: Any) -> Condition | None:
    if op in ("IN", "NOT_IN") and isinstance(value, list | tuple):
        among = asks.Among(column, tuple(value))
        return Condition(among if op == "IN" else asks.Not(among), (column,))
    if op in _OPERATORS and isinstance(value, str | int | float):
        return Condition(asks.Compare(asks.Value(column), _OPERATORS[op], value), (column,))
    return None


def _joined(kind: str, parts: Sequence[object]) -> Condition | None:
    found = [_of_dict(part) if isinstance(part, dict) else None for part in parts]
    conditions = [one for one in found if one is not None]
    if len(conditions) < len(parts):
        return None
    wheres = tuple(one.where for one in conditions)
    columns = tuple(column for one in conditions for column in one.columns)
    return Condition(asks.Both(wheres) if kind == "and" else asks.Either(wheres), columns)
