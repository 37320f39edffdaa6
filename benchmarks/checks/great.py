"""The same twenty checks in Great Expectations itself, once it has been imported.

Ours are run in this process, in turn with theirs on the same table; each verdict is the same.
Theirs are run twice: in a suite, as its documentation has it (`library`), and by the worker that a
build would start, which asks it for less and in fewer queries.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import time
from contextlib import closing
from typing import TYPE_CHECKING

from benchmarks.checks import suite
from benchmarks.publish.figures import show
from benchmarks.publish.project import Project
from builder.engines.postgres.reader import PostgresReader
from builder.engines.postgres.session import Session
from builder.expectations import Expectation, Worker
from builder.summary import Expectation as Check
from builder.summary.expect import for_library

if TYPE_CHECKING:
    from collections.abc import Sequence

BOUND = 1 / 3


def prove(many: int, rounds: int) -> None:
    """Measure, and print medians and ratios."""
    with Project() as project, closing(project.connect()) as session, Worker() as worker:
        suite.load(session, many)
        print(f"{many:,} rows of 12 columns, {rounds} rounds, medians in seconds\n")
        checks = suite.checks(project, suite.TWENTY)
        reader = PostgresReader(Session({"dsn": project.url}, "benchmark"))
        _theirs(worker, reader, checks[:1])  # until its import is over
        ours, theirs, library = [], [], []
        for _ in range(rounds):
            begun = time.perf_counter()
            with reader.session.transaction():
                suite.run(reader, checks)
            ours.append(time.perf_counter() - begun)
            theirs.append(_theirs(worker, reader, checks))
            library.append(_library(project))
        reader.session.close()
    ratio = statistics.median(a / b for a, b in zip(ours, library, strict=True))
    lean = statistics.median(a / b for a, b in zip(ours, theirs, strict=True))
    show(
        ["twenty checks", "median s", "least s"],
        [
            [name, f"{statistics.median(seconds):.2f}", f"{min(seconds):.2f}"]
            for name, seconds in (
                ("ours", ours),
                ("Great Expectations, a suite", library),
                ("Great Expectations, our worker", theirs),
            )
        ],
    )
    print(f"\nours / Great Expectations: {ratio:.2f} (at most {BOUND:.2f})")
    print(f"ours / our worker: {lean:.2f}")


def _library(project: Project) -> float:
    """The seconds of one validation in a process that does nothing else."""
    asked = [
        (one["expect"], for_library({k: v for k, v in one.items() if k != "expect"}))
        for one in suite.TWENTY
    ]
    url = project.url.replace("postgresql://", "postgresql+psycopg2://", 1)
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.checks.library", url, *suite.NAME, "1"],
        input=json.dumps(asked),
        capture_output=True,
        text=True,
        check=True,
    )
    (took,) = json.loads(done.stdout.splitlines()[-1])
    return float(took)


def _theirs(worker: Worker, reader: PostgresReader, checks: Sequence[object]) -> float:
    """The seconds from the question to the last answer."""
    asked = [
        Expectation(check.name, for_library(check.arguments))
        for check in checks
        if isinstance(check, Check)
    ]
    begun = time.perf_counter()
    with reader.session.transaction():
        source = reader.shared([suite.ORDERS])
        answers = worker.ask(source, suite.ORDERS, asked).answers()
    for one, answer in zip(asked, answers, strict=True):
        if not answer.success:
            raise SystemExit(f"{one.expect} does not hold there: {answer}")
    return time.perf_counter() - begun
