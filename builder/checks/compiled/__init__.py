"""The expectations that people write most, answered without Great Expectations.

Each becomes a Question: aggregates that one scan of the relation answers, and a verdict on them
that is Great Expectations' own, with its observed value. Its import costs 4 to 6 seconds and 230
MiB, so whatever is not certain to come out alike is left to it: `question` gives None then.
What it does was found by running version 1.24 on PostgreSQL; a test runs both on the same data.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from builder.checks.compiled import numbers, rows, table
from builder.checks.compiled.arguments import Arguments, Unlike

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from builder.checks.verdict import Question
    from builder.relation import Relation
    from builder.summary import Expectation

ANSWERED: Mapping[str, Callable[[Arguments], Question]] = {
    **rows.ANSWERED,
    **numbers.ANSWERED,
    **table.ANSWERED,
}


def is_compiled(check: Expectation) -> bool:
    """Whether it can be answered here, as far as that is known without the table."""
    return check.name in ANSWERED


def question(
    check: Expectation,
    columns: Mapping[str, str],
    relation: Relation,
    known_as: Callable[[str], str | None],
) -> Question | None:
    """What the check asks of a relation with these columns and types; None for what is not ours.

    `known_as` gives Great Expectations' name of a type. Raises QueryFailed for a column that is
    not there, and for arguments that cannot be answered by anybody.
    """
    try:
        return ANSWERED[check.name](Arguments(check.arguments, columns, relation, known_as))
    except Unlike:
        return None
