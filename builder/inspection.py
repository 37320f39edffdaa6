"""What a run has to pass: the checks of its inputs, of its output, and of its columns.

Great Expectations, where a check needs it, runs in a process of its own that is started with the
run, so that its import costs no time while the warehouse stages. What it is asked of the inputs it
reads at the staging's own moment and meanwhile; the staging does not end well before it passed.
"""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from itertools import chain
from typing import TYPE_CHECKING, Self

from builder.checks import Checking, Circumstances
from builder.checks.drift import drift
from builder.checks.masking import masked_rows
from builder.checks.questions import questions, scans
from builder.engines.asks import Asks, Either, Missing, Repeated, Rows
from builder.errors import ChecksFailed, KeyFailed, Problem, QueryFailed, TimedOut
from builder.run import CheckResult, Failing, number
from builder.summary import Expectation, Key, Reference

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from builder.engines.asks import Aggregate, Found
    from builder.engines.base import Engine
    from builder.engines.reading import Reader, Snapshot
    from builder.expectations import Ticket, Worker
    from builder.journal import Journal
    from builder.journal.tables import Measured
    from builder.query import Plan, Select
    from builder.relation import Relation
    from builder.run import Run
    from builder.summary import Check, Summary

    Asked = list[tuple[list[Expectation], Ticket]]

SHOWN_ROWS = 5


