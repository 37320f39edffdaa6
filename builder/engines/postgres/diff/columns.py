"""How the columns of two tables are compared: by which expression of each, as SQL.

Two rules. What readers would see as another value is another value: texts are compared letter by
letter, whatever their collation calls equal. And numbers are numbers, whatever type holds them.
No expression tells fewer values apart than a unique index on its column does, so that a key is a
key under them too. A type that PostgreSQL itself has no order for (json, xml, point, and what
extensions bring) is compared as text: `=` of two boxes compares their areas.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, cast

from builder.engines.base import Statement
from builder.engines.comparison import ColumnChange
from builder.relation import quoted

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from builder.engines.postgres.session import Session
    from builder.relation import Relation

Sort = Literal["integer", "numeric", "float", "text", "date", "timestamp", "ordered", "unordered"]
"""What can be done with values of a type; `unordered` ones can only be written as text."""

_NUMBERS = ("integer", "numeric", "float")
_AS_TEXT = '::text COLLATE "C"'
_LETTERS = ' COLLATE "C"'

# A domain is what it is made of. A type is ordered where the server's own operators order it.
_ORDERED = """({0}.typtype IN ('e', 'r', 'm') OR EXISTS (
    SELECT FROM pg_opclass o JOIN pg_am m ON m.oid = o.opcmethod
    WHERE m.amname = 'btree' AND o.opcdefault AND o.opcnamespace = 'pg_catalog'::regnamespace
      AND (o.opcintype = {0}.oid OR EXISTS (
        SELECT FROM pg_cast k WHERE k.castsource = {0}.oid AND k.casttarget = o.opcintype
          AND k.castmethod = 'b' AND k.castcontext = 'i'))))"""
_COLUMNS = f"""
WITH RECURSIVE bare(oid, base) AS (
  SELECT oid, oid FROM pg_type WHERE typtype <> 'd'
  UNION ALL
  SELECT t.oid, b.base FROM pg_type t JOIN bare b ON b.oid = t.typbasetype WHERE t.typtype = 'd')
SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, t.oid::bigint,
  format_type(t.oid, -1),
  CASE WHEN t.oid IN ('int2'::regtype, 'int4'::regtype, 'int8'::regtype) THEN 'integer'
       WHEN t.oid = 'numeric'::regtype THEN 'numeric'
       WHEN t.oid IN ('float4'::regtype, 'float8'::regtype) THEN 'float'
       WHEN t.oid = 'date'::regtype THEN 'date'
       WHEN t.oid = 'timestamp'::regtype THEN 'timestamp'
       WHEN t.typtype = 'b' AND t.typcategory = 'S' THEN 'text'
       WHEN e.oid IS NOT NULL AND {_ORDERED.format("e")} THEN 'ordered'
       WHEN e.oid IS NULL AND {_ORDERED.format("t")} THEN 'ordered'
       ELSE 'unordered' END,
  t.typcollation <> 0, e.oid IS NOT NULL
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
JOIN bare b ON b.oid = a.atttypid JOIN pg_type t ON t.oid = b.base
LEFT JOIN pg_type x ON x.typarray = t.oid
LEFT JOIN bare f ON f.oid = x.oid LEFT JOIN pg_type e ON e.oid = f.base
WHERE n.nspname = %s AND c.relname = ANY (%s) ORDER BY a.attnum
"""  # noqa: S608 -- constants of our own


@dataclass(frozen=True, slots=True)
class Typed:
    """A column of one table, and what can be done with its values.

    `type` is for people; `base` is the number of the type that a domain is made of, and `bare`
    its name, without the length or the digits that this column has.
    """

    name: str
    type: str
    is_not_null: bool = False
    base: int = 0
    bare: str = ""
    sort: Sort = "ordered"
    is_collated: bool = False
    is_array: bool = False


@dataclass(frozen=True, slots=True)
class Pair:
    """A column that both tables have."""

    live: Typed
    staged: Typed

    @property
    def name(self) -> str:
        """What it is called in both."""
        return self.live.name

    @property
    def is_number(self) -> bool:
        """Whether a tolerance has a meaning for it."""
        return self.live.sort in _NUMBERS and self.staged.sort in _NUMBERS

    @property
    def is_not_null(self) -> bool:
        """Whether it is never NULL in either."""
        return self.live.is_not_null and self.staged.is_not_null

    @property
    def by_text(self) -> str:
        """Why it is compared as text and not as what it is; empty where it is not."""
        if self.live.base != self.staged.base:
            types = f"{self.live.type} in the live table, {self.staged.type} in the staged one"
            return types if self._casts() == (_AS_TEXT, _AS_TEXT) and not self._is_text else ""
        return self.live.type if self.live.sort == "unordered" else ""

    def compared(self, side: Literal["l", "s"]) -> str:
        """What stands for its value in one of the tables: equal where the values are."""
        return _column(side, self.name) + self._casts()[side == "s"]

    def matched(self, side: Literal["l", "s"]) -> str:
        """The same as a part of a key, where NULL has to be equal to NULL.

        Arrays hold that it is, and can be hashed and sorted. An array in an array may be one
        with more dimensions, and is lost when it is NULL: as text it is one value.
        """
        if self.is_not_null:
            return self.compared(side)
        is_array = self.live.is_array or self.staged.is_array
        one = _column(side, self.name) + _AS_TEXT if is_array else self.compared(side)
        return f"ARRAY[{one}]"

    def number(self, side: Literal["l", "s"]) -> str:
        """Its value as a number that no subtraction is too much for.

        A float is the number that it is written as: 1.3 and 1.2 are 0.1 apart, and no more.
        """
        one = self.live if side == "l" else self.staged
        return _column(side, self.name) + _as_numeric(one)

    @property
    def _is_text(self) -> bool:
        return self.live.sort == self.staged.sort == "text"

    def _casts(self) -> tuple[str, str]:
        live, staged = self.live, self.staged
        if live.base == staged.base and live.sort not in ("text", "unordered"):
            bare = f"::{live.bare}" if live.type != staged.type else ""
            letters = _LETTERS if live.is_collated else ""
            return bare + letters, bare + letters
        if live.sort == staged.sort == "integer":
            return "::bigint", "::bigint"
        if self.is_number:
            return _as_numeric(live), _as_numeric(staged)
        if {live.sort, staged.sort} == {"date", "timestamp"}:
            return "::timestamp", "::timestamp"
        return _AS_TEXT, _AS_TEXT


def typed_columns(session: Session, *relations: Relation) -> list[dict[str, Typed]]:
    """The columns of each relation, by their names; all are of one schema.

    In a transaction whose search path is empty.
    """
    names = [relation.name for relation in relations]
    found: dict[str, dict[str, Typed]] = {name: {} for name in names}
    for table, name, kind, is_not_null, base, bare, sort, is_collated, is_array in session.execute(
        Statement(_COLUMNS, (relations[0].schema, names))
    ).rows:
        found[str(table)][str(name)] = Typed(
            str(name),
            str(kind),
            bool(is_not_null),
            int(str(base)),
            str(bare),
            cast("Sort", sort),
            bool(is_collated),
            bool(is_array),
        )
    return [found[name] for name in names]


def paired(live: Mapping[str, Typed], staged: Mapping[str, Typed]) -> tuple[Pair, ...]:
    """The columns that both have, in the staged table's order."""
    return tuple(Pair(live[name], one) for name, one in staged.items() if name in live)


def changes(live: Mapping[str, Typed], staged: Mapping[str, Typed]) -> tuple[ColumnChange, ...]:
    """The columns that are not the same in both: those that go, come, and change their type."""
    return tuple(_changes(live, staged))


def _changes(live: Mapping[str, Typed], staged: Mapping[str, Typed]) -> Iterator[ColumnChange]:
    for name, one in live.items():
        if name not in staged:
            yield ColumnChange(name, one.type, None)
    for name, one in staged.items():
        before = live[name].type if name in live else None
        if before != one.type:
            yield ColumnChange(name, before, one.type)


def _as_numeric(one: Typed) -> str:
    return "::text::numeric" if one.sort == "float" else "::numeric"


def _column(side: str, name: str) -> str:
    return f"{side}.{quoted(name)}"
