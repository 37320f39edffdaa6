"""The swap: which statements put a staged table, or a kept version, in the live one's place.

All of them are a pure function of a description of both tables. `--dry-run` shows what it
returns, the unit tests compare it, and the engine runs it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from builder.engines.base import Statement
from builder.engines.postgres import carry
from builder.engines.postgres.carry.indexes import matched
from builder.engines.postgres.stage import (
    AUTOVACUUM,
    declared,
    index_names,
    index_while_staged,
)
from builder.engines.postgres.table import KEPT_COMMENT
from builder.engines.postgres.wording import QUIET, comment, literal, option, role
from builder.relation import Relation, quoted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from builder.engines.postgres.attachments import Grant
    from builder.engines.postgres.table import Table, Target
    from builder.summary import Summary

LOCK_TIMEOUT = 0.02
"""Seconds that a swap waits for all of its locks together. Readers queue behind it for so long:
at 1 ms it starved under overlapping reads of 60 ms, at 200 ms it came through no oftener."""


def begin_swap() -> list[Statement]:
    """The swap's transaction up to its first lock.

    COMMIT does not wait for standbys while it holds the locks, and the names in what follows
    mean the catalog's only.
    """
    return [
        Statement("BEGIN ISOLATION LEVEL READ COMMITTED"),
        Statement("SET LOCAL synchronous_commit = local"),
        Statement(QUIET),
    ]


def locks(target: Target) -> list[Statement]:
    """What keeps readers out: the views first, as readers of a view take it before its tables.

    LOCK TABLE on a view would lock all that it reads; its owner, set anew, locks the view alone.
    All of them together are waited for no longer than one: the server's clock says what is left
    of the time since it got this message.
    """
    if target.live is None:
        return []
    first, *more = [
        *(
            Statement(f"ALTER VIEW {view.relation.sql} OWNER TO {quoted(view.owner)}")
            for view in target.live.views
        ),
        Statement(f"LOCK TABLE {target.relation.sql} IN ACCESS EXCLUSIVE MODE"),
    ]
    return [lock_timeout(LOCK_TIMEOUT), first, *(s for lock in more for s in (_LEFT, lock))]


def lock_timeout(seconds: float) -> Statement:
    """How long the next lock may be waited for."""
    return Statement(f"SET LOCAL lock_timeout = '{max(1, round(seconds * 1000))}ms'")


_LEFT = Statement(
    "SELECT pg_catalog.set_config('lock_timeout', greatest(1, round(%s - 1000 * extract(epoch FROM "
    "pg_catalog.clock_timestamp() - pg_catalog.statement_timestamp())))::text || 'ms', true)",
    (round(LOCK_TIMEOUT * 1000),),
)


def swap(
    target: Target, summary: Summary, run_id: str, *, builder: str, staged_run: str = ""
) -> list[Statement]:
    """What happens between the locks and the COMMIT.

    `run_id` names the version that goes, `staged_run` is the run that staged the new table, and
    `builder` the role that we are.
    """
    return [
        *_retire(target, run_id),
        *_settle_in(target, summary),
        *_rename_indexes(target, summary, staged_run),
        *_rename_others(target, run_id),
        *_owner(target),
        *(statement for one in carry.within_swap(target) for statement in one.statements),
        *_row_security(target),
        *_grants(target, builder),
        *_views(target),
    ]


def _retire(target: Target, run_id: str) -> Iterator[Statement]:
    """The live table under a version's name, with nobody's grants and its names given up."""
    live, relation = target.live, target.relation
    if live is None:
        return
    old = relation.version(run_id)
    yield Statement(f"ALTER TABLE {relation.sql} RENAME TO {quoted(old.name)}")
    for number, index in enumerate(live.indexes):
        here = Relation(relation.schema, index.name).sql
        yield Statement(f"ALTER INDEX {here} RENAME TO {quoted(f'prev_{run_id}_{number}')}")
    for number, one in enumerate(live.statistics):
        name = quoted(f"prev_{run_id}_t{number}")
        yield Statement(f"ALTER STATISTICS {one.relation.sql} RENAME TO {name}")
    for number, column in enumerate(live.columns):
        if column.sequence is not None:
            here = Relation(relation.schema, column.sequence.name).sql
            name = quoted(f"prev_{run_id}_s{number}")
            yield Statement(f"ALTER SEQUENCE {here} RENAME TO {name}")
    yield from _closed(live, old)
    yield comment(f"TABLE {old.sql}", f"{KEPT_COMMENT}{run_id}: a version of {relation}")


def _closed(table: Table, relation: Relation) -> Iterator[Statement]:
    """Nobody but its owner may read the table; that takes rights on its columns away as well."""
    for grantee in dict.fromkeys(grant.grantee for grant in table.grants):
        if grantee != table.owner:
            yield Statement(f"REVOKE ALL ON TABLE {relation.sql} FROM {role(grantee)} CASCADE")


def _settle_in(target: Target, summary: Summary) -> Iterator[Statement]:
    """The incoming table under the live one's name and comment; autovacuum as it was there."""
    live, source = target.live, target.source
    set_by_hand = [o for o in (live.options if live else ()) if o.startswith(f"{AUTOVACUUM}=")]
    there = target.incoming.options if target.incoming else ()
    if set_by_hand:
        yield Statement(f"ALTER TABLE {source.sql} SET ({option(set_by_hand[0])})")
    elif not target.is_rollback or any(o.startswith(f"{AUTOVACUUM}=") for o in there):
        yield Statement(f"ALTER TABLE {source.sql} RESET ({AUTOVACUUM})")
    text = live.comment if live else None
    if summary.description is not None and not target.is_rollback:
        text = summary.description
    yield comment(f"TABLE {source.sql}", text)
    yield Statement(f"ALTER TABLE {source.sql} RENAME TO {quoted(target.relation.name)}")


