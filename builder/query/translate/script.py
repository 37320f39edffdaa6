"""`pre_sql` and `after_sql`: statement by statement, and the tables that they make."""

from __future__ import annotations

from typing import TYPE_CHECKING

from builder.errors import ConfigError
from builder.query.guard import parsed
from builder.query.names import reader
from builder.query.sources import sources_of
from builder.query.text import Rendered, tokens_of
from builder.query.translate import LANGUAGES, Translated
from builder.query.translate.kinds import Kind, Shape, kind_of_type
from builder.query.translate.names import Scope
from builder.query.translate.nodes import title
from builder.query.translate.queries import source
from builder.query.translate.walk import Walk
from builder.relation import Relation

if TYPE_CHECKING:
    from sqlglot.expressions import Expr


# Of the statements that sqlglot does not read, those that are the same in PostgreSQL.
_VERBATIM = frozenset({"GRANT", "REVOKE", "ANALYZE", "COMMENT"})
_DROPPED = "DistKeyProperty DistStyleProperty SortKeyProperty BackupProperty"

# What would put values into a column, or keep some out of it.
_FILLED = """
AutoIncrementColumnConstraint CheckColumnConstraint ComputedColumnConstraint DefaultColumnConstraint
GeneratedAsIdentityColumnConstraint OnUpdateColumnConstraint
"""

_INSTEAD = {
    "VACUUM": "cannot run in a transaction, and autovacuum does it: leave it out",
}


def translate_script(
    sql: Rendered, dialect: str, columns: dict[Relation, Shape | None] | None = None
) -> Translated:
    """Translate a list of statements; tables that they make are added to `columns`."""
    walk = Walk(sql, LANGUAGES[dialect], columns)
    script = _Script(walk)
    try:
        trees = parsed(sql, dialect, LANGUAGES[dialect].storage_words)
    except ConfigError as error:
        return Translated(sql, None, error.problems)
    texts = []
    with walk.deeply():
        starts = _starts(sql, dialect)
        for index, tree in enumerate(trees):
            script.start = starts[index] if index < len(starts) else 0
            texts.append(script.statement(tree))
    if walk.problems:
        return Translated(sql, None, tuple(walk.problems))
    if columns is not None:
        columns.update(script.made)
    return Translated(Rendered(";\n".join(texts), sql.origin, written=sql), None, ())


def _starts(sql: Rendered, dialect: str) -> list[int]:
    """Where each statement begins."""
    found, before = [], ";"
    for token in tokens_of(sql, dialect):
        word = sql.word(token)
        if before == ";" and word != ";":
            found.append(token.start)
        before = word
    return found


def relations_of(sql: Rendered, dialect: str) -> list[Relation]:
    """Every relation that the statements name."""
    return [
        source
        for tree in parsed(sql, dialect, LANGUAGES[dialect].storage_words)
        for source in sources_of(tree, reader(sql, dialect))
    ]


