"""Input checks and staging read one moment's sources, and nobody sees what is staged."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import psycopg2
import pytest
from integration.servers import postgres15, with_postgres15
from integration.warehouse import Warehouse, summary, until
from rig import Database

from builder.errors import BuilderError, ChecksFailed, EngineError, PublishFailed, QueryFailed
from builder.query import plan
from builder.run import Run

if TYPE_CHECKING:
    from collections.abc import Callable

COPY = summary("SELECT n FROM raw.source", inputs=[("SELECT count(*) FROM raw.source", 3)])
STAGED = "analytics.temp_numbers"


@pytest.fixture
def sources(warehouse: Warehouse) -> Warehouse:
    """A warehouse with a source of three rows."""
    warehouse.run(
        "CREATE SCHEMA raw", "CREATE TABLE raw.source AS SELECT n FROM generate_series(1, 3) AS n"
    )
    return warehouse


def at_step(name: str, act: Callable[[], object]) -> Callable[[Run], None]:
    """A listener that acts once, as the step of that name begins."""
    acted: list[object] = []

    def listen(run: Run) -> None:
        if run.steps and run.steps[-1].name == name and not acted:
            acted.append(True)
            act()

    return listen


def test_what_was_checked_is_what_is_staged(sources: Warehouse) -> None:
    """Rows that somebody commits between the input check and the staging are not seen."""
    change = "INSERT INTO raw.source VALUES (4); DELETE FROM raw.source WHERE n = 1"
    run = sources.build(COPY, listeners=[at_step("stage", lambda: sources.run(change))])

    assert (3, 3) == (run.checks[0].measured, run.rows)
    assert [1, 2, 3] == sources.column("SELECT n FROM analytics.numbers ORDER BY n")
    assert [2, 3, 4] == sources.column("SELECT n FROM raw.source ORDER BY n")


@pytest.mark.parametrize(
    "change",
    [
        "TRUNCATE raw.source",
        "DROP TABLE raw.source",
        "ALTER TABLE raw.source ADD COLUMN m int",
        "ALTER TABLE raw.source RENAME TO other",
        "ALTER TABLE raw.source ALTER COLUMN n TYPE text",
    ],
)
def test_shape_of_a_source_does_not_change_while_it_is_read(
    sources: Warehouse, change: str
) -> None:
    """Once the checks have begun, nobody truncates, drops or alters a source until it is staged."""
    outcomes: list[str | None] = []

    def attempt() -> None:
        session = sources.session()
        try:
            session.cursor().execute(f"SET lock_timeout = '1ms'; {change}")
        except psycopg2.Error as error:
            outcomes.append(error.pgcode)
        session.rollback()

    sources.build(COPY, listeners=[at_step("stage", attempt)])

    assert ["55P03"] == outcomes


def test_source_that_is_loaded_anew_just_before_is_seen(sources: Warehouse) -> None:
    """A source that is truncated and filled while the build waits for it is read as it is then.

    A snapshot taken before the lock would see no row at all.
    """
    engine = sources.engine()
    with ThreadPoolExecutor() as pool:
        with sources.holding(
            "TRUNCATE raw.source", "INSERT INTO raw.source VALUES (7), (8), (9)"
        ) as loading:
            building = pool.submit(sources.build, COPY, engine=engine)
            until(lambda: sources.waits(engine.session.backend_pid) or building.done())
            loading.commit()
        building.result()

    assert [7, 8, 9] == sources.column("SELECT n FROM analytics.numbers ORDER BY n")


SOURCES = {
    "view": ("CREATE VIEW raw.s AS TABLE raw.source", "raw.s"),
    "view on a view": (
        "CREATE VIEW raw.v AS TABLE raw.source; CREATE VIEW raw.s AS TABLE raw.v",
        "raw.s",
    ),
    "materialized view": ("CREATE MATERIALIZED VIEW raw.s AS TABLE raw.source", "raw.s"),
    "view on a materialized view": (
        "CREATE MATERIALIZED VIEW raw.m AS TABLE raw.source; CREATE VIEW raw.s AS TABLE raw.m",
        "raw.s",
    ),
    "view on catalogs": (
        "CREATE VIEW raw.s AS SELECT 1 AS n FROM pg_roles, information_schema.tables LIMIT 1",
        "raw.s",
    ),
    "partitioned table": (
        "CREATE TABLE raw.s (n int) PARTITION BY LIST (n); "
        "CREATE TABLE raw.s1 PARTITION OF raw.s FOR VALUES IN (1); "
        "CREATE TABLE raw.s2 PARTITION OF raw.s DEFAULT; INSERT INTO raw.s VALUES (1), (2)",
        "raw.s",
    ),
    "partition": (
        "CREATE TABLE raw.p (n int) PARTITION BY LIST (n); "
        "CREATE TABLE raw.s PARTITION OF raw.p DEFAULT; INSERT INTO raw.p VALUES (1)",
        "raw.s",
    ),
    "heir": ("CREATE TABLE raw.s () INHERITS (raw.source); INSERT INTO raw.s VALUES (1)", "raw.s"),
    "unlogged table": ("CREATE UNLOGGED TABLE raw.s AS TABLE raw.source", "raw.s"),
    "sequence": ("CREATE SEQUENCE raw.s", "(SELECT last_value AS n FROM raw.s) AS s"),
    "function": (
        "CREATE FUNCTION raw.s() RETURNS TABLE (n int) LANGUAGE sql AS 'TABLE raw.source'",
        "raw.s()",
    ),
    "catalogs": ("", "(SELECT count(*) AS n FROM pg_class, pg_catalog.pg_roles) AS s"),
    "information schema": ("", "(SELECT count(*) AS n FROM information_schema.columns) AS s"),
    "statistics": ("", "(SELECT count(*) AS n FROM pg_stat_activity) AS s"),
    "quoted names": (
        'CREATE SCHEMA "Raw %s"; CREATE TABLE "Raw %s"."a ""b"".c" AS TABLE raw.source',
        '"Raw %s"."a ""b"".c"',
    ),
    "name in the search path": ("CREATE TABLE public.s AS TABLE raw.source", "S"),
    "database, schema and table": ("", "{database}.raw.source"),
    "CTE of a table's name": (
        "",
        "(WITH source AS (SELECT 1 AS n) SELECT n FROM source) AS s",
    ),
    "itself": (
        "CREATE SCHEMA analytics; CREATE TABLE analytics.numbers AS TABLE raw.source",
        "analytics.numbers",
    ),
}


@pytest.mark.parametrize("source", SOURCES)
def test_any_relation_is_a_source(sources: Warehouse, source: str) -> None:
    """Whatever a query can read it can be built from, twice."""
    sql, name = SOURCES[source]
    if sql:
        sources.run(sql)
    database = sources.value("SELECT current_database()")
    query = f"SELECT n FROM {name.replace('{database}', database)}"
    what = summary(query, inputs=[(f"SELECT count(*) FROM ({query}) AS checked", 1)])

    runs = [sources.build(what) for _ in range(2)]

    assert ["published"] * 2 == [run.status for run in runs]


@with_postgres15
def test_foreign_table_is_a_source() -> None:
    """A foreign table, which LOCK TABLE refuses, is a source, as a partition and in a view too."""
    with postgres15() as url:
        warehouse = Warehouse(Database(url))
        try:
            warehouse.run("CREATE EXTENSION file_fdw")
        except psycopg2.Error as error:
            pytest.skip(f"this server has no file_fdw: {error}")
        options = "SERVER files OPTIONS (program 'echo 1')"
        warehouse.run(
            "CREATE SERVER files FOREIGN DATA WRAPPER file_fdw",
            f"CREATE FOREIGN TABLE f (n int) {options}",
            "CREATE TABLE p (n int) PARTITION BY LIST (n)",
            f"CREATE FOREIGN TABLE p1 PARTITION OF p DEFAULT {options}",
            "CREATE VIEW v AS TABLE f",
        )
        rows = [
            (warehouse.build(summary(f"SELECT n FROM {name}")).rows, name)
            for name in ("f", "p", "v", "p1")
        ]
        warehouse.close()

    assert [(1, "f"), (1, "p"), (1, "v"), (1, "p1")] == rows


def test_temporary_tables_of_pre_sql_are_sources(sources: Warehouse) -> None:
    """What `pre_sql` makes is there for the query and for the output checks."""
    what = summary(
        "SELECT n FROM made JOIN pg_temp.more USING (n)",
        before=[
            "CREATE TEMP TABLE made AS TABLE raw.source",
            "CREATE TEMP TABLE more AS SELECT 2 AS n; ANALYZE more",
        ],
        outputs=[("SELECT count(*) FROM made", 3)],
    )

    assert "published" == sources.build(what).status
    assert [2] == sources.column("SELECT n FROM analytics.numbers")


def test_temporary_tables_are_gone_after_the_build(sources: Warehouse) -> None:
    """The next build on the same connection neither sees them nor stumbles over them."""
    engine = sources.engine()
    sources.run("CREATE TABLE public.made AS SELECT 7 AS n")
    hiding = summary("SELECT n FROM made", before=["CREATE TEMP TABLE made AS SELECT 1 AS n"])
    plain = summary("SELECT n FROM made", table="plain")

    sources.build(hiding, engine=engine)
    sources.build(plain, engine=engine)
    again = sources.build(hiding, engine=engine)

    assert [7] == sources.column("SELECT n FROM analytics.plain")
    assert "published" == again.status


def test_settings_of_pre_sql_are_gone_after_the_build(sources: Warehouse) -> None:
    """What a file sets is its own: the next build on the same connection does not have it."""
    engine = sources.engine()
    zone = summary("SELECT current_setting('TimeZone') AS zone", table="zone")
    sources.build(zone, engine=engine)
    before = sources.column("SELECT zone FROM analytics.zone")

    sources.build(summary(before=["SET TimeZone = 'Asia/Seoul'"]), engine=engine)
    sources.build(zone, engine=engine)

    assert before == sources.column("SELECT zone FROM analytics.zone")


@pytest.mark.parametrize(
    "statement", ["COMMIT", "ROLLBACK", "ROLLBACK; BEGIN", "DO $$ BEGIN COMMIT; END $$"]
)
def test_pre_sql_that_ends_the_transaction_is_refused(sources: Warehouse, statement: str) -> None:
    """`pre_sql` cannot end the snapshot, not even hidden behind a comment sqlglot reads else."""
    what = summary(before=["SELECT 1"])
    made = plan(what, "postgres")
    hidden = plan(summary(before=["SELECT 2"]), "postgres").before[0]
    object.__setattr__(hidden, "text", statement)
    object.__setattr__(made, "before", (hidden,))

    with pytest.raises(BuilderError):
        sources.build(what, plan=made)

    assert [] == sources.tables()


@pytest.mark.parametrize("key", ["inputs", "outputs"])
@pytest.mark.parametrize(
    "check",
    [
        "SELECT raw.forget()",
        "SELECT nextval('raw.counted')",
        "SELECT count(*) FROM (SELECT set_config('transaction_read_only', 'off', true)) AS s "
        "WHERE raw.forget() > 0",
        "SELECT setval('raw.counted', 9)",
        "SELECT lo_create(0)::bigint",
        "SELECT lo_create(4711)::bigint",
    ],
)
def test_check_cannot_write(sources: Warehouse, key: str, check: str) -> None:
    """A check that writes by a function that it calls fails, and what it wrote is not there."""
    sources.run(
        "CREATE SEQUENCE raw.counted",
        "CREATE FUNCTION raw.forget() RETURNS int LANGUAGE plpgsql AS "
        "$$ BEGIN DELETE FROM raw.source; RETURN 1; END $$",
    )
    arguments: dict[str, Any] = {key: [(check, 0)]}

    with pytest.raises(ChecksFailed, match="in a read-only transaction"):
        sources.build(summary("SELECT n FROM raw.source", **arguments))

    assert (3, None, 0) == sources.rows(
        "SELECT (SELECT count(*) FROM raw.source), pg_sequence_last_value('raw.counted'::regclass),"
        " (SELECT count(*) FROM pg_largeobject_metadata)"
    ).pop()


def test_check_leaves_nothing_for_the_next(sources: Warehouse) -> None:
    """What a check sets ends with it, so that the query and other checks do not depend on it."""
    run = sources.build(
        summary(
            "SELECT current_setting('TimeZone') AS zone, current_setting('search_path') AS path",
            inputs=[
                (
                    "SELECT count(*) FROM (SELECT set_config('TimeZone', 'Asia/Seoul', false), "
                    "set_config('search_path', 'raw', false)) AS s",
                    1,
                ),
                ("SELECT count(*) FROM raw.source WHERE current_setting('search_path') = 'raw'", 0),
            ],
        )
    )

    assert [1, 0] == [check.measured for check in run.checks]
    assert sources.rows("SELECT current_setting('TimeZone'), current_setting('search_path')") == (
        sources.rows("SELECT zone, path FROM analytics.numbers")
    )


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("SELECT 1, 2", "the check returned 2 columns"),
        ("SELECT 1 WHERE false", "the check returned no row"),
        ("SELECT n FROM raw.source", "the check returned several rows"),
        ("SELECT 'a'", "the check returned 'a'"),
        ("SELECT 'NaN'::float8", "the check returned 'nan'"),
        ("SELECT 'NaN'::numeric", "the check returned 'NaN'"),
        ("SELECT now() - now()", "the check returned '00:00:00'"),
        ("SELECT NULL::int", "the check returned NULL"),
        ("SELECT NULL::text WHERE 1 / 0 > 0", "division by zero"),
    ],
)
def test_check_that_gives_no_number_is_told_so(sources: Warehouse, query: str, said: str) -> None:
    """A check returns one row with one number; what it returned else stands in the error."""
    with pytest.raises(ChecksFailed) as failed:
        sources.build(summary(inputs=[(query, 0), ("SELECT 1", 1), ("SELECT 1", 2)]))
    first, last = failed.value.results

    assert isinstance(first.error, QueryFailed)
    assert first.error.problem.message.startswith(said)
    assert (None, 1) == (last.error, last.measured)


@pytest.mark.parametrize(
    ("query", "measured"),
    [
        ("SELECT true", 1),
        ("SELECT 0.1::numeric + 0.2", "0.3"),
        ("SELECT 9223372036854775807", "9223372036854775807"),
        ("SELECT 1e300::numeric > 0", 1),
        ("SELECT count(*) FROM raw.source -- all of them", 3),
        ("SELECT count(*) FROM raw.source;", 3),
        ("(SELECT count(*) FROM raw.source)", 3),
        ("VALUES (3)", 3),
        ("WITH a AS (SELECT 3 AS n) SELECT n FROM a", 3),
        ("SELECT 7 % 4", 3),
        ("SELECT n FROM raw.source ORDER BY n DESC LIMIT 1", 3),
    ],
)
def test_check_measures_what_its_query_returns(
    sources: Warehouse, query: str, measured: object
) -> None:
    """Any query with one number is a check."""
    engine = sources.engine()
    run = Run(summary(inputs=[(query, 0)]))
    made = plan(run.summary, "postgres")
    with engine.snapshot(run, made) as snapshot:
        found = snapshot.measure(made.inputs[0][1])

    assert str(measured) == str(found)


def test_default_privileges_do_not_show_what_is_staged(sources: Warehouse) -> None:
    """Rows that have not been checked are their owner's alone, whatever the defaults say."""
    alice = sources.role("alice")
    sources.run(
        "CREATE SCHEMA analytics",
        f"GRANT USAGE ON SCHEMA analytics TO {alice}",
        f"ALTER DEFAULT PRIVILEGES GRANT ALL ON TABLES TO PUBLIC, {alice}",
        f"ALTER DEFAULT PRIVILEGES IN SCHEMA analytics GRANT ALL ON TABLES TO {alice}",
    )
    seen: list[object] = []
    look = (
        "SELECT has_table_privilege(%s, 'SELECT, INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES') "
        "OR has_any_column_privilege(%s, 'SELECT, INSERT, UPDATE, REFERENCES')"
    )

    def read() -> None:
        cursor = sources.session(user=alice).cursor()
        cursor.execute(look, (STAGED, STAGED))
        seen.extend(cursor.fetchall())

    sources.build(COPY, listeners=[at_step("index", read), at_step("check output", read)])

    assert [(False,), (False,)] == seen


