"""Checks on a real server: they cannot write or hang, and none takes another one with it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from integration.warehouse import ANY_COLUMNS, Warehouse, summary

from builder.errors import Busy, ChecksFailed, QueryFailed, TimedOut
from builder.journal import Journal
from builder.pipeline import check, rollback
from builder.relation import Relation
from builder.summary import (
    Change,
    Check,
    Column,
    Count,
    Expectation,
    Freshness,
    Measure,
    Reference,
    Text,
)

if TYPE_CHECKING:
    from builder.run import CheckResult, Run
    from builder.summary import Summary

ORDERS = Relation("raw", "orders")
COPY = summary("SELECT * FROM raw.orders", table="orders")
TARGET = COPY.target
SLOW = "SELECT 1 FROM pg_sleep(30)"
SEOUL = "Asia/Seoul"
NOTHING_CHANGED = (
    "SELECT (SELECT count(*) FROM raw.orders), pg_sequence_last_value('raw.counted'::regclass)"
)


@pytest.fixture
def orders(warehouse: Warehouse) -> Warehouse:
    """A warehouse with orders, of which some have no channel, and what writes when it is read."""
    warehouse.run(
        "CREATE SCHEMA raw",
        "CREATE TABLE raw.orders AS SELECT n AS id, n * 1.5 AS amount, "
        "CASE WHEN n % 3 > 0 THEN 'Naver' END AS channel FROM generate_series(1, 9) AS n",
        "CREATE TABLE raw.channel AS SELECT 'Naver' AS name",
        "CREATE SEQUENCE raw.counted",
        "CREATE FUNCTION raw.forget() RETURNS int LANGUAGE plpgsql AS "
        "$$ BEGIN DELETE FROM raw.orders; PERFORM nextval('raw.counted'); RETURN 1; END $$",
    )
    return warehouse


def given(*checks: Check, **more: Any) -> Summary:
    """A copy of the orders with these checks of the output."""
    return replace(COPY, output_checks=checks, **more)


def failed(warehouse: Warehouse, what: Summary) -> list[CheckResult]:
    """Every result of a build that fails by its checks."""
    seen: list[Run] = []
    with pytest.raises(ChecksFailed):
        warehouse.build(what, listeners=[seen.append])
    return seen[-1].checks


def expects(label: str, name: str, **arguments: object) -> Expectation:
    """One expectation by the end of its name."""
    return Expectation(label, f"expect_{name}", arguments)


# Nothing is written


@pytest.mark.parametrize(
    "sneaky",
    [
        Measure("input_check[0]", "sum", "n", on=Relation("raw", "sneaky"), anomaly=True),
        Expectation(
            "input_check[0]",
            "expect_column_values_to_not_be_null",
            {"column": "n"},
            on=Relation("raw", "sneaky"),
        ),
        Expectation(
            "input_check[0]",
            "expect_column_values_to_be_unique",
            {"column": "n"},
            on=Relation("raw", "sneaky"),
        ),
        Reference("input_check[0]", "id", Relation("raw", "sneaky"), "n", on=ORDERS),
        Freshness("input_check[0]", "at", 60, on=Relation("raw", "sneaky")),
        Expectation(
            "input_check[0]",
            "unexpected_rows_expectation",
            {},
            Text("SELECT raw.forget() AS n"),
            on=ORDERS,
        ),
        Count("input_check[0]", Text("SELECT raw.forget()"), 0),
    ],
    ids=lambda check: check.what,
)
def test_no_kind_of_check_can_write(orders: Warehouse, sneaky: Check) -> None:
    """A function that writes fails, wherever a check reads it from, and nothing is written."""
    orders.run("CREATE VIEW raw.sneaky AS SELECT raw.forget() AS n, now() AS at")
    what = replace(COPY, input_checks=(sneaky, Count("input_check[1]", Text("SELECT 1"), 1)))
    first, second = failed(orders, what)

    assert "in a read-only transaction" in first.reason
    assert (True, None) == (second.passed, second.error)
    assert [(9, None)] == orders.rows(NOTHING_CHANGED)
    assert ["orders"] != orders.tables()


@pytest.mark.parametrize("key", ["input_checks", "output_checks"])
def test_rows_that_give_all_locks_back_publish_nothing(orders: Warehouse, key: str) -> None:
    """The swap proves that the lock is still ours, whichever kind of check let go of it."""
    unlock = Text("SELECT 1 AS n FROM (SELECT pg_advisory_unlock_all()) AS u")
    name = "unexpected_rows_expectation"
    rows = Expectation(f"{key}[0]", name, {}, unlock, severity="info", on=ORDERS)
    more: dict[str, Any] = {key: (rows,)}
    with pytest.raises(Busy):
        orders.build(replace(COPY, **more))

    assert "orders" not in orders.tables()


# One that raises


def test_check_that_raises_between_two_leaves_both_alone(orders: Warehouse) -> None:
    """Each kind of failure is an error of its own check; all others are measured."""
    results = failed(
        orders,
        given(
            Count("a", Text("SELECT count(*) FROM {schema}.temp_{table}"), 9),
            Count("b", Text("SELECT 1 / 0"), 1),
            expects("c", "column_values_to_not_be_null", column="id"),
            expects("d", "column_values_to_match_regex", column="channel", regex="("),
            Measure("e", "sum", "amount", anomaly=True),
            Measure("f", "sum", "channel", anomaly=True),
            expects("g", "column_max_to_be_between", column="gone", max_value=1),
            Reference("h", "channel", Relation("raw", "gone"), "name"),
            Count("i", Text("SELECT 2"), 3),
        ),
    )

    assert [
        ("a", True, 9, ""),
        ("b", False, None, "division by zero"),
        ("c", True, 0, ""),
        ("d", False, None, "invalid regular expression: parentheses () not balanced"),
        ("e", True, 67.5, ""),
        ("f", False, None, "function sum(text) does not exist"),
        ("g", False, None, "analytics.temp_orders has no column `gone`"),
        ("h", False, None, "there is no table raw.gone, or it has no columns"),
        ("i", False, 2, ""),
    ] == [
        (
            one.check.label,
            one.passed,
            one.measured if one.measured is None else float(str(one.measured)),
            one.reason.partition(". No function")[0],
        )
        for one in results
    ]


def test_slow_check_is_an_error_of_that_check(orders: Warehouse) -> None:
    """It is cancelled after `check_timeout`, in a query as in the scan, and the others run."""
    orders.run(
        "CREATE VIEW raw.slow AS SELECT n FROM "
        "(SELECT n, pg_sleep(30)::text AS z FROM generate_series(1, 2) AS n) AS s WHERE z = ''"
    )
    slow = Relation("raw", "slow")
    what = replace(
        COPY,
        check_timeout=0.2,
        input_checks=(
            Count("a", Text(SLOW), 1),
            Reference("b", "id", slow, "n", on=ORDERS),
            Count("c", Text("SELECT count(*) FROM raw.orders"), 9),
            Measure("d", "sum", "amount", on=ORDERS, anomaly=True),
        ),
    )
    results = failed(orders, what)
    said = "it was cancelled after its `check_timeout` of 0.2 s"

    assert [said, said, "", ""] == [one.reason for one in results]
    assert [False, False, True, True] == [one.passed for one in results]


def test_time_of_a_check_is_not_that_of_the_query(orders: Warehouse) -> None:
    """What stages the table, or comes after a check, may take longer than one."""
    query = "SELECT id FROM raw.orders, pg_sleep(0.3) AS z"
    what = replace(
        summary(query, table="orders", after=["SELECT pg_sleep(0.3)"]),
        check_timeout=0.2,
        input_checks=(Count("a", Text("SELECT 1"), 1), Measure("b", "sum", "id", on=ORDERS)),
        output_checks=(expects("c", "column_values_to_be_unique", column="id"),),
    )

    assert "published" == orders.build(what).status


def test_time_of_the_run_is_no_error_of_a_check(orders: Warehouse) -> None:
    """Once it is over the build ends: no further check is tried."""
    seen: list[Run] = []
    what = given(Count("a", Text(SLOW), 1), Count("b", Text("SELECT 1"), 1), timeout=1.5)
    with pytest.raises(TimedOut, match="longer than its `timeout`"):
        orders.build(what, listeners=[seen.append])

    assert [] == seen[-1].checks
    assert "orders" not in orders.tables()


# No number


@pytest.mark.parametrize(
    ("of", "column", "said"),
    [
        ("sum", "id", "the sum of id is NULL: there is no number to compare"),
        ("mean", "amount", "the mean of amount is NULL: there is no number to compare"),
        ("null_share", "id", "the null share of id is NULL: there is no number to compare"),
    ],
)
def test_empty_table_has_no_number(orders: Warehouse, of: Any, column: str, said: str) -> None:
    """A measure of no row is an error, and not a number that passes."""
    orders.run("TRUNCATE raw.orders")
    (result,) = failed(orders, given(Measure("a", of, column, anomaly=True), allow_empty=True))

    assert said == result.reason


def test_nan_is_no_number(orders: Warehouse) -> None:
    """Nor is it within any bounds."""
    orders.run("UPDATE raw.orders SET amount = 'NaN' WHERE id = 5")
    results = failed(
        orders,
        given(
            Measure("a", "sum", "amount", anomaly=True),
            expects("b", "column_sum_to_be_between", column="amount", min_value=0),
        ),
    )

    assert "the sum of amount is NaN: there is no number to compare" == results[0].reason
    assert (False, "NaN", None) == (results[1].passed, results[1].found, results[1].measured)


# Freshness


@pytest.mark.parametrize(
    ("kind", "newest", "zone", "expected"),
    [
        ("timestamptz", "now() - interval '59 minutes'", "UTC", True),
        ("timestamptz", "now() - interval '61 minutes'", "UTC", False),
        ("timestamptz", "now() + interval '2 days'", "UTC", True),
        ("timestamptz", "NULL", "UTC", False),
        ("timestamp", "(now() - interval '59 minutes') AT TIME ZONE 'UTC'", "UTC", True),
        ("timestamp", "(now() - interval '61 minutes') AT TIME ZONE 'UTC'", "UTC", False),
        ("timestamp", "(now() - interval '59 minutes') AT TIME ZONE 'Asia/Seoul'", SEOUL, True),
        ("timestamp", "(now() - interval '61 minutes') AT TIME ZONE 'Asia/Seoul'", SEOUL, False),
        ("timestamp", "(now() - interval '59 minutes') AT TIME ZONE 'UTC'", SEOUL, False),
        ("date", "(now() AT TIME ZONE 'Asia/Seoul')::date", SEOUL, True),
        ("date", "(now() AT TIME ZONE 'Asia/Seoul')::date - 2", SEOUL, False),
    ],
)  # fmt: skip
def test_newest_moment_is_young_enough(
    orders: Warehouse, kind: str, newest: str, zone: str, *, expected: bool
) -> None:
    """Whatever the session's time zone is; a date is over with its midnight."""
    orders.run(
        f"ALTER TABLE raw.orders ADD at {kind}",
        f"UPDATE raw.orders SET at = {newest} WHERE id = 1",
        "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET timezone = ''America/New_York''', "
        "current_database()); END $$",
    )
    fresh = Freshness("input_check[0]", "at", 3600, zone, severity="warning", on=ORDERS)
    run = orders.build(replace(COPY, input_checks=(fresh,)))

    assert [(expected, None)] == [(one.passed, one.error) for one in run.checks]


