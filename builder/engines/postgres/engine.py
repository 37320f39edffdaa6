"""PostgreSQL 15 to 18 as an Engine: what it does, in the order a build does it."""

from __future__ import annotations

import random
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from builder.engines.base import Capabilities, Connection, Result, Statement, Version, escaped
from builder.engines.postgres import catalog, describe, publish, stage
from builder.engines.postgres.answers import (
    DUPLICATE,
    FORBIDDEN,
    INVALID_SCHEMA,
    NULL_IN_KEY,
    UNDEFINED_TABLE,
)
from builder.engines.postgres.diagnose import diagnose
from builder.engines.postgres.lock import require_lock, table_lock
from builder.engines.postgres.preview import preview
from builder.engines.postgres.reader import PostgresReader, settle, streamed
from builder.engines.postgres.session import Session
from builder.engines.postgres.snapshot import (
    WITHOUT_ROW_SECURITY,
    PostgresSnapshot,
    make_schema,
    source_locks,
)
from builder.errors import Busy, ChecksFailed, EngineError, Problem, PublishFailed, QueryFailed
from builder.relation import Relation

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from contextlib import AbstractContextManager

    from builder.engines.base import Finding, Rows
    from builder.query import Plan, Rendered, Select
    from builder.run import Run

_FIRST_PAUSE, _LONGEST_PAUSE = 0.02, 1.0  # seconds between two attempts at the swap


