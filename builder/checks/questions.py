"""What the checks of one moment ask of their relations, before any of it has been answered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from builder.errors import QueryFailed
from builder.summary import Expectation, Freshness, Measure, Reference

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from builder.checks.verdict import Question
    from builder.engines.asks import Aggregate
    from builder.relation import Relation
    from builder.summary import Check

    ColumnsOf = Callable[[Relation], Mapping[str, str]]
    Asked = Question | QueryFailed | None


def questions(
    checks: Sequence[Check],
    relation: Relation,
    columns_of: ColumnsOf,
    known_as: Callable[[str], str | None],
) -> dict[str, Asked]:
    """What each check without SQL asks, by its label; `relation` is meant where it names no other.

    None stands for what only Great Expectations can answer, an error for what nobody can. The
    columns of a relation are asked for once.
    """
    shapes: dict[Relation, Mapping[str, str]] = {}
    found: dict[str, Asked] = {}
    for check in checks:
        if check.text is not None:
            continue
        on = check.on or relation
        if on not in shapes:
            shapes[on] = columns_of(on)
        try:
            found[check.label] = _asked(check, on, shapes[on], columns_of, known_as)
        except QueryFailed as error:
            found[check.label] = error
    return found


def scans(
    checks: Sequence[Check], relation: Relation, asked: Mapping[str, Asked]
) -> list[tuple[Relation, list[Aggregate]]]:
    """What is asked of each relation, together: the same thing once."""
    together: dict[Relation, dict[str, Aggregate]] = {}
    for check in checks:
        question = asked.get(check.label)
        if question is not None and not isinstance(question, QueryFailed):
            wanted = together.setdefault(check.on or relation, {})
            wanted.update((repr(one), one) for one in question.aggregates)
    return [(on, [*wanted.values()]) for on, wanted in together.items() if wanted]


def _asked(
    check: Check,
    relation: Relation,
    columns: Mapping[str, str],
    columns_of: ColumnsOf,
    known_as: Callable[[str], str | None],
) -> Question | None:
    from builder.checks import measures

    if not columns:
        raise measures.missing(relation)
    if isinstance(check, Expectation):
        # A file that only counts does not pay for the rest.
        from builder.checks import compiled

        if not compiled.is_compiled(check):
            return None
        return compiled.question(check, columns, relation, known_as)
    match check:
        case Measure():
            return measures.measure(check, columns, relation)
        case Freshness():
            return measures.freshness(check, columns, relation)
        case Reference():
            return measures.reference(check, columns, relation, columns_of(check.to))
    return None
