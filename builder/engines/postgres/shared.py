"""What another process reads in the same database: as the same role, at the same moment.

It reads in one transaction that cannot write. Whatever library it hands the connection to may
call `commit()` and `rollback()` as it likes: psycopg2 sends nothing for them in autocommit, so
the transaction, which was begun by a statement, goes on until `close()`.
"""

from __future__ import annotations

import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import msgspec
import psycopg2
import psycopg2.extensions
from psycopg2.extensions import TRANSACTION_STATUS_IDLE, TRANSACTION_STATUS_INERROR

from builder.engines.base import Statement
from builder.engines.postgres.connect import AS_WRITTEN
from builder.engines.postgres.session import Session
from builder.engines.reading import SharedRead
from builder.errors import EngineError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from builder.relation import Relation

_DIALECT, _OPENER = "postgresql+psycopg2", "builder.engines.postgres.shared:open_shared"
# Whoever waits to change a source waits for the session that shares its snapshot, which may wait
# for this one: the server does not see that circle.
_LOCK_WAIT = "10s"
_SETTINGS = """
SELECT pg_catalog.set_config('lock_timeout', %s, true),
       pg_catalog.set_config('statement_timeout', %s, true),
       pg_catalog.set_config('row_security', %s, true),
       pg_catalog.set_config('idle_in_transaction_session_timeout', '0', true)
"""
_ONE_QUERY = "SELECT pg_catalog.query_to_xmlschema(%s, false, false, '') IS NULL"


class _Opening(msgspec.Struct, frozen=True):
    """The arguments of `open_shared`; `seconds` is the longest that one statement may take."""

    parameters: dict[str, str]
    where: str
    role: str | None
    snapshot: str | None
    row_security: str
    seconds: float | None
    relations: list[str]


def share(
    session: Session, relations: Sequence[Relation], *, moment: bool, timeout: float | None = None
) -> SharedRead:
    """How another process reads what this session reads, at its transaction's moment if wanted.

    No statement of it takes longer than `timeout` seconds, nor than this session may. A moment can
    be read for as long as the session's transaction is open. Raises EngineError.
    """
    ask = "pg_catalog.pg_export_snapshot()" if moment else "NULL"
    found = session.execute(Statement(f"SELECT {ask}, current_setting('row_security')"))
    snapshot, row_security = found.rows[0]
    parameters, where, role = session.opened_with
    left = None if session.deadline is None else max(session.deadline - time.monotonic(), 0.001)
    bounds = [bound for bound in (left, timeout) if bound is not None]
    opening = _Opening(
        dict(parameters),
        where,
        role,
        None if snapshot is None else str(snapshot),
        str(row_security),
        min(bounds, default=None),
        [relation.sql for relation in relations],
    )
    return SharedRead(_DIALECT, _OPENER, msgspec.to_builtins(opening))


def open_shared(arguments: dict[str, object]) -> psycopg2.extensions.connection:
    """The connection that `share` has described, inside its transaction.

    The relations are locked against changes of their shape at once, so that no one comes in
    between who waits for the session that shares. Raises EngineError, or Busy if a lock is not
    to be had.
    """
    opening = msgspec.convert(arguments, _Opening)
    session = Session(opening.parameters, opening.where, opening.role, factory=_Reading)
    try:
        _begin(session, opening)
    except BaseException:
        session.close()
        raise
    for kind in AS_WRITTEN:
        psycopg2.extensions.register_type(kind, session.connection)
    session.connection.cursor_factory = _OneQuery
    return session.connection


def _begin(session: Session, opening: _Opening) -> None:
    session.execute(Statement("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"))
    if opening.snapshot is not None:
        try:
            session.execute(Statement("SET TRANSACTION SNAPSHOT %s", (opening.snapshot,)))
        except EngineError as error:
            raise EngineError(
                f"Cannot read {opening.where} as it was: the transaction whose moment is shared "
                f"has ended. {error}",
                code=error.code,
            ) from error
    timeout = "0" if opening.seconds is None else f"{max(int(opening.seconds * 1000), 1)}ms"
    session.execute(Statement(_SETTINGS, (_LOCK_WAIT, timeout, opening.row_security)))
    for relation in opening.relations:
        session.execute(Statement(f"SELECT FROM {relation} LIMIT 0"))
    session.execute(Statement("SAVEPOINT builder_shared"))


class _Reading(psycopg2.extensions.connection):
    """A connection that stays in its one transaction, whatever fails in there."""

    def rollback(self) -> None:
        """Make the transaction fit again; it does not end."""
        if not self.closed and self.info.transaction_status == TRANSACTION_STATUS_INERROR:
            self._send("ROLLBACK TO SAVEPOINT builder_shared")

    def close(self) -> None:
        """End the transaction, and the connection once the server has given the locks back."""
        # A connection that is lost has given everything back.
        with suppress(psycopg2.Error):
            if not self.closed and self.info.transaction_status != TRANSACTION_STATUS_IDLE:
                self._send("ROLLBACK")
        super().close()

    def _send(self, statement: str) -> None:
        with self.cursor(cursor_factory=psycopg2.extensions.cursor) as cursor:
            cursor.execute(statement)


class _OneQuery(psycopg2.extensions.cursor):
    """Sends what the server reads as one query, while the transaction that cannot write lasts."""

    def execute(self, query: Any, vars: Any = None) -> None:
        """Send one query; raises psycopg2.Error."""
        if self.connection.info.transaction_status == TRANSACTION_STATUS_IDLE:
            raise psycopg2.ProgrammingError("the transaction that only reads has been ended")
        sent = self.mogrify(query, vars)
        if b";" in sent:
            self._require_one(sent)
        super().execute(query, vars)

    def _require_one(self, sent: bytes) -> None:
        """Raises psycopg2.Error for several statements; see `reader.require_one_select`."""
        encoding = psycopg2.extensions.encodings[self.connection.encoding]
        try:
            super().execute(_ONE_QUERY, (sent.decode(encoding),))
        except psycopg2.Error as error:
            diagnosis = error.diag
            is_theirs = diagnosis.internal_query or diagnosis.context
            if diagnosis.source_file != "xml.c" or is_theirs:
                raise
            self.connection.rollback()
