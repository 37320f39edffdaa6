"""One reader: a process of its own that reads a table without pause, and what it saw.

What it saw is kept as *sightings*: which version, and which state of the table was known to be
live when the question was sent. Readings that follow one another and agree are one sighting.
"""

from __future__ import annotations

import random
import time
from collections import Counter, defaultdict
from ctypes import c_longlong
from dataclasses import dataclass, field
from multiprocessing.sharedctypes import RawValue
from typing import TYPE_CHECKING, Literal

import psycopg2

from benchmarks.publish.figures import Waits

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

Kind = Literal["plain", "view", "prepared", "snapshot"]
KINDS: tuple[Kind, ...] = ("plain", "view", "prepared", "snapshot")
OTHER = "public.other"
"""The table by whose reading a transaction takes its snapshot."""
EXAMPLES = 5
"""How many errors and wrong results are kept word by word."""


class Board:
    """What publisher and readers share: the phase, and the state that is known to be live."""

    def __init__(self) -> None:
        self.phase = RawValue(c_longlong, 0)
        self.known = RawValue(c_longlong, 0)


@dataclass(frozen=True, slots=True)
class Order:
    """What a reader is to read, and how.

    `hold` is for how long a snapshot is held at most, `pause` what is between two reads: seconds.
    """

    url: str
    kind: Kind
    table: str
    rows: int
    hold: float
    pause: float
    seed: int


@dataclass(slots=True)
class Sighting:
    """A version that was seen, in which phase, and the latest state known when it was asked for."""

    version: int
    known: int
    phase: int


@dataclass
class Seen:
    """What one reader saw; times are in milliseconds, by phase."""

    kind: Kind
    waits: defaultdict[int, Waits] = field(default_factory=lambda: defaultdict(Waits))
    errors: Counter[int] = field(default_factory=Counter)
    wrong: Counter[int] = field(default_factory=Counter)
    examples: list[str] = field(default_factory=list)
    sightings: list[Sighting] = field(default_factory=list)
    straddled: int = 0
    """Snapshots that were taken before a publish and used after it."""

    def example(self, text: str) -> None:
        """Keep a few of what went wrong, to be shown."""
        if len(self.examples) < EXAMPLES:
            self.examples.append(f"{self.kind}: {text.strip()}")


def read(order: Order, board: Board, answer: Connection) -> None:
    """Read until the board says that it is over, then answer with what was seen."""
    reader = _Reader(order, board)
    answer.send("reading")
    while board.phase.value >= 0:
        try:
            reader.read_once()
        except psycopg2.Error as error:
            reader.failed(error)
        if order.pause:
            time.sleep(order.pause)
    reader.close()
    answer.send(reader.seen)


class _Reader:
    def __init__(self, order: Order, board: Board) -> None:
        self._order, self._board = order, board
        self._chance = random.Random(order.seed)  # noqa: S311 -- no secret
        self.seen = Seen(order.kind)
        self._connect()

    def read_once(self) -> None:
        is_snapshot = self._order.kind == "snapshot"
        before = self._board.known.value
        if is_snapshot:
            self._cursor.execute("BEGIN ISOLATION LEVEL REPEATABLE READ")
            self._cursor.execute(f"SELECT * FROM {OTHER}")  # noqa: S608 -- our own constant
            time.sleep(self._chance.uniform(0, self._order.hold))
        known, phase = self._board.known.value, max(self._board.phase.value, 0)
        begun = time.perf_counter()
        self._cursor.execute(self._question)
        count, least, most = self._cursor.fetchone() or (0, None, None)
        waited = (time.perf_counter() - begun) * 1000
        if is_snapshot:
            self._cursor.execute("COMMIT")
            self.seen.straddled += known != before
        self.seen.waits[phase].add(waited)
        if count != self._order.rows or least != most:
            self.seen.wrong[phase] += 1
            self.seen.example(f"{count} rows of versions {least} to {most}")
        else:
            self._sight(int(least), known, phase)

    def failed(self, error: psycopg2.Error) -> None:
        self.seen.errors[max(self._board.phase.value, 0)] += 1
        self.seen.example(str(error))
        if self._connection.closed:
            self._connect()
        else:
            self._cursor.execute("ROLLBACK")

    def close(self) -> None:
        self._connection.close()

    def _connect(self) -> None:
        self._connection = psycopg2.connect(self._order.url, application_name="reader")
        self._connection.autocommit = True
        self._cursor = self._connection.cursor()
        relation = f"{self._order.table}{'_view' if self._order.kind == 'view' else ''}"
        self._question = question(relation)
        if self._order.kind == "prepared":
            self._cursor.execute(f"PREPARE numbers AS {self._question}")
            self._question = "EXECUTE numbers"

    def _sight(self, version: int, known: int, phase: int) -> None:
        last = self.seen.sightings[-1] if self.seen.sightings else None
        if last is not None and last.version == version:
            last.known = known
        else:
            self.seen.sightings.append(Sighting(version, known, phase))


def question(relation: str) -> str:
    """What tells whether a table is whole, and of which version."""
    return f"SELECT count(*), min(version), max(version) FROM {relation}"  # noqa: S608 -- ours
