"""What has a name on its table, given to the incoming one under the same name."""

from __future__ import annotations

from typing import Any

import pytest
from unit.tables import (
    COLUMNS,
    KEPT,
    LIVE,
    RUN,
    STAGED,
    STAGED_SQL,
    VERSION_SQL,
    after,
    back,
    before,
    changed,
    keys,
    sent,
    target,
    told,
    within,
)

from builder.engines.postgres.attachments import Constraint, Label, Policy, Statistics, Trigger

BOTH = Statistics("Of us", "both", "(mcv) ON day, shop")
CHECK = Constraint("positive", "c", "CHECK ((n > 0))")
KEY = Constraint("of shop", "f", "FOREIGN KEY (shop) REFERENCES raw.shops(id)")
TRIGGER = Trigger("t", "CREATE TRIGGER t AFTER INSERT ON s.t EXECUTE FUNCTION s.f()")
RULE = Trigger("r", "CREATE RULE r AS\n    ON DELETE TO s.t DO INSTEAD NOTHING;")
POLICY = Policy("p", is_permissive=True, command="ALL", roles=(None,), using="true")


# Extended statistics


def test_extended_statistics_go_over_before_anything_is_analyzed() -> None:
    """Under a name of the run, in the schema that they stand in."""
    live = changed(LIVE, statistics=(changed(BOTH, target=100, comment="slow without"),))
    name = f'"Of us"."builder_{RUN}_t0"'
    carried = before(target(live))

    assert ["extended statistics Of us.both"] == told(carried)
    assert [
        f"CREATE STATISTICS {name} (mcv) ON day, shop FROM {STAGED_SQL}",
        f"ALTER STATISTICS {name} SET STATISTICS 100",
        f"COMMENT ON STATISTICS {name} IS 'slow without'",
    ] == sent(carried)
    assert [sent(carried)[0]] == sent(before(target(changed(LIVE, statistics=(BOTH,)))))
    made = changed(live.statistics[0], name=f"builder_{RUN}_t0")

    assert [] == before(target(live, changed(STAGED, statistics=(made,))))


def test_statistics_that_are_alike_are_as_many() -> None:
    """Two of one definition are two, on either side."""
    other = changed(BOTH, name="other")
    two = (BOTH, other)

    assert ["extended statistics Of us.other"] == told(
        before(target(changed(LIVE, statistics=two), changed(STAGED, statistics=(BOTH,))))
    )
    assert ['DROP STATISTICS "Of us"."other"'] == sent(
        before(back(changed(LIVE, statistics=(BOTH,)), changed(KEPT, statistics=two)))
    )


def test_extended_statistics_that_are_gone_are_dropped() -> None:
    """A version comes back without those that somebody has dropped since."""
    carried = before(back(LIVE, changed(KEPT, statistics=(BOTH,))))

    assert ["extended statistics Of us.both"] == told(carried)
    assert ['DROP STATISTICS "Of us"."both"'] == sent(carried)


@pytest.mark.parametrize(
    ("live", "version", "expected"),
    [
        ({"target": 100}, {}, "ALTER STATISTICS {} SET STATISTICS 100"),
        ({}, {"target": 100}, "ALTER STATISTICS {} SET STATISTICS -1"),
        ({"comment": "new"}, {"comment": "old"}, "COMMENT ON STATISTICS {} IS 'new'"),
        ({}, {"comment": "old"}, "COMMENT ON STATISTICS {} IS NULL"),
    ],
)
def test_what_is_set_on_statistics_is_set_again(
    live: dict[str, Any], version: dict[str, Any], expected: str
) -> None:
    """A version comes back with those of the live table, and as they are now."""
    found = back(
        changed(LIVE, statistics=(changed(BOTH, **live),)),
        changed(KEPT, statistics=(changed(BOTH, name="prev_t0", **version),)),
    )

    assert [expected.format('"Of us"."prev_t0"')] == sent(before(found))


# Constraints


def test_check_goes_over() -> None:
    """Under its own name, which is the table's alone."""
    live = changed(LIVE, constraints=(changed(CHECK, comment="really"),))
    carried = after(target(live))

    assert [("check constraint positive", False)] == [(c.what, c.locks_others) for c in carried]
    assert [
        f'ALTER TABLE {STAGED_SQL} ADD CONSTRAINT "positive" CHECK ((n > 0))',
        f"COMMENT ON CONSTRAINT \"positive\" ON {STAGED_SQL} IS 'really'",
    ] == sent(carried)
    assert [] == after(target(live, changed(STAGED, constraints=live.constraints)))


def test_foreign_key_is_validated_without_the_others_lock() -> None:
    """To add it locks the table that it refers to: that is one moment, and the reading another."""
    live = changed(LIVE, constraints=(changed(KEY, comment="all of them"),))
    carried = keys(target(live))

    assert [("foreign key of shop", True), ("foreign key of shop", False)] == [
        (one.what, one.locks_others) for one in carried
    ]
    assert [
        f'ALTER TABLE {STAGED_SQL} ADD CONSTRAINT "of shop" '
        "FOREIGN KEY (shop) REFERENCES raw.shops(id) NOT VALID",
        f"COMMENT ON CONSTRAINT \"of shop\" ON {STAGED_SQL} IS 'all of them'",
        f'ALTER TABLE {STAGED_SQL} VALIDATE CONSTRAINT "of shop"',
    ] == sent(carried)
    assert [] == after(target(live))
    assert [] == keys(target(live, changed(STAGED, constraints=live.constraints)))


