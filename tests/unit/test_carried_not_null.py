"""NOT NULL of the live table's columns, given to the incoming ones, by name where it has one."""

from __future__ import annotations

import pytest
from unit.tables import (
    KEPT,
    LIVE,
    STAGED,
    STAGED_SQL,
    after,
    back,
    before,
    changed,
    sent,
    target,
    with_column,
)

from builder.engines.postgres.attachments import Constraint, Index

ALTER = f'ALTER TABLE {STAGED_SQL} ALTER COLUMN "shop"'
NAMED = Constraint("shop is there", "n", "NOT NULL shop", ("shop",))
KEY = Index("sales_pkey", is_declared=True, kind="primary key", columns=("shop",))


def test_not_null_goes_over() -> None:
    """Before PostgreSQL 18 it has no name."""
    live = with_column(LIVE, "shop", is_not_null=True)
    carried = before(target(live))

    assert ["NOT NULL of column shop"] == [one.what for one in carried]
    assert [f"{ALTER} SET NOT NULL"] == sent(carried)
    assert [] == before(target(live, with_column(STAGED, "shop", is_not_null=True)))


def test_not_null_goes_over_by_its_name() -> None:
    """From PostgreSQL 18 on it is a constraint like another, with a name and a comment."""
    told = changed(NAMED, comment="or whose is it?")
    live = changed(with_column(LIVE, "shop", is_not_null=True), constraints=(told,))
    staged = changed(with_column(STAGED, "shop", is_not_null=True), constraints=(told,))
    name = '"shop is there"'

    assert [
        f"ALTER TABLE {STAGED_SQL} ADD CONSTRAINT {name} NOT NULL shop",
        f"COMMENT ON CONSTRAINT {name} ON {STAGED_SQL} IS 'or whose is it?'",
    ] == sent(before(target(live)))
    assert [] == before(target(live, staged))
    assert [] == after(target(live, staged))


@pytest.mark.parametrize("constraints", [(), (NAMED,)])
def test_primary_key_of_the_file_brings_its_own_not_null(
    constraints: tuple[Constraint, ...],
) -> None:
    """It is not carried over: where the file drops the key, nobody asked for NOT NULL."""
    live = changed(
        with_column(LIVE, "shop", is_not_null=True), indexes=(KEY,), constraints=constraints
    )

    assert [] == before(target(live))


def test_unique_columns_of_the_file_are_not_null_by_hand() -> None:
    """Only a primary key brings it along."""
    live = changed(
        with_column(LIVE, "shop", is_not_null=True), indexes=(changed(KEY, kind="unique"),)
    )

    assert [f"{ALTER} SET NOT NULL"] == sent(before(target(live)))


def test_primary_key_by_hand_keeps_its_not_null() -> None:
    """It is carried over like any other, ahead of the key."""
    live = changed(
        with_column(LIVE, "shop", is_not_null=True),
        indexes=(changed(KEY, is_declared=False),),
        constraints=(NAMED,),
    )

    assert [f'ALTER TABLE {STAGED_SQL} ADD CONSTRAINT "shop is there" NOT NULL shop'] == sent(
        before(target(live))
    )


@pytest.mark.parametrize(
    ("live", "expected"), [((NAMED,), "shop is there"), ((), "sales_shop_not_null")]
)
def test_not_null_of_a_key_is_called_as_on_the_live_table(
    live: tuple[Constraint, ...], expected: str
) -> None:
    """The server calls it after the table that it made it on, which was the staged one."""
    staged = changed(STAGED, constraints=(changed(NAMED, name="temp_sales_shop_not_null"),))
    rename = f'ALTER TABLE {STAGED_SQL} RENAME CONSTRAINT "temp_sales_shop_not_null" TO'

    assert [f'{rename} "{expected}"'] == sent(
        after(target(changed(LIVE, constraints=live), staged))
    )
    renamed = changed(STAGED, constraints=(changed(NAMED, name=expected),))

    assert [] == after(target(changed(LIVE, constraints=live), renamed))


def test_name_that_is_taken_is_not_given_to_not_null() -> None:
    """By another constraint of either table: then it is called as the server called it."""
    made = changed(NAMED, name="temp_sales_shop_not_null")
    other = Constraint("sales_shop_not_null", "c", "CHECK (true)")
    both = changed(STAGED, constraints=(made, other))

    for live, staged in (
        (changed(LIVE, constraints=(other,)), both),
        (LIVE, both),
        (changed(LIVE, constraints=(other,)), changed(STAGED, constraints=(made,))),
    ):
        assert not [text for text in sent(after(target(live, staged))) if "RENAME" in text]


def test_not_null_of_a_version_keeps_its_name() -> None:
    """Where the live table has none, nobody asks what the server would call it."""
    assert [] == after(back(LIVE, changed(KEPT, constraints=(NAMED,))))
