"""Which columns tell rows apart, in both of two tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from builder.errors import ConfigError, Problem

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from builder.engines.postgres.diff.columns import Pair
    from builder.engines.postgres.table import Table
    from builder.relation import Relation
    from builder.summary import Summary

Key = tuple[str, ...]


def candidates(summary: Summary, pairs: Collection[Pair]) -> Iterator[Key]:
    """The keys that a file declares, the best first: a unique one may hold NULLs that repeat."""
    if summary.primary_key:
        yield summary.primary_key
    never_null = {pair.name for pair in pairs if pair.is_not_null}
    yield from (key for key in summary.unique if never_null.issuperset(key))


def is_surely_unique(table: Table, key: Key) -> bool:
    """Whether an index sees to it that no two rows have the same key, none of it being NULL."""
    filled = {column.name for column in table.columns if column.is_not_null}
    return any(
        index.is_unique and index.is_valid and index.columns and {*index.columns} <= {*key} & filled
        for index in table.indexes
    )


def require_key(
    target: Relation, key: Key, live: Mapping[str, object], staged: Mapping[str, object]
) -> None:
    """Raises ConfigError unless each of the columns that a person names is in both tables."""
    from builder.summary.keys import nearest

    common: Sequence[str] = [name for name in staged if name in live]
    problems = []
    for name in key:
        if name not in common:
            there = [
                where for where, names in (("live", live), ("staged", staged)) if name in names
            ]
            only = f"only the {there[0]} table has it" if there else f"{target} has no such column"
            hint = nearest(name, common) or f"both have {', '.join(common) or 'no column'}"
            problems.append(Problem(f"--key {name}: {only}", hint=hint))
    if problems:
        raise ConfigError(*problems)
