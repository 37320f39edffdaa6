"""One connection to a Postgres, whose statements can be interrupted.

psycopg2 waits for the server inside C, where neither Ctrl-C nor a SIGTERM handler is heard. So
each statement runs in a thread while the caller's thread waits for it in Python: whatever is
raised there (also by Airflow's own signal handler) cancels the statement on the server first.
psycopg2's wait callback would do that too, but for every connection of the process.
"""

from __future__ import annotations

import logging
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import psycopg2
import psycopg2.extensions

from builder.engines.base import Result, Statement
from builder.engines.postgres.answers import translated
from builder.engines.postgres.connect import AS_WRITTEN, connect
from builder.errors import EngineError, Problem, QueryFailed, TimedOut
from builder.relation import quoted

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from builder.query import Rendered
    from builder.relation import Relation

logger = logging.getLogger(__name__)

_CANCEL_WAIT = 5.0  # seconds until a cancelled statement is given up on
# The server looks every second whether we are still there, so that a killed builder's statement
# and lock end. Windows servers cannot.
# https://www.postgresql.org/docs/current/runtime-config-connection.html
_GREETING = """
SELECT CASE WHEN pg_catalog.version() !~ 'Visual C|mingw' THEN
           pg_catalog.set_config('client_connection_check_interval', '1000', false) END,
       pg_catalog.set_config('datestyle', 'ISO', false),
       pg_catalog.pg_backend_pid(), current_setting('server_version')
"""


