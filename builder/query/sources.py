"""Which relations a query reads, by the names that it gives them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from builder.relation import Relation

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlglot.expressions import Expr


def sources_of(tree: Expr, name: Callable[[Expr], str]) -> tuple[Relation, ...]:
    """Each relation that is read, once, in the order of the text; `name` reads identifiers."""
    from sqlglot import exp

    found: dict[Relation, None] = {}
    for table in tree.find_all(exp.Table, bfs=False):
        if isinstance(table.this, exp.Identifier) and not _is_cte(table, name):
            schema = table.args.get("db")
            found[Relation(name(schema) if schema else "", name(table.this))] = None
    return tuple(found)


def _is_cte(table: Expr, name: Callable[[Expr], str]) -> bool:
    """Whether a name means a WITH query: one that stands before it, or around it if recursive."""
    from sqlglot import exp

    if table.args.get("db"):
        return False
    wanted = name(table.this)
    inside: Expr = table
    while (outer := inside.parent) is not None:
        clause = outer if isinstance(outer, exp.With) else outer.args.get("with_")
        for cte in clause.expressions if clause and clause is not inside else ():
            if cte is inside and not (clause and clause.recursive):
                break
            if name(cte.args["alias"].this) == wanted:
                return True
        inside = outer
    return False
