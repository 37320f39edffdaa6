"""What happened: runs, their steps and checks, and the versions they left.

The journal lives in the schema `builder` of a warehouse. A run's row is written when it starts;
the row's end is written by the publish itself, in the same transaction, so that table and
journal agree after a crash. In between, steps are noted for people who look, and a note that
is lost does no harm: it is logged, and the run goes on.
"""

from __future__ import annotations

import getpass
import logging
import os
import socket
from typing import TYPE_CHECKING, Any

from builder.engines.base import Statement, Version
from builder.errors import BuilderError, EngineError
from builder.journal.tables import LOCK, MIGRATIONS, VERSION, PastRun, rows_of
from builder.relation import Relation, quoted
from builder.settings import masked

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from builder.engines.base import Connection
    from builder.run import Run

logger = logging.getLogger(__name__)

KEPT_DAYS = 400
_FORBIDDEN = "42501"
# A note lost in a crash is only a note; the publish commits its own row for good. LOCAL, since
# behind a pooler the session is somebody else's next.
_NOTE = "SET LOCAL synchronous_commit = off"


class Journal:
    """The journal of one warehouse; `connect` opens a connection when there is something to say."""

    def __init__(self, connect: Callable[[], Connection]) -> None:
        self._connect = connect
        self._opened: Connection | None = None
        self._is_ready = False
        self._started: set[str] = set()

    def start(self, run: Run) -> None:
        """The run begins: it holds its table's lock, so runs of that table still open are dead.

        Raises EngineError where the journal cannot be made or written.
        """
        self._prepare()
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
        self._write([Statement(abandon, where), Statement(begin, values)])
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
        self._quietly([Statement(update, (current, run.run_id))])

    def published(self, run: Run, replaced: Version | None) -> list[Statement]:
        """The statements that belong into the publish's own transaction."""
        statements = [
            Statement(
                "UPDATE builder.runs SET status = 'published', rows = %s, "
                "finished_at = clock_timestamp() WHERE run_id = %s",
                (run.rows, run.run_id),
            )
        ]
        if replaced is not None:
            statements.append(
                Statement(
                    "INSERT INTO builder.versions (table_schema, table_name, kept_as, replaced_by, "
                    "replaced_at) VALUES (%s, %s, %s, %s, clock_timestamp())",
                    (run.target.schema, run.target.name, replaced.relation.name, run.run_id),
                )
            )
        return statements

    def finish(self, run: Run) -> None:
        """How the run ended, with its steps and checks; never raises.

        A run that never had its lock is no run, and leaves no row.
        """
        if run.run_id not in self._started:
            return
        told = [
            Statement(
                # Whoever was cut off while the swap committed does not know that it did.
                "UPDATE builder.runs SET status = CASE WHEN status = 'published' THEN status "
                "ELSE %s END, rows = %s, error = %s, finished_at = clock_timestamp() "
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
                "DELETE FROM builder.runs r WHERE started_at < now() - make_interval(days => %s) "
                "AND NOT EXISTS (SELECT FROM builder.versions v WHERE v.replaced_by = r.run_id "
                "AND v.dropped_at IS NULL)",
                (KEPT_DAYS,),
            ),
        ]
        self._quietly(told)

    def holder(self, target: Relation) -> str:
        """Who builds a table now: host, process, step and since when."""
        found = self._rows(
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

    def kept(self, target: Relation) -> list[Relation]:
        """The versions of a table that were kept and not dropped, the youngest first."""
        found = self._rows(
            "SELECT kept_as FROM builder.versions WHERE table_schema = %s AND table_name = %s "
            "AND dropped_at IS NULL ORDER BY replaced_at DESC",
            target.schema,
            target.name,
        )
        return [Relation(target.schema, str(row[0])) for row in found]

    def dropped(self, version: Relation) -> None:
        """A kept version is gone."""
        self._rows(
            "UPDATE builder.versions SET dropped_at = clock_timestamp() "
            "WHERE table_schema = %s AND kept_as = %s",
            version.schema,
            version.name,
        )

    def history(self, table: Relation | None = None, limit: int = 50) -> list[PastRun]:
        """The last runs, of one table or of all; the youngest first."""
        if not self._is_there():
            return []
        found = self._rows(
            "SELECT run_id, table_schema, table_name, action, status, started_at, finished_at, "
            "rows, error FROM builder.runs "
            "WHERE %s::text IS NULL OR (table_schema = %s AND table_name = %s) "
            "ORDER BY started_at DESC, run_id DESC LIMIT %s",
            table and table.schema,
            table and table.schema,
            table and table.name,
            limit,
        )
        return [PastRun(str(row[0]), Relation(str(row[1]), str(row[2])), *row[3:]) for row in found]

    def close(self) -> None:
        """Give the connection back, if one was opened."""
        if self._opened is not None:
            self._opened.close()

    def _prepare(self) -> None:
        """Make or bring up to date the journal's tables, once for each command."""
        if self._is_ready:
            return
        version, oldest = self._versions()
        if oldest > VERSION:
            raise EngineError(
                f"Cannot write the journal: it is for builder journals of version {oldest} and "
                f"later, this one is {VERSION}. Install a newer summary-builder."
            )
        if version < VERSION:
            self._migrate()
        self._is_ready = True

    def _versions(self) -> tuple[int, int]:
        """The journal's version, and the oldest that may write it; 0 where there is none."""
        if not self._is_there():
            return 0, 0
        found = self._rows("SELECT version, oldest_client FROM builder.journal")
        return (int(found[0][0]), int(found[0][1])) if found else (0, 0)

    def _migrate(self) -> None:
        connection = self._connection()
        try:
            connection.execute(Statement("BEGIN"))
            connection.execute(Statement("SELECT pg_advisory_xact_lock(%s)", (LOCK,)))
            for version in range(self._versions()[0] + 1, VERSION + 1):
                connection.execute(Statement(MIGRATIONS[version]))
            connection.execute(Statement("COMMIT"))
        except EngineError as error:
            connection.execute(Statement("ROLLBACK"))
            raise self._forbidden(error) from error

    def _is_there(self) -> bool:
        # A look into the catalog sees what another session has just made; to_regclass may not.
        return bool(
            self._rows(
                "SELECT count(*) FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n "
                "ON n.oid = c.relnamespace WHERE n.nspname = 'builder' AND c.relname = 'journal'"
            )[0][0]
        )

    def _schema_is_there(self) -> bool:
        found = "SELECT 1 FROM pg_catalog.pg_namespace WHERE nspname = 'builder'"
        return bool(self._connection().execute(Statement(found)).rows)

    def _connection(self) -> Connection:
        if self._opened is None or not self._connection_lives():
            self._opened = self._connect()
        return self._opened

    def _rows(self, text: str, *values: object) -> Sequence[tuple[Any, ...]]:
        try:
            return self._connection().execute(Statement(text, values)).rows
        except EngineError as error:
            raise self._forbidden(error) from error

    def _write(self, statements: Sequence[Statement]) -> None:
        """Send them in one go, as one transaction."""
        together = Statement(
            ";\n".join((_NOTE, *(statement.text for statement in statements))),
            tuple(value for statement in statements for value in statement.values),
        )
        try:
            self._connection().execute(together)
        except EngineError as error:
            if self._connection_lives():
                raise self._forbidden(error) from error
            # What was under way is undone; the warehouse may take a new connection.
            self._connection().execute(together)

    def _connection_lives(self) -> bool:
        return self._opened is not None and self._opened.is_alive

    def _forbidden(self, error: EngineError) -> EngineError:
        """A missing right, with the statements that give it."""
        if error.code != _FORBIDDEN:
            return error
        role = quoted(self._connection().role)
        if self._schema_is_there():
            grants = (
                f"GRANT USAGE ON SCHEMA builder TO {role}; GRANT SELECT, INSERT, UPDATE, DELETE "
                f"ON ALL TABLES IN SCHEMA builder TO {role};"
            )
        else:
            grants = f"CREATE SCHEMA builder AUTHORIZATION {role};"
        return EngineError(
            f"Cannot use the journal, the schema `builder` of the warehouse: {error} "
            f"Let an administrator run, once: {grants}",
            code=error.code,
        )

    def _quietly(self, statements: Sequence[Statement]) -> None:
        """The same; what happened to the table is true whether this works or not."""
        try:
            self._write(statements)
        except BuilderError as error:
            logger.warning("The journal could not be written: %s", error)


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        # A container's user need not have a name.
        return str(os.getuid())
