"""How a table is published, and every reason for which it is not: said before it is touched."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from unit.tables import (
    COLUMNS,
    KEPT,
    KEYED,
    LIVE,
    PLAIN,
    STAGED,
    VIEW,
    changed,
    refused,
    target,
)

from builder.engines.postgres import method
from builder.engines.postgres.attachments import Column, Grant, Index, Reference, Trigger, View
from builder.engines.postgres.table import kind_of

TOTAL = Column("total", "int", default="(a + b)", generated="STORED")
MATERIALIZED = View("bi", "cube", "m", "builder", is_owned=True, definition="SELECT 1")
THEIRS = View("bi", "daily", "v", "Team A", is_owned=False, definition="SELECT 1")
HOLDS = "Cannot publish analytics.sales: replacing the table would lose or leave behind"
IN_PLACE = "Cannot publish analytics.sales: its rows would be changed in place, and in the way of"
MERGE = replace(PLAIN, publish="merge", primary_key=("day",))


# Which method it is


@pytest.mark.parametrize(
    ("changes", "options", "expected"),
    [
        ({}, {}, "swap"),
        ({}, {"publish": "swap"}, "swap"),
        ({"indexes": (Index("by hand"),), "views": (VIEW,)}, {}, "swap"),
        ({"references": (Reference("a key"),)}, {}, "swap"),
        ({"rules": (Trigger("r", "", changes_rows=True),)}, {}, "swap"),
        ({}, {"publish": "merge", "primary_key": ("day",)}, "merge"),
        ({}, {"publish": "merge", "unique": (("day", "shop"), ("a",))}, "merge"),
        ({"hangs": ("function f()",)}, {"publish": "merge", "unique": (("day",),)}, "merge"),
        ({"is_owned": False}, {"primary_key": ("day",)}, "merge"),
        ({"is_owned": False}, {}, "delete"),
        ({"views": (THEIRS,)}, {}, "delete"),
        ({"publications": ("feed",)}, {}, "delete"),
        ({"views": (MATERIALIZED,)}, {"materialized_views": "refresh"}, "delete"),
    ],
)
def test_swap_is_the_first_choice(
    changes: dict[str, Any], options: dict[str, Any], expected: str
) -> None:
    """Rows are changed in place where the file says so, or where a swap would take too much."""
    summary = replace(PLAIN, **options)

    assert expected == method.method_for(target(changed(LIVE, **changes)), summary, "etl")


def test_first_build_is_a_swap() -> None:
    """There is nothing to change in place."""
    assert "swap" == method.method_for(target(None), MERGE, "etl")


def test_reasons_for_a_merge_are_told_one_by_one() -> None:
    """Each a clause; nothing where a swap will do."""
    live = changed(
        LIVE,
        owner="Team A",
        is_owned=False,
        views=(VIEW, THEIRS, MATERIALIZED),
        publications=("feed", "other"),
    )
    refreshing = replace(PLAIN, materialized_views="refresh")

    assert [
        "the table belongs to Team A",
        "the view bi.daily belongs to Team A",
        "the publication feed has the table",
        "the publication other has the table",
        "the materialized view bi.cube reads it",
    ] == method.why_no_swap(live, refreshing)
    others = changed(MATERIALIZED, owner="Team A", is_owned=False)
    assert [] == method.why_no_swap(changed(LIVE, views=(VIEW, others)), PLAIN)


def test_rows_are_matched_by_the_files_key() -> None:
    """The primary key, or else the first that is unique."""
    assert ("day",) == method.key_of(KEYED)
    assert ("day", "shop") == method.key_of(replace(KEYED, primary_key=()))
    assert () == method.key_of(PLAIN)


# What is refused, whichever way


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("v", "a view"),
        ("m", "a materialized view"),
        ("p", "a partitioned table"),
        ("f", "a foreign table"),
        ("S", "a sequence"),
        ("i", "an index"),
        ("I", "an index"),
        ("c", "a type"),
        ("?", "a table"),
    ],
)
def test_relation_that_is_no_ordinary_table_is_refused(kind: str, words: str) -> None:
    """Only an ordinary table is replaced; anything else is named for what it is."""
    live = changed(LIVE, kind=kind)

    assert (
        f"Cannot publish analytics.sales: there is {words} of that name, and only an ordinary "
        "table can be replaced. Rename one of the two."
    ) == refused(live)
    assert words == kind_of(live)


@pytest.mark.parametrize("comment", [STAGED.comment, KEPT.comment])
def test_table_that_a_build_staged_or_kept_is_nobodys_live_table(comment: str) -> None:
    """A summary called temp_sales would have taken another's staged table for its own."""
    assert (
        "Cannot publish analytics.sales: the table of that name is what a build staged, for "
        "another summary or before somebody renamed it. Rename or drop it."
    ) == refused(changed(LIVE, comment=comment))


