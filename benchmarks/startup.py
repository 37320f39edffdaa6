"""What a command costs beside a bare psycopg2 script: `python -m benchmarks.startup [--rounds N]`.

Three whole processes are timed in turn on one embedded server: `builder --help` against a script
that connects and asks `SELECT 1`, and `builder build nps_summary` against a script that sends the
very statements of a build, recorded from one, over two connections as the build does. The ratio
of the medians is what counts.
"""

from __future__ import annotations

import argparse
import json
import os
import secrets
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from builder.engines import embedded, open_engine
from builder.engines.base import Statement
from builder.engines.postgres import PostgresEngine
from builder.engines.postgres.session import Session
from builder.journal import Journal
from builder.pipeline import build
from builder.settings import Settings
from builder.summary import load_summary

if TYPE_CHECKING:
    from collections.abc import Sequence

    from builder.engines.base import Result

REPOSITORY = Path(__file__).parents[1]
ASK = """
import psycopg2, sys
connection = psycopg2.connect(sys.argv[1])
cursor = connection.cursor()
cursor.execute("SELECT 1")
print(cursor.fetchall())
"""
REPLAY = """
import psycopg2, sys
connections = {}
for number, text, values in STATEMENTS:
    if number not in connections:
        connections[number] = psycopg2.connect(sys.argv[1])
        connections[number].autocommit = True
    cursor = connections[number].cursor()
    for old, new in zip(RUNS, sys.argv[2:]):
        text = text.replace(old, new)
        values = [v.replace(old, new) if isinstance(v, str) else v for v in values]
    try:
        cursor.execute(text, values or None)
    except psycopg2.errors.FeatureNotSupported:  # the guard's question, on a server without XML
        continue
    if cursor.description:
        cursor.fetchall()
"""


def main() -> None:
    """Measure, and print medians and ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=15)
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory() as place:
        project = Path(place)
        for folder in ("sql", "summaries"):
            shutil.copytree(REPOSITORY / folder, project / folder)
        try:
            _measure(project, rounds)
        finally:
            embedded.stop(project / ".builder" / "postgres")


def _measure(project: Path, rounds: int) -> None:
    url = embedded.start(project / ".builder" / "postgres")[0].url
    replay = _recorded(project, url)
    builder = [sys.executable, "-m", "builder"]
    times: dict[str, list[float]] = {}
    for _ in range(rounds):
        # Each replay is a run of its own, which drops the version that the run before it left.
        runs = [f"{time.strftime('%Y%m%d%H%M%S')}_{secrets.token_hex(3)}", _last_run(url)]
        for name, command in (
            ("bare: connect and ask", [sys.executable, "-c", ASK, url]),
            ("builder --help", [*builder, "--help"]),
            ("bare: a build's statements", [sys.executable, str(replay), url, *runs]),
            ("builder build nps_summary", [*builder, "build", "nps_summary"]),
        ):
            times.setdefault(name, []).append(_timed(command, project))
    for name, seconds in times.items():
        low, middle = min(seconds) * 1000, statistics.median(seconds) * 1000
        print(f"{name:<28} median {middle:6.0f} ms   least {low:6.0f} ms")
    medians = [statistics.median(seconds) for seconds in times.values()]
    print(f"--help / connect and ask     {medians[1] / medians[0]:.2f}   (at most 2.5)")
    print(f"build / its statements       {medians[3] / medians[2]:.2f}   (at most 4)")


def _timed(command: Sequence[str], project: Path) -> float:
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("BUILDER_", "PG"))}
    begun = time.perf_counter()
    subprocess.run(command, cwd=project, env=kept, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - begun


class _Recording(Session):
    """A session that notes what it sends, and over which connection."""

    sent: ClassVar[list[tuple[int, str, list[object]]]] = []

    def _run(self, statement: Statement, *more: Any, **named: Any) -> Result:
        self.sent.append((id(self), self.tag + statement.text, [*statement.values]))
        return super()._run(statement, *more, **named)


class _RecordingEngine(PostgresEngine):
    """Postgres, with sessions that note what they send."""

    def _open(self) -> Session:
        return _Recording(self._parameters, self._where, self._role)


def _recorded(project: Path, url: str) -> Path:
    """A script that sends every statement of a build over the connections that the build used.

    The third build is recorded: it is the first that has an old version to drop.
    """
    summary = load_summary(project / "summaries" / "nps_summary.py")
    open_engine(Settings(project)).close()  # loads the sample
    runs: list[str] = []
    for _ in range(3):
        _Recording.sent.clear()
        engine = _RecordingEngine({"dsn": url}, "benchmark")
        journal = Journal(engine.connect)
        runs.insert(0, build(summary, engine=engine, journal=journal).run_id)
        journal.close()
        engine.close()
    statements = json.loads(json.dumps(_Recording.sent, default=str))
    file = project / "replay.py"
    file.write_text(f"STATEMENTS = {statements!r}\nRUNS = {runs[:2]!r}\n{REPLAY}", encoding="utf-8")
    return file


def _last_run(url: str) -> str:
    session = Session({"dsn": url}, "benchmark")
    last = "SELECT run_id FROM builder.runs ORDER BY started_at DESC, run_id DESC LIMIT 1"
    found = str(session.execute(Statement(last)).rows[0][0])
    session.close()
    return found


if __name__ == "__main__":
    main()