class _Script:
    """Translates statements that are no queries; `made` are the tables that they make."""

    def __init__(self, walk: Walk) -> None:
        self.walk = walk
        self.made: dict[Relation, Shape | None] = {}
        self.start = 0

    def statement(self, tree: Expr) -> str:
        """One statement in PostgreSQL's SQL."""
        from sqlglot import exp

        holder = exp.Paren(this=tree)
        match tree:
            case exp.Create():
                self._create(tree)
            case exp.Insert():
                self._insert(tree)
            case exp.Update() | exp.Delete():
                self._change(tree)
            case exp.Drop() | exp.TruncateTable() | exp.Comment():
                self._all_names(tree)
            case exp.Analyze():
                tree.set("expression", None)
                self._all_names(tree)
            case exp.Grant() | exp.Revoke():
                for who in tree.args.get("principals") or ():
                    who.set("kind", None)  # a user, a group and a role are one in PostgreSQL
                return self.walk.written(tree)
            case exp.Grant() | exp.Revoke() | exp.Command() if self._first_word(tree) in _VERBATIM:
                return self.walk.written(tree)
            case exp.Query():
                self.walk.query(tree)
            case _:
                self._refuse_whole(tree)
        return self.walk.written(holder.this)

    def _refuse_whole(self, tree: Expr) -> None:
        """Refuse a statement, at its first word."""
        word = self._first_word(tree)
        why = _INSTEAD.get(word, "is not translated")
        self.walk.refuse(tree, f"{word} {why}", word=word, start=self.start)

    def _create(self, tree: Expr) -> None:
        """A table or view made by a query, or with columns; storage attributes have no meaning."""
        from sqlglot import exp

        if tree.args.get("kind") not in ("TABLE", "VIEW"):
            self.walk.refuse(tree, f"CREATE {tree.args.get('kind')} is not translated")
            return
        # Views follow the table that they read, here as there.
        tree.set("no_schema_binding", None)
        if tree.args.get("clone"):
            self.walk.refuse(tree, "CLONE is not translated")
        if tree.args.get("replace") and tree.args["kind"] == "TABLE":
            self.walk.refuse(tree, "CREATE OR REPLACE TABLE is not translated: drop it first")
        properties = tree.args.get("properties")
        kept = []
        for one in properties.expressions if properties else ():
            if isinstance(one, exp.TemporaryProperty):
                kept.append(one)
            elif type(one).__name__ not in _DROPPED.split():
                self.walk.refuse(one, f"{one.key.upper()} is not translated")
        target = tree.this
        shape: Shape | None = None
        table = target.this if isinstance(target, exp.Schema) else target
        if table.name.startswith("#") and not kept:
            kept.append(exp.TemporaryProperty())
        tree.set("properties", exp.Properties(expressions=kept) if kept else None)
        if isinstance(target, exp.Schema):
            shape = [self._column_of(column) for column in target.expressions]
            target = target.this
        if tree.expression is not None:
            shape = self.walk.query(tree.expression)
        self._makes(target, shape, keeps=bool(tree.args.get("exists")))

    def _column_of(self, column: Expr) -> tuple[str, Kind | None]:
        """One column of a new table; encodings and keys for distribution are left out."""
        from sqlglot import exp

        if not isinstance(column, exp.ColumnDef) or column.args.get("kind") is None:
            self.walk.refuse(column, f"{title(column)} in CREATE TABLE is not translated")
            return "", None
        self.walk.names(column)
        wanted = self.walk.language.type_of(column.args["kind"])
        if not wanted:
            self.walk.refuse(column, f"the type {column.args['kind'].sql()} is not translated")
            return "", None
        constraints = column.args.get("constraints") or ()
        for one in constraints:
            if (name := type(one.args.get("kind")).__name__) in _FILLED.split():
                words = name.removesuffix("ColumnConstraint").removeprefix("GeneratedAs").upper()
                self.walk.refuse(column, f"{words} of a column is not translated")
        kept = [c for c in constraints if _is_kept(c)]
        column.set("constraints", kept)
        column.set("kind", exp.DataType.build(wanted, dialect="postgres"))
        return self.walk.name(column.this), kind_of_type(wanted)

    def _makes(self, target: Expr, shape: Shape | None, *, keeps: bool) -> None:
        """Note the new table; `keeps` says that one which is there already stays as it is."""
        self.walk.names(target)
        schema = target.args.get("db")
        relation = Relation(self.walk.name(schema) if schema else "", self.walk.name(target.this))
        if self.walk.columns is not None and not (keeps and relation in self.walk.columns):
            self.made[relation] = shape
            self.walk.columns = {**self.walk.columns, relation: shape}

    def _insert(self, tree: Expr) -> None:
        from sqlglot import exp

        self._only(tree, "this", "expression", "with_")
        target = tree.this
        if isinstance(target, exp.Schema):
            self.walk.names(target)
            for column in target.expressions:
                if isinstance(column, exp.Identifier):
                    column.set("this", self.walk.name(column))
            target = target.this
        self.walk.names(target)
        if tree.expression is not None:
            self.walk.query(tree.expression)

    def _change(self, tree: Expr) -> None:
        """UPDATE and DELETE: the columns of their table, and of what they are joined with."""
        from sqlglot import exp

        if not tree.this and len(tree.args.get("tables") or ()) == 1:
            tree.set("this", tree.args["tables"][0])  # DELETE t WHERE …
            tree.set("tables", None)
        self._only(tree, "this", "expressions", "where", "from_", "using", "cluster")
        if not isinstance(tree.this, exp.Table) or tree.this.args.get("joins"):
            self.walk.refuse(tree, f"{tree.key.upper()} of several tables is not translated")
            return
        scope = Scope()
        source(self.walk, tree.this, scope)
        clause = tree.args.get("from_")
        for one in [*([clause.this] if clause else []), *(tree.args.get("using") or [])]:
            source(self.walk, one, scope)
        for assignment in tree.args.get("expressions") or ():
            self.walk.names(assignment.this)
            self.walk.visit(assignment.expression, scope)
        if tree.args.get("where") is not None:
            self.walk.visit(tree.args["where"].this, scope)

    def _only(self, tree: Expr, *parts: str) -> None:
        for part, value in tree.args.items():
            if value and part not in parts:
                self.walk.refuse(tree, f"{part.strip('_').upper()} is not translated")

    def _all_names(self, tree: Expr) -> None:
        for node in tree.walk():
            self.walk.names(node)

    @staticmethod
    def _first_word(tree: Expr) -> str:
        from sqlglot import exp

        return str(tree.this).upper() if isinstance(tree, exp.Command) else tree.key.upper()


def _is_kept(constraint: Expr) -> bool:
    from sqlglot import exp

    kinds = exp.NotNullColumnConstraint | exp.PrimaryKeyColumnConstraint
    return isinstance(constraint.args.get("kind"), kinds | exp.UniqueColumnConstraint)
