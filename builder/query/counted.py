"""The rows that a query counts: what an analyst looks at once there are too many of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from builder.errors import ConfigError
from builder.query.guard import Select, select
from builder.query.text import Rendered
from builder.summary.text import Text

if TYPE_CHECKING:
    from sqlglot.expressions import Expr

_NOT_ROWS = ("group", "having", "distinct", "limit", "offset", "windows", "qualify")


def rows_counted(query: Select, dialect: str) -> Select | None:
    """`SELECT * FROM …` for a plain `SELECT COUNT(1) FROM …`; None for any other query."""
    from sqlglot import exp

    try:
        tree = select(Rendered(query.text, Text(query.text)), dialect).tree
    except ConfigError:
        return None
    if not isinstance(tree, exp.Select) or len(tree.expressions) != 1:
        return None
    counted = tree.expressions[0].unalias()
    if not isinstance(counted, exp.Count) or not _every_row(counted):
        return None
    if any(tree.args.get(name) for name in _NOT_ROWS):
        return None
    rows = tree.copy()
    rows.set("expressions", [exp.Star()])
    text = _written(rows, dialect)
    return Select(Rendered(text, query.sql.origin, ((0, len(text), 0),)), text, query.sources)


def _every_row(counted: Expr) -> bool:
    """COUNT(*) and COUNT(1) count rows, COUNT(x) and COUNT(DISTINCT x) do not."""
    from sqlglot import exp

    return isinstance(counted.this, exp.Star | exp.Literal) and not counted.expressions


def _written(tree: Expr, dialect: str) -> str:
    return tree.sql(dialect=dialect, comments=False)
