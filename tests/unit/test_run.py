"""Run: its name, its clock, its steps, and numbers as people read them."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from builder.relation import Relation
from builder.run import CheckResult, Run, number
from builder.summary import Count, Summary, Text

if TYPE_CHECKING:
    from builder.run import Number

SALES = Summary(Relation("a", "sales"), Text("SELECT 1"), notices=("`window` has no effect",))
NOW = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)


def test_run_is_called_after_its_time_and_unlike_any_other() -> None:
    """Two runs of the same second have two names, both of the same length."""
    one, two = (Run(SALES, clock=lambda: NOW) for _ in range(2))

    assert "20261120093000_" == one.run_id[:15]
    assert one.run_id != two.run_id
    assert 21 == len(one.run_id) == len(two.run_id)


def test_run_counts_its_seconds_until_it_ends() -> None:
    """`seconds` grows with the clock and stands still at the end."""
    times = iter(NOW + timedelta(seconds=n) for n in range(10))
    run = Run(SALES, clock=lambda: next(times))

    assert [1.0, 2.0] == [run.seconds, run.seconds]
    run.finished("staged")
    assert [3.0, 3.0] == [run.seconds, run.seconds]


def test_run_begins_with_the_notices_of_its_file() -> None:
    """What a file says in vain is told with every run of it."""
    run = Run(SALES)
    run.notices.append("more")

    assert ["`window` has no effect", "more"] == run.notices
    assert ("`window` has no effect",) == SALES.notices


@pytest.mark.parametrize(
    ("error", "is_published", "expected"),
    [
        (ValueError(), False, "failed"),
        (KeyboardInterrupt(), False, "interrupted"),
        (SystemExit(), False, "interrupted"),
        (ValueError(), True, "published"),
        (KeyboardInterrupt(), True, "published"),
    ],
)
def test_how_a_run_ends(error: BaseException, *, is_published: bool, expected: str) -> None:
    """An error fails it, an interruption interrupts it, and nothing unpublishes a table."""
    run = Run(SALES, is_published=is_published)
    run.failed(error)

    assert expected == run.status
    assert error is run.error


@pytest.mark.parametrize(
    ("is_published", "is_dropped", "expected"),
    [(False, False, "staged"), (True, False, "published"), (False, True, "dropped")],
)
def test_run_ends_as_what_has_become_of_its_table(
    expected: str, *, is_published: bool, is_dropped: bool
) -> None:
    """Whether it ends well, or fails once that cannot be taken back."""
    run = Run(SALES, is_published=is_published, is_dropped=is_dropped)
    run.finished()

    assert expected == run.status
    run.failed(ValueError())

    assert ("failed" if expected == "staged" else expected) == run.status


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, "NULL"),
        (0, "0"),
        (150000, "150,000"),
        (-1234, "-1,234"),
        (0.5, "0.5"),
        (1234.5, "1,234.5"),
        (Decimal("1234.50"), "1,234.5"),
        (1 / 3, "0.3333333333"),
        (Decimal("123456.78905"), "123,456.789"),
        (10**18, "1.000000e+18"),
        (Decimal("150000.00"), "150,000"),
        (Decimal("1E+3"), "1,000"),
        (Decimal("NaN"), "NaN"),
        (Decimal("Infinity"), "Infinity"),
        (math.inf, "inf"),
    ],
)
def test_number_is_shown_with_thousands_apart(value: Number | None, expected: str) -> None:
    """Whole numbers have no decimals, others at most ten digits; NULL is called so."""
    assert expected == number(value)


def test_check_is_shown_with_found_and_wanted() -> None:
    """One line says the check, what was found and what was wanted."""
    check = Count("output_check[0]", count=1000, op="lt")

    result = CheckResult(check, False, 2500, 0.1, "< 1,000", "2,500")  # noqa: FBT003 -- as the dataclass has it

    assert "output_check[0]: 2,500, wanted < 1,000" == str(result)
