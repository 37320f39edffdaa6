"""FakeEngine, MemoryJournal: a warehouse and a journal for tests, without a server.

Both write down what they are asked for, in order, beginning with the method's name; `unlock`,
`end_of_snapshot` and `swap` are the ends of `lock`, `snapshot` and `publish`. `fails` has errors by
those names, each raised whenever the call is made, before it has had an effect; of a list of errors
each is raised once, in their order, and then the call goes well.

    engine = FakeEngine(fails={"publish": Busy("readers never let go")})
    journal = MemoryJournal(calls=engine.calls)
    build(summary, engine=engine, journal=journal)  # raises Busy
    engine.calls  # ["lock analytics.sales", "journal.start", …]
"""

from __future__ import annotations

from builder.testing.engine import FakeEngine
from builder.testing.journal import MemoryJournal

__all__ = ["FakeEngine", "MemoryJournal"]
