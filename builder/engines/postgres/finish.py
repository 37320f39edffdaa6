"""The keys and indexes of the file, made on the staged table; each error has its place in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from builder.engines.base import Statement
from builder.engines.postgres import stage
from builder.engines.postgres.answers import DUPLICATE, NULL_IN_KEY
from builder.engines.postgres.describe import describe
from builder.errors import EngineError, KeyFailed, Problem, QueryFailed

if TYPE_CHECKING:
    from builder.engines.postgres.session import Session
    from builder.run import Run


def make_declared(session: Session, run: Run) -> None:
    """Statistics first, then keys and indexes; raises KeyFailed for a key that does not hold."""
    staged = run.target.staged
    _require_columns(session, run)
    session.execute(stage.analyze(staged))
    for number, one in enumerate(stage.declared(run.summary)):
        name = stage.index_while_staged(run.run_id, number)
        prefix = one.prefix(staged, name)
        try:
            if one.written is None:
                session.execute(Statement(prefix + one.columns))
            else:
                session.execute_theirs(one.columns, one.written, prefix)
            session.execute(one.mark(staged, name))
        except EngineError as error:
            if error.code.startswith(("42", "54")):
                message = f"{run.summary.file}: {one}: {error}"
                raise QueryFailed(Problem(message), code=error.code) from error
            if error.code not in (DUPLICATE, NULL_IN_KEY):
                raise
            # The server's words hold the values, which not everybody may see.
            raise KeyFailed(
                f"{run.target} was not published: its {one} does not hold for what the query "
                f"returned. The live table is as it was; look at {staged}.",
                one.label,
                one.names,
                is_null=error.code == NULL_IN_KEY,
            ) from error


def _require_columns(session: Session, run: Run) -> None:
    """Raises QueryFailed where the file names a column that the query does not return."""
    (table,) = describe(session, run.target.staged)
    columns = list(table.types) if table else []
    if missing := stage.missing_columns(run.summary, columns):
        message = f"{run.summary.file}: {', '.join(missing)}: the query returns no such column"
        raise QueryFailed(Problem(message, hint=f"it returns {', '.join(columns)}"))
