"""What was probably meant where SQL cannot be read.

A parser stumbles some words after the mistake: a misspelt keyword is first taken for a name. So
the words around the place are tried out: what is suggested is a change with which the SQL can be
read, or at least read much further.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from builder.errors import Problem
from builder.query.foreign import foreign_clause
from builder.query.spelling import likely_keywords
from builder.query.text import Rendered, tokens_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from sqlglot.tokenizer_core import Token

    Reading = Callable[[Rendered], "Stumble | None"]

_CLAUSES = {"FROM", "GROUP BY", "HAVING", "UNION", "EXCEPT", "INTERSECT", "LIMIT"}
_WANTED_AFTER = {
    **dict.fromkeys(("GROUP", "ORDER", "PARTITION"), "BY"),
    **dict.fromkeys(("LEFT", "RIGHT", "FULL", "INNER", "OUTER", "CROSS"), "JOIN"),
}
_TAKE_FROM = {"EXTRACT", "SUBSTRING", "TRIM", "OVERLAY", "POSITION"}
_NEAR = 3  # words before the place that may be the mistake
_MOST_LIKELY = 3  # keywords that are tried for one word
_MOST_TOKENS = 10_000  # longer SQL is not tried out
_MOST_MISTAKES = 8


@dataclass(frozen=True, slots=True)
class Stumble:
    """Where a parser gave up, from `start` to `end` in the SQL, and what it said."""

    start: int
    end: int
    said: str = ""


def explained(sql: Rendered, stumble: Stumble, dialect: str, read: Reading) -> list[Problem]:
    """Every mistake that can be told, in the order of the SQL; at least one.

    `read` tries SQL out: None, or where it stumbles.
    """
    problems: list[Problem] = []
    here: Stumble | None = stumble
    while here is not None and len(problems) < _MOST_MISTAKES:
        tokens = tokens_of(sql, dialect)
        foreign = foreign_clause(sql, tokens, dialect)
        if foreign is not None:
            return [*problems, foreign]
        found = _Search(sql, tokens, here, read).found()
        problems.append(found.problem)
        if found.mended is None:
            break
        sql, here = found.mended, found.rest
    return problems


@dataclass(frozen=True, slots=True)
class _Found:
    """One mistake, and the SQL without it if that can be told; `rest` is where it stumbles then."""

    problem: Problem
    mended: Rendered | None = None
    rest: Stumble | None = None
    begins_line: bool = False


class _Search:
    """The search for the one mistake that explains why the SQL cannot be read at a place."""

    def __init__(
        self, sql: Rendered, tokens: Sequence[Token], stumble: Stumble, read: Reading
    ) -> None:
        self.sql, self.tokens, self.stumble, self.read = sql, tokens, stumble, read
        self.words = [sql.word(token) for token in tokens]
        ends = (i for i, token in enumerate(tokens) if token.end + 1 >= stumble.end)
        self.at = next(ends, len(tokens) - 1)

    def found(self) -> _Found:
        """The likeliest mistake."""
        if len(self.tokens) > _MOST_TOKENS:
            return self.unknown()
        tries = [*self.spellings(), *self.gaps()]
        return (
            _whole(tries)
            or _whole(commas := [*self.commas()])
            or self.bracket()
            or _whole(self.removals())
            or self.furthest([*tries, *(found for found in commas if found.begins_line)])
            or self.missing()
            or self.unknown()
        )

    def furthest(self, tries: Sequence[_Found]) -> _Found | None:
        """The change with which most of the SQL can be read."""
        return min(tries, key=lambda found: self.left(found.rest, found.mended), default=None)

    def gaps(self) -> Iterator[_Found]:
        """The second half of a keyword, where the first stands alone."""
        for index in range(max(0, self.at - 1), min(len(self.tokens) - 1, self.at + 2)):
            word, token = self.words[index], self.tokens[index]
            wanted = _WANTED_AFTER.get(word)
            if wanted and (
                mended := _changed(self.sql, token.end + 1, token.end + 1, f" {wanted}")
            ):
                found = self.tried(mended, least=2)
                if found and found.rest is None:
                    place = self.sql.place(token.start, len(word))
                    message = f"`{wanted}` is missing after `{word}`"
                    yield replace(found, problem=Problem(message, place))

    def spellings(self) -> Iterator[_Found]:
        """A word near the place that is nearly a keyword; the nearest one first."""
        near = range(max(0, self.at - _NEAR), min(len(self.tokens), self.at + 3))
        for index in sorted({*near, *self.beginnings()}, key=lambda i: (abs(i - self.at), i)):
            token = self.tokens[index]
            for likely in likely_keywords(self.words[index])[:_MOST_LIKELY]:
                mended = _changed(self.sql, token.start, token.end + 1, likely)
                if mended is not None and (found := self.tried(mended, least=2)):
                    shown = self.sql.text[token.start : token.end + 1]
                    place = self.sql.place(token.start, len(shown))
                    problem = Problem(
                        f"`{shown}` cannot be read here", place, f"did you mean `{likely}`?"
                    )
                    yield replace(found, problem=problem)

    def beginnings(self) -> Iterator[int]:
        """Where the query begins, and each bracket around the place: SELECT may stand there."""
        yield 0
        depth = 0
        for index in range(self.at, 0, -1):
            depth += (self.words[index] == ")") - (self.words[index] == "(")
            if depth < 0:
                depth = 0
                yield min(index + 1, len(self.words) - 1)

    def commas(self) -> Iterator[_Found]:
        """A comma put before a word near the place; a word that begins a line first."""
        begins = self.words[self.at] not in ("(", ".", "AS", "::", "[") and not _is_operator(
            self.words[self.at]
        )
        near = [i for i in range(self.at, self.at - _NEAR - 1, -1) if i > 0]
        near = near if begins else [*near[1:], *near[:1]]
        for index in sorted(near, key=lambda i: not self.begins_line(i)):
            token = self.tokens[index]
            mended = _changed(self.sql, token.start, token.start, ", ")
            if mended is not None and (found := self.tried(mended, least=2)):
                word = self.sql.text[token.start : token.end + 1]
                place = self.sql.place(token.start, len(word))
                problem = Problem(f"a comma is missing before `{word}`", place)
                yield replace(found, problem=problem, begins_line=self.begins_line(index))

    def removals(self) -> Iterator[_Found]:
        """A comma or a joining word that stands for nothing."""
        for index in range(self.at, self.at - _NEAR - 1, -1):
            if index >= 0 and self.words[index] in (",", "AND", "OR", "ON", "AS", "NOT"):
                token = self.tokens[index]
                mended = _changed(self.sql, token.start, token.end + 1, " ")
                if mended is not None and (found := self.tried(mended, least=2)):
                    word = self.sql.text[token.start : token.end + 1]
                    what = (
                        "this comma is one too many" if word == "," else f"`{word}` joins nothing"
                    )
                    place = self.sql.place(token.start, len(word))
                    hint = "take it out, or write what is missing beside it"
                    yield replace(found, problem=Problem(what, place, hint))

    def bracket(self) -> _Found | None:
        """A bracket or CASE without its other half."""
        open_at: list[int] = []
        pairs = {")": "(", "]": "[", "END": "CASE"}
        for index, word in enumerate(self.words):
            before = self.words[index - 1] if index else ""
            if word in ("(", "[", "CASE"):
                open_at.append(index)
            elif word in pairs:
                if not open_at or self.words[open_at[-1]] != pairs[word]:
                    return (
                        self.unclosed(open_at[-1])
                        if open_at
                        else self.told(
                            index, f"this `{word}` closes nothing", "take it out, or open it before"
                        )
                    )
                open_at.pop()
            elif (
                word in _CLAUSES
                and open_at
                and before not in ("DISTINCT", "WITHIN")
                and not self.is_balanced()
                and not self.holds_query(open_at[-1])
            ):
                return self.unclosed(open_at[-1], before=word)
        return self.unclosed(open_at[-1]) if open_at else None

    def is_balanced(self) -> bool:
        """Whether there are as many closing words as opening ones."""
        count = self.words.count
        return (
            count("(") == count(")") and count("[") == count("]") and count("CASE") == count("END")
        )

    def holds_query(self, opening: int) -> bool:
        """Whether a clause may stand in the bracket that opens there."""
        inside = next((word for word in self.words[opening + 1 :] if word != "("), "")
        function = self.words[opening - 1] if opening else ""
        return inside in ("SELECT", "WITH", "VALUES", "TABLE") or function in _TAKE_FROM

    def unclosed(self, opening: int, before: str = "") -> _Found:
        """The bracket or CASE that opens there has no end."""
        word = self.words[opening]
        wanted = {"(": ")", "[": "]", "CASE": "END"}[word]
        hint = f"`{wanted}` is missing" + (f" before `{before}`" if before else "")
        return self.told(opening, f"this `{word}` is not closed", hint)

    def missing(self) -> _Found | None:
        """Something that is not there."""
        word, said = self.words[self.at], self.stumble.said
        for index in range(max(0, self.at - _NEAR), self.at):
            if self.words[index] == "IN" and self.words[index + 1] != "(":
                return self.told(index, "`IN` wants its values in brackets", "IN (1, 2, 3)")
        if said == "Expecting (":
            return self.told(self.at, f"`(` is missing before `{word}`")
        if said.startswith("Expected table name"):
            return self.told(self.at, f"the name of a table is missing before `{word}`")
        if self.at == len(self.tokens) - 1 and said.startswith(("Required", "Expect")):
            return self.told(
                self.at, f"the SQL ends too early: something is missing after `{word}`"
            )
        return None

    def unknown(self) -> _Found:
        """Nothing but the place."""
        start, end = self.stumble.start, self.stumble.end
        word = self.sql.text[start:end]
        message = "the SQL cannot be read from here on" + (f": `{word}`" if word else "")
        return _Found(Problem(message, self.sql.place(start, max(1, end - start))))

    def told(self, index: int, message: str, hint: str = "") -> _Found:
        """A mistake at a word, after which nothing more can be told."""
        token = self.tokens[index]
        place = self.sql.place(token.start, token.end + 1 - token.start)
        return _Found(Problem(message, place, hint))

    def tried(self, mended: Rendered, *, least: int) -> _Found | None:
        """What becomes of the SQL with a change; None unless it is read `least` words further."""
        rest = self.read(mended)
        gain = self.left(self.stumble, self.sql) - self.left(rest, mended)
        behind = [t for t in self.tokens[self.at :] if len(self.sql.text) - t.end > 0]
        step = behind[least].start - self.stumble.start if len(behind) > least else 1
        if rest is not None and gain < max(1, step):
            return None
        return _Found(Problem(""), mended, rest)

    def left(self, stumble: Stumble | None, sql: Rendered | None) -> int:
        """How many characters have not been read."""
        return len(sql.text) - stumble.start if stumble and sql else 0

    def begins_line(self, index: int) -> bool:
        """Whether a word is the first of its line."""
        start = self.tokens[index].start
        return not self.sql.text[self.sql.text.rfind("\n", 0, start) + 1 : start].strip()


def _whole(tries: Iterable[_Found]) -> _Found | None:
    """The first change with which all of the SQL can be read."""
    return next((found for found in tries if found.rest is None), None)


def _changed(sql: Rendered, start: int, end: int, text: str) -> Rendered | None:
    """The SQL with other words at a place, and still the way back; None inside a filled hole."""
    if any(first < max(end, start + 1) and start < last for first, last, _ in sql.pieces):
        return None
    shift = len(text) - (end - start)
    pieces = [
        *(piece for piece in sql.pieces if piece[1] <= start),
        (start, start + len(text), end - start),
        *((a + shift, b + shift, length) for a, b, length in sql.pieces if a >= end),
    ]
    return Rendered(sql.text[:start] + text + sql.text[end:], sql.origin, tuple(pieces))


def _is_operator(word: str) -> bool:
    return not re.match(r"[\w\"'$(]", word)
