"""What a query returns: the names of its columns, and what each of them is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from builder.errors import ConfigError, Problem
from builder.query.names import lower
from builder.relation import Relation

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlglot.expressions import Expr

    from builder.query import Select

    Columns = Mapping[Relation, Mapping[str, str]]


class Outputs:
    """The columns of a query; their types are known where the warehouse was asked for its shape."""

    def __init__(
        self, select: Select, shape: Sequence[tuple[str, str]] | None, sources: Columns
    ) -> None:
        from sqlglot import exp

        self.select = select
        self.shape = tuple(shape or ())
        self._sources = sources
        self._tree = select.tree if isinstance(select.tree, exp.Select) else None
        self._written = [*self._tree.expressions] if self._tree else []
        stars = any(one.is_star for one in self._written)
        if shape is not None and len(shape) == len(self._written) and not stars:
            names = [name for name, _ in shape]
        else:
            names = [_folded(one) for one in self._written]
        self._by_name = {
            name: one.unalias()
            for name, one in zip(names, self._written, strict=True)
            if name and not one.is_star
        }
        self._names = names
        self._has_star = stars

    @property
    def names(self) -> list[str]:
        """The names, as far as they are known."""
        return [name for name, _ in self.shape] or [*self._by_name]

    def require_names(self) -> None:
        """Raises ConfigError if a table cannot have these columns."""
        names = [name for name, _ in self.shape] or [name for name in self._names if name]
        if double := sorted({name for name in names if names.count(name) > 1}):
            hint = "give one of them another name, with AS"
            message = f"--from: the query returns two columns `{double[0]}`"
            raise ConfigError(Problem(message, hint=hint))

    def is_sum(self, name: str) -> bool | None:
        """Whether a column is a SUM; None for a COUNT, which cannot be negative."""
        from sqlglot import exp

        written = self._by_name.get(name)
        if isinstance(written, exp.Window):
            written = written.this
        return (
            None if isinstance(written, exp.Count | exp.RowNumber) else isinstance(written, exp.Sum)
        )

    @property
    def grouping(self) -> tuple[str, ...] | None:
        """The columns that the query groups by; None unless each of them is returned."""
        group = self._tree.args.get("group") if self._tree else None
        if group is None or any(value for key, value in group.args.items() if key != "expressions"):
            return None
        found = [self._grouped(one) for one in group.expressions]
        return tuple(name for name in found if name) if found and all(found) else None

    @property
    def copied(self) -> Relation | None:
        """The one table whose rows the query returns as they are, or some of them."""
        tree = self._tree
        if tree is None or len(self.select.sources) != 1 or len(self._tables()) != 1:
            return None
        other = ("joins", "group", "distinct", "laterals", "with_", "having", "limit")
        if any(tree.args.get(key) for key in other):
            return None
        bare = all(one.is_star or self.source(name) for name, one in self._pairs())
        return self.select.sources[0] if bare else None

    @property
    def is_filtered(self) -> bool:
        """Whether rows are left out."""
        return bool(self._tree and self._tree.args.get("where"))

    def source(self, name: str) -> tuple[Relation, str] | None:
        """The column of a source that this column is, unchanged."""
        from sqlglot import exp

        written = self._by_name.get(name)
        if written is None and self._has_star and name in self.names:
            return self._column_of(name, "")
        if not isinstance(written, exp.Column) or not isinstance(written.this, exp.Identifier):
            return None
        return self._column_of(_folded(written), _identifier(written.args.get("table")))

    def comments(self, said: Mapping[Relation, Mapping[str, object]]) -> dict[str, str]:
        """What the sources say of the columns that are taken from them under their own name."""
        found = {}
        for name in self.names:
            relation, column = self.source(name) or (None, "")
            texts = said.get(relation, {}).get("columns") if relation else None
            if column == name and isinstance(texts, dict) and name in texts:
                found[name] = str(texts[name])
        return found

    def _pairs(self) -> list[tuple[str, Expr]]:
        return [*zip(self._names, self._written, strict=True)]

    def _column_of(self, column: str, table: str) -> tuple[Relation, str] | None:
        tables = self._tables()
        if table:
            relation = tables.get(table)
            return (relation, column) if relation else None
        if len(tables) == 1 and not self._sources:
            return next(((one, column) for one in tables.values() if one), None)
        having = [one for one in tables.values() if one and column in self._sources.get(one, {})]
        # What a CTE or subquery returns under that name may be something else.
        return (having[0], column) if having and None not in tables.values() else None

    def _tables(self) -> dict[str, Relation | None]:
        """What the outer query reads, by alias; None for what is no table of the warehouse."""
        from sqlglot import exp

        found: dict[str, Relation | None] = {}
        if self._tree is None:
            return found
        for one in self._tree.find_all(exp.Table, exp.Subquery):
            if one.parent_select is not self._tree or not isinstance(
                one.parent, exp.From | exp.Join
            ):
                continue
            relation = None
            if isinstance(one, exp.Table):
                schema = _identifier(one.args.get("db"))
                relation = Relation(schema, _identifier(one.this))
            alias = one.args.get("alias")
            key = _identifier(alias.this if alias else one.this)
            found[key] = relation if relation in self.select.sources else None
        return found

    def _grouped(self, one: Expr) -> str | None:
        from sqlglot import exp

        if isinstance(one, exp.Literal) and not one.is_string:
            index = int(one.this) - 1
            return self._names[index] if index < len(self._names) else None
        same = [name for name, written in self._by_name.items() if written == one]
        if same:
            return same[0]
        name = _folded(one) if isinstance(one, exp.Column) and not one.args.get("table") else ""
        # A name means a source's column before it means an alias.
        is_column = any(name in columns for columns in self._sources.values())
        return name if name in self._by_name and not is_column else None


def _folded(one: Expr) -> str:
    """A column's name as the warehouse has it; empty where it would make one up."""
    from sqlglot import exp

    if isinstance(one, exp.Alias):
        return _identifier(one.args["alias"])
    return _identifier(one.this) if isinstance(one, exp.Column) else ""


def _identifier(one: object) -> str:
    from sqlglot import exp

    if not isinstance(one, exp.Identifier):
        return ""
    return str(one.this) if one.args.get("quoted") else lower(str(one.this))
