"""One attempt at a table, and another one where the first failed by what passes by itself."""

from __future__ import annotations

import random
import time
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from builder.errors import Busy, EngineError
from builder.run import Run

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from builder.engines.base import Engine
    from builder.journal import Journal
    from builder.run import Action
    from builder.summary import Summary

    Listener = Callable[[Run], None]

PAUSES = (0.5, 2.0)
"""Seconds before a run is tried again that failed by something that passes by itself."""


def tried(
    once: Callable[[Run], None], summary: Summary, action: Action, listeners: Sequence[Listener]
) -> Run:
    """One run; and another each time that it failed by what passes by itself.

    Each is a run of its own in the journal. What was published is not tried again.
    """
    notices: list[str] = []
    for pause in (*PAUSES, None):
        run = Run(summary, action=action, listeners=[*listeners])
        run.notices += notices
        try:
            once(run)
        except (Busy, EngineError) as error:
            if pause is None or not error.passes or run.is_published:
                raise
            notices.append(f"tried again: {error}")
            time.sleep(pause * random.uniform(0.8, 1.2))  # noqa: S311 -- no secret
        else:
            break
    return run


@contextmanager
def attempt(run: Run, engine: Engine, journal: Journal, wait: float) -> Iterator[None]:
    """The run holds its table's lock, and however it ends the journal says how."""
    try:
        with ExitStack() as held:
            with run.step("lock"):
                held.enter_context(
                    engine.lock(run, wait=wait, holder=lambda: journal.holder(run.target))
                )
                journal.start(run)
            yield
            run.finished()
    except BaseException as error:
        run.failed(error)
        raise
    finally:
        journal.finish(run)
