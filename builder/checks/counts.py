"""A check that counts: one number, its bound, and its place among those of earlier runs."""

from __future__ import annotations

import operator
from decimal import Decimal
from typing import TYPE_CHECKING

from builder.checks.verdict import Verdict
from builder.run import number

if TYPE_CHECKING:
    from builder.run import Number
    from builder.summary import Count

_OPERATORS = {
    "ge": operator.ge,
    "eq": operator.eq,
    "ne": operator.ne,
    "gt": operator.gt,
    "le": operator.le,
    "lt": operator.lt,
}
_SIGNS = {"ge": "≥", "eq": "=", "ne": "≠", "gt": ">", "le": "≤", "lt": "<"}


def judged(check: Count, measured: Number) -> Verdict:
    """The number against the check's own bound, if it has one."""
    if check.count is None:
        return Verdict(passed=True, measured=measured, found=number(measured))
    bound = check.count
    return Verdict(
        holds(check, measured),
        measured,
        number(measured),
        f"{_SIGNS[check.op]} {number(bound)}",
        bound if check.op in ("ge", "gt", "eq") else None,
        bound if check.op in ("le", "lt", "eq") else None,
    )


def holds(check: Count, measured: Number) -> bool:
    """Whether a measured number is within the check's bound; no binary fraction comes between."""
    wanted = Decimal(str(check.count))
    found = measured if isinstance(measured, Decimal) else Decimal(str(measured))
    return bool(_OPERATORS[check.op](found, wanted))
