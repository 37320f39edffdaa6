"""A crowd of readers at one table, and whether what they saw is what was live.

Whoever publishes writes down the states of the table in their order. A reader may see each state,
or miss it, but never go back, and never see a state older than the one that was known to be live
when its question was sent. A view or a prepared statement that goes on showing an old table is
found out by that as well.
"""

from __future__ import annotations

import multiprocessing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self, cast

from benchmarks.publish.figures import Waits
from benchmarks.publish.project import PATIENCE
from benchmarks.publish.reader import Board, Seen, Sighting, read

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from multiprocessing.connection import Connection
    from multiprocessing.context import SpawnProcess

    from benchmarks.publish.reader import Kind, Order

    Answers = Connection[Any, Any]


@dataclass
class Tally:
    """What readers saw in one phase, or one kind of them in all; waits are in milliseconds."""

    errors: int = 0
    wrong: int = 0
    waits: Waits = field(default_factory=Waits)


class Crowd:
    """Reader processes, from `with` on: one for each order."""

    def __init__(self, orders: Iterable[Order]) -> None:
        self._board = Board()
        self.phases: list[str] = ["start"]
        self._states: list[int] = []
        self._orders = [*orders]
        self._readers: list[tuple[SpawnProcess, Answers]] = []
        self.seen: list[Seen] = []

    def __enter__(self) -> Self:
        # A fresh process each: nothing of the publisher's slows it, its interpreter lock least.
        context = multiprocessing.get_context("spawn")
        for order in self._orders:
            ours, theirs = context.Pipe()
            process = context.Process(target=read, args=(order, self._board, theirs), daemon=True)
            process.start()
            theirs.close()
            self._readers.append((process, ours))
        for _, answer in self._readers:
            _received(answer)
        return self

    def __exit__(self, *_exception: object) -> None:
        for process, _ in self._readers:
            process.kill()
            process.join()

    def enter(self, phase: str) -> None:
        """What is read from now on counts for this phase."""
        if phase not in self.phases:
            self.phases.append(phase)
        self._board.phase.value = self.phases.index(phase)

    def live(self, version: int) -> None:
        """This version has been published, or brought back."""
        self._states.append(version)
        self._board.known.value = len(self._states) - 1

    def end(self) -> None:
        """No more reading; collects what was seen, and compares it with the states."""
        self._board.phase.value = -1
        self.seen = [_received(answer) for _, answer in self._readers]
        for seen in self.seen:
            for sighting in unexplained(self._states, seen.sightings):
                seen.wrong[sighting.phase] += 1
                seen.example(
                    f"version {sighting.version}, when state {sighting.known} (version "
                    f"{self._states[sighting.known]}) or a later one was live"
                )

    @property
    def examples(self) -> list[str]:
        """Some of the errors and wrong results, word by word."""
        return [example for seen in self.seen for example in seen.examples]

    def by_phase(self, phase: str) -> Tally:
        """What all readers saw in a phase."""
        number = self.phases.index(phase)
        return _sum(self.seen, [number])

    def by_kind(self, kind: Kind) -> Tally:
        """What the readers of a kind saw in all phases."""
        return _sum([seen for seen in self.seen if seen.kind == kind], range(len(self.phases)))


def unexplained(states: Sequence[int], sightings: Iterable[Sighting]) -> list[Sighting]:
    """The sightings of no state that could have been live then."""
    at, left = 0, []
    for sighting in sightings:
        start = max(at, sighting.known)
        found = next((i for i in range(start, len(states)) if states[i] == sighting.version), None)
        if found is None:
            left.append(sighting)
        else:
            at = found
    return left


def _sum(readers: Iterable[Seen], phases: Iterable[int]) -> Tally:
    tally = Tally()
    wanted = [*phases]
    for seen in readers:
        for phase in wanted:
            tally.errors += seen.errors[phase]
            tally.wrong += seen.wrong[phase]
            tally.waits.update(seen.waits[phase])
    return tally


def _received(answer: Answers) -> Seen:
    try:
        if not answer.poll(PATIENCE):
            raise SystemExit("a reader does not answer any more")
        return cast("Seen", answer.recv())
    except EOFError:
        raise SystemExit("a reader has died") from None
