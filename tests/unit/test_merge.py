"""A table that is changed in place: what is sent, and what is in the way of it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from unit.tables import (
    COLUMNS,
    KEYED,
    LIVE,
    LIVE_SQL,
    PLAIN,
    RETIRED_SQL,
    RUN,
    STAGED,
    STAGED_SQL,
    VERSION_SQL,
    back,
    changed,
    refused,
    target,
    texts,
    with_column,
)

from builder.engines.postgres import merge, method
from builder.engines.postgres.attachments import Column, Grant, Reference, Trigger
from builder.engines.postgres.table import column_changes
from builder.engines.postgres.wording import QUIET
from builder.summary import Column as Said

if TYPE_CHECKING:
    from builder.summary import Summary

TOTAL = Column("total", "int", default="(a + b)", generated="STORED")
IN_PLACE = "Cannot publish analytics.sales: its rows would be changed in place, and in the way of"
MERGE = replace(PLAIN, publish="merge", primary_key=("day",))
HELD = changed(LIVE, references=(Reference("a key"),))
INSERT = f'INSERT INTO {LIVE_SQL} ("day", "shop") SELECT s."day", s."shop" FROM {STAGED_SQL} AS s'
MISSING = f"WHERE NOT EXISTS (SELECT FROM {LIVE_SQL} AS t WHERE"
BOTH = 'ROW(t."day", t."shop"), ROW(s."day", s."shop")'

# What is sent


def test_transaction_of_a_merge_lets_readers_through() -> None:
    """Writers wait; a policy that hides rows is an error, not a merge of fewer."""
    assert [
        "BEGIN ISOLATION LEVEL READ COMMITTED",
        QUIET,
        "SET LOCAL row_security = off",
        f"LOCK TABLE {LIVE_SQL} IN SHARE ROW EXCLUSIVE MODE",
    ] == texts([*merge.begin_merge(), merge.lock_rows(target(LIVE))])


def test_state_that_is_replaced_is_kept_as_a_copy() -> None:
    """Nobody but its owner reads it, whom default privileges let in or not.

    What is generated is left out: it is computed again where the copy comes back.
    """
    live = changed(LIVE, columns=(*COLUMNS, TOTAL))
    defaults = (Grant("bi", "SELECT"), Grant(None, "SELECT"), Grant("bi", "INSERT"))

    assert [
        f'CREATE TABLE {RETIRED_SQL} AS SELECT "day", "shop" FROM {LIVE_SQL}',
        f'REVOKE ALL ON TABLE {RETIRED_SQL} FROM "bi"',
        f"REVOKE ALL ON TABLE {RETIRED_SQL} FROM PUBLIC",
        f"COMMENT ON TABLE {RETIRED_SQL} IS 'kept by builder run {RUN}: a copy of analytics.sales'",
    ] == texts(merge.keep_copy(target(live, default_grants=defaults), RUN))


def test_rows_that_differ_are_deleted_and_inserted() -> None:
    """By the key; a row is compared as it is stored, and one that is the same is not touched."""
    assert [
        "SET LOCAL search_path TO DEFAULT",
        f"DELETE FROM {LIVE_SQL} AS t WHERE NOT EXISTS (SELECT FROM {STAGED_SQL} AS s "
        f'WHERE s."day" = t."day" AND pg_catalog.record_image_eq({BOTH}))',
        f'{INSERT} {MISSING} s."day" = t."day")',
    ] == texts(merge.changes(target(LIVE), MERGE, "merge"))


def test_row_that_is_referred_to_is_updated() -> None:
    """To delete it, were it for a moment, the other table's foreign key forbids.

    Its key is set as well: 1.0 and 1.00 are equal, and not the same.
    """
    assert [
        "SET LOCAL search_path TO DEFAULT",
        f"DELETE FROM {LIVE_SQL} AS t WHERE NOT EXISTS (SELECT FROM {STAGED_SQL} AS s "
        'WHERE s."day" = t."day")',
        f'UPDATE {LIVE_SQL} AS t SET "day" = s."day", "shop" = s."shop" FROM {STAGED_SQL} AS s '
        f'WHERE s."day" = t."day" AND pg_catalog.record_image_ne({BOTH})',
        f'{INSERT} {MISSING} s."day" = t."day")',
    ] == texts(merge.changes(target(HELD), MERGE, "merge"))


def test_without_a_key_all_rows_go_and_come() -> None:
    """Nothing tells which is which."""
    assert ["SET LOCAL search_path TO DEFAULT", f"DELETE FROM {LIVE_SQL}", INSERT] == texts(
        merge.changes(target(LIVE), PLAIN, "delete")
    )


@pytest.mark.parametrize("method", ["merge", "delete"])
def test_generated_columns_are_left_to_the_table(method: Any) -> None:
    """They are neither compared nor written."""
    plain = texts(merge.changes(target(LIVE), MERGE, method))
    live = changed(LIVE, columns=(TOTAL, *COLUMNS))

    assert plain == texts(merge.changes(target(live), MERGE, method))


@pytest.mark.parametrize(
    ("identity", "expected"), [("ALWAYS", " OVERRIDING SYSTEM VALUE"), ("BY DEFAULT", "")]
)
def test_identity_has_the_querys_values(identity: str, expected: str) -> None:
    """A column that is always an identity takes them only if told so."""
    live = with_column(LIVE, "shop", identity=identity)
    into = f'INSERT INTO {LIVE_SQL} ("day", "shop")'

    assert (
        INSERT.replace(into, into + expected)
        == texts(merge.changes(target(live), PLAIN, "delete"))[-1]
    )


def test_merge_ends_with_what_it_came_from() -> None:
    """The staged table goes, and the rows that are new are counted for the planner."""
    assert [f"DROP TABLE {STAGED_SQL}", f"ANALYZE {LIVE_SQL}"] == texts(
        merge.finish(target(LIVE), MERGE)
    )
    assert [f"DROP TABLE {STAGED_SQL}"] == texts(
        merge.finish(target(changed(LIVE, is_owned=False)), MERGE)
    )
    assert [
        f"SELECT (SELECT count(*) FROM {LIVE_SQL}), (SELECT count(*) FROM {STAGED_SQL})"
    ] == texts([merge.counts(target(LIVE))])


def test_comments_of_the_file_are_the_tables() -> None:
    """Where it is ours to comment on, and where they say anything new; not in a rollback."""
    summary = replace(
        MERGE,
        description="New",
        columns=(Said("day", "The %day"), Said("shop"), Said("gone", "x")),
    )
    told = [
        f"COMMENT ON TABLE {LIVE_SQL} IS 'New'",
        f"COMMENT ON COLUMN {LIVE_SQL}.\"day\" IS 'The %day'",
    ]
    said = with_column(changed(LIVE, comment="New"), "day", comment="The %day")

    assert told == texts(merge.finish(target(changed(LIVE, comment="Old")), summary))[:2]
    for found, file in (
        (target(said), summary),
        (target(said), MERGE),
        (target(changed(LIVE, is_owned=False)), summary),
        (back(LIVE), summary),
    ):
        assert [] == [
            text for text in texts(merge.finish(found, file)) if text.startswith("COMMENT")
        ]


def test_rollback_merges_a_version_back() -> None:
    """What is kept takes the part of what is staged, and is gone after it."""
    assert [f"DROP TABLE {VERSION_SQL}", f"ANALYZE {LIVE_SQL}"] == texts(
        merge.finish(back(LIVE), MERGE)
    )
    assert (
        INSERT.replace(STAGED_SQL, VERSION_SQL)
        == texts(merge.changes(back(LIVE), PLAIN, "delete"))[-1]
    )


# What a merge refuses


def test_rows_that_we_may_not_change_are_refused() -> None:
    """The table is another role's: what would let us is told."""
    assert (
        "Cannot publish analytics.sales: the table belongs to Team A. The role etl must own the "
        "live table, or be a member of the role that does, or be let change its rows: GRANT "
        'SELECT, INSERT, UPDATE, DELETE ON "analytics"."sales" TO "etl". Nothing was touched.'
    ) == refused(changed(LIVE, owner="Team A", is_owned=False, is_writable=False))


