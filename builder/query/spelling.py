"""Keywords, and which of them a misspelt word is likely to be."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

KEYWORDS = re.findall(
    r"\w+",
    """
    SELECT FROM WHERE GROUP ORDER BY HAVING LIMIT OFFSET JOIN LEFT RIGHT INNER OUTER FULL CROSS ON
    USING UNION ALL INTERSECT EXCEPT DISTINCT AS AND OR NOT IN IS NULL LIKE ILIKE BETWEEN CASE WHEN
    THEN ELSE END WITH RECURSIVE OVER PARTITION ROWS RANGE UNBOUNDED PRECEDING FOLLOWING CURRENT ROW
    FILTER WITHIN DESC ASC NULLS FIRST LAST INTERVAL EXISTS VALUES LATERAL WINDOW FETCH ONLY ESCAPE
    CAST
    """,
)
STATEMENTS = re.findall(
    r"\w+", "CREATE TABLE TEMP TEMPORARY INSERT INTO UPDATE DELETE DROP ALTER GRANT ANALYZE"
)
NAME = re.compile(r"[A-Za-z_]+")
_NEAR = 3  # words before the place that may be the mistake


def likely_keywords(word: str, known: Sequence[str] = KEYWORDS, most: int = 2) -> list[str]:
    """The keywords that a word is nearly, the likeliest first; none for a keyword itself.

    `most` is how many letters may be wrong.
    """
    given = word.upper()
    if given in known or not NAME.fullmatch(given):
        return []
    close = [(_distance(given, keyword), keyword) for keyword in known if _is_close(given, keyword)]
    return [keyword for wrong, keyword in sorted(close) if wrong <= most]


def misspelt(line: str, column: int) -> str:
    """`did you mean …?` for a line in which a server stumbled at a column, counted from 1.

    The word at the place and those shortly before it are looked at.
    """
    words = [*NAME.finditer(line)]
    near = [word for word in words if word.start() < column][-_NEAR:]
    for word in reversed(near):
        if likely := likely_keywords(word[0], [*KEYWORDS, *STATEMENTS]):
            return f"`{word[0]}`: did you mean `{likely[0]}`?"
    return ""


def _is_close(word: str, keyword: str) -> bool:
    """Whether a typing error may have made the one of the other; short words are easily close."""
    if len(keyword) < 4:
        once = re.sub(r"(.)\1+", r"\1", word)
        swapped = len(word) > 1 and sorted(word) == sorted(keyword)
        return swapped or (len(word) > len(keyword) and once in (keyword, keyword[:-1]))
    most = 1 if len(keyword) == 4 else 2
    return abs(len(word) - len(keyword)) <= most and _distance(word, keyword) <= most


def _distance(one: str, other: str) -> int:
    """Letters put in, left out, replaced or swapped with their neighbour.

    https://en.wikipedia.org/wiki/Damerau%E2%80%93Levenshtein_distance
    """
    before: list[int] = []
    last = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        row = [i]
        for j, wanted in enumerate(other, 1):
            cost = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (letter != wanted))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == wanted:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        before, last = last, row
    return last[-1]
