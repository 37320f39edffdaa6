"""What stands on a live table, in words, and what a build does with it."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from unit.tables import LIVE, PLAIN, VIEW, changed, target

from builder.engines.postgres.attached import attached
from builder.engines.postgres.attachments import (
    Column,
    Constraint,
    Grant,
    Identity,
    Index,
    Label,
    Policy,
    Statistics,
    Trigger,
    View,
)
from builder.engines.postgres.method import method_for
from builder.errors import PublishFailed

if TYPE_CHECKING:
    from builder.summary.keys import MaterializedViews, Publish

CUBE = View("bi", "cube", "m", "builder", is_owned=True, definition="SELECT 1")
CARRIED, KEPT = "carried over", "kept, as rows are changed in place"
EVERYTHING = changed(
    LIVE,
    views=(VIEW,),
    indexes=(
        Index("i", written="USING btree (day)"),
        Index("k", kind="unique", columns=("day",), written="(day)", constraint="UNIQUE (day)"),
        Index("own", is_declared=True, written="x"),
    ),
    constraints=(
        Constraint("c", "c", "CHECK ((n > 0))"),
        Constraint("n", "n", "NOT NULL n", ("n",)),
    ),
    triggers=(Trigger("t", ""),),
    rules=(Trigger("r", ""),),
    policies=(Policy("p", is_permissive=True, command="ALL", roles=(None,)),),
    statistics=(Statistics("s", "both", "ON a, b"),),
    columns=(
        Column("a", "int", default="1", storage="PLAIN", statistics=0, options=("n_distinct=5",)),
        Column("b", "int", identity="ALWAYS", sequence=Identity("s", "")),
        Column("c", "int", default="(a + b)", generated="STORED", compression="lz4"),
        Column("d", "int"),
    ),
    options=("fillfactor=70",),
    toast_options=("vacuum_truncate=off",),
    tablespace="fast",
    is_unlogged=True,
    row_security=True,
    replica_identity="f",
    labels=(Label("dummy", "top"),),
    grants=(
        Grant("bi", "SELECT"),
        Grant(None, "UPDATE", grantable=True, column="a", grantor="boss"),
    ),
)


def test_everything_is_told_by_its_kind_and_name() -> None:
    """But for what the file declares, and what is as it always is."""
    assert [
        ("view", "bi.daily"),
        ("index", "i: USING btree (day)"),
        ("constraint", "k: (day)"),
        ("constraint", "c: CHECK ((n > 0))"),
        ("constraint", "n: NOT NULL n"),
        ("trigger", "t"),
        ("rule", "r"),
        ("policy", "p"),
        ("statistics", "both"),
        ("column", "a: default 1"),
        ("column", "a: stored PLAIN, 0, n_distinct=5"),
        ("column", "b: identity, generated ALWAYS"),
        ("column", "c: generated as (a + b)"),
        ("column", "c: stored lz4"),
        ("storage option", "fillfactor=70"),
        ("storage option", "toast.vacuum_truncate=off"),
        ("tablespace", "fast"),
        ("table", "UNLOGGED"),
        ("row security", "enabled"),
        ("replica identity", "full"),
        ("security label", "dummy: top"),
        ("grant", "SELECT to bi"),
        ("grant", "UPDATE (a) to PUBLIC with grant option, by boss"),
    ] == [one[:2] for one in attached(EVERYTHING, PLAIN)]
    assert {CARRIED} == {one[2] for one in attached(EVERYTHING, PLAIN)}
    assert {KEPT} == {one[2] for one in attached(EVERYTHING, replace(PLAIN, publish="merge"))}


def test_table_with_nothing_on_it_has_nothing_to_tell() -> None:
    """Neither does what the file declares, under whatever name."""
    key = Index("by hand", kind="unique", columns=("day",), constraint="UNIQUE (day)")

    assert [] == attached(LIVE, PLAIN)
    assert [] == attached(changed(LIVE, indexes=(key,)), replace(PLAIN, unique=(("day",),)))


def test_not_null_of_a_key_is_the_keys() -> None:
    """It is told once, with the key."""
    live = changed(
        LIVE,
        indexes=(Index("k", is_declared=True, kind="primary key", columns=("day",)),),
        constraints=(Constraint("n", "n", "NOT NULL day", ("day",)),),
    )

    assert [] == attached(live, PLAIN)


@pytest.mark.parametrize(
    ("identity", "expected"), [("f", "full"), ("n", "nothing"), ("i", "index")]
)
def test_replica_identity_is_told_in_words(identity: str, expected: str) -> None:
    """As ALTER TABLE has it."""
    live = changed(LIVE, replica_identity=identity, forced_row_security=True)

    assert [("row security", "forced"), ("replica identity", expected)] == [
        one[:2] for one in attached(live, PLAIN)
    ]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"storage": "PLAIN"}, "PLAIN"),
        ({"compression": "lz4"}, "lz4"),
        ({"statistics": 0}, "0"),
        ({"options": ("n_distinct=5",)}, "n_distinct=5"),
    ],
)
def test_each_way_of_storing_a_column_is_told(changes: dict[str, Any], expected: str) -> None:
    """Alone as well."""
    live = changed(LIVE, columns=(Column("a", "int", **changes),))

    assert [("column", f"a: stored {expected}", CARRIED)] == attached(live, PLAIN)


def test_what_a_build_refuses_is_told_before_it_is_tried() -> None:
    """In place, what hangs on the table stays; what bars every publish is refused anyway."""
    live = changed(LIVE, hangs=("function f()",), bars=("its place in subscription s",))
    bars = ("", "its place in subscription s", "refused")

    assert [("", "function f()", "refused"), bars] == attached(live, PLAIN)
    assert [("", "function f()", KEPT), bars] == attached(live, replace(PLAIN, publish="merge"))


def test_table_of_another_role_keeps_all_that_it_has() -> None:
    """Its rows are changed in place, as in a publication."""
    theirs = changed(LIVE, is_owned=False, views=(VIEW,), publications=("feed",))

    assert [("view", "bi.daily", KEPT), ("publication", "feed", KEPT)] == attached(theirs, PLAIN)


def test_materialized_view_is_refused_or_refreshed() -> None:
    """As the file says."""
    live = changed(LIVE, views=(CUBE,))

    assert [("materialized view", "bi.cube", "refused")] == attached(live, PLAIN)
    assert [("materialized view", "bi.cube", "refreshed")] == attached(
        live, replace(PLAIN, materialized_views="refresh")
    )


@pytest.mark.parametrize("publish", ["auto", "merge"])
@pytest.mark.parametrize("materialized_views", ["refuse", "refresh"])
@pytest.mark.parametrize(
    "changes", [{}, {"views": (CUBE,)}, {"hangs": ("function f()",)}, {"bars": ("a place",)}]
)
def test_what_is_told_is_what_a_build_does(
    changes: dict[str, Any], publish: Publish, materialized_views: MaterializedViews
) -> None:
    """Something is told to be refused where the build refuses it, and nowhere else."""
    live = changed(LIVE, **changes)
    summary = replace(
        PLAIN, publish=publish, primary_key=("day",), materialized_views=materialized_views
    )
    told = any(fate == "refused" for _, _, fate in attached(live, summary))
    with pytest.raises(PublishFailed) if told else nullcontext():
        method_for(target(live), summary, "etl")
