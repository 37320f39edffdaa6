"""Triggers, rules and policies, given to the incoming table in the state that they are in."""

from __future__ import annotations

from typing import Any

import pytest
from unit.tables import (
    KEPT,
    LIVE,
    LIVE_SQL,
    STAGED,
    STAGED_SQL,
    VERSION_SQL,
    after,
    back,
    changed,
    sent,
    target,
    told,
    within,
)

from builder.engines.postgres.attachments import Policy, Trigger

TRIGGER = Trigger(
    "audit",
    "CREATE TRIGGER audit AFTER INSERT ON analytics.sales FOR EACH ROW EXECUTE FUNCTION s.f()",
)
RULE = Trigger(
    "no more", 'CREATE RULE "no more" AS\n    ON DELETE TO analytics.sales DO INSTEAD NOTHING;'
)
POLICY = Policy("of team", is_permissive=True, command="ALL", roles=(None,), using="(day > 1)")


# Triggers and rules


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, []),
        ({"enabled": "D"}, ["ALTER TABLE {} DISABLE {} {}"]),
        ({"enabled": "R"}, ["ALTER TABLE {} ENABLE REPLICA {} {}"]),
        ({"enabled": "A"}, ["ALTER TABLE {} ENABLE ALWAYS {} {}"]),
        ({"comment": "why"}, ["COMMENT ON {1} {2} ON {0} IS 'why'"]),
    ],
)
@pytest.mark.parametrize("kind", ["trigger", "rule"])
def test_trigger_or_rule_goes_over_in_its_state(
    kind: str, changes: dict[str, Any], expected: list[str]
) -> None:
    """The statement that made it, on the other table; then when it fires and what is said."""
    one = changed(TRIGGER if kind == "trigger" else RULE, **changes)
    live = changed(LIVE, **{f"{kind}s": (one,)})
    made = {
        "trigger": f"CREATE TRIGGER audit AFTER INSERT ON {STAGED_SQL} "
        "FOR EACH ROW EXECUTE FUNCTION s.f()",
        "rule": f'CREATE RULE "no more" AS\n    ON DELETE TO {LIVE_SQL} DO INSTEAD NOTHING',
    }
    carry, on = (after, STAGED_SQL) if kind == "trigger" else (within, LIVE_SQL)
    words = (on, kind.upper(), f'"{one.name}"')
    carried = carry(target(live))

    assert [f"{kind} {one.name}"] == told(carried)
    assert [made[kind], *(text.format(*words) for text in expected)] == sent(carried)
    definition = one.definition.replace("analytics.sales", "analytics.temp_sales")
    staged = changed(STAGED, **{f"{kind}s": (changed(one, definition=definition),)})

    assert [] == carry(target(live, staged))


@pytest.mark.parametrize(
    "changes",
    [
        {"enabled": "D"},
        {"comment": "old"},
        {"definition": TRIGGER.definition.replace("f()", "g()")},
    ],
)
def test_trigger_that_has_changed_is_made_anew(changes: dict[str, Any]) -> None:
    """Of one name there can be one: the version's goes first."""
    version = changed(KEPT, triggers=(changed(TRIGGER, **changes),))

    assert [
        f'DROP TRIGGER "audit" ON {VERSION_SQL}',
        f"CREATE TRIGGER audit AFTER INSERT ON {VERSION_SQL} FOR EACH ROW EXECUTE FUNCTION s.f()",
    ] == sent(after(back(changed(LIVE, triggers=(TRIGGER,)), version)))


def test_trigger_and_rule_that_are_gone_are_dropped() -> None:
    """A version comes back without them."""
    found = back(LIVE, changed(KEPT, triggers=(TRIGGER,), rules=(RULE,)))

    assert ["trigger audit"] == told(after(found))
    assert [f'DROP TRIGGER "audit" ON {VERSION_SQL}'] == sent(after(found))
    assert [f'DROP RULE "no more" ON {LIVE_SQL}'] == sent(within(found))


# Policies


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, "AS PERMISSIVE FOR ALL TO PUBLIC USING ((day > 1))"),
        (
            {"is_permissive": False, "command": "SELECT", "roles": ("bi", 'odd"role')},
            'AS RESTRICTIVE FOR SELECT TO "bi", "odd""role" USING ((day > 1))',
        ),
        (
            {"command": "UPDATE", "check": "true"},
            "AS PERMISSIVE FOR UPDATE TO PUBLIC USING ((day > 1)) WITH CHECK (true)",
        ),
        (
            {"command": "INSERT", "using": None, "check": "false"},
            "AS PERMISSIVE FOR INSERT TO PUBLIC WITH CHECK (false)",
        ),
    ],
)
def test_policy_goes_over(changes: dict[str, Any], expected: str) -> None:
    """With its kind, command, roles and both of its conditions."""
    live = changed(LIVE, policies=(changed(POLICY, comment="why", **changes),))
    on = f'POLICY "of team" ON {LIVE_SQL}'
    carried = within(target(live))

    assert ["policy of team"] == told(carried)
    assert [f"CREATE {on} {expected}", f"COMMENT ON {on} IS 'why'"] == sent(carried)
    assert [] == within(target(live, changed(STAGED, policies=live.policies)))


def test_policy_that_has_changed_is_made_anew() -> None:
    """Of one name there can be one: the version's goes first."""
    version = changed(KEPT, policies=(changed(POLICY, using="false"),))

    assert [
        f'DROP POLICY "of team" ON {LIVE_SQL}',
        f'CREATE POLICY "of team" ON {LIVE_SQL} AS PERMISSIVE FOR ALL TO PUBLIC USING ((day > 1))',
    ] == sent(within(back(changed(LIVE, policies=(POLICY,)), version)))


def test_policy_that_is_gone_is_dropped() -> None:
    """A version comes back without it."""
    carried = within(back(LIVE, changed(KEPT, policies=(POLICY,))))

    assert ["policy of team"] == told(carried)
    assert [f'DROP POLICY "of team" ON {LIVE_SQL}'] == sent(carried)
