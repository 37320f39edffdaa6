"""What checks ask of the warehouse: their own queries, and what the builder asks for them."""

from __future__ import annotations

import math
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

from builder.engines.asks import Distinct
from builder.engines.postgres import catalog, spell
from builder.engines.postgres.answers import CANCELED, OURS
from builder.engines.postgres.guarded import read_only, require_one_select, settle
from builder.engines.postgres.kinds import known_as
from builder.engines.postgres.shared import share
from builder.engines.postgres.suggest import with_nearest_name
from builder.errors import EngineError, Problem, QueryFailed, TimedOut

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from builder.engines.asks import Aggregate, Found
    from builder.engines.base import Result, Statement
    from builder.engines.postgres.session import Session
    from builder.engines.reading import SharedRead
    from builder.query import Select
    from builder.relation import Relation
    from builder.run import Number


class PostgresReader:
    """Runs checks inside a transaction that is open; each leaves it as it was.

    None of their statements runs for longer than `timeout` seconds.
    """

    def __init__(self, session: Session, timeout: float | None = None) -> None:
        self.session = session
        self._timeout = timeout

    def measure(self, select: Select) -> Number:
        """See Reader.measure."""
        # Two rows are enough to see that there is more than one.
        result = self.first(select, 2)
        if len(result.rows) != 1 or len(result.columns) != 1:
            shape = f"{len(result.columns)} columns" if len(result.rows) == 1 else "no row"
            found = "several rows" if len(result.rows) > 1 else shape
            raise _no_number(select, f"the check returned {found}")
        value = result.rows[0][0]
        # NaN and infinity are no numbers to compare with.
        if isinstance(value, int | float | Decimal) and math.isfinite(value):
            return int(value) if isinstance(value, bool) else value
        shown = "NULL" if value is None else repr(str(value)[:40])
        raise _no_number(select, f"the check returned {shown}")

    def first(self, select: Select, limit: int) -> Result:
        """See Reader.first."""
        try:
            with read_only(self.session, self._timeout):
                require_one_select(self.session, select)
            with read_only(self.session, self._timeout):
                settle(self.session, select.sql)
                return self.session.execute_theirs(
                    f"{select.text}\n) AS measured LIMIT {limit}",
                    select.sql,
                    "SELECT * FROM (\n",
                    select.sources,
                )
        except TimedOut:
            raise
        except QueryFailed as error:
            if error.code == CANCELED:
                problem = replace(error.problem, message=self._too_slow)
                raise QueryFailed(problem, code=error.code) from error.__cause__
            with read_only(self.session):
                explained = with_nearest_name(self.session, error)
            raise explained from error.__cause__

    def columns_of(self, relation: Relation) -> Mapping[str, str]:
        """See Reader.columns_of."""
        return catalog.columns(self.session, [relation], with_domains=True).get(relation, {})

    def computed(self, relation: Relation) -> set[str]:
        """See Reader.computed: the generated ones, which a publish carries over."""
        return catalog.generated(self.session, relation)

    def known_as(self, kind: str) -> str | None:
        """See Reader.known_as."""
        return known_as(kind)

    def ask(self, relation: Relation, aggregates: Sequence[Aggregate]) -> Sequence[object]:
        """See Reader.ask."""
        if any(isinstance(one, Distinct) for one in aggregates):
            keys = catalog.keys(self.session, relation)
            aggregates = [spell.by_key(one, keys) for one in aggregates]
        return self._run(spell.scan(relation, aggregates)).rows[0]

    def count(self, relation: Relation, rows: Found) -> int:
        """See Reader.count."""
        return int(str(self._run(spell.count(relation, rows)).rows[0][0]))

    def sample(self, relation: Relation, rows: Found, limit: int) -> Result:
        """See Reader.sample."""
        return self._run(spell.sample(relation, rows, limit))

    def head(self, relation: Relation, columns: Sequence[str], limit: int) -> Result:
        """See Reader.head."""
        return self._run(spell.head(relation, columns, limit))

    def values(self, relation: Relation, column: str, limit: int) -> Sequence[tuple[object, int]]:
        """See Reader.values."""
        found = self._run(spell.values(relation, column, limit)).rows
        return [(value, int(str(many))) for value, many in found]

    def finding(self, relation: Relation, rows: Found) -> str:
        """See Reader.finding."""
        return spell.finding(relation, rows).shown

    def shared(self, relations: Sequence[Relation]) -> SharedRead:
        """See Reader.shared: what has been committed when it is opened."""
        return share(self.session, relations, moment=False, timeout=self._timeout)

    @property
    def _too_slow(self) -> str:
        return f"it was cancelled after its `check_timeout` of {self._timeout:g} s"

    def _run(self, statement: Statement) -> Result:
        """Run what a check asks; what the server does not take is the check's own mistake."""
        try:
            with read_only(self.session, self._timeout):
                return self.session.execute_plain(statement)
        except EngineError as error:
            if error.passes or not error.code or error.code.startswith(OURS):
                raise
            message = str(error).removeprefix("The warehouse answered: ").rstrip(".")
            if error.code == CANCELED:
                message = self._too_slow
            raise QueryFailed(Problem(message), code=error.code) from error


def _no_number(select: Select, found: str) -> QueryFailed:
    start = len(select.text) - len(select.text.lstrip())
    place = select.sql.place(start, len(select.text.strip().split("\n")[0]))
    return QueryFailed(Problem(f"{found}; a check returns one row with one number", place))