@pytest.mark.parametrize("allowed", [False, True])
def test_hidden_rows_are_an_error_unless_they_are_meant(sources: Warehouse, allowed: bool) -> None:  # noqa: FBT001 -- a parameter
    """A source whose row security hides rows from us fails the build, unless the file allows it."""
    builder = sources.role("builder")
    sources.run(
        "ALTER TABLE raw.source ENABLE ROW LEVEL SECURITY",
        "CREATE POLICY few ON raw.source USING (n > 1)",
        f"GRANT USAGE ON SCHEMA raw TO {builder}",
        f"GRANT SELECT ON raw.source TO {builder}",
        f"CREATE SCHEMA analytics AUTHORIZATION {builder}",
        f"CREATE SCHEMA builder AUTHORIZATION {builder}",
    )
    engine = sources.engine(user=builder)
    what = summary("SELECT n FROM raw.source", row_security=allowed)
    if not allowed:
        with pytest.raises(QueryFailed, match="would be affected by row-level security policy"):
            sources.build(what, engine=engine)
        assert [] == sources.tables()
        return

    sources.build(what, engine=engine)
    assert [2, 3] == sources.column("SELECT n FROM analytics.numbers ORDER BY n")


def test_missing_schema_is_made(warehouse: Warehouse) -> None:
    """A target schema that is not there is made, with the table."""
    warehouse.build(summary(schema="마트 %s"))

    assert ["numbers"] == warehouse.tables("마트 %s")