def _rename_indexes(target: Target, summary: Summary, staged_run: str) -> Iterator[Statement]:
    """Each index by the name of the live one that does the same, else by PostgreSQL's own way."""
    live, incoming = target.live, target.incoming
    pairs = matched(live.indexes, incoming.indexes) if live and incoming else {}
    final = {name: old for old, name in pairs.items()}
    fresh = index_names(summary, target.taken | set(pairs))
    for number in range(0 if target.is_rollback else len(declared(summary))):
        final.setdefault(index_while_staged(staged_run, number), fresh[number])
    for name, wanted in final.items():
        if name != wanted:
            here = Relation(target.relation.schema, name).sql
            yield Statement(f"ALTER INDEX {here} RENAME TO {quoted(wanted)}")


def _rename_others(target: Target, run_id: str) -> Iterator[Statement]:
    """Extended statistics and sequences, by the names that they have on the live table."""
    live, incoming, schema = target.live, target.incoming, target.relation.schema
    if live is None or incoming is None:
        return
    free = list(incoming.statistics)
    for one in live.statistics:
        new = next((s for s in free if s.written == one.written), None)
        if new is not None:
            free.remove(new)
            if one.owner != new.owner and one.owner is not None:
                yield Statement(f"ALTER STATISTICS {new.relation.sql} OWNER TO {quoted(one.owner)}")
            yield Statement(f"ALTER STATISTICS {new.relation.sql} RENAME TO {quoted(one.name)}")
    for number, column in enumerate(live.columns):
        there = incoming.column(column.name)
        if there is None:
            continue
        if column.sequence is not None and there.sequence is not None:
            wanted = Relation(schema, column.sequence.name)
            here = Relation(schema, there.sequence.name).sql
            old = Relation(schema, f"prev_{run_id}_s{number}").sql
            yield Statement(f"ALTER SEQUENCE {here} RENAME TO {quoted(wanted.name)}")
            yield Statement(
                f"SELECT pg_catalog.setval({literal(wanted.sql)}, last_value, is_called) FROM {old}"  # noqa: S608 -- quoted by Relation
            )


