"""What a draft says of its table: a description, a key, and checks, each with its reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

from builder.draft.model import DraftCheck, Key
from builder.draft.names import listed, relation

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from builder.draft.facts import Facts
    from builder.draft.live import Live
    from builder.draft.outputs import Outputs
    from builder.relation import Relation

    Said = Mapping[Relation, Mapping[str, object]]

_STAGED = "{schema}.temp_{table}"
_REASONS = {
    "null": "What tells rows apart is never NULL.",
    "share": "A share lies between 0 and 1.",
    "percent": "A percentage lies between 0 and 100.",
    "negative": "Amounts and counts are not negative.",
    "future": "No date lies in the future; a day is allowed for time zones.",
}


def least(rows: int) -> int:
    """90 % of a number of rows, rounded down to two digits: the bound of a check."""
    bound = rows * 9 // 10
    step: int = 10 ** max(0, len(str(bound)) - 2)
    return max(1, bound // step * step)


def key_of(outputs: Outputs, said: Said, live: Live | None, facts: Facts) -> Key:
    """The primary key: the live table's, what is grouped by, the source's own, or what is unique.

    One that does not hold for what the query returns now is left out, which `notices` tell.
    """
    notices: list[str] = []
    for columns, what in (
        (live.primary_key if live else (), "the live table's primary key"),
        (outputs.grouping or (), "what is grouped by"),
        (own_key(outputs, said), "the source's primary key"),
    ):
        if columns and columns not in facts.refuted:
            return Key(columns, is_grouping=columns == outputs.grouping, notices=tuple(notices))
        if columns:
            notices.append(f"{listed([*columns])}, {what}, is NULL or the same twice: no key")
    if facts.unique:
        why = "Unique and never NULL now. Take it out if that is chance."
        return Key(facts.unique, why, notices=tuple(notices))
    if facts.rows and not notices:
        notices.append("no column or pair was found that tells the rows apart: no primary key")
    return Key(notices=tuple(notices))


def own_key(outputs: Outputs, said: Said) -> tuple[str, ...]:
    """The source's primary key, where its rows are copied and every column of it is among them."""
    source = outputs.copied
    key = said.get(source, {}).get("primary_key") if source else None
    if not isinstance(key, list):
        return ()
    called = {found[1]: one for one in outputs.names if (found := outputs.source(one))}
    return tuple(called[column] for column in key) if set(key) <= called.keys() else ()


def described(target: Relation, outputs: Outputs, said: Said, key: Key) -> str:
    """The source's own words for a copy; else one sentence that holds for any such query."""
    source = outputs.copied
    if source and not outputs.is_filtered and (text := said.get(source, {}).get("description")):
        return str(text)
    spaced = target.name.replace("_", " ")
    subject = spaced[:1].upper() + spaced[1:]
    rows = f": one row for each {listed([*key.columns])}" if key.is_grouping else ""
    sources = listed([str(one) for one in outputs.select.sources])
    return f"{subject}{rows}, from {sources}." if sources else f"{subject}{rows}."


def input_checks(
    sources: Sequence[Relation], counts: Mapping[Relation, int], dialect: str
) -> tuple[DraftCheck, ...]:
    """Each source has most of the rows that it has now; one that has none is not checked."""
    return tuple(
        DraftCheck(
            f"SELECT COUNT(1) FROM {relation(one, dialect)}",  # noqa: S608 -- quoted by name()
            least(counts[one]) if one in counts else 1,
            f"90 % of the {counts[one]:,} rows of today: a load that was cut short stops here."
            if one in counts
            else "Not counted: put in the least number of rows that is right.",
        )
        for one in sources
        if counts.get(one) != 0
    )


def output_checks(facts: Facts, key: Key, dialect: str) -> tuple[DraftCheck, ...]:
    """Enough rows, and whatever holds for all of them now and should always."""
    count = f"SELECT COUNT(1) FROM {_STAGED}"  # noqa: S608 -- the builder fills it
    if facts.rows:
        why = f"90 % of the {facts.rows:,} rows of today."
        if facts.rows == 1:
            why = "One row today."
        first = DraftCheck(count, least(facts.rows), why)
    else:
        why = "Not measured: put in the least number of rows that is right."
        first = DraftCheck(count, 1, why)
    percents = {one.column for one in facts.held if one.kind == "share"}
    held = [
        one
        for one in facts.held
        if not (one.kind == "percent" and one.column in percents)
        and not (one.kind == "null" and one.column in key.columns)
    ]
    return (
        first,
        *(
            DraftCheck(f"{count} WHERE {' OR '.join(bad)}", 0, why, "eq")
            for kind, why in _REASONS.items()
            if (bad := [one.bad for one in held if one.kind == kind])
        ),
    )
