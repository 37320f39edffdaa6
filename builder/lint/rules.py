"""What is wrong, or could be better, in one file whose SQL can be read."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Literal

from builder.engines import name_of
from builder.errors import ConfigError, Problem
from builder.lint.columns import outputs_of
from builder.lint.doubts import doubtful
from builder.query import render
from builder.query.commas import extra_commas
from builder.query.foreign import foreign_attributes, foreign_words
from builder.query.misread import misread_words
from builder.query.names import lower
from builder.summary.keys import nearest
from builder.summary.literal import read_literal

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from builder.errors import Place
    from builder.lint.columns import Output
    from builder.lint.reading import LintFile
    from builder.query import Plan, Rendered, Select
    from builder.relation import Relation
    from builder.summary import Summary, Text

_MOST_NAMELESS = 20
# Columns that every table of PostgreSQL has.
# https://www.postgresql.org/docs/current/ddl-system-columns.html
_TAKEN = {"tableoid", "xmin", "cmin", "xmax", "cmax", "ctid"}


def rule_problems(read: LintFile) -> list[Problem]:
    """Every problem that the file's SQL shows; errors and warnings."""
    summary, plan = read.summary, read.plan
    if summary is None or plan is None:
        return []
    # Of a dialect that is not known here, nothing is known.
    found = [*_texts(read, summary)] if plan.dialect else []
    if plan.main.tree is not None:
        found += _columns(read, summary, plan.main)
    for one in (plan.main, *(one for _, one in (*plan.inputs, *plan.outputs))):
        found += doubtful(one)
    if read.is_whole:
        found += [*_live_reads(summary, plan), *_no_output_check(summary)]
    return found


def _rendered(read: LintFile, summary: Summary, text: Text) -> Rendered:
    return render(text, summary.target, summary.params, dialect=read.dialect)


def _texts(read: LintFile, summary: Summary) -> Iterator[Problem]:
    """What the words alone show: commas with nothing after them, functions of another warehouse."""
    checks = (*summary.input_checks, *summary.output_checks)
    for text in (summary.query, *(check.text for check in checks if check.text)):
        try:
            sql = _rendered(read, summary, text)
            yield from extra_commas(sql, read.dialect)
            yield from misread_words(sql, read.dialect)
            if not read.is_told:
                yield from foreign_words(sql, read.engine)
        except ConfigError:
            continue  # it is among the file's problems already
    source = summary.query.source
    if not read.is_told and source and "attributes" in source.text:
        literal = read_literal(read.file, read.shown)
        if "attributes" in literal.entries:
            value = str(literal.entries["attributes"].value)
            yield from foreign_attributes(literal.text_at(value, "attributes"), read.engine)


def _columns(read: LintFile, summary: Summary, main: Select) -> Iterator[Problem]:
    speaks = read.dialect == read.engine
    outputs = outputs_of(
        main,
        read.dialect,
        lambda node, words: name_of(read.engine, node, words) if speaks else None,
    )
    times = Counter(output.name for output in outputs if output.name is not None)
    told: set[str] = set()
    nameless = 0
    for output in outputs:
        name = output.name
        if output.is_star:
            message = "`SELECT *`: the table changes whenever its sources do"
            yield _at(main, output, message, "name the columns", "warning")
        elif name is not None and times[name] > 1:
            if name in told:
                hint = "give each a name of its own: AS name"
                yield _at(main, output, f"two output columns are called `{name}`", hint)
                times[name] = 0
            told.add(name)
        elif not output.is_named:
            nameless += 1
            if nameless <= _MOST_NAMELESS:
                called = f"the warehouse will call it `{name}`: " if name else ""
                message = "this output column has no name of its own"
                yield _at(main, output, message, f"{called}write AS and a name", "warning")
        if name in _TAKEN:
            message = f"no column can be called `{name}`: every table has one already"
            yield _at(main, output, message, "give it another name: AS name")
    if nameless > _MOST_NAMELESS:
        message = f"{nameless - _MOST_NAMELESS} more output columns have no name of their own"
        yield Problem(message, main.sql.place(0), "write AS and a name", "warning")
    if read.is_whole and outputs and all(output.name is not None for output in outputs):
        yield from _unknown_columns(read, summary, outputs)


def _at(
    main: Select,
    output: Output,
    message: str,
    hint: str,
    severity: Literal["error", "warning"] = "error",
) -> Problem:
    return Problem(message, main.sql.place(output.start, output.width), hint, severity)


def _unknown_columns(
    read: LintFile, summary: Summary, outputs: Sequence[Output]
) -> Iterator[Problem]:
    """Columns that a key, an index, a comment or a check names and the query does not return."""
    names = [output.name for output in outputs if output.name]
    paths: list[tuple[str | int, ...]] = []
    paths += [("primary_key", i) for i, c in enumerate(summary.primary_key) if c not in names]
    for key, lists in (("unique", summary.unique), ("indexes", summary.indexes)):
        for i, columns in enumerate(lists):
            if isinstance(columns, tuple):
                paths += [(key, i, j) for j, c in enumerate(columns) if c not in names]
    paths += [("columns", column.name) for column in summary.columns if column.name not in names]
    paths += [
        ("output_check", index, *where)
        for index, check in enumerate(summary.output_checks)
        for where, name in check.columns.items()
        if name not in names
    ]
    if not paths:
        return
    literal = read_literal(read.file, read.shown)
    for path in paths:
        node = literal.key_at(*path) if path[0] == "columns" else literal.node_at(*path)
        column = path[1] if path[0] == "columns" else getattr(node, "value", "")
        hint = nearest(str(column), names) or f"it returns {', '.join(names)}"
        message = f"`{path[0]}` names `{column}`, which the query does not return"
        yield Problem(message, literal.source.place_of(node), hint)


def _live_reads(summary: Summary, plan: Plan) -> Iterator[Problem]:
    """Output checks that look at what readers have now, and not at what is about to replace it."""
    target = summary.target
    for check, one in plan.outputs:
        live = [s for s in one.sources if s.name == target.name and s.schema in ("", target.schema)]
        if live and target.staged not in one.sources:
            message = f"`{check.label}` reads the live table {live[0]}, which it does not check"
            hint = "write {schema}.temp_{table}: the table that is about to be published"
            yield Problem(message, place_of_source(one, live[0]), hint)
        for source in one.sources:
            if target.staged in one.sources or source.schema != target.schema or source in live:
                continue
            if nearest(source.name, [target.staged.name], least=0.85):
                message = f"`{check.label}` reads {source}, which is not the staged table"
                hint = "did you mean `{schema}.temp_{table}`?"
                yield Problem(message, place_of_source(one, source), hint)


def place_of_source(one: Select, source: Relation) -> Place | None:
    """Where a query names one of the relations that it reads."""
    from sqlglot import exp

    for table in one.tree.find_all(exp.Table, bfs=False) if one.tree else ():
        parts = [part for part in (table.args.get("db"), table.this) if part is not None]
        if parts and lower(str(parts[-1].this)) == lower(source.name):
            start, end = parts[0].meta.get("start"), parts[-1].meta.get("end")
            if start is not None and end is not None:
                return one.sql.place(int(start), int(end) - int(start) + 1)
    return one.sql.place(0)


def _no_output_check(summary: Summary) -> Iterator[Problem]:
    if summary.output_checks:
        return
    message = "no `output_check`: whatever the query returns goes live"
    hint = "add one that counts the rows of {schema}.temp_{table}"
    yield Problem(message, summary.query.place(0), hint, "warning")