def test_subscribers_have_to_find_the_changed_rows() -> None:
    """A published table without replica identity refuses every UPDATE and DELETE."""
    assert (
        "Cannot publish analytics.sales: the publication feed has the table, which has no replica "
        "identity by which its subscribers could find a changed row. Nothing was touched. Let its "
        'owner run: ALTER TABLE "analytics"."sales" REPLICA IDENTITY FULL; or give the table a '
        "primary key."
    ) == refused(changed(LIVE, publications=("feed",), lacks_identity=True))


@pytest.mark.parametrize("enabled", ["O", "A", "R", "D"])
def test_what_changes_rows_by_itself_is_in_the_way_of_a_merge(enabled: str) -> None:
    """Rules, and triggers before each row; those that do not fire here and now are not."""
    live = changed(
        LIVE,
        rules=(Trigger("r", "", enabled, changes_rows=True),),
        triggers=(Trigger("t", "", enabled, changes_rows=True), Trigger("after", "", enabled)),
    )

    if enabled in "OA":
        assert (
            f"{IN_PLACE} that are rule r, trigger t, which may change rows. Nothing was touched. "
            "Drop or disable what is not needed."
        ) == refused(live, MERGE)
    else:
        assert "merge" == method.method_for(target(live), MERGE, "etl")


