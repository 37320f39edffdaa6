"""What was probably meant where the server did not understand: a name, a keyword, a dialect."""

from __future__ import annotations

import difflib
import re
from dataclasses import replace
from typing import TYPE_CHECKING

from builder.engines.base import Statement
from builder.engines.postgres.answers import (
    INVALID_SCHEMA,
    SYNTAX,
    UNDEFINED_COLUMN,
    UNDEFINED_FUNCTION,
    UNDEFINED_TABLE,
)
from builder.errors import EngineError, QueryFailed
from builder.query.foreign import ADD, foreign_hint
from builder.query.spelling import misspelt

if TYPE_CHECKING:
    from builder.engines.postgres.session import Session

_MOST = 20_000  # names looked through
_RELATIONS = """
SELECT n.nspname, c.relname FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'v', 'm', 'p', 'f') AND n.nspname !~ '^pg_(toast|temp)'
  AND n.nspname NOT IN ('pg_catalog', 'information_schema') LIMIT %s
"""
_COLUMNS = """
SELECT DISTINCT a.attname FROM pg_catalog.pg_attribute a
WHERE a.attnum > 0 AND NOT a.attisdropped AND a.attrelid = ANY (
    SELECT to_regclass(name) FROM unnest(%s) AS name) LIMIT %s
"""
_FUNCTIONS = "SELECT DISTINCT proname FROM pg_catalog.pg_proc LIMIT %s"


def with_nearest_name(session: Session, error: QueryFailed) -> QueryFailed:
    """The same error with what was probably meant, where that can be told.

    That is a name that is there and looks like the missing one, a keyword that looks like a word
    of the line, or the dialect that has what is missing. The session must be outside of a
    transaction.
    """
    try:
        hint = _meant(session, error)
    except EngineError:
        return error
    if not hint:
        return error
    return error.told_as(replace(error.problem, hint=hint))


def _meant(session: Session, error: QueryFailed) -> str:
    if ADD in error.problem.hint:
        return ""
    foreign = foreign_hint(error.word, "postgres")
    if foreign and error.code in (UNDEFINED_FUNCTION, UNDEFINED_COLUMN, SYNTAX):
        return foreign
    place = error.problem.place
    if error.code == SYNTAX and place:
        before = place.source[: place.column - 1].rstrip()
        if before.endswith(","):
            return "the comma before it is one too many, or something is missing"
        return misspelt(place.source, place.column + 1)
    nearest = _nearest(session, error)
    return f"did you mean {' or '.join(nearest)}?" if nearest else ""


def _nearest(session: Session, error: QueryFailed) -> list[str]:
    parts = [_unquoted(part) for part in re.findall(r'"(?:[^"]|"")*"|[^."]+', error.word)]
    if not parts:
        return []
    if error.code in (UNDEFINED_TABLE, INVALID_SCHEMA):
        rows = session.execute(Statement(_RELATIONS, (_MOST,))).rows
        whole = {f"{schema}.{name}" for schema, name in rows}
        likely = difflib.get_close_matches(".".join(parts), whole, n=1, cutoff=0.7)
        same = sorted(name for name in whole if name.rpartition(".")[2] == parts[-1])
        alone = {str(name) for _, name in rows}
        close = difflib.get_close_matches(parts[-1], alone, n=1, cutoff=0.7)
        return likely or same[:3] or sorted(n for n in whole if n.rpartition(".")[2] in close)[:3]
    if error.code == UNDEFINED_COLUMN:
        tables = [source.sql for source in error.sources]
        rows = session.execute(Statement(_COLUMNS, (tables, _MOST))).rows
        names = {str(row[0]) for row in rows}
        return difflib.get_close_matches(parts[-1], names, n=1, cutoff=0.6)
    if error.code == UNDEFINED_FUNCTION:
        rows = session.execute(Statement(_FUNCTIONS, (_MOST,))).rows
        names = {str(row[0]) for row in rows} - {parts[-1]}
        return difflib.get_close_matches(parts[-1], names, n=1, cutoff=0.75)
    return []


def _unquoted(part: str) -> str:
    return part[1:-1].replace('""', '"') if part.startswith('"') else part.lower()
