"""QUALIFY, which PostgreSQL does not have, as a query around the query."""

from __future__ import annotations

from typing import TYPE_CHECKING

from builder.query.translate.nodes import Refused, clone

if TYPE_CHECKING:
    from sqlglot.expressions import Expr

    from builder.query.translate.kinds import Shape

_KEEPS = "builder_keeps"
_ORDER = "builder_order"


def without_qualify(select: Expr, shape: Shape | None) -> None:
    """Turn a SELECT with QUALIFY, translated already, into one of a subquery with WHERE.

    What is true of a row is computed beside its columns, and the rows are then picked by it;
    DISTINCT, ORDER BY and LIMIT come after QUALIFY, so they move outside.
    """
    from sqlglot import exp

    condition = select.args["qualify"].this
    columns = [name for name, _ in shape or ()]
    if shape is not None and len({*columns}) < len(columns):
        raise Refused("beside two columns of one name is not translated: give them names")
    if "?column?" in columns:
        raise Refused("beside a column without a name is not translated: write AS name")
    moved = {
        part: select.args[part]
        for part in ("with_", "distinct", "order", "limit", "offset")
        if select.args.get(part)
    }
    inner = exp.Select(
        **{
            part: value
            for part, value in select.args.items()
            if value and part not in moved and part != "qualify"
        }
    )
    inner.append("expressions", exp.alias_(condition, _KEEPS))
    for number, ordered in enumerate(moved["order"].expressions if "order" in moved else ()):
        name = ordered.this
        if isinstance(name, exp.Literal) or _is_plain(name, columns):
            continue
        if "distinct" in moved:
            raise Refused("with DISTINCT and ORDER BY an expression is not translated")
        inner.append("expressions", exp.alias_(clone(name), f"{_ORDER}_{number}"))
        name.replace(exp.column(f"{_ORDER}_{number}"))
    if shape is None:
        # Columns that are not known: such a query is not going to be run.
        picked: list[Expr] = [exp.Star()]
    else:
        picked = [exp.column(name, quoted=True) for name in columns]
    for part in [*select.args]:
        select.set(part, None)
    select.set("expressions", picked)
    select.set("from_", exp.From(this=inner.subquery("qualified")))
    select.set("where", exp.Where(this=exp.column(_KEEPS)))
    for part, value in moved.items():
        select.set(part, value)


def _is_plain(node: Expr, columns: list[str]) -> bool:
    from sqlglot import exp

    return isinstance(node, exp.Column) and not node.args.get("table") and node.name in columns
