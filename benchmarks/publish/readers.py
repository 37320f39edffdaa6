"""Thousands of publishes and rollbacks under readers that never pause, and other ways to publish.

Each row of the table carries its version. A reader must find all rows, of one version, that of a
state which could have been live then (see crowd.py); a REPEATABLE READ transaction that took its
snapshot before a publish must never find the table empty. Blocks of publishes stand in turn with
blocks as long without any, since on a machine whose cores are all in use a read may wait for its
turn longer than for any publish. `--pause` leaves the cores some rest.
"""

from __future__ import annotations

import random
import sys
import time
from argparse import ArgumentTypeError
from contextlib import ExitStack, closing
from typing import TYPE_CHECKING

from benchmarks.publish.crowd import Crowd
from benchmarks.publish.figures import QUANTILES, show
from benchmarks.publish.project import Project, rows
from benchmarks.publish.publisher import SIZE, TABLE, Publisher
from benchmarks.publish.reader import KINDS, OTHER, Order
from benchmarks.publish.rivals import Dbt, DropAndRename
from benchmarks.publish.slow import SECONDS, SlowQuery

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Mapping

    from benchmarks.publish.reader import Kind
    from benchmarks.publish.rivals import Rival

Line = list[object]
CONTROL = "no publish"
PUBLISHES = "publishes and rollbacks"
SLOW = f"beside a query of {SECONDS:g} s"
ENDLESS = f"beside endless queries of {SECONDS:g} s"


def options(parser: ArgumentParser) -> None:
    """What can be chosen."""
    parser.add_argument("--publishes", type=int, default=10_000)
    parser.add_argument("--rollbacks", type=int, default=500, help="between the publishes")
    parser.add_argument("--slow", type=int, default=300, help="publishes each beside a 3 s query")
    parser.add_argument("--endless", type=int, default=0, help="beside 3 s queries without a pause")
    parser.add_argument("--drops", type=int, default=1000, help="by drop and rename")
    parser.add_argument("--dbt", type=int, default=100, help="by dbt; 0 leaves it out")
    parser.add_argument("--rivals-slow", type=int, default=5, help="theirs beside a 3 s query")
    parser.add_argument("--block", type=float, default=20.0, help="seconds of publishes at a time")
    parser.add_argument("--control", type=float, default=20.0, help="seconds without, before each")
    parser.add_argument("--hold", type=float, default=0.05, help="seconds of the oldest snapshot")
    parser.add_argument("--pause", type=float, default=0.0, help="seconds between two reads")
    parser.add_argument("--mix", type=_mix, default="plain:3,view:1,prepared:1,snapshot:3")


def prove(given: Namespace) -> None:
    """Publish and read; ends the program if a reader of ours met an error or a wrong result."""
    with Project() as project, ExitStack() as ends:
        with closing(project.connect()) as session:
            rows(session, f"CREATE TABLE {OTHER} AS SELECT 1 AS n")
        rivals = _rivals(project, given, ends)
        publisher = Publisher(project, ends, view=bool(given.mix.get("view")))
        crowd = _crowd(project, TABLE, given.mix, given)
        _under_readers(publisher, crowd, project, given)
        lines = _lines(crowd, publisher.counts)
        for rival, many in rivals:
            lines += _under_rival(rival, many, project, given)
    show(["", "publishes", "reads", "errors", "wrong", *QUANTILES], lines)
    _show_ours(publisher, crowd)
    _require_right(publisher, crowd)


def _require_right(publisher: Publisher, crowd: Crowd) -> None:
    """Ends the program if readers met anything wrong, or a publish failed that must not."""
    if bad := sum(tally.errors + tally.wrong for tally in map(crowd.by_kind, KINDS)):
        examples = "\n  ".join(crowd.examples)
        raise SystemExit(f"readers met {bad} errors or wrong results:\n  {examples}")
    failed = [why for phase in (PUBLISHES, SLOW) for why in publisher.failures[phase]]
    if failed:
        raise SystemExit(f"{len(failed)} publishes or rollbacks failed: {failed[0]}")


def _under_readers(publisher: Publisher, crowd: Crowd, project: Project, given: Namespace) -> None:
    chance = random.Random(given.seed)  # noqa: S311 -- no secret
    crowd.live(publisher.live)
    with crowd:
        acts = [publisher.publish] * given.publishes + [publisher.roll_back] * given.rollbacks
        chance.shuffle(acts)
        while acts:
            _say(f"{PUBLISHES}: {len(acts):,} to go")
            crowd.enter(CONTROL)
            time.sleep(given.control)
            crowd.enter(PUBLISHES)
            until = time.monotonic() + given.block
            while acts and time.monotonic() < until:
                crowd.live(acts.pop()(PUBLISHES))
        slow = SlowQuery(project.url, TABLE, SIZE)
        _beside_slow_queries(publisher, crowd, slow, given.slow, chance)
        _beside_endless_queries(publisher, crowd, slow, given.endless)
        crowd.end()