@pytest.mark.parametrize("summary", [PLAIN, MERGE])
def test_what_nothing_can_be_done_about_is_named(summary: Any) -> None:
    """Partitions, inheritance and subscriptions bar a merge as well."""
    assert (
        f"{HOLDS} its place in a partitioned or inherited table, its place in subscription s. "
        "Nothing was touched. Take the table out of that."
    ) == refused(
        changed(
            LIVE,
            bars=("its place in a partitioned or inherited table", "its place in subscription s"),
        ),
        summary,
    )


# What a swap refuses


def test_file_that_wants_a_swap_gets_no_merge() -> None:
    """What is in the way is told, all of it."""
    live = changed(LIVE, owner="Team A", is_owned=False, views=(THEIRS,))

    assert (
        "Cannot publish analytics.sales: the table belongs to Team A; the view bi.daily belongs to "
        "Team A, and 'publish': 'swap' allows no merge. Nothing was touched. Take `publish` "
        "out of the file, or take that away."
    ) == refused(live, replace(PLAIN, publish="swap"))


def test_what_would_be_lost_is_named() -> None:
    """Everything that hangs on the live table and that cannot be carried is in the error."""
    assert (
        f"{HOLDS} function f(), type t. Nothing was touched. Drop what is not needed; a file with "
        "a key can also say 'publish': 'merge', which changes the rows of the table that is there."
    ) == refused(changed(LIVE, hangs=("function f()", "type t")))


def test_materialized_view_is_refused_unless_it_is_refreshed() -> None:
    """It would go on reading the old table, and no swap can tell it otherwise."""
    assert (
        f"{HOLDS} materialized view bi.cube. Nothing was touched. Drop it, or let the file say "
        "'materialized_views': 'refresh'."
    ) == refused(changed(LIVE, views=(VIEW, MATERIALIZED)))


@pytest.mark.parametrize(("grantee", "name"), [("bi", "bi"), (None, "PUBLIC")])
def test_grant_that_nobody_here_can_make_is_refused(grantee: str | None, name: str) -> None:
    """Only its grantor can grant it, and the role that builds is no member of that."""
    grants = (
        Grant("bi", "UPDATE"),
        Grant(grantee, "SELECT", grantor="boss", is_grantable_by_us=False),
    )

    assert (
        f"Cannot publish analytics.sales: boss has granted SELECT on it to {name}, and only that "
        "role can grant it again. Nothing was touched. Make the role that builds a member of "
        "boss, which needs USAGE on the schema analytics, or let the owner grant it."
    ) == refused(changed(LIVE, grants=grants))


def test_generated_column_stands_at_the_end() -> None:
    """It is added to what the query returns: anywhere else it would move."""
    assert (
        f"{HOLDS} generated column total. Nothing was touched. It would come to stand behind the "
        "query's columns: move it to the end."
    ) == refused(changed(LIVE, columns=(COLUMNS[0], TOTAL, COLUMNS[1])))


def test_column_that_a_view_reads_cannot_go() -> None:
    """The view is named, and the columns."""
    view = changed(VIEW, columns=("day", "gone", "lost"))
    gone = tuple(Column(name, "int") for name in ("gone", "lost"))

    assert (
        f"{HOLDS} view bi.daily, which reads column gone, lost. Nothing was touched. The new "
        "table does not have that any more: change it or drop it."
    ) == refused(changed(LIVE, columns=(*COLUMNS, *gone), views=(view,)))


def test_view_may_read_a_generated_column() -> None:
    """The query does not return it, and the new table has it all the same."""
    view = changed(VIEW, columns=("day", "total"))
    found = target(changed(LIVE, columns=(*COLUMNS, TOTAL), views=(view,)))

    method.require_fits(found, PLAIN, "swap")
    carried = target(found.live, changed(STAGED, columns=(*COLUMNS, TOTAL)))
    method.require_fits(carried, PLAIN, "swap")


def test_column_is_generated_or_returned() -> None:
    """Not both: what the query returns would not be what the table computes."""
    assert (
        "Cannot publish analytics.sales: column total is generated in the live table, and the "
        "query returns it too. Nothing was touched. Take it out of the query, which the table then "
        "computes it from, or alter the live table: ALTER COLUMN … DROP EXPRESSION."
    ) == refused(
        changed(LIVE, columns=(*COLUMNS, TOTAL)),
        incoming=changed(STAGED, columns=(*COLUMNS, Column("total", "int"))),
    )


def test_columns_may_change_in_a_swap() -> None:
    """New ones, other types, and those that nobody reads any more; so may a first build's."""
    old = changed(LIVE, columns=(Column("day", "text"), Column("gone", "int")), views=(VIEW,))

    for found in (target(old), target(None), target(LIVE, None)):
        method.require_fits(found, PLAIN, "swap")
