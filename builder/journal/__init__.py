"""What happened: runs, their steps and checks, and the versions they left.

The journal lives in the schema `builder` of a warehouse. A run's row is written when it starts;
the row's end is written by the publish itself, in the same transaction, so that table and
journal agree after a crash. In between, steps are noted for people who look, and a note that
is lost does no harm: it is logged, and the run goes on.
"""

from __future__ import annotations

import getpass
import os
import socket
from datetime import UTC
from typing import TYPE_CHECKING

from builder.engines.base import Statement
from builder.journal.store import Store
from builder.journal.tables import VERSION, Kept, Measured, PastRun, rows_of
from builder.relation import Relation
from builder.settings import masked

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from builder.engines.base import Connection, Version
    from builder.run import Run

KEPT_DAYS = 400
WITH_FINGERPRINTS = 3  # the version of the journal whose checks can be found again
LAST_RUNS = 60  # whose numbers a check is compared with


# What is live now is what the last publish, or drop, has left: not the run that ended last, which
# may have been held up after it.
_KEEP = """
INSERT INTO builder.versions
    (table_schema, table_name, kept_as, replaced_by, replaced_at, made_by, rows)
SELECT %s, %s, %s, %s, clock_timestamp(), r.made_by, r.rows
FROM (SELECT) AS one LEFT JOIN (
    SELECT CASE WHEN status = 'published' THEN coalesce(restored, run_id) END AS made_by,
           CASE WHEN status = 'published' THEN rows END AS rows
    FROM builder.runs WHERE table_schema = %s AND table_name = %s
      AND status IN ('published', 'dropped') AND run_id <> %s
      AND effective_at IS NOT NULL
    ORDER BY effective_at DESC LIMIT 1) AS r ON true
"""
_RESTORE = """
UPDATE builder.versions SET dropped_at = clock_timestamp(), restored_by = %s
WHERE table_schema = %s AND kept_as = %s
"""


