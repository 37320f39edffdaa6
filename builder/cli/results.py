"""What a command leaves for other programs: JSON, `target/run_results.json`, JUnit XML.

run_results.json has the keys of dbt's file of that name, so that what reads one reads the other:
https://docs.getdbt.com/reference/artifacts/run-results-json
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from uuid import uuid4

from builder import __version__
from builder.cli.screen import described, encoded
from builder.errors import Busy, ChecksFailed, ConfigError
from builder.settings import masked
from builder.summary import Count

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from builder.run import CheckResult, Run
    from builder.summary import Summary

TARGET = "target"


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one table of a command went; `run` is None where it did not come to a run."""

    summary: Summary
    run: Run | None
    error: BaseException | None = None


def run_as_json(outcome: Outcome) -> dict[str, object]:
    """One run for programs; seconds are numbers, times ISO 8601 in UTC."""
    run = outcome.run
    return {
        "run_id": run.run_id if run else None,
        "table": str(outcome.summary.target),
        "action": run.action if run else None,
        "status": run.status if run else "failed",
        "started_at": run.started_at if run else None,
        "finished_at": run.finished_at if run else None,
        "rows": run.rows if run else None,
        "steps": [
            {"name": s.name, "passed": s.passed, "seconds": round(s.seconds, 6), "detail": s.detail}
            for s in (run.steps if run else ())
        ],
        "checks": [check_as_json(result) for result in (run.checks if run else ())],
        "notices": run.notices if run else [],
        "error": described(outcome.error) if outcome.error else None,
    }


def write_run_results(project: Path, outcomes: Sequence[Outcome]) -> None:
    """Write `target/run_results.json`."""
    folder = project / TARGET
    folder.mkdir(parents=True, exist_ok=True)
    results = [result for outcome in outcomes for result in _results(outcome)]
    content = {
        "metadata": {
            "dbt_schema_version": "https://schemas.getdbt.com/dbt/run-results/v6.json",
            "dbt_version": f"summary-builder {__version__}",
            "generated_at": datetime.now(UTC),
            "invocation_id": str(uuid4()),
            "env": {},
        },
        "results": results,
        "elapsed_time": sum(o.run.seconds for o in outcomes if o.run),
        "args": {},
    }
    (folder / "run_results.json").write_text(encoded(content) + "\n", encoding="utf-8")


def write_junit(file: Path, outcomes: Sequence[Outcome]) -> None:
    """Write one test suite a table, one test case a check and one for the build itself."""
    from xml.etree import ElementTree as Xml

    root = Xml.Element("testsuites", name="summary-builder")
    for outcome in outcomes:
        run, table = outcome.run, str(outcome.summary.target)
        suite = Xml.SubElement(root, "testsuite", name=table)
        for result in run.checks if run else ():
            seconds = f"{result.seconds:.3f}"
            case = Xml.SubElement(
                suite, "testcase", classname=table, name=result.check.label, time=seconds
            )
            told = _printable(str(result))
            if result.stops:
                Xml.SubElement(case, "error" if result.error else "failure", message=told)
            elif not result.passed:
                Xml.SubElement(case, "system-out").text = f"{result.check.severity}: {told}"
            else:
                Xml.SubElement(case, "system-out").text = told
        took = f"{run.seconds:.3f}" if run else "0"
        case = Xml.SubElement(suite, "testcase", classname=table, name="build", time=took)
        if outcome.error and not isinstance(outcome.error, ChecksFailed):
            Xml.SubElement(case, "error", message=_printable(str(outcome.error)))
        elif isinstance(outcome.error, ChecksFailed) and not outcome.error.results:
            Xml.SubElement(case, "failure", message=_printable(str(outcome.error)))
        cases = suite.findall("testcase")
        suite.set("tests", str(len(cases)))
        suite.set("failures", str(sum(case.find("failure") is not None for case in cases)))
        suite.set("errors", str(sum(case.find("error") is not None for case in cases)))
    Xml.ElementTree(root).write(file, encoding="utf-8", xml_declaration=True)


def require_writable(junit: Path) -> None:
    """Raises ConfigError if the report could not be written once everything has been built."""
    if junit.is_dir():
        raise ConfigError(f"--junit {junit} is a folder: name a file")
    try:
        junit.parent.mkdir(parents=True, exist_ok=True)
        junit.touch()
    except OSError as error:
        raise ConfigError(f"--junit {junit} cannot be written: {error.strerror}") from error


def _results(outcome: Outcome) -> list[dict[str, object]]:
    """dbt's result for the table and for each of its checks."""
    run, target = outcome.run, outcome.summary.target
    keeps = outcome.summary.failing_rows == "keep"
    status = "success" if outcome.error is None else "error"
    if isinstance(outcome.error, Busy):
        status = "skipped"
    timing = (
        [{"name": "execute", "started_at": run.started_at, "completed_at": run.finished_at}]
        if run
        else []
    )
    common = {"thread_id": "MainThread", "compiled": True}
    table = {
        **common,
        "adapter_response": {},
        "unique_id": f"model.{target}",
        "relation_name": target.sql,
        "status": status,
        "timing": timing,
        "execution_time": run.seconds if run else 0.0,
        "message": masked(str(outcome.error)) if outcome.error else None,
        "failures": None,
        "compiled_code": masked(outcome.summary.query.value),
    }
    return [
        table,
        *(
            {
                **common,
                # The one place where dbt lets an adapter say what it likes.
                "adapter_response": check_as_json(result, with_rows=keeps),
                "unique_id": f"test.{target}.{result.check.label}",
                "relation_name": None,
                "status": _status(result),
                "timing": [],
                "execution_time": result.seconds,
                "message": None if result.passed else masked(str(result)),
                "failures": _failures(result),
                "compiled_code": masked(result.check.what),
            }
            for result in (run.checks if run else ())
        ),
    ]


def check_as_json(result: CheckResult, *, with_rows: bool = True) -> dict[str, object]:
    """One check for programs; `wanted` is the number of a count, `expected` is for people."""
    check, failing = result.check, result.failing
    counted = check if isinstance(check, Count) else None
    shown = None
    if failing is not None:
        shown = {
            "count": failing.count,
            "of": failing.of,
            "sql": masked(failing.sql),
            **({"columns": failing.columns, "rows": failing.rows} if with_rows else {}),
        }
    hides = result.holds_values and not with_rows
    return {
        "label": check.label,
        "kind": check.kind,
        "what": masked(check.what),
        "on": str(check.on) if check.on else None,
        "sql": masked(check.text.value) if check.text else None,
        "op": counted.op if counted else None,
        "wanted": counted.count if counted else None,
        "measured": None if hides and isinstance(result.measured, str) else result.measured,
        "low": result.low,
        "high": result.high,
        "found": None if hides else masked(result.found),
        "expected": masked(result.wanted),
        "passed": result.passed,
        "severity": check.severity,
        "reason": masked(result.reason),
        "notes": result.notes,
        "failing": shown,
        "seconds": round(result.seconds, 6),
    }


def _status(result: CheckResult) -> str:
    """dbt's word for it: of a test that could not be run, it is an error."""
    if result.passed:
        return "pass"
    if result.stops:
        return "error" if result.error else "fail"
    return "warn"


def _failures(result: CheckResult) -> int:
    """How many rows failed, where it is of rows; 1 for any other check that did."""
    return result.failing.count if result.failing else int(not result.passed)


def _printable(text: str) -> str:
    """The text without passwords, and without the control characters that XML forbids."""
    return "".join(c if c.isprintable() or c in "\n\t" else "·" for c in masked(text))
