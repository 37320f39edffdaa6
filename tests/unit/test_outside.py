"""What Great Expectations answers, as results like any other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from builder.checks.outside import outside_result
from builder.expectations.messages import Answer
from builder.summary import Expectation

if TYPE_CHECKING:
    from builder.run import CheckResult

STDEV = Expectation("a", "expect_column_stdev_to_be_between", {"column": "n", "max_value": 1})


def result(answer: Answer, *sensitive: str) -> CheckResult:
    """The result of one answer."""
    return outside_result(STDEV, answer, frozenset(sensitive))


def test_error_is_an_error_of_the_check() -> None:
    """One line says why there is no finding."""
    found = result(Answer(success=False, error="no such column", seconds=0.5))

    assert (False, None, "no such column", 0.5) == (
        found.passed,
        found.measured,
        found.reason,
        found.seconds,
    )


@pytest.mark.parametrize(
    ("observed", "measured", "found"),
    [
        (2.5, 2.5, "2.5"),
        (150000, 150000, "150,000"),
        (["a", "b"], "['a', 'b']", "['a', 'b']"),
        (None, None, "nothing"),
        ("x" * 300, "x" * 199 + "…", "x" * 199 + "…"),
    ],
)
def test_value_that_was_compared_is_measured(
    observed: object, measured: object, found: str
) -> None:
    """A number stays one, anything else is text, cut where it is long."""
    made = result(Answer(success=True, observed=observed))

    assert (True, measured, found) == (made.passed, made.measured, made.found)


def test_rows_that_fail_are_counted_and_shown() -> None:
    """With all of their columns, sensitive ones masked."""
    made = result(
        Answer(
            success=False,
            element_count=9,
            unexpected_count=2,
            columns=("n", "mail"),
            rows=((1, "a@b.c"), (2, None)),
        ),
        "mail",
    )

    assert (2, "2 of 9 fail") == (made.measured, made.found)
    assert made.failing is not None
    assert (2, 9, ((1, "•••"), (2, None))) == (
        made.failing.count,
        made.failing.of,
        made.failing.rows,
    )


def test_values_are_shown_where_there_are_no_rows() -> None:
    """But not those of a sensitive column."""
    answer = Answer(success=False, element_count=9, unexpected_count=2, values=(1, 2))
    shown, hidden = result(answer).failing, result(answer, "n").failing

    assert shown is not None
    assert hidden is not None
    assert (("value",), ((1,), (2,))) == (shown.columns, shown.rows)
    assert ((), ()) == (hidden.columns, hidden.rows)


def test_observed_value_of_a_sensitive_column_is_masked() -> None:
    """And so is what else there is to say of it."""
    made = result(Answer(success=False, observed=2.5, details={"n": 5}), "n")

    assert (None, "•••") == (made.measured, made.found)


def test_details_are_told_where_it_failed() -> None:
    """What the library says besides."""
    bad = result(Answer(success=False, observed=2.5, details={"n": 5}))
    good = result(Answer(success=True, observed=2.5, details={"n": 5}))

    assert ("2.5 {'n': 5}", "2.5") == (bad.found, good.found)
