"""Tables that go: what an earlier build left, old versions, and a whole summary's."""

from __future__ import annotations

import random
import time
from typing import TYPE_CHECKING

from builder.engines.base import Statement
from builder.engines.postgres.answers import DEPENDENT, FORBIDDEN
from builder.engines.postgres.describe import mark
from builder.engines.postgres.lock import require_lock
from builder.engines.postgres.method import not_ours
from builder.engines.postgres.table import KEPT_COMMENT, STAGED_COMMENT
from builder.errors import Busy, EngineError, PublishFailed
from builder.relation import quoted

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from builder.engines.postgres.session import Session
    from builder.relation import Relation
    from builder.run import Run

_PAUSE = 0.2  # seconds between two attempts
# Whoever waits for a standby to answer would keep the table's lock for as long.
_BRIEFLY = "BEGIN; SET LOCAL synchronous_commit = local; SET LOCAL lock_timeout = '{0}'"


def drop_leftover(session: Session, target: Relation) -> None:
    """Drop what an earlier build has staged, for good: the disk may not hold two of it.

    Raises PublishFailed for a table that no build has made, or that something was made on.
    """
    text = mark(session, target.staged)
    if text is None:
        return
    if not text.startswith(STAGED_COMMENT):
        raise PublishFailed(not_ours(target))
    try:
        session.execute(Statement(f"DROP TABLE {target.staged.sql}"))
    except EngineError as error:
        if error.code != DEPENDENT:
            raise
        raise PublishFailed(
            f"Cannot build {target}: something was made on the staged table {target.staged}. "
            f"{error} Drop that first."
        ) from error


def drop_version(session: Session, version: Relation) -> bool:
    """Drop a kept version; False while somebody reads it."""
    try:
        with session.transaction(_BRIEFLY.format("100ms")):
            text = mark(session, version)
            if text is not None:
                _require_kept(version, text)
                session.execute(Statement(f"DROP TABLE {version.sql}"))
    except Busy:
        return False
    return True


def drop_foreign_keys(session: Session, version: Relation, names: Sequence[str]) -> None:
    """Take a kept version's foreign keys away: rows that it refers to could not be deleted.

    A rollback gives it those of the live table again. Raises Busy while the others are read.
    """
    with session.transaction(_BRIEFLY.format("100ms")):
        for name in names:
            drop = f"ALTER TABLE {version.sql} DROP CONSTRAINT {quoted(name)}"
            session.execute(Statement(drop))


def drop_all(
    session: Session,
    lock_session: Session,
    run: Run,
    versions: Sequence[Relation],
    record: Callable[[], Sequence[Statement]],
) -> None:
    """Drop the target, its versions and what is staged, in one transaction with the journal's row.

    Tried again while somebody reads one of them, until `publish_timeout`.
    """
    deadline = time.monotonic() + run.summary.publish_timeout
    while True:
        try:
            with session.transaction(_BRIEFLY.format("20ms")):
                require_lock(lock_session, run.target)
                statements = _drops(session, run.target, versions)
                session.execute_together([*statements, *record()])
        except Busy as error:
            if not error.passes:
                raise
            if time.monotonic() > deadline:
                raise Busy(
                    f"Cannot drop {run.target}: it was read for all of the "
                    f"{run.summary.publish_timeout:g} s that `publish_timeout` allows. Nothing was "
                    "dropped; try again later."
                ) from error
        except EngineError as error:
            raise _refused(run.target, error) from error
        else:
            return
        time.sleep(_PAUSE * random.uniform(0.5, 1.5))  # noqa: S311 -- no secret


def _drops(session: Session, target: Relation, versions: Sequence[Relation]) -> list[Statement]:
    going = [target]
    if (text := mark(session, target.staged)) is not None:
        if not text.startswith(STAGED_COMMENT):
            raise PublishFailed(not_ours(target))
        going.append(target.staged)
    for version in versions:
        if (text := mark(session, version)) is not None:
            _require_kept(version, text)
            going.append(version)
    return [Statement(f"DROP TABLE IF EXISTS {relation.sql}") for relation in going]


def _require_kept(version: Relation, text: str) -> None:
    if not text.startswith(KEPT_COMMENT):
        raise PublishFailed(
            f"Cannot drop {version}: it does not bear the mark of a version that a publish has "
            "kept. Drop it by hand if it is not needed."
        )


def _refused(target: Relation, error: EngineError) -> EngineError:
    if error.code == DEPENDENT:
        return PublishFailed(
            f"Cannot drop {target}: {error} Nothing was dropped. Drop what reads it first.",
            code=error.code,
        )
    if error.code == FORBIDDEN:
        return PublishFailed(
            f"Cannot drop {target}: {error} Nothing was dropped. Its owner may.", code=error.code
        )
    return error
