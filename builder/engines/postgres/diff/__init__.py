"""What is staged against what is live, at one moment: columns, rows, keys."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from builder.engines.comparison import ChangedRow, Comparison, Row
from builder.engines.postgres.answers import FORBIDDEN
from builder.engines.postgres.describe import describe
from builder.engines.postgres.diff import statements
from builder.engines.postgres.diff.columns import changes, paired, typed_columns
from builder.engines.postgres.diff.key import candidates, is_surely_unique, require_key
from builder.engines.postgres.diff.statements import SIDES, Question
from builder.engines.postgres.table import ORDINARY, is_ours, kind_of
from builder.engines.postgres.wording import QUIET
from builder.errors import EngineError, Problem, PublishFailed, QueryFailed
from builder.relation import quoted_list

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from builder.engines.base import Result, Statement
    from builder.engines.comparison import Request
    from builder.engines.postgres.diff.columns import Pair, Typed
    from builder.engines.postgres.diff.statements import Side
    from builder.engines.postgres.session import Session
    from builder.engines.postgres.table import Table
    from builder.relation import Relation
    from builder.summary import Summary

# A policy that hides rows is an error, and no comparison of fewer.
_BEGIN = f"BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; {QUIET}; SET LOCAL row_security = off"
# A row of a query has 1,664 columns at most, and an example two for each that has changed.
_MOST_COLUMNS = 500


def compare(session: Session, summary: Summary, request: Request) -> Comparison:
    """See Engine.compare.

    The tables are locked against a swap before the first look at their rows: one that is put in
    place after that would be read as empty.
    """
    target = summary.target
    with _in_our_words(target), session.within(request.timeout):
        live, _ = _described(session, target)
        locked = [target.staged, *([target] if live else [])]
        with session.transaction(_BEGIN):
            for relation in locked:
                session.execute(statements.lock(relation))
            live, staged = _described(session, target)
            if live is None:
                rows = _number(session, statements.count(target.staged))
                return Comparison(target, rows, added=rows)
            return _Comparing(session, summary, request, live, staged).compared()


class _Comparing:
    """One comparison of two tables that are there, in a transaction that has locked them."""

    def __init__(
        self, session: Session, summary: Summary, request: Request, live: Table, staged: Table
    ) -> None:
        self._session, self._summary, self._request = session, summary, request
        self._tables: Mapping[Side, Table] = {"l": live, "s": staged}
        target = summary.target
        self._live, self._staged = typed_columns(session, target, target.staged)
        self._asked = Question(
            target,
            paired(self._live, self._staged),
            tolerance=request.tolerance,
            examples=request.examples,
            sensitive=frozenset(one.name for one in summary.columns if one.sensitive),
        )
        self._notices = [
            f"column {pair.name} is compared as text: {pair.by_text}"
            for pair in self._asked.pairs
            if pair.by_text
        ]

    def compared(self) -> Comparison:
        """By the first key that is one, else by count."""
        key = self._key()
        self._asked = replace(self._asked, key=key)
        found = self._by_key() if key else self._by_count()
        return replace(
            found,
            key=key,
            columns=changes(self._live, self._staged),
            notices=tuple(self._notices),
        )

    def _key(self) -> tuple[str, ...]:
        """The columns that tell rows apart in both tables; none where nothing does."""
        request, pairs = self._request, self._asked.pairs
        if request.key:
            require_key(self._summary.target, request.key, self._live, self._staged)
        for key in [request.key] if request.key else candidates(self._summary, pairs):
            why_not = self._why_no_key(key)
            if not why_not:
                return key
            self._notices.append(f"{quoted_list(key)} is no key to match rows by: {why_not}")
        if request.tolerance:
            self._notices.append(
                "without a key numbers are compared exactly, and the tolerance has no effect"
            )
        return ()

    def _why_no_key(self, key: tuple[str, ...]) -> str:
        for where, there in (("live", self._live), ("staged", self._staged)):
            if missing := [name for name in key if name not in there]:
                return f"the {where} table has no column {', '.join(missing)}"
        asked = replace(self._asked, key=key)
        for side, where in zip(SIDES, ("live", "staged"), strict=True):
            if is_surely_unique(self._tables[side], key):
                continue
            if twice := _number(self._session, statements.twice(asked, side)):
                values = "1 value stands" if twice == 1 else f"{twice:,} values stand"
                return f"{values} there more than once in the {where} table"
        return ""

    def _by_key(self) -> Comparison:
        asked = self._asked
        (row,) = self._session.execute(statements.by_key(asked)).rows
        live, staged, added, removed, changed = (int(str(number)) for number in row[:5])
        places = [[str(place) for place in one] for one in row[5:9] if isinstance(one, list)]
        numbers = [int(str(number)) for number in row[9:]]
        changed_in = {pair.name: n for pair, n in zip(asked.values, numbers, strict=True)}
        return Comparison(
            asked.target,
            staged,
            live,
            added=added,
            removed=removed,
            changed=changed,
            changed_in=changed_in,
            added_rows=self._rows("s", self._staged, places[0]),
            removed_rows=self._rows("l", self._live, places[1]),
            changed_rows=self._changed(
                [p for p in asked.values if changed_in[p.name]], *places[2:]
            ),
        )

    def _rows(
        self, side: Side, there: Mapping[str, Typed], places: Sequence[str]
    ) -> tuple[Row, ...]:
        """The rows at these places, the columns of the key first."""
        if not places:
            return ()
        names = list(dict.fromkeys([*self._asked.key, *there]))
        found = self._read(statements.rows_at(self._asked, side, names, places))
        return tuple(Row(dict(zip(names, values, strict=True))) for values in found.rows)

    def _changed(
        self, pairs: Sequence[Pair], live: Sequence[str], staged: Sequence[str]
    ) -> tuple[ChangedRow, ...]:
        if not live:
            return ()
        shown = pairs[:_MOST_COLUMNS]
        if len(shown) < len(pairs):
            self._notices.append(f"the examples show the first {_MOST_COLUMNS} changed columns")
        found = self._read(statements.changed_rows(self._asked, shown, live, staged))
        return tuple(_changed_row(self._asked.key, shown, row) for row in found.rows)

    def _by_count(self) -> Comparison:
        asked = self._asked
        if not asked.pairs:
            live, staged = (
                _number(self._session, statements.count(one))
                for one in (asked.target, asked.target.staged)
            )
            return Comparison(asked.target, staged, live, added=staged, removed=live)
        names = [pair.name for pair in asked.pairs]
        totals: dict[str, int] = {}
        rows: dict[str, list[Row]] = {}
        for what, number, *values in self._read(statements.by_count(asked)).rows:
            if str(what).endswith("row"):
                row = Row(dict(zip(names, values, strict=True)), int(str(number)))
                rows.setdefault(str(what), []).append(row)
            else:
                totals[str(what)] = int(str(number or 0))
        return Comparison(
            asked.target,
            totals["staged"],
            totals["live"],
            added=totals["added"],
            removed=totals["removed"],
            added_rows=tuple(rows.get("added row", ())),
            removed_rows=tuple(rows.get("removed row", ())),
        )

    def _read(self, statement: Statement) -> Result:
        """What people get to see is as the server writes it."""
        return self._session.execute_plain(statement)


def _changed_row(key: Sequence[str], pairs: Sequence[Pair], row: Sequence[object]) -> ChangedRow:
    flags, values = row[len(key)], row[len(key) + 1 :]
    differs = flags if isinstance(flags, list) else []
    both = zip(values[::2], values[1::2], strict=True)
    return ChangedRow(
        dict(zip(key, row, strict=False)),
        {p.name: two for p, two, is_other in zip(pairs, both, differs, strict=True) if is_other},
    )


def _described(session: Session, target: Relation) -> tuple[Table | None, Table]:
    """The live table, if there is one, and what is staged; raises PublishFailed."""
    live, staged = describe(session, target, target.staged)
    if staged is None or not is_ours(staged):
        raise PublishFailed(
            f"Cannot compare {target}: nothing is staged. `builder build --no-publish "
            f"{target.name}` stages it, and leaves the live table as it is."
        )
    if live is not None and (live.kind != ORDINARY or live.bars):
        what = ", ".join(live.bars) if live.kind == ORDINARY else f"it is {kind_of(live)}"
        raise PublishFailed(
            f"Cannot compare {target}: the live one is no table of its own: {what}. "
            "A build does not replace it either."
        )
    return live, staged


def _number(session: Session, statement: Statement) -> int:
    return int(str(session.execute(statement).rows[0][0]))


@contextmanager
def _in_our_words(target: Relation) -> Iterator[None]:
    try:
        yield
    except QueryFailed as error:
        message = f"Cannot compare {target}: {error.problem.message}"
        hint = error.problem.hint or "`--timeout S` gives it so many seconds"
        raise QueryFailed(Problem(message, hint=hint), code=error.code) from error
    except EngineError as error:
        if error.code != FORBIDDEN:
            raise
        raise EngineError(
            f"Cannot compare {target}: not all of its rows may be read. {error} Let its owner "
            "grant SELECT on it, or run this as a role that row security lets through.",
            code=error.code,
        ) from error