class Journal:
    """The journal of one warehouse; `connect` opens a connection when there is something to say."""

    def __init__(self, connect: Callable[[], Connection]) -> None:
        self._store = Store(connect)
        self._started: set[str] = set()

    def start(self, run: Run) -> None:
        """The run begins: it holds its table's lock, so runs of that table still open are dead.

        Raises EngineError where the journal cannot be made or written.
        """
        self._store.prepare()
        where = (run.target.schema, run.target.name)
        abandon = (
            "UPDATE builder.runs SET status = 'abandoned', finished_at = clock_timestamp() "
            "WHERE table_schema = %s AND table_name = %s AND status = 'running'"
        )
        begin = (
            "INSERT INTO builder.runs (run_id, table_schema, table_name, action, status, host, "
            "pid, os_user, owner, started_at, journal_version) "
            "VALUES (%s, %s, %s, %s, 'running', %s, %s, %s, %s, %s, %s)"
        )
        us = (socket.gethostname(), os.getpid(), _user())
        values = (run.run_id, *where, run.action, *us, run.summary.owner, run.started_at, VERSION)
        self._store.write([Statement(abandon, where), Statement(begin, values)])
        self._started.add(run.run_id)
        run.listeners.append(self.note)

    def note(self, run: Run) -> None:
        """Write down the step that has begun and those that have ended; never raises."""
        current = next((step.name for step in run.steps if step.passed is None), None)
        if current is None:
            return
        update = (
            "UPDATE builder.runs SET step = %s, step_started_at = clock_timestamp() "
            "WHERE run_id = %s AND status = 'running'"
        )
        self._store.quietly([Statement(update, (current, run.run_id))])

    def published(
        self, run: Run, replaced: Version | None, restored: Kept | None = None
    ) -> list[Statement]:
        """The statements that belong into the publish's own transaction.

        `restored` is the version that a rollback brings back: it is kept no more, but live.
        """
        where = (run.target.schema, run.target.name)
        statements = [
            Statement(
                "UPDATE builder.runs SET status = 'published', rows = %s, restored = %s, "
                "finished_at = clock_timestamp(), effective_at = clock_timestamp() "
                "WHERE run_id = %s",
                (run.rows, restored.made_by if restored else None, run.run_id),
            )
        ]
        if replaced is not None:
            values = (*where, replaced.relation.name, run.run_id, *where, run.run_id)
            statements.append(Statement(_KEEP, values))
        if restored is not None:
            name = restored.relation.name
            statements.append(Statement(_RESTORE, (run.run_id, run.target.schema, name)))
        return statements

    def removed(self, run: Run, versions: Sequence[Relation]) -> list[Statement]:
        """The statements that belong into the transaction that drops a table and its versions."""
        gone = (
            "UPDATE builder.versions SET dropped_at = clock_timestamp() "
            "WHERE table_schema = %s AND kept_as = ANY (%s) AND dropped_at IS NULL"
        )
        ended = (
            "UPDATE builder.runs SET status = 'dropped', finished_at = clock_timestamp(), "
            "effective_at = clock_timestamp() WHERE run_id = %s"
        )
        names = [version.name for version in versions]
        return [Statement(gone, (run.target.schema, names)), Statement(ended, (run.run_id,))]

    def is_ours(self, target: Relation) -> bool:
        """Whether a run has published the table, and none has dropped it since."""
        last = (
            "SELECT status FROM builder.runs WHERE table_schema = %s AND table_name = %s "
            "AND status IN ('published', 'dropped') "
            "AND effective_at IS NOT NULL ORDER BY effective_at DESC LIMIT 1"
        )
        found = self._store.rows(last, target.schema, target.name)
        return bool(found) and found[0][0] == "published"

    def is_published(self, run: Run) -> bool:
        """Whether the run's publish has been committed; raises EngineError."""
        status = "SELECT count(*) FROM builder.runs WHERE run_id = %s AND status = 'published'"
        return bool(self._store.rows(status, run.run_id)[0][0])

    def finish(self, run: Run) -> None:
        """How the run ended, with its steps and checks; never raises.

        A run that never had its lock is no run, and leaves no row.
        """
        if run.run_id not in self._started:
            return
        told = [
            Statement(
                # Whoever was cut off while the swap committed does not know that it did.
                "UPDATE builder.runs SET status = CASE WHEN status IN ('published', 'dropped') "
                "THEN status ELSE %s END, rows = %s, error = %s, finished_at = clock_timestamp() "
                "WHERE run_id = %s",
                (
                    run.status,
                    run.rows,
                    masked(str(run.error)) if run.error else None,
                    run.run_id,
                ),
            ),
            *rows_of(run),
            Statement(
                # The last that published a table says whose it is, however long ago that was.
                "DELETE FROM builder.runs r WHERE started_at < now() - make_interval(days => %s) "
                "AND NOT EXISTS (SELECT FROM builder.versions v WHERE v.replaced_by = r.run_id "
                "AND v.dropped_at IS NULL) AND (status <> 'published' OR EXISTS ("
                "SELECT FROM builder.runs l WHERE l.table_schema = r.table_schema "
                "AND l.table_name = r.table_name AND l.status IN ('published', 'dropped') "
                "AND l.effective_at > coalesce(r.effective_at, r.finished_at)))",
                (KEPT_DAYS,),
            ),
        ]
        self._store.quietly(told)

    def holder(self, target: Relation) -> str:
        """Who builds a table now: host, process, step and since when."""
        found = self._store.rows(
            "SELECT run_id, host, pid, os_user, step, step_started_at AT TIME ZONE 'UTC' "
            "FROM builder.runs WHERE table_schema = %s AND table_name = %s AND status = 'running' "
            "ORDER BY started_at DESC LIMIT 1",
            target.schema,
            target.name,
        )
        if not found:
            return "another session"
        run_id, host, pid, user, step, since = found[0]
        at = f", step {step} since {since:%H:%M:%S} UTC" if step else ""
        return f"run {run_id} ({user} on {host}, process {pid}{at})"

    def kept(self, target: Relation) -> list[Kept]:
        """The versions of a table that were kept and are not gone, the youngest first."""
        return self._versions(target, gone_too=False)

    def versions(self, target: Relation) -> list[Kept]:
        """All versions that were kept of a table, also those that are gone; the youngest first.

        A journal that an older client has made lacks columns: then they are None.
        """
        return self._versions(target, gone_too=True)

    def _versions(self, target: Relation, *, gone_too: bool) -> list[Kept]:
        if not self._store.is_there():
            return []
        found = self._store.rows(
            "SELECT kept_as, to_jsonb(v) ->> 'made_by', (to_jsonb(v) ->> 'rows')::bigint, "
            "replaced_by, replaced_at, dropped_at IS NULL FROM builder.versions v "
            "WHERE table_schema = %s AND table_name = %s AND (dropped_at IS NULL OR %s) "
            "ORDER BY replaced_at DESC",
            target.schema,
            target.name,
            gone_too,
        )
        return [Kept(Relation(target.schema, str(name)), *more) for name, *more in found]

    def dropped(self, version: Relation) -> None:
        """A kept version is gone."""
        gone = (
            "UPDATE builder.versions SET dropped_at = clock_timestamp() "
            "WHERE table_schema = %s AND kept_as = %s"
        )
        self._store.write([Statement(gone, (version.schema, version.name))])

    def history(self, table: Relation | None = None, limit: int = 50) -> list[PastRun]:
        """The last runs, of one table or of all; the youngest first."""
        if not self._store.is_there():
            return []
        found = self._store.rows(
            "SELECT run_id, table_schema, table_name, action, status, started_at, finished_at, "
            "rows, error, os_user || '@' || host, to_jsonb(r) ->> 'restored' FROM builder.runs r "
            "WHERE %s::text IS NULL OR (table_schema = %s AND table_name = %s) "
            "ORDER BY started_at DESC, run_id DESC LIMIT %s",
            table and table.schema,
            table and table.schema,
            table and table.name,
            limit,
        )
        return [PastRun(str(row[0]), Relation(str(row[1]), str(row[2])), *row[3:]) for row in found]

    def measured(self, target: Relation, fingerprints: Sequence[str]) -> dict[str, list[Measured]]:
        """What checks measured in the last runs that were published, the youngest first.

        Of a rollback it is what was measured of the version that it brought back.
        """
        if not fingerprints or self._store.version() < WITH_FINGERPRINTS:
            return {}
        found = self._store.rows(
            # A run may be live twice, by a rollback, and two of its checks may measure the same.
            "SELECT c.fingerprint, min(c.measured), max(r.effective_at) FROM ("
            "SELECT coalesce(restored, run_id) AS made_by, effective_at FROM builder.runs "
            "WHERE table_schema = %s AND table_name = %s AND status = 'published' "
            "AND effective_at IS NOT NULL ORDER BY effective_at DESC LIMIT %s) AS r "
            "JOIN builder.checks c ON c.run_id = r.made_by "
            "WHERE c.fingerprint = ANY (%s) AND c.measured IS NOT NULL "
            "GROUP BY c.fingerprint, r.made_by ORDER BY 3 DESC",
            target.schema,
            target.name,
            LAST_RUNS,
            [*fingerprints],
        )
        measured: dict[str, list[Measured]] = {}
        for fingerprint, value, at in found:
            measured.setdefault(str(fingerprint), []).append(Measured(value, at.astimezone(UTC)))
        return measured

    def close(self) -> None:
        """Give the connection back, if one was opened."""
        self._store.close()


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        # A container's user need not have a name.
        return str(os.getuid())
