"""The columns that a query returns, as far as its text says: names, stars, and names it lacks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from builder.query.names import reader
from builder.query.text import tokens_of
from builder.relation import LONGEST_NAME, cut

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sqlglot.expressions import Expr
    from sqlglot.tokenizer_core import Token

    from builder.query import Select

    Naming = Callable[[Expr, Sequence[str]], str | None]


@dataclass(frozen=True, slots=True)
class Output:
    """One column, or a star; `name` is None where it is not known.

    `is_named` says that the author has named it. `start` and `width` are its place in the SQL.
    """

    name: str | None
    is_named: bool = True
    is_star: bool = False
    start: int = 0
    width: int = 1


def outputs_of(select: Select, dialect: str, naming: Naming) -> list[Output]:
    """The columns in their order; of a UNION, those of its first query. Empty if not known.

    `naming` tells what the warehouse calls an expression without a name.
    """
    from sqlglot import exp

    read = reader(select.sql, dialect)
    first = select.tree
    while isinstance(first, exp.SetOperation | exp.Subquery):
        first = first.this
    if not isinstance(first, exp.Select):
        return []
    words: list[list[Token]] | None = None
    found = []
    for index, node in enumerate(first.expressions):
        output = _named(node, read)
        if output is None:
            if words is None:
                words = _projections(select, dialect)
            known = len(words) == len(first.expressions)
            output = _unnamed(node, words[index] if known else [], select, naming)
        found.append(output)
    return found


def _named(node: Expr, read: Callable[[Expr], str]) -> Output | None:
    """A column with a name, or a star; None for any other expression. `read` reads identifiers."""
    from sqlglot import exp

    if isinstance(node, exp.Alias):
        return _at(node.args["alias"], read)
    last: Expr = node
    if isinstance(node, exp.Column):
        last = node.this
    elif isinstance(node, exp.Dot):
        last = node.expression
    if isinstance(last, exp.Star):
        return Output(None, is_star=True, start=int(last.meta.get("start") or _start_of(node)))
    return _at(last, read) if isinstance(last, exp.Identifier) else None


def _at(identifier: Expr, read: Callable[[Expr], str]) -> Output:
    start, end = identifier.meta.get("start", 0), identifier.meta.get("end", 0)
    return Output(cut(read(identifier), LONGEST_NAME), start=start, width=end - start + 1)


def _start_of(node: Expr) -> int:
    """Where a qualified star begins: at its table's name."""
    starts = (part.meta.get("start") for part in node.walk() if "start" in part.meta)
    return next((int(start) for start in starts if start is not None), 0)


def _unnamed(node: Expr, tokens: Sequence[Token], select: Select, naming: Naming) -> Output:
    if not tokens:
        return Output(None, is_named=False)
    text = select.sql.text
    name = naming(node, [text[token.start : token.end + 1] for token in tokens])
    start, end = tokens[0].start, tokens[-1].end + 1
    return Output(name, is_named=False, start=start, width=end - start)


def _projections(select: Select, dialect: str) -> list[list[Token]]:
    """The words of each column of the first SELECT."""
    tokens = tokens_of(select.sql, dialect)
    words = [select.sql.word(token) for token in tokens]
    at = _first_select(words)
    if at is None:
        return []
    at += 1
    if at < len(words) and words[at] in ("ALL", "DISTINCT"):
        at += 1
        if at < len(words) and words[at] == "ON":
            at = _closing(words, at + 1) + 1
    columns: list[list[Token]] = [[]]
    depth = 0
    for token, word in zip(tokens[at:], words[at:], strict=True):
        if depth == 0 and (word in _ENDS or word in (")", ";")):
            break
        depth += (word in _OPENS) - (word in _CLOSES)
        if word == "," and depth == 0:
            columns.append([])
        else:
            columns[-1].append(token)
    return columns


_OPENS, _CLOSES = {"(", "[", "CASE"}, {")", "]", "END"}
_ENDS = {
    *("FROM", "WHERE", "GROUP BY", "ORDER BY", "HAVING", "WINDOW", "LIMIT", "OFFSET", "FETCH"),
    *("UNION", "INTERSECT", "EXCEPT", "QUALIFY"),
}


def _first_select(words: Sequence[str]) -> int | None:
    """Where the SELECT stands whose columns the query returns: after its WITH, in its brackets."""
    depth, base = 0, 0
    for index, word in enumerate(words):
        if word == "SELECT" and depth == base:
            return index
        if word == "(":
            depth += 1
            # Brackets at the very beginning stand around the query itself.
            base += all(before == "(" for before in words[:index])
        elif word == ")":
            depth -= 1
    return None


def _closing(words: Sequence[str], opening: int) -> int:
    depth = 0
    for index in range(opening, len(words)):
        depth += (words[index] == "(") - (words[index] == ")")
        if depth == 0:
            return index
    return len(words)
