"""The sources at one moment, and the table that is staged from them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from builder.engines.base import Statement
from builder.engines.postgres import describe, stage
from builder.engines.postgres.answers import FORBIDDEN
from builder.engines.postgres.guarded import read_only, require_one_select, settle
from builder.engines.postgres.reader import PostgresReader
from builder.engines.postgres.shared import share
from builder.errors import EngineError, PublishFailed
from builder.relation import quoted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from builder.engines.postgres.session import Session
    from builder.engines.postgres.table import Table
    from builder.engines.reading import SharedRead
    from builder.query import Plan
    from builder.relation import Relation
    from builder.run import Run

# A policy that hides rows is an error then, and not a sum that lacks them.
WITHOUT_ROW_SECURITY = Statement("SET LOCAL row_security = off")
# While Great Expectations reads, nothing is sent here.
IN_PEACE = Statement("SET LOCAL idle_in_transaction_session_timeout = 0")
_LOCKABLE = """
SELECT format('%%I.%%I', n.nspname, c.relname) FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'v') AND n.nspname !~ '^(pg_|information_schema)'
  AND c.oid IN (SELECT to_regclass(name) FROM unnest(%s) AS name)
  AND pg_catalog.has_table_privilege(c.oid, 'SELECT') ORDER BY 1
"""
_PUBLICATIONS = """
SELECT pubname FROM pg_catalog.pg_publication WHERE puballtables
UNION ALL
SELECT p.pubname FROM pg_catalog.pg_publication p
JOIN pg_catalog.pg_publication_namespace s ON s.pnpubid = p.oid
JOIN pg_catalog.pg_namespace n ON n.oid = s.pnnspid WHERE n.nspname = %s
"""


class PostgresSnapshot(PostgresReader):
    """The sources in one REPEATABLE READ transaction."""

    def __init__(self, session: Session, run: Run, live: Table | None) -> None:
        super().__init__(session, run.summary.check_timeout)
        self._of, self._live = run, live

    def stage(self, plan: Plan) -> int:
        """See Snapshot.stage."""
        staged = self._of.target.staged
        self._run_before(plan)
        for statement in stage.before_staging(self._live):
            self.session.execute(statement)
        settle(self.session, plan.main.sql)
        with read_only(self.session):
            require_one_select(self.session, plan.main)
        prefix = stage.create_prefix(staged, self._live)
        made = self.session.execute_theirs(plan.main.text, plan.main.sql, prefix, plan.main.sources)
        grantees = describe.grantees(self.session, staged)
        for statement in stage.after_staging(self._of.summary, self._of.run_id, grantees):
            self.session.execute(statement)
        if plan.before and self.session.is_pooled:
            self.session.reset()
        return made.count

    def shared(self, relations: Sequence[Relation]) -> SharedRead:
        """See Reader.shared: this transaction's moment, while it is open."""
        return share(self.session, relations, moment=True, timeout=self._timeout)

    def _run_before(self, plan: Plan) -> None:
        """The file's own statements; they must leave the transaction as it is."""
        if not plan.before:
            return
        now = Statement("SELECT pg_catalog.transaction_timestamp()")
        begun = self.session.execute(now).rows
        for sql in plan.before:
            settle(self.session, sql)
            self.session.execute_theirs(sql.text, sql)
        if not self.session.in_transaction or self.session.execute(now).rows != begun:
            raise EngineError(
                f"Cannot build {self._of.target}: its `pre_sql` ended the builder's transaction. "
                "The live table is as it was. Take COMMIT, ROLLBACK and the like out of it."
            )


def make_schema(session: Session, target: Relation) -> None:
    """A missing target schema is made where the role may, in a transaction of its own.

    Two runs at once would both make it, and one fail: 4 of 30 did. The lock is held for that
    moment only, so that a long build holds up no other.
    """
    if not schema_statements(session, target):
        return
    key = "SELECT pg_catalog.pg_advisory_xact_lock(hashtextextended(%s, 0))"
    try:
        with session.transaction():
            session.execute(Statement(key, (f"builder schema {target.schema}",)))
            for statement in schema_statements(session, target):
                session.execute(statement)
    except EngineError as error:
        if error.code != FORBIDDEN:
            raise
        raise EngineError(
            f"Cannot build {target}: the schema {target.schema} does not exist and the role may "
            "not make it. Let an administrator run: "
            f"CREATE SCHEMA {quoted(target.schema)} AUTHORIZATION {quoted(session.role)};",
            code=error.code,
        ) from error


def schema_statements(session: Session, target: Relation) -> list[Statement]:
    """What makes the target's schema; nothing where it is there."""
    ask = "SELECT count(*) FROM pg_catalog.pg_namespace WHERE nspname = %s"
    if session.execute(Statement(ask, (target.schema,))).rows[0][0]:
        return []
    return [Statement(f"CREATE SCHEMA {quoted(target.schema)}")]


def source_locks(session: Session, sources: Sequence[Relation]) -> list[Statement]:
    """What keeps the shape of the sources as it is: locks on those that LOCK TABLE takes."""
    if not sources:
        return []
    found = session.execute(Statement(_LOCKABLE, ([source.sql for source in sources],))).rows
    return [Statement(f"LOCK TABLE {source} IN ACCESS SHARE MODE") for (source,) in found]


def refuse_replication(session: Session, target: Relation, verb: str = "build") -> None:
    """A publication of all tables would send the staged one to subscribers without it.

    It would stop them for good: "relation does not exist". Raises PublishFailed.
    """
    found = session.execute(Statement(_PUBLICATIONS, (target.schema,))).rows
    if found:
        raise PublishFailed(
            f"Cannot {verb} {target}: the publication {found[0][0]} has every table of the "
            "schema or database, and its subscribers would stop at the staged one. Name the "
            "tables in the publication, or build into another schema."
        )
