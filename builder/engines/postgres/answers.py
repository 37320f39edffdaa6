"""What the server's errors mean: whose they are, and whether trying again helps.

The codes are SQLSTATEs: https://www.postgresql.org/docs/current/errcodes-appendix.html
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import psycopg2

from builder.errors import BuilderError, Busy, EngineError, Problem, QueryFailed
from builder.settings import masked

if TYPE_CHECKING:
    from collections.abc import Sequence

    from builder.query import Rendered
    from builder.relation import Relation

SYNTAX = "42601"
UNDEFINED_TABLE = "42P01"
UNDEFINED_COLUMN = "42703"
UNDEFINED_FUNCTION = "42883"
INVALID_SCHEMA = "3F000"
DUPLICATE = "23505"
NULL_IN_KEY = "23502"
FORBIDDEN = "42501"
CANCELED = "57014"
DEPENDENT = "2BP01"
INTEGRITY = "23"
# A division by zero: how `describe.unchanged` fails.
CHANGED = "22012"
# "cannot change data type of view column", and what a view's own query can stumble over then.
VIEW_DOES_NOT_FIT = ("42P16", "42883", "42804", "42703", "42803")
_BUSY = {
    "55P03": "a lock was not to be had in time",
    "40P01": "two sessions waited for each other",
    "40001": "another transaction changed the same rows",
}
_LOST = ("08", "57P01", "57P02", "57P03", "57P05")
# Classes that a person's own SQL cannot be the reason of: resources, operator, system, internal.
OURS = ("08", "53", "58", "XX", "57P")
_NAME = re.compile(r'(?:"(?:[^"]|"")*"|[\w$])(?:\.?(?:"(?:[^"]|"")*"|[\w$]))*')


def connect_failed(error: psycopg2.Error, where: str) -> EngineError:
    """The server cannot be reached, or does not let us in."""
    reason = masked(_first_line(error))
    return EngineError(
        f"Cannot connect to {where}: {reason}. Check the address, the user and the password; "
        "`python -m builder doctor` shows which setting is in use.",
        code=error.pgcode or "",
        passes=not error.pgcode or error.pgcode.startswith(_LOST),
    )


def translated(
    error: psycopg2.Error,
    *,
    sql: Rendered | None = None,
    prefix: int = 0,
    sources: Sequence[Relation] = (),
) -> BuilderError:
    """The server's error as ours.

    `sql` is what a person wrote, if they did: `prefix` characters of ours stood before it,
    and it reads `sources`. Their mistakes become QueryFailed, with the place in their file.
    """
    code = error.pgcode or ""
    if not code or code.startswith(_LOST):
        return EngineError(
            f"The connection to the warehouse was lost: {masked(_first_line(error))}. "
            "Run the command again.",
            code=code,
            passes=True,
        )
    if code in _BUSY:
        message = f"The warehouse is busy: {_BUSY[code]}. Nothing was changed; try again."
        return Busy(message, passes=True)
    if sql is not None and not code.startswith(OURS):
        return _their_mistake(error, sql, prefix, sources)
    hint = error.diag.message_hint
    detail = error.diag.message_detail
    more = "".join(f" {text}" for text in (detail, hint) if text)
    return EngineError(f"The warehouse answered: {_first_line(error)}.{more}", code=code)


def _their_mistake(
    error: psycopg2.Error, sql: Rendered, prefix: int, sources: Sequence[Relation]
) -> QueryFailed:
    code = error.pgcode or ""
    offset = _offset(error, sql, prefix)
    word = ""
    if offset is not None and (found := _NAME.match(sql.text, offset)):
        word = found[0]
    place = sql.place(offset if offset is not None else _first_word(sql.text), len(word) or 1)
    message = error.diag.message_primary or _first_line(error)
    if error.diag.message_detail:
        message += f": {error.diag.message_detail}"
    if code == CANCELED:
        message = "the server cancelled the statement: its statement_timeout, or a person did"
    hint = _of_another_dialect(code, word, sql) or error.diag.message_hint or ""
    problem = Problem(message, place, hint)
    return QueryFailed(problem, code=code, word=word, sources=sources)


def _of_another_dialect(code: str, word: str, sql: Rendered) -> str:
    """The line to add where the SQL looks like another warehouse's and has no dialect."""
    if sql.written is not None or code not in (UNDEFINED_FUNCTION, UNDEFINED_COLUMN):
        return ""
    from builder.query.foreign import shared_hint, used_hint

    if code == UNDEFINED_FUNCTION:
        return shared_hint(word, "postgres")
    return used_hint(sql, word, "postgres")


def _offset(error: psycopg2.Error, sql: Rendered, prefix: int) -> int | None:
    """Where in the person's SQL the server stumbled; both of its positions count from 1.

    An internal position is theirs only if the internal query is, and not some function's.
    """
    inside, outside = error.diag.internal_position, error.diag.statement_position
    if inside and sql.text.startswith(error.diag.internal_query or " "):
        return int(inside) - 1
    if outside and int(outside) > prefix:
        return int(outside) - 1 - prefix
    return None


def _first_word(text: str) -> int:
    return len(text) - len(text.lstrip())


def _first_line(error: psycopg2.Error) -> str:
    lines = (error.diag.message_primary or str(error)).strip().splitlines()
    return lines[0].rstrip(".") if lines else type(error).__name__
