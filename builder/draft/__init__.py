"""A first summary file for a table: its query, and checks that hold for what is there now.

`draft` asks the warehouse for whatever it can say, so that nobody has to; what it cannot find out
it leaves out, and says so in `notices`. Nothing is written to the warehouse or to a file here.
A file that does not exist yet is a *draft* until somebody has read it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from builder.draft.facts import PATIENCE, Facts, Meter, counts_of, facts_of
from builder.draft.live import Live, taken_over
from builder.draft.model import Draft
from builder.draft.origin import Origin, copied, given, likely
from builder.draft.outputs import Outputs
from builder.draft.propose import described, input_checks, key_of, output_checks, own_key
from builder.draft.written import text_of
from builder.errors import ConfigError, Problem

if TYPE_CHECKING:
    from collections.abc import Mapping

    from builder.engines.base import Engine
    from builder.relation import Relation

__all__ = ["Draft", "Origin", "copied", "draft", "given", "likely", "text_of"]


def draft(
    target: Relation,
    origin: Origin,
    engine: Engine | None,
    *,
    dialect: str | None = None,
    connection: str | None = None,
    patience: float = PATIENCE,
) -> Draft:
    """The draft of `target`, made by the query of `origin`.

    Without an engine nothing is measured. Where the query is not in the engine's own dialect its
    sources are counted, but it is not run. What takes longer than `patience` seconds is left
    unmeasured. `dialect` and `connection` go into the file as given.
    Raises ConfigError for a query that cannot make this table, QueryFailed for one that the
    warehouse refuses, with the place in the query as it was given.
    """
    if target in origin.select.sources:
        hint = f"give the query that makes it: builder new {target} --from 'SELECT …'"
        message = f"{target} cannot be made from itself: a build replaces it"
        raise ConfigError(Problem(message, hint=hint))
    found = _look(target, origin, Meter(engine, origin, patience) if engine else None)
    sources = origin.select.sources
    key = key_of(found.outputs, found.said, found.live, found.facts)
    live = found.live or Live()
    return Draft(
        target,
        origin.written,
        description=live.description or described(target, found.outputs, found.said, key),
        dialect=dialect,
        connection=connection,
        columns={**found.outputs.comments(found.said), **live.columns},
        inputs=input_checks(sources, found.counts, origin.dialect),
        outputs=output_checks(found.facts, key, origin.dialect),
        key=key,
        unique=live.unique,
        indexes=live.indexes,
        sources=sources,
        notices=(*live.notices, *found.facts.notices, *found.notices, *key.notices),
    )


@dataclass(frozen=True, slots=True)
class _Found:
    """All that the warehouse said."""

    outputs: Outputs
    live: Live | None = None
    said: Mapping[Relation, Mapping[str, object]] = field(default_factory=dict)
    facts: Facts = field(default_factory=Facts)
    counts: Mapping[Relation, int] = field(default_factory=dict)
    notices: tuple[str, ...] = ()


def _look(target: Relation, origin: Origin, meter: Meter | None) -> _Found:
    select = origin.select
    if meter is None:
        outputs = Outputs(select, None, {})
        outputs.require_names()
        return _Found(outputs, notices=("no warehouse was asked: nothing is measured",))
    engine = meter.engine
    speaks = origin.dialect == engine.dialect
    shape = engine.shape(select) if speaks else None
    outputs = Outputs(select, shape, engine.columns(select.sources))
    outputs.require_names()
    live = taken_over(engine, target, outputs)
    said = {one: engine.declarations(one) or {} for one in select.sources}
    if speaks:
        likely = (live.primary_key if live else (), outputs.grouping, own_key(outputs, said))
        facts = facts_of(meter, outputs, [key for key in likely if key])
    else:
        why = f"the query is {origin.dialect}, the warehouse speaks {engine.dialect}"
        facts = Facts(notices=(f"{why}: it was not run, and its result is not measured",))
    counts, uncounted = counts_of(meter)
    return _Found(outputs, live, said, facts, counts, tuple(uncounted))
