"""A publish, from what is staged to the COMMIT: carry, settle, swap or merge, and again.

What is sent is decided by pure functions of a description of both tables (`method`, `carry`,
`swap`, `merge`); here it is sent, in short transactions that readers do not notice.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING

from builder.engines.postgres import carry, method, settle
from builder.engines.postgres.answers import FORBIDDEN
from builder.engines.postgres.carrying import carry_over
from builder.engines.postgres.describe import describe, describe_target
from builder.engines.postgres.drop import let_rows_go
from builder.engines.postgres.patience import patiently
from builder.engines.postgres.stage import declared
from builder.engines.postgres.table import Target, is_copy
from builder.engines.postgres.transaction import Transaction
from builder.errors import Busy, EngineError, PublishFailed

if TYPE_CHECKING:
    from collections.abc import Iterable

    from builder.engines.postgres.carry import Carried
    from builder.engines.postgres.method import Method
    from builder.engines.postgres.session import Session
    from builder.engines.postgres.transaction import Record
    from builder.relation import Relation
    from builder.run import Run

# Seconds between two attempts. Where long queries follow each other without a pause, only an
# attempt that is waiting when one of them ends comes through: with pauses of up to 1 s half of the
# publishes gave up after 60 s, with 0.1 s none did.
_FIRST_PAUSE, _LONGEST_PAUSE = 0.02, 0.1
_ROUNDS = 3  # of carrying
_IN_PLACE = {"merge": "merged by its key", "delete": "emptied and filled again"}


@dataclass(slots=True)
class Publisher:
    """One run's publish on one server; `lock_session` holds the table's lock.

    `version` is the kept version that comes back in a rollback; else it is what is staged.
    """

    session: Session
    lock_session: Session
    run: Run
    version: Relation | None = None
    _old: settle.OldSnapshots | None = field(init=False, default=None)
    _is_settled: bool = field(init=False, default=False)
    _is_rewritten: bool = field(init=False, default=False)
    _is_publishing: bool = field(init=False, default=False)
    _left_out: set[str] = field(init=False, default_factory=set)
    _deadline: float = field(init=False)

    def __post_init__(self) -> None:
        """The time that may be spent begins."""
        self._deadline = time.monotonic() + self.run.summary.publish_timeout

    @property
    def name(self) -> Relation:
        """The table that is published."""
        return self.run.target

    def look(self) -> Target:
        """Both tables as they are now."""
        live, incoming = describe(self.session, self.name, self.version or self.name.staged)
        return Target(self.name, live, incoming, incoming_relation=self.version)

    def method(self, target: Target) -> Method:
        """How it is done; raises PublishFailed where it cannot be."""
        chosen = method.method_for(target, self.run.summary, self.session.role)
        method.require_fits(target, self.run.summary, chosen)
        return chosen

    def carry_columns(self) -> None:
        """What has to be there before statistics and indexes are made.

        Whoever would find the new table empty is asked for then, so that the wait for them runs
        beside all that follows.
        """
        target = self.look()
        if self._would_swap(target):
            self._carry(target, carry.before_indexes(target, self.run.run_id))
            self._collect(target)

    def carry(self) -> None:
        """Everything else that the live table has, once the file's own indexes are there."""
        target = self.look()
        if self._would_swap(target):
            self._carry(target, self._lacking(target))

    def _would_swap(self, target: Target) -> bool:
        """What stands in the way of a publish is no obstacle to a build that stops before it."""
        try:
            return self.method(target) == "swap"
        except PublishFailed:
            return False

    def publish(self, record: Record) -> str:
        """Do it, again and again while readers hold the table; how it was done, if in place.

        Raises Busy or PublishFailed, the live table being as it was.
        """
        self._deadline = time.monotonic() + self.run.summary.publish_timeout
        self._is_publishing = True
        try:
            return self._publish(record)
        except BaseException:
            if self.session.is_alive:
                # What is staged may wait for long, and is not to hold rows of other tables.
                let_rows_go(self.session, [self.version or self.name.staged])
            raise

    def _publish(self, record: Record) -> str:
        attempts = count(1)
        try:
            return patiently(
                lambda: self._attempt(record, next(attempts)),
                until=self._deadline,
                pause=_FIRST_PAUSE,
                longest=_LONGEST_PAUSE,
            )
        except Busy as error:
            if not error.passes:
                raise
            raise self._never_let_go() from error
        except EngineError as error:
            if isinstance(error, PublishFailed) or error.code != FORBIDDEN:
                raise
            raise self._forbidden(error) from error

    def _attempt(self, record: Record, attempt: int) -> str:
        target = describe_target(self.session, self.name, self.version)
        chosen = self.method(target)
        staged_run = self._require_incoming(target)
        if chosen != "swap":
            self._transaction(target, record).change(chosen)
            self._say_what_was_not_made(target)
            why = method.why_no_swap(target.live, self.run.summary) if target.live else []
            return f"{_IN_PLACE[chosen]}: " + ("; ".join(why) or "the file says so")
        target = self._alike(target)
        self._settle(target)
        self._transaction(target, record).swap(staged_run, attempt)
        return ""

    def _say_what_was_not_made(self, target: Target) -> None:
        """A table that is changed in place gets no key or index that the file declares since."""
        there = {index.says for index in target.live.indexes} if target.live else set()
        for one in declared(self.run.summary):
            if str(one) not in there:
                self.run.notices.append(f"{one} is declared and not there: make it by hand")

    def _transaction(self, target: Target, record: Record) -> Transaction:
        return Transaction(self.session, self.lock_session, self.run, target, record)

    def _carry(self, target: Target, lacking: Iterable[Carried]) -> bool:
        carried, left_out = carry_over(self.session, target, lacking, deadline=self._deadline)
        for one in left_out:
            self._left_out.add(one.what)
            self.run.notices.append(
                f"the version comes back without {one.what}: its rows forbid it"
            )
        if any(one.rewrites for one in carried):
            self._old, self._is_settled, self._is_rewritten = None, False, True
        return bool(carried)

    def _alike(self, target: Target) -> Target:
        """Both tables once the incoming one has all that the live one has.

        What was carried over is looked at again: an index, say, has a comment of its own.
        """
        for _ in range(_ROUNDS):
            if not self._carry(target, self._lacking(target)):
                return target
            target = describe_target(self.session, self.name, self.version)
        what = ", ".join(one.what for one in self._lacking(target))
        if not what:
            return target
        raise PublishFailed(
            f"Cannot publish {self.name}: the live table has {what}, which could not be carried "
            "over. The live table is as it was. Drop that there."
        )

    def _require_incoming(self, target: Target) -> str:
        if self.version is not None:
            method.require_kept(target)
            return ""
        return method.require_staged(target, self.run.summary)

    def _lacking(self, target: Target) -> list[Carried]:
        lacking = (
            *carry.before_indexes(target, self.run.run_id),
            *carry.after_indexes(target, self.run.summary, self.run.run_id),
            *(carry.just_before(target) if self._is_publishing else ()),
        )
        return [one for one in lacking if one.what not in self._left_out]

    def _collect(self, target: Target) -> None:
        if target.live is not None and self._old is None:
            self._old = settle.collect(self.session, self.name, target.source)

    def _settle(self, target: Target) -> None:
        """Wait for those who would find the new table empty, once.

        A version that was live has been waited for when it went live.
        """
        if self._is_settled:
            return
        self._is_settled = True
        if target.is_rollback and not (self._is_rewritten or is_copy(target.incoming)):
            return
        self._collect(target)
        if self._old is not None:
            anyway = self.run.summary.old_snapshots == "publish"
            left = self._deadline - time.monotonic()
            if told := settle.wait(self.session, self._old, left, publishes_anyway=anyway):
                self.run.notices.append(told)

    def _never_let_go(self) -> Busy:
        then = " and the new one is staged: `builder publish` tries again without building."
        return Busy(
            f"Cannot {'roll back' if self.version else 'publish'} {self.name}: readers held it for "
            f"all of the {self.run.summary.publish_timeout:g} s that `publish_timeout` allows. The "
            f"live table is as it was{'; try again later.' if self.version else then}"
        )

    def _forbidden(self, error: EngineError) -> PublishFailed:
        return PublishFailed(
            f"Cannot publish {self.name}: {error} The role {self.session.role} must own the live "
            "table, or be a member of the role that does, and need the rights that it has. The "
            "live table is as it was.",
            code=error.code,
        )
