"""All SQL of one summary, ready to be sent before anything has been."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from builder.errors import ConfigError, Place, Problem
from builder.query.guard import Select, refuse_transaction_control, select
from builder.query.render import render
from builder.query.text import Rendered, is_blank

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from builder.query.memory import Memory
    from builder.query.translate.kinds import Shape
    from builder.relation import Relation
    from builder.summary import Check, Summary
    from builder.summary.text import Text

    ColumnsOf = Callable[[Sequence[Relation]], Mapping[Relation, Mapping[str, str]]]


@dataclass(frozen=True, slots=True)
class Plan:
    """All SQL of one summary: `dialect` is what it is written in, `engine` what is spoken to.

    Of the checks those are here that their author wrote as SQL.

    Where the two differ, nothing of it can be sent before it has been translated.
    """

    main: Select
    inputs: tuple[tuple[Check, Select], ...] = ()
    outputs: tuple[tuple[Check, Select], ...] = ()
    before: tuple[Rendered, ...] = ()
    after: tuple[Rendered, ...] = ()
    dialect: str = ""
    engine: str = ""
    named: tuple[Relation, ...] = ()
    """Each relation that any of its SQL names, where that waits for its translation."""
    checked: tuple[Relation, ...] = ()
    """The sources that input checks name without SQL."""

    @property
    def sources(self) -> tuple[Relation, ...]:
        """Each relation that the query and the input checks read, once."""
        every = (self.main, *(select for _, select in self.inputs))
        read = [source for one in every for source in one.sources]
        return tuple(dict.fromkeys([*read, *self.checked]))

    @property
    def is_foreign(self) -> bool:
        """Whether it waits for its translation."""
        return self.dialect != self.engine


def plan(
    summary: Summary,
    dialect: str,
    columns: ColumnsOf | None = None,
    memory: Memory | None = None,
    checked: Relation | None = None,
) -> Plan:
    """Fill and guard all SQL of a summary for an engine that speaks `dialect`.

    With `columns`, which asks the engine for the columns of relations, SQL of another dialect is
    translated; without, the plan says whether it could be. What `memory` holds of the file is not
    worked out again. Output checks are of `checked`, or else of the staged table. Raises
    ConfigError with every problem of the file's SQL; nothing has been tried then.
    """
    if checked is not None:
        memory = None  # it knows of staged tables only
    made = memory.recall(summary, dialect) if memory else None
    if made is None:
        made, problems = examined(summary, dialect, checked)
        if problems:
            raise ConfigError(*problems)
        if memory:
            memory.keep(summary, made)
    if columns is not None and made.is_foreign:
        return _translated(summary, made, columns, memory)
    return made


def examined(
    summary: Summary, dialect: str, checked: Relation | None = None
) -> tuple[Plan, list[Problem]]:
    """The plan as far as it can be made, and every problem of the file's SQL.

    Its output checks are of `checked`, or else of the staged table. In the place of SQL that is
    refused the plan holds an empty text without a tree.
    """
    ours = summary.dialect or dialect
    if problem := _not_translated(summary, ours, dialect):
        return Plan(Select(Rendered("", summary.query), "")), [problem]
    one = _Examination(summary, checked or summary.target.staged, ours, ours != dialect)
    plan = Plan(
        one.query(summary.query),
        tuple((c, one.query(c.text, c.on)) for c in summary.input_checks if c.text),
        tuple((c, one.query(c.text)) for c in summary.output_checks if c.text),
        tuple(one.script(text) for text in summary.before if not is_blank(text.value)),
        tuple(one.script(text) for text in summary.after if not is_blank(text.value)),
        ours,
        dialect,
        checked=summary.checked_sources,
    )
    if plan.is_foreign and not one.problems:
        plan = replace(plan, named=_named(plan))
    return plan, one.problems


def _not_translated(summary: Summary, ours: str, dialect: str) -> Problem | None:
    """What to say of a dialect that the engine does not speak and that no list is proven for."""
    if ours == dialect:
        return None
    from builder.query.translate import LANGUAGES
    from builder.summary.keys import nearest

    if ours in LANGUAGES:
        return None
    known = sorted({dialect, *LANGUAGES})
    hint = nearest(ours, known) or f"the dialects are {', '.join(known)}"
    place = Place(summary.file, 1, 1)
    return Problem(f"SQL of the dialect `{ours}` cannot be translated", place, hint)


def _refusals(found: Select, dialect: str) -> tuple[Problem, ...]:
    from builder.query.translate import translate

    return translate(found.sql, found.tree, dialect).problems if found.tree is not None else ()


def _refusals_of_script(sql: Rendered, dialect: str) -> tuple[Problem, ...]:
    from builder.query.translate.script import translate_script

    return translate_script(sql, dialect).problems


def _translated(summary: Summary, made: Plan, columns: ColumnsOf, memory: Memory | None) -> Plan:
    """The plan in the engine's SQL; raises ConfigError for what its columns' types rule out."""
    there = columns(made.named)
    if memory and (kept := memory.recall(summary, made.engine, there)):
        return kept
    from builder.query.translate.kinds import kind_of_type

    known: dict[Relation, Shape | None] = {
        relation: [(name, kind_of_type(kind)) for name, kind in found.items()]
        for relation, found in there.items()
    }
    done = _Translation(made.dialect, known)
    before = tuple(done.script(sql) for sql in made.before)
    inputs = tuple((check, done.query(one)) for check, one in made.inputs)
    main = done.query(made.main)
    # From here on the table that is checked, and then live, is the one that the query makes.
    known[summary.target.staged] = known[summary.target] = done.shape
    result = Plan(
        main,
        inputs,
        tuple((check, done.query(one)) for check, one in made.outputs),
        before,
        tuple(done.script(sql) for sql in made.after),
        made.engine,
        made.engine,
        checked=made.checked,
    )
    if done.problems:
        raise ConfigError(*done.problems)
    if memory:
        memory.keep(summary, result, there)
    return result


def _named(plan: Plan) -> tuple[Relation, ...]:
    from builder.query.translate.script import relations_of

    named = [*plan.sources, *(source for _, one in plan.outputs for source in one.sources)]
    for script in (*plan.before, *plan.after):
        named += relations_of(script, plan.dialect)
    return tuple(dict.fromkeys(named))


@dataclass(slots=True)
class _Examination:
    """The SQL of one file being filled and guarded, and what is wrong with it."""

    summary: Summary
    checked: Relation
    dialect: str
    is_foreign: bool
    problems: list[Problem] = field(default_factory=list)

    def query(self, text: Text, on: Relation | None = None) -> Select:
        """One query; what is refused is an empty text without a tree."""
        try:
            found = select(self._filled(text, on), self.dialect, as_written=self.is_foreign)
        except ConfigError as error:
            self.problems += error.problems
            return Select(Rendered("", text), "")
        if self.is_foreign:
            self.problems += _refusals(found, self.dialect)
        return found

    def script(self, text: Text) -> Rendered:
        """A trusted list of statements."""
        try:
            rendered = self._filled(text)
            if self.is_foreign:
                self.problems += _refusals_of_script(rendered, self.dialect)
            refuse_transaction_control(rendered, self.dialect)
        except ConfigError as error:
            self.problems += error.problems
            return Rendered("", text)
        return rendered

    def _filled(self, text: Text, on: Relation | None = None) -> Rendered:
        target, params, checked = self.summary.target, self.summary.params, self.checked
        return render(
            text, target, params, dialect=self.dialect, checked=checked, batch=on or checked
        )


class _Translation:
    """One plan being translated; `shape` is that of the last query."""

    def __init__(self, dialect: str, known: dict[Relation, Shape | None]) -> None:
        self.dialect, self.known = dialect, known
        self.shape: Shape | None = None
        self.problems: list[Problem] = []

    def query(self, written: Select) -> Select:
        """One query; what it was translated from stays its `sql.written`."""
        from builder.query.translate import translate

        if written.tree is None:
            written = select(written.sql, self.dialect, as_written=True)
        if written.tree is None:
            raise AssertionError("a query that was parsed has a tree")
        made = translate(written.sql, written.tree, self.dialect, self.known)
        self.shape = made.shape
        self.problems += made.problems
        return replace(written, sql=made.sql, text=made.sql.text, tree=None)

    def script(self, written: Rendered) -> Rendered:
        """A trusted list of statements; the tables that it makes are known to what follows."""
        from builder.query.translate.script import translate_script

        made = translate_script(written, self.dialect, self.known)
        self.problems += made.problems
        return made.sql
