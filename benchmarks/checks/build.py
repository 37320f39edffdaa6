"""A build with five compiled expectations beside one with two counts, on the sample warehouse.

Both make the table of `summaries/nps_summary.py`: as whole processes, and in this one.
"""

from __future__ import annotations

import shutil
import statistics
import time
from contextlib import ExitStack
from typing import TYPE_CHECKING

from benchmarks.publish.figures import show
from benchmarks.publish.project import REPOSITORY, Project
from builder.engines import open_engine
from builder.pipeline import build
from builder.settings import Settings
from builder.summary import load_summary

if TYPE_CHECKING:
    from pathlib import Path

BOUND = 100.0
COUNTS: list[dict[str, object]] = [
    {"sql": "SELECT COUNT(1) FROM {schema}.temp_{table}", "count": 500},
    {
        "sql": "SELECT COUNT(1) FROM {schema}.temp_{table} WHERE nps NOT BETWEEN -100 AND 100",
        "count": 0,
        "op": "eq",
    },
]
EXPECTATIONS: list[dict[str, object]] = [
    {"expect": "expect_column_values_to_not_be_null", "column": "nps"},
    {"expect": "expect_column_values_to_be_unique", "column": "date"},
    {
        "expect": "expect_column_values_to_be_between",
        "column": "nps",
        "min_value": -100,
        "max_value": 100,
    },
    {"expect": "expect_table_row_count_to_be_between", "min_value": 500},
    {
        "expect": "expect_column_mean_to_be_between",
        "column": "nps",
        "min_value": -100,
        "max_value": 100,
    },
]
QUERY = """
SELECT created_at::date AS date,
       ROUND(100.0 * SUM(CASE WHEN score >= 9 THEN 1 WHEN score <= 6 THEN -1 ELSE 0 END)
             / COUNT(1), 2) AS nps
FROM raw_data.nps GROUP BY created_at::date
"""
CHECKS = {"two_counts": COUNTS, "five_expectations": EXPECTATIONS}
Milliseconds = dict[str, list[float]]


def prove(_many: int, rounds: int) -> None:
    """Measure, and print medians and what the one costs more."""
    with Project() as project:
        shutil.copytree(REPOSITORY / "sql", project.folder / "sql")
        open_engine(Settings(project.folder)).close()  # loads the sample
        files = {name: _written(project, name) for name in CHECKS}
        processes: Milliseconds = {name: [] for name in CHECKS}
        for number in range(3 * rounds + 1):
            for name in CHECKS:
                seconds = project.run("build", name)
                processes[name].extend([seconds * 1000] if number else [])
        inside = _inside(project, files, 10 * rounds)
    for what, found in (("whole processes", processes), ("in one process", inside)):
        _compared(what, found)


def _written(project: Project, name: str) -> Path:
    keys: dict[str, object] = {"main_sql": QUERY, "primary_key": ["date"]}
    return project.write(name, {**keys, "output_check": CHECKS[name]})


def _inside(project: Project, files: dict[str, Path], rounds: int) -> Milliseconds:
    """Builds of files that have been read, by an engine that is connected."""
    found: Milliseconds = {name: [] for name in files}
    with ExitStack() as ends:
        engine, journal = project.builder(ends)
        for number in range(rounds + 1):
            for name, file in files.items():
                summary = load_summary(file)
                begun = time.perf_counter()
                build(summary, engine=engine, journal=journal)
                milliseconds = (time.perf_counter() - begun) * 1000
                found[name].extend([milliseconds] if number else [])
    return found


def _compared(what: str, found: Milliseconds) -> None:
    counts, expectations = found.values()
    more = statistics.median(b - a for a, b in zip(counts, expectations, strict=True))
    print(f"\n{what}, {len(counts)} rounds\n")
    show(
        ["", "median ms", "least ms"],
        [
            [name, f"{statistics.median(times):.0f}", f"{min(times):.0f}"]
            for name, times in found.items()
        ],
    )
    print(f"\nfive expectations cost {more:.0f} ms more (at most {BOUND:.0f})")
