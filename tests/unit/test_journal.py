"""The journal: what it sends, and that it never stands in the way of the truth."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from unit.recorder import DOWN, NOW, SALES, THERE, Recorder, a_run, holes_are_values, started

from builder.errors import EngineError, Problem, QueryFailed
from builder.journal import LAST_RUNS, Journal
from builder.journal.tables import MIGRATIONS, VERSION, Measured, rows_of
from builder.run import CheckResult, Failing, Step
from builder.summary import Check, Count, Expectation, Freshness, Text

if TYPE_CHECKING:
    from builder.engines.base import Result, Statement
    from builder.summary.keys import FailingRows


def test_run_is_written_when_it_starts_and_dead_ones_are_closed() -> None:
    """Whoever holds the lock knows that runs of the table still open are dead: one transaction."""
    connection = Recorder(THERE)
    run = a_run()
    Journal(lambda: connection).start(run)
    last = connection.sent[-1]

    assert holes_are_values(last)
    assert last.text.index("'abandoned'") < last.text.index("INSERT INTO builder.runs")
    assert ("analytics", "sales", "r1", "analytics", "sales", "build") == last.values[:6]
    assert ("team", NOW, VERSION) == last.values[-3:]


def test_tables_are_made_once_under_a_lock() -> None:
    """A warehouse without a journal gets one, in one transaction, whoever else starts now."""
    connection = Recorder({"relname = 'journal'": ((False,),)})
    Journal(lambda: connection).start(a_run())
    texts = [statement.text for statement in connection.sent]
    begin = texts.index("BEGIN")

    assert "pg_advisory_xact_lock" in texts[begin + 1]
    assert "relname = 'journal'" in texts[begin + 2]
    assert [*MIGRATIONS.values(), "COMMIT"] == texts[begin + 3 : begin + 4 + VERSION]


def test_journal_of_an_older_builder_is_brought_up_to_date() -> None:
    """Only what it lacks is added, under the same lock; what stands in it stays."""
    connection = Recorder({"relname = 'journal'": ((True,),), "oldest_client": ((1, 1),)})
    Journal(lambda: connection).start(a_run())
    texts = [statement.text for statement in connection.sent]
    begin = texts.index("BEGIN")

    assert "pg_advisory_xact_lock" in texts[begin + 1]
    assert [*[*MIGRATIONS.values()][1:], "COMMIT"] == texts[begin + 4 : begin + 4 + VERSION]
    assert MIGRATIONS[1] not in texts


def test_every_version_has_its_migration() -> None:
    """From 1 to the one that this builder writes; each later one says so itself and only adds."""
    assert [*range(1, VERSION + 1)] == [*MIGRATIONS]
    for version in range(2, VERSION + 1):
        assert f"UPDATE builder.journal SET version = {version};" in MIGRATIONS[version]
        assert not {"DROP", "RENAME", "DELETE"} & set(MIGRATIONS[version].split())


def test_tables_that_are_there_are_left_alone() -> None:
    """No DDL where the journal is up to date."""
    connection = Recorder(THERE)
    Journal(lambda: connection).start(a_run())

    assert "CREATE" not in connection.text
    assert "pg_advisory_xact_lock" not in connection.text


def test_failed_making_is_rolled_back_and_tried_again() -> None:
    """A role without the right gets the GRANT to ask for, and so does the next table."""
    forbidden = EngineError("permission denied for database", code="42501")
    connection = Recorder({"relname = 'journal'": ((False,),)}, {"CREATE SCHEMA": forbidden})
    journal = Journal(lambda: connection)
    for _ in range(2):
        with pytest.raises(EngineError) as caught:
            journal.start(a_run())

        assert "ROLLBACK" in [statement.text for statement in connection.sent[-2:]]
        assert (
            "Cannot use the journal, the schema `builder` of the warehouse: permission denied for "
            "database Let an administrator run, once: CREATE SCHEMA builder AUTHORIZATION"
        ) in str(caught.value)
        assert "42501" == caught.value.code


@pytest.mark.parametrize("asked", ["history", "holder", "kept", "versions", "is_ours"])
def test_reading_first_does_not_keep_the_tables_from_being_made(asked: str) -> None:
    """Whatever the journal was asked before, a run that starts finds it prepared."""
    connection = Recorder({"relname = 'journal'": ((False,),)})
    journal = Journal(lambda: connection)
    getattr(journal, asked)(*([] if asked == "history" else [SALES]))
    journal.start(a_run())

    assert MIGRATIONS[1] in connection.text


def test_journal_of_a_newer_builder_is_not_written() -> None:
    """A journal that says that we are too old is left as it is."""
    connection = Recorder({"relname = 'journal'": ((True,),), "oldest_client": ((9, VERSION + 1),)})
    with pytest.raises(EngineError) as caught:
        Journal(lambda: connection).start(a_run())

    assert (
        f"Cannot write the journal: it is for builder journals of version {VERSION + 1} and "
        f"later, this one is {VERSION}. Install a newer summary-builder."
    ) == str(caught.value)
    assert "UPDATE" not in connection.text


def test_newer_journal_that_lets_us_write_is_written() -> None:
    """Changes only add: an older client works on a newer journal."""
    connection = Recorder({"relname = 'journal'": ((True,),), "oldest_client": ((9, 1),)})
    Journal(lambda: connection).start(a_run())

    assert "INSERT INTO builder.runs" in connection.text
    assert "CREATE" not in connection.text


def test_step_under_way_is_noted() -> None:
    """Who looks while a run builds sees its step; one that has ended is told at the end."""
    connection = Recorder(THERE)
    _, run = started(connection)
    with run.step("stage"):
        during = list(connection.sent)

    assert [("stage", "r1")] == [statement.values for statement in during]
    assert during == connection.sent
    assert "status = 'running'" in during[0].text


def test_end_of_a_run_is_written_with_its_steps_and_checks() -> None:
    """One statement, one transaction: status, steps, checks, and the pruning of old runs."""
    connection = Recorder(THERE)
    journal, run = started(connection)
    run.steps.append(Step("lock", "", 0.5, passed=True))
    check = Count("c", Text("S"), 1)
    run.checks.append(CheckResult(check, True, 2, 0.1, "≥ 1", "2", low=1))  # noqa: FBT003 -- as the dataclass has it
    run.failed(EngineError("lost"))
    connection.sent.clear()
    journal.finish(run)
    (sent,) = connection.sent
    whole = (
        "r1",
        0,
        "lock",
        True,
        0.5,
        "",
        "r1",
        0,
        "c",
        "S",
        "ge",
        1,
        2,
        True,
        "critical",
        "",
        0.1,
        check.fingerprint,
        "count",
        "S",
        "2",
        "≥ 1",
        1,
        None,
        None,
        None,
        None,
    )

    assert holes_are_values(sent)
    assert ("failed", None, "lost", "r1", *whole, 400) == sent.values
    assert 1 == sent.text.count("DELETE FROM builder.runs")


FAILING = Failing(9, 10, ("id", "day"), ((1, date(2026, 1, 31)),), "SELECT 1")


@pytest.mark.parametrize(
    ("failing_rows", "expected"),
    [
        (None, None),
        ("show", None),
        ("hide", None),
        ("keep", '{"columns":["id","day"],"rows":[[1,"2026-01-31"]]}'),
    ],
)
def test_failing_rows_are_kept_only_where_the_file_says(
    failing_rows: FailingRows | None, expected: str | None
) -> None:
    """How many failed is written down always, the rows themselves only with 'keep'."""
    run = a_run()
    run.summary = replace(run.summary, failing_rows=failing_rows)
    check = Expectation("c", "expect_column_values_to_be_unique", {"column": "id"})
    run.checks.append(CheckResult(check, False, 9, 0.1, "none", "9 of 10", failing=FAILING))  # noqa: FBT003 -- as the dataclass has it
    (statement,) = rows_of(run)

    assert (9, 10, expected) == statement.values[-3:]


def test_check_that_measured_a_text_has_no_number() -> None:
    """What was found stands in words; the error of a check without its passwords."""
    run = a_run()
    error = QueryFailed(Problem("no postgresql://me:geheim@h/d"))
    run.checks += [
        CheckResult(Check("schema_drift.added"), False, "n added", 0.1, "as live", "n added"),  # noqa: FBT003 -- as the dataclass has it
        CheckResult(Freshness("f", "day", 60), False, None, 0.1, error=error),  # noqa: FBT003 -- as the dataclass has it
    ]
    (statement,) = rows_of(run)
    first, second = statement.values[:21], statement.values[21:]

    assert holes_are_values(statement)
    assert ("schema_drift.added", "", "", None, None, False) == first[2:8]
    assert ("drift", "schema_drift.added", "n added", "as live") == first[12:16]
    assert (None, False, "critical", "no postgresql://me:***@h/d") == second[6:10]
    assert ("freshness", "newest day") == second[12:14]


def test_earlier_numbers_are_those_of_runs_that_were_published() -> None:
    """One query for all checks; of a rollback, what was measured of the version it brought back."""
    at = NOW - timedelta(days=1)
    answers = {"effective_at": (("f", Decimal("2.5"), at), ("g", 3, at), ("f", 2, NOW))}
    connection = Recorder({**THERE, **answers})
    found = Journal(lambda: connection).measured(SALES, ["f", "g"])
    asked = connection.sent[-1]

    assert {"f": [Measured(Decimal("2.5"), at), Measured(2, NOW)], "g": [Measured(3, at)]} == found
    assert ("analytics", "sales", LAST_RUNS, ["f", "g"]) == asked.values
    assert "coalesce(restored, run_id)" in asked.text


def test_nothing_is_asked_for_no_check() -> None:
    """A file without comparisons costs nothing."""
    connection = Recorder(THERE)

    assert {} == Journal(lambda: connection).measured(SALES, [])
    assert [] == connection.sent


def test_end_never_takes_back_what_the_swap_wrote() -> None:
    """A run that is interrupted while its swap commits is published: what the swap wrote stays."""
    connection = Recorder(THERE)
    journal, run = started(connection)
    run.failed(KeyboardInterrupt())
    connection.sent.clear()
    journal.finish(run)
    update = connection.sent[0].text.split(";\n")

    assert "'published'" in next(text for text in update if text.startswith("UPDATE"))


def test_run_without_steps_writes_none() -> None:
    """No row, no statement."""
    assert [] == rows_of(a_run())


def test_run_that_never_started_leaves_nothing() -> None:
    """A run that did not get its lock is no run: the journal is not even opened."""
    opened: list[Recorder] = []

    def connect() -> Recorder:
        opened.append(Recorder(THERE))
        return opened[-1]

    Journal(connect).finish(a_run())

    assert [] == opened


def test_journal_that_goes_away_holds_nothing_up(caplog: pytest.LogCaptureFixture) -> None:
    """A note or an end that cannot be written is logged, and nothing is raised."""
    connection = Recorder(THERE)
    journal, run = started(connection)
    connection.fails = {"UPDATE": DOWN}
    with caplog.at_level(logging.WARNING), run.step("stage"):
        pass
    journal.finish(run)

    assert ["The journal could not be written: the server went away"] * 2 == caplog.messages


def test_journal_that_cannot_be_reached_stops_a_start() -> None:
    """Without its row a run does not begin."""

    def refuse() -> Recorder:
        raise DOWN

    with pytest.raises(EngineError, match="the server went away"):
        Journal(refuse).start(a_run())


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ((), "another session"),
        (
            (("r0", "bi-1", 42, "kim", "stage", NOW),),
            "run r0 (kim on bi-1, process 42, step stage since 09:30:00 UTC)",
        ),
        ((("r0", "bi-1", 42, "kim", None, None),), "run r0 (kim on bi-1, process 42)"),
    ],
)
def test_holder_is_told_with_host_process_and_step(
    rows: tuple[tuple[object, ...], ...], expected: str
) -> None:
    """Who builds a table now, as the journal knows it."""
    connection = Recorder({"SELECT run_id": rows, **THERE})

    assert expected == Journal(lambda: connection).holder(SALES)


def test_history_is_empty_where_there_is_no_journal() -> None:
    """Looking makes nothing."""
    connection = Recorder({"relname = 'journal'": ((False,),)})

    assert [] == Journal(lambda: connection).history()
    assert 1 == len(connection.sent)


def test_history_gives_past_runs() -> None:
    """Each run with its table, of one table or of all."""
    row = ("r1", "analytics", "sales", "build", "published", NOW, NOW, 5, None)
    connection = Recorder({"SELECT run_id": (row,), **THERE})
    journal = Journal(lambda: connection)
    (run,) = journal.history(SALES, 7)

    assert (SALES, "published", 5) == (run.table, run.status, run.rows)
    journal.history()
    one, every = (sent.values for sent in connection.sent if "SELECT run_id" in sent.text)

    assert ("analytics", "analytics", "sales", 7) == one
    assert (None, None, None, 50) == every


def test_connection_is_opened_when_needed_and_given_back() -> None:
    """A journal that had nothing to say never connects; one that had closes once."""
    connection = Recorder(THERE)
    silent, talking = Journal(lambda: connection), Journal(lambda: connection)
    silent.close()

    assert not connection.closed
    talking.start(a_run())
    talking.close()
    assert connection.closed


class Dying(Recorder):
    """A connection that is lost with the first statement that fails."""

    def execute(self, statement: Statement) -> Result:
        """See Recorder."""
        try:
            return super().execute(statement)
        except EngineError:
            self.is_alive = False
            raise


@pytest.mark.parametrize("is_noticed", [False, True])
def test_connection_that_was_lost_is_opened_anew(*, is_noticed: bool) -> None:
    """What was under way is undone, and so is sent again; a statement that fails is not."""
    lost, fresh = Dying(THERE), Recorder(THERE)
    opened = [lost, fresh]
    journal = Journal(lambda: opened.pop(0))
    journal.start(a_run())
    lost.fails, lost.is_alive = {"UPDATE": DOWN}, not is_noticed
    journal.dropped(SALES.version("2"))

    assert [("analytics", "prev_sales_2")] == [statement.values for statement in fresh.sent]
    fresh.fails = {"UPDATE": DOWN}
    with pytest.raises(EngineError, match="the server went away"):
        journal.dropped(SALES.version("2"))
    assert 2 == len(fresh.sent)
