"""What is tried again while somebody holds a lock that it needs."""

from __future__ import annotations

import random
import time
from typing import TYPE_CHECKING, TypeVar

from builder.errors import Busy

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")


def patiently(act: Callable[[], T], *, until: float, pause: float, longest: float) -> T:
    """What `act` returns once it is not Busy any more by what passes by itself.

    Between two tries the pause, with jitter, doubles from `pause` to `longest` seconds. Raises
    Busy, which still passes, where it goes on past the `time.monotonic()` of `until`.
    """
    while True:
        try:
            return act()
        except Busy as error:
            if not error.passes or time.monotonic() > until:
                raise
        time.sleep(pause * random.uniform(0.5, 1.5))  # noqa: S311 -- no secret
        pause = min(2 * pause, longest)
