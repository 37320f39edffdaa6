"""Progress: a line for each step as it ends, and what its checks measured."""

from __future__ import annotations

import re

import pytest

from builder.cli.progress import Progress
from builder.cli.screen import Screen
from builder.errors import ChecksFailed, EngineError
from builder.pipeline import build
from builder.relation import Relation
from builder.summary import Count, Summary, Text
from builder.testing import FakeEngine, MemoryJournal

SALES = Summary(
    Relation("analytics", "sales"),
    Text("SELECT * FROM raw.orders"),
    output_checks=(
        Count("output_check[0]", Text("SELECT\n   7"), 1),
        Count("output_check[1]", Text("SELECT 8"), 150000, severity="warning"),
    ),
    notices=("`window` has no effect",),
)


def lines(capsys: pytest.CaptureFixture[str]) -> list[str]:
    """What was shown, without the run's name and with its times as `T`."""
    out = re.sub(r"run \S+", "run R", capsys.readouterr().out)
    return [re.sub(r"\s+[\d,.]+ m?s$", " T", line).rstrip() for line in out.splitlines()]


def show(engine: FakeEngine) -> Progress:
    """Build with a progress on the screen; its errors are the test's."""
    progress = Progress(Screen())
    build(SALES, engine=engine, journal=MemoryJournal(), listeners=[progress])
    return progress


def test_each_step_is_one_line_with_its_checks(capsys: pytest.CaptureFixture[str]) -> None:
    """Steps in their order, what they measured, and notices at the end; nothing twice."""
    progress = show(FakeEngine(size=1234))

    assert [
        "analytics.sales  run R",
        "  ✓ lock T",
        "  ✓ check inputs  0 checks T",
        "  ✓ stage         1,234 rows T",
        "  ✓ index         statistics, keys and indexes T",
        "  ✓ check output  2 checks T",
        f"{'      ✓ 1,234 ≥ 1':<40}SELECT 7",
        f"{'      ! 1,234 ≥ 150,000':<40}SELECT 8",
        "  ✓ publish T",
        "  ! `window` has no effect",
    ] == lines(capsys)
    assert progress.run is not None
    assert "published" == progress.run.status


def test_failed_step_is_marked_with_its_checks(capsys: pytest.CaptureFixture[str]) -> None:
    """The step that failed is the last, with all that its checks measured below it."""
    with pytest.raises(ChecksFailed):
        show(FakeEngine(measures={"SELECT\n   7": None}))

    assert [
        "  ✗ check output  2 checks T",
        f"{'      ✗ the check returned NULL':<40}SELECT 7",
        f"{'      ! 3 ≥ 150,000':<40}SELECT 8",
        "  ! `window` has no effect",
    ] == lines(capsys)[-4:]


def test_run_that_never_had_its_lock_shows_that(capsys: pytest.CaptureFixture[str]) -> None:
    """A first step that fails is shown like any other."""
    with pytest.raises(EngineError):
        show(FakeEngine(fails={"lock": EngineError("down")}))

    assert ["analytics.sales  run R", "  ✗ lock T"] == lines(capsys)[:2]


def test_quiet_progress_shows_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    """With --quiet a build that goes well says nothing on its way."""
    progress = Progress(Screen(quiet=True))
    build(SALES, engine=FakeEngine(), journal=MemoryJournal(), listeners=[progress])
    progress.close()

    assert ("", "") == capsys.readouterr()
