"""What is carried over of the table itself and of what is said of it; and that it ends."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from unit.tables import (
    KEPT,
    LIVE,
    PLAIN,
    STAGED,
    STAGED_SQL,
    VERSION_SQL,
    after,
    back,
    before,
    changed,
    sent,
    target,
    with_column,
)

from builder.engines.postgres.attachments import (
    Column,
    Constraint,
    Identity,
    Index,
    Label,
    Policy,
    Statistics,
    Trigger,
)
from builder.summary import Column as Said

ALTER, BACK = f"ALTER TABLE {STAGED_SQL}", f"ALTER TABLE {VERSION_SQL}"

# The table's own properties


@pytest.mark.parametrize(
    ("live", "staged", "what", "expected"),
    [
        ({"is_unlogged": True}, {}, "UNLOGGED", ["SET UNLOGGED"]),
        ({}, {"is_unlogged": True}, "UNLOGGED", ["SET LOGGED"]),
        ({"tablespace": "fast disk"}, {}, "its tablespace", ['SET TABLESPACE "fast disk"']),
        ({}, {"tablespace": "fast"}, "its tablespace", ['SET TABLESPACE "pg_default"']),
        (
            {"options": ("fillfactor=70", "user_catalog_table=on")},
            {},
            "its storage options",
            ["SET (fillfactor='70', user_catalog_table='on')"],
        ),
        (
            {"options": ("fillfactor=70",)},
            {"options": ("fillfactor=80", "user_catalog_table=on", "autovacuum_enabled=false")},
            "its storage options",
            ["SET (fillfactor='70')", "RESET (user_catalog_table)"],
        ),
        (
            {"toast_options": ("autovacuum_vacuum_cost_delay=5",)},
            {"toast_options": ("vacuum_truncate=off",)},
            "its storage options",
            [
                "SET (toast.autovacuum_vacuum_cost_delay='5')",
                "RESET (toast.vacuum_truncate)",
            ],
        ),
        ({"replica_identity": "f"}, {}, "its replica identity", ["REPLICA IDENTITY FULL"]),
        ({"replica_identity": "n"}, {}, "its replica identity", ["REPLICA IDENTITY NOTHING"]),
        (
            {},
            {"replica_identity": "f"},
            "its replica identity",
            ["REPLICA IDENTITY DEFAULT"],
        ),
    ],
)
def test_table_is_as_it_was(
    live: dict[str, Any], staged: dict[str, Any], what: str, expected: list[str]
) -> None:
    """Each property is set where it differs, taken away where it is too much, else left alone."""
    old = changed(LIVE, **live)
    carried = after(target(old, changed(STAGED, **staged)))

    assert {what} == {one.what for one in carried}
    assert [f"{ALTER} {action}" for action in expected] == sent(carried)
    assert [] == after(target(old, changed(STAGED, **live)))
    assert [] == before(target(old, changed(STAGED, **staged)))


def test_autovacuum_is_left_to_the_swap() -> None:
    """The builder turns it off while a table is staged."""
    live = changed(LIVE, options=("autovacuum_enabled=true",))

    assert [] == after(target(live))
    assert [] == after(target(LIVE, STAGED))


def test_replica_identity_by_an_index_is_the_indexs_matter() -> None:
    """There is no such index yet where the table's own properties are set."""
    assert [] == after(target(changed(LIVE, replica_identity="i")))


def test_nothing_is_carried_over_to_nothing() -> None:
    """A target whose incoming table is gone is told later, by those who require it."""
    assert [] == before(target(LIVE, None))
    assert [] == after(target(LIVE, None))


# What is said of it


def test_comments_of_the_file_win_over_those_by_hand() -> None:
    """Where the file says nothing, what was said of the live column is said of the new one."""
    live = changed(
        LIVE, columns=(Column("day", "date", comment="Old"), Column("shop", "text", comment="A"))
    )
    summary = replace(PLAIN, columns=(Said("day", "New"), Said("shop"), Said("gone", "none")))
    staged = with_column(with_column(STAGED, "day", comment="New"), "shop", comment="A")
    carried = after(target(live), summary)

    assert ["comments on columns"] == [one.what for one in carried]
    assert [
        f"COMMENT ON COLUMN {STAGED_SQL}.\"day\" IS 'New'",
        f"COMMENT ON COLUMN {STAGED_SQL}.\"shop\" IS 'A'",
    ] == sent(carried)
    assert [] == after(target(live, staged), summary)


