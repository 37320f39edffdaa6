"""Where the journal is kept: its tables made and brought up to date, statements sent to them."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from builder.engines.base import Statement
from builder.errors import BuilderError, EngineError
from builder.journal.tables import LOCK, MIGRATIONS, VERSION
from builder.relation import quoted

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from builder.engines.base import Connection, Result

logger = logging.getLogger(__name__)

_FORBIDDEN = "42501"
# A note lost in a crash is only a note; the publish commits its own row for good. LOCAL, since
# behind a pooler the session is somebody else's next.
_NOTE = "SET LOCAL synchronous_commit = off"


class Store:
    """The journal's tables in one warehouse; `connect` opens a connection when it is needed."""

    def __init__(self, connect: Callable[[], Connection]) -> None:
        self._connect = connect
        self._opened: Connection | None = None
        self._is_ready = False

    def close(self) -> None:
        """Give the connection back, if one was opened."""
        if self._opened is not None:
            self._opened.close()

    def prepare(self) -> None:
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

    def version(self) -> int:
        """Of the tables that are there; 0 where there are none."""
        return VERSION if self._is_ready else self._versions()[0]

    def _versions(self) -> tuple[int, int]:
        """The journal's version, and the oldest that may write it; 0 where there is none."""
        if not self.is_there():
            return 0, 0
        found = self.rows("SELECT version, oldest_client FROM builder.journal")
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

    def is_there(self) -> bool:
        """Whether there is a journal."""
        # A look into the catalog sees what another session has just made; to_regclass may not.
        return bool(
            self.rows(
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

    def rows(self, text: str, *values: object) -> Sequence[tuple[Any, ...]]:
        """What one statement returns; raises EngineError."""
        return self._sent(Statement(text, values)).rows

    def write(self, statements: Sequence[Statement]) -> None:
        """Send them in one go, as one transaction."""
        together = Statement(
            ";\n".join((_NOTE, *(statement.text for statement in statements))),
            tuple(value for statement in statements for value in statement.values),
        )
        self._sent(together)

    def _sent(self, statement: Statement) -> Result:
        """What the server answers; where the connection is lost, over a new one."""
        try:
            return self._connection().execute(statement)
        except EngineError as error:
            if self._connection_lives():
                raise self._forbidden(error) from error
            # What was under way is undone; the warehouse may take a new connection.
            return self._connection().execute(statement)

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

    def quietly(self, statements: Sequence[Statement]) -> None:
        """As write(), but never raises: what happened is true whether it is written or not."""
        try:
            self.write(statements)
        except BuilderError as error:
            logger.warning("The journal could not be written: %s", error)
