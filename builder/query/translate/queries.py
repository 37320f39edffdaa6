"""One query, walked from its sources to its ends.

The order is what the meaning hangs on: WITH before what reads it, sources before the SELECT list,
and there each column before those that may use its alias.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from builder.query.translate.clauses import without_qualify
from builder.query.translate.kinds import Shape, common
from builder.query.translate.names import Scope, default_name
from builder.query.translate.nodes import Refused, clone, kind_of, named
from builder.relation import Relation

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlglot.expressions import Expr

    from builder.query.translate.walk import Walk

_JOINS = ("", "INNER", "OUTER", "CROSS")


def query(walk: Walk, node: Expr, outer: Scope | None = None) -> Shape | None:
    """Translate a query of any form; its columns, None where they are not known."""
    from sqlglot import exp

    scope = Scope(outer)
    _with(walk, node, scope)
    if isinstance(node, exp.Select):
        return _select(walk, node, scope)
    if isinstance(node, exp.SetOperation):
        return _set_operation(walk, node, scope)
    if isinstance(node, exp.Subquery):
        shape = query(walk, node.this, scope)
        _ends(walk, node, scope, shape)
        return shape
    if isinstance(node, exp.Values):
        return _values(walk, node, scope)
    walk.refuse(node, f"{node.key.upper()} is not translated")
    return None


def _with(walk: Walk, node: Expr, scope: Scope) -> None:
    clause = node.args.get("with_")
    if clause is not None:
        walk.check(clause)
    for cte in clause.expressions if clause is not None else ():
        walk.check(cte)
        alias = cte.args["alias"]
        walk.names(alias)
        name = walk.name(alias.this)
        columns = [walk.name(column) for column in alias.args.get("columns") or ()]
        if clause is not None and clause.recursive:
            # What it reads of itself has the columns of its first part.
            first = clone(cte.this)
            while hasattr(first, "left"):
                first = first.left
            scope.queries[name] = _renamed(query(walk.draft(), first, scope), columns)
        scope.queries[name] = _renamed(query(walk, cte.this, scope), columns)


def _select(walk: Walk, node: Expr, scope: Scope) -> Shape | None:
    walk.check(node)
    clause = node.args.get("from_")
    if clause is not None:
        source(walk, clause.this, scope)
    for join in node.args.get("joins") or ():
        walk.check(join)
        walk.names(join)
        kind = str(join.args.get("kind") or "").upper()
        if kind not in _JOINS:
            walk.refuse(join.this, f"{kind} JOIN is not translated")
        shared = [walk.name(column) for column in join.args.get("using") or ()]
        source(walk, join.this, scope, None if join.args.get("method") == "NATURAL" else shared)
        if join.args.get("on") is not None:
            walk.visit(join.args["on"], scope)
    shape = _select_list(walk, node, scope)
    for part in ("where", "group", "having", "qualify", "windows"):
        _part(walk, node.args.get(part), scope)
    _ends(walk, node, scope, shape)
    if node.args.get("qualify"):
        try:
            without_qualify(node, shape)
        except Refused as why:
            walk.refuse(node.args["qualify"], f"QUALIFY {why}", word="QUALIFY")
    return shape


def source(walk: Walk, node: Expr, scope: Scope, shared: Sequence[str] | None = ()) -> None:
    """One relation of FROM or JOIN, under the name that the query gives it; see Scope.add."""
    from sqlglot import exp

    walk.check(node)
    alias = node.args.get("alias")
    shape: Shape | None = None
    if isinstance(node, exp.Table):
        shape = _table(walk, node, scope)
    elif isinstance(node, exp.Subquery) and isinstance(node.this, exp.Table):
        walk.refuse(node, "a join in brackets is not translated: write it without them")
    elif isinstance(node, exp.Subquery):
        # LATERAL is no construct of the dialects: what stands beside cannot be seen.
        inner = Scope(scope.outer, scope.queries)
        shape = query(walk, node.this, inner)
    else:
        walk.refuse(node, f"{node.key.upper()} as a source is not translated")
    if alias is not None:
        walk.names(alias)
        shape = _renamed(shape, [walk.name(c) for c in alias.args.get("columns") or ()])
    name = walk.name(alias.this) if alias is not None and alias.this else node.name
    scope.add(name, shape, shared)


def _table(walk: Walk, node: Expr, scope: Scope) -> Shape | None:
    from sqlglot import exp

    if not isinstance(node.this, exp.Identifier):
        walk.refuse(node, "a function as a source is not translated")
        return None
    walk.names(node)
    if node.args.get("catalog"):
        walk.refuse(node, "a name of three parts is not translated: write schema.table")
    name, schema = walk.name(node.this), node.args.get("db")
    if schema is None:
        found, shape = scope.query(name)
        if found:
            return shape
    if walk.columns is None:
        return None
    relation = Relation(walk.name(schema) if schema else "", name)
    if relation not in walk.columns:
        walk.lacks_something = True
        return None
    return walk.columns[relation]


def _select_list(walk: Walk, node: Expr, scope: Scope) -> Shape | None:
    from sqlglot import exp

    shape: Shape | None = []
    for column in [*node.expressions]:
        star = column if isinstance(column, exp.Star) else column.this
        if isinstance(star, exp.Star) and isinstance(column, exp.Star | exp.Column):
            walk.check(star)
            walk.names(column)
            table = column.args.get("table")
            found = scope.columns(walk.name(table) if table else "")
            shape = None if shape is None or found is None else shape + found
            continue
        written = column.unalias()
        alias = column.args.get("alias") if column is not written else None
        name = walk.name(alias) if alias is not None else default_name(written, walk.name)
        if column is not written:
            walk.names(column)
        made = walk.visit(written, scope)
        if column is not written:
            scope.aliases[name] = made
        elif name and name != default_name(made, walk.name):
            made.replace(named(clone(made), name))
        if shape is not None:
            shape.append((name or "?column?", kind_of(made)))
    distinct = node.args.get("distinct")
    if distinct is not None and distinct.args.get("on") is not None:
        walk.refuse(node, "DISTINCT ON is not translated")
    return shape


def _part(walk: Walk, part: Expr | list[Expr] | None, scope: Scope) -> None:
    """A clause whose plain names may be those of the SELECT list, as in PostgreSQL."""
    from sqlglot import exp

    for one in part if isinstance(part, list) else [part] if part is not None else ():
        walk.check(one)
        inner = [one] if isinstance(one, exp.Window) else [*one.iter_expressions()]
        for node in inner:
            if isinstance(one, exp.Group) and _is_output(walk, node, scope):
                walk.names(node)
            else:
                walk.visit(node, scope)


def _is_output(walk: Walk, node: Expr, scope: Scope) -> bool:
    """Whether a plain name in GROUP BY is an alias: PostgreSQL reads it so, too."""
    from sqlglot import exp

    if not isinstance(node, exp.Column) or node.args.get("table"):
        return False
    name = walk.name(node.this)
    return name in scope.aliases and scope.of_sources(name) is None


def _ends(walk: Walk, node: Expr, scope: Scope, shape: Shape | None) -> None:
    """ORDER BY, whose plain names are first those of the output, and LIMIT."""
    from sqlglot import exp

    outputs = {name for name, _ in shape or ()} | {*scope.aliases}
    order = node.args.get("order")
    for ordered in order.expressions if order else ():
        inner = ordered.this
        if isinstance(inner, exp.Column) and not inner.args.get("table"):
            walk.names(inner)
            if walk.name(inner.this) in outputs:
                continue
        walk.visit(ordered, scope)
    for part in ("limit", "offset"):
        if node.args.get(part) is not None:
            walk.visit(node.args[part], scope)


def _set_operation(walk: Walk, node: Expr, scope: Scope) -> Shape | None:
    walk.check(node)
    left = query(walk, node.this, scope)
    right = query(walk, node.expression, scope)
    shape = left
    if left is not None and right is not None and len(left) == len(right):
        shape = [(n, common([k, other])) for (n, k), (_, other) in zip(left, right, strict=True)]
    output = Scope(scope)
    output.add("", shape)
    _ends(walk, node, output, shape)
    return shape


def _values(walk: Walk, node: Expr, scope: Scope) -> Shape | None:
    rows = [[walk.visit(value, scope) for value in [*row.expressions]] for row in node.expressions]
    return [
        (f"column{number}", common([kind_of(row[number - 1]) for row in rows]))
        for number in range(1, len(rows[0]) + 1 if rows else 1)
    ]


def _renamed(shape: Shape | None, names: list[str]) -> Shape | None:
    """The columns under the first names that an alias gives them."""
    if shape is None:
        return None
    kinds = [kind for _, kind in shape]
    rest = [name for name, _ in shape][len(names) :]
    return [*zip([*names, *rest], kinds, strict=False)]
