"""run_checks: measure what a file's checks ask for, and compare."""

from __future__ import annotations

import operator
import time
from decimal import Decimal
from typing import TYPE_CHECKING

from builder.run import CheckResult

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from builder.engines.base import Reader
    from builder.query import Select
    from builder.run import Number
    from builder.summary import Check

_OPERATORS = {
    "ge": operator.ge,
    "eq": operator.eq,
    "ne": operator.ne,
    "gt": operator.gt,
    "le": operator.le,
    "lt": operator.lt,
}


def run_checks(checks: Iterable[tuple[Check, Select]], reader: Reader) -> Iterator[CheckResult]:
    """Each check's result, in the order of the file, as soon as it has been measured."""
    for check, select in checks:
        begun = time.perf_counter()
        measured = reader.measure(select)
        passed = measured is not None and holds(check, measured)
        reason = "" if measured is not None else "the check returned NULL"
        yield CheckResult(check, passed, measured, time.perf_counter() - begun, reason)


def holds(check: Check, measured: Number) -> bool:
    """Whether a measured number is within the check's bound; no binary fraction comes between."""
    wanted = Decimal(str(check.count))
    found = measured if isinstance(measured, Decimal) else Decimal(str(measured))
    return bool(_OPERATORS[check.op](found, wanted))
