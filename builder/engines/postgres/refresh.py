"""Materialized views that read a table, refreshed once it has been published."""

from __future__ import annotations

from typing import TYPE_CHECKING

from builder.engines.base import Statement
from builder.errors import EngineError, Problem, QueryFailed
from builder.relation import Relation

if TYPE_CHECKING:
    from builder.engines.postgres.session import Session

# All that read the table, also through other views, with how far away from it they are. One that
# has a unique index on whole columns can be refreshed while it is read.
# https://www.postgresql.org/docs/current/sql-refreshmaterializedview.html
_READERS = """
WITH RECURSIVE readers(oid, distance) AS (
  SELECT to_regclass(%s)::oid, 0
  UNION
  SELECT r.ev_class, readers.distance + 1
  FROM readers JOIN pg_catalog.pg_depend d ON d.refobjid = readers.oid
      AND d.refclassid = 'pg_catalog.pg_class'::regclass
      AND d.classid = 'pg_catalog.pg_rewrite'::regclass
  JOIN pg_catalog.pg_rewrite r ON r.oid = d.objid AND r.rulename = '_RETURN'
      AND r.ev_class <> readers.oid)
SELECT n.nspname, c.relname, c.relispopulated AND EXISTS (
         SELECT FROM pg_catalog.pg_index x WHERE x.indrelid = c.oid AND x.indisunique
           AND x.indisvalid AND x.indpred IS NULL AND 0 <> ALL (x.indkey))
FROM (SELECT oid, max(distance) AS distance FROM readers GROUP BY oid) r
JOIN pg_catalog.pg_class c ON c.oid = r.oid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind = 'm' ORDER BY r.distance, 1, 2
"""


def refresh(session: Session, target: Relation) -> int:
    """Refresh them in the order in which they read each other; how many there are.

    Raises QueryFailed where one cannot be.
    """
    found = session.execute(Statement(_READERS, (target.sql,))).rows
    for schema, name, concurrently in found:
        view = Relation(str(schema), str(name))
        how = "CONCURRENTLY " if concurrently else ""
        try:
            session.execute(Statement(f"REFRESH MATERIALIZED VIEW {how}{view.sql}"))
        except EngineError as error:
            if error.passes:
                raise
            raise QueryFailed(Problem(f"{view}: {error}"), code=error.code) from error
    return len(found)