@pytest.mark.parametrize("moment", ["infinity", "-infinity"])
def test_end_of_all_time_is_no_moment(orders: Warehouse, moment: str) -> None:
    """What some write for `still` does not hide how old the others are."""
    orders.run(
        "CREATE TABLE raw.seen (at timestamptz, day date)",
        "INSERT INTO raw.seen VALUES (now() - interval '3 hours', current_date - 9), "
        f"('{moment}', '{moment}')",
    )
    on = Relation("raw", "seen")
    run = orders.build(
        replace(
            COPY,
            input_checks=(
                Freshness("input_check[0]", "at", 4 * 3600, on=on),
                Freshness("input_check[1]", "day", 3600, on=on, severity="warning"),
            ),
        )
    )

    assert [True, False] == [one.passed for one in run.checks[:2]]


def test_moment_to_come_is_wrong(orders: Warehouse) -> None:
    """It would pass as fresh for years, and the rows behind it with it."""
    orders.run("CREATE TABLE raw.seen AS SELECT now() + interval '3 days' AS at")
    check_ = Freshness("input_check[0]", "at", 3600, on=Relation("raw", "seen"), severity="warning")
    run = orders.build(replace(COPY, input_checks=(check_,)))

    assert (False, "3 days ahead") == (run.checks[0].passed, run.checks[0].found)


