"""Checks: what they measure, whether that is right, and which rows are not.

`Checking` runs the checks of one moment of a run, those of the inputs or those of the output. All
that can be asked together is: one scan of a relation answers the expectations that are compiled
here, the measures and the freshness of all its checks. A query of the file's own is sent by
itself. What only Great Expectations can answer is handed to it first, and answered last.
"""

from __future__ import annotations

import math
import re
import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from builder.checks import counts, history
from builder.checks.counts import holds
from builder.checks.masking import masked_rows
from builder.checks.questions import questions
from builder.checks.scan import Scan
from builder.checks.verdict import Verdict
from builder.errors import QueryFailed, TimedOut
from builder.query import rows_counted
from builder.run import MASK, CheckResult, Failing
from builder.summary import Count, Expectation

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import datetime

    from builder.checks.masking import Shown
    from builder.checks.verdict import Question
    from builder.engines.asks import Found
    from builder.engines.base import Result
    from builder.engines.reading import Reader
    from builder.journal.tables import Measured
    from builder.query import Select
    from builder.relation import Relation
    from builder.run import Number
    from builder.summary import Check

__all__ = ["Checking", "Circumstances", "holds"]

_PLAIN = re.compile(r"\s*SELECT\s+\*\s+FROM\b", re.IGNORECASE)
_SELECT = re.compile(r"\bSELECT\b", re.IGNORECASE)
_QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"")
_OF_DATA = ("", "22", "23", "P0")  # classes of SQLSTATE, and no code for what we say of a value
_VALUES = ("expect_column_max_", "expect_column_min_", "expect_column_median_")


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What checks are judged by besides what they measure.

    `relation` is under check where a check names no other. `past` has earlier numbers by the
    checks' fingerprints, the youngest first. At most `rows` failing rows are shown, those of
    `sensitive` columns masked.
    """

    relation: Relation
    now: datetime
    past: Mapping[str, Sequence[Measured]] = field(default_factory=dict)
    sensitive: frozenset[str] = frozenset()
    rows: int = 5
    dialect: str = "postgres"


class Checking:
    """The checks of one moment, and the reader that sees what they are of."""

    def __init__(
        self,
        checks: Sequence[Check],
        queries: Sequence[tuple[Check, Select]],
        reader: Reader,
        circumstances: Circumstances,
    ) -> None:
        self._checks, self._reader, self._about = checks, reader, circumstances
        self._queries = {check.label: select for check, select in queries}
        self._questions = questions(
            checks, circumstances.relation, reader.columns_of, reader.known_as
        )
        self._scans: dict[Relation, Scan] = {}

    def results(self) -> Iterator[CheckResult]:
        """Each result in the order of the file, as soon as it is known."""
        for check in self._checks:
            if self._is_ours(check):
                yield self._result(check, self._queries.get(check.label))

    def outside(self) -> list[Expectation]:
        """The checks that are not answered here, but by Great Expectations."""
        return [
            check
            for check in self._checks
            if isinstance(check, Expectation) and not self._is_ours(check)
        ]

    @property
    def rows(self) -> int:
        """How many failing rows are shown."""
        return self._about.rows

    def _is_ours(self, check: Check) -> bool:
        if not isinstance(check, Expectation) or check.query is not None:
            return True
        return self._questions[check.label] is not None

    def _result(self, check: Check, select: Select | None) -> CheckResult:
        begun = time.perf_counter()
        scan = self._scan_of(check)
        before = scan.total if scan else 0.0
        try:
            verdict, failing = self._verdict(check, select)
        except TimedOut:
            raise
        except QueryFailed as error:
            seconds = time.perf_counter() - begun
            told = self._told(check, error)
            return CheckResult(check, passed=False, measured=None, seconds=seconds, error=told)
        seconds = time.perf_counter() - begun
        if scan:
            seconds += scan.share - (scan.total - before)
        return self._compared(check, verdict, failing, seconds)

    def _told(self, check: Check, error: QueryFailed) -> QueryFailed:
        """The error with its place in the file, and without what may be a sensitive value."""
        message = error.problem.message
        # Where the file has secrets, what an error of the data quotes may be one.
        if self._about.sensitive and error.code[:2] in _OF_DATA:
            message = _QUOTED.sub(MASK, message)
        problem = replace(error.problem, message=message, place=error.problem.place or check.place)
        if problem == error.problem:
            return error
        return error.told_as(problem)

    def _verdict(self, check: Check, select: Select | None) -> tuple[Verdict, Failing | None]:
        if isinstance(check, Count) and select is not None:
            verdict = counts.judged(check, self._reader.measure(select))
            return verdict, None if verdict.passed else self._counted(check, select, verdict)
        if select is not None:
            return self._returned(check, select)
        question = self._questions[check.label]
        if question is None or isinstance(question, QueryFailed):
            raise question or AssertionError(f"{check.label} is not answered here")
        relation, scan = self._relation(check), self._scan_of(check)
        answers = scan.answers(question) if scan else []
        verdict = question.judge(answers, lambda: self._count(relation, question))
        if verdict.passed or question.failing is None:
            return verdict, None
        return verdict, self._failing(relation, question.failing, verdict)

    def _failing(self, relation: Relation, rows: Found, verdict: Verdict) -> Failing:
        shown = self._shown(lambda limit: self._reader.sample(relation, rows, limit))
        finding = self._reader.finding(relation, rows)
        return Failing(verdict.unexpected or 0, verdict.considered, *shown, finding)

    def _count(self, relation: Relation, question: Question) -> int:
        if question.failing is None:
            raise AssertionError("a question that counts rows says which")
        return self._reader.count(relation, question.failing)

    def _returned(self, check: Check, select: Select) -> tuple[Verdict, Failing | None]:
        """The verdict on a query that is to return no row."""
        found = int(self._reader.measure(select.within("SELECT count(*) FROM (\n", "\n) AS rows")))
        verdict = Verdict(
            found == 0, found, f"{found:,} row{'s' if found != 1 else ''}", "none", 0, 0, found
        )
        if verdict.passed:
            return verdict, None
        shown = self._own(select, self._relation(check))
        return verdict, Failing(found, None, *shown, select.text)

    def _counted(self, check: Count, select: Select, verdict: Verdict) -> Failing | None:
        """The rows that were counted, where there should have been fewer and they can be shown."""
        counts_wrong = check.op in ("le", "lt") or (check.op == "eq" and check.count == 0)
        rows = rows_counted(select, self._about.dialect) if counts_wrong else None
        if rows is None or isinstance(verdict.measured, str | None):
            return None
        shown = self._own(rows, self._relation(check))
        return Failing(int(verdict.measured), None, *shown, rows.text)

    def _own(self, select: Select, relation: Relation) -> Shown:
        """The first rows of a query of a person's own.

        It may call a sensitive column otherwise: of a file that has any, only what a plain
        `SELECT *` returns under the names of the table's own columns is shown.
        """
        columns, rows = self._shown(lambda limit: self._reader.first(select, limit))
        if not self._about.sensitive or not rows:
            return columns, rows
        is_plain = _PLAIN.match(select.text) and len(_SELECT.findall(select.text)) == 1
        known = self._reader.columns_of(relation) if is_plain else ()
        return masked_rows(columns, rows, [name for name in columns if name not in known])

    def _shown(self, fetch: Callable[[int], Result]) -> Shown:
        """The first failing rows; where they cannot be had in time, the verdict stands without."""
        if not self._about.rows:
            return (), ()
        try:
            found = fetch(self._about.rows)
        except TimedOut:
            raise
        except QueryFailed:
            return (), ()
        return masked_rows(found.columns, found.rows, self._about.sensitive)

    def _compared(
        self, check: Check, verdict: Verdict, failing: Failing | None, seconds: float
    ) -> CheckResult:
        """The result, once the number has been held against those of earlier runs."""
        past = self._about.past.get(check.fingerprint, ())
        ranges, notes = history.ranges(check, past, self._about.now)
        found = verdict.measured
        expected = [one for one in ranges if not isinstance(found, str | None)]
        passed = all(one.holds(found) for one in expected if not isinstance(found, str | None))
        wanted = [*([verdict.wanted] if verdict.wanted else []), *map(str, expected)]
        if self._is_hidden(check):
            verdict = replace(verdict, measured=None, found=MASK)
        return CheckResult(
            check,
            verdict.passed and passed,
            verdict.measured,
            seconds,
            " and ".join(wanted),
            verdict.found,
            _tightest(max, verdict.low, [one.low for one in expected]),
            _tightest(min, verdict.high, [one.high for one in expected]),
            failing,
            notes=tuple(notes),
        )

    def _is_hidden(self, check: Check) -> bool:
        """Whether what it measures is a value of a sensitive column."""
        if not isinstance(check, Expectation) or not check.name.startswith(_VALUES):
            return False
        return check.arguments.get("column") in self._about.sensitive

    def _relation(self, check: Check) -> Relation:
        return check.on or self._about.relation

    def _scan_of(self, check: Check) -> Scan | None:
        """The scan that answers a check; None for one that asks nothing of its relation."""
        question, relation = self._questions.get(check.label), self._relation(check)
        if question is None or isinstance(question, QueryFailed):
            return None
        if relation not in self._scans:
            here = [check for check in self._checks if self._relation(check) == relation]
            found = [self._questions.get(check.label) for check in here]
            asked = [one for one in found if one and not isinstance(one, QueryFailed)]
            self._scans[relation] = Scan(self._reader, relation, asked)
        return self._scans[relation]


def _tightest(
    choose: Callable[[Sequence[Number]], Number], own: Number | None, expected: Sequence[Number]
) -> Number | None:
    """The bound that matters of a check's own and those of earlier runs; None for no bound."""
    bounds = [bound for bound in (own, *expected) if bound is not None and math.isfinite(bound)]
    return choose(bounds) if bounds else None
