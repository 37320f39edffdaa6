"""The statements that compare two tables: as data, without a database.

`l` is the live table in all of them and `s` the staged one. Both are read once, and what they have
in common is not kept: only rows that differ go into `differing`, as their key and their place.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from builder.engines.base import Statement, escaped
from builder.engines.comparison import NONE
from builder.relation import quoted
from builder.run import MASK

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from builder.engines.comparison import Tolerance
    from builder.engines.postgres.diff.columns import Pair
    from builder.relation import Relation

Side = Literal["l", "s"]
SIDES: tuple[Side, Side] = ("l", "s")
# A name may hold a percent sign, but no NUL: that marks where a value goes until all is written.
_HOLE = "\0"
_BOTH = "live IS NOT NULL AND staged IS NOT NULL"
_SURPLUS = (("removed", "live - staged"), ("added", "staged - live"))


@dataclass(frozen=True, slots=True)
class Question:
    """Two tables, the columns that both have, and by which of them rows are matched.

    `sensitive` are columns of which no value is to be read.
    """

    target: Relation
    pairs: tuple[Pair, ...]
    key: tuple[str, ...] = ()
    tolerance: Tolerance = NONE
    examples: int = 5
    sensitive: frozenset[str] = frozenset()

    @property
    def key_pairs(self) -> list[Pair]:
        """The columns of the key, in its order."""
        by_name = {pair.name: pair for pair in self.pairs}
        return [by_name[name] for name in self.key]

    @property
    def values(self) -> list[Pair]:
        """The other columns, which can change."""
        return [pair for pair in self.pairs if pair.name not in self.key]

    def table(self, side: Side) -> str:
        """One of the tables as FROM has it."""
        relation = self.target if side == "l" else self.target.staged
        return f"{relation.sql} AS {side}"


def lock(relation: Relation) -> Statement:
    """Nobody puts another table in its place, or changes its columns."""
    return Statement(f"LOCK TABLE {relation.sql} IN ACCESS SHARE MODE")


def twice(asked: Question, side: Side) -> Statement:
    """How many values of the key stand more than once in one of the tables."""
    key = ", ".join(pair.matched(side) for pair in asked.key_pairs)
    found = f"SELECT FROM {asked.table(side)} GROUP BY {key} HAVING count(*) > 1"
    return Statement(f"SELECT count(*) FROM ({found}) AS twice")  # noqa: S608 -- quoted by Relation


def by_key(asked: Question) -> Statement:
    """All numbers of a comparison by a key, in one row.

    The rows of the live table and of the staged one, rows added, removed and changed, the places
    of the first rows added, removed, changed (live) and changed (staged), and for each column
    that is not of the key the number of rows changed in it.
    """
    on = " AND ".join(f"{pair.matched('l')} = {pair.matched('s')}" for pair in asked.key_pairs)
    keys = [f"coalesce({p.compared('l')}, {p.compared('s')})" for p in asked.key_pairs]
    flags = [_differs(asked, pair) for pair in asked.values]
    kept = [
        *("l.ctid AS live", "s.ctid AS staged"),
        *(f"{one} AS k{number}" for number, one in enumerate(keys)),
        *(f"{flag} AS c{number}" for number, flag in enumerate(flags)),
    ]
    differ = " OR ".join(["l.ctid IS NULL", "s.ctid IS NULL", *flags])
    order = ", ".join(f"k{number}" for number in range(len(keys)))
    sorts = (("staged", "live IS NULL"), ("live", "staged IS NULL"), ("live", _BOTH))
    places = [
        f"ARRAY(SELECT {side}::text FROM differing WHERE {sort} ORDER BY {order} LIMIT {_HOLE})"  # noqa: S608 -- words of our own
        for side, sort in (*sorts, ("staged", _BOTH))
    ]
    counts = [
        *(f"(SELECT count(*) FROM {asked.table(side)})" for side in SIDES),  # noqa: S608 -- quoted by Relation
        *(f"count(*) FILTER (WHERE {sort})" for _, sort in sorts),
        *places,
        *(f"count(*) FILTER (WHERE c{number} AND {_BOTH})" for number in range(len(flags))),
    ]
    bounds = f"{_bounds(asked)}, " if asked.tolerance else ""
    text = (
        f"WITH {bounds}differing AS MATERIALIZED (SELECT {_listed(kept)}\n"
        f"FROM {asked.table('l')} FULL JOIN {asked.table('s')} ON {on}\nWHERE {differ})\n"
        f"SELECT {_listed(counts)}\nFROM differing"
    )
    return _bound(text, *_bound_values(asked), *[asked.examples] * len(places))


def changed_rows(
    asked: Question, pairs: Sequence[Pair], live: Sequence[str], staged: Sequence[str]
) -> Statement:
    """The key of rows at these places, then whether each pair differs, its values in both."""
    flags = ", ".join(_differs(asked, pair) for pair in pairs)
    shown = [
        *(_shown(asked, "s", name) for name in asked.key),
        f"ARRAY[{flags}]::boolean[]",
        *(_shown(asked, side, pair.name) for pair in pairs for side in SIDES),
    ]
    bounds = _bounds(asked)
    text = (
        (f"WITH {bounds}\n" if bounds else "") + f"SELECT {_listed(shown)}\n"
        f"FROM unnest({_HOLE}::tid[], {_HOLE}::tid[])\n"
        "WITH ORDINALITY AS chosen (live, staged, nth)\n"
        f"JOIN {asked.table('l')} ON l.ctid = chosen.live\n"
        f"JOIN {asked.table('s')} ON s.ctid = chosen.staged ORDER BY chosen.nth"
    )
    return _bound(text, *_bound_values(asked), list(live), list(staged))


def rows_at(
    asked: Question, side: Side, columns: Iterable[str], places: Sequence[str]
) -> Statement:
    """The values of some columns, in the rows at these places of one of the tables."""
    shown = [_shown(asked, side, name) for name in columns]
    text = (
        f"SELECT {_listed(shown)}\n"
        f"FROM unnest({_HOLE}::tid[]) WITH ORDINALITY AS chosen (place, nth)\n"
        f"JOIN {asked.table(side)} ON {side}.ctid = chosen.place ORDER BY chosen.nth"
    )
    return _bound(text, list(places))


def by_count(asked: Question) -> Statement:
    """A comparison without a key: equal rows are matched, as often as they stand in both.

    Each row of the answer begins with what it is, and a number. The first are `removed row` and
    `added row`, with their values and how often they stand there; then come how many rows are
    `removed` and `added`, and how many the tables have, `live` and `staged`.
    """
    columns = ", ".join(f"c{number}" for number, _ in enumerate(asked.pairs))
    nothing = ", ".join("NULL" for _ in asked.pairs)
    totals = [
        *((sort, f"sum({one}) FILTER (WHERE {one} > 0) FROM differing") for sort, one in _SURPLUS),
        ("live", f"count(*) FROM {asked.table('l')}"),
        ("staged", f"count(*) FROM {asked.table('s')}"),
    ]
    text = (
        f"WITH counted AS (SELECT {columns}, count(*) FILTER (WHERE is_live) AS live,\n"  # noqa: S608 -- quoted by Relation and quoted()
        "count(*) FILTER (WHERE NOT is_live) AS staged\n"
        f"FROM ({_all_rows(asked, 'l')}\nUNION ALL {_all_rows(asked, 's')}) AS both_of_them\n"
        f"GROUP BY {columns}),\n"
        "differing AS MATERIALIZED (SELECT * FROM counted WHERE live <> staged)\n"
    )
    text += "\nUNION ALL ".join(
        [
            *(_first_rows(asked, sort, surplus) for sort, surplus in _SURPLUS),
            *(f"SELECT '{what}', (SELECT {number}), {nothing}" for what, number in totals),
        ]
    )
    return _bound(text, *[asked.examples] * len(_SURPLUS))


def count(relation: Relation) -> Statement:
    """The rows of a table."""
    return Statement(f"SELECT count(*) FROM {relation.sql}")  # noqa: S608 -- quoted by Relation


def _all_rows(asked: Question, side: Side) -> str:
    columns = ", ".join(f"{p.compared(side)} AS c{n}" for n, p in enumerate(asked.pairs))
    is_live = str(side == "l").lower()
    return f"SELECT {is_live} AS is_live, {columns} FROM {asked.table(side)}"  # noqa: S608 -- quoted by Relation and quoted()


def _first_rows(asked: Question, sort: str, surplus: str) -> str:
    columns = [f"c{number}" for number, _ in enumerate(asked.pairs)]
    both = zip(asked.pairs, columns, strict=True)
    shown = [f"'{MASK}'" if pair.name in asked.sensitive else column for pair, column in both]
    return (
        f"(SELECT '{sort} row', {surplus}, {', '.join(shown)} FROM differing "  # noqa: S608 -- words of our own
        f"WHERE {surplus} > 0 ORDER BY {', '.join(columns)} LIMIT {_HOLE})"
    )


def _differs(asked: Question, pair: Pair) -> str:
    """Whether a column differs between two rows that belong together.

    An infinite distance is within no tolerance: of NaN and of infinity to a number.
    """
    differs = f"{pair.compared('l')} IS DISTINCT FROM {pair.compared('s')}"
    if not (asked.tolerance and pair.is_number):
        return differs
    distance = f"abs({pair.number('s')} - {pair.number('l')})"
    absolute, relative = (f"(SELECT {one} FROM bounds)" for one in ("absolute", "relative"))  # noqa: S608 -- words of our own
    most = f"greatest({absolute}, {relative} * abs({pair.number('l')}))"
    is_within = f"{distance} < 'Infinity' AND {distance} <= {most}"
    return f"({differs} AND ({is_within}) IS NOT TRUE)"


def _bounds(asked: Question) -> str:
    if not asked.tolerance:
        return ""
    return (
        f"bounds AS MATERIALIZED (SELECT {_HOLE}::numeric AS absolute, "
        f"{_HOLE}::numeric AS relative)"
    )


def _bound_values(asked: Question) -> tuple[object, ...]:
    both = (asked.tolerance.absolute, asked.tolerance.relative)
    return both if asked.tolerance else ()


def _shown(asked: Question, side: Side, name: str) -> str:
    return f"'{MASK}'" if name in asked.sensitive else f"{side}.{quoted(name)}"


def _listed(parts: Iterable[str]) -> str:
    return ",\n  ".join(parts)


def _bound(text: str, *values: object) -> Statement:
    return Statement(escaped(text).replace(_HOLE, "%s"), values)
