"""All SQL of one summary: filled, guarded, and ready to be sent before anything has been."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from builder.errors import ConfigError, Problem
from builder.query.guard import Select, refuse_transaction_control, select
from builder.query.render import render
from builder.query.text import Rendered

if TYPE_CHECKING:
    from builder.relation import Relation
    from builder.summary import Check, Summary
    from builder.summary.text import Text

__all__ = ["Plan", "Rendered", "Select", "examined", "plan", "render", "select"]


@dataclass(frozen=True, slots=True)
class Plan:
    """All SQL of one summary, ready to be sent, before anything has been."""

    main: Select
    inputs: tuple[tuple[Check, Select], ...]
    outputs: tuple[tuple[Check, Select], ...]
    before: tuple[Rendered, ...]
    after: tuple[Rendered, ...]

    @property
    def sources(self) -> tuple[Relation, ...]:
        """Each relation that the query and the input checks read, once."""
        every = (self.main, *(select for _, select in self.inputs))
        return tuple(dict.fromkeys(source for one in every for source in one.sources))


def plan(summary: Summary, dialect: str) -> Plan:
    """Fill and guard all SQL of a summary for an engine that speaks `dialect`.

    Raises ConfigError with every problem of the file's SQL; nothing has been tried then.
    """
    made, problems = examined(summary, dialect)
    if problems:
        raise ConfigError(*problems)
    return made


def examined(summary: Summary, dialect: str) -> tuple[Plan, list[Problem]]:
    """The plan as far as it can be made, and every problem of the file's SQL.

    In the place of SQL that is refused the plan holds an empty text without a tree.
    """
    if summary.dialect not in (None, dialect):
        problem = Problem(
            f"{summary.file}: its SQL is {summary.dialect}, the warehouse speaks {dialect}",
            hint="translation is not there yet: write it in the warehouse's SQL",
        )
        return Plan(Select(Rendered("", summary.query), ""), (), (), (), ()), [problem]
    problems: list[Problem] = []

    def filled(text: Text) -> Rendered:
        return render(text, summary.target, summary.params, dialect=dialect)

    def guarded(text: Text) -> Select:
        try:
            return select(filled(text), dialect)
        except ConfigError as error:
            problems.extend(error.problems)
            return Select(Rendered("", text), "")

    def trusted(text: Text) -> Rendered:
        try:
            rendered = filled(text)
            refuse_transaction_control(rendered, dialect)
        except ConfigError as error:
            problems.extend(error.problems)
            return Rendered("", text)
        return rendered

    made = Plan(
        guarded(summary.query),
        tuple((check, guarded(check.sql)) for check in summary.input_checks if check.runs),
        tuple((check, guarded(check.sql)) for check in summary.output_checks if check.runs),
        tuple(trusted(text) for text in summary.before if text.value.strip()),
        tuple(trusted(text) for text in summary.after if text.value.strip()),
    )
    return made, problems
