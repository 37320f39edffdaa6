"""PostgreSQL 15 to 18 as an Engine: what it does, in the order a build does it."""

from __future__ import annotations

import time
from contextlib import ExitStack, contextmanager, suppress
from typing import TYPE_CHECKING

from builder.engines.base import Capabilities, Connection, Result, Statement
from builder.engines.postgres import catalog, describe, method, stage
from builder.engines.postgres.attached import attached
from builder.engines.postgres.diagnose import diagnose
from builder.engines.postgres.diff import compare
from builder.engines.postgres.drop import drop_all, drop_leftover, drop_version, let_rows_go
from builder.engines.postgres.finish import make_declared
from builder.engines.postgres.guarded import settle, streamed
from builder.engines.postgres.lock import GRACE, table_lock
from builder.engines.postgres.preview import preview
from builder.engines.postgres.publish import Publisher
from builder.engines.postgres.reader import PostgresReader
from builder.engines.postgres.refresh import refresh
from builder.engines.postgres.session import Session
from builder.engines.postgres.settle import mark_staging
from builder.engines.postgres.snapshot import (
    IN_PEACE,
    WITHOUT_ROW_SECURITY,
    PostgresSnapshot,
    make_schema,
    refuse_replication,
    source_locks,
)
from builder.engines.postgres.table import column_changes, is_ours
from builder.errors import EngineError, PublishFailed
from builder.relation import Relation

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from contextlib import AbstractContextManager

    from builder.engines.asks import Asks
    from builder.engines.base import Finding, Rows, Version
    from builder.engines.comparison import Comparison, Request
    from builder.query import Plan, Rendered, Select
    from builder.run import Run
    from builder.summary import Summary

RECOVERY = 30.0
"""Seconds that a lost session's lock is waited for: the server looks every second whether its
client is there, and TCP's keepalives take about half a minute where nobody says so."""


