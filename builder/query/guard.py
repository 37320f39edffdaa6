"""What SQL is allowed: sqlglot parses it, and what is not one SELECT is refused with its line.

An engine has a second guard of its own, which asks the server what the text is, so that nothing
hangs on two parsers reading the same text alike.
"""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from builder.errors import ConfigError, Problem
from builder.query.render import Rendered
from builder.query.sources import sources_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlglot.expressions import Expr
    from sqlglot.tokenizer_core import Token

    from builder.relation import Relation

# Deeper SQL overflows the parser's stack, or takes it time that doubles with each level.
DEEPEST = {"(": 200, "[": 8, "CASE": 100}
LONGEST_SUBSCRIPT = 16
_TRANSACTION = {"BEGIN", "START", "COMMIT", "END", "ROLLBACK", "ABORT", "SAVEPOINT", "RELEASE"}


@dataclass(frozen=True, slots=True)
class Select:
    """One SELECT that may be sent: `sources` are the relations it reads, as it names them.

    `text` ends where the SELECT does, before semicolons and comments that follow it.
    """

    sql: Rendered
    text: str
    sources: tuple[Relation, ...] = ()


def select(sql: Rendered, dialect: str) -> Select:
    """The SQL as one SELECT; raises ConfigError, with the place, for anything else."""
    _refuse_quoted_parameters(sql, dialect)
    tokens = _tokens(sql, dialect)
    _refuse_depth(sql, tokens)
    trees = _parse(sql, tokens, dialect)
    if not trees:
        raise _refused(sql, "there is no SQL here: write a SELECT", 0)
    if len(trees) > 1:
        second = _second_statement(tokens)
        raise _refused(sql, "a second statement begins here: write one SELECT only", second)
    _refuse_other_statements(sql, tokens, trees[0])
    end = max(token.end for token in tokens if token.text != ";") + 1
    return Select(sql, sql.text[:end], sources_of(trees[0]))


def refuse_transaction_control(sql: Rendered, dialect: str) -> None:
    """A trusted list of statements leaves the builder's transaction alone, or ConfigError."""
    begins = True
    for token in _tokens(sql, dialect):
        if begins and token.text.upper() in _TRANSACTION:
            message = f"{token.text.upper()} cannot stand here: the builder runs the transaction"
            raise _refused(sql, message, token.start, len(token.text))
        begins = token.text == ";"


def _tokens(sql: Rendered, dialect: str) -> list[Token]:
    from sqlglot.dialects.dialect import Dialect
    from sqlglot.errors import TokenError

    try:
        return Dialect.get_or_raise(dialect).tokenize(sql.text)
    except TokenError as error:
        # Its message ends with the line at the end and the index of the beginning; for a
        # comment it has none.
        at = re.search(r"from \d+:(\d+)", str(error.__context__))
        offset = int(at[1]) if at else max(0, sql.text.rfind("/*"))
        raise _refused(sql, "a quote or comment that begins here has no end", offset) from error
    except ValueError as error:
        raise ConfigError(f"the dialect `{dialect}` is not known: {error}") from error


def _parse(sql: Rendered, tokens: list[Token], dialect: str) -> list[Expr]:
    """Its statements; a comment between semicolons is none."""
    from sqlglot import exp
    from sqlglot.dialects.dialect import Dialect
    from sqlglot.errors import ParseError

    # It warns of statements that it knows by name only; those are refused below in our words.
    logging.getLogger("sqlglot").setLevel(logging.ERROR)
    try:
        trees = Dialect.get_or_raise(dialect).parser().parse(tokens, sql.text)
    except ParseError as error:
        first = error.errors[0] if error.errors else {}
        word = str(first.get("highlight") or "")
        end = _offset(sql.text, int(first.get("line") or 1), int(first.get("col") or 1))
        message = "the SQL cannot be read from here on" + (f": `{word}`" if word else "")
        raise _refused(sql, message, max(0, end - len(word)), len(word) or 1) from error
    except RecursionError as error:
        raise _refused(sql, "the SQL is nested too deeply", 0) from error
    return [tree for tree in trees if tree is not None and not isinstance(tree, exp.Semicolon)]


def _refused(sql: Rendered, message: str, offset: int, width: int = 1) -> ConfigError:
    return ConfigError(Problem(message, sql.place(offset, width)))


def _offset(text: str, line: int, column: int) -> int:
    """The index in `text` of a line and column; sqlglot counts lines from 1."""
    start = 0
    for _ in range(line - 1):
        start = text.find("\n", start) + 1
    return min(start + column, len(text))


def _refuse_quoted_parameters(sql: Rendered, dialect: str) -> None:
    """A bound value brings its own quotes: inside other quotes it would be text of the query."""
    if not sql.bound:
        return
    for token in _tokens(Rendered(sql.origin.value, sql.origin), dialect):
        for hole in sql.bound:
            at = sql.origin.value.find(hole, token.start, token.end + 1)
            if at > token.start:
                message = f"{hole} stands inside quotes: write it without them, it brings its own"
                raise ConfigError(Problem(message, sql.origin.place(at, len(hole))))


def _refuse_depth(sql: Rendered, tokens: Sequence[Token]) -> None:
    depth = dict.fromkeys(DEEPEST, 0)
    closing = {")": "(", "]": "[", "END": "CASE"}
    subscripts = 0
    for before, token in zip([None, *tokens], tokens, strict=False):
        word = token.text.upper()
        if word in depth:
            depth[word] += 1
        elif word in closing:
            depth[closing[word]] -= 1
        if word == "[":
            subscripts = subscripts + 1 if before is not None and before.text == "]" else 1
        if depth.get(word, 0) > DEEPEST.get(word, 0) or subscripts > LONGEST_SUBSCRIPT:
            raise _refused(sql, "the SQL is nested too deeply", token.start)


def _second_statement(tokens: Sequence[Token]) -> int:
    end = next(index for index, token in enumerate(tokens) if token.text == ";")
    return next((token.start for token in tokens[end:] if token.text != ";"), 0)


def _refuse_other_statements(sql: Rendered, tokens: Sequence[Token], tree: Expr) -> None:
    from sqlglot import exp

    first = tokens[0].text.upper()
    if isinstance(tree, exp.Create):
        message = "write the SELECT only: the builder creates the table"
        raise _refused(sql, message, tokens[0].start, len(first))
    if not isinstance(tree, exp.Query | exp.Values):
        message = f"only a SELECT may stand here, this is {first}"
        raise _refused(sql, message, tokens[0].start, len(first))
    for node in tree.walk():
        word = ""
        if isinstance(node, exp.DML | exp.DDL | exp.Command) and not isinstance(node, exp.Query):
            word, why = type(node).__name__.upper(), "changes data; only SELECT may stand here"
        elif isinstance(node, exp.Into):
            word, why = "INTO", "makes a table; the builder does that"
        elif isinstance(node, exp.Lock):
            word, why = "FOR", "locks rows; a summary only reads"
        if word:
            at = next((t for t in tokens if t.text.upper() == word), tokens[0])
            raise _refused(sql, f"`{word}` {why}", at.start, len(at.text))
