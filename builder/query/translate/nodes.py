"""What is noted on sqlglot's nodes while a query is walked."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sqlglot.expressions import Expr

    from builder.query.translate.kinds import Kind


def kind_of(node: Expr) -> Kind | None:
    """The kind of a translated expression."""
    found: Kind | None = node.meta.get("kind")
    return found


def as_kind(node: Expr, kind: Kind | None) -> Expr:
    """The expression with its kind noted."""
    node.meta["kind"] = kind
    return node


def title(node: Expr) -> str:
    """What an analyst calls a construct: IGNORE NULLS."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", type(node).__name__).upper()


def clone(node: Expr) -> Expr:
    """A copy of an expression with what is noted on it.

    sqlglot's own copies each note deeply, which took half of the time of `builder lint`.
    """
    from sqlglot.expressions import Expr

    def of(value: Any) -> Any:
        if isinstance(value, Expr):
            made = type(value)(**{part: of(inner) for part, inner in value.args.items()})
            if value.meta:
                made.meta.update(value.meta)
            return made
        return [of(one) for one in value] if isinstance(value, list) else value

    made: Expr = of(node)
    return made


def named(node: Expr, name: str) -> Expr:
    """The expression as a column called `name`."""
    from sqlglot import exp

    return exp.Alias(this=node, alias=exp.Identifier(this=name, quoted=True))