class Inspection:
    """The checks of one run that has its lock; `rows` failing rows of each are shown.

    Raises ConfigError where Great Expectations is needed and not installed.
    """

    def __init__(
        self, plan: Plan, run: Run, engine: Engine, journal: Journal, *, rows: int = SHOWN_ROWS
    ) -> None:
        self._plan, self._run = plan, run
        self._engine, self._journal = engine, journal
        self._rows = rows
        self._held = ExitStack()
        checks = run.summary.output_checks
        if run.action == "build":
            checks = (*run.summary.input_checks, *checks)
        self._needs_outside = any(_is_outside(check) for check in checks)
        if self._needs_outside:
            from builder.expectations import require_installed

            require_installed()
        self._worker: Worker | None = None

    def __enter__(self) -> Self:
        """Start Great Expectations if a check is certain to need it."""
        if self._needs_outside:
            self._outside()
        return self

    def __exit__(self, *_: object) -> None:
        """End it, whatever it is doing."""
        self._held.close()

    @contextmanager
    def inputs(self) -> Iterator[Snapshot]:
        """The sources, locked and checked in one snapshot, in which the table is then staged.

        Raises ChecksFailed, as late as at the end of what Great Expectations has to say.
        """
        run, plan = self._run, self._plan
        with ExitStack() as held:
            with run.step("check inputs") as step:
                sources = held.enter_context(self._engine.snapshot(run, plan))
                checking = self._checking(
                    run.summary.input_checks, plan.inputs, sources, run.target.staged
                )
                step.detail = _many(len(run.summary.input_checks))
                asked = self._ask(checking, sources, run.target.staged)
                found = [*checking.results()]
                if asked and any(result.stops for result in found):
                    # Nothing is going to be staged: all that is wrong is told at once.
                    found += self._answers(asked)
                run.require(found)
            yield sources
            if asked:
                with run.step("check inputs") as step:
                    step.detail = f"{sum(len(one) for one, _ in asked)} in Great Expectations"
                    run.require(self._answers(asked))

    def index(self) -> None:
        """The staged table's keys and indexes; raises ChecksFailed with the rows in their way."""
        run = self._run
        with run.step("index") as step:
            step.detail = "statistics, keys and indexes"
            try:
                self._engine.finish_staging(run)
            except KeyFailed as error:
                try:
                    result = self._broken(error)
                except TimedOut:
                    raise
                except QueryFailed:
                    # Which rows they are cannot be had in time; that there are some is certain.
                    raise error from error.__cause__
                run.checks.append(result)
                raise ChecksFailed(
                    f"{run.target} was not published: its {result.check.what} does not hold for "
                    f"what the query returned: {result.found}. The live table is as it was; look "
                    f"at {run.target.staged}.",
                    [result],
                ) from error

    def _broken(self, error: KeyFailed) -> CheckResult:
        """The rows that stand in the way of a key."""
        staged = self._run.target.staged
        found: Found = Repeated(error.columns)
        if error.is_null:
            found = Rows(Either(tuple(Missing(name) for name in error.columns)))
        with self._engine.reader(self._run) as reader:
            count = reader.count(staged, found)
            shown = reader.sample(staged, found, self._shown_rows)
            rows = masked_rows(shown.columns, shown.rows, self._run.summary.sensitive)
            failing = Failing(count, self._run.rows, *rows, reader.finding(staged, found))
        key = Key(error.label, names=error.columns)
        how = "with NULL in it" if error.is_null else "with values that come again"
        said = f"{number(count)} of {number(self._run.rows)} rows {how}"
        return CheckResult(
            key,
            passed=False,
            measured=count,
            seconds=0.0,
            wanted="none",
            found=said,
            failing=failing,
        )

    def output(self) -> None:
        """What has been staged; raises ChecksFailed once everything has been measured."""
        with (
            self._run.step("check output") as step,
            self._engine.reader(self._run) as reader,
        ):
            step.detail = _many(len(self._run.summary.output_checks))
            self.of(reader, self._run.target.staged, with_drift=True)

    def standing(self, *, is_staged: bool) -> None:
        """The live table as it is, or the staged one; raises QueryFailed where it is not there."""
        target = self._run.target
        relation = target.staged if is_staged else target
        with self._run.step("check") as step, self._engine.reader(self._run) as reader:
            step.detail = f"the {'staged' if is_staged else 'live'} table"
            if not reader.columns_of(relation):
                hint = f"`builder build {target.name}` makes it"
                if is_staged:
                    hint = f"`builder build {target.name} --no-publish` stages it"
                raise QueryFailed(Problem(f"there is no table {relation}", hint=hint))
            self.of(reader, relation, with_drift=is_staged)

    def of(self, reader: Reader, relation: Relation, *, with_drift: bool) -> None:
        """The output checks of a relation, and how its columns differ from the live ones."""
        run = self._run
        checking = self._checking(run.summary.output_checks, self._plan.outputs, reader, relation)
        asked = self._ask(checking, reader, relation)
        changes = self._drift(reader) if with_drift else []
        run.require(chain(changes, checking.results(), self._answers(asked)))

    def _checking(
        self,
        checks: Sequence[Check],
        queries: Sequence[tuple[Check, Select]],
        reader: Reader,
        relation: Relation,
    ) -> Checking:
        run = self._run
        circumstances = Circumstances(
            relation,
            run.started_at,
            self._past(checks),
            run.summary.sensitive,
            self._shown_rows,
            self._engine.dialect,
        )
        return Checking(checks, queries, reader, circumstances)

    @property
    def _shown_rows(self) -> int:
        return 0 if self._run.summary.failing_rows == "hide" else self._rows

    def _past(self, checks: Sequence[Check]) -> Mapping[str, Sequence[Measured]]:
        """The earlier numbers that the checks compare with; nothing is asked if none does."""
        wanted = [check.fingerprint for check in checks if check.compares]
        return self._journal.measured(self._run.target, wanted) if wanted else {}

    def _drift(self, reader: Reader) -> list[CheckResult]:
        live = reader.columns_of(self._run.target)
        staged = reader.columns_of(self._run.target.staged)
        if not live:
            return []
        # What the warehouse computes is carried over, whether the query returns it or not.
        carried = {*reader.computed(self._run.target)} - {*staged}
        there = {name: kind for name, kind in live.items() if name not in carried}
        return drift(self._run.summary.schema_drift, staged, there)

    def _ask(self, checking: Checking, reader: Reader, relation: Relation) -> Asked:
        """Hand to Great Expectations what only it can answer; nothing is waited for."""
        theirs: dict[Relation, list[Expectation]] = {}
        for check in checking.outside():
            theirs.setdefault(check.on or relation, []).append(check)
        return [
            (checks, self._ask_outside(reader, one, checks, checking.rows))
            for one, checks in theirs.items()
        ]

    def _ask_outside(
        self, reader: Reader, relation: Relation, checks: Sequence[Expectation], rows: int
    ) -> Ticket:
        from builder.expectations import is_installed, messages, unanswered
        from builder.summary.expect import for_library

        asked = [messages.Expectation(one.name, for_library(one.arguments)) for one in checks]
        if not is_installed():
            return unanswered(relation)
        return self._outside().ask(reader.shared([relation]), relation, asked, rows=rows)

    def _answers(self, asked: Asked) -> Iterator[CheckResult]:
        if not asked:
            return iter(())
        from builder.checks.outside import outside_results

        deadline = self._engine.deadline
        summary = self._run.summary
        shows_values = summary.failing_rows != "hide"
        return outside_results(asked, summary.sensitive, deadline, shows_values=shows_values)

    def _outside(self) -> Worker:
        from builder.expectations import Worker

        if self._worker is None:
            self._worker = self._held.enter_context(Worker())
        return self._worker


def previewed(summary: Summary, engine: Engine, plan: Plan) -> Asks:
    """What one scan of each relation is going to be asked in a build; nothing is asked now."""
    staged = summary.target.staged
    named = [check.to for check in summary.output_checks if isinstance(check, Reference)]
    there = engine.columns([*summary.checked_sources, *named])
    asks_columns = any(check.text is None for check in summary.output_checks)
    # What `pre_sql` makes is not there for the query to be understood.
    to_come = dict(engine.shape(plan.main)) if asks_columns and not plan.before else {}

    def of(checks: Sequence[Check]) -> list[tuple[Relation, list[Aggregate]]]:
        found = questions(
            checks, staged, lambda on: to_come if on == staged else there.get(on, {}), str.upper
        )
        return scans(checks, staged, found)

    return Asks(of(summary.input_checks), of(summary.output_checks))


def _is_outside(check: Check) -> bool:
    if not isinstance(check, Expectation) or check.query is not None:
        return False
    from builder.checks.compiled import is_compiled

    return not is_compiled(check)


def _many(checks: int) -> str:
    return f"{checks} check{'s' if checks != 1 else ''}"
