"""What must hold of the table and its journal, whatever was killed.

Each process is known by its pid, which the journal writes down with its run, and by the version
that it would make live. So the journal's published runs say which versions were live, in order:
the last of them must be live now, and the one before it must be the version that is kept.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from benchmarks.publish.project import rows

if TYPE_CHECKING:
    from psycopg2.extensions import connection

SIZE = 20_000
KEPT = 1
PATIENCE = 5.0
"""Seconds for which a statement of a client that was killed may go on."""
# One statement sees table and journal at one moment.
_LIVE = """
SELECT count(*), min(version), max(version),
       (SELECT pid FROM builder.runs WHERE status = 'published'
        ORDER BY effective_at DESC, run_id DESC LIMIT 1)
FROM analytics.numbers
"""
_PUBLISHED = """
SELECT run_id, pid FROM builder.runs WHERE status = 'published' ORDER BY effective_at, run_id
"""
_LEFT = """
SELECT 'table ' || relname FROM pg_class
WHERE relnamespace = 'analytics'::regnamespace AND relname LIKE 'temp\\_%'
UNION ALL SELECT 'run ' || run_id || ', running' FROM builder.runs WHERE status = 'running'
"""
_KEPT = """
SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'analytics'::regnamespace
AND relname LIKE 'prev\\_%' ORDER BY 1
"""
_IN_JOURNAL = "SELECT kept_as FROM builder.versions WHERE dropped_at IS NULL ORDER BY 1"
_THEIRS = """
SELECT pid, backend_start FROM pg_stat_activity WHERE application_name = 'summary-builder'
"""
Sessions = set[tuple[int, object]]


class WrongError(Exception):
    """Something is not as promised."""


class State:
    """The table as it was left at the last look; `session` looks at it."""

    def __init__(self, session: connection) -> None:
        self.session = session
        self.history = [0]
        """The versions that were live, in order: the last one is. The first is none."""
        self._known: set[str] = set()
        self._processes: dict[int, int] = {}

    def started(self, pid: int, version: int) -> None:
        """This process would make that version live. A pid may come again: the last one counts."""
        self._processes[pid] = version

    def require_whole(self, version: int) -> int:
        """The version that is live: that of before or `version`, and the journal agrees."""
        count, least, most, pid = rows(self.session, _LIVE)[0]
        if count != SIZE or least != most or least not in (self.history[-1], version):
            raise WrongError(
                f"live: {count} rows of versions {least} to {most}, not all {SIZE} rows of "
                f"{self.history[-1]} or {version}"
            )
        if self._processes.get(pid) != least:
            raise WrongError(
                f"live is version {least}, but the journal says {self._processes.get(pid)}"
            )
        return int(least)

    def require_published(self, version: int, between: int | None, *, seen: bool) -> None:
        """A build has just made `version` live, and nothing else is left.

        The run that would have made `between` live may have been published before it, and must
        have been, if that version was `seen`. No other may.
        """
        now = self.require_whole(version)
        published = [run for run in rows(self.session, _PUBLISHED) if run[0] not in self._known]
        found = [self._processes.get(pid) for _, pid in published]
        right = [[between, version]] if seen else [[version], [between, version]]
        if now != version or found not in right:
            raise WrongError(
                f"live is {now}; after {self.history[-1]} the journal has {found} as published, "
                f"not {' or '.join(map(str, right))}"
            )
        self._known.update(run_id for run_id, _ in published)
        self.history += [version for version in found if version is not None]
        self._require_nothing_left()

    def sessions(self) -> Sessions:
        """The builder's sessions on the server now."""
        return {(pid, begun) for pid, begun in rows(self.session, _THEIRS)}

    def require_gone(self, sessions: Sessions, killed_at: float) -> None:
        """None of them is left PATIENCE after the kill, which was at a `time.monotonic()`."""
        while left := sessions & self.sessions():
            if time.monotonic() > killed_at + PATIENCE:
                pids = ", ".join(str(pid) for pid, _ in left)
                raise WrongError(f"{PATIENCE:g} s after the kill there still is process {pids}")
            time.sleep(0.02)

    def _require_nothing_left(self) -> None:
        if left := rows(self.session, _LEFT):
            raise WrongError(f"left over: {', '.join(what for (what,) in left)}")
        tables, journal = rows(self.session, _KEPT), rows(self.session, _IN_JOURNAL)
        if tables != journal or len(tables) > KEPT:
            raise WrongError(f"kept are {tables}, in the journal {journal}")
        for (name,) in tables:
            whole = f'SELECT count(*), min(version), max(version) FROM analytics."{name}"'  # noqa: S608 -- ours
            found, before = rows(self.session, whole)[0], self.history[-2]
            if found != (SIZE, before, before):
                raise WrongError(f"{name} holds {found}, not version {before}")
