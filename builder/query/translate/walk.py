"""A text being translated: what all of its parts share."""

from __future__ import annotations

import re
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

from builder.errors import Problem
from builder.query.names import reader
from builder.query.text import tokens_of
from builder.query.translate import expressions, functions, operators, queries
from builder.query.translate.nodes import Refused, title

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sqlglot.expressions import Expr

    from builder.query.text import Rendered
    from builder.query.translate.kinds import Shape
    from builder.query.translate.language import Language
    from builder.query.translate.names import Scope
    from builder.relation import Relation

# What a construct may have; another part changes its meaning, and is refused by name.
_ALLOWED = {
    name: frozenset(parts.split())
    for name, parts in {
        "Alias": "this alias",
        "CTE": "this alias",
        "Cast": "this to",
        "TryCast": "this to",
        "Column": "this table",
        "Count": "this big_int",
        "Except": "this expression distinct with_ order limit offset",
        "Group": "expressions cube rollup grouping_sets",
        "In": "this expressions query",
        "Intersect": "this expression distinct with_ order limit offset",
        "Interval": "this unit fraction_in_string",
        "Join": "this on using side kind method",
        "Limit": "this expression",
        "Ordered": "this desc nulls_first",
        "Select": "with_ expressions from_ joins where group having qualify order limit offset "
        "distinct windows",
        "Star": "",
        "Subquery": "this alias with_ order limit offset",
        "Table": "this db catalog alias",
        "Union": "this expression distinct with_ order limit offset",
        "Window": "this partition_by order spec over alias first",
        "WindowSpec": "kind start start_side end end_side",
        "With": "expressions recursive",
    }.items()
}
# What analysts call parts that sqlglot calls otherwise.
_PARTS = {
    "except_": "leaving columns out of *",
    "join_mark": "(+), an outer join: write LEFT JOIN; it",
    "limit_options": "TOP … PERCENT",
    "pivots": "PIVOT",
    "sample": "TABLESAMPLE",
}
# Words of PostgreSQL's that may be plain names in other dialects.
# https://www.postgresql.org/docs/current/sql-keywords-appendix.html
_RESERVED_WORDS = """
analyse analyze array asymmetric both collation concurrently current_catalog current_role
current_schema deferrable do end fetch freeze initially isnull lateral leading localtime
localtimestamp notnull offset only overlaps placing references returning session_user similar some
symmetric tablesample trailing user variadic verbose window
"""
_DEEPEST = 15_000  # calls within calls; four for each `+` of a chain
_PLAIN = re.compile(r"[^\W\d][\w$]*")
_RESERVED = frozenset(_RESERVED_WORDS.split())
# By the names of sqlglot's nodes, what translates them; the others stay as they are.
_RULES = {
    "Column": expressions.column,
    "Cast": expressions.cast,
    "RawString": expressions.quoted,
    "TryCast": expressions.cast,
    "Interval": functions.interval,
    "Anonymous": functions.call,
    "WithinGroup": functions.call,
    "Window": functions.window,
    "Count": functions.count,
    "GroupConcat": functions.group_concat,
    "ApproxDistinct": functions.approximate_count,
    "Extract": functions.special,
    "CurrentDate": functions.special,
    "CurrentTimestamp": functions.special,
    "Substring": functions.special,
    "Trim": functions.special,
    "StrPosition": functions.special,
    "Add": operators.add,
    "Sub": operators.add,
    "Div": operators.divide,
    "IntDiv": operators.divide_whole,
    "Mod": operators.remainder,
    "Mul": operators.multiply,
    "DPipe": operators.join,
    "Rollup": expressions.rollup,
    "Like": operators.match,
    "ILike": operators.match,
    "SimilarTo": operators.match,
    "RegexpLike": operators.match,
    "RegexpILike": operators.match,
    "Select": expressions.subquery,
    "Subquery": expressions.subquery,
    "Union": expressions.subquery,
    "Intersect": expressions.subquery,
    "Except": expressions.subquery,
    "Values": expressions.subquery,
}


