"""What is carried over, sent to the server: each thing in a short transaction of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from builder.engines.postgres import swap
from builder.engines.postgres.answers import CANCELED, INTEGRITY, OURS
from builder.engines.postgres.patience import patiently
from builder.errors import EngineError, PublishFailed

if TYPE_CHECKING:
    from collections.abc import Iterable

    from builder.engines.postgres.carry import Carried
    from builder.engines.postgres.session import Session
    from builder.engines.postgres.table import Target

_PAUSE = 0.02  # seconds between two attempts


def carry_over(
    session: Session, target: Target, lacking: Iterable[Carried], *, deadline: float
) -> tuple[list[Carried], list[Carried]]:
    """Give the incoming table what it lacks: what it has got, and what it cannot have but need not.

    `deadline` is the `time.monotonic()` until which other tables' locks are tried for. Raises
    PublishFailed for what the incoming table must have and cannot, by its name.
    """
    carried: list[Carried] = []
    left_out: list[Carried] = []
    for one in lacking:
        try:
            _send(session, one, deadline)
            carried.append(one)
        except EngineError as error:
            if one.is_optional and error.code.startswith(INTEGRITY):
                left_out.append(one)
                continue
            if not error.code or error.code.startswith((*OURS, CANCELED)):
                raise
            raise _not_carried(target, one, error) from error
    return carried, left_out


def _send(session: Session, one: Carried, deadline: float) -> None:
    """One thing in a transaction of its own; briefly, where others have to wait for it."""

    def once() -> None:
        with session.transaction("BEGIN; SET LOCAL search_path = ''"):
            if one.locks_others:
                session.execute(swap.lock_timeout(swap.LOCK_TIMEOUT))
            session.execute_together(one.statements)

    until = deadline if one.locks_others else 0.0
    patiently(once, until=until, pause=_PAUSE, longest=_PAUSE)


def _not_carried(target: Target, one: Carried, error: EngineError) -> PublishFailed:
    return PublishFailed(
        f"Cannot publish {target.relation}: the live table has {one.what}, which the new one "
        f"cannot have. {error} The live table is as it was. Drop that there, or change the query.",
        code=error.code,
    )