class PostgresEngine:
    """One Postgres warehouse; `where` is what people know it by, without a password."""

    dialect = "postgres"
    capabilities = Capabilities()

    def __init__(self, parameters: Mapping[str, str], where: str, role: str | None = None) -> None:
        self._parameters, self._where, self._role = parameters, where, role
        self.session = self._open()
        self._lock_session = self.session

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
    def is_pooled(self) -> bool:
        """Whether a pooler stands between us and the server."""
        return self.session.is_pooled

    def connect(self) -> Connection:
        """Another connection, for the journal."""
        return self._open()

    @contextmanager
    def lock(self, run: Run, *, wait: float, holder: Callable[[], str]) -> Iterator[None]:
        """See Engine.lock. From here on the run's timeout is every statement's."""
        with table_lock(
            self.session, self._open, run.target, wait=wait, holder=holder
        ) as self._lock_session:
            self.session.tag = f"/* builder run {run.run_id} */ "
            if run.summary.timeout is not None:
                self.session.deadline = time.monotonic() + run.summary.timeout
            try:
                yield
            finally:
                self.session.deadline = None
                self.session.tag = ""
                self._lock_session = self.session
                if not self.is_pooled:
                    with suppress(EngineError):
                        self.session.reset()

    @contextmanager
    def snapshot(self, run: Run, plan: Plan) -> Iterator[PostgresSnapshot]:
        """See Engine.snapshot.

        The sources are locked against changes of their shape before the snapshot is taken: a
        table swapped or truncated in between would be read as empty.
        https://www.postgresql.org/docs/current/mvcc-caveats.html
        """
        make_schema(self.session, run.target)
        locks = source_locks(self.session, plan.sources)
        with self.session.transaction(stage.BEGIN_SNAPSHOT):
            for statement in locks:
                self.session.execute(statement)
            if not run.summary.row_security:
                self.session.execute(WITHOUT_ROW_SECURITY)
            yield PostgresSnapshot(self.session, run)
        if not self.is_pooled:
            # Temporary tables stay, for the output checks.
            self.session.reset(tables=False)

    def finish_staging(self, run: Run) -> None:
        """See Engine.finish_staging."""
        staged = run.target.staged
        self._require_columns(run)
        self.session.execute(stage.analyze(staged))
        for number, one in enumerate(stage.declared(run.summary)):
            name = stage.index_while_staged(run.run_id, number)
            prefix = one.prefix(staged, name)
            try:
                if one.written is None:
                    self.session.execute(Statement(prefix + one.columns))
                else:
                    self.session.execute_theirs(one.columns, one.written, prefix)
                self.session.execute(one.mark(staged, name))
            except EngineError as error:
                if error.code.startswith(("42", "54")):
                    message = f"{run.summary.file}: {one}: {error}"
                    raise QueryFailed(Problem(message), code=error.code) from error
                if error.code not in (DUPLICATE, NULL_IN_KEY):
                    raise
                raise ChecksFailed(
                    f"{run.target} was not published: its {one} does not hold for what the query "
                    f"returned. {error} The live table is as it was; look at {staged}."
                ) from error

    @contextmanager
    def reader(self, run: Run) -> Iterator[PostgresReader]:
        """See Engine.reader."""
        with self.session.transaction():
            yield PostgresReader(self.session)

    def staged_rows(self, target: Relation) -> int | None:
        """See Engine.staged_rows."""
        staged = describe.describe(self.session, target.staged)
        if staged is None or not describe.is_ours(staged):
            return None
        return self._count(target.staged)

    def difference(self, target: Relation) -> list[str]:
        """See Engine.difference."""
        found = describe.describe_target(self.session, target)
        if found.live is None or found.staged is None:
            return ["there is no live table yet"] if found.live is None else []
        staged, live = self._count(target.staged), self._count(target)
        return [
            f"rows: {staged:,} staged, {live:,} live",
            *describe.column_changes(found.live, found.staged),
        ]

    def require_publishable(self, run: Run) -> None:
        """See Engine.require_publishable."""
        target = describe.describe_target(self.session, run.target)
        publish.require_publishable(target, run.summary, self.role)
        if target.staged is not None and not describe.is_ours(target.staged):
            raise PublishFailed(publish.not_ours(run.target))

    def publish(self, run: Run, record: Callable[[Version | None], Sequence[Statement]]) -> None:
        """See Engine.publish: tries again while readers hold the table, with growing pauses."""
        deadline = time.monotonic() + run.summary.publish_timeout
        pause = _FIRST_PAUSE
        while True:
            try:
                return self._swap(run, record)
            except EngineError as error:
                if isinstance(error, PublishFailed) or error.code != FORBIDDEN:
                    raise
                raise PublishFailed(
                    f"Cannot publish {run.target}: {error} The role {self.role} must own the live "
                    "table, or be a member of the role that does. The live table is as it was.",
                    code=error.code,
                ) from error
            except Busy as error:
                if not error.passes:
                    raise
                if time.monotonic() > deadline:
                    raise Busy(
                        f"Cannot publish {run.target}: readers held it for all of the "
                        f"{run.summary.publish_timeout:g} s that `publish_timeout` allows. The "
                        "live table is as it was and the new one is staged: `builder publish` "
                        "tries again without building."
                    ) from error
            time.sleep(pause * random.uniform(0.5, 1.5))  # noqa: S311 -- no secret
            pause = min(2 * pause, _LONGEST_PAUSE)

    def preview(self, run: Run, plan: Plan) -> Sequence[Statement]:
        """See Engine.preview."""
        return preview(self.session, run, plan)

    def drop_version(self, version: Relation) -> bool:
        """See Engine.drop_version."""
        try:
            with self.session.transaction():
                self.session.execute(Statement("SET LOCAL lock_timeout = '100ms'"))
                self.session.execute(Statement(f"DROP TABLE IF EXISTS {version.sql}"))
        except Busy:
            return False
        return True

    def run_after(self, statements: Sequence[Rendered]) -> None:
        """See Engine.run_after."""
        with self.session.transaction():
            for sql in statements:
                settle(self.session, sql)
                self.session.execute_theirs(sql.text, sql)
            self.session.reset()

    def rows(self, relation: Relation, limit: int) -> Result:
        """See Engine.rows."""
        text = f"SELECT * FROM {escaped(relation.sql)} LIMIT %s"  # noqa: S608 -- quoted by Relation
        try:
            return self.session.execute_plain(Statement(text, (limit,)))
        except EngineError as error:
            if error.code not in (UNDEFINED_TABLE, INVALID_SCHEMA):
                raise
            message = f"there is no table {relation} yet"
            problem = Problem(message, hint=f"`builder build {relation.name}` makes it")
            raise QueryFailed(problem, code=error.code) from error

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

    def _require_columns(self, run: Run) -> None:
        """Raises QueryFailed where the file names a column that the query does not return."""
        table = describe.describe(self.session, run.target.staged)
        columns = list(table.columns) if table else []
        if missing := stage.missing_columns(run.summary, columns):
            message = f"{run.summary.file}: {', '.join(missing)}: the query returns no such column"
            raise QueryFailed(Problem(message, hint=f"it returns {', '.join(columns)}"))

    def _count(self, relation: Relation) -> int:
        found = self.session.execute(Statement(f"SELECT count(*) FROM {relation.sql}"))  # noqa: S608 -- quoted by Relation
        return int(str(found.rows[0][0]))

    def _open(self) -> Session:
        return Session(self._parameters, self._where, self._role)

    def _swap(self, run: Run, record: Callable[[Version | None], Sequence[Statement]]) -> None:
        target = describe.describe_target(self.session, run.target)
        publish.require_publishable(target, run.summary, self.role)
        staged_run = publish.require_staged(target, run.summary)
        replaced = Version(run.target.version(run.run_id)) if target.live else None
        with self.session.transaction(";\n".join(s.text for s in publish.begin_swap(target))):
            require_lock(self._lock_session, run.target)
            self._require_unchanged(target, run)
            statements = publish.swap(target, run.summary, run.run_id, staged_run)
            self.session.execute_together([*statements, *record(replaced)])

    def _require_unchanged(self, target: describe.Target, run: Run) -> None:
        """Inside the swap: the tables are still those that its statements were made for."""
        now = describe.describe_target(self.session, target.relation)
        if describe.comparable(now) != describe.comparable(target):
            raise Busy(
                f"Cannot publish {target.relation}: somebody changed the table while it was about "
                "to be replaced. The live table is as they left it. Run build again.",
                passes=True,
            )
        if now.live and now.live.hangs:
            publish.require_publishable(now, run.summary, self.role)