def test_missing_schema_that_may_not_be_made_is_told(warehouse: Warehouse) -> None:
    """A role that may not make the schema gets the statement that an administrator runs."""
    builder = warehouse.role("builder")
    warehouse.run(f"CREATE SCHEMA builder AUTHORIZATION {builder}")
    engine = warehouse.engine(user=builder)
    with pytest.raises(EngineError) as refused:
        warehouse.build(summary(), engine=engine)
    remedy = str(refused.value).partition("administrator run: ")[2]
    warehouse.run(remedy)

    assert f'CREATE SCHEMA "analytics" AUTHORIZATION "{builder}";' == remedy
    assert "published" == warehouse.build(summary(), engine=engine).status


@pytest.mark.parametrize(
    "sql",
    [
        "CREATE TABLE analytics.temp_numbers AS SELECT 'mine' AS n",
        "CREATE VIEW analytics.temp_numbers AS SELECT 'mine' AS n",
        "CREATE MATERIALIZED VIEW analytics.temp_numbers AS SELECT 'mine' AS n",
        "CREATE TABLE analytics.other (n int); CREATE INDEX temp_numbers ON analytics.other (n)",
        "CREATE SEQUENCE analytics.temp_numbers",
        "CREATE TYPE analytics.temp_numbers AS (n int)",
        "CREATE TABLE analytics.temp_numbers AS SELECT 'mine' AS n; "
        "COMMENT ON TABLE analytics.temp_numbers IS 'staged by hand'",
    ],
)
@pytest.mark.parametrize("publishes", [True, False])
def test_what_others_made_is_never_dropped(
    warehouse: Warehouse,
    sql: str,
    publishes: bool,  # noqa: FBT001 -- a parameter
) -> None:
    """Something of somebody else's under the staged name is left alone, and named."""
    warehouse.run("CREATE SCHEMA analytics", sql)
    here = "SELECT oid, relname FROM pg_class WHERE relnamespace = 'analytics'::regnamespace"
    before = warehouse.rows(here)

    with pytest.raises(PublishFailed) as refused:
        warehouse.build(summary(), publishes=publishes)

    assert before == warehouse.rows(here)
    assert str(refused.value).startswith(
        "Cannot build analytics.numbers: analytics.temp_numbers exists and the builder did not "
    )


