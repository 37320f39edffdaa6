"""Who publishes and rolls back under the readers, in this process, and how long it took."""

from __future__ import annotations

import logging
import time
from collections import Counter, defaultdict
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

from benchmarks.publish.figures import Waits
from benchmarks.publish.project import rows
from builder.errors import BuilderError
from builder.pipeline import build, rollback
from builder.relation import Relation
from builder.summary import Summary, Text

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import ExitStack

    from benchmarks.publish.project import Project
    from builder.attempt import Listener

SIZE = 1000
TABLE = "analytics.numbers"
LOGGER = logging.getLogger("builder.engines.postgres.publish")


class Publisher:
    """Builds the table anew and brings the version before back.

    `counts` and `failures` by phase; `runs` are whole runs, by phase and kind.
    """

    def __init__(self, project: Project, ends: ExitStack, *, view: bool) -> None:
        self._engine, self._journal = project.builder(ends)
        self._version = self._kept = self.live = 0
        self.counts: Counter[str] = Counter()
        self.failures: defaultdict[str, list[str]] = defaultdict(list)
        self.runs: defaultdict[str, Waits] = defaultdict(Waits)
        self.publish("")
        if view:
            with closing(project.connect()) as session:
                rows(session, f"CREATE VIEW {TABLE}_view AS SELECT * FROM {TABLE}")  # noqa: S608 -- ours
        self.publish("")
        self.runs.clear()
        self.swaps = Swaps()

    def publish(self, phase: str, *listeners: Listener) -> int:
        """One build; the version that is live then."""
        self._version += 1
        summary = _summary(self._version)
        with self._attempt(phase, "publish"):
            build(summary, engine=self._engine, journal=self._journal, listeners=listeners)
            self._kept, self.live = self.live, self._version
        return self.live

    def roll_back(self, phase: str) -> int:
        """One rollback; the version that is live then. What it replaced is what is kept then."""
        with self._attempt(phase, "rollback"):
            rollback(_summary(self._version), engine=self._engine, journal=self._journal)
            self._kept, self.live = self.live, self._kept
        return self.live

    @contextmanager
    def _attempt(self, phase: str, what: str) -> Iterator[None]:
        begun = time.perf_counter()
        try:
            yield
        except BuilderError as error:
            self.failures[phase].append(str(error))
        else:
            self.counts[phase] += 1
        self.runs[f"{what}, {phase}"].add((time.perf_counter() - begun) * 1000)


class Swaps(logging.Handler):
    """Collects how long each swap took from asking for its locks on, which the builder logs."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.waits = Waits()
        self.most_attempts = 0
        LOGGER.setLevel(logging.DEBUG)
        LOGGER.addHandler(self)

    def emit(self, record: logging.LogRecord) -> None:
        """Take the figures out of the record."""
        if str(record.msg).startswith("swapped") and isinstance(record.args, tuple):
            _, milliseconds, attempt = record.args
            self.waits.add(float(str(milliseconds)))
            self.most_attempts = max(self.most_attempts, int(str(attempt)))


def _summary(version: int) -> Summary:
    query = f"SELECT n, {version} AS version FROM generate_series(1, {SIZE}) AS n"  # noqa: S608 -- numbers
    return Summary(Relation(*TABLE.split(".")), Text(query), keep=1)
