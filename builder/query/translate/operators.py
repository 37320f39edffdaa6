"""Operators whose meaning hangs on what they stand between."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from builder.query.translate.kinds import MOMENTS, NUMBERS, WHOLE, Kind, arithmetic, kind_of_type
from builder.query.translate.nodes import Refused, as_kind, clone, kind_of
from builder.query.translate.shared.moments import DAYS
from builder.query.translate.templates import filled

if TYPE_CHECKING:
    from sqlglot.expressions import Expr

    from builder.query.translate.names import Scope
    from builder.query.translate.walk import Walk

# Escapes of letters and digits other than those that Redshift's guide lists (REGEXP_SUBSTR,
# pattern-matching-conditions-posix): \\d \\D \\s \\S \\w \\W.
_ODD_ESCAPE = re.compile(r"(?<!\\)(?:\\\\)*\\[^\WdDsSwW_]")


def add(walk: Walk, node: Expr, scope: Scope) -> Expr:
    """A sum or difference, of texts and moments as well."""
    walk.check(node)
    left, right = (walk.visit(child, scope) for child in (node.this, node.expression))
    kinds = kind_of(left), kind_of(right)
    sign = "+" if node.key == "add" else "-"
    if kinds[1] in ("timestamp", "timestamptz") and kinds[0] in WHOLE and sign == "+":
        (left, right), kinds = (right, left), (kinds[1], kinds[0])
    _refuse_sums(walk, kinds, sign)
    if kinds[0] in ("timestamp", "timestamptz") and kinds[1] in WHOLE:
        if not walk.language.days_in_timestamps:
            raise Refused("a timestamp and a number are not added up: use an interval")
        return as_kind(filled(f"_1 {sign} _2 * INTERVAL '1 day'", left, right), kinds[0])
    if kinds == ("text", "text") and sign == "+" and walk.language.plus_joins:
        return as_kind(filled("_1 || _2", left, right), "text")
    is_date = kinds == ("date", "interval") and right.meta.get("unit") in DAYS
    if is_date and walk.language.dates_stay:
        return as_kind(filled(f"CAST(_1 {sign} _2 AS date)", left, right), "date")
    return as_kind(node, _sum_kind(*kinds, sign))


def multiply(walk: Walk, node: Expr, scope: Scope) -> Expr:
    """A product, of an interval as well, or what a division leaves."""
    walk.check(node)
    kinds = [kind_of(walk.visit(child, scope)) for child in (node.this, node.expression)]
    return as_kind(node, "interval" if "interval" in kinds else arithmetic(kinds[0], kinds[1]))


def _refuse_sums(walk: Walk, kinds: tuple[Kind | None, Kind | None], sign: str) -> None:
    """Refuse sums with dates that are something else in PostgreSQL."""
    language, both = walk.language, {*kinds}
    if not language.days_between and sign == "-" and both <= {*MOMENTS}:
        raise Refused("a difference of dates is not translated: use the function for it")
    if not language.days_in_dates and "date" in both and both & {*NUMBERS}:
        raise Refused("a date and a number are not added up: use an interval")
    is_unclear = kinds[1] == "interval" and kinds[0] in ("text", None)
    if is_unclear and language.dates_stay and not walk.lacks_something:
        raise Refused("an interval is added to a date only: write CAST(… AS DATE)")


def divide(walk: Walk, node: Expr, scope: Scope) -> Expr:
    """A quotient, as the language divides whole numbers and by zero."""
    walk.check(node)
    left, right = (walk.visit(child, scope) for child in (node.this, node.expression))
    kinds = kind_of(left), kind_of(right)
    language = walk.language
    node.args.update(typed=True, safe=False)
    if language.null_divisor:
        right.replace(filled("NULLIF(_1, 0)", right))
    if language.divides and None in kinds and not walk.lacks_something:
        raise Refused("`/` needs the types of what it divides: write `::type` behind them")
    if language.divides and kinds[0] in WHOLE and kinds[1] in WHOLE:
        node.this.replace(filled(f"CAST(_1 AS {language.divides})", left))
        made = node
        if language.quotient_digits is not None:
            made = filled(f"ROUND(_1, {language.quotient_digits})", node)
        return as_kind(made, kind_of_type(language.divides))
    return as_kind(node, arithmetic(*kinds))


def divide_whole(walk: Walk, node: Expr, scope: Scope) -> Expr:
    """A quotient without its fraction, where the language has an operator for it."""
    if "IntDiv" not in walk.language.constructs:
        raise Refused("DIV is not translated")
    left, right = (walk.visit(child, scope) for child in (node.this, node.expression))
    divisor = "NULLIF(CAST(_2 AS numeric), 0)" if walk.language.null_divisor else "_2"
    made = filled(f"CAST(DIV(CAST(_1 AS numeric), {divisor}) AS bigint)", left, right)
    return as_kind(made, "bigint")


def remainder(walk: Walk, node: Expr, scope: Scope) -> Expr:
    """What a division leaves over, as the language divides by zero."""
    walk.check(node)
    left, right = (walk.visit(child, scope) for child in (node.this, node.expression))
    kinds = kind_of(left), kind_of(right)
    if walk.language.null_divisor:
        right.replace(filled("NULLIF(_1, 0)", right))
    return as_kind(node, arithmetic(*kinds))


def require_plain_pattern(pattern: Expr) -> None:
    """Raises Refused for a regular expression with escapes that PostgreSQL reads otherwise.

    Its \\b is a backspace. https://www.postgresql.org/docs/current/functions-matching.html
    """
    from sqlglot import exp

    if isinstance(pattern, exp.Literal) and (odd := _ODD_ESCAPE.search(pattern.name)):
        raise Refused(f"with `{odd[0]}` in its pattern is not translated")


def join(walk: Walk, node: Expr, scope: Scope) -> Expr:
    """`||` of what both write as a text in the same way."""
    walk.check(node)
    alike = walk.language.written_alike
    for child in (node.this, node.expression):
        kind = kind_of(walk.visit(child, scope))
        if alike is not None and kind not in alike and not walk.lacks_something:
            raise Refused(f"`||` of {kind or 'an unknown type'} is not translated")
    if not {kind_of(node.this), kind_of(node.expression)} & {"text", None}:
        node.this.replace(filled("CAST(_1 AS text)", node.this))
    return as_kind(node, "text")


def match(walk: Walk, node: Expr, scope: Scope) -> Expr:
    """A pattern is held against the text of any value."""
    from sqlglot import exp

    walk.check(node)
    if isinstance(node.expression, exp.Any | exp.All):
        raise Refused("LIKE with ANY or ALL is not translated")
    left, _ = (walk.visit(child, scope) for child in (node.this, node.expression))
    if kind_of(left) not in ("text", "null", None):
        left.replace(filled("CAST(_1 AS text)", left))
    if isinstance(node, exp.RegexpLike | exp.RegexpILike):
        try:
            require_plain_pattern(node.expression)
        except Refused as why:
            raise Refused(f"`~` {why}") from why
    if not walk.language.escapes_patterns and not isinstance(node.parent, exp.Escape):
        escaped = exp.Escape(this=clone(node), expression=exp.Literal.string(""))
        return as_kind(escaped, "bool")
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
