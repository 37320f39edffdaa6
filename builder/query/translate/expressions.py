"""Values: columns, casts, and what is the same in every dialect."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from builder.query.translate.kinds import WHOLE, Kind, kind_of_type
from builder.query.translate.names import Found, Scope
from builder.query.translate.nodes import Refused, as_kind, clone, common_of, kind_of, require_small
from builder.query.translate.templates import bracketed, filled

if TYPE_CHECKING:
    from sqlglot.expressions import Expr

    from builder.query.translate.walk import Walk

_MOMENT = re.compile(r"\d{4}-\d\d-\d\d([ T]\d\d:\d\d(:\d\d(\.\d+)?)?)?")


def plain(walk: Walk, node: Expr, scope: Scope) -> Expr:
    """What has no rule of its own: the construct stays, its parts are translated."""
    walk.check(node)
    walk.names(node)
    for child in [*node.iter_expressions()]:
        walk.visit(child, scope)
    return as_kind(node, _plain_kind(node))


def rollup(walk: Walk, node: Expr, scope: Scope) -> Expr:
    """ROLLUP (…); what stands WITH ROLLUP behind a list has no columns of its own."""
    if not node.expressions:
        raise Refused("WITH ROLLUP is not translated: write GROUP BY ROLLUP (…)")
    return plain(walk, node, scope)


def subquery(walk: Walk, node: Expr, scope: Scope) -> Expr:
    """A query in an expression; its value has the kind of its first column."""
    shape = walk.query(node, scope)
    return as_kind(node, shape[0][1] if shape else None)


def column(walk: Walk, node: Expr, scope: Scope) -> Expr:
    """A column as it is, or what an alias of the SELECT list stands for."""
    from builder.query.translate.functions import special

    walk.check(node)
    walk.names(node)
    table = node.args.get("table")
    if not node.args.get("table") and node.name.upper() == "SYSDATE":
        return special(walk, node, scope)
    try:
        found = scope.column(walk.name(node.this), walk.name(table) if table else "")
    except Refused:
        if not walk.lacks_something:
            raise
        return as_kind(node, None)
    if found is None:
        walk.lacks_something = True
        return as_kind(node, None)
    if isinstance(found, Found):
        return as_kind(node, found.kind)
    require_small(found, f"what `{node.name}` stands for")
    return as_kind(bracketed(clone(found)), kind_of(found))


def quoted(walk: Walk, node: Expr, scope: Scope) -> Expr:
    """A text between dollar signs, as one in quotes."""
    from sqlglot import exp

    walk.check(node)
    return as_kind(exp.Literal.string(node.this), "text")


def cast(walk: Walk, node: Expr, scope: Scope) -> Expr:
    """A cast to a type of the language's list; moments with a time zone are those of UTC."""
    from sqlglot import exp

    walk.check(node)
    inner = walk.visit(node.this, scope)
    wanted = walk.language.type_of(node.args["to"])
    if not wanted:
        written = node.args["to"].sql()
        raise Refused(f"the type {written} is not translated")
    kind = kind_of_type(wanted)
    given = kind_of(inner)
    if kind == "text" and not walk.lacks_something:
        alike = walk.language.written_alike
        if alike is not None and given not in alike:
            raise Refused(f"CAST of {given or 'an unknown type'} to a text is not translated")
    made = inner
    if given == "timestamptz" and kind in ("date", "timestamp", "time"):
        made = filled("_1 AT TIME ZONE 'UTC'", inner)
    elif kind == "timestamptz" and (given in ("date", "timestamp") or _is_without_zone(inner)):
        return as_kind(filled("CAST(_1 AS timestamp) AT TIME ZONE 'UTC'", inner), kind)
    elif kind == "timestamptz" and given == "text" and not walk.language.zone_of_session:
        if not isinstance(inner, exp.Literal):
            raise Refused("CAST of a text to a time with a zone is not translated")
    elif kind in WHOLE:
        made = _whole(walk, inner)
    return as_kind(filled(f"CAST(_1 AS {wanted})", made), kind)


def _is_without_zone(node: Expr) -> bool:
    """Whether it is a moment in quotes that names no zone: such a one is of UTC."""
    from sqlglot import exp

    return isinstance(node, exp.Literal) and _MOMENT.fullmatch(node.name) is not None


def _whole(walk: Walk, node: Expr) -> Expr:
    """A number that is going to be a whole one, without its fraction."""
    rounds, kind = walk.language.rounds_casts, kind_of(node)
    if rounds is None or kind in (*WHOLE, "text", "bool", "null"):
        return node
    if kind is None and not walk.lacks_something:
        raise Refused("CAST to a whole number needs the type of what it casts")
    return filled("ROUND(CAST(_1 AS numeric))" if rounds else "TRUNC(CAST(_1 AS numeric))", node)


def _plain_kind(node: Expr) -> Kind | None:
    """The kind of an expression that is the same in PostgreSQL."""
    from sqlglot import exp

    match node:
        case exp.Literal():
            whole: Kind = "int" if len(node.name) < 10 else "bigint"
            number: Kind = whole if node.name.isdigit() else "numeric"
            return "text" if node.is_string else number
        case exp.Null():
            return "null"
        case exp.Paren() | exp.Neg():
            return kind_of(node.this)
        case exp.ByteString():
            return "text"
        case exp.Interval():
            return "interval"
        case exp.Case():
            last = node.args.get("default")
            branches = [branch.args["true"] for branch in node.args["ifs"]]
            return common_of([*branches, *([last] if last is not None else [])])
        case exp.Boolean() | exp.Predicate() | exp.Connector() | exp.Not() | exp.Exists():
            return "bool"
        case exp.AtTimeZone():
            turned: dict[Kind | None, Kind] = {
                "timestamptz": "timestamp",
                "timestamp": "timestamptz",
            }
            return turned.get(kind_of(node.this))
    return None
