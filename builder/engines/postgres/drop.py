"""Tables that go: what an earlier build left, old versions, and a whole summary's."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from builder.engines.base import Statement
from builder.engines.postgres.answers import DEPENDENT, FORBIDDEN
from builder.engines.postgres.describe import describe, mark
from builder.engines.postgres.lock import require_lock
from builder.engines.postgres.method import not_ours
from builder.engines.postgres.patience import patiently
from builder.engines.postgres.table import KEPT_COMMENT, ORDINARY, STAGED_COMMENT, kind_of
from builder.engines.postgres.wording import QUIET
from builder.errors import BuilderError, Busy, EngineError, PublishFailed

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from builder.engines.postgres.session import Session
    from builder.relation import Relation
    from builder.run import Run

_PAUSE = 0.2  # seconds between two attempts
# Whoever waits for a standby to answer would keep the table's lock for as long.
_KEYS = """
SELECT k.conrelid::regclass::text, format('%%I', k.conname) FROM pg_catalog.pg_constraint k
WHERE k.contype = 'f' AND k.conrelid IN (SELECT to_regclass(name) FROM unnest(%s) AS name)
"""
_BRIEFLY = f"BEGIN; {QUIET}; " + (
    "SET LOCAL synchronous_commit = local; SET LOCAL lock_timeout = '{0}'"
)


def drop_leftover(session: Session, target: Relation, seconds: float) -> None:
    """Drop what an earlier build has staged, for good: the disk may not hold two of it.

    Whoever reads it is waited for, up to `seconds`. Raises PublishFailed for a table that no build
    has made, or that something was made on.
    """
    text = mark(session, target.staged)
    if text is None:
        return
    if not text.startswith(STAGED_COMMENT):
        raise PublishFailed(not_ours(target))

    def drop() -> None:
        session.execute(Statement(f"DROP TABLE {target.staged.sql}"))

    try:
        _once_free(session, drop, f"Cannot build {target}: {target.staged}", seconds)
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


def let_rows_go(session: Session, tables: Sequence[Relation]) -> bool:
    """Take the foreign keys of staged tables and versions away: they would hold rows of others.

    A publish gives the new table those of the live one. False where somebody reads the others;
    a later run tries again. Never raises.
    """
    if not tables:
        return True
    try:
        found = session.execute(Statement(_KEYS, ([table.sql for table in tables],))).rows
        with session.transaction(_BRIEFLY.format("100ms")):
            for table, name in found:
                drop = f"ALTER TABLE {table} DROP CONSTRAINT {name}"
                session.execute(Statement(drop))
    except BuilderError:
        return False
    return True


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

    def drop() -> None:
        require_lock(lock_session, run.target)
        session.execute_together([*_drops(session, run.target, versions), *record()])

    try:
        _once_free(session, drop, f"Cannot drop {run.target}: it", run.summary.publish_timeout)
    except EngineError as error:
        raise _refused(run.target, error) from error


def _once_free(session: Session, act: Callable[[], None], who: str, seconds: float) -> None:
    """Act in a transaction that waits for its locks for a moment, again and again."""

    def once() -> None:
        with session.transaction(_BRIEFLY.format("20ms")):
            act()

    try:
        patiently(once, until=time.monotonic() + seconds, pause=_PAUSE, longest=_PAUSE)
    except Busy as error:
        if not error.passes:
            raise
        raise Busy(
            f"{who} was read for all of the {seconds:g} s that `publish_timeout` allows. "
            "Nothing was dropped; try again later."
        ) from error


def _drops(session: Session, target: Relation, versions: Sequence[Relation]) -> list[Statement]:
    (live,) = describe(session, target)
    if live is not None and live.kind != ORDINARY:
        raise PublishFailed(
            f"Cannot drop {target}: there is {kind_of(live)} of that name now, which no build has "
            "made. Drop or rename it by hand."
        )
    going = [target]
    if (text := mark(session, target.staged)) is not None:
        if not text.startswith(STAGED_COMMENT):
            raise PublishFailed(not_ours(target))
        going.append(target.staged)
    for version in versions:
        if (text := mark(session, version)) is not None:
            _require_kept(version, text)
            going.append(version)
    # One statement, since they may depend on each other, as by a sequence.
    return [Statement(f"DROP TABLE IF EXISTS {', '.join(relation.sql for relation in going)}")]


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
