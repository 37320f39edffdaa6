"""What a live table of the same name says of itself, taken over into the draft."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from builder.draft.names import listed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from builder.draft.outputs import Outputs
    from builder.engines.base import Engine
    from builder.relation import Relation


@dataclass(frozen=True, slots=True)
class Live:
    """What was taken over, as far as the new query has the columns for it."""

    description: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)
    primary_key: tuple[str, ...] = ()
    unique: tuple[object, ...] = ()
    indexes: tuple[object, ...] = ()
    notices: tuple[str, ...] = ()


def taken_over(engine: Engine, target: Relation, outputs: Outputs) -> Live | None:
    """What `target` says of itself; None if it is not there."""
    said = engine.declarations(target)
    if said is None:
        return None
    names = outputs.names
    columns = said.get("columns")
    comments = {str(k): str(v) for k, v in columns.items()} if isinstance(columns, dict) else {}
    lists: dict[str, list[object]] = {}
    lost = [f"the comment on {column}" for column in comments if column not in names]
    for key in ("primary_key", "unique", "indexes"):
        found = said.get(key)
        every = [found] if key == "primary_key" and found else found
        for one in every if isinstance(every, list) else ():
            if isinstance(one, list) and not set(one) <= set(names):
                lost.append(f"`{key}` on {', '.join(one)}")
            else:
                lists.setdefault(key, []).append(one)
    kept = {name: text for name, text in comments.items() if name in names}
    own = lists.get("primary_key", [[]])[0]
    description = str(said.get("description", ""))
    what = [
        *(["its description"] if description else []),
        *([f"{len(kept)} column comment{'s' * (len(kept) > 1)}"] if kept else []),
        *(["its primary key"] if own else []),
        *(f"`{name}`" for name in ("unique", "indexes") if name in lists),
    ]
    notices = [f"{target} is there: {listed(what)} taken over" if what else f"{target} is there"]
    if lost:
        notices.append(f"the query does not return what these need: {listed(lost)}")
    return Live(
        description,
        kept,
        tuple(str(column) for column in own) if isinstance(own, list) else (),
        tuple(lists.get("unique", ())),
        tuple(lists.get("indexes", ())),
        tuple(notices),
    )
