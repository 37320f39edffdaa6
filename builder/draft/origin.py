"""The query of a draft: given as SQL, or written out from the columns of a table."""

from __future__ import annotations

import re
import textwrap
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING

from builder.draft.names import listed, name, relation, words
from builder.errors import ConfigError, Problem
from builder.query import Rendered, Select, select
from builder.query.text import tokens_of
from builder.relation import Relation
from builder.summary.keys import nearest
from builder.summary.text import Source, Text

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from sqlglot.tokenizer_core import Token

    from builder.engines.base import Engine
    from builder.errors import Place

_LONG_LINE = 90
_MOST_LISTED = 10
# What every summary is about: a table does not share these with another.
_COMMON = {"summary", "table", "daily", "weekly", "monthly", "yearly", "report", "of", "by", "per"}
_CLAUSES = {"FROM", "WHERE", "GROUP", "HAVING", "ORDER", "LIMIT", "UNION", "EXCEPT", "INTERSECT"}
_JOINS = {"LEFT", "RIGHT", "INNER", "FULL", "CROSS", "NATURAL", "OUTER", "JOIN"}
_NO_TEXT = re.compile("[\0\ud800-\udfff]")
_HOLE = re.compile(r"\{(schema|table)\}")


@dataclass(frozen=True, slots=True)
class _Given(Text):
    """SQL that stands in no file, with its places all the same."""

    def place(self, offset: int, width: int = 1) -> Place | None:
        """The line and column in the SQL as it was given."""
        return Source(Path("--from"), self.value).place(min(offset, len(self.value)), width)


@dataclass(frozen=True, slots=True)
class Origin:
    """The query of a draft in its dialect; `written` is the text that the file has for it."""

    select: Select
    dialect: str
    written: str


def given(sql: str, dialect: str) -> Origin:
    """The SQL that somebody gave; raises ConfigError unless it is one SELECT."""
    if _NO_TEXT.search(sql):
        raise ConfigError("--from: a NUL or half a surrogate pair is no text")
    sql = sql.replace("\r\n", "\n").replace("\r", "\n")
    one = select(Rendered(sql, _Given(sql)), dialect)
    if hole := _HOLE.search(one.text):
        message = f"a build would fill {hole[0]} here: write the name that is meant"
        raise one.sql.refused(message, hole.start(), len(hole[0]))
    return Origin(one, dialect, _laid_out(one, dialect))


def copied(wanted: str, engine: Engine, dialect: str, aside: Collection[str] = ()) -> Origin:
    """Every column of a table that is there, written out.

    A name without a schema is looked for in all of them but `aside`. Raises ConfigError where
    there is none, with the nearest name, or more than one.
    """
    there = engine.relations()
    schema, _, table = wanted.rpartition(".")
    if schema:
        found = [one for one in there if (one.schema, one.name) == (schema, table)]
    else:
        found = [one for one in there if one.name == table]
        found = [one for one in found if one.schema not in aside] or found
    if len(found) > 1:
        hint = f"write {' or '.join(str(one) for one in found)}"
        raise ConfigError(Problem(f"there are {len(found)} tables `{wanted}`", hint=hint))
    if not found:
        names = [str(one) for one in there] if schema else [one.name for one in there]
        hint = nearest(wanted, names) or "`builder doctor` shows which warehouse it is"
        raise ConfigError(Problem(f"there is no table `{wanted}` that can be read", hint=hint))
    return _copy(found[0], engine, dialect)


def likely(target: Relation, engine: Engine, dialect: str, aside: Collection[str]) -> Origin:
    """The copy of the one table whose name shares a word with the target's.

    Tables in the schemas `aside` are none that could be meant. Raises ConfigError with all that
    could, each as a command.
    """
    there = [one for one in engine.relations() if one.schema not in aside]
    wanted = _telling(target.name)
    found = [one for one in there if one.name == target.name and one != target]
    found = found or [one for one in there if wanted & _telling(one.name)]
    if len(found) == 1:
        return _copy(found[0], engine, dialect)
    shown = found or there
    message = f"what is {target} made of? " + (
        f"{len(found)} tables share a word with its name"
        if found
        else "No table of the warehouse shares a word with its name"
    )
    command = f"builder new {quote(str(target))}"
    lines = [f"{command} --from-table {quote(str(one))}" for one in shown[:_MOST_LISTED]]
    if len(shown) > _MOST_LISTED:
        lines.append(f"… and {len(shown) - _MOST_LISTED} more tables")
    lines.append(f"{command} --from 'SELECT …'")
    raise ConfigError(Problem(message, hint="\n    ".join(lines)))


def _telling(text: str) -> set[str]:
    """The words that tell one name from others, in the singular."""
    return {word.removesuffix("s") for word in words(text) if word not in _COMMON}


def _copy(source: Relation, engine: Engine, dialect: str) -> Origin:
    columns = [*engine.columns([source]).get(source, {})]
    if not columns:
        raise ConfigError(f"{source} has no column that could be copied")
    if holes := [column for column in columns if _HOLE.search(column)]:
        hint = "give the query, with another name for it: --from 'SELECT …'"
        message = f"{source} has columns that the builder would fill: {listed(holes)}"
        raise ConfigError(Problem(message, hint=hint))
    listing = ",\n    ".join(name(column, dialect) for column in columns)
    sql = f"SELECT\n    {listing}\nFROM {relation(source, dialect)}"
    return given(sql, dialect)


def _laid_out(one: Select, dialect: str) -> str:
    """The query indented as in a file: only space between its words is another."""
    text = one.text
    tokens = [token for token in tokens_of(one.sql, dialect) if token.start < len(text)]
    if any("\n" in text[token.start : token.end + 1].strip() for token in tokens):
        return f"\n{text}\n"  # a quoted text goes over several lines: indenting would change it
    if "\n" not in text.strip() and len(text) > _LONG_LINE and "--" not in text:
        text = _broken(one, tokens)
    text = textwrap.dedent(text.strip("\n")).strip()
    return "\n" + textwrap.indent(text, " " * 8) + "\n    "


def _broken(one: Select, tokens: Sequence[Token]) -> str:
    """A long line with each clause on a line of its own, and each column of a long list."""
    words_of = [one.sql.word(token).split()[0] for token in tokens]
    depth, cuts, columns = 0, [0], [0]
    for index, (token, word) in enumerate(zip(tokens, words_of, strict=True)):
        before = words_of[index - 1] if index else ""
        after = words_of[index + 1] if index + 1 < len(words_of) else ""
        depth += (word in "([") - (word in ")]")
        joins = word in _JOINS and before not in _JOINS and after != "("
        if not depth and (joins or (word in _CLAUSES and before not in ("DISTINCT", "WITHIN"))):
            cuts.append(token.start)
        lists = word == "," or (word == "SELECT" and after != "DISTINCT")
        if not depth and len(cuts) == 1 and (lists or (before, word) == ("SELECT", "DISTINCT")):
            columns.append(token.end + 1)
    lines = [one.text[a:b].strip() for a, b in pairwise([*cuts, len(one.text)])]
    if len(lines[0]) > _LONG_LINE and words_of[0] == "SELECT":
        end = (*cuts, len(one.text))[1]
        lines[0] = "\n    ".join(one.text[a:b].strip() for a, b in pairwise([*columns, end]))
    return "\n".join(line for line in lines if line)
