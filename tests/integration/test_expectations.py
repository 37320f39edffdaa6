"""Great Expectations itself, in its process, on a real Postgres: what it finds and never does."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING, Any

import psycopg2
import pytest
from integration.warehouse import Warehouse, summary, until

from builder.engines.postgres.reader import PostgresReader
from builder.engines.postgres.shared import open_shared
from builder.errors import Busy, EngineError, QueryFailed
from builder.expectations import Answer, Expectation, Worker
from builder.query import plan
from builder.relation import Relation
from builder.run import Run
from builder.summary.expect import THIS_WAREHOUSE

if TYPE_CHECKING:
    from pathlib import Path

    from builder.engines.reading import SharedRead

WORDS = "raw.words"
BETWEEN = "expect_column_values_to_be_between"
ROWS = "unexpected_rows_expectation"
SLOW = Expectation(ROWS, {"unexpected_rows_query": "SELECT pg_sleep(60) FROM {batch}"})
PASSING = Expectation("expect_table_row_count_to_equal", {"value": 4})
READING = """
SELECT count(*) FROM pg_stat_activity
WHERE datname = current_database() AND application_name = 'summary-builder' AND
"""
IN_TRANSACTION = READING + "xact_start IS NOT NULL"


@pytest.fixture
def words(warehouse: Warehouse) -> Warehouse:
    """A warehouse with four words."""
    warehouse.run(
        "CREATE SCHEMA raw",
        f"CREATE TABLE {WORDS} (id int, word text, score float8, price numeric, day date)",
        f"INSERT INTO {WORDS} VALUES (1, '가', 1, 0.10, '2025-01-31'), "
        "(2, '나', 'NaN', 12345678901234567890.10, 'infinity'), (3, NULL, 3, 0.30, NULL), "
        "(4, 'x;y:z%', 'Infinity', 1, '0044-03-15 BC')",
    )
    return warehouse


def relation(name: str = WORDS) -> Relation:
    """`schema.table` as a Relation."""
    schema, _, table = name.partition(".")
    return Relation(schema, table)


def read(warehouse: Warehouse, name: str = WORDS, **who: str) -> SharedRead:
    """What the builder's session shares of a table."""
    return PostgresReader(warehouse.engine(**who).session).shared([relation(name)])


def ask(worker: Worker, warehouse: Warehouse, *expectations: Expectation) -> tuple[Answer, ...]:
    """The answers on the words."""
    return worker.ask(read(warehouse), relation(), expectations).answers()


def expect(name: str, **arguments: Any) -> Expectation:
    """One expectation."""
    return Expectation(name, arguments)


def query(sql: str) -> Expectation:
    """The expectation that a query returns no rows."""
    return expect(ROWS, unexpected_rows_query=sql)


def test_verdicts_come_with_counts_and_failing_rows(worker: Worker, words: Warehouse) -> None:
    """What holds is told to hold; what does not comes with how many, and with the rows whole."""
    right, wrong, table = ask(
        worker,
        words,
        expect(BETWEEN, column="id", min_value=1, max_value=4),
        expect("expect_column_values_to_not_be_null", column="word"),
        PASSING,
    )

    assert (True, 4, 0, 0, ()) == (
        *(right.success, right.element_count, right.unexpected_count, right.missing_count),
        right.rows,
    )
    assert (False, 4, 1, 25.0) == (
        *(wrong.success, wrong.element_count, wrong.unexpected_count),
        wrong.unexpected_percent,
    )
    assert ("id", "word", "score", "price", "day") == wrong.columns
    assert ([3, None, 3.0, "0.30", None],) == tuple(list(row) for row in wrong.rows)
    assert (True, 4) == (table.success, table.observed)


def test_values_keep_what_the_warehouse_has(worker: Worker, words: Warehouse) -> None:
    """NaN and infinity fail a bound; no digit of a decimal is lost, nor a date Python lacks."""
    scores, prices, days = ask(
        worker,
        words,
        expect(BETWEEN, column="score", min_value=0, max_value=9),
        expect("expect_column_values_to_be_in_set", column="price", value_set=[1, 0.1, 0.3]),
        expect("expect_column_values_to_be_null", column="day"),
    )

    assert ["NaN", "Infinity"] == [row[2] for row in scores.rows]
    assert ["12345678901234567890.10"] == [row[3] for row in prices.rows]
    assert ["2025-01-31", "infinity", "0044-03-15 BC"] == [row[4] for row in days.rows]


