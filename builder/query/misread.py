"""Misspelt keywords that are read as names all the same: with `LETF JOIN` rows are lost."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from builder.errors import Problem
from builder.query.spelling import KEYWORDS, likely_keywords
from builder.query.text import tokens_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from builder.query.text import Rendered

# Where a word stands, and the keywords that could be meant there.
_PLACES = (
    (
        re.compile(r"(?<![.\w\"])([A-Za-z]+)\s+JOIN\b", re.IGNORECASE),
        "LEFT RIGHT FULL INNER CROSS OUTER",
    ),
    (re.compile(r"(?<![.\w\"])([A-Za-z]+)\s*\("), "USING LATERAL EXISTS"),
    (re.compile(r"\bSELECT\s+([A-Za-z]+)\s+[A-Za-z_]", re.IGNORECASE), "DISTINCT"),
)


def misread_words(sql: Rendered, dialect: str) -> Iterator[Problem]:
    """A warning for each word that is taken for a name and is nearly the keyword of its place."""
    found = {
        match.start(1): (match[1], likely)
        for pattern, keywords in _PLACES
        for match in pattern.finditer(sql.text)
        if (likely := _meant(match[1].upper(), keywords))
    }
    if not found:
        return
    starts = {token.start for token in tokens_of(sql, dialect)}
    for start, (word, likely) in sorted(found.items()):
        if start in starts:
            message = f"`{word}` is read as a name"
            hint = f"did you mean `{likely}`?"
            yield Problem(message, sql.place(start, len(word)), hint, "warning")


@cache
def _meant(word: str, keywords: str) -> str:
    """The keyword of its place that a word is nearly; what it is exactly was no mistake."""
    if word in KEYWORDS:
        return ""
    return next(iter(likely_keywords(word, keywords.split(), most=1)), "")
