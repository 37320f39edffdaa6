"""Versions: what is kept, what comes back, and what goes for good."""

from __future__ import annotations

import getpass
import socket
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest
from integration.picture import picture
from integration.warehouse import Warehouse, summary, until

from builder.errors import Busy, PublishFailed
from builder.pipeline import build, drop, rollback
from builder.relation import Relation

if TYPE_CHECKING:
    from builder.run import Run
    from builder.summary import Summary

ROWS = "SELECT n FROM analytics.numbers ORDER BY 1"
TARGET = Relation("analytics", "numbers")


def keeping(number: int, **more: Any) -> Summary:
    """The summary as it is in its `number`-th version."""
    return summary(f"SELECT {number} AS n", **{"keep": 3, **more})


def back(warehouse: Warehouse, what: Summary, **more: Any) -> Run:
    """One rollback."""
    engine = warehouse.engine()
    return rollback(what, engine=engine, journal=warehouse.journal(engine), **more)


def gone(warehouse: Warehouse, what: Summary, **more: Any) -> Run:
    """The table dropped."""
    engine = warehouse.engine()
    return drop(what, engine=engine, journal=warehouse.journal(engine), **more)


def test_rollback_is_undone_by_the_next(warehouse: Warehouse) -> None:
    """Each rollback brings back what was live before; two of them change nothing."""
    warehouse.build(keeping(1))
    warehouse.build(keeping(2))
    seen = []
    for _ in range(4):
        run = back(warehouse, keeping(2))
        seen.append((warehouse.column(ROWS), run.status, run.rows))

    assert [([n], "published", 1) for n in (1, 2, 1, 2)] == seen
    assert ["numbers", "prev_numbers"] == warehouse.tables()


def test_rollback_to_a_run(warehouse: Warehouse) -> None:
    """Any kept version comes back by the run that made it, also one that came back before."""
    runs = [warehouse.build(keeping(number)) for number in range(1, 5)]
    seen = []
    for number in (1, 3, 1, 4):
        back(warehouse, keeping(4), to=runs[number - 1].run_id)
        seen.append(warehouse.column(ROWS))

    assert [[1], [3], [1], [4]] == seen
    kept = warehouse.journal(warehouse.engine()).kept(TARGET)
    assert {run.run_id for run in runs[:3]} == {version.made_by for version in kept}


def test_run_that_is_not_kept_is_said_so(warehouse: Warehouse) -> None:
    """What has never been, or is gone, cannot come back: the error says what can."""
    with pytest.raises(PublishFailed, match="no version of it is kept"):
        back(warehouse, keeping(1))
    first = warehouse.build(keeping(1))
    warehouse.build(keeping(2))
    with pytest.raises(PublishFailed) as error:
        back(warehouse, keeping(2), to="20200101000000_abcdef")

    assert (
        "Cannot roll analytics.numbers back: no version that run 20200101000000_abcdef has made is "
        f"kept; there are those of {first.run_id}. The live table is as it was. `builder history` "
        "shows what is kept, and `keep` in the file says how many."
    ) == str(error.value)
    assert [2] == warehouse.column(ROWS)


def test_version_that_somebody_dropped_or_marked_is_left_alone(warehouse: Warehouse) -> None:
    """A table under a version's name that bears no mark is nobody's to swap in or to drop."""
    warehouse.build(keeping(1))
    warehouse.build(keeping(2))
    version = warehouse.value("SELECT kept_as FROM builder.versions")
    warehouse.run(f"DROP TABLE analytics.{version}")
    with pytest.raises(PublishFailed, match=f"analytics.{version} is gone"):
        back(warehouse, keeping(2))
    warehouse.run(f"CREATE TABLE analytics.{version} AS SELECT 7 AS n")
    with pytest.raises(PublishFailed, match="does not bear the mark"):
        back(warehouse, keeping(2))
    run = warehouse.build(keeping(3, keep=0))

    assert [7] == warehouse.column(f"SELECT n FROM analytics.{version}")
    assert ["does not bear the mark" in notice for notice in run.notices] == [True]
    assert [3] == warehouse.column(ROWS)


