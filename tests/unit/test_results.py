"""What a command leaves for other programs: JSON, run_results.json, JUnit XML."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as Xml

import pytest

from builder.cli.results import (
    Outcome,
    require_writable,
    run_as_json,
    write_junit,
    write_run_results,
)
from builder.cli.screen import encoded
from builder.errors import (
    BuilderError,
    Busy,
    ChecksFailed,
    ConfigError,
    EngineError,
    Problem,
    QueryFailed,
)
from builder.pipeline import build
from builder.relation import Relation
from builder.run import CheckResult, Failing, Run
from builder.summary import (
    Check,
    Count,
    Expectation,
    Freshness,
    Measure,
    Reference,
    Summary,
    Text,
)
from builder.testing import FakeEngine, MemoryJournal

SALES = Summary(
    Relation("analytics", "sales"),
    Text("SELECT * FROM raw.orders"),
    output_checks=(
        Count("output_check[0]", Text("SELECT 7"), 1),
        Count("output_check[1]", Text("SELECT 8"), 150000, severity="warning"),
    ),
)


def outcome(summary: Summary = SALES, engine: FakeEngine | None = None) -> Outcome:
    """How a build of a fake warehouse went."""
    seen: list[Run] = []
    error: BaseException | None = None
    try:
        build(
            summary,
            engine=engine or FakeEngine(),
            journal=MemoryJournal(),
            listeners=[seen.append],
        )
    except (BuilderError, KeyboardInterrupt) as caught:
        error = caught
    return Outcome(summary, seen[-1], error)


FAILED = FakeEngine(measures={"SELECT 7": 0})


def run_results(folder: Path, *outcomes: Outcome) -> Any:
    """What is in target/run_results.json."""
    write_run_results(folder, outcomes)
    return json.loads((folder / "target" / "run_results.json").read_text(encoding="utf-8"))


def test_run_results_have_dbts_keys(tmp_path: Path) -> None:
    """A program that reads dbt's file reads ours: the same keys at every level."""
    found = run_results(tmp_path, outcome())

    assert {"metadata", "results", "elapsed_time", "args"} == set(found)
    assert {
        "dbt_schema_version",
        "generated_at",
        "dbt_version",
        "invocation_id",
        "env",
    } == set(found["metadata"])
    for result in found["results"]:
        assert {
            "unique_id",
            "relation_name",
            "status",
            "timing",
            "thread_id",
            "execution_time",
            "adapter_response",
            "message",
            "failures",
            "compiled",
            "compiled_code",
        } == set(result)


def test_run_results_tell_of_the_table_and_each_check(tmp_path: Path) -> None:
    """One result for the table, then one a check, each with its SQL."""
    found = run_results(tmp_path, outcome())["results"]

    assert [
        ("model.analytics.sales", "success", None, None, "SELECT * FROM raw.orders"),
        ("test.analytics.sales.output_check[0]", "pass", None, 0, "SELECT 7"),
        (
            "test.analytics.sales.output_check[1]",
            "warn",
            "output_check[1]: 3, wanted ≥ 150,000",
            1,
            "SELECT 8",
        ),
    ] == [
        (r["unique_id"], r["status"], r["message"], r["failures"], r["compiled_code"])
        for r in found
    ]


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (outcome(engine=FAILED), ["error", "fail", "warn"]),
        (outcome(engine=FakeEngine(busy=True)), ["skipped"]),
        (outcome(engine=FakeEngine(fails={"lock": EngineError("down")})), ["error"]),
        (outcome(engine=FakeEngine(fails={"stage": KeyboardInterrupt()})), ["error"]),
        (Outcome(SALES, None, ConfigError("wrong")), ["error"]),
    ],
)
def test_run_results_tell_how_it_failed(tmp_path: Path, made: Outcome, expected: list[str]) -> None:
    """A failed build is an error, one that was busy is skipped, a critical check fails."""
    assert expected == [result["status"] for result in run_results(tmp_path, made)["results"]]


def test_results_hold_no_password(tmp_path: Path) -> None:
    """An error with a connection string in it leaves no password in any file."""
    error = EngineError("cannot reach postgresql://me:geheim@h/d")
    made = outcome(engine=FakeEngine(fails={"stage": error}))
    write_run_results(tmp_path, [made])
    write_junit(tmp_path / "junit.xml", [made])

    assert "geheim" not in (tmp_path / "target" / "run_results.json").read_text()
    assert "geheim" not in (tmp_path / "junit.xml").read_text()
    assert "geheim" not in encoded(run_as_json(made))


