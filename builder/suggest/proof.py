"""Whether proposals hold: their text is read as a file's is, and run as a build runs it."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from builder.checks import Checking, Circumstances
from builder.query import plan
from builder.suggest.written import text_of
from builder.summary import load_summary

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from builder.engines.reading import Reader
    from builder.relation import Relation
    from builder.suggest.model import Proposal
    from builder.summary import Summary

_FILE = "{{'table': 'suggested', 'schema': 'suggested', 'main_sql': 'SELECT 1 AS one',\n{}\n}}\n"


@dataclass(slots=True)
class Proof:
    """Runs proposals on a relation; `seconds` is how long that has taken in all."""

    reader: Reader
    relation: Relation
    now: datetime
    dialect: str
    seconds: float = 0.0

    def of(self, found: Sequence[Proposal]) -> list[Proposal]:
        """Those that hold now, and need nothing but the warehouse to say so."""
        summary = replace(_read(found), target=self.relation)
        queries = plan(summary, self.dialect, checked=self.relation).outputs
        circumstances = Circumstances(self.relation, self.now, rows=0, dialect=self.dialect)
        checking = Checking(summary.output_checks, queries, self.reader, circumstances)
        begun = time.monotonic()
        passed = {one.check.label for one in checking.results() if one.passed}
        self.seconds += time.monotonic() - begun
        return [
            one
            for one, check in zip(found, summary.output_checks, strict=True)
            if check.label in passed
        ]


def _read(found: Sequence[Proposal]) -> Summary:
    with TemporaryDirectory() as folder:
        file = Path(folder) / "suggested.py"
        file.write_text(_FILE.format(text_of(found)), encoding="utf-8")
        return load_summary(file, Path(folder))
