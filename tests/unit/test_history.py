"""The verbs history, rollback and drop, as far as they need no warehouse."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from unit.recorder import NOW, SALES, THERE, Recorder

from builder.cli.command import Command
from builder.cli.each import _show_end, _show_state
from builder.cli.screen import Screen
from builder.cli.versions import _as_row, _bytes, _states, _version
from builder.errors import EngineError, PublishFailed
from builder.journal import Journal
from builder.journal.tables import PastRun
from builder.relation import Relation
from builder.run import Run, Step
from builder.summary import Summary, Text
from builder.testing import FakeEngine

if TYPE_CHECKING:
    from builder.run import Action

LATER = NOW + timedelta(seconds=1.25)
BUILT = PastRun("r1", SALES, "build", "published", NOW, LATER, 5, None, "kim@bi-1")
BACK = PastRun("r3", SALES, "rollback", "published", NOW, LATER, 5, None, "kim@bi-1", "r1")
SUMMARY = Summary(SALES, Text("SELECT 1"))


def states(*runs: PastRun, kept: tuple[tuple[object, ...], ...] = (), tables: str = "") -> object:
    """What is told of each run's table; `tables` are the names of those that are there."""
    connection = Recorder({"kept_as": kept, **THERE})
    there = {Relation("analytics", name): 1 for name in tables.split()}
    return _states(FakeEngine(tables=there), Journal(lambda: connection), runs)


def version(name: str, made_by: str | None, *, is_kept: bool) -> tuple[object, ...]:
    """One version as the journal has it."""
    return (name, made_by, 5, "r9", NOW, is_kept)


# What each run's table is now


def test_last_published_run_is_live() -> None:
    """And the one before is kept, or gone; those that failed made nothing."""
    failed = replace(BUILT, run_id="r4", status="failed")
    again, first = replace(BUILT, run_id="r2"), BUILT
    kept = (version("prev_2", "r1", is_kept=True), version("prev_1", "r0", is_kept=False))

    assert {"r2": ("live", 8192), "r1": ("kept", 8192), "r0": ("gone", None)} == states(
        failed, again, first, kept=kept, tables="sales prev_2"
    )


def test_run_that_a_rollback_brought_back_is_live() -> None:
    """And what it replaced is kept; the rollback itself made no table."""
    again = replace(BUILT, run_id="r2")
    kept = (version("prev_3", "r2", is_kept=True), version("prev_2", "r1", is_kept=False))

    assert {"r1": ("live", 8192), "r2": ("kept", 8192)} == states(
        BACK, again, BUILT, kept=kept, tables="sales prev_3"
    )
    assert {"r3": ("live", 8192)} == states(replace(BACK, restored=None), tables="sales")


@pytest.mark.parametrize("tables", ["", "sales"])
def test_dropped_table_is_nobodys(tables: str) -> None:
    """Also where somebody has made one of that name since."""
    dropped = replace(BUILT, run_id="r4", action="drop", status="dropped")

    assert {"r1": ("gone", None)} == states(
        dropped, BUILT, kept=(version("prev_2", "r1", is_kept=False),), tables=tables
    )


def test_what_is_not_there_any_more_is_not_told_to_be() -> None:
    """Somebody dropped the live table and a version by hand: the journal does not know."""
    kept = (version("prev_2", "r0", is_kept=True), version("prev_1", None, is_kept=True))

    assert {"r0": ("gone", None)} == states(BUILT, kept=kept)


def test_run_that_published_nothing_made_nothing() -> None:
    """Where no run among those shown has published, nothing is said of what is live."""
    assert {} == states(replace(BUILT, status="failed"), tables="sales")


