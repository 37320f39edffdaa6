"""Which relations a query reads, by the names that it gives them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from builder.relation import Relation

if TYPE_CHECKING:
    from sqlglot.expressions import Expr


def sources_of(tree: Expr) -> tuple[Relation, ...]:
    """Each relation that is read, once, in the order of the text."""
    from sqlglot import exp

    found: dict[Relation, None] = {}
    for table in tree.find_all(exp.Table, bfs=False):
        if isinstance(table.this, exp.Identifier) and not _is_cte(table):
            schema = table.args.get("db")
            name = _folded(table.this)
            found[Relation(_folded(schema) if schema else "", name)] = None
    return tuple(found)


def _folded(identifier: Expr) -> str:
    """A name as the warehouse reads it: in lower case unless it stands in quotes."""
    name = str(identifier.this)
    return name if identifier.args.get("quoted") else name.lower()


def _is_cte(table: Expr) -> bool:
    """Whether a name means a WITH query: one that stands before it, or around it if recursive."""
    from sqlglot import exp

    if table.args.get("db"):
        return False
    name = _folded(table.this)
    inside: Expr = table
    while (outer := inside.parent) is not None:
        clause = outer if isinstance(outer, exp.With) else outer.args.get("with_")
        for cte in clause.expressions if clause and clause is not inside else ():
            if cte is inside and not (clause and clause.recursive):
                break
            if _folded(cte.args["alias"].this) == name:
                return True
        inside = outer
    return False
