"""PostgreSQL's SQL with holes, as the rules of a translation are written."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, cast

from builder.query.calls import marked, restore
from builder.query.translate.nodes import clone, require_small

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlglot.expressions import Expr


def filled(template: str, *arguments: Expr) -> Expr:
    """The expression of a template in which `_1`, `_2` … stand for the arguments.

    `_rest` stands for all arguments that no number names, as a list.
    """
    from sqlglot import exp

    holder = exp.Paren(this=clone(_parsed(template)))
    holes = [c for c in holder.find_all(exp.Column) if c.name.startswith("_")]
    numbers = [int(hole.name[1:]) for hole in holes if hole.name[1:].isdigit()]
    for number in {number for number in numbers if numbers.count(number) > 1}:
        require_small(arguments[number - 1])
    used = max(numbers, default=0)
    for hole in holes:
        if hole.name == "_rest":
            _replace_with_all(hole, arguments[used:])
        elif hole.name[1:].isdigit():
            argument = arguments[int(hole.name[1:]) - 1].copy()
            hole.replace(argument if _is_closed(hole) else bracketed(argument))
    made: Expr = holder.this
    made.pop()
    return made


def _replace_with_all(hole: Expr, arguments: Sequence[Expr]) -> None:
    outer = cast("Expr", hole.parent)
    listed: list[Expr] = []
    for expression in outer.expressions:
        listed += [clone(a) for a in arguments] if expression is hole else [expression]
    outer.set("expressions", listed)


def bracketed(node: Expr) -> Expr:
    """The expression so that no operator beside it can take a part of it."""
    from sqlglot import exp

    open_ended = (
        exp.Binary | exp.Unary | exp.AtTimeZone | exp.Between | exp.In | exp.Is | exp.Interval
    )
    if isinstance(node, open_ended) and not isinstance(node, exp.Paren | exp.Dot):
        return exp.Paren(this=node)
    return node


def _is_closed(hole: Expr) -> bool:
    """Whether a hole is an argument between a function's brackets and commas."""
    from sqlglot import exp

    return isinstance(hole.parent, exp.Anonymous | exp.Cast | exp.Paren)


@cache
def _parsed(template: str) -> Expr:
    from sqlglot.dialects.dialect import Dialect

    dialect = Dialect.get_or_raise("postgres")
    text = f"SELECT {template}"
    tokens = marked(dialect.tokenize(text), "postgres")
    select = dialect.parser().parse(tokens, text)[0]
    if select is None:
        raise ValueError(template)
    restore(select)
    return cast("Expr", select.expressions[0])
