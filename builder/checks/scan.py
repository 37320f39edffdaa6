"""One pass over one relation for everything that its checks ask."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from builder.errors import QueryFailed, TimedOut

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from builder.checks.verdict import Question
    from builder.engines.asks import Aggregate
    from builder.engines.reading import Reader
    from builder.relation import Relation


class Scan:
    """What the questions of one relation ask, answered together when the first answer is wanted.

    Where that fails, each question is asked by itself, so that one that cannot be answered takes
    no other one with it. `total` is how many seconds the answers to all together took.
    """

    def __init__(self, reader: Reader, relation: Relation, questions: Sequence[Question]) -> None:
        self._reader, self._relation = reader, relation
        self._questions = questions
        self._answers: dict[str, object] | None = None
        self._is_one = True
        self.total = 0.0

    def answers(self, question: Question) -> list[object]:
        """The answers to one question; raises QueryFailed."""
        found = self._together() if self._is_one else None
        if found is None:
            found = self._ask(question.aggregates)
        more = [self._reader.ask(other, [one])[0] for other, one in question.elsewhere]
        return [*(found[repr(one)] for one in question.aggregates), *more]

    @property
    def share(self) -> float:
        """Each question's part of the time."""
        return self.total / len(self._questions)

    def _together(self) -> Mapping[str, object] | None:
        if self._answers is None:
            begun = time.perf_counter()
            try:
                self._answers = self._ask([o for one in self._questions for o in one.aggregates])
            except TimedOut:
                raise
            except QueryFailed:
                self._is_one = False
            self.total = time.perf_counter() - begun
        return self._answers

    def _ask(self, aggregates: Sequence[Aggregate]) -> dict[str, object]:
        """The answers by what was asked: 1, 1.0 and True are equal, but not in SQL."""
        wanted = {repr(one): one for one in aggregates}
        if not wanted:
            return {}
        answers = self._reader.ask(self._relation, [*wanted.values()])
        return dict(zip(wanted, answers, strict=True))