def test_what_is_missing_or_should_not_be_there_is_named(worker: Worker, words: Warehouse) -> None:
    """Columns that do not match are in the details, as are values that a column should have."""
    columns, values = ask(
        worker,
        words,
        expect("expect_table_columns_to_match_set", column_set=["id", "word", "score", "price"]),
        expect("expect_column_distinct_values_to_contain_set", column="word", value_set=["다"]),
    )

    assert ({"mismatched": {"unexpected": ["day"]}}, ["day", "id", "price", "score", "word"]) == (
        columns.details,
        columns.observed,
    )
    assert ({"missing_values": ["다"]}, None) == (values.details, values.missing_count)


def test_bound_that_would_be_rounded_is_refused(worker: Worker, words: Warehouse) -> None:
    """A number with more digits than a float has is never compared as another one."""
    (answer,) = ask(worker, words, expect(BETWEEN, column="id", max_value=9007199254740993))

    assert answer.error is not None
    assert answer.error.startswith("max_value 9007199254740993 has too many digits")


def test_names_are_taken_letter_by_letter(worker: Worker, words: Warehouse) -> None:
    """Korean, upper case, spaces, dots, percent signs and quotes name the table that is there."""
    words.run(
        'CREATE SCHEMA "한국 %s"',
        'CREATE TABLE "한국 %s"."A ""b"".c" AS SELECT 5 AS "값 %s", 1 AS "Select"',
    )
    where = Relation("한국 %s", 'A "b".c')
    source = PostgresReader(words.engine().session).shared([where])
    asked = [
        expect(BETWEEN, column="값 %s", min_value=9),
        expect(BETWEEN, column="Select", max_value=1),
    ]
    wrong, right = worker.ask(source, where, asked).answers()

    assert (False, ("값 %s", "Select"), (5, 1)) == (
        wrong.success,
        wrong.columns,
        tuple(wrong.rows[0]),
    )
    assert right.success


def test_one_that_raises_spoils_no_other(worker: Worker, words: Warehouse) -> None:
    """Each expectation has its own finding or error, in the words of who refused it."""
    answers = ask(
        worker,
        words,
        expect(BETWEEN, column="id", min_value=1),
        expect(BETWEEN, column="Word", min_value=1),
        expect(BETWEEN, column="nowhere", min_value=1),
        expect("expect_column_values_to_match_regex", column="word", regex="^["),
        expect(BETWEEN, column="id", minimum=1),
        expect("expect_column_valuesto_be_between", column="id"),
        query("SELECT * FROM {batch} WHERE"),
        PASSING,
    )

    assert [
        (True, None),
        (False, 'column "Word" does not exist'),
        (False, 'The column "nowhere" in BatchData does not exist.'),
        (False, "invalid regular expression: brackets [] not balanced"),
        (False, "minimum: extra fields not permitted; min_value and max_value cannot both be None"),
        (
            False,
            "there is no expectation expect_column_valuesto_be_between: "
            "did you mean expect_column_values_to_be_between?",
        ),
        (False, 'syntax error at or near ")"'),
        (True, None),
    ] == [(answer.success, answer.error) for answer in answers]


def test_queries_of_people_are_read_as_they_are(worker: Worker, words: Warehouse) -> None:
    """Colons, semicolons and percent signs of a query are no one's but the query's."""
    found, compared = ask(
        worker,
        words,
        query("SELECT id, word FROM {batch} WHERE word = 'x;y:z%' AND word LIKE '%:z%' LIMIT 9"),
        expect(
            "expect_query_results_to_match_comparison",
            comparison_data_source_name=THIS_WAREHOUSE,
            base_query=f"SELECT id FROM {WORDS} WHERE id < 3",
            comparison_query=f"SELECT id FROM {WORDS} WHERE id IN (2, 3)",
        ),
    )

    assert (False, 1, ("id", "word"), (4, "x;y:z%")) == (
        *(found.success, found.observed, found.columns),
        tuple(found.rows[0]),
    )
    assert (((1,),), {"missing_rows": [{"id": 3}]}) == (
        tuple(tuple(row) for row in compared.rows),
        compared.details,
    )