def test_every_table_has_its_own_live_run() -> None:
    """In the history of all tables too."""
    other = replace(BUILT, run_id="x", table=Relation("analytics", "visits"))

    assert {"r1": ("live", 8192), "x": ("live", 8192)} == states(
        other, BUILT, tables="sales visits"
    )


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        (None, {"version": None, "bytes": None, "can_come_back": False}),
        (("live", 5), {"version": "live", "bytes": 5, "can_come_back": False}),
        (("kept", 5), {"version": "kept", "bytes": 5, "can_come_back": True}),
        (("gone", None), {"version": "gone", "bytes": None, "can_come_back": False}),
    ],
)
def test_programs_are_told_what_a_rollback_can_do(
    state: tuple[str, int | None] | None, expected: dict[str, object]
) -> None:
    """Only what is kept can come back: what is live is there."""
    assert expected == _version(state)


# A line for people


def test_run_is_a_line() -> None:
    """In the order of the columns; times are to the second, and a note is one line."""
    failed = replace(BUILT, status="failed", finished_at=None, rows=None, error="no\nsuch table")
    head = ("analytics.sales", "r1", "build")

    assert (
        *head,
        *("published", 5, "kept", "8 KiB", "kim@bi-1", "2026-11-20 09:30:00", 1.25, ""),
    ) == _as_row(BUILT, ("kept", 8192))
    assert (
        *head,
        *("failed", "", "", "", "kim@bi-1", "2026-11-20 09:30:00", "", "no"),
    ) == _as_row(failed, None)
    assert ("gone", "", "to r1") == (
        _as_row(BACK, ("gone", None))[5],
        _as_row(BACK, ("gone", None))[6],
        _as_row(BACK, None)[-1],
    )


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1024, "1 KiB"),
        (1_500_000_000, "1.4 GiB"),
        (2**40, "1 TiB"),
    ],
)
def test_size_is_for_people(size: int, expected: str) -> None:
    """Three digits and a unit."""
    assert expected == _bytes(size)


@pytest.mark.parametrize("size", [1000, 1023, 1023 * 2**20, 5 * 2**50])
def test_size_is_never_a_power_of_ten(size: int) -> None:
    """Nobody reads 1.02e+03 MiB."""
    assert "e" not in _bytes(size)


# How it ends


@pytest.mark.parametrize(
    ("action", "changes", "expected"),
    [
        (
            "drop",
            {"is_dropped": True},
            "dropped analytics.sales in 0.00 s; the next build of its file makes it again\n",
        ),
        (
            "rollback",
            {"is_published": True, "restores": "r1"},
            "rolled back to what run r1 made in 0.00 s\n"
            "  builder rollback again undoes it; the next build replaces it\n",
        ),
        (
            "rollback",
            {"is_published": True},
            "rolled back to what run unknown made in 0.00 s\n"
            "  builder rollback again undoes it; the next build replaces it\n",
        ),
    ],
)
def test_end_says_what_there_is_now_and_what_can_be_done(
    capsys: pytest.CaptureFixture[str], action: Action, changes: dict[str, object], expected: str
) -> None:
    """A rollback can be undone, and so can a drop, by a build."""
    run = Run(SUMMARY, action=action, clock=lambda: NOW)
    for name, value in changes.items():
        setattr(run, name, value)
    command = Command(Screen(as_json=True))
    _show_end(command, run)

    assert expected == capsys.readouterr().err


@pytest.mark.parametrize("action", ["build", "rollback", "drop"])
def test_lost_answer_is_no_news_of_the_table(
    capsys: pytest.CaptureFixture[str], action: Action
) -> None:
    """Whether the last step's COMMIT took effect nobody knows: nothing is said of the table."""
    last = "drop" if action == "drop" else "publish"
    run = Run(SUMMARY, action=action, steps=[Step("lock"), Step(last)])
    _show_state(Command(Screen()), run, EngineError("the connection was lost", passes=True))

    assert "as it was" not in capsys.readouterr().err


def test_refused_drop_has_dropped_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    """That is known, and said."""
    run = Run(SUMMARY, action="drop", steps=[Step("lock"), Step("drop")])
    _show_state(Command(Screen()), run, PublishFailed("view v reads it"))

    assert "    analytics.sales: the live table is as it was\n" == capsys.readouterr().err
