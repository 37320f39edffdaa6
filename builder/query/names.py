"""How a dialect reads names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from builder.query.text import filled_names

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlglot.expressions import Expr

    from builder.query.text import Rendered

# Dialects in which names in quotes mean the same in upper and lower case, as all others do.
# https://docs.aws.amazon.com/redshift/latest/dg/r_names.html
FOLD_QUOTED = frozenset({"redshift", "mysql", "bigquery", "spark", "databricks"})


def reader(sql: Rendered, dialect: str) -> Callable[[Expr], str]:
    """What a name in the SQL is called in the warehouse: in lower case unless it is quoted.

    Names that the builder has filled in are the warehouse's own, letter by letter.
    """
    folds_quoted, ours = dialect in FOLD_QUOTED, filled_names(sql)

    def name(identifier: Expr) -> str:
        written = str(identifier.this)
        if identifier.args.get("quoted") and (not folds_quoted or written in ours):
            return written
        return lower(written)

    return name


def lower(name: str) -> str:
    """The name with A to Z in lower case, and every other letter as it is."""
    return "".join(c.lower() if c.isascii() else c for c in name)
