"""A look at a table, from which its profile comes.

A look has three parts. Some rows, whichever are at hand, rule out whatever they contradict: a
column that has one value twice there is not unique, one with thirteen is no short list, and a text
without a shape has none. One pass over the table then answers for all columns at once whatever
has an answer in constant memory. What is left, counts of different values and lists of them, is
asked column by column: a count of different values sorts them all, 3 s for 5 million texts of 32
characters, and it keeps the server from reading in parallel, so it is asked of at most three
columns, which look like keys. To match as many texts takes up to 7 s: a shape is proposed as it
was seen, and the proof of it is the one time that all are matched. The planner's statistics would
be free, but they are of the last ANALYZE, and a view has none.
"""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import combinations, permutations
from typing import TYPE_CHECKING

from builder.engines import asks
from builder.errors import QueryFailed
from builder.suggest import names
from builder.suggest.kinds import is_whole, sort_of
from builder.suggest.profile import ColumnProfile, Profile
from builder.suggest.shapes import shape_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from builder.engines.reading import Reader
    from builder.relation import Relation
    from builder.run import Number
    from builder.suggest.kinds import Sort

FEW = 12
"""The most values that a list of all that is right may have."""
MOST_COLUMNS = 100
_HEAD = 1000  # rows
_MOST_PAIRS, _MOST_LISTS, _MOST_KEYS, _MOST_COMPOUND = 8, 8, 3, 3
# A column without a name that says so is unique by chance in fewer rows.
_TELLING_ROWS = 20

Answers = dict[tuple[str, str], object]


def profiled(
    reader: Reader,
    relation: Relation,
    columns: Mapping[str, str],
    *,
    sensitive: frozenset[str] = frozenset(),
    keys: Sequence[tuple[str, ...]] = (),
    patience: float = 600.0,
) -> Profile:
    """Look at a table that is there. The values of sensitive columns are not read.

    `keys` are known to tell its rows apart. No question runs for longer than `patience` seconds.
    Raises QueryFailed.
    """
    shown = dict([*columns.items()][:MOST_COLUMNS])
    look = _Look(reader, relation, shown, sensitive, patience)
    rows, found, pairs = look.over_all_rows()
    left_out = len(columns) - len(shown)
    if not rows:
        return Profile(0, found, left_out=left_out)
    found = {name: look.closer(one, rows, keys) for name, one in found.items()}
    is_known = bool(keys) or any(one.distinct == rows for one in found.values())
    key = () if is_known else look.key(found, rows)
    return Profile(rows, found, pairs, key, left_out)


