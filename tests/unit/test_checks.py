"""Checks: every comparison, exactly as the numbers are written."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, get_args

import pytest

from builder.checks import Checking, Circumstances, holds
from builder.query import Rendered, Select
from builder.relation import Relation
from builder.run import CheckResult
from builder.summary import Count, Text
from builder.summary.keys import Operator
from builder.testing import FakeEngine

if TYPE_CHECKING:
    from collections.abc import Sequence

    from builder.run import Number


@pytest.mark.parametrize(
    ("op", "expected"),
    [
        ("ge", [False, True, True]),
        ("gt", [False, False, True]),
        ("eq", [False, True, False]),
        ("ne", [True, False, True]),
        ("le", [True, True, False]),
        ("lt", [True, False, False]),
    ],
)
def test_every_comparison_is_what_it_is_called(op: Operator, expected: list[bool]) -> None:
    """Of a number below, at and above the bound, each `op` passes those that its name says."""
    check = Count("c", Text(""), 10, op)

    assert expected == [holds(check, measured) for measured in (9, 10, 11)]


def test_every_comparison_is_tested() -> None:
    """The table above has all of them."""
    assert {"ge", "gt", "eq", "ne", "le", "lt"} == set(get_args(Operator))


def test_comparison_is_ge_unless_said() -> None:
    """A check without `op` is a least number, as in the plugin that such files come from."""
    assert "ge" == Count("c", Text(""), 1).op


@pytest.mark.parametrize(
    ("measured", "op", "count", "expected"),
    [
        (Decimal("0.3"), "eq", 0.3, True),
        (0.1 + 0.2, "eq", 0.3, False),
        (Decimal("0.30"), "eq", 0.3, True),
        (Decimal("0.1"), "eq", 0.1, True),
        (0.1, "eq", 0.1, True),
        (Decimal("1.005"), "gt", 1.005, False),
        (2**53 + 1, "gt", 2**53, True),
        (2**53 + 1, "eq", float(2**53), False),
        (Decimal(10**30 + 1), "gt", 10**30, True),
        (Decimal("-0"), "eq", 0, True),
        (Decimal("Infinity"), "ge", 1, True),
        (-math.inf, "ge", 1, False),
        (1, "lt", math.inf, True),
        (1, "ge", -math.inf, True),
        (0, "eq", 0.0, True),
    ],
)
def test_no_binary_fraction_comes_between(
    measured: Number, op: Operator, count: float, *, expected: bool
) -> None:
    """Numbers are compared as they are written: 0.3 is 0.3, and 2 to the 53rd has a successor."""
    assert expected is holds(Count("c", Text(""), count, op), measured)


TABLE = Relation("analytics", "temp_sales")
NOW = datetime(2026, 11, 20, 6, tzinfo=UTC)


def counting(engine: FakeEngine, checks: Sequence[Count]) -> Checking:
    """These counts, each with the query that is its SQL."""
    queries = [(one, Select(Rendered(one.sql.value, one.sql), one.sql.value)) for one in checks]
    return Checking(checks, queries, engine, Circumstances(TABLE, NOW))


def results(*measured: Number | None) -> list[CheckResult]:
    """The results of checks that measure these numbers."""
    texts = [f"SELECT {n}" for n in range(len(measured))]
    engine = FakeEngine(measures=dict(zip(texts, measured, strict=True)))
    return [*counting(engine, [Count(text, Text(text), 1) for text in texts]).results()]


def test_checks_are_measured_in_the_order_of_the_file() -> None:
    """One result a check, with what was measured and how long it took."""
    found = results(0, 1, 2)

    assert ["SELECT 0", "SELECT 1", "SELECT 2"] == [result.check.label for result in found]
    assert [(False, 0), (True, 1), (True, 2)] == [(r.passed, r.measured) for r in found]
    assert all(result.seconds > 0 for result in found)


def test_checks_are_measured_one_by_one() -> None:
    """A result is there as soon as it is known, before the next check is sent."""
    engine = FakeEngine()
    found = counting(engine, [Count(label, Text("S"), 1) for label in "ab"]).results()
    next(found)

    assert ["measure S"] == engine.calls


def test_null_is_no_number() -> None:
    """A check that measures NULL fails whatever its bound, and says why."""
    (found,) = results(None)

    assert (False, None, "the check returned NULL") == (found.passed, found.measured, found.reason)
    assert "SELECT 0: the check returned NULL" == str(found)


def test_severity_says_whether_a_failure_stops() -> None:
    """Only a critical check that failed stops a run."""
    stops = [
        CheckResult(Count("c", count=1, severity=severity), passed, 0, 0.0).stops
        for severity in ("critical", "warning", "info")
        for passed in (False, True)
    ]

    assert [True, False, False, False, False, False] == stops


@pytest.mark.parametrize("count", ["1e999", "-1e999"])
def test_bound_without_bound_is_still_a_number(count: str) -> None:
    """A number too large for a float is read as infinity, which every count is below."""
    assert (count == "-1e999") is holds(Count("c", count=float(count)), 10**40)