def _owner(target: Target) -> Iterator[Statement]:
    """Whose the table is, with the sequences that go with it, and what was taken from them."""
    live, incoming, relation = target.live, target.incoming, target.relation.sql
    if live is None or incoming is None:
        return
    if live.owner != incoming.owner:
        yield Statement(f"ALTER TABLE {relation} OWNER TO {quoted(live.owner)}")
    for column in live.columns:
        # A sequence and the table that owns it belong to one role.
        for sequence in column.owned if column.name in incoming.types else ():
            owner = f"{relation}.{quoted(column.name)}"
            yield Statement(f"ALTER SEQUENCE {sequence} OWNED BY {owner}")
    for privilege in sorted(set(live.owner_lacks) - set(incoming.owner_lacks)):
        yield Statement(f"REVOKE {privilege} ON TABLE {relation} FROM {quoted(live.owner)}")
    for privilege in sorted(set(incoming.owner_lacks) - set(live.owner_lacks)):
        yield Statement(f"GRANT {privilege} ON TABLE {relation} TO {quoted(live.owner)}")


def _row_security(target: Target) -> Iterator[Statement]:
    """On only now: checks of the staged table had to see every row."""
    live, incoming, relation = target.live, target.incoming, target.relation.sql
    if live is None or incoming is None:
        return
    if live.row_security != incoming.row_security:
        verb = "ENABLE" if live.row_security else "DISABLE"
        yield Statement(f"ALTER TABLE {relation} {verb} ROW LEVEL SECURITY")
    if live.forced_row_security != incoming.forced_row_security:
        verb = "FORCE" if live.forced_row_security else "NO FORCE"
        yield Statement(f"ALTER TABLE {relation} {verb} ROW LEVEL SECURITY")


def _grants(target: Target, builder: str) -> Iterator[Statement]:
    """The access list of the live table; of a new one, what the schema's defaults give."""
    live, incoming = target.live, target.incoming
    if live is not None and incoming is not None:
        yield from _closed(incoming, target.relation)
        for grant in incoming.grants:
            if grant.grantee == incoming.owner and grant.column is not None:
                what = f"{grant.privilege} ({quoted(grant.column)}) ON TABLE {target.relation.sql}"
                yield Statement(f"REVOKE {what} FROM {quoted(incoming.owner)}")
    grants = [
        grant
        for grant in (live.grants if live else target.default_grants)
        if grant.column is None or incoming is None or grant.column in incoming.types
    ]
    for grant in in_order(grants):
        text = _grant(grant, target.relation)
        if grant.grantor is None:
            yield Statement(text)
        else:
            # Whoever has granted it can take it away, and only that role can grant as itself.
            yield Statement(f"SET LOCAL ROLE {quoted(grant.grantor)}")
            yield Statement(text)
            yield Statement(f"SET LOCAL ROLE {quoted(builder)}")


def in_order(grants: list[Grant]) -> list[Grant]:
    """The grants so that each is made after those that its grantor has the right from."""
    ready: set[str | None] = {None}
    ordered: list[Grant] = []
    rest = list(grants)
    while rest:
        now = [grant for grant in rest if grant.grantor in ready] or rest
        ordered += now
        rest = [grant for grant in rest if grant not in now]
        ready |= {grant.grantee for grant in now if grant.grantable}
    return ordered


def _grant(grant: Grant, relation: Relation) -> str:
    on = f" ({quoted(grant.column)})" if grant.column is not None else ""
    grantable = " WITH GRANT OPTION" if grant.grantable else ""
    return (
        f"GRANT {grant.privilege}{on} ON TABLE {relation.sql} TO {role(grant.grantee)}{grantable}"
    )


def _views(target: Target) -> Iterator[Statement]:
    """Each view that reads the table, as it was; without WITH it would lose its options."""
    for view in target.live.views if target.live else ():
        options = ", ".join(option(one) for one in view.options)
        kept = f" WITH ({options})" if options else ""
        text = view.definition.strip().removesuffix(";")
        yield Statement(f"CREATE OR REPLACE VIEW {view.relation.sql}{kept} AS {text}")
