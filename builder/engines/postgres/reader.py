"""Queries of people's that cannot write, and that the server itself has called one SELECT."""

from __future__ import annotations

from contextlib import contextmanager
from decimal import Decimal
from typing import TYPE_CHECKING

import psycopg2

from builder.engines.base import Result, Statement
from builder.errors import Problem, QueryFailed

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from builder.engines.base import Rows, SharedRead
    from builder.engines.postgres.session import Session
    from builder.query import Rendered, Select
    from builder.relation import Relation
    from builder.run import Number


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


class PostgresReader:
    """Runs checks inside a transaction that is open; each leaves it as it was."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def measure(self, select: Select) -> Number | None:
        """The one number that the query returns; raises QueryFailed."""
        with read_only(self.session):
            require_one_select(self.session, select)
        with read_only(self.session):
            settle(self.session, select.sql)
            # Two rows are enough to see that there is more than one.
            result = self.session.execute_theirs(
                f"{select.text}\n) AS measured LIMIT 2",
                select.sql,
                "SELECT * FROM (\n",
                select.sources,
            )
        if len(result.rows) != 1 or len(result.columns) != 1:
            shape = f"{len(result.columns)} columns" if len(result.rows) == 1 else "no row"
            found = "several rows" if len(result.rows) > 1 else shape
            raise _no_number(select, f"the check returned {found}")
        value = result.rows[0][0]
        # NaN is no number to compare with; it is the one value that differs from itself.
        if value is None or (isinstance(value, int | float | Decimal) and value == value):
            return int(value) if isinstance(value, bool) else value
        raise _no_number(select, f"the check returned {str(value)[:40]!r}")

    def shared(self, relations: Sequence[Relation]) -> SharedRead:
        """See Reader.shared: what has been committed when it is opened."""
        from builder.engines.postgres.shared import share

        return share(self.session, relations, moment=False)


@contextmanager
def read_only(session: Session) -> Iterator[None]:
    """Whatever the body does is undone, and an attempt to write fails."""
    session.execute(Statement("SAVEPOINT builder_read"))
    session.execute(Statement("SET TRANSACTION READ ONLY"))
    yield
    session.execute(Statement("ROLLBACK TO SAVEPOINT builder_read"))


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
            session.execute(Statement("ROLLBACK TO SAVEPOINT builder_read"))
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


def _no_number(select: Select, found: str) -> QueryFailed:
    start = len(select.text) - len(select.text.lstrip())
    place = select.sql.place(start, len(select.text.strip().split("\n")[0]))
    return QueryFailed(Problem(f"{found}; a check returns one row with one number", place))
