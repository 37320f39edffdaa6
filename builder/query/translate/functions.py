"""Function calls, by the rules of their language."""

from __future__ import annotations

from typing import TYPE_CHECKING

from builder.query.translate.language import Call, Refused
from builder.query.translate.nodes import as_kind, clone, kind_of, title
from builder.query.translate.templates import filled
from builder.summary.keys import nearest

if TYPE_CHECKING:
    from sqlglot.expressions import Expr

    from builder.query.translate.names import Scope
    from builder.query.translate.walk import Walk

_WHOLE = "SUM(1) OVER (ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)"


def call(walk: Walk, node: Expr, scope: Scope, *, in_window: bool = False) -> Expr:
    """A function call by its rule; raises Refused where there is none, or it does not fit."""
    from sqlglot import exp

    order = None
    if isinstance(node, exp.WithinGroup):
        order, written = node.expression, node.this
        for ordered in order.expressions:
            walk.visit(ordered, scope)
    else:
        written = node
    if not isinstance(written, exp.Anonymous):
        raise Refused(f"{title(written)} with WITHIN GROUP is not translated")
    name = str(written.this).upper()
    rule = walk.language.functions.get(name)
    if rule is None or not isinstance(written.this, str):
        hint = nearest(name, walk.language.functions, least=0.75)
        raise Refused(f"the function {name} is not translated", hint)
    distinct = [a for a in written.expressions if isinstance(a, exp.Distinct)]
    listed = distinct[0].expressions if distinct else written.expressions
    if not rule.least <= len(listed) <= rule.most:
        wanted = f"{rule.least}" if rule.least == rule.most else f"{rule.least} to {rule.most}"
        raise Refused(f"{name} takes {wanted} arguments, {len(listed)} stand here")
    args = []
    for index, one in enumerate([*listed]):
        argument = one.this if isinstance(one, exp.RespectNulls) else one
        is_word = index in rule.words and isinstance(argument, exp.Column | exp.Literal)
        args.append(argument if is_word else walk.visit(argument, scope))
    if distinct and not rule.is_aggregate:
        raise Refused(f"{name} does not take DISTINCT")
    if order is not None and not rule.ordered:
        raise Refused(f"{name} does not take WITHIN GROUP")
    call = Call(
        name,
        tuple(args),
        tuple(kind_of(argument) for argument in args),
        bool(distinct),
        order,
        in_window,
        not walk.lacks_something,
    )
    try:
        return as_kind(rule.make(call), rule.kind(call))
    except Refused as why:
        raise Refused(f"{name} {why}", why.hint) from why


def window(walk: Walk, node: Expr, scope: Scope) -> Expr:
    """A function with OVER, which goes to the aggregate in what becomes of it."""
    from sqlglot import exp

    walk.check(node)
    for part in (*(node.args.get("partition_by") or ()), node.args.get("order")):
        if part is not None:
            walk.visit(part, scope)
    if (spec := node.args.get("spec")) is not None:
        walk.check(spec)
    inner = node.this.this if isinstance(node.this, exp.RespectNulls) else node.this
    if isinstance(inner, exp.Anonymous | exp.WithinGroup):
        made = call(walk, inner, scope, in_window=True)
    elif isinstance(inner, exp.Count):
        made = count(walk, inner, scope)
    else:
        raise Refused(f"{title(inner)} with OVER is not translated")
    kind = kind_of(made)
    target = next((n for n in made.walk() if n.meta.get("takes_over")), made)
    window = exp.Window(
        **{**{k: v for k, v in node.args.items() if k != "this"}, "this": clone(target)}
    )
    if target.meta.get("window_order") is not None:
        if node.args.get("order") is not None:
            raise Refused("WITHIN GROUP beside OVER (ORDER BY …) is not translated")
        window.set("order", clone(target.meta["window_order"]))
        window.set("spec", clone(filled(_WHOLE).args["spec"]))
    if target is made:
        return as_kind(window, kind)
    target.replace(window)
    return as_kind(made, kind)


def count(walk: Walk, node: Expr, scope: Scope) -> Expr:
    """COUNT of rows, or of one column's values."""
    from sqlglot import exp

    inner = node.this
    if isinstance(inner, exp.Distinct):
        if len(inner.expressions) > 1 or node.expressions:
            raise Refused("COUNT of several columns is not translated")
        walk.visit(inner.expressions[0], scope)
    elif not isinstance(inner, exp.Star):
        if node.expressions:
            raise Refused("COUNT of several columns is not translated")
        walk.visit(inner, scope)
    return as_kind(node, "bigint")


def approximate_count(walk: Walk, node: Expr, scope: Scope) -> Expr:
    """What is counted exactly is right as an approximation as well."""
    if "ApproxDistinct" not in walk.language.constructs:
        raise Refused("APPROX_DISTINCT is not translated")
    inner = walk.visit(node.this, scope)
    return as_kind(filled("COUNT(DISTINCT _1)", inner), "bigint")


def special(walk: Walk, node: Expr, scope: Scope) -> Expr:
    """A function with a syntax of its own: its language says what becomes of it."""
    from sqlglot import exp

    rule = walk.language.special.get(type(node).__name__)
    if rule is None:
        raise Refused(f"{title(node)} is not translated")
    for part in ("this", "expression", "start", "length", "substr"):
        child = node.args.get(part)
        if isinstance(child, exp.Expr) and not isinstance(child, exp.Var):
            walk.visit(child, scope)
    made, kind = rule(node)
    return as_kind(made, kind)
