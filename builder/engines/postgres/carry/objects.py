"""What has a name on its table: constraints, triggers, rules, policies, statistics, labels."""

from __future__ import annotations

from typing import TYPE_CHECKING

from builder.engines.base import Statement
from builder.engines.postgres.attachments import Statistics
from builder.engines.postgres.carry.model import Carried, altered
from builder.engines.postgres.definitions import rule_on, trigger_on
from builder.engines.postgres.wording import comment, literal, role
from builder.relation import quoted

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from builder.engines.postgres.attachments import Constraint, Label, Policy, Trigger
    from builder.engines.postgres.table import Table, Target
    from builder.relation import Relation

_FIRES = {"D": "DISABLE", "R": "ENABLE REPLICA", "A": "ENABLE ALWAYS"}


def statistics(target: Target, live: Table, incoming: Table, run_id: str) -> Iterator[Carried]:
    """Extended statistics, under a name of this run until the swap, and what is set on them."""
    free = list(incoming.statistics)
    for number, one in enumerate(live.statistics):
        there = next((new for new in free if new.written == one.written), None)
        made = []
        if there is not None:
            free.remove(there)
        else:
            there = Statistics(one.schema, f"builder_{run_id}_t{number}", one.written)
            on = f"{one.written} FROM {target.source.sql}"
            made.append(Statement(f"CREATE STATISTICS {there.relation.sql} {on}"))
        if one.target != there.target:
            size = -1 if one.target is None else one.target
            made.append(Statement(f"ALTER STATISTICS {there.relation.sql} SET STATISTICS {size}"))
        if one.comment != there.comment:
            made.append(comment(f"STATISTICS {there.relation.sql}", one.comment))
        if made:
            yield Carried(f"extended statistics {one.relation}", tuple(made))
    for one in free:
        drop = Statement(f"DROP STATISTICS {one.relation.sql}")
        yield Carried(f"extended statistics {one.relation}", (drop,))


def constraints(target: Target, live: Table, incoming: Table) -> Iterator[Carried]:
    """Check constraints; and what is said on any constraint."""
    yield from _of_kind("c", target, live, incoming)
    comments = {c.name: c.comment for c in incoming.constraints}
    for one in live.constraints:
        if one.name in comments and comments[one.name] != one.comment:
            on = f"CONSTRAINT {quoted(one.name)} ON {target.source.sql}"
            yield Carried(f"the comment on {one.name}", (comment(on, one.comment),))


def foreign_keys(target: Target, live: Table, incoming: Table) -> Iterator[Carried]:
    """Outgoing foreign keys."""
    return _of_kind("f", target, live, incoming)


def _of_kind(kind: str, target: Target, live: Table, incoming: Table) -> Iterator[Carried]:
    old, new = ([c for c in table.constraints if c.kind == kind] for table in (live, incoming))
    there = {c.name: c.definition for c in new}
    for one in old:
        if there.get(one.name) != one.definition:
            if one.name in there:
                yield _drop_constraint(target, one)
            yield from _check_or_key(target, one)
    wanted = {c.name for c in old}
    for one in new:
        if one.name not in wanted:
            yield _drop_constraint(target, one)


def _drop_constraint(target: Target, one: Constraint) -> Carried:
    drop = f"DROP CONSTRAINT {quoted(one.name)}"
    return altered(target, f"constraint {one.name}", drop)


def _check_or_key(target: Target, one: Constraint) -> Iterator[Carried]:
    """A foreign key locks the table it refers to: for a moment only, and is validated after it."""
    if one.kind == "c":
        yield named_constraint(target, f"check constraint {one.name}", one)
        return
    what, name = f"foreign key {one.name}", quoted(one.name)
    later = not one.definition.endswith((" NOT VALID", " NOT ENFORCED"))
    add = f"ALTER TABLE {target.source.sql} ADD CONSTRAINT {name} {one.definition}"
    statement = Statement(f"{add} NOT VALID" if later else add)
    told = tuple(_constraint_comment(target, one.name, one.comment))
    yield Carried(what, (statement, *told), locks_others=True)
    if later:
        yield altered(target, what, f"VALIDATE CONSTRAINT {name}")


def named_constraint(target: Target, what: str, constraint: Constraint) -> Carried:
    """A constraint under the name that it has: unlike an index's it is the table's own."""
    name = quoted(constraint.name)
    return Carried(
        what,
        (
            Statement(
                f"ALTER TABLE {target.source.sql} ADD CONSTRAINT {name} {constraint.definition}"
            ),
            *_constraint_comment(target, constraint.name, constraint.comment),
        ),
    )