class _Look:
    """One look at a table, of which some rows have been seen."""

    def __init__(
        self,
        reader: Reader,
        relation: Relation,
        columns: Mapping[str, str],
        sensitive: frozenset[str],
        patience: float,
    ) -> None:
        self._reader, self._relation = reader, relation
        self._kinds, self._sensitive, self._patience = columns, sensitive, patience
        self._sorts = {name: sort_of(kind) for name, kind in columns.items()}
        self._lists = self._keys = 0
        seen = [
            name for name, sort in self._sorts.items() if sort != "other" and name not in sensitive
        ]
        head = reader.head(relation, seen, _HEAD).rows if seen else ()
        self._seen = dict(zip(seen, zip(*head, strict=True), strict=True)) if head else {}
        self._shapes = {
            name: shape
            for name, values in self._seen.items()
            if self._sorts[name] == "text"
            and (shape := shape_of({str(value) for value in values if value is not None}))
        }

    def over_all_rows(
        self,
    ) -> tuple[int, dict[str, ColumnProfile], dict[tuple[str, str], int]]:
        """What one pass over the table tells."""
        wanted: dict[tuple[str, str], asks.Aggregate] = {("", "rows"): asks.Tally()}
        for name, sort in self._sorts.items():
            wanted |= {(name, of): one for of, one in self._aggregates(name, sort).items()}
        pairs = self._likely_pairs()
        for a, b in pairs:
            wanted[a, f"with {b}"] = asks.Tally(asks.Both((_there(a), _there(b))))
            wanted[a, f"below {b}"] = asks.Tally(asks.Compare(asks.Value(a), "<", asks.Value(b)))
        answers = self._answers(wanted)
        rows = int(str(answers["", "rows"]))
        columns = {name: self._column(name, answers) for name in self._sorts}
        held = {
            (a, b): int(str(both))
            for a, b in pairs
            if (both := answers.get((a, f"with {b}"))) and answers.get((a, f"below {b}")) == 0
        }
        return rows, columns, held

    def closer(
        self, one: ColumnProfile, rows: int, keys: Sequence[tuple[str, ...]]
    ) -> ColumnProfile:
        """The same with what takes a question of its own, where it may be worth one."""
        if self._may_be_unique(one, rows, keys):
            self._keys += 1
            asked = asks.Distinct((one.name,))
            (distinct,) = self._reader.ask(self._relation, [asked])
            return replace(one, distinct=int(str(distinct)))
        if self._may_be_list(one):
            self._lists += 1
            found = self._reader.values(self._relation, one.name, FEW + 1)
            if len(found) <= FEW:
                values = tuple((str(value), many) for value, many in found)
                return replace(one, values=values, distinct=len(values))
        return one

    def key(self, columns: Mapping[str, ColumnProfile], rows: int) -> tuple[str, ...]:
        """The first pair of columns that tells the rows apart; empty for none."""
        likely = [
            one.name
            for one in columns.values()
            if not one.nulls and one.sort != "other" and not one.is_sensitive
            if _tells_apart(one) or one.values
        ]
        pairs = [
            pair
            for pair in combinations(likely[:5], 2)
            if rows >= _TELLING_ROWS and self._differ(*pair)
        ]
        for pair in pairs[:_MOST_COMPOUND]:
            if self._reader.ask(self._relation, [asks.Distinct(pair)])[0] == rows:
                return pair
        return ()

    def _aggregates(self, name: str, sort: Sort) -> Mapping[str, asks.Aggregate]:
        found: dict[str, asks.Aggregate] = {"nulls": asks.Tally(asks.Missing(name))}
        if sort == "text":
            found["shortest"] = asks.Fold("min", name, length=True)
            found["longest"] = asks.Fold("max", name, length=True)
        elif sort in ("number", "moment") and name not in self._sensitive:
            found["low"] = asks.Fold("min", name)
            found["high"] = asks.Fold("max", name)
            if sort == "number":
                found["mean"] = asks.Fold("mean", name)
        return found

    def _answers(self, wanted: Mapping[tuple[str, str], asks.Aggregate]) -> Answers:
        """All answers by one pass; where one of them cannot be had, the others column by column."""
        begun = time.monotonic()
        try:
            found = self._reader.ask(self._relation, [*wanted.values()])
            return dict(zip(wanted, found, strict=True))
        except QueryFailed:
            if time.monotonic() - begun >= self._patience:
                raise
        answers: Answers = {}
        for name in dict.fromkeys(name for name, _ in wanted):
            for inner in (_of(wanted, name, lambda _: True), _of(wanted, name, _is_tally)):
                try:
                    found = self._reader.ask(self._relation, [*inner.values()])
                except QueryFailed:
                    if not name:
                        raise  # not even the rows can be counted
                    continue
                answers |= dict(zip(inner, found, strict=True))
                break
        return answers

    def _column(self, name: str, answers: Answers) -> ColumnProfile:
        kind, sort = self._kinds[name], self._sorts[name]
        low, high, mean = (_plain(answers.get((name, of)), sort) for of in ("low", "high", "mean"))
        if low is None or high is None or (sort == "number" and mean is None):
            low = high = mean = None
        shortest, longest = (answers.get((name, of)) for of in ("shortest", "longest"))
        return ColumnProfile(
            name,
            sort,
            name in self._sensitive,
            int(str(answers.get((name, "nulls"), 0))),
            low,
            high,
            None if isinstance(mean, date) else mean,
            is_whole(kind, low, high),
            not kind.endswith("with time zone"),
            None if shortest is None else int(str(shortest)),
            None if longest is None else int(str(longest)),
            self._shapes.get(name),
        )

    def _likely_pairs(self) -> list[tuple[str, str]]:
        """Columns of which one should never be less than the other, as their names say."""
        found = []
        open_ones = [name for name in self._sorts if name not in self._sensitive]
        for sort in ("moment", "number"):
            columns = [name for name in open_ones if self._sorts[name] == sort]
            found += [
                pair
                for pair in permutations(columns, 2)
                if names.greater(*pair, moments=sort == "moment")
            ]
        return found[:_MOST_PAIRS]

    def _may_be_unique(
        self, one: ColumnProfile, rows: int, keys: Sequence[tuple[str, ...]]
    ) -> bool:
        if (one.name,) in keys or one.nulls == rows or rows < 2 or self._keys >= _MOST_KEYS:
            return False
        is_first = next(iter(self._sorts)) == one.name and one.sort in ("text", "key")
        if not (_tells_apart(one) or (is_first and rows >= _TELLING_ROWS)):
            return False
        return self._differ(one.name)

    def _may_be_list(self, one: ColumnProfile) -> bool:
        values = [value for value in self._seen.get(one.name, ()) if value is not None]
        is_short = one.sort == "text" and len({*values}) <= FEW and not names.is_identity(one.name)
        has_time = one.shape is not None and one.shape.is_period
        return bool(values) and is_short and not has_time and self._lists < _MOST_LISTS

    def _differ(self, *columns: str) -> bool:
        """Whether no two of the rows that were seen are the same there."""
        if any(name not in self._seen for name in columns):
            return True
        rows = zip(*(self._seen[name] for name in columns), strict=True)
        there = [row for row in rows if None not in row]
        return len({*there}) == len(there)


def _tells_apart(one: ColumnProfile) -> bool:
    """Whether the column may be a key, or part of one, as its name, type or shape says."""
    if one.sort in ("key", "other"):
        return one.sort == "key"
    if one.sort == "number" and not one.is_whole and not one.is_sensitive:
        return False
    if one.sort == "moment":
        return names.is_period(one.name) and names.is_newest(one.name)
    has_shape = one.shape is not None and (one.shape.is_identity or one.shape.is_period)
    return has_shape or names.is_identity(one.name) or names.is_period(one.name)


def _there(column: str) -> asks.Predicate:
    return asks.Not(asks.Missing(column))


def _is_tally(one: asks.Aggregate) -> bool:
    return isinstance(one, asks.Tally)


def _of(
    wanted: Mapping[tuple[str, str], asks.Aggregate],
    name: str,
    is_wanted: Callable[[asks.Aggregate], bool],
) -> dict[tuple[str, str], asks.Aggregate]:
    """What is asked of one column."""
    return {key: one for key, one in wanted.items() if key[0] == name and is_wanted(one)}


def _plain(value: object, sort: Sort) -> Number | date | None:
    """A finite number, or a moment that Python has; None for any other."""
    if sort == "moment":
        return value if isinstance(value, date) else None
    if isinstance(value, int | float | Decimal) and abs(float(value)) < float("inf"):
        return value
    return None
