"""Many builds of one table at once: one wins and the others say who it is, or wait for their turn.

The winner's query waits for an advisory lock that is held here until all others have given up.
"""

from __future__ import annotations

import subprocess
import time
from contextlib import closing
from itertools import pairwise
from typing import TYPE_CHECKING

from benchmarks.publish.project import Project, rows, wait_until

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from psycopg2.extensions import connection

SUMMARY: dict[str, object] = {
    "params": {"version": 0},
    "main_sql": """
        SELECT n, {version} AS version
        FROM generate_series(1, 5) AS n, (SELECT pg_advisory_xact_lock(7)) AS gate
    """,
}
DONE, BUSY = 0, 4
PATIENCE = 600.0
"""Seconds; so many processes take their time to start."""
_BEFORE_THE_GATE = """
SELECT 1 FROM pg_stat_activity
WHERE application_name = 'summary-builder' AND wait_event_type = 'Lock' AND wait_event = 'advisory'
"""
_RUNS = "SELECT run_id, pid, status FROM builder.runs"
# Who replaced a version was live until it was replaced; the last one is live now.
_REPLACED = "SELECT replaced_by, made_by FROM builder.versions ORDER BY replaced_at"
_LIVE = "SELECT min(version), max(version), count(*) FROM analytics.numbers"
Builds = list[subprocess.Popen[str]]


def options(parser: ArgumentParser) -> None:
    """What can be chosen."""
    parser.add_argument("--processes", type=int, default=50)


def prove(given: Namespace) -> None:
    """Start them all, twice; ends the program if one does not end as it should."""
    with Project() as project:
        project.write("numbers", SUMMARY)
        # Each may have a second connection for the journal; 100 are allowed by default.
        project.set(max_connections=20 + 2 * given.processes)
        with closing(project.connect()) as session:
            _one_wins(project, session, given.processes)
            _all_in_turn(project, session, given.processes)


def _one_wins(project: Project, session: connection, many: int) -> None:
    rows(session, "SELECT pg_advisory_lock(7)")
    begun = time.perf_counter()
    builds = _started(project, many)
    wait_until(lambda: rows(session, _BEFORE_THE_GATE), "a build stands before the gate")
    wait_until(lambda: sum(b.poll() is None for b in builds) <= 1, "all but one gave up", PATIENCE)
    seconds = time.perf_counter() - begun
    rows(session, "SELECT pg_advisory_unlock(7)")
    said = [build.communicate()[1] for build in builds]
    runs = rows(session, _RUNS)
    if [status for *_, status in runs] != ["published"]:
        raise SystemExit(f"of {many} builds at once one should have run and published, not {runs}")
    [(run_id, pid, _)] = runs
    for build, words in zip(builds, said, strict=True):
        names_it = f"run {run_id} (" in words and f"process {pid}" in words
        if build.returncode != (DONE if build.pid == pid else BUSY):
            raise SystemExit(f"of {many} builds at once one ended with {build.returncode}: {words}")
        if build.pid != pid and not names_it:
            raise SystemExit(f"of {many} builds at once one does not name process {pid}: {words}")
    print(f"{many} builds at once: 1 published, {many - 1} exit 4 and name it, {seconds:.1f} s")


def _all_in_turn(project: Project, session: connection, many: int) -> None:
    before = {run_id for run_id, *_ in rows(session, _RUNS)}
    begun = time.perf_counter()
    builds = _started(project, many, "--wait", "600")
    said = [build.communicate()[1] for build in builds]
    seconds = time.perf_counter() - begun
    if failed := [words for b, words in zip(builds, said, strict=True) if b.returncode != DONE]:
        raise SystemExit(f"{len(failed)} of {many} waiting builds failed: {failed[0]}")
    runs = {run_id: pid for run_id, pid, status in rows(session, _RUNS) if status == "published"}
    pids = sorted(pid for run_id, pid in runs.items() if run_id not in before)
    if pids != sorted(build.pid for build in builds):
        raise SystemExit(f"{many} builds have published, but the journal has {len(pids)} of them")
    replaced = rows(session, _REPLACED)
    version = [build.pid for build in builds].index(runs[replaced[-1][0]])
    if rows(session, _LIVE) != [(version, version, 5)]:
        raise SystemExit(f"version {version} came last, but live is {rows(session, _LIVE)}")
    for (run_id, _), (_, made_by) in pairwise(replaced):
        if run_id != made_by:
            raise SystemExit(f"the journal says that {made_by} made the version of run {run_id}")
    print(f"{many} builds with --wait 600: all published in turn, {seconds:.1f} s")


def _started(project: Project, many: int, *more: str) -> Builds:
    words = ["build", "numbers", *more, "--param"]
    return [
        project.start(*words, f"version={number}", stderr=subprocess.PIPE) for number in range(many)
    ]