def _constraint_comment(target: Target, name: str, text: str | None) -> Iterator[Statement]:
    if text is not None:
        on = f"CONSTRAINT {quoted(name)} ON {target.source.sql}"
        yield comment(on, text)


def triggers(target: Target, live: Table, incoming: Table) -> Iterator[Carried]:
    """Triggers, with the state that they are in."""
    return _fired(target.source, "trigger", live.triggers, incoming.triggers)


def rules(target: Target, live: Table, incoming: Table) -> Iterator[Carried]:
    """Rules, with the state that they are in; on the table of the live name."""
    return _fired(target.relation, "rule", live.rules, incoming.rules)


def _fired(
    source: Relation, kind: str, old: Sequence[Trigger], new: Sequence[Trigger]
) -> Iterator[Carried]:
    retarget = trigger_on if kind == "trigger" else rule_on
    there = {one.name: one for one in new}
    for one in old:
        on = f"{quoted(one.name)} ON {source.sql}"
        text = retarget(one.definition, source)
        found = there.get(one.name)
        if found and (retarget(found.definition, source), found.enabled, found.comment) == (
            text,
            one.enabled,
            one.comment,
        ):
            continue
        statements = [Statement(f"DROP {kind.upper()} {on}")] if found else []
        statements.append(Statement(text))
        if one.enabled in _FIRES:
            action = f"{_FIRES[one.enabled]} {kind.upper()} {quoted(one.name)}"
            statements.append(Statement(f"ALTER TABLE {source.sql} {action}"))
        if one.comment is not None:
            statements.append(comment(f"{kind.upper()} {on}", one.comment))
        yield Carried(f"{kind} {one.name}", tuple(statements))
    wanted = {one.name for one in old}
    for one in new:
        if one.name not in wanted:
            drop = Statement(f"DROP {kind.upper()} {quoted(one.name)} ON {source.sql}")
            yield Carried(f"{kind} {one.name}", (drop,))


def policies(target: Target, live: Table, incoming: Table) -> Iterator[Carried]:
    """Row security policies, on the table of the live name; the swap turns row security on."""
    there = {one.name: one for one in incoming.policies}
    for one in live.policies:
        if there.get(one.name) == one:
            continue
        on = f"POLICY {quoted(one.name)} ON {target.relation.sql}"
        statements = [Statement(f"DROP {on}")] if one.name in there else []
        statements.append(Statement(f"CREATE {on} {_policy(one)}"))
        if one.comment is not None:
            statements.append(comment(on, one.comment))
        yield Carried(f"policy {one.name}", tuple(statements))
    wanted = {one.name for one in live.policies}
    for one in incoming.policies:
        if one.name not in wanted:
            drop = Statement(f"DROP POLICY {quoted(one.name)} ON {target.relation.sql}")
            yield Carried(f"policy {one.name}", (drop,))


def _policy(one: Policy) -> str:
    using = f" USING ({one.using})" if one.using is not None else ""
    check = f" WITH CHECK ({one.check})" if one.check is not None else ""
    kind = "PERMISSIVE" if one.is_permissive else "RESTRICTIVE"
    roles = ", ".join(role(name) for name in one.roles)
    return f"AS {kind} FOR {one.command} TO {roles}{using}{check}"


def labels(target: Target, live: Table, incoming: Table) -> Iterator[Carried]:
    """Security labels of the table and its columns."""
    there = {(one.provider, one.column): one.label for one in incoming.labels}
    for one in live.labels:
        if one.column is not None and incoming.column(one.column) is None:
            continue
        if there.get((one.provider, one.column)) != one.label:
            yield _label(_labelled(target, one), one.provider, literal(one.label))
    wanted = {(one.provider, one.column) for one in live.labels}
    for one in incoming.labels:
        if (one.provider, one.column) not in wanted:
            yield _label(_labelled(target, one), one.provider, "NULL")


def _labelled(target: Target, one: Label) -> str:
    if one.column is None:
        return f"TABLE {target.source.sql}"
    return f"COLUMN {target.source.sql}.{quoted(one.column)}"


def _label(on: str, provider: str, text: str) -> Carried:
    statement = Statement(f"SECURITY LABEL FOR {role(provider)} ON {on} IS {text}")
    return Carried(f"the security label of {provider}", (statement,))