def test_first_build_has_the_comments_of_the_file() -> None:
    """Nothing else can be carried over to it."""
    summary = replace(PLAIN, columns=(Said("day", "The day"),))

    assert [] == before(target(None))
    assert [f"COMMENT ON COLUMN {STAGED_SQL}.\"day\" IS 'The day'"] == sent(
        after(target(None), summary)
    )
    assert [] == after(target(None))


def test_rollback_asks_no_file_for_its_comments() -> None:
    """A version is described as the live table is now, as the table itself is."""
    summary = replace(PLAIN, columns=(Said("day", "of the file"),))

    assert [] == after(back(LIVE), summary)


def test_comment_that_is_gone_is_taken_away() -> None:
    """A version comes back without what is not said any more."""
    version = with_column(KEPT, "day", comment="old")

    assert [f'COMMENT ON COLUMN {VERSION_SQL}."day" IS NULL'] == sent(after(back(LIVE, version)))


def test_percent_in_a_column_is_no_value() -> None:
    """전환율(%) is a column."""
    columns = (Column("전환율 (%)", "numeric"),)
    summary = replace(PLAIN, columns=(Said("전환율 (%)", "In %"),))
    ((statement,),) = (
        one.statements for one in after(target(None, changed(STAGED, columns=columns)), summary)
    )

    assert (f'COMMENT ON COLUMN {STAGED_SQL}."전환율 (%%)" IS %s', ("In %",)) == (
        statement.text,
        statement.values,
    )


# The end


def test_tables_that_are_alike_have_nothing_to_carry() -> None:
    """Whatever stands on them: what was carried over once is not carried over again."""
    everything: dict[str, Any] = {
        "columns": (
            Column("day", "date", is_not_null=True, default="now()", comment="The day"),
            Column(
                "shop",
                "text",
                collation='pg_catalog."C"',
                is_not_null=True,
                storage="EXTERNAL",
                compression="lz4",
                statistics=100,
                options=("n_distinct=5",),
            ),
            Column(
                "n", "int", is_not_null=True, identity="ALWAYS", sequence=Identity("s", "CACHE 1")
            ),
            Column("twice", "int", default="(n * 2)", generated="STORED"),
        ),
        "indexes": (
            Index(
                "i",
                written="USING btree (day)",
                options=("fillfactor=70",),
                tablespace="fast",
                comment="by hand",
                statistics=((1, 10),),
                is_clustered=True,
                is_replica_identity=True,
            ),
            Index("k", kind="unique", constraint="UNIQUE (n)", constraint_comment="one each"),
        ),
        "constraints": (
            Constraint("day is there", "n", "NOT NULL day", ("day",)),
            Constraint("positive", "c", "CHECK ((n > 0))", ("n",), "really"),
            Constraint("of shop", "f", "FOREIGN KEY (shop) REFERENCES s.shops(id)", ("shop",)),
            Constraint("later", "f", "FOREIGN KEY (n) REFERENCES s.t(n) NOT VALID", ("n",)),
        ),
        "triggers": (
            Trigger("t", "CREATE TRIGGER t BEFORE INSERT ON s.t EXECUTE FUNCTION f()", "A", "x"),
        ),
        "rules": (Trigger("r", "CREATE RULE r AS\n ON DELETE TO s.t DO NOTHING;", "D", "y"),),
        "policies": (Policy("p", True, "SELECT", (None, "bi"), "true", None, "z"),),  # noqa: FBT003 -- as the struct has it
        "statistics": (Statistics("s", "both", "ON day, shop", 100, "w"),),
        "labels": (Label("selinux", "secret"), Label("selinux", "open", "day")),
        "options": ("fillfactor=70",),
        "toast_options": ("vacuum_truncate=off",),
        "is_unlogged": True,
        "tablespace": "fast",
        "replica_identity": "i",
    }
    live, staged = changed(LIVE, **everything), changed(STAGED, **everything)

    assert [] == before(target(live, staged))
    assert [] == after(target(live, staged))
    assert [] == before(back(live, changed(KEPT, **everything)))
    assert [] == after(back(live, changed(KEPT, **everything)))
