"""One test's warehouse: its builds, its roles and the sessions of others, all ended after it."""

from __future__ import annotations

import time
from contextlib import ExitStack, closing, contextmanager
from threading import Event
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit, urlunsplit

import psycopg2

from builder.engines.postgres import PostgresEngine
from builder.journal import Journal
from builder.pipeline import build
from builder.relation import Relation
from builder.summary import Count, Drift, Summary, Text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from psycopg2.extensions import connection
    from rig import Database

    from builder.run import Run

DEADLINE = 30.0  # seconds, after which a test that waits has failed
PASSWORD = "correct horse"
ANY_COLUMNS = Drift("info", "info", "info")  # where a test changes them on purpose
THREE = "SELECT n FROM generate_series(1, 3) AS n"


def summary(
    query: str = THREE,
    *,
    table: str = "numbers",
    schema: str = "analytics",
    inputs: Sequence[tuple[str, int]] = (),
    outputs: Sequence[tuple[str, int]] = (),
    before: Sequence[str] = (),
    after: Sequence[str] = (),
    **more: Any,
) -> Summary:
    """A summary as a file would give it; a check is its SQL and the least it may measure."""
    return Summary(
        Relation(schema, table),
        Text(query),
        input_checks=_checks("input_check", inputs),
        output_checks=_checks("output_check", outputs),
        before=tuple(Text(sql) for sql in before),
        after=tuple(Text(sql) for sql in after),
        **more,
    )


def _checks(key: str, checks: Sequence[tuple[str, int]]) -> tuple[Count, ...]:
    return tuple(Count(f"{key}[{n}]", Text(sql), count) for n, (sql, count) in enumerate(checks))


def at(url: str, *, user: str | None = None, port: int | None = None) -> str:
    """The same database's address for another user, with PASSWORD, or at another port."""
    parts = urlsplit(url)
    login, _, host = parts.netloc.rpartition("@")
    if user:
        login = f"{user}:{PASSWORD.replace(' ', '%20')}"
    if port:
        host = f"127.0.0.1:{port}"
    return urlunsplit(parts._replace(netloc=f"{login}@{host}"))


def until(condition: Callable[[], object]) -> None:
    """Return once the condition holds; fail if it never does."""
    deadline = time.monotonic() + DEADLINE
    others = Event()
    while not condition():
        others.wait(0.002)  # lets the threads run whose doing is waited for
        assert time.monotonic() < deadline, "what was waited for never came"


class Warehouse:
    """A database, and who works in it."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self._open = ExitStack()
        self._roles: list[str] = []
        self._looking: connection | None = None

    def engine(self, *, user: str | None = None, role: str | None = None) -> PostgresEngine:
        """Another builder, connected."""
        engine = PostgresEngine({"dsn": at(self.database.url, user=user)}, "tests", role)
        self._open.callback(engine.close)
        return engine

    def journal(self, engine: PostgresEngine) -> Journal:
        """The journal as that builder opens it."""
        journal = Journal(engine.connect)
        self._open.callback(journal.close)
        return journal

    def build(self, what: Summary, *, engine: PostgresEngine | None = None, **more: Any) -> Run:
        """One build, by a builder of its own unless one is given."""
        with ExitStack() as ours:
            if engine is None:
                engine = PostgresEngine({"dsn": self.database.url}, "tests")
                ours.callback(engine.close)
            journal = ours.enter_context(closing(Journal(engine.connect)))
            return build(what, engine=engine, journal=journal, **more)

    def session(self, *, user: str | None = None) -> connection:
        """A session of somebody else's; its transaction lasts until they end it."""
        session = psycopg2.connect(at(self.database.url, user=user))
        self._open.callback(session.close)
        return session

    @contextmanager
    def holding(self, *statements: str) -> Iterator[connection]:
        """Somebody's open transaction in which these statements were run."""
        with closing(self.session()) as session:
            for statement in statements:
                session.cursor().execute(statement)
            yield session

    def role(self, name: str, options: str = "LOGIN") -> str:
        """A role of this test's own, that may do nothing yet; its name in full."""
        full = f"{name}_{self.value('SELECT current_database()')}"
        self.run(f"CREATE ROLE {full} {options} PASSWORD '{PASSWORD}'")
        self._roles.append(full)
        return full

    def run(self, *statements: str) -> None:
        """Each statement, as the administrator, over a connection of its own."""
        for statement in statements:
            self.database.rows(statement)

    def rows(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        """What a query returns, asked over one connection that is kept."""
        if self._looking is None:
            self._looking = self.session()
            self._looking.autocommit = True
        with self._looking.cursor() as cursor:
            cursor.execute(sql, values or None)
            return cursor.fetchall()

    def column(self, sql: str, *values: object) -> list[Any]:
        """The one column that a query returns."""
        return [value for (value,) in self.rows(sql, *values)]

    def value(self, sql: str, *values: object) -> Any:
        """The one value that a query returns."""
        return self.rows(sql, *values)[0][0]

    def tables(self, schema: str = "analytics") -> list[str]:
        """What lies in a schema, versions without the run that replaced them."""
        return [
            name if not name.startswith("prev_") else name[: -len("_20250101000000_abcdef")]
            for name in self.database.tables(schema)
        ]

    def waits(self, pid: object) -> bool:
        """Whether a session waits for a lock."""
        return bool(self.value("SELECT cardinality(pg_blocking_pids(%s)) > 0", pid))

    def close(self) -> None:
        """End every session, and take the roles away with all they own and may do here."""
        self._open.close()
        if self._roles:
            names = ", ".join(self._roles)
            self.run(f"DROP OWNED BY {names} CASCADE; DROP ROLE {names}")