def test_keys_and_indexes_follow_what_is_live(warehouse: Warehouse) -> None:
    """A version gets the indexes that the live table has, and loses those that it has not."""
    warehouse.build(keeping(1, indexes=(("n",),)))
    warehouse.run("CREATE INDEX by_hand ON analytics.numbers (n) WHERE n > 0")
    warehouse.build(keeping(2, primary_key=("n",)))
    warehouse.run(
        "CREATE INDEX later ON analytics.numbers ((n + 1))", "DROP INDEX analytics.by_hand"
    )
    before = picture(warehouse)
    back(warehouse, keeping(2, primary_key=("n",)))

    assert ([1], before) == (warehouse.column(ROWS), picture(warehouse))


def test_version_without_a_column_comes_back(warehouse: Warehouse) -> None:
    """In need, a version of other columns is better than none: indexes that it lacks are left."""
    warehouse.build(keeping(1))
    warehouse.build(summary("SELECT 2 AS n, 3 AS m", indexes=(("m",), ("n",)), keep=3))
    back(warehouse, keeping(2))

    assert [1] == warehouse.column("SELECT * FROM analytics.numbers")
    assert ["numbers_n_idx"] == warehouse.column(
        "SELECT indexname FROM pg_indexes WHERE tablename = 'numbers'"
    )


CHANGED_SINCE = {
    "expression": (
        "ADD g int GENERATED ALWAYS AS (n * 2) STORED",
        "ALTER g SET EXPRESSION AS (n * 3)",
    ),
    "no expression": ("ADD g int GENERATED ALWAYS AS (n * 2) STORED", "ALTER g DROP EXPRESSION"),
    "NULL": ("ALTER n SET NOT NULL", "ALTER n DROP NOT NULL"),
    "key": ("ADD PRIMARY KEY (n)", "DROP CONSTRAINT numbers_pkey, ALTER n DROP NOT NULL"),
    "collation": ('ADD t text COLLATE "C" DEFAULT 1', "ALTER t TYPE text, ALTER t DROP DEFAULT"),
    "default": ("ALTER n SET DEFAULT 4", "ALTER n ADD GENERATED ALWAYS AS IDENTITY"),
    "constraint": ("ADD CONSTRAINT c CHECK (n > 0)", "DROP CONSTRAINT c, ADD CHECK (n < 9)"),
    "options": ("SET (fillfactor = 70)", "RESET (fillfactor)"),
}


@pytest.mark.parametrize("changed", CHANGED_SINCE)
def test_what_was_changed_since_is_as_it_is_now(warehouse: Warehouse, changed: str) -> None:
    """A version that had it in the way of before comes back with it in the way of now."""
    before, after = CHANGED_SINCE[changed]
    query = "SELECT {} AS n" + (", '1' AS t" if "t text" in before else "")
    warehouse.build(summary(query.format(1) if "t text" not in before else "SELECT 1 AS n", keep=3))
    if changed == "default":
        after = f"ALTER n SET NOT NULL, ALTER n DROP DEFAULT, {after}"
    warehouse.run(f"ALTER TABLE analytics.numbers {before}")
    more = ", 1 AS g" if changed == "no expression" else ""
    warehouse.build(summary(query.format(2), keep=3))
    warehouse.run(f"ALTER TABLE analytics.numbers {after}")
    warehouse.build(summary(query.format(3) + more, keep=3))
    now = picture(warehouse)
    first = warehouse.journal(warehouse.engine()).kept(TARGET)[-1]
    runs = warehouse.column("SELECT run_id FROM builder.runs ORDER BY started_at")
    assert first.made_by == runs[0]

    back(warehouse, keeping(3), to=runs[1])

    assert ([2], now) == (warehouse.column(ROWS), picture(warehouse))