class Walk:
    """Translates the queries of one text in place; what cannot be is in `problems`.

    `lacks_something` says that what is walked is not going to be run: the warehouse lacks what it
    names, or is not there to be asked.
    """

    def __init__(
        self,
        sql: Rendered,
        language: Language,
        columns: Mapping[Relation, Shape | None] | None,
    ) -> None:
        self.sql, self.language, self.columns = sql, language, columns
        self.name = reader(sql, language.name)
        self.problems: list[Problem] = []
        self.lacks_something = columns is None
        self._refuse_words()

    def _refuse_words(self) -> None:
        words = self.language.refused_words
        for token in tokens_of(self.sql, self.language.name) if words else ():
            word = self.sql.word(token)
            if word in words:
                place = self.sql.place(token.start, len(word))
                self.problems.append(Problem(words[word], place))

    def draft(self) -> Walk:
        """Another walk over a part of the same text, whose problems are told by this one."""
        draft = Walk(self.sql, self.language, self.columns)
        draft.lacks_something = True
        return draft

    def query(self, node: Expr, outer: Scope | None = None) -> Shape | None:
        """Translate a query of any form; its columns, None where they are not known."""
        return queries.query(self, node, outer)

    @contextmanager
    def deeply(self) -> Iterator[None]:
        """Room for long chains such as `a + b + …`; what goes deeper is refused."""
        limit = sys.getrecursionlimit()
        sys.setrecursionlimit(max(limit, _DEEPEST))
        try:
            yield
        except RecursionError:
            self.problems.append(Problem("the SQL is nested too deeply", self.sql.place(0)))
        finally:
            sys.setrecursionlimit(limit)

    def visit(self, node: Expr, scope: Scope) -> Expr:
        """Translate an expression where it stands; what stands there then."""
        try:
            made = _RULES.get(type(node).__name__, expressions.plain)(self, node, scope)
        except Refused as why:
            self.refuse(node, str(why), hint=why.hint)
            return node
        if made is not node and node.parent is not None:
            node.replace(made)
        return made

    def refuse(
        self,
        node: Expr,
        message: str,
        *,
        word: str = "",
        start: int | None = None,
        hint: str = "",
    ) -> None:
        """Note that a node cannot be translated, with its place: where its first name stands.

        `word` is what stands before that, or at `start`.
        """
        from sqlglot import exp

        placed = [n for n in node.find_all(exp.Expr, bfs=False) if "start" in n.meta]
        first = min(placed, key=lambda n: int(n.meta["start"]), default=None)
        at = int(first.meta["start"]) if first is not None else 0
        width = int(first.meta["end"]) - at + 1 if first is not None else 1
        before = self.sql.text.upper().rfind(word, 0, at) if word else -1
        if start is not None or before >= 0:
            at, width = before if start is None else start, len(word)
        place = self.sql.place(at, width)
        usual = f"only what is proven is translated from {self.language.title} to PostgreSQL"
        problem = Problem(message, place, hint or usual)
        if problem not in self.problems:
            self.problems.append(problem)

    def written(self, tree: Expr) -> str:
        """A translated tree as PostgreSQL's SQL; nothing if it cannot be."""
        from sqlglot.errors import ErrorLevel, UnsupportedError

        if self.problems:
            return ""
        try:
            return tree.sql(
                dialect="postgres",
                pretty=True,
                comments=False,
                unsupported_level=ErrorLevel.RAISE,
            )
        except UnsupportedError as error:
            self.refuse(tree, str(error).strip().splitlines()[0].rstrip("."))
            return ""

    def check(self, node: Expr) -> None:
        """Refuse a construct that is not on the list, or that has a part which is not."""
        kind = type(node).__name__
        if kind not in self.language.constructs:
            self.refuse(node, f"{title(node)} is not translated")
        allowed = _ALLOWED.get(kind)
        for part, value in node.args.items():
            if value and allowed is not None and part not in allowed:
                said = _PARTS.get(part, part.strip("_").upper())
                self.refuse(node, f"{said} is not translated")

    def names(self, node: Expr) -> None:
        """Write the names that belong to a node as PostgreSQL reads them."""
        from sqlglot import exp

        for value in node.args.values():
            for one in value if isinstance(value, list) else [value]:
                if isinstance(one, exp.Identifier):
                    name = self.name(one)
                    is_plain = _PLAIN.fullmatch(name) is not None and name not in _RESERVED
                    quoted = bool(one.args.get("quoted")) or not is_plain
                    one.set("this", name)
                    one.set("quoted", quoted)