def _beside_slow_queries(
    publisher: Publisher, crowd: Crowd, slow: SlowQuery, many: int, chance: random.Random
) -> None:
    """Half of the queries begin before the build, and are older than the staged table.

    The other half begin when it is about to be published.
    """
    for number in range(many):
        _say(f"{SLOW}: {number + 1} of {many}")
        crowd.enter(SLOW)
        if chance.random() < 0.5:
            slow.begin()
        crowd.live(publisher.publish(SLOW, slow.begin_at_publish))
        slow.end()


def _beside_endless_queries(publisher: Publisher, crowd: Crowd, slow: SlowQuery, many: int) -> None:
    """One query after the other without a pause: a publish may give up, and say so."""
    for number in range(many):
        _say(f"{ENDLESS}: {number + 1} of {many}")
        crowd.enter(ENDLESS)
        slow.begin(again=True)
        crowd.live(publisher.publish(ENDLESS))
        slow.end()


def _rivals(project: Project, given: Namespace, ends: ExitStack) -> list[tuple[Rival, int]]:
    """The other ways that are asked for, and how many publishes of each."""
    wanted = ((DropAndRename, given.drops), (Dbt, given.dbt))
    return [(rival(project, SIZE, ends), many) for rival, many in wanted if many]


def _under_rival(rival: Rival, many: int, project: Project, given: Namespace) -> list[Line]:
    """The same readers before another way to publish, without the view, which it would lose."""
    mix: dict[Kind, int] = {**given.mix, "view": 0}
    mix["plain"] = mix.get("plain", 0) + given.mix.get("view", 0)
    rival.publish(0)
    crowd = _crowd(project, rival.table, mix, given)
    crowd.live(0)
    slow = SlowQuery(project.url, rival.table, SIZE)
    counts = {rival.name: many, f"{rival.name}, {SLOW}": given.rivals_slow}
    with crowd:
        crowd.enter(f"{rival.name}: {CONTROL}")
        time.sleep(given.control)
        _say(rival.name)
        version = 0
        for phase, times in counts.items():
            for _ in range(times):
                crowd.enter(phase)
                version += 1
                rival.publish(version, slow if phase != rival.name else None)
                crowd.live(version)
                slow.end()
        crowd.end()
    return _lines(crowd, counts)


def _crowd(project: Project, table: str, mix: Mapping[Kind, int], given: Namespace) -> Crowd:
    kinds = [kind for kind, many in mix.items() for _ in range(many)]
    return Crowd(
        Order(project.url, kind, table, SIZE, given.hold, given.pause, given.seed * 1000 + number)
        for number, kind in enumerate(kinds)
    )


def _lines(crowd: Crowd, counts: dict[str, int]) -> list[Line]:
    lines: list[Line] = []
    for phase in crowd.phases[1:]:
        tally = crowd.by_phase(phase)
        many = counts.get(phase, 0)
        reads = [len(tally.waits), tally.errors, tally.wrong, *tally.waits.quantiles()]
        lines.append([phase, many or "-", *reads])
    return lines


def _show_ours(publisher: Publisher, crowd: Crowd) -> None:
    print()
    by_kind = [(kind, crowd.by_kind(kind)) for kind in KINDS]
    show(
        ["reader", "reads", "errors", "wrong", *QUANTILES],
        [[k, len(t.waits), t.errors, t.wrong, *t.waits.quantiles()] for k, t in by_kind if t.waits],
    )
    print()
    taken = {"the swap alone": publisher.swaps.waits, **publisher.runs}
    show(["", "times", *QUANTILES], [[n, len(w), *w.quantiles()] for n, w in taken.items()])
    straddled = sum(seen.straddled for seen in crowd.seen)
    print(f"\n{straddled:,} snapshots were taken before a publish and used after it")
    print(f"the swap that was tried most often: {publisher.swaps.most_attempts} times")
    print(f"publishes that gave up {ENDLESS}: {len(publisher.failures[ENDLESS])}")


def _mix(text: str) -> dict[Kind, int]:
    """`plain:3,view:1` as numbers of readers."""
    numbers = dict(part.split(":") for part in text.split(","))
    if unknown := numbers.keys() - {*KINDS}:
        raise ArgumentTypeError(f"{', '.join(unknown)}: write {', '.join(KINDS)}")
    return {kind: int(numbers[kind]) for kind in KINDS if kind in numbers}


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
