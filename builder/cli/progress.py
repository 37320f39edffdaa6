"""A run as it happens: a line for each step when it ends, and what its checks measured.

The lines are the same on a terminal and in a log file; a terminal also shows what is under way.
"""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING

from builder.cli.screen import clipped, plain, table_lines
from builder.settings import masked

if TYPE_CHECKING:
    from builder.cli.screen import Screen
    from builder.run import CheckResult, Failing, Run, Step

_MARKS = {True: ("✓", "good"), False: ("✗", "bad")}


class Progress:
    """Listens to one run; `shows_queries` that find failing rows, for people to run."""

    def __init__(self, screen: Screen, *, shows_queries: bool = False) -> None:
        self._shows_queries = shows_queries
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
        if result.passed and result.check.kind == "drift":
            return  # as ever
        mark, style = _MARKS[result.passed]
        if not result.passed and not result.stops:
            mark, style = ("!", "warn") if result.check.severity == "warning" else ("·", "dim")
        what = masked(" ".join(result.check.what.split()))
        line = f"      {mark} {_told(result)}"
        self._screen.note(clipped(f"{line:<38}  {what}", self._screen.width or 100), style)
        for note in result.notes:
            self._screen.note(f"          {note}", "dim")
        if result.failing is not None and result.check.severity != "info":
            self._rows(result.failing)

    def _rows(self, failing: Failing) -> None:
        """The first failing rows, below their check, or what finds all of them."""
        for line in table_lines(failing.columns, failing.rows) if failing.rows else ():
            self._screen.note(f"          {line}", "dim")
        if self._shows_queries and not self._screen.quiet:
            # Whole and line by line, to be copied: a text may hold spaces, a line end in a comment.
            for line in failing.sql.strip().splitlines():
                self._screen.say(f"          {plain(line)}", "dim")
        elif failing.rows and failing.count > len(failing.rows):
            self._screen.note(f"          … and {failing.count - len(failing.rows):,} more", "dim")

    def _show_notices(self, run: Run) -> None:
        for notice in run.notices[self._notices :]:
            self._screen.note(f"  ! {notice}", "warn")
        self._notices = len(run.notices)


def _told(result: CheckResult) -> str:
    """What was found and what was wanted: `18 ≥ 12`, or `3 of 18 fail (wanted none)`."""
    if result.error:
        return plain(result.reason)
    if result.check.kind == "count" and not result.check.compares:
        return f"{result.found} {result.wanted}"
    return f"{result.found} (wanted {result.wanted})" if result.wanted else result.found
