"""Run, Step, CheckResult: what happened in one attempt at one table."""

from __future__ import annotations

import logging
import math
import secrets
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Literal

from builder.errors import BuilderError, ChecksFailed, QueryFailed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from builder.relation import Relation
    from builder.summary import Check, Summary

logger = logging.getLogger(__name__)

Action = Literal["build", "publish", "rollback", "drop", "check"]
Status = Literal["running", "staged", "published", "dropped", "checked", "failed", "interrupted"]
Number = int | float | Decimal

_LONG = Decimal(10**18)
_DIGITS = 10
MASK = "•••"
"""What is shown in the place of a value that nobody is to see."""


@dataclass(frozen=True, slots=True)
class Failing:
    """The rows that a check has found wrong: how many, of how many, and the first of them.

    `sql` finds all of them. Values of sensitive columns are masked.
    """

    count: int
    of: int | None = None
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[object, ...], ...] = ()
    sql: str = ""


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What one check measured, and whether that was right.

    `found` and `wanted` are for people; `measured` is a number, or a text where the check is not
    of numbers, and `low` and `high` what it must not be below or above, where there is such a
    bound. `error` is why nothing could be measured.
    """

    check: Check
    passed: bool
    measured: Number | str | None
    seconds: float
    wanted: str = ""
    found: str = ""
    low: Number | None = None
    high: Number | None = None
    failing: Failing | None = None
    error: BuilderError | None = None
    notes: tuple[str, ...] = ()
    """What people should know of how it was judged."""
    holds_values: bool = False
    """Whether `found` and a text that was measured may hold values of single rows."""

    @property
    def stops(self) -> bool:
        """Whether this result keeps the table from being published."""
        return not self.passed and self.check.severity == "critical"

    @property
    def reason(self) -> str:
        """Why there is nothing to compare, where there is nothing."""
        if isinstance(self.error, QueryFailed):
            return self.error.problem.message
        return str(self.error) if self.error else ""

    def __str__(self) -> str:
        if self.error:
            return f"{self.check.label}: {self.reason}"
        return f"{self.check.label}: {self.found}" + (
            f", wanted {self.wanted}" if self.wanted else ""
        )


@dataclass(slots=True)
class Step:
    """One step of a run; `seconds` counts while it is under way, `detail` is what it measured."""

    name: str
    detail: str = ""
    seconds: float = 0.0
    passed: bool | None = None


@dataclass(slots=True)
class Run:
    """One attempt at one table, from its lock to its end.

    `started_at` and `finished_at` are aware times in UTC. `listeners` are called with the
    run whenever something in it has changed.
    """

    summary: Summary
    action: Action = "build"
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    listeners: list[Callable[[Run], None]] = field(default_factory=list)
    run_id: str = ""
    status: Status = "running"
    rows: int | None = None
    steps: list[Step] = field(default_factory=list)
    checks: list[CheckResult] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    error: BaseException | None = None
    is_published: bool = False
    is_dropped: bool = False
    restores: str | None = None
    """The run whose version a rollback brings back, where the journal knows it."""
    started_at: datetime = field(init=False)
    finished_at: datetime | None = None

    def __post_init__(self) -> None:
        """Take the time, and a name that no other run has."""
        self.started_at = self.clock()
        self.run_id = self.run_id or f"{self.started_at:%Y%m%d%H%M%S}_{secrets.token_hex(3)}"
        self.notices += self.summary.notices

    @property
    def verb(self) -> str:
        """What is tried, as a sentence has it."""
        return "roll back" if self.action == "rollback" else self.action

    @property
    def target(self) -> Relation:
        """The table that readers read."""
        return self.summary.target

    @property
    def seconds(self) -> float:
        """How long the run took, or has taken so far."""
        return ((self.finished_at or self.clock()) - self.started_at).total_seconds()

    @contextmanager
    def step(self, name: str) -> Iterator[Step]:
        """One step of the run: timed, told to the listeners, failed if its body raises."""
        step = Step(name)
        self.steps.append(step)
        self.tell()
        begun = time.perf_counter()
        try:
            yield step
        except BaseException:
            step.passed = False
            raise
        else:
            step.passed = True
        finally:
            step.seconds = time.perf_counter() - begun
            logger.info("%s: %s %s", self.target, name, "done" if step.passed else "failed")
            self.tell()

    def require(self, results: Iterable[CheckResult]) -> None:
        """Take each result into the run as it comes; raises ChecksFailed if a critical one failed.

        All of them are measured first, so that the owner hears of everything at once.
        """
        failed = []
        for result in results:
            self.checks.append(result)
            if result.stops:
                failed.append(result)
        if failed:
            raise ChecksFailed(self._failure(failed), failed)

    @property
    def outcome(self) -> Status:
        """What has become of the table so far."""
        if self.action == "check":
            return "checked"
        return "dropped" if self.is_dropped else "published" if self.is_published else "staged"

    def finished(self, status: Status | None = None) -> None:
        """The run has come to its end: well, unless `status` says otherwise."""
        self.status = status or self.outcome
        self.finished_at = self.clock()
        self.tell()

    def failed(self, error: BaseException) -> None:
        """The run ends by an error; a table that was published before stays published."""
        self.error = error
        failed: Status = "failed" if isinstance(error, Exception) else "interrupted"
        self.finished(self.outcome if self.is_published or self.is_dropped else failed)

    def _failure(self, failed: Sequence[CheckResult]) -> str:
        those = "; ".join(str(result) for result in failed).rstrip(".")
        if self.action == "check":
            return f"{self.target} is not as it should be: {those}."
        return f"{self.target} was not published: {those}. The live table is as it was."

    def tell(self) -> None:
        """Let everybody who listens look at the run."""
        for listener in self.listeners:
            listener(self)


def number(value: Number | None) -> str:
    """A number for people, with thousands apart and at most ten digits; NULL for none."""
    if value is None:
        return "NULL"
    if not math.isfinite(value):
        return str(value)
    if Decimal(value).copy_abs() >= _LONG:
        return f"{value:.6e}"
    if value == int(value):
        return f"{int(value):,}"
    digits = max(_DIGITS - 1 - Decimal(value).adjusted(), 0)
    return f"{value:,.{digits}f}".rstrip("0").rstrip(".")
