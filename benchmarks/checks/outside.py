"""Builds that need Great Expectations itself, beside its import and the staging alone.

An expectation that is not compiled here stands once on the output and once on an input, where the
staging takes long and where it takes no time. A build is a whole process, the import another one,
in turn; the staging is what the journal says of that very build. What the build took more than the
longer of the two has a bound.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from contextlib import closing
from typing import TYPE_CHECKING

from benchmarks.publish.figures import show
from benchmarks.publish.project import REPOSITORY, Project, rows

if TYPE_CHECKING:
    from psycopg2.extensions import connection

BOUND = 1.5
IMPORT = "import builder.expectations.batch"
SOURCE = """
CREATE SCHEMA raw_data;
CREATE TABLE raw_data.days AS
SELECT n AS id, n % 7 AS weekday, n % 1000 / 10.0 AS amount FROM generate_series(1, 100000) AS n
"""
QUERIES = {
    "no time": "SELECT id, weekday, amount FROM raw_data.days",
    "asleep": "SELECT id, weekday, amount FROM raw_data.days, (SELECT pg_sleep({wait})) AS late",
    "at work": (
        "SELECT id, weekday, amount FROM raw_data.days "
        "WHERE id <> (SELECT count(*) FROM generate_series(1, 100) AS a, "
        "generate_series(1, {many}) AS b WHERE sqrt(a * b) = 0.5) - 1"
    ),
}
WAIT, MANY = 12, 1_000_000
DEVIATES = {"expect": "expect_column_stdev_to_be_between", "column": "amount", "min_value": 1}
CHECKS = {
    "output": {"output_check": [DEVIATES]},
    "input": {"input_check": [{**DEVIATES, "on": "raw_data.days"}]},
}
_STAGED = """
SELECT seconds FROM builder.steps JOIN builder.runs USING (run_id)
WHERE name = 'stage' AND table_name = %s ORDER BY started_at DESC LIMIT 1
"""


def prove(_many: int, rounds: int) -> None:
    """Measure, and print medians and what a build took more."""
    imports: list[float] = []
    found: dict[tuple[str, str], list[tuple[float, float, float]]] = {}
    with Project() as project, closing(project.connect()) as session:
        rows(session, SOURCE)
        for how, query in QUERIES.items():
            for side, checks in CHECKS.items():
                main = query.format(wait=WAIT, many=MANY)
                project.write(_table(how, side), {"main_sql": main, **checks})
        project.run("build", _table("no time", "output"))  # reads it from the disk
        for _ in range(rounds):
            for how in QUERIES:
                for side in CHECKS:
                    imports.append(_import())
                    whole, staging = _build(project, session, _table(how, side))
                    more = whole - max(imports[-1], staging)
                    found.setdefault((how, side), []).append((whole, staging, more))
    print(f"{rounds} rounds; its import alone takes {statistics.median(imports):.2f} s\n")
    lines = []
    for (how, side), builds in found.items():
        medians = [statistics.median(part) for part in zip(*builds, strict=True)]
        lines.append([f"{side}, staging {how}", *(f"{s:.2f}" for s in medians), f"{BOUND}"])
    show(["on", "build s", "staging s", "more s", "at most"], lines)


def _table(how: str, side: str) -> str:
    return f"{how.replace(' ', '_')}_{side}"


def _import() -> float:
    """What the import takes by itself, in a process of its own as in a build."""
    kept = {**os.environ, "PYTHONPATH": str(REPOSITORY), "OPENBLAS_NUM_THREADS": "1"}
    begun = time.perf_counter()
    subprocess.run([sys.executable, "-W", "ignore", "-c", IMPORT], env=kept, check=True)
    return time.perf_counter() - begun


def _build(project: Project, session: connection, table: str) -> tuple[float, float]:
    """The seconds of a build and of its staging."""
    whole = project.run("build", table)
    ((staging,),) = rows(session, _STAGED, table)
    return whole, float(staging)
