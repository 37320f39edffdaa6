"""Ten, twenty and fifty checks by one scan, beside the same checks one by one.

One by one they are sent through the same reader; twenty also as a person would write them, one
query each. Each round takes them in turn. How often the table is read is counted by the server:
once for all of them, and once more to find repeated values where no key rules those out.
"""

from __future__ import annotations

import statistics
import time
from contextlib import closing
from typing import TYPE_CHECKING

from benchmarks.checks import suite
from benchmarks.publish.figures import show
from benchmarks.publish.project import Project, rows
from builder.engines.base import Statement
from builder.engines.postgres.reader import PostgresReader
from builder.engines.postgres.session import Session

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from psycopg2.extensions import connection

    from builder.summary import Check

BOUND = 0.35
SUITES = {"ten": suite.TEN, "twenty": suite.TWENTY, "fifty": suite.FIFTY}
Seconds = dict[str, list[float]]


def prove(many: int, rounds: int) -> None:
    """Measure, and print medians and ratios."""
    with Project() as project, closing(project.connect()) as session:
        suites = {name: suite.checks(project, written) for name, written in SUITES.items()}
        ours = Session({"dsn": project.url}, "benchmark")
        for what, wide in (("12 columns", False), ("15 columns", True)):
            suite.load(session, many, wide=wide)
            size = "SELECT pg_size_pretty(pg_table_size(%s))"
            ((large,),) = rows(session, size, suite.ORDERS.sql)
            _require_scans(ours, suites["twenty"], 2)
            print(f"{many:,} rows of {what}, {large}, {rounds} rounds\n", flush=True)
            chosen = {"twenty": suites["twenty"]} if wide else suites
            measured, alone = _measured(ours, session, chosen, rounds)
            _compared(measured)
            if not wide:
                _kinds(alone)
                _with_a_key(ours, session, suites["twenty"], rounds)
        ours.close()


def _measured(
    ours: Session, session: connection, suites: dict[str, Sequence[Check]], rounds: int
) -> tuple[Seconds, Seconds]:
    """Each suite together and one by one, the twenty as queries; and each of those alone."""
    measured: Seconds = {}
    alone: Seconds = {}
    for name, checks in [*suites.items()] * rounds:
        _together(ours, checks, measured.setdefault(name, []))
        singles: list[float] = []
        for check in checks:
            _together(ours, [check], singles)
            if name == "twenty":
                alone.setdefault(check.what, []).append(singles[-1])
        measured.setdefault(f"{name}, one by one", []).append(sum(singles))
        if name == "twenty":
            queries = _timed(lambda: [rows(session, query) for query in suite.QUERIES])
            measured.setdefault(f"{name}, as queries", []).append(queries)
    return measured, alone


def _with_a_key(ours: Session, session: connection, checks: Sequence[Check], rounds: int) -> None:
    """A staged table often has a primary key before it is checked."""
    rows(session, f"ALTER TABLE {suite.ORDERS.sql} ADD PRIMARY KEY (order_id)")
    _require_scans(ours, checks, 1)
    seconds: list[float] = []
    for _ in range(rounds):
        _together(ours, checks, seconds)
    print(f"\ntwenty with a primary key: median {statistics.median(seconds):.2f} s\n", flush=True)


def _together(ours: Session, checks: Sequence[Check], seconds: list[float]) -> None:
    def checked() -> None:
        with ours.transaction():
            suite.run(PostgresReader(ours), checks)

    seconds.append(_timed(checked))


def _timed(what: Callable[[], object]) -> float:
    begun = time.perf_counter()
    what()
    return time.perf_counter() - begun


def _require_scans(ours: Session, checks: Sequence[Check], wanted: int) -> None:
    """End the program if the checks read the table more often."""
    with ours.transaction():
        before = _scans(ours)
        suite.run(PostgresReader(ours), checks)
        scans = _scans(ours) - before
    if scans != wanted:
        raise SystemExit(f"{len(checks)} checks read the table {scans} times, not {wanted}")


def _scans(ours: Session) -> int:
    """How often the session has read the table, as far as it has not told the others yet."""
    count = """
    SELECT coalesce(sum(seq_scan + coalesce(idx_scan, 0)), 0)
    FROM pg_stat_xact_user_tables WHERE relid = %s::regclass
    """
    return int(str(ours.execute(Statement(count, (suite.ORDERS.sql,))).rows[0][0]))


def _compared(measured: Seconds) -> None:
    lines = []
    for name, seconds in measured.items():
        first = measured[name.partition(",")[0]]
        ratio = statistics.median(a / b for a, b in zip(first, seconds, strict=True))
        bound = f"{BOUND}" if name.startswith("twenty,") else ""
        middle, least = statistics.median(seconds), min(seconds)
        lines.append([name, f"{middle:.2f}", f"{least:.2f}", f"{ratio:.2f}", bound])
    show(["", "median s", "least s", "one scan / this", "at most"], lines)


def _kinds(alone: Seconds) -> None:
    print()
    show(
        ["alone", "median s"],
        [[what[:80], f"{statistics.median(seconds):.2f}"] for what, seconds in alone.items()],
    )
