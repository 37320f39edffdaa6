"""The two transactions that publish: one swaps tables, the other changes rows in place."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from builder.engines.base import Statement, Version
from builder.engines.postgres import merge, swap
from builder.engines.postgres.answers import (
    CHANGED,
    INTEGRITY,
    UNDEFINED_TABLE,
    VIEW_DOES_NOT_FIT,
)
from builder.engines.postgres.describe import describe, unchanged
from builder.engines.postgres.lock import require_lock
from builder.errors import Busy, EngineError, PublishFailed

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from builder.engines.postgres.method import Method
    from builder.engines.postgres.session import Session
    from builder.engines.postgres.table import Target
    from builder.run import Run

    Record = Callable[[Version | None], Sequence[Statement]]

logger = logging.getLogger("builder.engines.postgres.publish")

_MERGE_LOCK_TIMEOUT = 2.0  # seconds; it is other writers who wait behind it


@dataclass(frozen=True, slots=True)
class Transaction:
    """One attempt at a publish; `lock_session` holds the table's lock.

    `record` gives the journal's statements, which take effect with the rest.
    """

    session: Session
    lock_session: Session
    run: Run
    target: Target
    record: Record

    def swap(self, staged_run: str, attempt: int) -> None:
        """Put the incoming table in the live one's place; `staged_run` has staged it."""
        run, session, target = self.run, self.session, self.target
        replaced = Version(run.target.version(run.run_id)) if target.live else None
        statements = swap.swap(
            target, run.summary, run.run_id, builder=session.role, staged_run=staged_run
        )
        with session.transaction(";\n".join(s.text for s in swap.begin_swap())):
            require_lock(self.lock_session, run.target)
            begun = time.perf_counter()
            # In one message, so that the locks are held for no longer than the server needs.
            self._execute(
                [
                    *swap.locks(target),
                    unchanged(session, target),
                    *statements,
                    *self.record(replaced),
                    Statement("COMMIT"),
                ]
            )
        took = (time.perf_counter() - begun) * 1000
        logger.debug("swapped %s in %.3f ms (attempt %d)", run.target, took, attempt)

    def change(self, method: Method) -> None:
        """Change the live table's rows to those of the incoming one."""
        run, session, target = self.run, self.session, self.target
        keeps = run.summary.keep > 0 or target.is_rollback
        replaced = Version(run.target.version(run.run_id)) if keeps else None
        with session.transaction(";\n".join(s.text for s in merge.begin_merge())):
            require_lock(self.lock_session, run.target)
            lock = merge.lock_rows(target)
            session.execute_together([swap.lock_timeout(_MERGE_LOCK_TIMEOUT), lock])
            self._require_unchanged()
            session.execute_together(merge.keep_copy(target, run.run_id) if keeps else [])
            self._change(merge.changes(target, run.summary, method))
            self._require_merged()
            session.execute_together([*merge.finish(target, run.summary), *self.record(replaced)])

    def _execute(self, statements: Sequence[Statement]) -> None:
        try:
            self.session.execute_together(statements)
        except EngineError as error:
            is_gone = error.code == UNDEFINED_TABLE and self.target.source.name in str(error)
            if is_gone or error.code == CHANGED:
                raise self._changed() from error
            live = self.target.live
            reads = live is not None and (live.views or live.policies or live.rules)
            if not reads or error.code not in VIEW_DOES_NOT_FIT:
                raise
            raise PublishFailed(
                f"Cannot publish {self.run.target}: a view, policy or rule that reads it does not "
                f"fit the new columns. {error} Nothing was touched. Change it or drop it.",
                code=error.code,
            ) from error

    def _require_unchanged(self) -> None:
        """Inside the transaction: the tables are still those that its statements were made for."""
        target = self.target
        if describe(self.session, target.relation, target.source) != [target.live, target.incoming]:
            raise self._changed()

    def _changed(self) -> Busy:
        return Busy(
            f"Cannot publish {self.run.target}: somebody changed the table while it was about to "
            "be replaced. The live table is as they left it. Run build again.",
            passes=True,
        )

    def _change(self, statements: Sequence[Statement]) -> None:
        try:
            self.session.execute_together(statements)
        except EngineError as error:
            if not error.code.startswith(INTEGRITY):
                raise
            raise PublishFailed(
                f"Cannot publish {self.run.target}: its rows cannot be changed in place. {error} "
                "Nothing was touched.",
                code=error.code,
            ) from error

    def _require_merged(self) -> None:
        now, wanted = self.session.execute(merge.counts(self.target)).rows[0]
        if now != wanted:
            raise PublishFailed(
                f"Cannot publish {self.run.target}: once merged it would have {now:,} rows and not "
                f"{wanted:,}: the live table has a key twice, or a trigger changes rows. "
                "Nothing was touched. Mend the live table, or take the key out of the file."
            )
