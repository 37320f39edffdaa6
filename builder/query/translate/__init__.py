"""From another dialect's SQL to PostgreSQL's, by lists of what is proven.

sqlglot reads the text and writes the result; what each function and construct becomes is decided
here, and what no list has is refused by name and line. `LANGUAGES` are the dialects.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from builder.errors import Problem
from builder.query.text import Rendered
from builder.query.translate.bigquery import BIGQUERY
from builder.query.translate.mysql import MYSQL
from builder.query.translate.nodes import clone
from builder.query.translate.redshift import REDSHIFT
from builder.query.translate.snowflake import SNOWFLAKE
from builder.query.translate.spark import SPARK
from builder.query.translate.walk import Walk

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlglot.expressions import Expr

    from builder.query.translate.kinds import Shape
    from builder.relation import Relation

LANGUAGES = {language.name: language for language in (BIGQUERY, MYSQL, REDSHIFT, SNOWFLAKE, SPARK)}


@dataclass(frozen=True, slots=True)
class Translated:
    """A query in PostgreSQL's SQL; its columns as far as they are known, and what stood against it.

    Where there are problems, or no columns were given, `sql` is what was to be translated.
    """

    sql: Rendered
    shape: Shape | None
    problems: tuple[Problem, ...]


def translate(
    sql: Rendered,
    tree: Expr,
    dialect: str,
    columns: Mapping[Relation, Shape | None] | None = None,
) -> Translated:
    """Translate one query, of which `tree` was made.

    `columns` are those of the relations that it reads; None where there is no warehouse to ask,
    to learn only what would be refused.
    """
    from sqlglot import exp

    walk = Walk(sql, LANGUAGES[dialect], columns)
    shape, text = None, ""
    with walk.deeply():
        holder = exp.Paren(this=clone(tree))
        shape = walk.query(holder.this)
        text = walk.written(holder.this) if columns is not None else ""
    if walk.problems or columns is None:
        return Translated(sql, shape, tuple(walk.problems))
    return Translated(Rendered(text, sql.origin, written=sql), shape, ())
