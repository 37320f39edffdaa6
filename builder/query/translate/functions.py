"""Function calls, by the rules of their language."""

from __future__ import annotations

from typing import TYPE_CHECKING

from builder.query.translate.language import Call
from builder.query.translate.nodes import Refused, as_kind, clone, kind_of, title
from builder.query.translate.templates import filled
from builder.summary.keys import nearest

if TYPE_CHECKING:
    from sqlglot.expressions import Expr

    from builder.query.translate.language import Rule
    from builder.query.translate.names import Scope
    from builder.query.translate.walk import Walk

_WHOLE = "SUM(1) OVER (ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)"


def call(walk: Walk, node: Expr, scope: Scope, *, in_window: bool = False) -> Expr:
    """A function call by its rule; raises Refused where there is none, or it does not fit."""
    from sqlglot import exp

    order = None
    written = node
    if isinstance(node, exp.WithinGroup):
        order, written = node.expression, node.this
    if not isinstance(written, exp.Anonymous):
        raise Refused(f"{title(written)} with WITHIN GROUP is not translated")
    name = str(written.this).upper()
    rule = walk.language.functions.get(name)
    if rule is None or not isinstance(written.this, str):
        likely = nearest(name, walk.language.functions, least=0.75)
        hint = walk.language.instead.get(name, likely)
        raise Refused(f"the function {name} is not translated", hint)
    listed = [*written.expressions]
    if listed and isinstance(listed[-1], exp.Limit):
        raise Refused(f"{name} with LIMIT is not translated")
    if listed and isinstance(listed[-1], exp.Order):
        # STRING_AGG(name, ', ' ORDER BY name)
        order = exp.Order(expressions=listed[-1].expressions)
        listed[-1] = listed[-1].this
    distinct = [a for a in listed if isinstance(a, exp.Distinct)]
    listed = [*distinct[0].expressions, *listed[1:]] if distinct else listed
    _refuse_form(rule, name, len(listed), is_distinct=bool(distinct), is_ordered=order is not None)
    for ordered in order.expressions if order is not None else ():
        walk.visit(ordered, scope)
    words = rule.words if len(listed) >= rule.words_from else ()
    args = []
    for index, one in enumerate(listed):
        argument = one.this if isinstance(one, exp.RespectNulls) else one
        named = isinstance(argument, exp.Column | exp.Literal | exp.Anonymous)
        args.append(argument if index in words and named else walk.visit(argument, scope))
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
        made = rule.make(call)
        return as_kind(made, rule.kind(call) or kind_of(made))
    except Refused as why:
        raise Refused(f"{name} {why}", why.hint) from why


def _refuse_form(rule: Rule, name: str, count: int, *, is_distinct: bool, is_ordered: bool) -> None:
    """Refuse a call that its rule has no meaning for."""
    if not rule.least <= count <= rule.most:
        wanted = f"{rule.least}" if rule.least == rule.most else f"{rule.least} to {rule.most}"
        raise Refused(f"{name} takes {wanted} arguments, {count} stand here")
    if is_distinct and not rule.is_aggregate:
        raise Refused(f"{name} does not take DISTINCT")
    if is_ordered and not rule.ordered:
        raise Refused(f"{name} does not take an order")


def window(walk: Walk, node: Expr, scope: Scope) -> Expr:
    """A function with OVER, which goes to the aggregate in what becomes of it."""
    from sqlglot import exp

    walk.check(node)
    for part in (*(node.args.get("partition_by") or ()), node.args.get("order")):
        if part is not None:
            walk.visit(part, scope)
    if (spec := node.args.get("spec")) is not None:
        walk.check(spec)
    walk.names(node)
    inner = node.this.this if isinstance(node.this, exp.RespectNulls) else node.this
    if isinstance(inner, exp.Identifier):
        return node  # WINDOW name AS (…)
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
    _set_frame(walk, node, window)
    if target is made:
        return as_kind(window, kind)
    target.replace(window)
    return as_kind(made, kind)


def _set_frame(walk: Walk, node: Expr, window: Expr) -> None:
    """What a window looks at where it does not say so itself."""
    from sqlglot import exp

    inner, ordered = node.this, window.this.meta.get("window_order")
    if ordered is not None:
        if node.args.get("order") is not None:
            raise Refused("WITHIN GROUP beside OVER (ORDER BY …) is not translated")
        window.set("order", clone(ordered))
    name = str(inner.this).upper() if isinstance(inner, exp.Anonymous) else ""
    is_whole = name in walk.language.whole_frames and node.args.get("spec") is None
    if ordered is not None or is_whole:
        window.set("spec", clone(filled(_WHOLE).args["spec"]))


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


def group_concat(walk: Walk, node: Expr, scope: Scope) -> Expr:
    """GROUP_CONCAT, whose separator is behind a word: a call like all others."""
    from sqlglot import exp

    separator = node.args.get("separator")
    listed = [node.this, *([separator] if separator is not None else [])]
    if separator is not None and isinstance(node.this, exp.Order):
        order = node.this
        value = order.this
        order.set("this", separator)
        listed = [value, order]
    written = exp.Anonymous(this="GROUP_CONCAT", expressions=listed)
    node.replace(written)
    made = call(walk, written, scope)
    if made is not written and written.parent is not None:
        written.replace(made)
    return made


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


def interval(walk: Walk, node: Expr, scope: Scope) -> Expr:
    """INTERVAL, where its language has a rule for it."""
    from builder.query.translate.expressions import plain

    if "Interval" in walk.language.special:
        return special(walk, node, scope)
    return plain(walk, node, scope)
