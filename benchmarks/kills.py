"""Builds killed at random moments: `python -m benchmarks.kills [--kills N] [--seed S]`.

Each build of a table is ended by SIGKILL after a random time, some with their whole process group.
After each, the live table must hold one whole version, the old or the new; the next build must
publish, and leave neither a staged table nor a run that seems to be under way.
"""

from __future__ import annotations

import argparse
import collections
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from builder.engines import embedded
from builder.engines.base import Statement
from builder.engines.postgres.session import Session

ROWS = 20_000
SUMMARY = f"""{{
    'table': 'numbers', 'schema': 'analytics', 'params': {{'version': 0}},
    'main_sql': 'SELECT n, {{version}} AS version FROM generate_series(1, {ROWS}) AS n',
    'primary_key': ['n'],
    'output_check': [{{'sql': 'SELECT count(*) FROM {{schema}}.temp_{{table}}', 'count': {ROWS}}}],
}}"""  # noqa: S608 -- a summary file
WHOLE = "SELECT count(*), min(version), max(version) FROM analytics.numbers"
LEFT = """
SELECT (SELECT count(*) FROM builder.runs WHERE status = 'running'),
       (SELECT count(*) FROM pg_class WHERE relname = 'temp_numbers')
"""


def main() -> None:
    """Kill, look, and count what was found live."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        project = Path(place)
        (project / "summaries").mkdir()
        (project / "summaries" / "numbers.py").write_text(SUMMARY, encoding="utf-8")
        try:
            _run(project, given.kills, random.Random(given.seed))  # noqa: S311 -- no secret
        finally:
            embedded.stop(project / ".builder" / "postgres")


def _run(project: Path, kills: int, chance: random.Random) -> None:
    _build(project, 0).wait()  # starts the server
    begun = time.perf_counter()
    _build(project, 0).wait()
    longest = time.perf_counter() - begun
    server, _ = embedded.start(project / ".builder" / "postgres")
    session = Session({"dsn": server.url}, "benchmark")
    found: collections.Counter[str] = collections.Counter()
    before = 0
    for version in range(1, kills + 1):
        build = _build(project, version)
        try:
            build.wait(chance.uniform(0, longest))
        except subprocess.TimeoutExpired:
            (os.killpg if chance.random() < 0.5 else os.kill)(build.pid, signal.SIGKILL)
            build.wait()
        # A COMMIT that was on its way when its builder was killed may come after we looked.
        now = _whole_version(session, {before, version - 1, version})
        found["new" if now == version else "old"] += 1
        before = now
        if version % 10 == 0:
            before = version + kills
            if _build(project, before).wait() != 0:
                raise SystemExit(f"after {version} kills the next build failed")
            _whole_version(session, {before})
            left = session.execute(Statement(LEFT)).rows[0]
            if left != (0, 0):
                raise SystemExit(f"after {version} kills: running, staged = {left}")
    print(f"{kills} kills: live was {found['old']} times the old table, {found['new']} the new one")
    print("always whole; each next build published and left nothing behind")


def _build(project: Path, version: int) -> subprocess.Popen[bytes]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("BUILDER_", "PG"))}
    command = [sys.executable, "-m", "builder", "build", "numbers", "--wait", "30"]
    return subprocess.Popen(
        [*command, "--param", f"version={version}"],
        cwd=project,
        env=kept,
        start_new_session=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def _whole_version(session: Session, allowed: set[int]) -> int:
    """The version that is live; ends the program unless it is whole and one of `allowed`."""
    count, least, most = session.execute(Statement(WHOLE)).rows[0]
    if count != ROWS or least != most or least not in allowed:
        raise SystemExit(f"live: {count} rows of versions {least} to {most}, not of {allowed}")
    return int(str(least))


if __name__ == "__main__":
    main()