def test_row_conditions_choose_the_rows(worker: Worker, words: Warehouse) -> None:
    """Those of all parts of the condition, Korean words among them."""
    both = {
        "type": "and",
        "conditions": [
            {
                "type": "comparison",
                "column": {"name": "word"},
                "operator": "==",
                "parameter": "나",
            },
            {"type": "nullity", "column": {"name": "id"}, "is_null": False},
        ],
    }
    (answer,) = ask(worker, words, expect(BETWEEN, column="id", max_value=1, row_condition=both))

    assert 1 == answer.element_count
    assert 2 == answer.rows[0][0]


def test_nothing_can_be_written(worker: Worker, words: Warehouse) -> None:
    """Whatever a query holds, no statement of it changes a row or leaves the transaction."""
    words.run(
        f"CREATE FUNCTION raw.write() RETURNS int LANGUAGE sql AS "
        f"'INSERT INTO {WORDS} (id) VALUES (5); SELECT 1'"
    )
    answers = ask(
        worker,
        words,
        query(f"DELETE FROM {WORDS} RETURNING *"),
        query("SELECT raw.write() FROM {batch}"),
        query(f"SELECT 1) AS x; COMMIT; DELETE FROM {WORDS}; SELECT * FROM (SELECT 1"),
        query("SELECT set_config('transaction_read_only', 'off', true) FROM {batch}"),
        PASSING,
    )

    assert [False, False, False, False, True] == [answer.success for answer in answers]
    assert "cannot execute INSERT in a read-only transaction" == answers[1].error
    assert 4 == words.value(f"SELECT count(*) FROM {WORDS}")


def test_role_is_who_reads(worker: Worker, words: Warehouse) -> None:
    """The other process reads as the role that the builder has become, and with its rights."""
    role = words.role("reader", "NOLOGIN")
    words.run(f"GRANT USAGE ON SCHEMA raw TO {role}", f"GRANT SELECT ON {WORDS} TO {role}")
    source = read(words, role=role)
    asked = [query(f"SELECT 1 FROM {{batch}} WHERE current_user <> '{role}'")]
    assert worker.ask(source, relation(), asked).answers()[0].success

    words.run(f"REVOKE SELECT ON {WORDS} FROM {role}")
    with pytest.raises(EngineError, match="permission denied for table words"):
        worker.ask(source, relation(), asked).answers()


def test_snapshot_is_the_moment_that_is_read(worker: Worker, words: Warehouse) -> None:
    """A row that is committed after the snapshot is not seen there, and is seen without one."""
    copy = summary(f"SELECT id FROM {WORDS}")
    engine = words.engine()
    with engine.snapshot(Run(copy), plan(copy, "postgres")) as snapshot:
        source = snapshot.shared([relation()])
        words.run(f"INSERT INTO {WORDS} (id) VALUES (5)")
        inside = worker.ask(source, relation(), [PASSING]).answers()
        outside = ask(worker, words, PASSING)

    assert [(True, 4), (False, 5)] == [(one.success, one.observed) for one in (*inside, *outside)]
    with pytest.raises(EngineError, match="the transaction whose moment is shared has ended"):
        worker.ask(source, relation(), [PASSING]).answers()


def test_rows_that_row_security_hides_are_an_error(worker: Worker, words: Warehouse) -> None:
    """A snapshot that takes no hidden rows shares that, too."""
    role = words.role("partial", "NOLOGIN")
    words.run(
        f"GRANT USAGE, CREATE ON SCHEMA raw TO {role}",
        f"GRANT SELECT ON {WORDS} TO {role}",
        f"CREATE POLICY half ON {WORDS} USING (id < 3)",
        f"ALTER TABLE {WORDS} ENABLE ROW LEVEL SECURITY",
    )
    copy = summary("SELECT 1 AS n", schema="raw")
    engine = words.engine(role=role)
    with engine.snapshot(Run(copy), plan(copy, "postgres")) as snapshot:
        source = snapshot.shared([relation()])
        with pytest.raises(EngineError, match="would be affected by row-level security"):
            worker.ask(source, relation(), [PASSING]).answers()


