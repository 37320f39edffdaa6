"""One run at a time for a table, in the whole warehouse.

The lock is a session advisory lock: it belongs to the server session of the run and ends with
it, however it ends. Behind a pooler a server session outlives its client and would keep the
lock, so there the lock belongs to a transaction on a connection of its own.
https://www.postgresql.org/docs/current/explicit-locking.html#ADVISORY-LOCKS
"""

from __future__ import annotations

import hashlib
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from builder.engines.base import Statement
from builder.errors import Busy, EngineError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from builder.engines.postgres.session import Session
    from builder.relation import Relation

GRACE = 3.0
"""Seconds that a lock is waited for in any case: a killed run's session ends within two."""
_PAUSE = 0.05


def lock_key(target: Relation) -> int:
    """The number that the lock of a table has, the same for every client: 64 bits, signed."""
    name = f"builder\0{target.schema}\0{target.name}".encode()
    return int.from_bytes(hashlib.blake2b(name, digest_size=8).digest(), signed=True)


@contextmanager
def table_lock(
    session: Session,
    open_session: Callable[[], Session],
    target: Relation,
    verb: str = "build",
    *,
    wait: float,
    holder: Callable[[], str],
    grace: float = GRACE,
) -> Iterator[Session]:
    """Hold the lock of `target`, and yield the session that it belongs to.

    Raises Busy after `wait` seconds, but not before `grace`.
    """
    wait = max(wait, grace)
    key = lock_key(target)
    if not session.is_pooled:
        _take(session, "pg_try_advisory_lock", key, f"Cannot {verb} {target}", wait, holder)
        try:
            yield session
        finally:
            # A session that is gone has given its locks back.
            with suppress(EngineError):
                session.execute(Statement("SELECT pg_catalog.pg_advisory_unlock(%s)", (key,)))
        return
    own = open_session()
    try:
        own.execute(Statement("BEGIN"))
        own.execute(Statement("SET LOCAL idle_in_transaction_session_timeout = 0"))
        _take(own, "pg_try_advisory_xact_lock", key, f"Cannot {verb} {target}", wait, holder)
        yield own
    finally:
        own.roll_back()
        own.close()


def require_lock(session: Session, target: Relation) -> None:
    """Raises Busy unless the session still holds the lock of `target`.

    SQL of a file could have called `pg_advisory_unlock_all()`.
    """
    key = lock_key(target) & 0xFFFFFFFFFFFFFFFF
    held = session.execute(
        Statement(
            "SELECT count(*) FROM pg_catalog.pg_locks WHERE locktype = 'advisory' AND granted "
            "AND pid = pg_catalog.pg_backend_pid() AND objsubid = 1 "
            "AND classid::bigint = %s AND objid::bigint = %s",
            (key >> 32, key & 0xFFFFFFFF),
        )
    )
    if held.rows[0][0] != 1:
        raise Busy(
            f"Cannot publish {target}: this run lost its lock on the table while it ran, so that "
            "another run may be building it. The live table is as it was. Run build again; "
            "if it happens again, look for pg_advisory_unlock in the file's SQL."
        )


def _take(
    session: Session,
    function: str,
    key: int,
    what: str,
    wait: float,
    holder: Callable[[], str],
) -> None:
    deadline = time.monotonic() + wait
    while True:
        taken = session.execute(Statement(f"SELECT pg_catalog.{function}(%s)", (key,)))
        if taken.rows[0][0]:
            return
        if time.monotonic() > deadline:
            try:
                by = holder()
            except EngineError:
                by = "another session"
            raise Busy(
                f"{what}: {by} is at it. Nothing was changed. "
                "Try again later, or wait for it with --wait SECONDS."
            )
        time.sleep(_PAUSE)
