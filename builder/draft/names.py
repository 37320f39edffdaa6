"""Names in the SQL that a draft writes, and the words that they are made of."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from builder.relation import Relation

_PLAIN = re.compile(r"[a-z_][a-z0-9_]*")
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|[^\W\d_a-zA-Z]+")
# https://www.postgresql.org/docs/current/sql-keywords-appendix.html, "reserved" in any way
_RESERVED = re.compile(
    "all|analyse|analyze|and|any|array|as|asc|asymmetric|authorization|binary|both|case|cast|"
    "check|collate|collation|column|concurrently|constraint|create|cross|current_catalog|"
    "current_date|current_role|current_schema|current_time|current_timestamp|current_user|"
    "default|deferrable|desc|distinct|do|else|end|except|false|fetch|for|foreign|freeze|from|"
    "full|grant|group|having|ilike|in|initially|inner|intersect|into|is|isnull|join|lateral|"
    "leading|left|like|limit|localtime|localtimestamp|natural|not|notnull|null|offset|on|"
    "only|or|order|outer|overlaps|placing|primary|references|returning|right|select|"
    "session_user|similar|some|symmetric|system_user|table|tablesample|then|to|trailing|true|"
    "union|unique|user|using|variadic|verbose|when|where|window|with"
)


def name(text: str, dialect: str) -> str:
    """A name for SQL as people write it: in quotes only where it needs them."""
    from sqlglot import exp

    if _PLAIN.fullmatch(text) and not _RESERVED.fullmatch(text):
        return text
    return exp.to_identifier(text, quoted=True).sql(dialect=dialect)


def relation(of: Relation, dialect: str) -> str:
    """The same for a relation."""
    return ".".join(name(part, dialect) for part in (of.schema, of.name) if part)


def words(text: str) -> list[str]:
    """The words of a name, in lower case: `avgNPS_per_day` has avg, nps, per, day."""
    return [word.lower() for word in _WORD.findall(text)]


def listed(names: list[str]) -> str:
    """Names in a sentence: a, b and c."""
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