def test_reference_that_cascades_is_in_the_way_of_a_merge() -> None:
    """A row that goes would take rows elsewhere along, or empty their columns."""
    live = changed(
        LIVE, references=(Reference("key a"), Reference("key b of table c", cascades=True))
    )

    assert (
        f"{IN_PLACE} that are key b of table c. Nothing was touched. Drop or disable what is not "
        "needed."
    ) == refused(live, MERGE)


def test_every_reference_is_in_the_way_of_deleting_all() -> None:
    """Without a key all rows go for a moment, and what refers to them forbids it."""
    live = changed(LIVE, is_owned=False, references=(Reference("key a"),))

    assert (
        f"{IN_PLACE} that are key a. Nothing was touched. Drop or disable what is not needed."
    ) == refused(live)
    assert "merge" == method.method_for(target(live), KEYED, "etl")


@pytest.mark.parametrize(
    ("changes", "summary", "why"),
    [
        ({}, MERGE, "the file says 'merge'"),
        (
            {"is_owned": False, "owner": "Team A", "publications": ("feed",)},
            PLAIN,
            "the table belongs to Team A; the publication feed has the table",
        ),
    ],
)
def test_table_that_is_changed_in_place_keeps_its_columns(
    changes: dict[str, Any], summary: Summary, why: str
) -> None:
    """Each that goes, comes or changes is named, and why the table is not swapped."""
    old = changed(LIVE, columns=(Column("day", "text"), COLUMNS[1], Column("a", "int")), **changes)
    new = changed(STAGED, columns=(*COLUMNS, Column("b", "int")))

    assert (
        "Cannot publish analytics.sales: column a goes, column b is new, column day changes from "
        "text to date, and the table keeps its columns, since its rows are changed in place "
        f"({why}). Nothing was touched. Alter the table by hand, or bring the query back to its "
        "columns."
    ) == refused(old, summary, new)


def test_generated_columns_of_a_table_that_is_merged_into_are_its_own() -> None:
    """The query does not return them; in which order it returns the others is no matter."""
    live = changed(LIVE, columns=(TOTAL, *COLUMNS))
    new = changed(STAGED, columns=COLUMNS[::-1])

    method.require_fits(target(live, new), MERGE, "merge")


def test_changes_of_columns_are_sentences() -> None:
    """Gone, new and changed columns, in this order; the rest is not mentioned."""
    old = changed(LIVE, columns=tuple(Column(name, "int") for name in "abc"))
    new = changed(STAGED, columns=(Column("d", "text"), Column("b", "bigint"), Column("c", "int")))

    assert [
        "column a goes",
        "column d is new",
        "column b changes from int to bigint",
    ] == column_changes(old, new)
