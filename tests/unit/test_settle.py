"""Who would find a new table empty, in words; and who is let go."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from unit.tables import SALES

from builder.engines.base import Statement
from builder.engines.postgres.settle import OldSnapshots, Transaction, _let_go, mark_staging
from builder.errors import Busy

# As the server tells it: UTC, and without saying so.
SINCE = (datetime.now(UTC) - timedelta(hours=1)).replace(tzinfo=None)
READER = Transaction("3/7", 42, "kim", SINCE, is_statement=False)
HIDDEN = Transaction("3/8", 43, "lee", None, is_statement=False)
QUERY = Transaction("3/9", 44, "bi", SINCE, is_statement=True)


def let_go(*left: Transaction, anyway: bool = False) -> str:
    """What is told of those who are left when the time is up."""
    return _let_go(SALES, left, publishes_anyway=anyway)


def ageless(text: object) -> str:
    """Without how old a transaction is: it grows while the test runs."""
    return re.sub(r"begun \d+ s ago", "begun long ago", str(text))


def test_transaction_is_told_with_its_user_and_age() -> None:
    """So that somebody can be asked; where our rights do not reach, as much as we see."""
    age = re.fullmatch(r"process 42 of kim, begun (\d+) s ago", str(READER))

    assert age is not None
    assert 3600 <= int(age[1]) < 7200
    assert "process 43 of lee" == str(HIDDEN)


def test_nobody_left_is_nothing_to_tell() -> None:
    """As nearly always."""
    assert "" == let_go()
    assert "" == let_go(anyway=True)


def test_transaction_that_may_still_read_the_table_holds_the_publish() -> None:
    """Who it is, what it would see, and both of the ways on."""
    with pytest.raises(Busy) as caught:
        let_go(QUERY, READER)

    assert (
        "Cannot publish analytics.sales: process 42 of kim, begun long ago, has a snapshot "
        "from before the new table and would find it empty. The live table is as it was and the "
        "new one is staged: end that transaction and run `builder publish`, or set "
        "'old_snapshots': 'publish' if nobody reads the table in it."
    ) == ageless(caught.value)
    assert not caught.value.passes


def test_transaction_that_we_may_not_look_into_holds_it_too() -> None:
    """The right that lets us see more is named."""
    with pytest.raises(Busy) as caught:
        let_go(HIDDEN)

    assert (
        "Cannot publish analytics.sales: process 43 of lee, has a snapshot from before the new "
        "table (GRANT pg_read_all_stats lets us see more of it) and would find it empty."
    ) == str(caught.value).partition(" The live")[0]


def test_single_statement_on_other_tables_is_let_go_and_told() -> None:
    """It has locked all that it reads, and the table is not among that."""
    told = "published while an older snapshot was open, which may find the table empty:"

    assert f"{told} process 44 of bi, begun long ago" == ageless(let_go(QUERY))
    assert f"{told} process 42 of kim, begun long ago; process 43 of lee" == ageless(
        let_go(READER, HIDDEN, anyway=True)
    )


def test_staging_is_marked_until_its_transaction_ends() -> None:
    """Shared, since stagings are no hindrance to each other; the number never changes."""
    mark = 5_720_398_114_002_117_364

    assert Statement("SELECT pg_catalog.pg_advisory_xact_lock_shared(%s)", (mark,)) == (
        mark_staging()
    )


def test_nobody_is_asked_for_where_nobody_was_found() -> None:
    """No statement is sent: there is no session here that could."""
    old = OldSnapshots(SALES, "700", frozenset())

    assert [] == old.left(None)  # type: ignore[arg-type]
