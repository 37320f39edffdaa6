"""SQL of another warehouse, met where the file does not say whose it is: the line to add.

What is listed is Redshift's and not PostgreSQL's, 15 to 18; a test asks a real server for each
function. Redshift's are named in
https://docs.aws.amazon.com/redshift/latest/dg/c_SQL_functions.html
Functions that both have, but that mean different things, cannot be told from their names.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from builder.errors import Problem
from builder.query.text import Rendered, tokens_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlglot.tokenizer_core import Token

    from builder.summary.text import Text

ADD = "add 'dialect': 'redshift' to the file"


@dataclass(frozen=True, slots=True)
class Missing:
    """What a dialect lacks and another has: functions, words without brackets, clauses.

    `functions` maps a name to the least number of arguments with which it is the other's.
    """

    functions: dict[str, int]
    words: frozenset[str]
    clauses: frozenset[str]
    attributes: frozenset[str]


_ANY_NUMBER = """
APPROXIMATE_COUNT_DISTINCT ARRAY_CONCAT ARRAY_FLATTEN BOOLAND_AGG BOOLOR_AGG CAN_JSON_PARSE
CHARINDEX CHECKSUM CONVERT_TIMEZONE DATEADD DATEDIFF DATE_PART_YEAR D_MONTHS FNV_HASH FROM_HEX
FUNC_SHA1 GETDATE GET_ARRAY_LENGTH ISNULL IS_VALID_JSON IS_VALID_JSON_ARRAY
JSON_EXTRACT_ARRAY_ELEMENT_TEXT JSON_PARSE LAST_DAY LEN LISTAGG MEDIAN MONTHS_BETWEEN NEXT_DAY NVL
NVL2 OCTETINDEX RATIO_TO_REPORT REPLICATE SHA1 SHA2 SPLIT_TO_ARRAY STRTOL SUBARRAY TO_VARBYTE
"""
MISSING = {
    "postgres": Missing(
        # PostgreSQL's DECODE takes text and an encoding, its CONVERT three arguments.
        functions={**dict.fromkeys(_ANY_NUMBER.split(), 0), "DECODE": 3},
        words=frozenset({"SYSDATE"}),
        clauses=frozenset({"QUALIFY", "TOP", "APPROXIMATE", "MINUS"}),
        attributes=frozenset({"DISTKEY", "SORTKEY", "DISTSTYLE", "ENCODE", "BACKUP"}),
    )
}
_CASE = "CASE WHEN … THEN … ELSE … END"
# Functions of several other warehouses, and what does the same here.
_INSTEAD = {
    "IFNULL": "COALESCE(…)",
    "IF": _CASE,
    "IFF": _CASE,
    "IIF": _CASE,
    "CURDATE": "CURRENT_DATE",
    "GROUP_CONCAT": "STRING_AGG(…, ',')",
    "DATE_FORMAT": "TO_CHAR(…, 'YYYY-MM-DD')",
}
_WORD = re.compile(r"\w+")


def foreign_clause(sql: Rendered, tokens: Sequence[Token], dialect: str) -> Problem | None:
    """The first clause of the SQL that `dialect` does not have and another has.

    Only for SQL that could not be read, since each of these words may be somebody's column.
    """
    missing = MISSING.get(dialect)
    if missing is None:
        return None
    words = [*(sql.word(token) for token in tokens), "", ""]
    for index, token in enumerate(tokens):
        word = words[index]
        if word in missing.clauses and _is_clause(
            word, words[index - 1] if index else "", words[index + 1]
        ):
            return _problem(sql, token)
    return None


def foreign_words(text: Rendered, dialect: str) -> Iterator[Problem]:
    """A warning for each function, once, that `dialect` lacks and another has."""
    missing = MISSING.get(dialect)
    if missing is None:
        return
    known = missing.functions.keys() | missing.words | _INSTEAD.keys()
    if known.isdisjoint(_WORD.findall(text.text.upper())):
        return
    tokens = tokens_of(text, dialect)
    words = [*(text.word(token) for token in tokens), ""]
    seen: set[str] = set()
    for index, token in enumerate(tokens):
        word, after = words[index], words[index + 1]
        if word not in known or word in seen or (index and words[index - 1] in (".", "AS")):
            continue
        if word in _INSTEAD:
            if after == "(":
                seen.add(word)
                place = text.place(token.start, len(word))
                hint = f"write {_INSTEAD[word]}"
                yield Problem(f"PostgreSQL has no `{word}`", place, hint, "warning")
            continue
        if word in missing.words:
            is_theirs = after not in (".", "(")
        else:
            least = missing.functions[word]
            is_theirs = after == "(" and _arguments(words, index + 1) >= least
        if is_theirs:
            seen.add(word)
            yield _problem(text, token, "warning")


def foreign_attributes(attributes: Text, dialect: str) -> Iterator[Problem]:
    """A warning where `attributes` are those of another warehouse's tables."""
    missing = MISSING.get(dialect)
    for found in _WORD.finditer(attributes.value) if missing else ():
        if missing and found[0].upper() in missing.attributes:
            place = attributes.place(found.start(), len(found[0]))
            yield Problem(f"`{found[0]}` is Redshift's", place, ADD, "warning")
            return


