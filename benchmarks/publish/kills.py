"""Builds and rollbacks killed before, during and after each of their statements, builds killed at
random moments, and the server killed under builds.

After each kill the live table must hold one whole version, the old or the new, and the journal
must say the same; nothing of the killed client may go on for long; the next build must publish,
and leave nothing over but the version that is kept.
"""

from __future__ import annotations

import random
from collections import Counter
from typing import TYPE_CHECKING

from benchmarks.publish.figures import show
from benchmarks.publish.killing import Killing
from benchmarks.publish.project import Project
from benchmarks.publish.state import KEPT, SIZE, WrongError

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

SUMMARY: dict[str, object] = {
    "params": {"version": 0},
    "main_sql": f"SELECT n, {{version}} AS version FROM generate_series(1, {SIZE}) AS n",  # noqa: S608 -- a file's
    "primary_key": ["n"],
    "indexes": [["version"]],
    "output_check": [{"sql": "SELECT count(*) FROM {schema}.temp_{table}", "count": SIZE}],
    "keep": KEPT,
}
MOMENTS = ("before", "during", "after")
VERBS = ("build", "rollback")


def options(parser: ArgumentParser) -> None:
    """What can be chosen."""
    parser.add_argument("--kills", type=int, default=200, help="of the client, at random moments")
    parser.add_argument("--server-kills", type=int, default=50)
    parser.add_argument("--every", type=int, default=1, help="only each N-th statement")
    parser.add_argument("--verbs", nargs="*", default=VERBS, choices=VERBS)


def prove(given: Namespace) -> None:
    """Kill, look, and count what was found live; ends the program at the first that is wrong."""
    with Project() as project:
        project.write("numbers", SUMMARY)
        # It would sometimes hold a version that is to be dropped, which is left for later then.
        project.set(autovacuum="off")
        killing = Killing(project, random.Random(given.seed))  # noqa: S311 -- no secret
        try:
            counts = _all(killing, given)
        except WrongError as error:
            raise SystemExit(f"{killing.doing}: {error}") from error
    columns = ("kills", "old", "new", "not hit")
    show(["killed", *columns], [[n, *(c[name] for name in columns)] for n, c in counts.items()])
    exits = killing.exits.items()
    print("\nlive was always whole, the old table or the new, and the journal said the same")
    print("each next build published, and left nothing over but the kept version")
    print(f"builds whose server was killed: {', '.join(f'{n} exit {code}' for code, n in exits)}")


def _all(killing: Killing, given: Namespace) -> dict[str, Counter[str]]:
    counts = {
        f"{verb}: {moment} each statement": killing.at_each_statement(verb, moment, given.every)
        for verb in given.verbs
        for moment in MOMENTS
    }
    counts["build: at a random moment"] = killing.at_random(given.kills)
    counts["the server, during a build"] = killing.of_the_server(given.server_kills)
    return counts