def test_what_an_earlier_build_left_is_replaced(sources: Warehouse) -> None:
    """What a failed build left staged is its successor's to replace."""
    with pytest.raises(ChecksFailed):
        sources.build(summary("SELECT 1 AS n", outputs=[("SELECT 0", 1)]))
    left = sources.tables()
    sources.build(COPY)

    assert (["temp_numbers"], ["numbers"]) == (left, sources.tables())


def test_failed_input_check_leaves_nothing(sources: Warehouse) -> None:
    """Where an input check fails nothing is staged, and every check has been measured."""
    with pytest.raises(ChecksFailed) as failed:
        sources.build(summary(inputs=[("SELECT 0", 1), ("SELECT 2", 3), ("SELECT 4", 4)]))

    assert (
        "analytics.numbers was not published: input_check[0]: 0, wanted ≥ 1; input_check[1]: 2, "
        "wanted ≥ 3. The live table is as it was."
    ) == str(failed.value)
    assert [] == sources.tables()
    assert [0, 2, 4] == sources.column("SELECT measured FROM builder.checks ORDER BY position")


def test_empty_result_replaces_nothing(sources: Warehouse) -> None:
    """A query without rows leaves the live table and stages nothing, unless the file allows it."""
    sources.build(COPY)
    with pytest.raises(ChecksFailed, match="its query returned no row"):
        sources.build(summary("SELECT n FROM raw.source WHERE n > 9"))
    during = sources.tables(), sources.column("SELECT n FROM analytics.numbers ORDER BY n")
    sources.build(summary("SELECT n FROM raw.source WHERE n > 9", allow_empty=True))

    assert (["numbers"], [1, 2, 3]) == during
    assert [] == sources.column("SELECT n FROM analytics.numbers")


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ({"primary_key": ("m",)}, "its primary key (m) does not hold"),
        ({"unique": (("m", "n"),)}, "its unique (m, n) does not hold"),
        ({"primary_key": ("k",)}, "its primary key (k) does not hold"),
    ],
)
def test_double_and_missing_keys_are_found(
    sources: Warehouse, keys: dict[str, Any], said: str
) -> None:
    """Rows that break a declared key fail the build like a check; they stay staged for a look."""
    with pytest.raises(ChecksFailed) as failed:
        sources.build(summary("SELECT 1 AS n, 1 AS m, NULL::int AS k FROM raw.source", **keys))

    assert said in str(failed.value)
    assert ["temp_numbers"] == sources.tables()