def test_unknown_time_zone_is_an_error_of_the_check(orders: Warehouse) -> None:
    """With the server's words."""
    orders.run("ALTER TABLE raw.orders ADD at timestamp DEFAULT now()")
    (result,) = failed(orders, given(Freshness("a", "at", 3600, "Asia/Soul")))

    assert 'time zone "Asia/Soul" not recognized' in result.reason


# References


def test_rows_that_refer_to_nothing_are_found(orders: Warehouse) -> None:
    """NULL refers to nothing and is right; what is not there is counted and shown."""
    refers = Reference("a", "channel", Relation("raw", "channel"), "name")
    good = orders.build(given(refers)).checks[0]
    orders.run("UPDATE raw.orders SET channel = 'Tiktok' WHERE id IN (1, 2)")
    (drift, bad) = failed(orders, given(refers))

    assert (True, 0, "0 of 6 fail") == (good.passed, good.measured, good.found)
    assert "schema_drift" == drift.check.label
    assert (False, 2, "2 of 6 fail") == (bad.passed, bad.measured, bad.found)
    assert bad.failing is not None
    assert (("id", "amount", "channel"), {1, 2}) == (
        bad.failing.columns,
        {row[0] for row in bad.failing.rows},
    )
    assert {1, 2} == {row[0] for row in orders.rows(bad.failing.sql)}