def test_statement_ends_with_the_run(worker: Worker, words: Warehouse) -> None:
    """What the run's time is too short for is cancelled on the server; others have their answer."""
    session = words.engine().session
    with session.within(0.5):
        source = PostgresReader(session).shared([relation()])
    slow, after = worker.ask(source, relation(), [SLOW, PASSING]).answers()

    assert "canceling statement due to statement timeout" == slow.error
    assert after.success


def test_everything_is_given_back_before_the_answer(worker: Worker, words: Warehouse) -> None:
    """Once there are answers the table is held by nobody: it can be swapped without waiting."""
    ask(worker, words, PASSING)
    words.run(f"SET lock_timeout = '1ms'; DROP TABLE {WORDS}")


def test_table_that_is_locked_for_long_is_busy(
    words: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is not waited for without end: who holds it may be waiting for us."""
    monkeypatch.setattr("builder.engines.postgres.shared._LOCK_WAIT", "10ms")
    source = read(words)
    with words.holding(f"LOCK TABLE {WORDS}"), pytest.raises(Busy):
        open_shared(source.arguments)


def test_transaction_outlives_what_a_library_calls(words: Warehouse) -> None:
    """Commit and rollback leave the one transaction open, a failed query is mended, COMMIT ends it.

    After that nothing is sent any more.
    """
    connection = open_shared(read(words).arguments)
    cursor = connection.cursor()
    cursor.execute("SELECT pg_current_xact_id_if_assigned(), transaction_timestamp()")
    begun = cursor.fetchall()
    connection.commit()
    with pytest.raises(psycopg2.errors.DivisionByZero):
        cursor.execute("SELECT 1 / 0")
    connection.rollback()
    cursor.execute("SELECT pg_current_xact_id_if_assigned(), transaction_timestamp()")
    assert begun == cursor.fetchall()

    cursor.execute("COMMIT")
    with pytest.raises(psycopg2.ProgrammingError, match="has been ended"):
        cursor.execute(f"DELETE FROM {WORDS}")
    connection.close()


def test_nothing_is_told_and_nothing_written_elsewhere(
    worker: Worker, words: Warehouse, notes: Path
) -> None:
    """No connection but the database's, no file, no other process: not even a question."""
    ask(worker, words, PASSING)

    assert "" == notes.read_text()


def test_ctrl_c_ends_the_wait_and_the_statement(words: Warehouse) -> None:
    """An interrupted build leaves neither a process nor a statement on the server behind.

    So does one whose deadline has come.
    """
    sleeping = READING + "query LIKE '%pg_sleep(60)%' AND state = 'active'"

    def interrupt() -> None:
        until(lambda: words.value(sleeping))
        os.kill(os.getpid(), signal.SIGINT)

    with Worker() as worker:
        ticket = worker.ask(read(words), relation(), [SLOW])
        thread = threading.Thread(target=interrupt)
        thread.start()
        with pytest.raises(KeyboardInterrupt):
            ticket.answers()
        thread.join()
        with pytest.raises(QueryFailed, match="longer than its `timeout`"):
            ticket.answers(time.monotonic())

    until(lambda: not words.value(sleeping))


def test_killed_builder_leaves_no_session_behind(words: Warehouse) -> None:
    """When the builder is killed outright the other process ends at once, even while importing."""
    program = """
import sys
from builder.engines.postgres import PostgresEngine
from builder.engines.postgres.reader import PostgresReader
from builder.expectations import Expectation, Worker
from builder.relation import Relation
engine = PostgresEngine({"dsn": sys.argv[1]}, "tests")
words = Relation("raw", "words")
Worker().ask(PostgresReader(engine.session).shared([words]), words, []).answers()
"""
    builder = subprocess.Popen([sys.executable, "-c", program, words.database.url])
    until(lambda: words.value(IN_TRANSACTION))
    builder.kill()
    builder.wait()

    until(lambda: not words.value(IN_TRANSACTION))
