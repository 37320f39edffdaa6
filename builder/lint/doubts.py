"""What a query's tree shows to be wrong, or to mean something else than it says."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from builder.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlglot.expressions import Expr

    from builder.errors import Place
    from builder.query import Select

_AGGREGATES = frozenset({"SUM", "COUNT", "AVG", "MIN", "MAX", "LISTAGG", "MEDIAN", "STRING_AGG"})
_DATE = re.compile(r"(?<![\w.'\"])(?:19|20)\d\d-[01]?\d-[0-3]?\d(?![\w.'\"])")
_NULL = re.compile(r"(?<![<>=!:|])(=|<>|!=)\s*NULL\b", re.IGNORECASE)
_TEXTS = re.compile(r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|--[^\n]*|/\*.*?\*/", re.DOTALL)


def doubtful(select: Select) -> Iterator[Problem]:
    """Problems of one query: errors for what no server takes, else warnings."""
    if select.tree is None:
        return
    text = select.sql.text
    upper = text.upper()
    if any(word in upper for word in ("UNION", "EXCEPT", "INTERSECT", "MINUS")):
        yield from _unequal_parts(select)
    if "WHERE" in upper:
        yield from _aggregates_in_where(select)
    if "-" not in text and "=" not in text and ">" not in text:
        return
    bare = _TEXTS.sub(lambda found: " " * len(found[0]), text)
    for date in _DATE.finditer(bare):
        message = f"`{date[0]}` without quotes is a subtraction"
        place = select.sql.place(date.start(), len(date[0]))
        yield Problem(message, place, f"write '{date[0]}'", "warning")
    for null in _NULL.finditer(bare):
        meant = "IS NULL" if null[1] == "=" else "IS NOT NULL"
        place = select.sql.place(null.start(), len(null[0]))
        yield Problem(f"`{null[0]}` is never true", place, f"write {meant}", "warning")


def _unequal_parts(select: Select) -> Iterator[Problem]:
    """UNION and the like of queries with different numbers of columns."""
    from sqlglot import exp

    for union in select.tree.find_all(exp.SetOperation) if select.tree else ():
        parts = [_columns(union.this), _columns(union.expression)]
        if None not in parts and parts[0] != parts[1]:
            message = f"a {union.key.upper()} of {parts[0]} and {parts[1]} columns"
            yield Problem(message, _place(select, union.expression), "both have the same columns")


def _columns(node: Expr) -> int | None:
    """How many columns a query returns; None where a star or another form hides it."""
    from sqlglot import exp

    while isinstance(node, exp.Subquery | exp.SetOperation):
        node = node.this
    if not isinstance(node, exp.Select) or any(one.is_star for one in node.expressions):
        return None
    return len(node.expressions)


def _aggregates_in_where(select: Select) -> Iterator[Problem]:
    from sqlglot import exp

    for where in select.tree.find_all(exp.Where) if select.tree else ():
        if isinstance(where.parent, exp.Filter):
            continue
        for node in where.walk(prune=lambda one: isinstance(one, exp.Query | exp.Window)):
            name = node.name.upper() if isinstance(node, exp.Anonymous) else ""
            if isinstance(node, exp.AggFunc) or name in _AGGREGATES:
                message = "an aggregate cannot stand in WHERE"
                yield Problem(message, _place(select, node), "write it in HAVING")
                break


def _place(select: Select, node: Expr) -> Place | None:
    """Where a node begins: at its first word."""
    starts = [int(one.meta["start"]) for one in node.walk() if "start" in one.meta]
    ends = [int(one.meta["end"]) for one in node.walk() if "start" in one.meta]
    if not starts:
        return select.sql.place(0)
    first = min(range(len(starts)), key=starts.__getitem__)
    return select.sql.place(starts[first], ends[first] + 1 - starts[first])
