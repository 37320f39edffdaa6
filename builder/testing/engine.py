"""FakeEngine: a warehouse without a server."""

from __future__ import annotations

from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from builder.engines.base import Capabilities, Result, Statement, Version
from builder.engines.comparison import Comparison
from builder.engines.reading import SharedRead
from builder.errors import Busy, EngineError, Problem, PublishFailed, QueryFailed
from builder.testing.calls import Fake

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from contextlib import AbstractContextManager

    from builder.engines.asks import Aggregate, Asks, Found
    from builder.engines.base import Connection, Finding, Rows
    from builder.engines.comparison import Request
    from builder.engines.reading import SharedRead
    from builder.query import Plan, Rendered, Select
    from builder.relation import Relation
    from builder.run import Number, Run
    from builder.summary import Summary


@dataclass(eq=False, kw_only=True)
class FakeEngine(Fake):
    """A warehouse that keeps the number of rows of each table, and nothing else.

    A query returns `size` rows, and a check measures `size` where `measures` has no number for its
    SQL; `answers` has what is asked of relations, `failing` the rows that are found wrong. `tables`
    are there at first; `described` has the columns of relations with their types.
    With `busy`, another run holds every lock. `recorded` is what the journal gave to be written
    with a swap. It is its own Reader and Snapshot.
    """

    dialect = "postgres"
    capabilities = Capabilities()
    description = "a fake warehouse"
    role = "fake"
    size: int = 3
    measures: Mapping[str, Number | None] = field(default_factory=dict)
    answers: Mapping[Aggregate, object] = field(default_factory=dict)
    failing: Sequence[tuple[object, ...]] = ()
    tables: dict[Relation, int] = field(default_factory=dict)
    described: Mapping[Relation, Mapping[str, str]] = field(default_factory=dict)
    busy: bool = False
    recorded: list[Statement] = field(default_factory=list)

    def connect(self) -> Connection:
        """There is no server to connect to."""
        raise EngineError("A FakeEngine has no server to connect to. Use MemoryJournal.")

    @contextmanager
    def lock(self, run: Run, *, wait: float, holder: Callable[[], str]) -> Iterator[None]:
        """See Engine.lock; nothing is waited for."""
        self._call("lock", run.target)
        if self.busy:
            raise Busy(f"Cannot build {run.target}: {holder()} is at it. Nothing was changed.")
        try:
            yield
        finally:
            self._call("unlock", run.target)

    @contextmanager
    def snapshot(self, run: Run, plan: Plan) -> Iterator[FakeEngine]:
        """See Engine.snapshot; what was staged is undone if the body raises."""
        self._call("snapshot", ", ".join(str(source) for source in plan.sources))
        before, self._staged = dict(self.tables), run.target.staged
        try:
            yield self
            self._call("end_of_snapshot")
        except BaseException:
            self.tables = before
            raise

    def stage(self, plan: Plan) -> int:
        """See Snapshot.stage."""
        self._call("stage", plan.main.text)
        self.tables[self._staged] = self.size
        return self.size

    def finish_staging(self, run: Run) -> None:
        """See Engine.finish_staging."""
        self._call("finish_staging", run.target.staged)

    def reader(self, run: Run) -> AbstractContextManager[FakeEngine]:
        """See Engine.reader."""
        self._call("reader")
        return nullcontext(self)

    @property
    def deadline(self) -> float | None:
        """There is no hurry."""
        return None

    def measure(self, select: Select) -> Number:
        """See Reader.measure; raises QueryFailed where `measures` has None."""
        self._call("measure", select.text)
        found = self.measures.get(select.text, self.size)
        if found is None:
            raise QueryFailed(Problem("the check returned NULL"))
        return found

    def first(self, select: Select, limit: int) -> Result:
        """See Reader.first; the first of `failing`."""
        self._call("first", select.text)
        return Result(("n",), tuple(self.failing[:limit]))

    def columns_of(self, relation: Relation) -> Mapping[str, str]:
        """See Reader.columns_of; those of `described`."""
        return self.described.get(relation, {})

    def computed(self, relation: Relation) -> frozenset[str]:
        """Nothing is computed here."""
        return frozenset()

    def known_as(self, kind: str) -> str | None:
        """See Reader.known_as; types have one name here."""
        return kind.upper()

    def ask(self, relation: Relation, aggregates: Sequence[Aggregate]) -> Sequence[object]:
        """See Reader.ask; raises QueryFailed for what `answers` does not have."""
        self._call("ask", f"{relation} {len(aggregates)}")
        missing = [one for one in aggregates if one not in self.answers]
        if missing:
            raise QueryFailed(Problem(f"nobody knows {missing[0]}"))
        return [self.answers[one] for one in aggregates]

    def count(self, relation: Relation, rows: Found) -> int:
        """See Reader.count; as many as `failing` has."""
        self._call("count", relation)
        return len(self.failing)

    def sample(self, relation: Relation, rows: Found, limit: int) -> Result:
        """See Reader.sample; the first of `failing`, in the columns that are described."""
        self._call("sample", f"{relation} {limit}")
        return Result(tuple(self.described.get(relation, ())), tuple(self.failing[:limit]))

    def head(self, relation: Relation, columns: Sequence[str], limit: int) -> Result:
        """See Reader.head; no row."""
        self._call("head", f"{relation} {limit}")
        return Result(tuple(columns))

    def values(self, relation: Relation, column: str, limit: int) -> Sequence[tuple[object, int]]:
        """See Reader.values; none."""
        self._call("values", f"{relation} {column}")
        return []

    def finding(self, relation: Relation, rows: Found) -> str:
        """What would be looked for, in words."""
        return f"rows of {relation}: {rows}"

    def shared(self, relations: Sequence[Relation]) -> SharedRead:
        """See Reader.shared; nobody can open it."""
        self._call("shared", ", ".join(str(relation) for relation in relations))
        return SharedRead("fake", "fake:fake", {})

    def staged_rows(self, target: Relation) -> int | None:
        """See Engine.staged_rows."""
        self._call("staged_rows", target)
        return self.tables.get(target.staged)

    def difference(self, target: Relation) -> list[str]:
        """See Engine.difference."""
        return [f"rows: {self.tables.get(target.staged)} staged, {self.tables.get(target)} live"]

    def compare(self, summary: Summary, request: Request) -> Comparison:
        """See Engine.compare: by count, as its tables hold numbers from 1."""
        self._call("compare", summary.target)
        live, staged = (self.tables.get(one) for one in (summary.target, summary.target.staged))
        if staged is None:
            raise PublishFailed(f"Cannot compare {summary.target}: nothing is staged.")
        added, removed = max(0, staged - (live or 0)), max(0, (live or 0) - staged)
        return Comparison(summary.target, staged, live, added=added, removed=removed)

    def require_publishable(self, run: Run) -> None:
        """See Engine.require_publishable."""
        self._call("require_publishable", run.target)

    def publish(
        self,
        run: Run,
        record: Callable[[Version | None], Sequence[Statement]],
        version: Relation | None = None,
    ) -> None:
        """See Engine.publish."""
        live, old, new = run.target, run.target.version(run.run_id), version or run.target.staged
        self._call("publish", version or live)
        statements = record(Version(old) if live in self.tables else None)
        self._call("swap", live)
        if live in self.tables:
            self.tables[old] = self.tables[live]
        self.tables[live] = self.tables.pop(new)
        self.recorded += statements

    def let_go(self, versions: Sequence[Relation]) -> bool:
        """See Engine.let_go."""
        self._call("let_go", ", ".join(str(version) for version in versions))
        return True

    def recover(self, run: Run) -> None:
        """See Engine.recover."""
        self._call("recover", run.target)

    def refresh(self, run: Run) -> int:
        """See Engine.refresh; nothing reads its tables."""
        self._call("refresh", run.target)
        return 0

    def drop(
        self, run: Run, versions: Sequence[Relation], record: Callable[[], Sequence[Statement]]
    ) -> None:
        """See Engine.drop."""
        self._call("drop", run.target)
        self.recorded += record()
        for relation in (run.target, run.target.staged, *versions):
            self.tables.pop(relation, None)

    def preview(self, run: Run, plan: Plan, asks: Asks) -> Sequence[Statement]:
        """What it would be told, in one statement each."""
        return [Statement(f"stage {plan.main.text}"), Statement(f"publish {run.target}")]

    def drop_version(self, version: Relation) -> bool:
        """See Engine.drop_version; False for what is not in `tables`."""
        self._call("drop_version", version)
        return self.tables.pop(version, None) is not None

    def sizes(self, relations: Sequence[Relation]) -> Mapping[Relation, int]:
        """8 KiB each."""
        return {relation: 8192 for relation in relations if relation in self.tables}

    def attached(self, summary: Summary) -> Sequence[tuple[str, str, str]]:
        """Nothing stands on its tables."""
        return []

    def run_after(self, statements: Sequence[Rendered]) -> None:
        """See Engine.run_after."""
        self._call("run_after", "; ".join(sql.text for sql in statements))

    def rows(self, relation: Relation, limit: int) -> Result:
        """Numbers from 1 in one column, `n`; none of a table that is not there."""
        return Result(("n",), tuple((n + 1,) for n in range(self.tables.get(relation, 0))[:limit]))

    def query(
        self, select: Select, *, timeout: float | None = None
    ) -> AbstractContextManager[Rows]:
        """Numbers from 1 to `size` in one column, `n`, whatever the query."""
        return nullcontext((("n",), ((n + 1,) for n in range(self.size))))

    def relations(self) -> Sequence[Relation]:
        """Those that are described, and `tables`."""
        return sorted({*self.described, *self.tables})

    def columns(self, relations: Sequence[Relation]) -> Mapping[Relation, Mapping[str, str]]:
        """Those of `described`."""
        return {one: self.described[one] for one in relations if one in self.described}

    def shape(self, select: Select) -> Sequence[tuple[str, str]]:
        """One column, `n`, whatever the query."""
        return [("n", "integer")]

    def declarations(self, relation: Relation) -> Mapping[str, object] | None:
        """Nothing is said of its tables."""
        return {} if relation in self.tables else None

    def diagnosis(self) -> Iterator[Finding]:
        """Nothing to find."""
        return iter(())

    def close(self) -> None:
        """There is nothing to give back."""
