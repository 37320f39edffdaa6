"""What the warehouse knows of a file: names that are not there, types that changed, and more."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from builder.errors import ConfigError, Problem, PublishFailed, QueryFailed
from builder.lint import Finding
from builder.lint.paste import paste_lines
from builder.query import Select, render, select
from builder.query import plan as plan_of
from builder.relation import Relation
from builder.run import Run
from builder.summary.keys import nearest

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from builder.engines.base import Engine
    from builder.lint.reading import LintFile
    from builder.query import Plan
    from builder.summary import Check, Summary


@dataclass(slots=True)
class Compared:
    """What was found of one file; `left_out` says what could not be compared, and why.

    `paste` is what the live table has and the file does not say, as lines of the file's dict.
    """

    file: Path
    table: str
    findings: list[Finding] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    paste: list[str] = field(default_factory=list)

    def as_json(self) -> dict[str, object]:
        """The same for programs, but for the findings."""
        return {
            "file": str(self.file),
            "table": self.table,
            "left_out": self.left_out,
            "paste": "\n".join(self.paste),
        }

    def add(self, problem: Problem) -> None:
        """One more problem of the file."""
        self.findings.append(Finding(problem, self.file, self.table))


def compared(read: LintFile, summary: Summary, plan: Plan, engine: Engine) -> Compared:
    """The file against the warehouse; nothing is run that reads a row. Raises EngineError."""
    found = Compared(read.shown, str(summary.target))
    if plan.is_foreign:
        try:
            plan = plan_of(summary, engine.dialect, engine.columns)
        except ConfigError as error:
            for problem in error.problems:
                found.add(problem)
            return found
    shape = _shape(found, summary, engine, plan.main)
    for _, one in plan.inputs:
        _shape(found, summary, engine, one)
    if shape is None and plan.outputs:
        found.left_out.append(f"{summary.target}: its output checks read what the query returns")
    for check, one in plan.outputs if shape is not None else ():
        if as_if := _as_if_staged(found, summary, plan, check, one):
            _shape(found, summary, engine, as_if, [name for name, _ in shape or ()])
    live = engine.columns([summary.target]).get(summary.target)
    if live is not None and shape is not None:
        _types(found, summary, shape, live)
    _refusal(found, summary, engine)
    said = engine.declarations(summary.target)
    if said:
        found.paste += paste_lines(summary, said)
    return found


def _refusal(found: Compared, summary: Summary, engine: Engine) -> None:
    """Why a build could not replace the live table, if it could not."""
    try:
        engine.require_publishable(Run(summary))
    except PublishFailed as error:
        found.add(Problem(str(error), summary.query.place(0), severity="warning"))


def _shape(
    found: Compared,
    summary: Summary,
    engine: Engine,
    one: Select,
    staged: Sequence[str] = (),
) -> Sequence[tuple[str, str]] | None:
    """The query's columns; None where the warehouse would not run it, which is a problem then.

    `staged` are the columns of the query's result, for a check that reads them.
    """
    if not one.text:
        return None
    try:
        return engine.shape(one)
    except QueryFailed as error:
        made = _made_before(summary, error.word)
        if made:
            found.left_out.append(f"{summary.target}: `pre_sql` makes {made} first")
        else:
            hint = nearest(error.word.rpartition(".")[2], staged) or error.problem.hint
            found.add(replace(error.problem, hint=hint))
        return None


def _made_before(summary: Summary, word: str) -> str:
    """The word, if `pre_sql` speaks of it: what that makes is not there yet."""
    name = word.rpartition(".")[2].strip('"')
    pattern = re.compile(rf"\b{re.escape(name)}\b", re.IGNORECASE)
    is_there = name and any(pattern.search(text.value) for text in summary.before)
    return name if is_there else ""


def _as_if_staged(
    found: Compared, summary: Summary, plan: Plan, check: Check, one: Select
) -> Select | None:
    """An output check, to be read as if the query's result were the staged table."""
    target = summary.target
    staged = Relation("", target.staged.name)
    if one.sql.written is not None:
        # A translation has every name in quotes.
        text = one.text.replace(target.staged.sql, staged.sql)
        sources = tuple(source for source in one.sources if source != target.staged)
        one = replace(one, text=text, sources=sources)
    else:
        written = check.text or one.sql.origin
        filled = render(
            written, target, summary.params, dialect=plan.engine, checked=staged, batch=staged
        )
        try:
            one = select(filled, plan.engine)
        except ConfigError:
            return None
    if target.staged in one.sources:
        label = f"{check.label} of {target}"
        found.left_out.append(f"{label}: it names the staged table itself, not by its holes")
        return None
    return _around(one, plan.main, staged)


def _around(check: Select, main: Select, staged: Relation) -> Select:
    """The check after a WITH query that is the staged table; its places stay those of the check."""
    before = f"WITH {staged.sql} AS (\n{main.text}\n)\nSELECT * FROM (\n"
    made = check.within(before, "\n) AS checked")
    return replace(made, sources=(*check.sources, *main.sources))


def _types(
    found: Compared,
    summary: Summary,
    shape: Sequence[tuple[str, str]],
    live: Mapping[str, str],
) -> None:
    """A warning for each column that the next build would add, take away or change."""
    place = summary.query.place(0)
    new = dict(shape)
    for name, kind in new.items():
        if name not in live:
            message = f"the column `{name}` ({kind}) is new: the live table does not have it"
        elif _base(live[name]) != _base(kind):
            message = f"the column `{name}` becomes {kind}; in the live table it is {live[name]}"
        else:
            continue
        found.add(Problem(message, place, severity="warning"))
    for name in live:
        if name not in new:
            message = f"the column `{name}` of the live table is not in the query any more"
            found.add(Problem(message, place, severity="warning"))


def _base(kind: str) -> str:
    """A type without its length: a query's columns are told without."""
    return re.sub(r"\([^)]*\)", "", kind)
