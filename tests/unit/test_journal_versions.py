"""The journal of versions: what a publish, a rollback and a drop leave in it, and what it knows."""

from __future__ import annotations

import pytest
from unit.recorder import NOW, SALES, THERE, Recorder, holes_are_values, started

from builder.engines.base import Version
from builder.errors import EngineError
from builder.journal import Journal
from builder.journal.tables import Kept

REPLACED = Version(SALES.version("r1"))
OLD = SALES.version("r0")
LAST = "ORDER BY effective_at DESC"
"""By when it took effect, not by when the run ended, which may have been held up after it."""
KEEP = ("analytics", "sales", "prev_sales_r1", "r1", "analytics", "sales", "r1")


# What is written


def test_first_publish_writes_the_run() -> None:
    """The statement goes into the swap's own transaction: nothing is sent here."""
    connection = Recorder(THERE)
    journal, run = started(connection)
    run.rows = 5
    (ended,) = journal.published(run, None)

    assert (5, None, "r1") == ended.values
    assert "status = 'published'" in ended.text
    assert "effective_at = clock_timestamp()" in ended.text
    assert holes_are_values(ended)
    assert [] == connection.sent


def test_publish_keeps_the_version_with_the_run_that_made_it() -> None:
    """That is the last one before this that has published; after a drop nobody knows."""
    journal, run = started(Recorder(THERE))
    ended, kept = journal.published(run, REPLACED)

    assert (None, None, "r1") == ended.values
    assert KEEP == kept.values
    assert holes_are_values(kept)
    assert "CASE WHEN status = 'published' THEN coalesce(restored, run_id) END" in kept.text
    assert "status IN ('published', 'dropped') AND run_id <> %s" in kept.text
    assert f"{LAST} LIMIT 1" in kept.text


@pytest.mark.parametrize("made_by", ["r0", None])
def test_rollback_writes_what_it_has_brought_back(made_by: str | None) -> None:
    """The run whose rows are live again; its version is kept no more, and this run took it."""
    journal, run = started(Recorder(THERE))
    run.rows = 7
    ended, kept, back = journal.published(run, REPLACED, Kept(OLD, made_by))

    assert (7, made_by, "r1") == ended.values
    assert "restored = %s" in ended.text
    assert KEEP == kept.values
    assert ("r1", "analytics", "prev_sales_r0") == back.values
    assert "SET dropped_at = clock_timestamp(), restored_by = %s" in back.text
    assert all(holes_are_values(statement) for statement in (ended, kept, back))


def test_rollback_of_a_table_that_is_gone_keeps_nothing() -> None:
    """Nothing was live to be kept."""
    journal, run = started(Recorder(THERE))

    assert 2 == len(journal.published(run, None, Kept(OLD, "r0")))


def test_drop_writes_that_all_versions_are_gone() -> None:
    """In the transaction that drops them; those that went before keep their time."""
    connection = Recorder(THERE)
    journal, run = started(connection)
    gone, ended = journal.removed(run, [REPLACED.relation, OLD])

    assert ("analytics", ["prev_sales_r1", "prev_sales_r0"]) == gone.values
    assert "dropped_at IS NULL" in gone.text
    assert ("r1",) == ended.values
    assert "status = 'dropped', finished_at = clock_timestamp(), effective_at" in ended.text
    assert holes_are_values(gone)
    assert holes_are_values(ended)
    assert [] == connection.sent


def test_dropped_version_is_marked() -> None:
    """The version by its schema and name."""
    connection = Recorder(THERE)
    Journal(lambda: connection).dropped(SALES.version("2"))

    assert ("analytics", "prev_sales_2") == connection.sent[-1].values


# What is known


