"""What a column of the live table is like, given to the incoming one."""

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
    sent,
    target,
    with_column,
)

from builder.engines.postgres.attachments import Column, Constraint, Identity

ALTER = f'ALTER TABLE {STAGED_SQL} ALTER COLUMN "shop"'
BACK = f'ALTER TABLE {VERSION_SQL} ALTER COLUMN "shop"'
SEQUENCE = "START WITH 1 INCREMENT BY 1 MINVALUE 1 MAXVALUE 9 CACHE 1 NO CYCLE"


# How it is stored


@pytest.mark.parametrize(
    ("live", "staged", "what", "expected"),
    [
        (
            {"collation": 'pg_catalog."C"'},
            {},
            "the collation of column shop",
            ['TYPE text COLLATE pg_catalog."C"'],
        ),
        (
            {"storage": "EXTERNAL"},
            {},
            "the storage of column shop",
            ["SET STORAGE EXTERNAL"],
        ),
        ({"compression": "lz4"}, {}, "the compression of column shop", ["SET COMPRESSION lz4"]),
        ({"statistics": 0}, {}, "the statistics target of column shop", ["SET STATISTICS 0"]),
        (
            {"options": ("n_distinct=5", "n_distinct_inherited=-1")},
            {"options": ("n_distinct=5",)},
            "the options of column shop",
            ["SET (n_distinct_inherited='-1')"],
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_column_is_stored_as_it_was(
    live: dict[str, Any], staged: dict[str, Any], what: str, expected: list[str]
) -> None:
    """Before statistics and indexes are made of it; nothing where it is so already."""
    old = with_column(LIVE, "shop", **live)
    carried = before(target(old, with_column(STAGED, "shop", **staged)))

    assert [what] == [one.what for one in carried]
    assert [f"{ALTER} {action}" for action in expected] == sent(carried)
    assert [] == before(target(old, with_column(STAGED, "shop", **live)))


@pytest.mark.parametrize(
    ("version", "expected"),
    [
        ({"compression": "lz4"}, ["SET COMPRESSION default"]),
        ({"statistics": 100}, ["SET STATISTICS -1"]),
        ({"options": ("n_distinct=5",)}, ["RESET (n_distinct)"]),
    ],
)
def test_what_a_column_has_lost_since_is_taken_away_again(
    version: dict[str, Any], expected: list[str]
) -> None:
    """A version comes back as the live table is now, not as it was then."""
    found = back(LIVE, with_column(KEPT, "shop", **version))

    assert [f"{BACK} {action}" for action in expected] == sent(before(found))


def test_storage_that_every_server_can_say_is_said() -> None:
    """A type's own has a name from PostgreSQL 16 on only: the version's stays as it is."""
    assert [] == before(back(LIVE, with_column(KEPT, "shop", storage="EXTERNAL")))


def test_column_of_another_type_is_stored_in_its_own_way() -> None:
    """How a text was stored says nothing of the number that has taken its place."""
    old = with_column(LIVE, "shop", storage="EXTERNAL", collation='pg_catalog."C"')

    assert [] == before(target(old, with_column(STAGED, "shop", type="integer")))


def test_collation_of_the_query_wins() -> None:
    """COLLATE in the query is meant."""
    old = with_column(LIVE, "shop", collation='pg_catalog."C"')

    assert [] == before(target(old, with_column(STAGED, "shop", collation='pg_catalog."POSIX"')))


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        (
            {"generated": "STORED"},
            '"all of it" numeric(9,2) GENERATED ALWAYS AS ((day - 1)) STORED',
        ),
        (
            {"generated": "VIRTUAL", "collation": 'pg_catalog."C"'},
            '"all of it" numeric(9,2) COLLATE pg_catalog."C" '
            "GENERATED ALWAYS AS ((day - 1)) VIRTUAL",
        ),
    ],
)
def test_generated_column_is_added(changes: dict[str, Any], expected: str) -> None:
    """The query does not return it: the table computes it, as the live one did."""
    generated = Column("all of it", "numeric(9,2)", default="(day - 1)", **changes)
    live = changed(LIVE, columns=(*COLUMNS, generated))
    carried = before(target(live))

    assert ["generated column all of it"] == [one.what for one in carried]
    assert [f"ALTER TABLE {STAGED_SQL} ADD COLUMN {expected}"] == sent(carried)
    assert [] == before(target(live, changed(STAGED, columns=live.columns)))
    assert [] == after(target(live, changed(STAGED, columns=live.columns)))


@pytest.mark.parametrize("named", [(), (Constraint("c", "n", "NOT NULL gone", ("gone",)),)])
def test_column_that_is_gone_is_not_missed(named: tuple[Constraint, ...]) -> None:
    """What the query does not return any more takes all that it was like along."""
    gone = Column("gone", "text", storage="MAIN", is_not_null=True, default="1", comment="x")
    live = changed(LIVE, columns=(*COLUMNS, gone), constraints=named)

    assert [] == before(target(live))
    assert [] == after(target(live))


# What it holds where nothing is given


def test_default_goes_over() -> None:
    """As the server tells it, so that it means the same on the other table."""
    live = with_column(LIVE, "shop", default="'x;y'::text")
    carried = after(target(live))

    assert ["the default of column shop"] == [one.what for one in carried]
    assert [f"{ALTER} SET DEFAULT 'x;y'::text"] == sent(carried)
    assert [] == after(target(live, with_column(STAGED, "shop", default="'x;y'::text")))


def test_default_that_is_gone_is_dropped() -> None:
    """A version comes back without a default that was taken away since."""
    assert [f"{BACK} DROP DEFAULT"] == sent(
        after(back(LIVE, with_column(KEPT, "shop", default="1")))
    )


@pytest.mark.parametrize("identity", ["ALWAYS", "BY DEFAULT"])
def test_identity_goes_over_with_its_sequence(identity: str) -> None:
    """Under a name of this run until the swap: the live table has the real one."""
    live = with_column(
        LIVE, "shop", identity=identity, sequence=Identity("sales_shop_seq", SEQUENCE)
    )
    made = Identity(f"builder_{RUN}_s1", SEQUENCE)
    carried = after(target(live))

    assert ["the identity of column shop"] == [one.what for one in carried]
    assert [
        f"{ALTER} ADD GENERATED {identity} AS IDENTITY "
        f'(SEQUENCE NAME "analytics"."builder_{RUN}_s1" {SEQUENCE})'
    ] == sent(carried)
    assert [] == after(target(live, with_column(STAGED, "shop", identity=identity, sequence=made)))


def test_identity_of_a_version_is_made_anew_where_it_has_changed() -> None:
    """Its sequence counts as the live one's does now."""
    old = Identity("prev_s1", SEQUENCE.replace("9", "99"))
    live = with_column(LIVE, "shop", identity="ALWAYS", sequence=Identity("seq", SEQUENCE))
    version = with_column(KEPT, "shop", identity="ALWAYS", sequence=old)

    assert [
        f"{BACK} DROP IDENTITY",
        f"{BACK} ADD GENERATED ALWAYS AS IDENTITY "
        f'(SEQUENCE NAME "analytics"."builder_{RUN}_s1" {SEQUENCE})',
    ] == sent(after(back(live, version)))


def test_identity_of_another_kind_is_made_anew() -> None:
    """ALWAYS and BY DEFAULT are not the same, though they count alike."""
    live = with_column(LIVE, "shop", identity="BY DEFAULT", sequence=Identity("a", SEQUENCE))
    version = with_column(KEPT, "shop", identity="ALWAYS", sequence=Identity("b", SEQUENCE))

    assert [
        f"{BACK} DROP IDENTITY",
        f"{BACK} ADD GENERATED BY DEFAULT AS IDENTITY "
        f'(SEQUENCE NAME "analytics"."builder_{RUN}_s1" {SEQUENCE})',
    ] == sent(after(back(live, version)))


def test_identity_that_is_gone_is_dropped() -> None:
    """A version comes back without an identity that was taken away since."""
    version = with_column(KEPT, "shop", identity="ALWAYS", sequence=Identity("s", SEQUENCE))

    assert [f"{BACK} DROP IDENTITY"] == sent(after(back(LIVE, version)))


def test_identity_goes_before_a_default_comes() -> None:
    """A column that counts by itself takes no default: the server refuses the other order."""
    version = with_column(KEPT, "shop", identity="ALWAYS", sequence=Identity("s", SEQUENCE))

    assert [f"{BACK} DROP IDENTITY", f"{BACK} SET DEFAULT 1"] == sent(
        after(back(with_column(LIVE, "shop", default="1"), version))
    )
