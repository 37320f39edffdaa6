"""What each word of SQL wants behind it: THEN behind WHEN, ON behind JOIN.

sqlglot reads past much of this, and makes a cross join of a JOIN whose ON was forgotten. Only what
PostgreSQL and Redshift refuse, whatever stands around it, is told, and only of SQL that could be
read: what could not has an error of its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from builder.errors import Problem
from builder.summary.keys import nearest

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlglot.tokenizer_core import Token

    from builder.query.text import Rendered

_BEHIND_IS = ("NULL", "TRUE", "FALSE", "UNKNOWN", "DISTINCT")
_ALSO_BEHIND_IS = frozenset({"NOT", "OF", "JSON", "DOCUMENT", "NORMALIZED", "NFC", "NFD", "NFKC"})
_CLAUSES = frozenset({"FROM", "WHERE", "GROUP BY", "HAVING", "QUALIFY", "ORDER BY", "ON"})
_ENDS = _CLAUSES | {"LIMIT", "UNION", "INTERSECT", "EXCEPT", ")", ";", ""}
_NEW_QUERY = frozenset({"UNION", "INTERSECT", "EXCEPT", ";"})


_OF_JOINS = frozenset({"JOIN", "ON", "USING"})
_OF_CASES = frozenset({"CASE", "WHEN", "THEN", "ELSE", "END"})
_LONELY = _CLAUSES | {"IS", "IN", "EXTRACT"}
_TOLD = _OF_JOINS | _OF_CASES | _LONELY
# Dialects that join nothing without saying by what.
_STRICT = frozenset({"postgres", "redshift"})


@dataclass(slots=True)
class _Level:
    """What is open between two brackets: JOINs without their ON, and WHENs without THEN."""

    joins: list[int]
    whens: list[Token | None]


def wanting(sql: Rendered, tokens: Sequence[Token], dialect: str) -> Iterator[Problem]:
    """A problem for each word that lacks what has to follow it."""
    if dialect not in _STRICT:
        return
    words = [plain_word(sql, token) for token in tokens]
    levels = [_Level([], [])]
    for index, word in enumerate(words):
        if word == "(":
            levels.append(_Level([], []))
        elif word == ")" or word in _NEW_QUERY:
            yield from _open_joins(sql, levels[-1], tokens, words, index)
            levels[-1:] = [] if word == ")" and len(levels) > 1 else [_Level([], [])]
        elif word in _TOLD:
            yield from _told(sql, levels[-1], tokens[index], words, index)
    for level in levels:
        yield from _open_joins(sql, level, tokens, words, len(words))


def _told(
    sql: Rendered, level: _Level, token: Token, words: Sequence[str], index: int
) -> Iterator[Problem]:
    word = words[index]
    if word in _OF_JOINS:
        yield from _join(sql, level, token, words, index)
    elif word in _OF_CASES:
        yield from _case(sql, level, token, word)
    if word in _LONELY:
        yield from _alone(sql, token, word, [*words[index + 1 : index + 4], "", "", ""])


def plain_word(sql: Rendered, token: Token) -> str:
    """A token in upper case, with one space where there are several."""
    word = sql.word(token)
    return " ".join(word.split()) if word[-3:] == " BY" else word


def _open_joins(
    sql: Rendered, level: _Level, tokens: Sequence[Token], words: Sequence[str], end: int
) -> Iterator[Problem]:
    """The first JOIN that still waits for its ON at the end of its query."""
    for join in level.joins[:1]:
        for index in range(join + 1, end):
            if meant := nearest(words[index], ("USING",), least=0.75):
                message = f"`{words[index]}` joins nothing"
                yield _problem(sql, message, tokens[index], meant)
                return
        hint = "write ON … or USING (…) behind the table, or CROSS JOIN"
        yield _problem(sql, "this JOIN has no ON", tokens[join], hint)


def _join(
    sql: Rendered, level: _Level, token: Token, words: Sequence[str], index: int
) -> Iterator[Problem]:
    """Count a JOIN until its ON or USING comes; `a JOIN b JOIN c ON … ON …` is one of two."""
    word, before = words[index], words[max(0, index - 3) : index]
    if word == "JOIN" and not {"CROSS", "NATURAL"} & {*before}:
        level.joins.append(index)
    elif word == "ON" and level.joins and before[-1:] != ["DISTINCT"]:
        level.joins.pop()
    elif word == "USING" and level.joins:
        level.joins.pop()
        if words[index + 1 : index + 2] != ["("]:
            yield _problem(sql, "USING wants brackets", token, "write USING (column)")


def _case(sql: Rendered, level: _Level, token: Token, word: str) -> Iterator[Problem]:
    if word == "CASE":
        level.whens.append(None)
    elif level.whens and word in ("WHEN", "ELSE", "END"):
        if (when := level.whens[-1]) is not None:
            yield _problem(sql, "this WHEN has no THEN", when, "write WHEN … THEN …")
        level.whens[-1] = token if word == "WHEN" else None
        if word == "END":
            level.whens.pop()
    elif level.whens and word == "THEN":
        level.whens[-1] = None


def _alone(sql: Rendered, token: Token, word: str, after: Sequence[str]) -> Iterator[Problem]:
    """A word whose next one cannot be."""
    if word == "IS":
        value = after[1] if after[0] == "NOT" else after[0]
        if value not in _BEHIND_IS and value not in _ALSO_BEHIND_IS:
            hint = nearest(value, _BEHIND_IS) or "IS goes with NULL, TRUE and FALSE alone: write ="
            yield _problem(sql, f"`IS {value}` is no comparison", token, hint)
    elif word == "EXTRACT" and after[0] == "(" and after[2] == ",":
        yield _problem(sql, "EXTRACT has no FROM", token, "write EXTRACT(month FROM …)")
    elif word == "IN" and [*after[:2]] == ["(", ")"]:
        yield _problem(sql, "the list behind IN is empty", token, "write at least one value")
    elif word in _CLAUSES and after[0] in _ENDS:
        yield _problem(sql, f"nothing stands behind {word}", token, "take the word out, or go on")


def _problem(sql: Rendered, message: str, token: Token, hint: str) -> Problem:
    return Problem(message, sql.place(token.start, token.end + 1 - token.start), hint)
