"""Progress: a line for each step as it ends, and what its checks measured."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from builder.cli.progress import Progress
from builder.cli.screen import Screen
from builder.errors import ChecksFailed, EngineError
from builder.pipeline import build
from builder.relation import Relation
from builder.run import CheckResult, Failing, Run
from builder.summary import Count, Expectation, Summary, Text
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


FAILING = Failing(
    7, 9, ("id", "word"), ((1, "a  b"), (2, None)), "SELECT *\n-- all\nFROM t WHERE word = 'a  b'"
)


def checked(*, shows_queries: bool, failing: Failing = FAILING) -> None:
    """A run with one check that failed."""
    progress = Progress(Screen(), shows_queries=shows_queries)
    run = Run(SALES, action="check", listeners=[progress])
    check = Expectation("a", "expect_column_values_to_be_null", {"column": "word"})
    results = [
        CheckResult(check, False, 7, 0.1, "none", "7 of 9 fail", failing=failing, notes=("Why.",)),  # noqa: FBT003 -- the verdict
        CheckResult(Count("b", Text("SELECT 8")), True, 8, 0.1, "", "8"),  # noqa: FBT003 -- the verdict
    ]
    with pytest.raises(ChecksFailed), run.step("check"):
        run.require(results)


def test_failing_rows_are_shown_below_their_check(capsys: pytest.CaptureFixture[str]) -> None:
    """With what people should know of it, and how many more there are."""
    checked(shows_queries=False)

    assert [
        "      ✗ 7 of 9 fail (wanted none)       expect_column_values_to_be_null word",
        "          Why.",
        "          id  word",
        "           1  a  b",
        "           2  NULL",
        "          … and 5 more",
        f"{'      ✓ 8':<40}SELECT 8",
    ] == lines(capsys)[2:]


@pytest.mark.parametrize("rows", [FAILING.rows, ()])
def test_query_that_finds_them_can_be_copied(
    capsys: pytest.CaptureFixture[str], rows: tuple[tuple[object, ...], ...]
) -> None:
    """Line by line and letter by letter, also where no row is shown."""
    checked(shows_queries=True, failing=replace(FAILING, rows=rows))

    assert [
        "          SELECT *",
        "          -- all",
        "          FROM t WHERE word = 'a  b'",
    ] == lines(capsys)[-4:-1]