def test_odd_names_are_only_names(orders: Warehouse) -> None:
    """Percent signs, quotes and holes in names and values reach the server as they are."""
    orders.run('CREATE TABLE raw."50%""s" AS SELECT 1 AS "%s""", \'it\'\'s 100%\' AS "{n}"')
    odd = Relation("raw", '50%"s')
    what = replace(
        COPY,
        input_checks=(
            expects("a", "column_values_to_be_in_set", column='%s"', value_set=[1]),
            expects("b", "column_values_to_be_in_set", column="{n}", value_set=["it's 100%"]),
            expects("c", "column_values_to_match_regex", column="{n}", regex="^it's \\d+%$"),
            expects("d", "compound_columns_to_be_unique", column_list=['%s"', "{n}"]),
            expects("e", "column_values_to_be_in_set", column="{n}", value_set=["no"]),
            Measure("f", "sum", '%s"', anomaly=True),
        ),
    )
    what = replace(what, input_checks=tuple(replace(one, on=odd) for one in what.input_checks))
    results = failed(orders, what)

    assert [True, True, True, True, False, True] == [one.passed for one in results]
    assert results[4].failing is not None
    assert [(1, "it's 100%")] == [*results[4].failing.rows]
    assert [(1, "it's 100%")] == orders.rows(results[4].failing.sql)


