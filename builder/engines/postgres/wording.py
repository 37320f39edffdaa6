"""Words of SQL: literals, grantees, comments, storage options."""

from __future__ import annotations

from typing import TYPE_CHECKING

from builder.engines.base import Statement, escaped
from builder.relation import quoted

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

# Names are written in full where the search path is empty. A plan is kept for one search path, and
# for any values: to plan this query takes five times as long as to run it.
# Numbers are written so that they are the same when they are read again.
QUIET = (
    "SET LOCAL search_path = ''; SET LOCAL plan_cache_mode = force_generic_plan; "
    "SET LOCAL extra_float_digits = 1; SET LOCAL quote_all_identifiers = off"
)


def literal(text: str) -> str:
    """Text as an SQL literal, where a value cannot be bound."""
    return "'" + text.replace("'", "''") + "'"


def role(name: str | None) -> str:
    """A grantee in SQL."""
    return quoted(name) if name is not None else "PUBLIC"


def comment(on: str, text: str | None) -> Statement:
    """A comment on something; None takes it away."""
    return Statement(f"COMMENT ON {escaped(on)} IS %s", (text,))


def option(pair: str) -> str:
    """`name=value` of the catalogs, as SQL."""
    name, _, value = pair.partition("=")
    return f"{name}={literal(value)}"


def option_changes(old: Sequence[str], new: Sequence[str], prefix: str = "") -> Iterator[str]:
    """SET and RESET of storage options, after which the new ones are the old ones."""
    if missing := [pair for pair in old if pair not in new]:
        yield f"SET ({', '.join(option(prefix + pair) for pair in missing)})"
    names = {pair.partition("=")[0] for pair in old}
    there = [pair.partition("=")[0] for pair in new]
    if more := [name for name in there if name not in names]:
        yield f"RESET ({', '.join(prefix + name for name in more)})"
