"""A run as it happens: a line for each step when it ends, and what its checks measured.

The lines are the same on a terminal and in a log file; a terminal also shows what is under way.
"""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING

from builder.cli.screen import clipped
from builder.settings import masked

if TYPE_CHECKING:
    from builder.cli.screen import Screen
    from builder.run import CheckResult, Run, Step

_MARKS = {True: ("✓", "good"), False: ("✗", "bad")}


class Progress:
    """Listens to one run."""

    def __init__(self, screen: Screen) -> None:
        self.run: Run | None = None
        self._screen = screen
        self._steps = self._checks = self._notices = 0
        self._moving = ExitStack()
        self._under_way: Step | None = None

    def __call__(self, run: Run) -> None:
        """Show what is new in the run."""
        self.run = run
        step = run.steps[-1] if run.steps else None
        if step is None or run.finished_at is not None:
            self._moving.close()
            return self._show_notices(run)
        if step is not self._under_way:
            if self._under_way is None:
                self._screen.note(f"{run.target}  run {run.run_id}", "head")
            self._under_way = step
            self._moving.enter_context(self._screen.busy(step.name))
        if step.passed is not None:
            self._moving.close()
            self._ended(step, run)
        return None

    def close(self) -> None:
        """Stop whatever moves; the run may have ended without a word."""
        self._moving.close()

    def _ended(self, step: Step, run: Run) -> None:
        if step is run.steps[-1] and self._steps == len(run.steps):
            return
        self._steps = len(run.steps)
        mark, style = _MARKS[bool(step.passed)]
        took = f"{step.seconds * 1000:,.0f} ms" if step.seconds < 10 else f"{step.seconds:,.1f} s"
        self._screen.note(f"  {mark} {step.name:<13} {step.detail:<30} {took:>9}".rstrip(), style)
        for result in run.checks[self._checks :]:
            self._check(result)
        self._checks = len(run.checks)

    def _check(self, result: CheckResult) -> None:
        mark, style = _MARKS[result.passed]
        if not result.passed and not result.stops:
            mark, style = "!", "warn"
        sql = masked(" ".join(result.check.sql.value.split()))
        line = f"      {mark} {result.found} {result.wanted}"
        self._screen.note(clipped(f"{line:<38}  {sql}", self._screen.width or 100), style)

    def _show_notices(self, run: Run) -> None:
        for notice in run.notices[self._notices :]:
            self._screen.note(f"  ! {notice}", "warn")
        self._notices = len(run.notices)
