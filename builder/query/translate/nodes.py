"""What is noted on sqlglot's nodes while a query is walked."""

from __future__ import annotations

from typing import TYPE_CHECKING

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
