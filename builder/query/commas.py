"""Commas with nothing after them: sqlglot reads over them, a warehouse does not."""

from __future__ import annotations

import re

from builder.errors import Problem
from builder.query.text import Rendered, tokens_of

# After a comma none of these can stand: they are reserved, so they are nobody's column.
_AFTER_A_LIST = {
    *("FROM", "WHERE", "GROUP", "GROUP BY", "ORDER", "ORDER BY", "HAVING", "LIMIT", "OFFSET"),
    *("UNION", "INTERSECT", "EXCEPT", "WINDOW", "FETCH", "INTO", ")", "]", ",", ";", ""),
}
_EXTRA_COMMA = re.compile(
    r",\s*(?:--[^\n]*\s*|/\*.*?\*/\s*)*"
    r"(?:[,)\];]|\Z|(?:FROM|WHERE|GROUP|ORDER|HAVING|LIMIT|OFFSET|UNION|INTERSECT|EXCEPT|WINDOW|FETCH|INTO)\b)",
    re.IGNORECASE | re.DOTALL,
)


def extra_commas(sql: Rendered, dialect: str) -> list[Problem]:
    """Each comma with nothing after it: sqlglot reads over it, a warehouse does not."""
    if not _EXTRA_COMMA.search(sql.text):
        return []
    tokens = tokens_of(sql, dialect)
    words = [*(sql.word(token) for token in tokens), ""]
    return [
        Problem(
            f"a comma stands before {_shown_word(words[index + 1])}",
            sql.place(token.start),
            "take the comma out, or write what is missing after it",
        )
        for index, token in enumerate(tokens)
        if words[index] == "," and words[index + 1] in _AFTER_A_LIST
    ]


def _shown_word(word: str) -> str:
    return f"`{word}`" if word else "the end"
