"""The sources at one moment, and the table that is staged from them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from builder.engines.base import Statement
from builder.engines.postgres import describe, publish, stage
from builder.engines.postgres.answers import FORBIDDEN
from builder.engines.postgres.reader import PostgresReader, read_only, require_one_select
from builder.errors import EngineError, PublishFailed
from builder.relation import quoted

if TYPE_CHECKING:
    from builder.engines.postgres.session import Session
    from builder.query import Plan
    from builder.run import Run


class PostgresSnapshot(PostgresReader):
    """The sources in one REPEATABLE READ transaction."""

    def __init__(self, session: Session, run: Run) -> None:
        super().__init__(session)
        self._run = run

    def stage(self, plan: Plan) -> int:
        """See Snapshot.stage."""
        target, staged = self._run.target, self._run.target.staged
        self._make_schema(target.schema)
        there = describe.describe(self.session, staged)
        if there is not None and not describe.is_ours(there):
            raise PublishFailed(publish.not_ours(target))
        self._run_before(plan)
        for statement in stage.before_staging(staged, is_there=there is not None):
            self.session.execute(statement)
        with read_only(self.session):
            require_one_select(self.session, plan.main)
        made = self.session.execute_theirs(
            plan.main.text, plan.main.sql, stage.create_prefix(staged), plan.main.sources
        )
        table = describe.describe(self.session, staged)
        grantees = [grant.grantee for grant in table.grants] if table else []
        for statement in stage.after_staging(staged, self._run.run_id, grantees):
            self.session.execute(statement)
        return made.count

    def _run_before(self, plan: Plan) -> None:
        """The file's own statements; they must leave the transaction as it is."""
        if not plan.before:
            return
        now = Statement("SELECT pg_catalog.transaction_timestamp()")
        begun = self.session.execute(now).rows
        for sql in plan.before:
            self.session.execute_theirs(sql.text, sql)
        if not self.session.in_transaction or self.session.execute(now).rows != begun:
            raise EngineError(
                f"Cannot build {self._run.target}: its `pre_sql` ended the builder's transaction. "
                "The live table is as it was. Take COMMIT, ROLLBACK and the like out of it."
            )

    def _make_schema(self, name: str) -> None:
        """A missing target schema is made where the role may."""
        there = self.session.execute(
            Statement("SELECT to_regnamespace(%s) IS NOT NULL", (quoted(name),))
        )
        if there.rows[0][0]:
            return
        # Two runs at once would both make it, and one fail: 4 of 30 did.
        key = Statement("SELECT pg_catalog.pg_advisory_xact_lock(hashtextextended(%s, 0))", (name,))
        self.session.execute(key)
        try:
            self.session.execute(Statement(f"CREATE SCHEMA IF NOT EXISTS {quoted(name)}"))
        except EngineError as error:
            if error.code != FORBIDDEN:
                raise
            raise EngineError(
                f"Cannot build {self._run.target}: the schema {name} does not exist and the role "
                f"may not make it. Let an administrator run: CREATE SCHEMA {quoted(name)} "
                f"AUTHORIZATION {quoted(self.session.role)};",
                code=error.code,
            ) from error
