"""What the tests of the journal share: a connection that writes down what it is sent."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from builder.engines.base import Result, Statement
from builder.errors import EngineError
from builder.journal import Journal
from builder.journal.tables import VERSION
from builder.relation import Relation
from builder.run import Run
from builder.summary import Summary, Text

if TYPE_CHECKING:
    from collections.abc import Mapping

SALES = Relation("analytics", "sales")
NOW = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
THERE: dict[str, tuple[tuple[object, ...], ...]] = {
    "relname = 'journal'": ((True,),),
    "oldest_client": ((VERSION, 1),),
}
DOWN = EngineError("the server went away", code="57P01")


class Recorder:
    """A Connection that answers by what a statement holds, and writes down what it was sent."""

    def __init__(
        self,
        answers: Mapping[str, tuple[tuple[object, ...], ...]],
        fails: Mapping[str, EngineError] | None = None,
    ) -> None:
        self.answers, self.fails = answers, fails or {}
        self.sent: list[Statement] = []
        self.closed = False
        self.role, self.is_alive = "etl", True

    def execute(self, statement: Statement) -> Result:
        """Write the statement down; fail or answer if its text holds a known word."""
        self.sent.append(statement)
        for word, error in self.fails.items():
            if word in statement.text:
                raise error
        found = [rows for word, rows in self.answers.items() if word in statement.text]
        return Result(rows=found[0] if found else ())

    def close(self) -> None:
        """Be closed."""
        self.closed = True

    @property
    def text(self) -> str:
        """All that was sent."""
        return "\n".join(statement.text for statement in self.sent)


def a_run() -> Run:
    """A run of a fixed time and name."""
    summary = Summary(SALES, Text("SELECT 1"), owner="team")
    return Run(summary, clock=lambda: NOW, run_id="r1")


def started(connection: Recorder) -> tuple[Journal, Run]:
    """A journal, and a run that has started; what was sent so far is forgotten."""
    journal, run = Journal(lambda: connection), a_run()
    journal.start(run)
    connection.sent.clear()
    return journal, run


def holes_are_values(statement: Statement) -> bool:
    """Whether a statement has a value for each of its holes, so that a driver can bind them."""
    return len(re.findall("%s", statement.text)) == len(statement.values)