def test_kept_version_holds_on_to_no_row_of_another_table(warehouse: Warehouse) -> None:
    """A row that only a version refers to can be deleted; a rollback that needs it is refused."""
    warehouse.run(
        "CREATE TABLE other (id int PRIMARY KEY)", "INSERT INTO other VALUES (1), (2), (3)"
    )
    warehouse.build(keeping(1))
    warehouse.run("ALTER TABLE analytics.numbers ADD CONSTRAINT k FOREIGN KEY (n) REFERENCES other")
    warehouse.build(keeping(2))
    warehouse.build(keeping(3))
    warehouse.run("DELETE FROM other WHERE id = 2")

    with pytest.raises(PublishFailed, match="foreign key k"):
        back(warehouse, keeping(3))

    assert [3] == warehouse.column(ROWS)
    with pytest.raises(Exception, match="violates foreign key"):
        warehouse.run("DELETE FROM other")


def test_swapped_version_needs_no_wait(warehouse: Warehouse) -> None:
    """Whoever has an old snapshot finds the rows of a version, which were there before them."""
    warehouse.run("CREATE TABLE other (n int)")
    warehouse.build(keeping(1))
    warehouse.build(keeping(2))
    with warehouse.holding("BEGIN ISOLATION LEVEL REPEATABLE READ", "SELECT FROM other") as reader:
        back(warehouse, keeping(2, publish_timeout=0.3))
        cursor = reader.cursor()
        cursor.execute(ROWS)

        assert [(1,)] == cursor.fetchall()


def test_journal_says_what_each_version_is(warehouse: Warehouse) -> None:
    """Who made a version, how many rows it has, and whether it can come back."""
    runs = [warehouse.build(keeping(number, keep=1)) for number in range(1, 4)]
    restored = back(warehouse, keeping(3, keep=1))
    journal = warehouse.journal(warehouse.engine())
    versions = journal.versions(TARGET)
    history = journal.history(TARGET)

    assert [(runs[2].run_id, 1, True), (runs[1].run_id, 1, False), (runs[0].run_id, 1, False)] == [
        (version.made_by, version.rows, version.can_come_back) for version in versions
    ]
    assert [(restored.run_id, "rollback", runs[1].run_id)] == [
        (run.run_id, run.action, run.restored) for run in history[:1]
    ]
    assert {f"{getpass.getuser()}@{socket.gethostname()}"} == {run.built_by for run in history}


def test_table_made_by_hand_comes_back_too(warehouse: Warehouse) -> None:
    """What nobody's run has made is kept and can be brought back as well."""
    warehouse.run("CREATE SCHEMA analytics", "CREATE TABLE analytics.numbers AS SELECT 7 AS n")
    warehouse.build(keeping(1))
    run = back(warehouse, keeping(1))

    assert ([7], None) == (warehouse.column(ROWS), run.restores)


def test_dropped_table_takes_all_of_its_own_along(warehouse: Warehouse) -> None:
    """Table, versions and what is staged go together; the next build begins anew."""
    for number in range(1, 4):
        warehouse.build(keeping(number))
    warehouse.build(keeping(4), publishes=False)
    warehouse.run("CREATE TABLE analytics.prev_numbers_by_hand (n int)")
    run = gone(warehouse, keeping(4))
    left = warehouse.database.tables("analytics")
    warehouse.build(keeping(5))

    assert ("dropped", ["prev_numbers_by_hand"]) == (run.status, left)
    assert [5] == warehouse.column(ROWS)
    assert [] == warehouse.journal(warehouse.engine()).kept(TARGET)


def test_table_of_somebody_else_is_not_dropped(warehouse: Warehouse) -> None:
    """What no run has published, or a person staged, is not the builder's to drop."""
    warehouse.run("CREATE SCHEMA analytics", "CREATE TABLE analytics.numbers AS SELECT 7 AS n")
    with pytest.raises(PublishFailed, match="no run of the builder has published it"):
        gone(warehouse, keeping(1))
    warehouse.build(keeping(1))
    warehouse.run("CREATE TABLE analytics.temp_numbers (n int)")
    with pytest.raises(PublishFailed, match="temp_numbers exists and the builder did not make it"):
        gone(warehouse, keeping(1))

    assert ["numbers", "prev_numbers", "temp_numbers"] == warehouse.tables()


