"""Which column of which relation a name means, and what kind of value it has."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from builder.query.translate.nodes import Refused

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from sqlglot.expressions import Expr

    from builder.query.translate.kinds import Kind, Shape


@dataclass(frozen=True, slots=True)
class Found:
    """A column: its kind, None where that is not known.

    `is_sure` is False where a source may have it, whose columns are not known.
    """

    kind: Kind | None
    is_sure: bool = True


@dataclass(slots=True)
class Scope:
    """The names of one SELECT: its sources, and those of the query around it.

    The shape of a source is None where its columns are not known. `star` is what `*` stands for,
    and `aliases` are the names that the SELECT list has given so far, with what they stand for.
    """

    outer: Scope | None = None
    queries: dict[str, Shape | None] = field(default_factory=dict)
    sources: dict[str, Shape | None] = field(default_factory=dict)
    star: Shape | None = field(default_factory=list)
    aliases: dict[str, Expr] = field(default_factory=dict)

    def add(self, name: str, shape: Shape | None, shared: Sequence[str] | None = ()) -> None:
        """One more source; `shared` are the columns that JOIN USING makes one, None for NATURAL.

        Those stand once in `*`, and first.
        """
        self.sources[name or f"({len(self.sources)})"] = shape
        if self.star is None or shape is None:
            self.star = None
            return
        if shared is None:
            here = {column for column, _ in self.star}
            shared = [column for column, _ in shape if column in here]
        once = [found for found in self.star if found[0] in shared]
        rest = [found for found in (*self.star, *shape) if found[0] not in shared]
        self.star = [*once, *rest]

    def query(self, name: str) -> tuple[bool, Shape | None]:
        """Whether a WITH query has that name, and its columns."""
        for scope in self._chain():
            if name in scope.queries:
                return True, scope.queries[name]
        return False, None

    def column(self, name: str, table: str = "") -> Found | Expr | None:
        """What a column's name means: a column, or the expression of an alias; None if nothing.

        A column of a source goes before an alias (Redshift's page r_SELECT_list). Raises Refused
        for an alias where a source whose columns are not known may have it, and for an alias of a
        query around this one: put in here, its columns could be taken for those of its sources.
        """
        for scope in self._chain():
            known = scope.of_sources(name, table)
            if known is not None and known.is_sure:
                return known
            if not table and name in scope.aliases:
                if scope is not self:
                    what = f"the alias `{name}` of the query around it"
                    raise Refused(f"{what} cannot be used in a subquery: write what it stands for")
                if known is not None:
                    what = f"`{name}` may be an alias or a column whose source is not known"
                    raise Refused(f"{what}: give one of them another name")
                return scope.aliases[name]
            if known is not None:
                return known
        return None

    def of_sources(self, name: str, table: str = "") -> Found | None:
        """The column of that name in the sources of this very SELECT."""
        uncertain = False
        for alias, shape in self.sources.items():
            if table and alias != table:
                continue
            if shape is None:
                uncertain = True
                continue
            for column, kind in shape:
                if column == name:
                    return Found(kind)
        return Found(None, is_sure=False) if uncertain else None

    def columns(self, table: str = "") -> Shape | None:
        """What `*`, or `table.*`, stands for; None if it is not known."""
        return self.sources.get(table) if table else self.star

    def _chain(self) -> Iterator[Scope]:
        scope: Scope | None = self
        while scope is not None:
            yield scope
            scope = scope.outer


def default_name(node: Expr, read: Callable[[Expr], str] = lambda name: name.name) -> str:
    """What PostgreSQL calls an output column without a name of its own; nothing if `?column?`.

    `read` is how the names in it are read, where they are not PostgreSQL's own yet.
    https://www.postgresql.org/docs/current/sql-select.html#SQL-SELECT-LIST
    """
    from sqlglot import exp

    match node:
        case exp.Column():
            return read(node.this) if isinstance(node.this, exp.Identifier) else node.name
        case exp.Anonymous():
            return str(node.name).lower()
        case exp.Count() | exp.ApproxDistinct():
            return "count"
        case exp.Window() | exp.WithinGroup() | exp.RespectNulls() | exp.Paren():
            return default_name(node.this, read)
        case exp.Cast():
            return default_name(node.this, read)
        case exp.Case():
            last = node.args.get("default")
            return (default_name(last, read) if last else "") or "case"
        case exp.Extract():
            return "extract"
        case exp.Substring():
            return "substring"
        case exp.Trim():
            return "btrim"
    return ""