def test_versions_are_the_youngest_first() -> None:
    """Those that are gone among them; kept are those that can come back."""
    there = (
        ("prev_sales_2", "r1", 5, "r2", NOW, True),
        ("prev_sales_1", None, None, "r1", NOW, False),
    )
    connection = Recorder({"kept_as": there, **THERE})
    journal = Journal(lambda: connection)
    young = Kept(SALES.version("2"), "r1", 5, "r2", NOW)
    old = Kept(SALES.version("1"), None, None, "r1", NOW, can_come_back=False)

    assert [young, old] == journal.versions(SALES)
    assert ("analytics", "sales", True) == connection.sent[-1].values
    assert [young] == Journal(lambda: Recorder({"kept_as": there[:1], **THERE})).kept(SALES)
    assert "(dropped_at IS NULL OR %s) ORDER BY replaced_at DESC" in connection.text


def test_journal_of_an_older_builder_can_be_read() -> None:
    """Its tables lack columns: each is asked for in a way that allows that."""
    connection = Recorder({"relname = 'journal'": ((True,),)})
    journal = Journal(lambda: connection)
    journal.versions(SALES)
    journal.history(SALES)

    assert "to_jsonb(v) ->> 'made_by', (to_jsonb(v) ->> 'rows')::bigint" in connection.text
    assert "to_jsonb(r) ->> 'restored'" in connection.text


@pytest.mark.parametrize(
    ("rows", "expected"), [((("published",),), True), ((("dropped",),), False), ((), False)]
)
def test_table_is_ours_that_a_run_has_published(
    rows: tuple[tuple[object, ...], ...], *, expected: bool
) -> None:
    """And that none has dropped since: whatever stands there then is somebody's own."""
    connection = Recorder({"SELECT status": rows, **THERE})

    assert expected is Journal(lambda: connection).is_ours(SALES)
    assert ("analytics", "sales") == connection.sent[-1].values
    assert f"AND effective_at IS NOT NULL {LAST} LIMIT 1" in connection.text


@pytest.mark.parametrize(("count", "expected"), [(1, True), (0, False)])
def test_run_is_published_once_its_row_says_so(count: int, *, expected: bool) -> None:
    """After a COMMIT that nobody answered; another run's publish is not its own."""
    connection = Recorder({"SELECT count(*) FROM builder.runs": ((count,),), **THERE})
    journal, run = started(connection)

    assert expected is journal.is_published(run)
    assert ("r1",) == connection.sent[-1].values


def test_journal_that_cannot_be_asked_does_not_guess() -> None:
    """Neither answer would be true."""
    connection = Recorder(THERE)
    journal, run = started(connection)
    connection.fails = {"count(*)": EngineError("the server went away")}
    with pytest.raises(EngineError, match="the server went away"):
        journal.is_published(run)


def test_nothing_is_known_where_there_is_no_journal() -> None:
    """Looking makes nothing."""
    connection = Recorder({"relname = 'journal'": ((False,),)})

    assert [] == Journal(lambda: connection).versions(SALES)
    assert [] == Journal(lambda: connection).kept(SALES)
    assert "CREATE" not in connection.text


def test_history_tells_what_a_rollback_brought_back() -> None:
    """The run whose version is live again."""
    row = ("r2", "analytics", "sales", "rollback", "published", NOW, NOW, 5, None, "kim@bi-1", "r0")
    connection = Recorder({"SELECT run_id": (row,), **THERE})
    (run,) = Journal(lambda: connection).history(SALES)

    assert ("rollback", "kim@bi-1", "r0") == (run.action, run.built_by, run.restored)


def test_end_never_takes_back_a_drop() -> None:
    """A run that is interrupted while its drop commits has dropped its table."""
    connection = Recorder(THERE)
    journal, run = started(connection)
    run.failed(KeyboardInterrupt())
    connection.sent.clear()
    journal.finish(run)

    assert "CASE WHEN status IN ('published', 'dropped') THEN status" in connection.text


def test_run_whose_version_is_kept_is_not_forgotten() -> None:
    """Old runs are pruned; with the run that replaced it, its version's row would go."""
    connection = Recorder(THERE)
    journal, run = started(connection)
    run.finished()
    connection.sent.clear()
    journal.finish(run)

    assert "v.replaced_by = r.run_id AND v.dropped_at IS NULL" in connection.text