def test_what_reads_the_table_holds_it(warehouse: Warehouse) -> None:
    """A view keeps the table, its versions and its journal as they are."""
    warehouse.build(keeping(1))
    warehouse.build(keeping(2))
    warehouse.run("CREATE VIEW seen AS TABLE analytics.numbers")
    with pytest.raises(PublishFailed, match=r"view public\.seen depends on table"):
        gone(warehouse, keeping(2))

    assert ["numbers", "prev_numbers"] == warehouse.tables()
    assert 1 == len(warehouse.journal(warehouse.engine()).kept(TARGET))


def test_reader_is_waited_for_by_a_drop(warehouse: Warehouse) -> None:
    """A drop waits for readers as a publish does: until publish_timeout, then nothing is gone."""
    warehouse.build(keeping(1))
    with warehouse.holding(ROWS), pytest.raises(Busy, match=r"it was read for all of the 0\.1 s"):
        gone(warehouse, keeping(1, publish_timeout=0.1))
    with ThreadPoolExecutor() as pool, warehouse.holding(ROWS) as reader:
        dropping = pool.submit(gone, warehouse, keeping(1))
        until(
            lambda: warehouse.value(
                "SELECT count(*) FROM pg_locks WHERE NOT granted AND mode = 'AccessExclusiveLock'"
            )
        )
        reader.commit()
        run = dropping.result()

    assert ("dropped", []) == (run.status, warehouse.tables())


def test_run_that_ends_late_is_not_taken_for_the_last(warehouse: Warehouse) -> None:
    """A run that was held up after its publish does not pass for the one that published last."""
    engine = warehouse.engine()
    journal = warehouse.journal(engine)
    ended: list[Run] = []
    finish = journal.finish

    def finish_late(run: Run) -> None:
        ended.append(warehouse.build(keeping(2)))
        finish(run)

    journal.finish = finish_late  # type: ignore[method-assign]
    build(keeping(1), engine=engine, journal=journal)
    warehouse.build(keeping(3))

    assert [ended[0].run_id] == warehouse.column(
        "SELECT made_by FROM builder.versions ORDER BY replaced_at DESC LIMIT 1"
    )


def test_table_and_versions_that_depend_on_each_other_go_together(warehouse: Warehouse) -> None:
    """A sequence that the live table owns and a version's default reads is no obstacle."""
    warehouse.build(keeping(1))
    warehouse.run(
        "CREATE SEQUENCE analytics.s OWNED BY analytics.numbers.n",
        "ALTER TABLE analytics.numbers ALTER n SET DEFAULT nextval('analytics.s')",
    )
    warehouse.build(keeping(2))

    assert "dropped" == gone(warehouse, keeping(2)).status
    assert [] == warehouse.database.tables("analytics")


def test_version_comes_back_without_a_key_that_it_does_not_hold(warehouse: Warehouse) -> None:
    """What the file has declared since must not keep a version from coming back in need."""
    warehouse.build(summary("SELECT 1 AS n FROM generate_series(1, 2)", keep=3))
    what = keeping(2, unique=(("n",),))
    warehouse.build(what)
    run = back(warehouse, what)

    assert [1, 1] == warehouse.column(ROWS)
    said = "the version comes back without unique numbers_n_key: its rows forbid it"
    assert [said] == run.notices


def test_second_rollback_at_once_is_refused(warehouse: Warehouse) -> None:
    """It would undo the first: who comes second is told who is at it."""
    warehouse.build(keeping(1))
    warehouse.build(keeping(2))
    with ThreadPoolExecutor() as pool, warehouse.holding(ROWS) as reader:
        first = pool.submit(back, warehouse, keeping(2))
        until(
            lambda: warehouse.column(
                "SELECT run_id FROM builder.runs WHERE step = 'publish' AND status = 'running'"
            )
        )
        with pytest.raises(Busy, match=r"^Cannot roll back analytics\.numbers: run "):
            back(warehouse, keeping(2))
        reader.commit()

        assert "published" == first.result().status
    assert [1] == warehouse.column(ROWS)
