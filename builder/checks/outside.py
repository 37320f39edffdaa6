"""The checks that only Great Expectations can answer, and what its answers come to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from builder.checks.masking import masked_rows
from builder.checks.verdict import spread
from builder.errors import Problem, QueryFailed
from builder.run import CheckResult, Failing, number
from builder.summary.expect import columns_named

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from builder.expectations import Answer, Ticket
    from builder.summary import Expectation


def outside_results(
    asked: Sequence[tuple[Sequence[Expectation], Ticket]],
    sensitive: frozenset[str],
    deadline: float | None,
) -> Iterator[CheckResult]:
    """Each result, once Great Expectations has answered; raises what the tickets raise."""
    for checks, ticket in asked:
        for check, answer in zip(checks, ticket.answers(deadline), strict=True):
            yield outside_result(check, answer, sensitive)


def outside_result(check: Expectation, answer: Answer, sensitive: frozenset[str]) -> CheckResult:
    """The result of one answer; values of sensitive columns are masked."""
    seconds = answer.seconds
    if answer.error is not None:
        error = QueryFailed(Problem(answer.error))
        return CheckResult(check, passed=False, measured=None, seconds=seconds, error=error)
    is_hidden = bool(sensitive.intersection(columns_named(check.arguments)))
    of, failed = answer.element_count, answer.unexpected_count
    measured: int | float | str | None = failed
    found = f"{number(failed)} of {number(of)} fail" if of is not None else number(failed)
    if failed is None:
        observed = answer.observed
        measured = observed if isinstance(observed, int | float) else str(observed)
        found = number(observed) if isinstance(observed, int | float) else _short(str(observed))
        if is_hidden:
            measured, found = None, "•••"
    if answer.details is not None and not is_hidden and not answer.success:
        found += f" {_short(str(answer.details))}"
    failing = None
    if not answer.success and (failed or answer.rows):
        columns, rows = answer.columns, answer.rows
        if not rows and answer.values and not is_hidden:
            columns, rows = ("value",), tuple((value,) for value in answer.values)
        failing = Failing(failed or len(rows), of, *masked_rows(columns, rows, sensitive))
    low = high = None
    if failed is None:
        low, high = _bound(check, "min_value"), _bound(check, "max_value")
    return CheckResult(
        check,
        answer.success,
        measured,
        seconds,
        "" if low is high is None else spread(low, high),
        found,
        low,
        high,
        failing,
    )


def _bound(check: Expectation, name: str) -> int | float | None:
    """A bound of what it observes; where rows fail, it is one of their values."""
    bound = check.arguments.get(name)
    return bound if isinstance(bound, int | float) else None


def _short(text: str) -> str:
    return text if len(text) <= 200 else text[:199] + "…"
