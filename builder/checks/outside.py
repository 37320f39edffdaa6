"""The checks that only Great Expectations can answer, and what its answers come to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from builder.checks.masking import masked_rows
from builder.checks.verdict import spread, tolerated
from builder.errors import Problem, QueryFailed, TimedOut
from builder.run import MASK, CheckResult, Failing, number
from builder.summary.expect import columns_named

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from builder.expectations import Answer, Ticket
    from builder.summary import Expectation


def outside_results(
    asked: Sequence[tuple[Sequence[Expectation], Ticket]],
    sensitive: frozenset[str],
    deadline: float | None,
    *,
    shows_values: bool = True,
) -> Iterator[CheckResult]:
    """Each result, once Great Expectations has answered; raises what the tickets raise.

    Where its process has ended, that is an error of each check that it was asked.
    """
    for checks, ticket in asked:
        try:
            answers = ticket.answers(deadline)
        except TimedOut:
            raise
        except QueryFailed as error:
            yield from (_failed(check, error) for check in checks)
            continue
        for check, answer in zip(checks, answers, strict=True):
            yield outside_result(check, answer, sensitive, shows_values=shows_values)


def outside_result(
    check: Expectation,
    answer: Answer,
    sensitive: frozenset[str],
    *,
    shows_values: bool = True,
) -> CheckResult:
    """The result of one answer; values of sensitive columns are masked, or all if none is shown."""
    is_hidden = not shows_values or bool(sensitive.intersection(columns_named(check.arguments)))
    if answer.error is not None:
        told = "Great Expectations could not run it; its words may hold values and are not shown"
        words = answer.error
        if "statement timeout" in words:
            words = told = "it was cancelled after its `check_timeout`"
        error = QueryFailed(Problem(told if is_hidden else words, check.place))
        return _failed(check, error, answer.seconds)
    measured, found = _observed(answer, is_hidden=is_hidden)
    low = high = None
    wanted = ""
    if answer.unexpected_count is None:
        low, high = _bound(check, "min_value"), _bound(check, "max_value")
        wanted = "" if low is high is None else spread(low, high)
    elif answer.element_count is not None:
        wanted = tolerated(float(str(check.arguments.get("mostly") or 1)))
    return CheckResult(
        check,
        answer.success,
        measured,
        answer.seconds,
        wanted,
        found,
        low,
        high,
        _failing(answer, sensitive, is_hidden=is_hidden),
        holds_values=isinstance(measured, str) or answer.details is not None,
    )


def _failed(check: Expectation, error: QueryFailed, seconds: float = 0.0) -> CheckResult:
    return CheckResult(check, passed=False, measured=None, seconds=seconds, error=error)


def _observed(answer: Answer, *, is_hidden: bool) -> tuple[int | float | str | None, str]:
    """What was measured, for programs and for people: a number of rows, or the value observed."""
    of, failed, observed = answer.element_count, answer.unexpected_count, answer.observed
    if failed is not None:
        return failed, number(failed) if of is None else f"{number(failed)} of {number(of)} fail"
    if is_hidden:
        return None, MASK
    more = f" {answer.details}" if answer.details is not None and not answer.success else ""
    if isinstance(observed, int | float):
        return observed, _short(f"{number(observed)}{more}")
    if observed is None:
        return None, _short(f"nothing{more}")
    shown = _short(f"{observed}{more}")
    return shown, shown


def _failing(answer: Answer, sensitive: frozenset[str], *, is_hidden: bool) -> Failing | None:
    if answer.success or not (answer.unexpected_count or answer.rows):
        return None
    columns, rows = answer.columns, answer.rows
    if not rows and answer.values and not is_hidden:
        columns, rows = ("value",), tuple((value,) for value in answer.values)
    count = answer.unexpected_count or len(rows)
    return Failing(count, answer.element_count, *masked_rows(columns, rows, sensitive))


def _bound(check: Expectation, name: str) -> int | float | None:
    """A bound of what it observes; where rows fail, it is one of their values."""
    bound = check.arguments.get(name)
    return bound if isinstance(bound, int | float) else None


def _short(text: str) -> str:
    return text if len(text) <= 200 else text[:199] + "…"
