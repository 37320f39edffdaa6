"""The sample warehouse of a project's `sql/`, loaded into the embedded server once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from builder.engines.base import Statement

if TYPE_CHECKING:
    from pathlib import Path

    from builder.engines.postgres import PostgresEngine

_MARK = "the sample warehouse of sql/ was loaded"
_MARKED = """
SELECT pg_catalog.shobj_description(oid, 'pg_database') = %s
FROM pg_catalog.pg_database WHERE datname = current_database()
"""


def load_sample(engine: PostgresEngine, folder: Path) -> bool:
    """Load every SQL file of `folder`, in the order of their names; False if that was done.

    All of it is one transaction together with the mark that it was done, so that a load that
    is cut short leaves nothing. A user who drops the sample afterwards does not get it back.
    """
    session = engine.session
    if session.execute(Statement(_MARKED, (_MARK,))).rows[0][0]:
        return False
    files = sorted(folder.glob("*.sql"))
    if not files:
        return False
    with session.transaction():
        session.execute(Statement("SELECT pg_advisory_xact_lock(hashtext(%s))", (_MARK,)))
        if session.execute(Statement(_MARKED, (_MARK,))).rows[0][0]:
            return False
        for file in files:
            session.execute(Statement(file.read_text(encoding="utf-8")))
        database = session.execute(Statement("SELECT quote_ident(current_database())")).rows[0][0]
        session.execute(Statement(f"COMMENT ON DATABASE {database} IS %s", (_MARK,)))
    return True
