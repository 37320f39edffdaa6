"""SQL of people's that cannot write, and that the server itself has called one SELECT."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import psycopg2

from builder.engines.base import Result, Statement
from builder.errors import EngineError, Problem, QueryFailed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from builder.engines.base import Rows
    from builder.engines.postgres.session import Session
    from builder.query import Rendered, Select

_BACK = "ROLLBACK TO SAVEPOINT builder_read"
# What another dialect's sessions are set to, and its SQL may hang on: how a moment or a number
# becomes text, and which day it is. Redshift's defaults: r_timezone_config, r_datestyle,
# r_intervalstyle, r_extra_float_digits of its guide.
TRANSLATED = Statement(
    "SET LOCAL timezone = 'UTC'; SET LOCAL datestyle = 'ISO, MDY'; "
    "SET LOCAL intervalstyle = 'postgres'; SET LOCAL extra_float_digits = 0"
)


def settle(session: Session, sql: Rendered) -> None:
    """Set this transaction's settings to those that translated SQL was written for."""
    if sql.written is not None:
        session.execute(TRANSLATED)


@contextmanager
def read_only(session: Session, timeout: float | None = None) -> Iterator[None]:
    """Whatever the body does is undone, and an attempt to write fails.

    A statement of it that takes longer than `timeout` seconds is cancelled by the server.
    """
    bound = f"; SET LOCAL statement_timeout = {round(timeout * 1000)}" if timeout else ""
    session.execute(Statement(f"SAVEPOINT builder_read; SET TRANSACTION READ ONLY{bound}"))
    try:
        yield
    except (QueryFailed, EngineError):
        # Of a connection that is lost, the first error tells why.
        if session.is_alive and session.in_transaction:
            session.execute(Statement(_BACK))
        raise
    session.execute(Statement(_BACK))


def require_one_select(session: Session, select: Select) -> None:
    """Raises QueryFailed unless the server itself reads the text as one SELECT that only reads.

    The text goes to the server as a value, never as SQL. `query_to_xmlschema` prepares it and
    opens a cursor on it, which PostgreSQL refuses for several statements, for anything but a
    query, and for a query with a writing WITH or FOR UPDATE; no row is read. What comes after
    that, in xml.c, does not matter: some servers are built without XML.
    https://www.postgresql.org/docs/current/functions-xml.html#FUNCTIONS-XML-MAPPING
    """
    ask = "SELECT pg_catalog.query_to_xmlschema(%s, false, false, '') IS NULL"
    try:
        session.execute_about(Statement(ask, (select.text,)), select.sql, select.sources)
    except QueryFailed as error:
        cause = error.__cause__
        diagnosis = cause.diag if isinstance(cause, psycopg2.Error) else None
        source = diagnosis.source_file if diagnosis else None
        # While the text is read and planned, an error has its query or a context; XML in it
        # may fail there as well.
        is_read = diagnosis and not diagnosis.internal_query and not diagnosis.context
        if source == "xml.c" and is_read:
            session.execute(Statement(_BACK))
        elif source == "spi.c":
            problem = Problem("the server does not take this as one SELECT", error.problem.place)
            raise QueryFailed(problem, code=error.code) from cause
        else:
            raise


@contextmanager
def streamed(
    session: Session, select: Select, batch: int = 1000, timeout: float | None = None
) -> Iterator[Rows]:
    """The columns and rows of a query, fetched `batch` at a time, in a transaction of its own."""
    with session.within(timeout), session.transaction("BEGIN READ ONLY"):
        with read_only(session):
            require_one_select(session, select)
        settle(session, select.sql)
        session.execute_theirs(
            select.text, select.sql, "DECLARE builder_rows NO SCROLL CURSOR FOR\n", select.sources
        )

        def fetched() -> Result:
            fetch = Statement(f"FETCH FORWARD {batch} FROM builder_rows")
            return session.execute_about(fetch, select.sql, select.sources)

        def rows() -> Iterator[tuple[object, ...]]:
            page = first
            while page.rows:
                yield from page.rows
                page = fetched()

        first = fetched()
        yield first.columns, rows()