def test_sensitive_values_do_not_leave_the_warehouse(orders: Warehouse) -> None:
    """Not in what is shown, and not in the journal where rows are kept."""
    orders.run("ALTER TABLE raw.orders ADD mail text DEFAULT 'a@b.c'")
    what = given(
        expects("a", "column_values_to_be_null", column="channel"),
        expects("b", "column_values_to_be_in_set", column="mail", value_set=[]),
        columns=(Column("mail", sensitive=True),),
        failing_rows="keep",
    )
    results = failed(orders, what)
    kept = orders.column("SELECT failing_rows FROM builder.checks ORDER BY position")

    assert {"•••"} == {row[-1] for one in results if one.failing for row in one.failing.rows}
    assert [5, 5] == [len(one["rows"]) for one in kept]
    assert "a@b.c" not in str(kept)
    assert "•••" in str(kept)


# Against earlier runs

CHANGE = Measure("output_check[0]", "sum", "amount", max_change=Change(0.3, 0.3))
ODD = Count("output_check[1]", Text("SELECT count(*) FROM {schema}.temp_{table}"), anomaly=True)


def sized(warehouse: Warehouse, rows: int) -> None:
    """Put so many orders of 10 each into the source."""
    warehouse.run(
        "TRUNCATE raw.orders",
        f"INSERT INTO raw.orders SELECT n, 10, NULL FROM generate_series(1, {rows}) AS n",
    )


def test_number_may_change_by_so_much_from_the_last_published(orders: Warehouse) -> None:
    """A build that failed, or was not published, is not what the next one is compared with."""
    seen = []
    for rows, publishes in ((100, True), (200, True), (120, False), (130, True), (92, True)):
        sized(orders, rows)
        try:
            run = orders.build(given(CHANGE), publishes=publishes)
            seen.append((run.status, run.checks[-1].wanted))
        except ChecksFailed as error:
            seen.append(("failed", error.results[0].wanted))
    today = orders.value("SELECT to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD')")

    assert [
        ("published", ""),
        ("failed", f"700 to 1,300 (1,000 on {today})"),
        ("staged", f"700 to 1,300 (1,000 on {today})"),
        ("published", f"700 to 1,300 (1,000 on {today})"),
        ("published", f"910 to 1,690 (1,300 on {today})"),
    ] == seen


def test_after_a_rollback_the_number_is_that_of_what_is_live(orders: Warehouse) -> None:
    """The version that came back is what readers have, and what the next build is compared with."""
    what = given(CHANGE)
    for rows in (100, 125):
        sized(orders, rows)
        orders.build(what)
    engine = orders.engine()
    rollback(what, engine=engine, journal=orders.journal(engine))
    sized(orders, 70)
    run = orders.build(what)

    assert (True, 700) == (run.checks[-1].passed, run.checks[-1].measured)
    assert run.checks[-1].wanted.startswith("700 to 1,300 (1,000 on ")


def test_outlier_is_found_once_there_are_enough_runs(orders: Warehouse) -> None:
    """Six earlier runs say nothing, seven do; each check has numbers of its own."""
    what = given(CHANGE, ODD)
    loose = replace(what, output_checks=(replace(CHANGE, max_change=Change(9, 9)), ODD))
    notes = []
    for rows in (100, 101, 99, 100, 102, 98, 100):
        sized(orders, rows)
        notes.append(orders.build(loose).checks[-1].notes)
    sized(orders, 120)
    drift, near, odd = failed(orders, loose)

    assert [(f"not compared yet: {n} of the 7 runs it takes",) for n in range(7)] == notes
    assert (True, True, False) == (drift.passed, near.passed, odd.passed)
    assert "94.8109 to 105.1891 (median of 7 runs)" == odd.wanted


# What is there