def test_run_is_json_with_steps_and_checks() -> None:
    """What --output json answers for a build: the run, its steps and checks, no error."""
    made = outcome()
    found = json.loads(encoded(run_as_json(made)))

    assert ("analytics.sales", "build", "published", 3, None) == (
        found["table"],
        found["action"],
        found["status"],
        found["rows"],
        found["error"],
    )
    assert ["lock", "check inputs", "stage", "index", "check output", "publish"] == [
        step["name"] for step in found["steps"]
    ]
    assert {
        "label": "output_check[1]",
        "sql": "SELECT 8",
        "op": "ge",
        "wanted": 150000,
        "measured": 3,
        "passed": False,
        "severity": "warning",
        "reason": "",
        "kind": "count",
        "what": "SELECT 8",
        "on": None,
        "low": 150000,
        "high": None,
        "found": "3",
        "expected": "≥ 150,000",
        "notes": [],
        "failing": None,
        "seconds": found["checks"][1]["seconds"],
    } == found["checks"][1]
    assert made.run is not None
    assert made.run.run_id == found["run_id"]
    assert found["started_at"].endswith("Z")


def test_table_that_came_to_no_run_has_the_same_keys() -> None:
    """A program need not ask which keys there are."""
    without = run_as_json(Outcome(SALES, None, Busy("held")))

    assert list(run_as_json(outcome())) == list(without)
    assert ("failed", {"type": "Busy", "message": "held", "problems": []}) == (
        without["status"],
        without["error"],
    )


EMPTY = Relation("analytics", "sales")
ROWS = Failing(3, 10, ("id", "day"), ((1, date(2026, 1, 31)), (2, None)), "SELECT 1")
KINDS = [
    CheckResult(Count("output_check[0]", Text("SELECT 7"), 1), True, 7, 0.1, "≥ 1", "7", 1),  # noqa: FBT003 -- the verdict
    CheckResult(
        Expectation("output_check[1]", "expect_column_values_to_be_unique", {"column": "id"}),
        passed=False,
        measured=3,
        seconds=0.1,
        wanted="none",
        found="3 of 10 fail",
        failing=ROWS,
    ),
    CheckResult(
        Measure("output_check[2]", "null_share", "id", anomaly=True),
        passed=False,
        measured=Decimal("0.25"),
        seconds=0.1,
        wanted="0.1 to 0.2 (median of 8 runs)",
        found="0.25",
        low=0.1,
        high=Decimal("0.2"),
    ),
    CheckResult(
        Freshness("input_check[0]", "day", 60, on=Relation("raw", "orders"), severity="info"),
        passed=False,
        measured=61.5,
        seconds=0.1,
        high=60,
    ),
    CheckResult(
        Reference("input_check[1]", "id", Relation("raw", "users"), "id", on=EMPTY),
        passed=False,
        measured=None,
        seconds=0.1,
        error=QueryFailed(Problem("cancelled; postgresql://me:geheim@h/d")),
        notes=("a note",),
    ),
    CheckResult(Check("schema_drift"), True, 2, 0.0, "as live", "2 columns"),  # noqa: FBT003 -- the verdict
]


def of_kinds(**more: Any) -> Outcome:
    """A run with a check of every kind."""
    summary = replace(SALES, **more)
    run = Run(summary, clock=lambda: datetime(2026, 11, 20, tzinfo=UTC))
    run.checks += KINDS
    run.finished()
    failed = [one for one in KINDS if one.stops]
    return Outcome(summary, run, ChecksFailed("analytics.sales was not published", failed))


def test_each_kind_of_check_has_the_same_keys() -> None:
    """What it is, what it measured and between which bounds; null for what it does not have."""
    found = json.loads(encoded(run_as_json(of_kinds())))["checks"]

    assert 1 == len({tuple(one) for one in found})
    assert [
        ("count", "SELECT 7", None, "SELECT 7", "ge", 1, 7, 1, None, "≥ 1"),
        (
            *("expectation", "expect_column_values_to_be_unique id", None, None, None, None),
            *(3, None, None, "none"),
        ),
        (
            *("measure", "null share of id", None, None, None, None),
            *(0.25, 0.1, 0.2, "0.1 to 0.2 (median of 8 runs)"),
        ),
        ("freshness", "newest day", "raw.orders", None, None, None, 61.5, None, 60, ""),
        (
            *("reference", "id is in raw.users.id", "analytics.sales", None, None, None),
            *(None, None, None, ""),
        ),
        ("drift", "schema_drift", None, None, None, None, 2, None, None, "as live"),
    ] == [
        tuple(
            one[key]
            for key in (
                *("kind", "what", "on", "sql", "op", "wanted", "measured"),
                *("low", "high", "expected"),
            )
        )
        for one in found
    ]
    assert ("cancelled; postgresql://me:***@h/d", ["a note"]) == (
        found[4]["reason"],
        found[4]["notes"],
    )


def test_failing_rows_are_json() -> None:
    """How many, of how many, the first of them, and what finds all."""
    found = json.loads(encoded(run_as_json(of_kinds())))["checks"]

    assert {
        "count": 3,
        "of": 10,
        "sql": "SELECT 1",
        "columns": ["id", "day"],
        "rows": [[1, "2026-01-31"], [2, None]],
    } == found[1]["failing"]
    assert [None] * 5 == [one["failing"] for one in found if one["label"] != "output_check[1]"]


