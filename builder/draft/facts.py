"""What the warehouse measures for a draft: how many rows, and what holds for all of them.

Each condition that could become a check is counted as the check would count it, so that a check
of a draft holds by construction. Everything is bounded in time: a draft is no reason to wait.
"""

from __future__ import annotations

import re
import time
from dataclasses import dataclass, field, replace
from itertools import combinations
from typing import TYPE_CHECKING

from builder.draft.names import name, relation, words
from builder.errors import QueryFailed
from builder.query import Rendered, Select, select
from builder.summary.text import Text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from builder.draft.origin import Origin
    from builder.draft.outputs import Outputs
    from builder.engines.base import Engine
    from builder.relation import Relation

PATIENCE = 10.0  # seconds for one question
_MOST_COLUMNS, _MOST_KEYS, _MOST_PAIRED = 60, 4, 3
# Below so many rows a column that only looks like a key is unique by chance.
_TELLING_ROWS = 20
_NUMBER = re.compile(r"smallint|integer|bigint|numeric|decimal|real|double|float")
_DATE = re.compile(r"date|timestamp")
_COUNTABLE = re.compile(r"smallint|integer|bigint|text|character|uuid|date|timestamp")
_TEXT = re.compile(r"text|character|uuid")
_SHARES = re.compile("rate|ratio|share|pct|percent|percentage|fraction")
_AMOUNTS = re.compile(
    "amount|sum|total|count|cnt|number|num|quantity|qty|revenue|sale|price|cost|fee|payment|order|"
    "user|session|visit|day|turnover|gross|balance"
)
_KEYS = re.compile("id|key|date|day|week|month|quarter|year|ts|at|time|timestamp|code|no|uuid")
_NO_ID = ("paid", "valid", "void", "avoid", "grid", "bid", "hybrid", "solid", "fluid")


@dataclass(frozen=True, slots=True)
class Condition:
    """What no row should be: `bad` is true of a wrong one. `kind` is share, percent, …"""

    kind: str
    column: str
    bad: str


@dataclass(frozen=True, slots=True)
class Facts:
    """What was measured; `rows` is None where nothing was.

    `filled` are the columns that are never NULL, `distinct` the number of values of those that
    could be a key, `held` the conditions that no row meets, `unique` columns that were found to be
    a key, and `refuted` those that were thought to be one and are not.
    """

    rows: int | None = None
    filled: frozenset[str] = frozenset()
    distinct: Mapping[str, int] = field(default_factory=dict)
    held: tuple[Condition, ...] = ()
    unique: tuple[str, ...] = ()
    refuted: tuple[tuple[str, ...], ...] = ()
    notices: tuple[str, ...] = ()


def looks_like_key(column: str) -> bool:
    """Whether a column's name says that it tells rows apart."""
    last = words(column)[-1:]
    return bool(last) and bool(
        _KEYS.fullmatch(last[0]) or (last[0].endswith("id") and not last[0].endswith(_NO_ID))
    )


@dataclass(frozen=True, slots=True)
class Meter:
    """Asks a warehouse for numbers, each question for at most `patience` seconds."""

    engine: Engine
    origin: Origin
    patience: float = PATIENCE

    def asked(self, question: Select, seconds: float | None = None) -> list[int] | None:
        """The one row of numbers that answers; None if that takes too long."""
        seconds = self.patience if seconds is None else max(0.0, seconds)
        begun = time.monotonic()
        try:
            with self.engine.query(question, timeout=seconds) as (_, rows):
                return [int(str(value)) for value in next(iter(rows))]
        except QueryFailed:
            if time.monotonic() - begun >= seconds:
                return None
            raise

    def is_unique(self, facts: Facts, columns: Sequence[str]) -> bool | None:
        """Whether the query's rows differ in these columns; None if that took too long."""
        if len(columns) == 1 and columns[0] in facts.distinct:
            return facts.distinct[columns[0]] == facts.rows
        listing = ", ".join(name(column, self.origin.dialect) for column in columns)
        before = f"SELECT COUNT(*) FROM (SELECT DISTINCT {listing} FROM (\n"  # noqa: S608 -- quoted by name()
        row = self.asked(_around(self.origin.select, before, ") AS key_values"))
        return None if row is None else row[0] == facts.rows