def standing(warehouse: Warehouse, what: Summary, *, is_staged: bool = False) -> Run:
    """The checks of what is there now."""
    engine = warehouse.engine()
    return check(what, engine=engine, journal=warehouse.journal(engine), is_staged=is_staged)


def test_live_table_is_checked_as_it_is_now(orders: Warehouse) -> None:
    """With the same SQL as in a build, against the live table; the journal has no row of it."""
    what = given(
        Count("output_check[0]", Text("SELECT count(*) FROM {schema}.temp_{table}"), 9),
        expects("output_check[1]", "column_values_to_be_unique", column="id"),
        replace(CHANGE, label="output_check[2]"),
    )
    orders.build(what)
    runs = orders.value("SELECT count(*) FROM builder.runs")
    good = standing(orders, what)
    orders.run("DELETE FROM analytics.orders WHERE id > 4")
    with pytest.raises(ChecksFailed) as caught:
        standing(orders, what)

    assert ("checked", [9, 0, 67.5]) == (
        good.status,
        [float(str(one.measured)) for one in good.checks],
    )
    assert ["output_check[0]", "output_check[2]"] == [
        one.check.label for one in caught.value.results
    ]
    assert runs == orders.value("SELECT count(*) FROM builder.runs")


def test_staged_table_is_checked_with_its_columns(orders: Warehouse) -> None:
    """What a build without publish has left, against the live table's columns."""
    orders.build(COPY)
    orders.run("ALTER TABLE raw.orders DROP COLUMN channel")
    with pytest.raises(ChecksFailed):
        orders.build(COPY)
    with pytest.raises(ChecksFailed) as caught:
        standing(orders, COPY, is_staged=True)

    assert (
        "analytics.orders is not as it should be: schema_drift.removed: channel gone, "
        "wanted the columns of the live table."
    ) == str(caught.value)
    assert (
        "checked"
        == standing(orders, replace(COPY, schema_drift=ANY_COLUMNS), is_staged=True).status
    )


@pytest.mark.parametrize("is_staged", [False, True])
def test_table_that_is_not_there_is_no_check(orders: Warehouse, *, is_staged: bool) -> None:
    """It says so, also where the file has no check at all."""
    with pytest.raises(QueryFailed, match=r"there is no table analytics\."):
        standing(orders, COPY, is_staged=is_staged)


def test_generated_column_is_no_drift(orders: Warehouse) -> None:
    """What somebody has added to the live table to be computed is carried over by the swap."""
    orders.build(COPY)
    orders.run(
        "ALTER TABLE analytics.orders ADD double numeric GENERATED ALWAYS AS (amount * 2) STORED"
    )
    run = orders.build(COPY)

    assert [("schema_drift", True)] == [(one.check.label, one.passed) for one in run.checks]
    assert 3 == orders.value("SELECT double FROM analytics.orders WHERE id = 1")


# The journal

OLDER = {
    2: "ALTER TABLE builder.checks DROP COLUMN fingerprint, DROP COLUMN kind, DROP COLUMN asked, "
    "DROP COLUMN found, DROP COLUMN expected, DROP COLUMN low, DROP COLUMN high, "
    "DROP COLUMN failing, DROP COLUMN considered, DROP COLUMN failing_rows; "
    "UPDATE builder.journal SET version = 2",
    1: "ALTER TABLE builder.runs DROP COLUMN restored, DROP COLUMN effective_at; "
    "ALTER TABLE builder.versions DROP COLUMN made_by, DROP COLUMN rows, DROP COLUMN restored_by; "
    "DROP INDEX builder.versions_of_table, builder.versions_there; "
    "UPDATE builder.journal SET version = 1",
}


