"""Indexes, and the constraints that are made of one: those that the file does not declare."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from builder.engines.base import Statement
from builder.engines.postgres.carry.model import Carried, altered
from builder.engines.postgres.stage import declared
from builder.engines.postgres.table import INDEX_COMMENT
from builder.engines.postgres.wording import comment, literal, option_changes
from builder.relation import Relation, quoted

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from builder.engines.postgres.attachments import Index
    from builder.engines.postgres.table import Target
    from builder.summary import Summary


def carried(target: Target, summary: Summary, run_id: str) -> Iterator[Carried]:
    """What the incoming table lacks, and what it has too much; then what each index is like."""
    live, incoming = target.live, target.incoming
    if live is None or incoming is None:
        return
    wanted = wanted_indexes(target, summary)
    pairs = matched(live.indexes, incoming.indexes)
    for number, index in enumerate(live.indexes):
        if index.name in pairs:
            name = pairs[index.name]
            new = next(one for one in incoming.indexes if one.name == name)
            if statements := tuple(_made_alike(target, index, new)):
                yield Carried(f"what is set on index {index.name}", statements)
        elif index in wanted:
            yield _made(target, index, f"builder_{run_id}_c{number}")
    if any(i.is_clustered for i in incoming.indexes) and not any(
        i.is_clustered for i in live.indexes
    ):
        yield altered(target, "the CLUSTER mark", "SET WITHOUT CLUSTER")
    kept = set(pairs.values())
    more = incoming.indexes if target.is_rollback else by_hand(incoming.indexes, summary)
    for index in more:
        if index.name not in kept:
            yield _dropped(target, index)


def wanted_indexes(target: Target, summary: Summary) -> list[Index]:
    """The live table's indexes that the incoming one must have too.

    Of a staged table the file's own are made by staging. Of a kept version they are the live
    table's, unless the version lacks their columns.
    """
    live, incoming = target.live, target.incoming
    if live is None or incoming is None:
        return []
    if target.is_rollback:
        return [
            index
            for index in live.indexes
            if index.is_valid
            and (not index.is_declared or set(index.columns or ()) <= set(incoming.types))
        ]
    return by_hand(live.indexes, summary)


def by_hand(indexes: Sequence[Index], summary: Summary) -> list[Index]:
    """Those that nobody has declared. What the file declares now counts as the file's.

    That is one index for each that it declares: a second one like it is somebody's own.
    """
    said = Counter(str(one) for one in declared(summary))
    said -= Counter(index.says for index in indexes if index.is_declared)
    own = []
    for index in indexes:
        if index.is_declared or not index.is_valid:
            continue
        if said[index.says] > 0:
            said[index.says] -= 1
        else:
            own.append(index)
    return own


def matched(live: Sequence[Index], incoming: Sequence[Index]) -> dict[str, str]:
    """The name of the incoming index that does what a live one does, by the live one's name.

    One that the file declares goes with another such, as long as there are any.
    """
    pairs: dict[str, str] = {}
    free = [index for index in incoming if index.is_valid]
    for is_strict in (True, False):
        for index in (index for index in live if index.is_valid):
            alike = (
                new
                for new in free
                if new.shape == index.shape
                and (new.is_declared == index.is_declared or not is_strict)
            )
            if index.name not in pairs and (new := next(alike, None)) is not None:
                pairs[index.name] = new.name
                free.remove(new)
    return pairs


def _made(target: Target, index: Index, name: str) -> Carried:
    """The index under another name, in the tablespace that it stands in."""
    source = target.source.sql
    if index.constraint is not None:
        make = f"ALTER TABLE {source} ADD CONSTRAINT {quoted(name)} {index.constraint}"
    else:
        unique = "UNIQUE " if index.is_unique else ""
        make = f"CREATE {unique}INDEX {quoted(name)} ON {source} {index.written}"
    bare = type(index)(
        name,
        is_declared=index.is_declared,
        constraint=index.constraint,
        options=() if index.constraint is not None else index.options,
        tablespace=index.tablespace,
    )
    where = Statement(f"SET LOCAL default_tablespace = {literal(index.tablespace or '')}")
    mark = [comment(_on(target, name), INDEX_COMMENT)] if index.is_declared else []
    statements = (where, Statement(make), *mark, *_made_alike(target, index, bare))
    is_optional = target.is_rollback and index.is_declared
    return Carried(f"{index.kind} {index.name}", statements, is_optional=is_optional)


def _made_alike(target: Target, old: Index, new: Index) -> Iterator[Statement]:
    here = Relation(target.relation.schema, new.name).sql
    for action in option_changes(old.options, new.options):
        yield Statement(f"ALTER INDEX {here} {action}")
    if old.tablespace != new.tablespace:
        where = quoted(old.tablespace or "pg_default")
        yield Statement(f"ALTER INDEX {here} SET TABLESPACE {where}")
    if old.comment != new.comment:
        mark = INDEX_COMMENT if old.is_declared or new.is_declared else None
        yield comment(_on(target, new.name), old.comment or mark)
    if old.constraint_comment != new.constraint_comment:
        on = f"CONSTRAINT {quoted(new.name)} ON {target.source.sql}"
        yield comment(on, old.constraint_comment)
    if old.statistics != new.statistics:
        for number, size in {**{n: -1 for n, _ in new.statistics}, **dict(old.statistics)}.items():
            yield Statement(f"ALTER INDEX {here} ALTER COLUMN {number} SET STATISTICS {size}")
    if old.is_clustered and not new.is_clustered:
        yield Statement(f"ALTER TABLE {target.source.sql} CLUSTER ON {quoted(new.name)}")
    if old.is_replica_identity and not new.is_replica_identity:
        identity = f"REPLICA IDENTITY USING INDEX {quoted(new.name)}"
        yield Statement(f"ALTER TABLE {target.source.sql} {identity}")


def _on(target: Target, name: str) -> str:
    return f"INDEX {Relation(target.relation.schema, name).sql}"


def _dropped(target: Target, index: Index) -> Carried:
    if index.constraint is not None:
        drop = f"ALTER TABLE {target.source.sql} DROP CONSTRAINT {quoted(index.name)}"
    else:
        drop = f"DROP INDEX {Relation(target.relation.schema, index.name).sql}"
    return Carried(f"{index.kind} {index.name}", (Statement(drop),))
