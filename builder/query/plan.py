"""All SQL of one summary, ready to be sent before anything has been."""

from __future__ import annotations

from dataclasses import dataclass, replace
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

    @property
    def sources(self) -> tuple[Relation, ...]:
        """Each relation that the query and the input checks read, once."""
        every = (self.main, *(select for _, select in self.inputs))
        return tuple(dict.fromkeys(source for one in every for source in one.sources))

    @property
    def is_foreign(self) -> bool:
        """Whether it waits for its translation."""
        return self.dialect != self.engine


def plan(
    summary: Summary,
    dialect: str,
    columns: ColumnsOf | None = None,
    memory: Memory | None = None,
) -> Plan:
    """Fill and guard all SQL of a summary for an engine that speaks `dialect`.

    With `columns`, which asks the engine for the columns of relations, SQL of another dialect is
    translated; without, the plan says whether it could be. What `memory` holds of the file is not
    worked out again. Raises ConfigError with every problem of the file's SQL; nothing has been
    tried then.
    """
    made = memory.recall(summary, dialect) if memory else None
    if made is None:
        made, problems = examined(summary, dialect)
        if problems:
            raise ConfigError(*problems)
        if memory:
            memory.keep(summary, made)
    if columns is not None and made.is_foreign:
        return _translated(summary, made, columns, memory)
    return made


def examined(summary: Summary, dialect: str) -> tuple[Plan, list[Problem]]:
    """The plan as far as it can be made, and every problem of the file's SQL.

    In the place of SQL that is refused the plan holds an empty text without a tree.
    """
    ours = summary.dialect or dialect
    if problem := _not_translated(summary, ours, dialect):
        return Plan(Select(Rendered("", summary.query), "")), [problem]
    problems: list[Problem] = []
    is_foreign = ours != dialect

    def filled(text: Text) -> Rendered:
        return render(text, summary.target, summary.params, dialect=ours)

    def guarded(text: Text) -> Select:
        try:
            found = select(filled(text), ours, as_written=is_foreign)
        except ConfigError as error:
            problems.extend(error.problems)
            return Select(Rendered("", text), "")
        if is_foreign:
            problems.extend(_refusals(found, ours))
        return found

    def trusted(text: Text) -> Rendered:
        try:
            rendered = filled(text)
            if is_foreign:
                problems.extend(_refusals_of_script(rendered, ours))
            refuse_transaction_control(rendered, ours)
        except ConfigError as error:
            problems.extend(error.problems)
            return Rendered("", text)
        return rendered

    plan = Plan(
        guarded(summary.query),
        tuple((check, guarded(check.sql)) for check in summary.input_checks if check.runs),
        tuple((check, guarded(check.sql)) for check in summary.output_checks if check.runs),
        tuple(trusted(text) for text in summary.before if not is_blank(text.value)),
        tuple(trusted(text) for text in summary.after if not is_blank(text.value)),
        ours,
        dialect,
    )
    if is_foreign and not problems:
        plan = replace(plan, named=_named(plan))
    return plan, problems


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
