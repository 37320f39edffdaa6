"""A builder that kills itself at its n-th statement: `victim WHEN N ARGUMENTS…`.

WHEN is `before` it is sent, `during` it (a moment after it was sent), or `after` its answer. The
rest is what the builder's command line takes. Only this process's Session is wrapped: nothing in
the builder itself knows of it.
"""

from __future__ import annotations

import os
import random
import signal
import sys
import threading
from typing import Any, NoReturn

from builder.cli import main
from builder.engines.postgres.session import Session

LONGEST = 0.003
"""Seconds after which a kill `during` a statement comes at the latest."""


def wrap(when: str, number: int) -> None:
    """Make the `number`-th statement of all sessions of this process the last one."""
    run = Session._run  # noqa: SLF001 -- where every statement passes
    left = number

    def counted(self: Session, *given: Any, **named: Any) -> Any:
        nonlocal left
        left -= 1
        if left == 0 and when == "before":
            _end()
        if left == 0 and when == "during":
            threading.Timer(random.uniform(0, LONGEST), _end).start()  # noqa: S311 -- no secret
        try:
            return run(self, *given, **named)
        finally:
            if left == 0 and when == "after":
                _end()

    setattr(Session, "_run", counted)  # noqa: B010 -- mypy does not let a method be assigned to


def _end() -> NoReturn:
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError


if __name__ == "__main__":
    wrap(sys.argv[1], int(sys.argv[2]))
    sys.argv[1:] = sys.argv[3:]
    main()