class Session:
    """A connection in autocommit; transactions are begun and ended by statements.

    Raises EngineError if the server cannot be reached, ConfigError if its address cannot be read.
    `deadline` is a `time.monotonic()` after which any statement is cancelled; `has_prepared` says
    that the server has the plan of `describe`.
    """

    def __init__(
        self,
        parameters: Mapping[str, str],
        where: str,
        role: str | None = None,
        factory: type[psycopg2.extensions.connection] | None = None,
    ) -> None:
        self.opened_with = (parameters, where, role)
        self.deadline: float | None = None
        self.tag = ""
        self.has_prepared = False
        self._connection = connect(parameters, where, factory)
        *_, self.backend_pid, version = self.execute(Statement(_GREETING)).rows[0]
        self.version = str(version)
        self._role = role
        if role:
            self._become(role)
        self.role = str(self.execute(Statement("SELECT current_user")).rows[0][0])

    @property
    def is_pooled(self) -> bool:
        """Whether something between us and the server hands its sessions to others as well."""
        return bool(self._connection.info.backend_pid != self.backend_pid)

    @property
    def address(self) -> str:
        """host:port/database, as the connection has it."""
        info = self._connection.info
        return f"{info.host}:{info.port}/{info.dbname}"

    @property
    def is_alive(self) -> bool:
        """Whether the connection can still be used, as far as is known without asking."""
        return not self._connection.closed

    @property
    def in_transaction(self) -> bool:
        """Whether a transaction has been begun and not ended."""
        return bool(self._connection.info.transaction_status)

    @property
    def connection(self) -> psycopg2.extensions.connection:
        """The connection itself, for a library that sends its own statements."""
        return self._connection

    def execute(self, statement: Statement) -> Result:
        """Send one of our own statements; raises EngineError or Busy."""
        return self._run(statement)

    def execute_together(self, statements: Sequence[Statement]) -> None:
        """Send several statements in one round trip; none at all for none."""
        if not statements:
            return
        with self._connection.cursor() as cursor:
            texts = [
                cursor.mogrify(s.text, s.values).decode() if s.values else s.text
                for s in statements
            ]
        self._run(Statement(";\n".join(texts)))

    def execute_theirs(
        self, text: str, sql: Rendered, prefix: str = "", sources: Sequence[Relation] = ()
    ) -> Result:
        """Send SQL that a person wrote, after `prefix`; raises QueryFailed with their line."""
        return self._run(Statement(prefix + text), sql, len(prefix), sources, plain=True)

    def execute_plain(self, statement: Statement) -> Result:
        """Send one of our own statements; its rows hold what the server wrote, but for numbers."""
        return self._run(statement, plain=True)

    def execute_about(
        self, statement: Statement, sql: Rendered, sources: Sequence[Relation]
    ) -> Result:
        """Send a statement of ours that has a person's SQL as its value."""
        prefix = len(statement.text) + len(sql.text)
        return self._run(statement, sql, prefix, sources, plain=True)

    def reset(self, *, tables: bool = True) -> None:
        """Take back what a file's SQL left in the session: role, settings, temporary tables.

        Behind a pooler the session is somebody else's next, so there this belongs into the
        transaction of that SQL.
        """
        role = f"; SET ROLE {quoted(self._role)}" if self._role else ""
        temporary = "DISCARD TEMP; " if tables else ""
        self._run(Statement(f"{temporary}RESET ALL; RESET SESSION AUTHORIZATION{role}"))
        self._run(Statement(_GREETING))

    @contextmanager
    def within(self, seconds: float | None) -> Iterator[None]:
        """Whatever the body sends is cancelled after so many seconds; None leaves it as it is."""
        before = self.deadline
        if seconds is not None:
            self.deadline = time.monotonic() + seconds
        try:
            yield
        finally:
            self.deadline = before

    @contextmanager
    def transaction(self, begin: str = "BEGIN") -> Iterator[None]:
        """What the body sends takes effect as a whole or not at all. It may commit by itself."""
        try:
            # What begins it may be several statements, of which a later one fails.
            self.execute(Statement(begin))
            yield
            if self.in_transaction:
                self.execute(Statement("COMMIT"))
        except BaseException as error:
            self.roll_back()
            if isinstance(error, QueryFailed) and self.is_alive:
                raise self._with_suggestion(error) from error.__cause__
            raise

    def roll_back(self) -> None:
        """End the transaction, if there is one and the server can still be asked to."""
        if self.is_alive and self.in_transaction:
            try:
                self._connection.cursor().execute("ROLLBACK")
            except psycopg2.Error:
                logger.debug("the transaction ended with its connection", exc_info=True)

    def close(self) -> None:
        """End the session; the server gives back its locks."""
        self._connection.close()

    def _become(self, role: str) -> None:
        if self.is_pooled:
            raise EngineError(
                f"Cannot become the role {role}: a pooler stands between, which would hand that "
                "role to others. Connect to the server itself, or without BUILDER_ROLE."
            )
        try:
            self.execute(Statement(f"SET ROLE {quoted(role)}"))
        except EngineError as error:
            raise EngineError(
                f"Cannot become the role {role} that BUILDER_ROLE names: {error} Make the user "
                "that connects a member of it: GRANT <role> TO <user>;",
                code=error.code,
            ) from error

    def _run(
        self,
        statement: Statement,
        sql: Rendered | None = None,
        prefix: int = 0,
        sources: Sequence[Relation] = (),
        *,
        plain: bool = False,
    ) -> Result:
        logger.debug("%s", statement.text)
        if not self.is_alive:
            message = "The connection to the warehouse was lost. Run the command again."
            raise EngineError(message, passes=True)
        cursor = self._connection.cursor()
        if plain:
            for kind in AS_WRITTEN:
                psycopg2.extensions.register_type(kind, cursor)
        outcome: list[BaseException] = []
        rows: list[tuple[object, ...]] = []
        done = threading.Event()
        sent = self.tag + statement.text

        def send() -> None:
            try:
                cursor.execute(sent, statement.values or None)
                if cursor.description is not None:
                    rows.extend(cursor.fetchall())
            except BaseException as error:  # noqa: BLE001 -- raised again in the caller's thread
                outcome.append(error)
            finally:
                done.set()

        threading.Thread(target=send, daemon=True).start()
        in_time = self._wait(done)
        for error in outcome:
            raise self._meaning(error, sql, prefix, sources, in_time=in_time) from error
        described = cursor.description or ()
        columns = tuple(column.name for column in described)
        types = tuple(column.type_code for column in described)
        return Result(columns, tuple(rows), cursor.rowcount, types)

    def _meaning(
        self,
        error: BaseException,
        sql: Rendered | None,
        prefix: int,
        sources: Sequence[Relation],
        *,
        in_time: bool,
    ) -> BaseException:
        """What went wrong, in our words."""
        if isinstance(error, ValueError):
            # NUL, half of a surrogate pair, or a year that Python does not have.
            message = f"a value that cannot be sent or read: {error}"
            return QueryFailed(Problem(message, sql.place(0) if sql else None))
        if not isinstance(error, psycopg2.Error):
            return error
        if not in_time:
            return _too_late(sql)
        return translated(error, sql=sql, prefix=prefix + len(self.tag), sources=sources)

    def _wait(self, done: threading.Event) -> bool:
        """Until the statement has ended; cancels it at the deadline, or if anything is raised.

        False if the deadline came first.
        """
        try:
            left = None if self.deadline is None else self.deadline - time.monotonic()
            if done.wait(left):
                return True
            self._cancel(done)
        except BaseException:
            self._cancel(done)
            raise
        return False

    def _cancel(self, done: threading.Event) -> None:
        if not done.is_set():
            try:
                self._connection.cancel()
            except psycopg2.Error:
                logger.debug("the statement could not be cancelled", exc_info=True)
        if not done.wait(_CANCEL_WAIT):
            self._connection.close()

    def _with_suggestion(self, error: QueryFailed) -> QueryFailed:
        from builder.engines.postgres.suggest import with_nearest_name

        return with_nearest_name(self, error)


def _too_late(sql: Rendered | None) -> TimedOut:
    place = sql.place(len(sql.text) - len(sql.text.lstrip())) if sql else None
    return TimedOut(Problem("the run was cancelled: it took longer than its `timeout`", place))