def facts_of(meter: Meter, outputs: Outputs, likely: Sequence[tuple[str, ...]]) -> Facts:
    """Run the query once, and once more for each set of columns that could be a key.

    `likely` are those that should be one; only where there are none, others are tried.
    Raises QueryFailed where the query fails; where it only takes too long nothing is measured.
    """
    dialect = meter.origin.dialect
    shape = outputs.shape[:_MOST_COLUMNS]
    keys = _key_columns(shape)
    conditions = _conditions(shape, outputs, dialect)
    asked = [
        "COUNT(*)",
        *(f"COUNT({name(column, dialect)})" for column, _ in shape),
        *(f"COUNT(DISTINCT {name(column, dialect)})" for column in keys),
        *(f"COUNT(CASE WHEN {one.bad} THEN 1 END)" for one in conditions),
    ]
    before = f"SELECT {', '.join(asked)} FROM (\n"  # noqa: S608 -- quoted by name()
    row = meter.asked(_around(meter.origin.select, before))
    if row is None:
        message = f"the query took longer than {meter.patience:g} s: its result is not measured"
        return Facts(notices=(message,))
    rows, counts, rest = row[0], row[1 : len(shape) + 1], row[len(shape) + 1 :]
    counted = dict(zip([column for column, _ in shape], counts, strict=True))
    facts = Facts(
        rows,
        frozenset(column for column, count in counted.items() if count == rows),
        dict(zip(keys, rest, strict=False)),
        tuple(
            one
            for one, wrong in zip(conditions, rest[len(keys) :], strict=True)
            if not wrong and (counted[one.column] or one.kind == "null")
        ),
        notices=() if rows else ("the query returns no row now: a build will say so and stop",),
    )
    if likely:
        wrong = [key for key in likely if not _may_be_key(meter, facts, key)]
        return replace(facts, refuted=tuple(wrong))
    return replace(facts, unique=_unique(meter, facts, keys) if rows else ())


def _may_be_key(meter: Meter, facts: Facts, key: Sequence[str]) -> bool:
    return set(key) <= facts.filled and meter.is_unique(facts, key) is not False


def counts_of(meter: Meter) -> tuple[dict[Relation, int], list[str]]:
    """How many rows each source has; and of those that were not counted, why."""
    counts: dict[Relation, int] = {}
    why = []
    deadline = time.monotonic() + meter.patience
    for one in meter.origin.select.sources:
        sql = f"SELECT COUNT(*) FROM {relation(one, meter.engine.dialect)}"  # noqa: S608 -- quoted by name()
        try:
            wanted = select(Rendered(sql, Text(sql)), meter.engine.dialect)
            row = meter.asked(wanted, deadline - time.monotonic())
        except QueryFailed as error:
            why.append(f"{one} was not counted: {error.problem.message}")
            continue
        if row is None:
            why.append(f"{one} was not counted: that took longer than {meter.patience:g} s")
        elif row[0]:
            counts[one] = row[0]
        else:
            why.append(f"{one} has no row now: nothing checks it")
            counts[one] = 0
    return counts, why


def _key_columns(shape: Sequence[tuple[str, str]]) -> list[str]:
    """The columns that could be a key, those first whose names say so."""
    named = [name for name, kind in shape if looks_like_key(name) and _COUNTABLE.match(kind)]
    texts = [name for name, kind in shape if _TEXT.match(kind) and name not in named]
    return [*named, *texts][:_MOST_KEYS]


def _conditions(
    shape: Sequence[tuple[str, str]], outputs: Outputs, dialect: str
) -> list[Condition]:
    found = []
    for column, kind in shape:
        sql = name(column, dialect)
        said = [word.removesuffix("s") for word in words(column)]
        if "{" in column:
            continue  # a check would have it filled
        if looks_like_key(column):
            found.append(Condition("null", column, f"{sql} IS NULL"))
        if _DATE.match(kind):
            # In some time zone it is tomorrow already.
            days = 1 if kind == "date" else 2
            found.append(Condition("future", column, f"{sql} > CURRENT_DATE + {days}"))
        elif _NUMBER.match(kind) and any(map(_SHARES.fullmatch, said)):
            found.append(Condition("share", column, f"{sql} NOT BETWEEN 0 AND 1"))
            found.append(Condition("percent", column, f"{sql} NOT BETWEEN 0 AND 100"))
        elif _NUMBER.match(kind) and not looks_like_key(column):
            is_sum = outputs.is_sum(column)
            if is_sum or (is_sum is False and any(map(_AMOUNTS.fullmatch, said))):
                found.append(Condition("negative", column, f"{sql} < 0"))
    return found


def _unique(meter: Meter, facts: Facts, keys: Sequence[str]) -> tuple[str, ...]:
    rows = facts.rows or 0
    filled = [column for column in keys if column in facts.filled]
    for column in filled:
        least = 2 if looks_like_key(column) else _TELLING_ROWS
        if rows >= least and facts.distinct[column] == rows:
            return (column,)
    if rows < _TELLING_ROWS:
        return ()
    deadline = time.monotonic() + meter.patience
    for pair in combinations(filled[:_MOST_PAIRED], 2):
        values = facts.distinct[pair[0]] * facts.distinct[pair[1]]
        in_time = values >= rows and time.monotonic() < deadline
        if in_time and meter.is_unique(facts, pair):
            return pair
    return ()


def _around(inner: Select, before: str, after: str = "") -> Select:
    """A query on the rows of another one."""
    return inner.within(before, f"\n) AS drafted{after}")