@pytest.mark.parametrize("version", [2, 1])
def test_journal_of_an_older_client_is_brought_up_to_date(orders: Warehouse, version: int) -> None:
    """Its runs stay, its checks have no number to compare with, and the next ones have."""
    orders.build(given(CHANGE))
    for number in range(2, version - 1, -1):
        orders.run(OLDER[number])
    asked = standing(orders, given(CHANGE))
    first, second = (orders.build(given(CHANGE)) for _ in range(2))

    assert [("not compared yet: no run before this one was published with it",)] * 2 == [
        run.checks[-1].notes for run in (asked, first)
    ]
    assert second.checks[-1].wanted.startswith("47.25 to 87.75 (67.5 on ")
    assert 3 == orders.value("SELECT version FROM builder.journal")
    assert [("measure", "sum of amount", 67.5, None)] * 2 == orders.rows(
        "SELECT kind, asked, measured::float, low::float FROM builder.checks "
        "WHERE label = 'output_check[0]' AND kind IS NOT NULL AND run_id <> %s "
        "UNION ALL SELECT kind, asked, measured::float, NULL FROM builder.checks "
        "WHERE run_id = %s AND kind = 'measure'",
        second.run_id,
        second.run_id,
    )


def test_older_client_writes_into_the_journal(orders: Warehouse) -> None:
    """Its rows have the first columns only, and are no number to compare with."""
    run = orders.build(given(CHANGE))
    orders.run(
        f"DELETE FROM builder.checks WHERE run_id = '{run.run_id}'",
        "INSERT INTO builder.checks VALUES "
        f"('{run.run_id}', 0, 'a', 'SELECT 1', 'ge', 1, 2, true, 'critical', '', 0.1)",
    )
    again = orders.build(given(CHANGE))

    assert ("not compared yet: no run before this one was published with it",) == (
        again.checks[-1].notes
    )


def test_numbers_are_kept_to_the_last_digit(orders: Warehouse) -> None:
    """The journal gives back what was measured, a decimal as a decimal."""
    orders.run("UPDATE raw.orders SET amount = 12345678901234567890.123456789 WHERE id = 1")
    orders.build(given(CHANGE))
    engine = orders.engine()
    journal: Journal = orders.journal(engine)
    ((found,),) = journal.measured(TARGET, [CHANGE.fingerprint]).values()

    assert "12345678901234567956.123456789" == str(found.value)
    assert found.at.tzinfo is not None


def test_domain_is_a_type_of_its_own(orders: Warehouse) -> None:
    """A column that is one no more has changed its type."""
    orders.run("CREATE DOMAIN raw.positive AS int CHECK (VALUE > 0)")
    orders.build(summary("SELECT id::raw.positive AS id FROM raw.orders", table="orders"))
    (result,) = failed(orders, summary("SELECT id FROM raw.orders", table="orders"))

    assert "schema_drift.changed" == result.check.label
    assert "id from raw.positive to integer" == result.found


def test_wait_for_another_process_is_no_idle_transaction(orders: Warehouse) -> None:
    """The server ends sessions that idle in a transaction, and the table's lock would go along."""
    name = orders.value("SELECT current_database()")
    orders.run(f"ALTER DATABASE {name} SET idle_in_transaction_session_timeout = '50ms'")
    late = expects("input_check[0]", "column_stdev_to_be_between", column="id", min_value=0)
    run = orders.build(replace(COPY, input_checks=(replace(late, on=ORDERS),)))

    assert "published" == run.status


def test_live_check_counts_every_row(orders: Warehouse) -> None:
    """Row security that hides rows is an error, and not a verdict on the others."""
    orders.build(COPY)
    user = orders.role("reader")
    orders.run(
        f"GRANT USAGE ON SCHEMA analytics TO {user}",
        f"GRANT SELECT ON analytics.orders TO {user}",
        "ALTER TABLE analytics.orders ENABLE ROW LEVEL SECURITY",
        "CREATE POLICY few ON analytics.orders USING (id < 3)",
    )
    few = expects("output_check[0]", "table_row_count_to_be_between", max_value=5)
    engine = orders.engine(user=user)
    with pytest.raises(ChecksFailed, match="row-level security"):
        check(given(few), engine=engine, journal=orders.journal(engine))
