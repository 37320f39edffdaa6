"""A large table: what the publish is of the whole build, and how long a rollback takes.

Builds stand in turn with the bare statements that make the same table: CREATE TABLE AS with the
settings that the builder stages with, ANALYZE, two renames, and the old version's DROP.
"""

from __future__ import annotations

import statistics
import time
from contextlib import ExitStack, closing
from typing import TYPE_CHECKING

from benchmarks.publish.figures import show
from benchmarks.publish.project import Project, rows
from builder.pipeline import build
from builder.summary import load_summary

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from psycopg2.extensions import connection

SOURCE = """
CREATE TABLE public.events AS
SELECT n AS id, n % 100000 AS user_id, md5(n::text) AS session, n % 7 AS weekday,
       n * 0.01 AS amount, timestamp '2025-01-01' + n * interval '1 second' AS created_at,
       'channel ' || n % 20 AS channel
FROM generate_series(1, {many}) AS n
"""
COLUMNS = "id, user_id, session, weekday, amount, created_at, channel, {version} AS version"
QUERY = f"SELECT {COLUMNS} FROM public.events"  # noqa: S608 -- ours
SUMMARY: dict[str, object] = {"params": {"version": 0}, "main_sql": QUERY, "keep": 1}
KEYS: dict[str, object] = {"primary_key": ["id"], "indexes": [["user_id"]]}
Parts = dict[str, float]


def options(parser: ArgumentParser) -> None:
    """What can be chosen."""
    parser.add_argument("--rows", type=int, default=5_000_000)
    parser.add_argument("--rounds", type=int, default=3)


def prove(given: Namespace) -> None:
    """Measure, and print the medians in seconds."""
    with Project() as project, closing(project.connect()) as session:
        rows(session, SOURCE.format(many=given.rows))
        rows(session, "VACUUM ANALYZE public.events")
        print(f"{given.rows:,} rows of 8 columns, {given.rounds} rounds, medians in seconds\n")
        _builds(project, session, given.rounds)
        _rollbacks(project, session, given.rounds)


def _builds(project: Project, session: connection, rounds: int) -> None:
    summary = load_summary(project.write("wide", SUMMARY))
    measured: dict[str, list[float]] = {}
    with ExitStack() as ends:
        engine, journal = project.builder(ends)
        for number in range(rounds + 1):
            begun = time.perf_counter()
            run = build(summary.given({"version": number}), engine=engine, journal=journal)
            found = {f"build: {step.name}": step.seconds for step in run.steps}
            whole = time.perf_counter() - begun
            found |= {"build: DROP, journal": whole - sum(found.values()), "build: whole": whole}
            found |= _bare(session, number)
            # The first has no version before it to replace, and none to drop.
            for name, seconds in found.items() if number else ():
                measured.setdefault(name, []).append(seconds)
    medians = {name: statistics.median(seconds) for name, seconds in measured.items()}
    whole, bare = medians["build: whole"], medians["bare: whole"]
    show(
        ["", "s", "of its whole"],
        [
            [name, f"{s:.3f}", f"{s / (whole if name.startswith('build') else bare):.1%}"]
            for name, s in medians.items()
        ],
    )
    print(f"\nbuild / bare statements: {whole / bare:.2f}")
    print(f"the publish is {medians['build: publish'] / whole:.2%} of the build\n")


def _bare(session: connection, version: int) -> Parts:
    """The same table by bare statements; seconds."""
    create = "CREATE TABLE public.bare_new WITH (autovacuum_enabled=false) AS " + QUERY
    settings = "SET LOCAL parallel_setup_cost = 0; SET LOCAL parallel_tuple_cost = 0"
    begin = "BEGIN ISOLATION LEVEL REPEATABLE READ"
    statements = {
        "bare: CREATE TABLE AS": f"{begin}; {settings}; {create.format(version=version)}; COMMIT",
        "bare: ANALYZE": "ANALYZE public.bare_new",
        "bare: renames": (
            "BEGIN; ALTER TABLE IF EXISTS public.bare RENAME TO bare_old; "
            "ALTER TABLE public.bare_new RENAME TO bare; COMMIT"
        ),
        "bare: DROP": "DROP TABLE IF EXISTS public.bare_old",
    }
    parts = {}
    for name, sql in statements.items():
        begun = time.perf_counter()
        rows(session, sql)
        parts[name] = time.perf_counter() - begun
    return {**parts, "bare: whole": sum(parts.values())}


def _rollbacks(project: Project, session: connection, rounds: int) -> None:
    project.write("big", {**SUMMARY, **KEYS})
    for version in (1, 2):
        project.run("build", "big", "--param", f"version={version}")
    seconds = []
    for number in range(rounds):
        seconds.append(project.run("rollback", "big"))
        wanted = 1 + number % 2
        found = rows(session, "SELECT version FROM analytics.big LIMIT 1")
        if found != [(wanted,)]:
            raise SystemExit(f"after a rollback version {found} is live, not {wanted}")
    least, middle = min(seconds), statistics.median(seconds)
    print(f"rollback, a whole process: median {middle:.2f} s, least {least:.2f} s")
