"""What is staged and what is kept bears a mark: nothing else is published or brought back."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from unit.tables import KEPT, KEYED, LIVE, PLAIN, STAGED, STAGED_RUN, back, changed, target

from builder.engines.postgres import method, stage
from builder.engines.postgres.attachments import Index
from builder.engines.postgres.table import Table, is_copy, is_kept, is_ours
from builder.errors import PublishFailed
from builder.summary import Text

if TYPE_CHECKING:
    from builder.summary import Summary

# What is staged


def staged_of(summary: Summary, *indexes: Index) -> Table:
    """What a build of the summary has staged."""
    comment = f"staged by builder run {STAGED_RUN} {stage.digest(summary)}"
    return changed(STAGED, comment=comment, indexes=indexes)


def test_staged_table_says_which_run_made_it() -> None:
    """Its comment names the run, whose indexes it has."""
    indexes = tuple(Index(f"builder_{STAGED_RUN}_{n}") for n in range(6))
    staged = staged_of(KEYED, *indexes, Index("more"))

    assert STAGED_RUN == method.require_staged(target(LIVE, staged), KEYED)
    assert STAGED_RUN == method.require_staged(target(LIVE, staged_of(PLAIN)), PLAIN)


@pytest.mark.parametrize(
    "change", [{"query": Text("SELECT 2")}, {"primary_key": ("shop",)}, {"unique": (("shop",),)}]
)
def test_what_was_staged_from_another_query_is_refused(change: dict[str, Any]) -> None:
    """What stands in the file is what goes live: its query, keys and indexes as they are now."""
    with pytest.raises(PublishFailed) as caught:
        method.require_staged(target(LIVE, staged_of(PLAIN)), replace(PLAIN, **change))

    assert (
        "Cannot publish analytics.sales: the file's query, keys or indexes have changed since it "
        "was staged. Run build again."
    ) == str(caught.value)


@pytest.mark.parametrize(
    ("staged", "message"),
    [
        (
            None,
            "Cannot publish analytics.sales: the staged table analytics.temp_sales is gone. "
            "Run build again.",
        ),
        (
            changed(STAGED, comment="mine"),
            "Cannot build analytics.sales: analytics.temp_sales exists and the builder did not "
            "make it. The builder stages under that name and never drops what others made: "
            "rename or drop it.",
        ),
        (
            staged_of(KEYED, Index(f"builder_{STAGED_RUN}_0", is_declared=True)),
            "Cannot publish analytics.sales: the staged table lacks a key or index that the "
            "file declares. Run build again.",
        ),
    ],
    ids=["gone", "not ours", "half done"],
)
def test_staged_table_that_is_not_whole_and_ours_is_refused(
    staged: Table | None, message: str
) -> None:
    """What is published was staged by a run, to its end."""
    with pytest.raises(PublishFailed) as caught:
        method.require_staged(target(LIVE, staged), KEYED)

    assert message == str(caught.value)


# What is kept


@pytest.mark.parametrize(
    ("version", "message"),
    [
        (
            None,
            "Cannot roll analytics.sales back: analytics.prev_sales_20261118_cccccc is gone. "
            "`builder history sales` shows what can be brought back.",
        ),
        (
            changed(KEPT, comment="mine"),
            "Cannot roll analytics.sales back: analytics.prev_sales_20261118_cccccc does not bear "
            "the mark of a version that a publish has kept. Nothing was touched.",
        ),
    ],
    ids=["gone", "not ours"],
)
def test_version_that_is_not_there_and_ours_is_refused(version: Table | None, message: str) -> None:
    """What comes back was put aside by a publish."""
    with pytest.raises(PublishFailed) as caught:
        method.require_kept(back(LIVE, version))

    assert message == str(caught.value)
    method.require_kept(back(LIVE))


@pytest.mark.parametrize(
    ("changes", "expected"),
    [({}, True), ({"comment": None}, False), ({"comment": "mine"}, False), ({"kind": "v"}, False)],
)
def test_only_what_bears_its_mark_is_the_builders(
    changes: dict[str, Any], *, expected: bool
) -> None:
    """A table is dropped, published or brought back only if its comment says who made it."""
    assert expected is is_ours(changed(STAGED, **changes))
    assert expected is is_kept(changed(KEPT, **changes))
    assert not is_ours(KEPT)
    assert not is_kept(STAGED)


def test_copy_is_a_version_that_was_never_live() -> None:
    """A merge keeps one: nobody has been waited for who would find it empty."""
    copy = changed(KEPT, comment="kept by builder run r1: a copy of analytics.sales")

    assert is_kept(copy)
    assert is_copy(copy)
    assert not is_copy(KEPT)
    assert not is_copy(None)
