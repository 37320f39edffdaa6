"""What the server says made a thing on one table, as the statement that makes it on another.

The server writes the table's name into it. Only where that name stands for sure is it replaced:
names may hold anything, also what looks like SQL.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from builder.errors import PublishFailed

if TYPE_CHECKING:
    from builder.relation import Relation

_WORD = r'(?:"(?:[^"]|"")*"|[^\s".,(]+)'
_NAME = rf"(?:{_WORD}\.)?{_WORD}"
_EVENT = rf"(?:INSERT|DELETE|TRUNCATE|UPDATE(?: OF {_WORD}(?:, {_WORD})*)?)"
# https://www.postgresql.org/docs/current/functions-info.html#FUNCTIONS-INFO-CATALOG
_TRIGGER = re.compile(
    rf"CREATE (?:CONSTRAINT )?TRIGGER {_WORD} (?:BEFORE|AFTER|INSTEAD OF) "
    rf"{_EVENT}(?: OR {_EVENT})* ON (?P<table>{_NAME}) "
)
_RULE = re.compile(
    rf"CREATE RULE {_WORD} AS\s+ON (?:SELECT|INSERT|UPDATE|DELETE) TO (?P<table>{_NAME})\s"
)


def trigger_on(definition: str, table: Relation) -> str:
    """The trigger that `pg_get_triggerdef` has told of, on another table."""
    return _on(_TRIGGER, definition, table)


def rule_on(definition: str, table: Relation) -> str:
    """The rule that `pg_get_ruledef` has told of, on another table."""
    return _on(_RULE, definition, table).removesuffix(";")


def _on(pattern: re.Pattern[str], definition: str, table: Relation) -> str:
    found = pattern.match(definition)
    if found is None:
        raise PublishFailed(
            f"Cannot carry over to {table} what the server tells as: {definition} Drop it on the "
            "live table, or make it in `after_sql`."
        )
    return definition[: found.start("table")] + table.sql + definition[found.end("table") :]
