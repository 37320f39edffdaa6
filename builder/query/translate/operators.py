"""Operators whose meaning hangs on what they stand between."""

from __future__ import annotations

from typing import TYPE_CHECKING

from builder.query.translate.kinds import MOMENTS, WHOLE, Kind, arithmetic, kind_of_type
from builder.query.translate.language import Refused
from builder.query.translate.nodes import as_kind, kind_of
from builder.query.translate.templates import filled

if TYPE_CHECKING:
    from sqlglot.expressions import Expr

    from builder.query.translate.names import Scope
    from builder.query.translate.walk import Walk


def add(walk: Walk, node: Expr, scope: Scope) -> Expr:
    """A sum or difference, of texts and moments as well."""
    walk.check(node)
    left, right = (walk.visit(child, scope) for child in (node.this, node.expression))
    kinds = kind_of(left), kind_of(right)
    sign = "+" if node.key == "add" else "-"
    if kinds[1] in ("timestamp", "timestamptz") and kinds[0] in WHOLE and sign == "+":
        (left, right), kinds = (right, left), (kinds[1], kinds[0])
    if kinds[0] in ("timestamp", "timestamptz") and kinds[1] in WHOLE:
        if not walk.language.days_in_timestamps:
            raise Refused("a timestamp and a number are not added up: use an interval")
        return as_kind(filled(f"_1 {sign} _2 * INTERVAL '1 day'", left, right), kinds[0])
    if kinds == ("text", "text") and sign == "+":
        return as_kind(filled("_1 || _2", left, right), "text")
    return as_kind(node, _sum_kind(*kinds, sign))


def multiply(walk: Walk, node: Expr, scope: Scope) -> Expr:
    """A product, of an interval as well, or what a division leaves."""
    walk.check(node)
    kinds = [kind_of(walk.visit(child, scope)) for child in (node.this, node.expression)]
    return as_kind(node, "interval" if "interval" in kinds else arithmetic(kinds[0], kinds[1]))


def divide(walk: Walk, node: Expr, scope: Scope) -> Expr:
    """A quotient, as the language divides whole numbers and by zero."""
    walk.check(node)
    left, right = (walk.visit(child, scope) for child in (node.this, node.expression))
    kinds = kind_of(left), kind_of(right)
    language = walk.language
    if language.null_divisor:
        right.replace(filled("NULLIF(_1, 0)", right))
    if language.divides and None in kinds and not walk.lacks_something:
        raise Refused("`/` needs the types of what it divides: write `::type` behind them")
    if language.divides and kinds[0] in WHOLE and kinds[1] in WHOLE:
        node.this.replace(filled(f"CAST(_1 AS {language.divides})", left))
        return as_kind(node, kind_of_type(language.divides))
    node.args.update(typed=True, safe=False)
    return as_kind(node, arithmetic(*kinds))


def match(walk: Walk, node: Expr, scope: Scope) -> Expr:
    """A pattern is held against the text of any value."""
    walk.check(node)
    left, _ = (walk.visit(child, scope) for child in (node.this, node.expression))
    if kind_of(left) not in ("text", "null", None):
        left.replace(filled("CAST(_1 AS text)", left))
    return as_kind(node, "bool")


def _sum_kind(left: Kind | None, right: Kind | None, sign: str) -> Kind | None:
    """The kind of a sum or difference, with days and moments in it."""
    if "interval" in (left, right):
        other = right if left == "interval" else left
        return "timestamp" if other in ("date", "text") else other
    if left in MOMENTS and right in MOMENTS and sign == "-":
        return "int" if left == right == "date" else "interval"
    if "date" in (left, right) and (left in WHOLE or right in WHOLE):
        return "date"
    return arithmetic(left, right)
