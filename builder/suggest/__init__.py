"""Checks for a table that is there: what holds now and what an analyst would want to hold.

look      what the table is like: some rows, one pass, a closer look at few columns
profile   the figures that come of it
names, shapes, kinds, bounds
          what names, texts and types say of values, and round numbers around them
propose   from figures to checks, and the choice among them        <- what is proposed, and when
already   what the file says already
proof     the chosen ones, run as a build would
written   the text to paste

`suggest` is not `draft`: a draft is of a query whose table may not be there. Nothing is written to
the warehouse or to a file.
"""

from __future__ import annotations

import time
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from builder.errors import Problem, QueryFailed
from builder.run import Run
from builder.suggest.already import checked_by, unsaid
from builder.suggest.bounds import age_of, span_for
from builder.suggest.look import MOST_COLUMNS, profiled
from builder.suggest.model import Proposal, Suggestion
from builder.suggest.proof import Proof
from builder.suggest.propose import chosen, newest_column, proposals
from builder.suggest.written import text_of
from builder.summary.keys import nearest

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from builder.engines.base import Engine
    from builder.engines.reading import Reader
    from builder.relation import Relation
    from builder.suggest.model import Said
    from builder.suggest.profile import Profile
    from builder.summary import Summary

__all__ = ["Proposal", "Suggestion", "suggest", "text_of"]


def suggest(
    summary: Summary,
    *,
    engine: Engine,
    is_staged: bool = False,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Suggestion:
    """Checks that hold for the live table now, or the staged one, and are not in its file yet.

    The table is read in a transaction that cannot write, no question for longer than the file's
    `check_timeout`; each check that is proposed has been run. Raises QueryFailed for a table that
    is not there or has no row.
    """
    relation = summary.target.staged if is_staged else summary.target
    now, begun = clock(), time.monotonic()
    with engine.reader(Run(summary, action="check")) as reader:
        profile = _profile(reader, relation, summary, engine, is_staged=is_staged)
        there = checked_by(summary, engine.dialect)
        found = unsaid([*proposals(profile, now)], summary, there)
        if summary.failing_rows == "hide":
            found = [one for one in found if one.kind != "set"]
        looked = time.monotonic()
        proof = Proof(reader, relation, now, engine.dialect)
        holding = _holding(found, there, proof)
    return Suggestion(
        relation,
        profile.rows,
        tuple(holding),
        tuple(_notices(profile, now)),
        looked - begun,
        proof.seconds,
    )


def _holding(found: list[Proposal], there: Sequence[Said], proof: Proof) -> list[Proposal]:
    """The best that hold. What does not makes room for others, which are then run as well."""
    holding: list[Proposal] = []
    while new := [one for one in chosen(found, there) if one not in holding]:
        passed = proof.of(new)
        holding += passed
        found = [one for one in found if one not in new or one in passed]
    return chosen(holding, there)


def _profile(
    reader: Reader, relation: Relation, summary: Summary, engine: Engine, *, is_staged: bool
) -> Profile:
    columns = reader.columns_of(relation)
    if not columns:
        raise _missing(relation, summary, engine, is_staged=is_staged)
    keys = [key for key in (summary.primary_key, *summary.unique) if key]
    profile = profiled(
        reader,
        relation,
        columns,
        sensitive=summary.sensitive,
        keys=keys,
        patience=summary.check_timeout,
    )
    if not profile.rows:
        hint = "checks are proposed from the rows that are there: fill it, and ask again"
        raise QueryFailed(Problem(f"{relation} has no row", hint=hint))
    return profile


def _missing(
    relation: Relation, summary: Summary, engine: Engine, *, is_staged: bool
) -> QueryFailed:
    """There is no such table; what makes it, or which one was probably meant."""
    name = summary.target.name
    if summary.file.name:
        make = f"builder build {name}{' --no-publish' if is_staged else ''}"
        hint = f"`{make}` {'stages' if is_staged else 'makes'} it"
    else:
        hint = nearest(str(relation), [str(one) for one in engine.relations()])
    return QueryFailed(Problem(f"there is no table {relation}", hint=hint))


def _notices(profile: Profile, now: datetime) -> list[str]:
    """What was looked at and cannot be proposed, where people would miss it."""
    notices = []
    newest = newest_column(profile)
    if newest is not None and isinstance(newest.high, date):
        age = age_of(newest.high, now)
        when = f"{age.days} days ago" if age.days > 0 else "to come"
        if not span_for(age):
            message = f"the newest `{newest.name}` is of {newest.high:%Y-%m-%d}, {when}"
            notices.append(f"{message}: no check of its age is proposed")
    if profile.left_out:
        message = f"{profile.left_out} columns beyond the first {MOST_COLUMNS} were not read"
        notices.append(message)
    return notices
