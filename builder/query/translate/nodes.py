"""What is noted on sqlglot's nodes while a query is walked."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from builder.query.translate.kinds import common

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlglot.expressions import Expr

    from builder.query.translate.kinds import Kind

_LARGEST = 3_000  # nodes


class Refused(Exception):
    """Why something cannot be translated, in words that follow its name.

    `hint` says what was probably meant.
    """

    def __init__(self, message: str, hint: str = "") -> None:
        self.hint = hint
        super().__init__(message)


def require_small(node: Expr, name: str = "what stands in it") -> None:
    """Raises Refused for an expression that is too large to be written out again.

    What stands several times in a template, or behind an alias, doubles with each level.
    """
    if sum(1 for _ in node.walk()) > _LARGEST:
        raise Refused(
            f"{name} is too long once it is written out: put the first steps into a WITH query"
        )


def kind_of(node: Expr) -> Kind | None:
    """The kind of a translated expression."""
    found: Kind | None = node.meta.get("kind")
    return found


def common_of(nodes: Sequence[Expr]) -> Kind | None:
    """The kind of a value that comes from any of several translated expressions.

    A text in quotes is of the kind of the others: it is a date beside dates.
    """
    from sqlglot import exp

    quoted = [isinstance(node, exp.Literal) and node.is_string for node in nodes]
    kinds = [
        "null" if is_quoted else kind_of(node)
        for node, is_quoted in zip(nodes, quoted, strict=True)
    ]
    found = common(kinds)
    return "text" if found == "null" and any(quoted) else found


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