@pytest.mark.parametrize("ending", [" NOT VALID", " NOT ENFORCED"])
def test_foreign_key_that_did_not_hold_is_not_validated(ending: str) -> None:
    """It goes over as it is, for rows to come."""
    key = changed(KEY, definition=KEY.definition + ending)
    carried = keys(target(changed(LIVE, constraints=(key,))))

    assert [f'ALTER TABLE {STAGED_SQL} ADD CONSTRAINT "of shop" {key.definition}'] == sent(carried)
    assert [True] == [one.locks_others for one in carried]


def test_constraint_that_has_changed_is_made_anew() -> None:
    """Of one name there can be one: the old one goes first. So does one not validated yet."""
    version = changed(
        KEPT,
        constraints=(
            changed(CHECK, definition="CHECK ((n > 1))"),
            changed(KEY, definition=f"{KEY.definition} NOT VALID"),
        ),
    )
    alter = f"ALTER TABLE {VERSION_SQL}"
    found = back(changed(LIVE, constraints=(CHECK, KEY)), version)
    carried = [*after(found), *keys(found)]

    assert [
        f'{alter} DROP CONSTRAINT "positive"',
        f'{alter} ADD CONSTRAINT "positive" CHECK ((n > 0))',
        f'{alter} DROP CONSTRAINT "of shop"',
        f'{alter} ADD CONSTRAINT "of shop" {KEY.definition} NOT VALID',
        f'{alter} VALIDATE CONSTRAINT "of shop"',
    ] == sent(carried)


def test_only_what_has_changed_is_made_anew() -> None:
    """The constraints beside it stay as they are, and none is dropped that is not there."""
    live = changed(LIVE, constraints=(CHECK, KEY))
    alter = f"ALTER TABLE {VERSION_SQL}"
    add = f'{alter} ADD CONSTRAINT "positive" CHECK ((n > 0))'
    other = changed(CHECK, definition="CHECK ((n > 1))")

    assert [add] == sent(after(back(live, changed(KEPT, constraints=(KEY,)))))
    assert [f'{alter} DROP CONSTRAINT "positive"', add] == sent(
        after(back(changed(LIVE, constraints=(CHECK,)), changed(KEPT, constraints=(other,))))
    )


def test_constraint_that_is_gone_is_dropped() -> None:
    """A version comes back without it."""
    carried = after(back(LIVE, changed(KEPT, constraints=(CHECK,))))

    assert ["constraint positive"] == told(carried)
    assert [f'ALTER TABLE {VERSION_SQL} DROP CONSTRAINT "positive"'] == sent(carried)


@pytest.mark.parametrize(("text", "expected"), [("new", "'new'"), (None, "NULL")])
def test_comment_on_a_constraint_follows(text: str | None, expected: str) -> None:
    """Also where the constraint itself was there before."""
    live = changed(LIVE, constraints=(changed(CHECK, comment=text),))
    version = changed(KEPT, constraints=(changed(CHECK, comment="old"),))
    carried = after(back(live, version))

    assert ["the comment on positive"] == told(carried)
    assert [f'COMMENT ON CONSTRAINT "positive" ON {VERSION_SQL} IS {expected}'] == sent(carried)


# Security labels


def test_labels_go_over() -> None:
    """Those of the table and of each column that is still there."""
    live = changed(
        LIVE,
        labels=(
            Label("selinux", "it's secret"),
            Label("dummy", "top", column="day"),
            Label("dummy", "top", column="gone"),
        ),
    )
    carried = after(target(live))

    assert ["the security label of selinux", "the security label of dummy"] == told(carried)
    assert [
        f"SECURITY LABEL FOR \"selinux\" ON TABLE {STAGED_SQL} IS 'it''s secret'",
        f'SECURITY LABEL FOR "dummy" ON COLUMN {STAGED_SQL}."day" IS \'top\'',
    ] == sent(carried)
    assert [] == after(target(live, changed(STAGED, labels=live.labels)))


def test_label_that_has_changed_is_set_again() -> None:
    """A version comes back with the label that the live table has now."""
    version = changed(KEPT, labels=(Label("dummy", "open"),))

    assert [f"SECURITY LABEL FOR \"dummy\" ON TABLE {VERSION_SQL} IS 'top'"] == sent(
        after(back(changed(LIVE, labels=(Label("dummy", "top"),)), version))
    )


# All of it


def test_things_come_in_the_order_in_which_they_need_each_other() -> None:
    """Each in a transaction of its own; a trigger does not fire for what is still being made."""
    live = changed(
        LIVE,
        columns=(changed(COLUMNS[0], default="now()"), changed(COLUMNS[1], is_not_null=True)),
        constraints=(CHECK,),
        triggers=(TRIGGER,),
        rules=(RULE,),
        policies=(POLICY,),
        statistics=(BOTH,),
        labels=(Label("dummy", "top"),),
        options=("fillfactor=70",),
    )

    assert ["NOT NULL of column shop", "extended statistics Of us.both"] == told(
        before(target(live))
    )
    assert [
        "its storage options",
        "the default of column day",
        "check constraint positive",
        "trigger t",
        "the security label of dummy",
    ] == told(after(target(live)))
    assert ["rule r", "policy p"] == told(within(target(live)))