def foreign_hint(word: str, dialect: str) -> str:
    """The line to add where a server says that it knows no such word; else nothing."""
    missing = MISSING.get(dialect)
    if missing is None:
        return ""
    name = word.upper()
    is_theirs = name in missing.functions or name in missing.words or name in missing.clauses
    return f"`{word}` is Redshift's: {ADD}" if is_theirs else ""


def shared_hint(word: str, dialect: str) -> str:
    """The line to add where a function is there, but not for what it was called with.

    Redshift's LEFT takes a moment, its ROUND a float and places.
    """
    if dialect not in MISSING:
        return ""
    from builder.query.translate import LANGUAGES

    name = word.upper()
    theirs = LANGUAGES["redshift"].functions
    is_theirs = name in theirs and name not in MISSING[dialect].functions
    return f"if this is Redshift's SQL, {ADD}" if is_theirs else ""


def used_hint(sql: Rendered, word: str, dialect: str) -> str:
    """The line to add where `day` in DATEDIFF(day, …) was taken for a column."""
    for problem in foreign_words(sql, dialect):
        place = problem.place
        name = place.source[place.column - 1 :][: place.width] if place else ""
        if re.search(rf"\b{name}\s*\(\s*{re.escape(word)}\s*,", sql.text, re.IGNORECASE):
            return f"{problem.message}: {ADD}"
    return ""


def _problem(sql: Rendered, token: Token, severity: str = "error") -> Problem:
    word = sql.text[token.start : token.end + 1]
    place = sql.place(token.start, len(word))
    if severity == "warning":
        return Problem(f"`{word}` is Redshift's", place, ADD, "warning")
    return Problem(f"`{word}` is Redshift's", place, ADD)


def _is_clause(word: str, before: str, after: str) -> bool:
    """Whether a word stands where it can only be the other warehouse's."""
    if word == "TOP":
        return before in ("SELECT", "DISTINCT", "ALL") and (after[:1].isdigit() or after == "(")
    if word == "APPROXIMATE":
        return after in ("COUNT", "PERCENTILE_DISC")
    if word == "MINUS":
        return after in ("SELECT", "(", "WITH", "ALL")
    return before not in ("AS", ".", "SELECT", ",") and after not in (",", ".", ")", "")


def _arguments(words: Sequence[str], opening: int) -> int:
    """How many arguments stand in the bracket that opens at an index."""
    depth, commas = 0, 0
    for index in range(opening, len(words)):
        depth += (words[index] in ("(", "[")) - (words[index] in (")", "]"))
        commas += words[index] == "," and depth == 1
        if depth == 0:
            return 0 if index == opening + 1 else commas + 1
    return commas + 1
