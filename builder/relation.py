"""Names of tables and views, quoted whenever they become SQL.

A relation is called what the warehouse calls it, letter by letter: nothing is folded to lower
case and nothing is cut short, since a name that PostgreSQL cuts in silence is another name.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

# https://www.postgresql.org/docs/current/sql-syntax-lexical.html#SQL-SYNTAX-IDENTIFIERS
LONGEST_NAME = 63
STAGED_PREFIX = "temp_"
VERSION_PREFIX = "prev_"
LONGEST_TABLE = LONGEST_NAME - len(STAGED_PREFIX)


def quoted(name: str) -> str:
    """The name as an SQL identifier, whatever characters it holds."""
    return '"' + name.replace('"', '""') + '"'


def quoted_list(names: Iterable[str]) -> str:
    """The names as an SQL list in brackets."""
    return f"({', '.join(quoted(name) for name in names)})"


def cut(name: str, size: int) -> str:
    """The longest beginning of `name` that is at most `size` bytes of UTF-8."""
    return name.encode()[:size].decode(errors="ignore")


@dataclass(frozen=True, slots=True, order=True)
class Relation:
    """A table or view; `schema` is empty where the search path decides."""

    schema: str
    name: str

    def __str__(self) -> str:
        """The name for people: not for SQL."""
        return f"{self.schema}.{self.name}" if self.schema else self.name

    @property
    def sql(self) -> str:
        """The name for SQL."""
        return f"{quoted(self.schema)}.{quoted(self.name)}" if self.schema else quoted(self.name)

    @property
    def staged(self) -> Relation:
        """Where the next version of this table is built."""
        return Relation(self.schema, STAGED_PREFIX + self.name)

    def version(self, run_id: str) -> Relation:
        """What this table is called once the run `run_id` has replaced it.

        A name that would be too long keeps its beginning; the run makes it unique all the same.
        """
        ending = f"_{run_id}"
        room = LONGEST_NAME - len(VERSION_PREFIX) - len(ending)
        return Relation(self.schema, VERSION_PREFIX + cut(self.name, room) + ending)