class PostgresEngine:
    """One Postgres warehouse; `where` is what people know it by, without a password."""

    dialect = "postgres"
    capabilities = Capabilities()

    def __init__(self, parameters: Mapping[str, str], where: str, role: str | None = None) -> None:
        self._parameters, self._where, self._role = parameters, where, role
        self.session = self._open()
        self._lock_session = self.session
        self._publishing: Publisher | None = None
        self._held = ExitStack()

    @property
    def description(self) -> str:
        """Which server and database this is, and as whom we are there."""
        version = self.session.version.split()[0]
        address = f"{self.session.address}, role {self.session.role}"
        return f"{self._where}: PostgreSQL {version} at {address}"

    @property
    def role(self) -> str:
        """The role that owns what is built."""
        return self.session.role

    @property
    def deadline(self) -> float | None:
        """See Engine.deadline."""
        return self.session.deadline

    @property
    def is_pooled(self) -> bool:
        """Whether a pooler stands between us and the server."""
        return self.session.is_pooled

    def connect(self) -> Connection:
        """Another connection, for the journal."""
        return self._open()

    @contextmanager
    def lock(self, run: Run, *, wait: float, holder: Callable[[], str]) -> Iterator[None]:
        """See Engine.lock. From here on the run's timeout is every statement's.

        What would stop subscribers is refused here, before the journal is written: it may be in
        the publication too.
        """
        if not self.session.is_alive:
            self.session = self._open()
        with ExitStack() as self._held:
            self._take_lock(run, wait, holder)
            if run.action != "drop":
                refuse_replication(self.session, run.target, run.verb)
            try:
                yield
            finally:
                self.session.deadline = None
                self.session.tag = ""
                if not self.is_pooled:
                    with suppress(EngineError):
                        self.session.reset()
        self._lock_session = self.session

    def recover(self, run: Run) -> None:
        """See Engine.recover: the lock is free once the server has ended the lost session."""
        if not self.session.is_alive:
            self.session = self._open()
        if not self._lock_session.is_alive:
            self._take_lock(run, RECOVERY, lambda: "the session that was lost")

    @contextmanager
    def snapshot(self, run: Run, plan: Plan) -> Iterator[PostgresSnapshot]:
        """See Engine.snapshot.

        The sources are locked against changes of their shape before the snapshot is taken: a
        table swapped or truncated in between would be read as empty.
        https://www.postgresql.org/docs/current/mvcc-caveats.html
        """
        make_schema(self.session, run.target)
        drop_leftover(self.session, run.target, run.summary.publish_timeout)
        (live,) = describe.describe(self.session, run.target)
        locks = source_locks(self.session, plan.sources)
        with self.session.transaction(stage.BEGIN_SNAPSHOT):
            for statement in locks:
                self.session.execute(statement)
            self.session.execute(IN_PEACE)
            if not run.summary.row_security:
                self.session.execute(WITHOUT_ROW_SECURITY)
            if not plan.before:
                self.session.execute(mark_staging())
            yield PostgresSnapshot(self.session, run, live)
        if not self.is_pooled:
            # Temporary tables stay, for the output checks.
            self.session.reset(tables=False)

    def finish_staging(self, run: Run) -> None:
        """See Engine.finish_staging."""
        publisher = self._publisher(run)
        publisher.carry_columns()
        make_declared(self.session, run)
        publisher.carry()

    @contextmanager
    def reader(self, run: Run) -> Iterator[PostgresReader]:
        """See Engine.reader."""
        with self.session.transaction():
            self.session.execute(IN_PEACE)
            if not run.summary.row_security:
                self.session.execute(WITHOUT_ROW_SECURITY)
            yield PostgresReader(self.session, run.summary.check_timeout)

    def staged_rows(self, target: Relation) -> int | None:
        """See Engine.staged_rows."""
        (staged,) = describe.describe(self.session, target.staged)
        if staged is None or not is_ours(staged):
            return None
        return self._count(target.staged)

    def difference(self, target: Relation) -> list[str]:
        """See Engine.difference."""
        old, new = describe.describe(self.session, target, target.staged)
        if old is None or new is None:
            return ["there is no live table yet"] if old is None else []
        staged, live = self._count(target.staged), self._count(target)
        return [f"rows: {staged:,} staged, {live:,} live", *column_changes(old, new)]

    def compare(self, summary: Summary, request: Request) -> Comparison:
        """See Engine.compare."""
        return compare(self.session, summary, request)

    def require_publishable(self, run: Run) -> None:
        """See Engine.require_publishable."""
        if run.action == "build":
            # Nothing of it may stand in the way of what comes.
            drop_leftover(self.session, run.target, run.summary.publish_timeout)
        target = self._publisher(run).look()
        method.method_for(target, run.summary, self.role)
        if target.incoming is not None and not is_ours(target.incoming):
            raise PublishFailed(method.not_ours(run.target))

    def publish(
        self,
        run: Run,
        record: Callable[[Version | None], Sequence[Statement]],
        version: Relation | None = None,
    ) -> None:
        """See Engine.publish."""
        if how := self._publisher(run, version).publish(record):
            run.notices.append(f"not swapped but {how}")

    def let_go(self, versions: Sequence[Relation]) -> bool:
        """See Engine.let_go."""
        return let_rows_go(self.session, versions)

    def refresh(self, run: Run) -> int:
        """See Engine.refresh."""
        return refresh(self.session, run.target)

    def drop(
        self, run: Run, versions: Sequence[Relation], record: Callable[[], Sequence[Statement]]
    ) -> None:
        """See Engine.drop."""
        drop_all(self.session, self._lock_session, run, versions, record)

    def preview(self, run: Run, plan: Plan, asks: Asks) -> Sequence[Statement]:
        """See Engine.preview."""
        return preview(self.session, run, plan, asks)

    def drop_version(self, version: Relation) -> bool:
        """See Engine.drop_version."""
        return drop_version(self.session, version)

    def sizes(self, relations: Sequence[Relation]) -> Mapping[Relation, int]:
        """See Engine.sizes."""
        return catalog.sizes(self.session, relations)

    def attached(self, summary: Summary) -> Sequence[tuple[str, str, str]]:
        """See Engine.attached."""
        (live,) = describe.describe(self.session, summary.target)
        return attached(live, summary) if live is not None else []

    def run_after(self, statements: Sequence[Rendered]) -> None:
        """See Engine.run_after."""
        with self.session.transaction():
            for sql in statements:
                settle(self.session, sql)
                self.session.execute_theirs(sql.text, sql)
            self.session.reset()

    def rows(self, relation: Relation, limit: int) -> Result:
        """See Engine.rows."""
        return catalog.first_rows(self.session, relation, limit)

    def query(
        self, select: Select, *, timeout: float | None = None
    ) -> AbstractContextManager[Rows]:
        """See Engine.query."""
        return streamed(self.session, select, timeout=timeout)

    def relations(self) -> Sequence[Relation]:
        """See Engine.relations."""
        return catalog.relations(self.session)

    def columns(self, relations: Sequence[Relation]) -> Mapping[Relation, Mapping[str, str]]:
        """See Engine.columns."""
        return catalog.columns(self.session, relations)

    def shape(self, select: Select) -> Sequence[tuple[str, str]]:
        """See Engine.shape."""
        return catalog.shape(self.session, select)

    def declarations(self, relation: Relation) -> Mapping[str, object] | None:
        """See Engine.declarations."""
        return catalog.declarations(self.session, relation)

    def diagnosis(self) -> Iterator[Finding]:
        """See Engine.diagnosis."""
        return diagnose(self.session)

    def close(self) -> None:
        """See Engine.close."""
        self.session.close()

    def _take_lock(self, run: Run, wait: float, holder: Callable[[], str]) -> None:
        """The lock of the run's table, until the lock is left."""
        self._lock_session = self._held.enter_context(
            table_lock(
                *(self.session, self._open, run.target, run.verb),
                wait=wait,
                holder=holder,
                # A rollback that came after another one would undo it.
                grace=GRACE if run.action in ("build", "publish") else 0.0,
            )
        )
        self.session.tag = f"/* builder run {run.run_id} */ "
        if run.summary.timeout is not None:
            self.session.deadline = time.monotonic() + run.summary.timeout

    def _publisher(self, run: Run, version: Relation | None = None) -> Publisher:
        """The run's own: it remembers whom the publish has to wait for."""
        if self._publishing is None or self._publishing.run is not run:
            self._publishing = Publisher(self.session, self._lock_session, run, version)
        return self._publishing

    def _count(self, relation: Relation) -> int:
        found = self.session.execute(Statement(f"SELECT count(*) FROM {relation.sql}"))  # noqa: S608 -- quoted by Relation
        return int(str(found.rows[0][0]))

    def _open(self) -> Session:
        return Session(self._parameters, self._where, self._role)
