"""What SQL is allowed: sqlglot parses it, and what is not one SELECT is refused with its line.

An engine has a second guard of its own, which asks the server what the text is, so that nothing
hangs on two parsers reading the same text alike.
"""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from builder.errors import ConfigError
from builder.query.calls import marked, restore
from builder.query.foreign import foreign_clause
from builder.query.mistakes import Stumble, explained
from builder.query.names import reader
from builder.query.slips import slips
from builder.query.sources import sources_of
from builder.query.text import Rendered, dialect_named, tokens_of
from builder.query.words import wanting

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from sqlglot.errors import ParseError
    from sqlglot.expressions import Expr
    from sqlglot.tokenizer_core import Token

    from builder.relation import Relation

# Deeper SQL overflows the parser's stack, or takes it time that doubles with each level.
DEEPEST = {"(": 200, "[": 8, "CASE": 100}
LONGEST_SUBSCRIPT = 16
MOST_OPEN_JOINS = 12
_TRANSACTION = {"BEGIN", "START", "COMMIT", "END", "ROLLBACK", "ABORT", "SAVEPOINT", "RELEASE"}

_PREPARE = re.compile(r"PREPARE\s+TRANSACTION", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Select:
    """One SELECT that may be sent: `sources` are the relations it reads, as it names them.

    `text` ends where the SELECT does, before semicolons and comments that follow it. `tree` is
    what sqlglot made of it, where it was parsed just now and not remembered.
    """

    sql: Rendered
    text: str
    sources: tuple[Relation, ...] = ()
    tree: Expr | None = field(default=None, compare=False, repr=False)

    def within(self, before: str, after: str) -> Select:
        """The query with other SQL around it; what fails in it is found at its own place still."""
        shift = len(before)
        moved = ((start + shift, end + shift, length) for start, end, length in self.sql.pieces)
        text = f"{before}{self.text}{after}"
        sql = Rendered(text, self.sql.origin, ((0, shift, 0), *moved), self.sql.written)
        return Select(sql, text, self.sources)


def select(sql: Rendered, dialect: str, *, as_written: bool = False) -> Select:
    """The SQL as one SELECT; raises ConfigError, with the place, for anything else.

    With `as_written` each function call of the tree is still what its author called it.
    """
    tokens = tokens_of(sql, dialect)
    if found := slips(sql, tokens, dialect):
        raise ConfigError(*found)
    _refuse_depth(sql, tokens)
    trees = _parse(sql, marked(tokens, dialect) if as_written else tokens, dialect)
    for tree in trees if as_written else ():
        restore(tree)
    if not trees:
        raise sql.refused("there is no SQL here: write a SELECT", 0)
    if len(trees) > 1:
        second = _second_statement(sql, tokens)
        message = "a second statement begins here: write one SELECT only"
        raise sql.refused(message, second.start, second.end + 1 - second.start)
    _refuse_other_statements(sql, tokens, trees[0], dialect)
    if found := [*wanting(sql, tokens, dialect)]:
        raise ConfigError(*found)
    end = next(token.end for token in reversed(tokens) if sql.word(token) != ";") + 1
    return Select(sql, sql.text[:end], sources_of(trees[0], reader(sql, dialect)), trees[0])


def parsed(sql: Rendered, dialect: str, without: Collection[str] = ()) -> list[Expr]:
    """The statements of a trusted list, with every function call as its author wrote it.

    Words of `without` are passed over where no bracket follows them.
    """
    every = tokens_of(sql, dialect)
    behind = [*(sql.word(token) for token in every[1:]), ""]
    tokens = [
        token
        for token, word in zip(every, behind, strict=True)
        if word in ("(", "AUTO") or sql.word(token) not in without
    ]
    _refuse_depth(sql, tokens)
    trees = _parse(sql, marked(tokens, dialect), dialect)
    for tree in trees:
        restore(tree)
    return trees


def refuse_transaction_control(sql: Rendered, dialect: str) -> None:
    """A trusted list of statements leaves the builder's transaction alone, or ConfigError."""
    before = ";"
    for token in tokens_of(sql, dialect):
        word = sql.word(token)
        prepares = _PREPARE.match(sql.text, token.start)
        if before == ";" and (word in _TRANSACTION or prepares):
            message = f"{word} cannot stand here: the builder runs the transaction"
            raise sql.refused(message, token.start, len(word))
        before = word


def _parse(sql: Rendered, tokens: Sequence[Token], dialect: str) -> list[Expr]:
    """Its statements; a comment between semicolons is none."""
    from sqlglot import exp
    from sqlglot.errors import ParseError

    # It warns of statements that it knows by name only; those are refused below in our words.
    logging.getLogger("sqlglot").setLevel(logging.ERROR)
    try:
        trees = dialect_named(dialect).parser().parse([*tokens], sql.text)
    except ParseError as error:
        problems = explained(
            sql, _stumble(sql, error), dialect, lambda changed: _tried(changed, dialect)
        )
        raise ConfigError(*problems) from error
    except RecursionError as error:
        raise sql.refused("the SQL is nested too deeply", 0) from error
    except Exception as error:
        raise sql.refused("the SQL cannot be read", 0) from error
    return [tree for tree in trees if tree is not None and not isinstance(tree, exp.Semicolon)]


def _tried(sql: Rendered, dialect: str) -> Stumble | None:
    """Where changed SQL would be stumbled over; None if it could be read."""
    from sqlglot.errors import ParseError

    try:
        dialect_named(dialect).parser().parse(tokens_of(sql, dialect), sql.text)
    except ParseError as error:
        return _stumble(sql, error)
    except Exception:  # noqa: BLE001 -- whatever a parser trips over, this change is no help
        return Stumble(0, 0)
    return None


def _stumble(sql: Rendered, error: ParseError) -> Stumble:
    first = error.errors[0] if error.errors else {}
    word = str(first.get("highlight") or "")
    end = _offset(sql.text, int(first.get("line") or 1), int(first.get("col") or 1))
    return Stumble(max(0, end - len(word)), end, str(first.get("description") or ""))


def _offset(text: str, line: int, column: int) -> int:
    """The index in `text` of a line and column; sqlglot counts lines from 1."""
    start = 0
    for _ in range(line - 1):
        start = text.find("\n", start) + 1
    return min(start + column, len(text))


def _refuse_depth(sql: Rendered, tokens: Sequence[Token]) -> None:
    text = sql.text.upper()
    if text.count("JOIN") <= MOST_OPEN_JOINS and all(
        text.count(word) <= most for word, most in DEEPEST.items()
    ):
        return
    depth = dict.fromkeys(DEEPEST, 0)
    closing = {")": "(", "]": "[", "END": "CASE"}
    subscripts, joins, before = 0, 0, ""
    for token in tokens:
        word = sql.word(token)
        if word in depth:
            depth[word] += 1
        elif word in closing:
            depth[closing[word]] = max(0, depth[closing[word]] - 1)
        if word == "JOIN":
            joins += before not in ("CROSS", "NATURAL")
        elif word in ("ON", "USING"):
            joins = max(0, joins - 1)
        if joins > MOST_OPEN_JOINS:
            raise sql.refused("too many joins before this one have no ON", token.start, len(word))
        if word == "[":
            subscripts = subscripts + 1 if before == "]" else 1
        if depth.get(word, 0) > DEEPEST.get(word, 0) or subscripts > LONGEST_SUBSCRIPT:
            raise sql.refused("the SQL is nested too deeply", token.start)
        before = word


def _second_statement(sql: Rendered, tokens: Sequence[Token]) -> Token:
    end = next(index for index, token in enumerate(tokens) if sql.word(token) == ";")
    return next((token for token in tokens[end:] if sql.word(token) != ";"), tokens[0])


def _refuse_other_statements(
    sql: Rendered, tokens: Sequence[Token], tree: Expr, dialect: str
) -> None:
    from sqlglot import exp

    first = sql.word(tokens[0])
    if isinstance(tree, exp.Create):
        message = "write the SELECT only: the builder creates the table"
        raise sql.refused(message, tokens[0].start, len(first))
    if not isinstance(tree, exp.Query | exp.Values):
        message = f"only a SELECT may stand here, this is {first}"
        raise sql.refused(message, tokens[0].start, len(first))
    wrong = (exp.DML, exp.DDL, exp.Command, exp.Into, exp.Lock, exp.Qualify)
    for node in tree.walk():
        if not isinstance(node, wrong) or isinstance(node, exp.Query):
            continue
        word = ""
        if isinstance(node, exp.Into):
            word, why = "INTO", "makes a table; the builder does that"
        elif isinstance(node, exp.Lock):
            word, why = "FOR", "locks rows; a summary only reads"
        elif not isinstance(node, exp.Qualify):
            word, why = type(node).__name__.upper(), "changes data; only SELECT may stand here"
        elif theirs := foreign_clause(sql, tokens, dialect):
            raise ConfigError(theirs)
        if word:
            raise sql.refused(f"`{word}` {why}", _where(sql, tokens, word), len(word))


def _where(sql: Rendered, tokens: Sequence[Token], word: str) -> int:
    """Where a word stands in the SQL; FOR only where it locks."""
    words = [*(sql.word(token) for token in tokens), ""]
    for token, this, after in zip(tokens, words, words[1:], strict=False):
        if this == word and (word != "FOR" or after in ("UPDATE", "NO", "SHARE", "KEY")):
            return token.start
    return tokens[0].start