@pytest.mark.parametrize(("failing_rows", "kept"), [(None, False), ("show", False), ("keep", True)])
def test_file_that_stays_has_rows_only_where_they_are_kept(
    tmp_path: Path, failing_rows: str | None, *, kept: bool
) -> None:
    """run_results.json lies about for long: the file has to allow them."""
    found = run_results(tmp_path, of_kinds(failing_rows=failing_rows))["results"]

    assert kept is ("rows" in found[2]["adapter_response"]["failing"])
    assert "SELECT 1" == found[2]["adapter_response"]["failing"]["sql"]


def test_run_results_have_every_kind(tmp_path: Path) -> None:
    """dbt's word for how it went, how many rows failed, and our own keys where dbt allows any."""
    _, *found = run_results(tmp_path, of_kinds())["results"]
    kinds = ["count", "expectation", "measure", "freshness", "reference", "drift"]

    assert [
        ("pass", 0, None),
        ("fail", 3, "output_check[1]: 3 of 10 fail, wanted none"),
        ("fail", 1, "output_check[2]: 0.25, wanted 0.1 to 0.2 (median of 8 runs)"),
        ("warn", 1, "input_check[0]: "),
        ("error", 1, "input_check[1]: cancelled; postgresql://me:***@h/d"),
        ("pass", 0, None),
    ] == [(one["status"], one["failures"], one["message"]) for one in found]
    assert kinds == [one["adapter_response"]["kind"] for one in found]


# JUnit


def test_junit_tells_a_check_that_raised_from_one_that_failed(tmp_path: Path) -> None:
    """A failure is what was measured, an error what could not be; the build is no third."""
    (suite,) = suites(tmp_path / "junit.xml", of_kinds())

    assert ("7", "2", "1") == (suite.get("tests"), suite.get("failures"), suite.get("errors"))
    assert ["system-out", "failure", "failure", "system-out", "error", "system-out", None] == [
        next((child.tag for child in case), None) for case in suite
    ]
    assert "output_check[1]: 3 of 10 fail, wanted none" == suite[1][0].get("message")
    assert "schema_drift: 2 columns, wanted as live" == suite[5].findtext("system-out")


def suites(file: Path, *outcomes: Outcome) -> list[Xml.Element]:
    """The test suites of a report."""
    write_junit(file, outcomes)
    return Xml.parse(file).getroot().findall("testsuite")  # noqa: S314 -- our own file


def test_junit_has_a_case_for_each_check_and_the_build(tmp_path: Path) -> None:
    """One suite a table; a warning is told, and is no failure."""
    (suite,) = suites(tmp_path / "junit.xml", outcome())

    assert {
        "name": "analytics.sales",
        "tests": "3",
        "failures": "0",
        "errors": "0",
    } == suite.attrib
    assert ["output_check[0]", "output_check[1]", "build"] == [case.get("name") for case in suite]
    assert "warning: output_check[1]: 3, wanted ≥ 150,000" == suite[1].findtext("system-out")


@pytest.mark.parametrize(
    ("made", "counts", "cases"),
    [
        (outcome(engine=FAILED), ("1", "0"), ["failure", "system-out", None]),
        (outcome(engine=FakeEngine(size=0)), ("1", "0"), ["failure"]),
        (outcome(engine=FakeEngine(busy=True)), ("0", "1"), ["error"]),
        (Outcome(SALES, None, QueryFailed(Problem("no such table"))), ("0", "1"), ["error"]),
    ],
    ids=["check", "empty", "busy", "no run"],
)
def test_junit_tells_failures_from_errors(
    tmp_path: Path, made: Outcome, counts: tuple[str, str], cases: list[str | None]
) -> None:
    """A check or an empty result fails, what could not be tried is an error; nothing is both."""
    (suite,) = suites(tmp_path / "junit.xml", made)

    assert counts == (suite.get("failures"), suite.get("errors"))
    assert cases == [next((child.tag for child in case), None) for case in suite]


def test_junit_is_xml_whatever_a_message_holds(tmp_path: Path) -> None:
    """Control characters, brackets and Korean in an error leave a file that can be read."""
    error = EngineError("a\x00\x1b[31m <매출> & ]]> \ud800 \uffff\nb")
    (suite,) = suites(tmp_path / "junit.xml", Outcome(SALES, None, error))
    message = suite[0][0].get("message", "")

    assert "<매출> & ]]>" in message
    assert "\x1b" not in message


def test_junit_file_is_tried_before_anything_is_built(tmp_path: Path) -> None:
    """A report that cannot be written is an error of usage; folders are made."""
    require_writable(tmp_path / "a" / "b" / "junit.xml")
    (tmp_path / "file").touch()
    with pytest.raises(ConfigError, match=r"junit\.xml cannot be written: "):
        require_writable(tmp_path / "file" / "junit.xml")

    assert (tmp_path / "a" / "b" / "junit.xml").is_file()
