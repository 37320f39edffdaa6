"""The swap on a real server: what readers see, what is carried over, and what is refused."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import TYPE_CHECKING, Any

import pytest
from integration.warehouse import ANY_COLUMNS, Warehouse, summary, until
from rig import Database

from builder.engines.asks import Asks
from builder.errors import BuilderError, Busy, EngineError, PublishFailed
from builder.pipeline import publish
from builder.query import plan as plan_of
from builder.relation import Relation
from builder.run import Run
from builder.summary import Column, Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from builder.engines import embedded
    from builder.engines.postgres import PostgresEngine
    from builder.summary import Summary

KEYED = summary(
    "SELECT n, n AS m, 'a' || n AS word FROM generate_series(1, 3) AS n",
    primary_key=("n",),
    unique=(("m", "word"),),
    indexes=(("word",), Text("lower(word)"), Text("USING hash (m)"), Text("(n) WHERE n > 1")),
)
INDEXES = {
    "numbers_pkey": "UNIQUE btree (n)",
    "numbers_m_word_key": "UNIQUE btree (m, word)",
    "numbers_word_idx": "btree (word)",
    "numbers_lower_word_idx": "btree (lower(word))",
    "numbers_USING_hash_m_idx": "hash (m)",
    "numbers_n_WHERE_n_1_idx": "btree (n) WHERE (n > 1)",
}
CATALOGS = {
    "pg_class": "relnamespace = 'analytics'::regnamespace",
    "pg_attribute": "attrelid IN (SELECT oid FROM here)",
    "pg_attrdef": "adrelid IN (SELECT oid FROM here)",
    "pg_constraint": "conrelid IN (SELECT oid FROM here) OR confrelid IN (SELECT oid FROM here)",
    "pg_index": "indrelid IN (SELECT oid FROM here)",
    "pg_trigger": "tgrelid IN (SELECT oid FROM here)",
    "pg_policy": "polrelid IN (SELECT oid FROM here)",
    "pg_rewrite": "ev_class IN (SELECT oid FROM here)",
    "pg_type": "typnamespace = 'analytics'::regnamespace",
    "pg_proc": "pronamespace = 'analytics'::regnamespace",
    "pg_statistic_ext": "stxnamespace = 'analytics'::regnamespace",
    "pg_inherits": "inhrelid IN (SELECT oid FROM here)",
    "pg_publication_rel": "prrelid IN (SELECT oid FROM here)",
    "pg_depend": "objid IN (SELECT oid FROM here) OR refobjid IN (SELECT oid FROM here)",
    "pg_description": "objoid IN (SELECT oid FROM here)",
}
STATISTICS = [
    "relpages",
    "reltuples",
    "relallvisible",
    "relallfrozen",
    "relfrozenxid",
    "relminmxid",
]


def catalogs(warehouse: Warehouse) -> dict[str, Any]:
    """Every catalog row about the schema, but for statistics, and what the table holds."""
    with warehouse.holding("SET search_path = pg_catalog") as session:
        cursor = session.cursor()
        found: dict[str, Any] = {}
        for name, where in CATALOGS.items():
            cursor.execute(
                "WITH here AS (SELECT oid FROM pg_class WHERE relnamespace = "
                "'analytics'::regnamespace) "
                f"SELECT to_jsonb(t) - %s::text[] FROM {name} AS t WHERE {where} ORDER BY 1",
                (STATISTICS,),
            )
            found[name] = cursor.fetchall()
        cursor.execute("SELECT n FROM analytics.numbers")
        return {**found, "rows": cursor.fetchall()}


def grants(warehouse: Warehouse, table: str = "analytics.numbers") -> list[tuple[Any, ...]]:
    """Who but its owner may do what with a table or one of its columns."""
    return warehouse.rows(
        "SELECT coalesce(r.rolname, 'PUBLIC'), privilege_type, is_grantable, attname "
        "FROM (SELECT a.*, NULL AS attname FROM pg_class c, aclexplode(relacl) a "
        "      WHERE c.oid = %s::regclass AND a.grantee <> relowner UNION ALL "
        "      SELECT a.*, attname FROM pg_attribute, aclexplode(attacl) a "
        "      WHERE attrelid = %s::regclass) AS g LEFT JOIN pg_roles r ON r.oid = g.grantee "
        "ORDER BY 1, 2, 4",
        table,
        table,
    )


def indexes(warehouse: Warehouse) -> dict[str, str]:
    """The live table's indexes by their names."""
    found = warehouse.rows(
        "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'analytics' "
        "AND tablename = 'numbers'"
    )
    return {
        name: ("UNIQUE " if "UNIQUE" in sql else "") + sql.partition(" USING ")[2]
        for name, sql in found
    }


def version(warehouse: Warehouse) -> str:
    """The youngest kept version, as SQL."""
    return "analytics." + str(
        warehouse.value("SELECT kept_as FROM builder.versions ORDER BY replaced_at DESC LIMIT 1")
    )


@pytest.mark.parametrize("keep", [0, 1, 2])
def test_as_many_versions_remain_as_are_kept(warehouse: Warehouse, keep: int) -> None:
    """Of the versions that were replaced the last `keep` remain, each whole, and no more."""
    for number in range(1, 5):
        warehouse.build(summary(f"SELECT {number} AS n", keep=keep))

    kept = warehouse.column(
        "SELECT kept_as FROM builder.versions WHERE dropped_at IS NULL ORDER BY replaced_at"
    )
    assert [4] == warehouse.column("SELECT n FROM analytics.numbers")
    assert ["numbers", *["prev_numbers"] * keep] == warehouse.tables()
    assert [[4 - back] for back in range(keep, 0, -1)] == [
        warehouse.column(f"SELECT n FROM analytics.{name}") for name in kept
    ]


def test_version_that_is_read_is_left_for_a_later_run(warehouse: Warehouse) -> None:
    """A publish waits for nobody who reads an old version; a later run drops it."""
    once = summary(keep=0)
    warehouse.build(summary(keep=1))
    warehouse.build(summary(keep=1))
    with warehouse.holding(f"TABLE {version(warehouse)}"):
        during = warehouse.build(once)
    left = warehouse.tables()
    after = warehouse.build(once)

    assert ("published", "published") == (during.status, after.status)
    assert (["numbers", "prev_numbers"], ["numbers"]) == (left, warehouse.tables())


@pytest.mark.parametrize("builds", [1, 2, 3])
def test_index_and_constraint_names_follow(warehouse: Warehouse, builds: int) -> None:
    """After each build keys and indexes have the names that they had after the first."""
    for _ in range(builds):
        warehouse.build(KEYED)

    assert INDEXES == indexes(warehouse)
    assert [("numbers_m_word_key", "u"), ("numbers_pkey", "p")] == warehouse.rows(
        "SELECT conname, contype FROM pg_constraint WHERE contype IN ('p', 'u') "
        "AND conrelid = 'analytics.numbers'::regclass ORDER BY 1"
    )


def test_keys_and_indexes_may_change(warehouse: Warehouse) -> None:
    """What the file declares wins: other keys, or none, take the place of those it had."""
    warehouse.build(summary(primary_key=("n",)))
    warehouse.build(summary(unique=(("n",),)))
    changed = list(indexes(warehouse))
    warehouse.build(summary())

    assert ["numbers_n_key"] == changed
    assert {} == indexes(warehouse)


def test_index_name_that_is_taken_is_passed_over(warehouse: Warehouse) -> None:
    """Where another table has an index of the name, ours gets the next one, and keeps it."""
    warehouse.run(
        "CREATE SCHEMA analytics",
        "CREATE TABLE analytics.other AS SELECT 1 AS n",
        "CREATE INDEX numbers_pkey ON analytics.other (n)",
    )
    names = []
    for _ in range(3):
        warehouse.build(summary(primary_key=("n",)))
        names.append(list(indexes(warehouse)))

    assert [["numbers_pkey1"]] * 3 == names


def test_comments_are_those_of_the_file_or_else_the_live_ones(warehouse: Warehouse) -> None:
    """What the file says of table and columns wins; what it does not say is carried over."""
    comments = (
        "SELECT coalesce(attname, '*'), description FROM pg_description LEFT JOIN pg_attribute "
        "ON attrelid = objoid AND attnum = objsubid AND attnum > 0 "
        "WHERE objoid = 'analytics.numbers'::regclass ORDER BY 1"
    )
    query = "SELECT 1 AS n, 2 AS m, 3 AS k"
    warehouse.build(summary(query, description="It's 100 %", columns=(Column("n", "first"),)))
    first = warehouse.rows(comments)
    warehouse.run("COMMENT ON COLUMN analytics.numbers.m IS 'by hand'")
    warehouse.build(summary(query, columns=(Column("n", "other"), Column("k", "한국어"))))

    assert [("*", "It's 100 %"), ("n", "first")] == first
    assert [
        ("*", "It's 100 %"),
        ("k", "한국어"),
        ("m", "by hand"),
        ("n", "other"),
    ] == warehouse.rows(comments)


@pytest.mark.parametrize("name", ["100 %", "%s", "%(a)s", 'a"b', "a'b", "{n}", "점수", "a;b", "$1"])
def test_any_name_is_published(warehouse: Warehouse, name: str) -> None:
    """Tables, schemas and columns may be called anything the server takes."""
    quoted = name.replace('"', '""')
    what = summary(
        f'SELECT 1 AS "{quoted}"',
        table=name,
        schema=name,
        primary_key=(name,),
        description=name,
        columns=(Column(name, "%s 100 %"),),
    )

    runs = [warehouse.build(what) for _ in range(2)]

    assert ["published"] * 2 == [run.status for run in runs]
    assert [1] == warehouse.column(f'SELECT "{quoted}" FROM "{quoted}"."{quoted}"')
    assert [name, "%s 100 %"] == warehouse.column(
        "SELECT description FROM pg_description d JOIN pg_class c ON c.oid = objoid "
        "WHERE relname = %s AND classoid = 'pg_class'::regclass ORDER BY objsubid",
        name,
    )


@pytest.mark.parametrize("name", ["n" * 58, "점" * 19, "n" * 20])
def test_long_names_are_kept_apart(warehouse: Warehouse, name: str) -> None:
    """The longest names, and names of indexes that would be cut, work from build to build."""
    long = "c" * 60
    what = summary(
        f"SELECT 1 AS {long}, 2 AS {long}x",
        table=name,
        keep=2,
        primary_key=(long,),
        unique=((long, f"{long}x"),),
        indexes=((long,), (f"{long}x",), (long, f"{long}x")),
    )

    runs = [warehouse.build(what) for _ in range(3)]

    assert ["published"] * 3 == [run.status for run in runs]
    assert 3 == len(warehouse.tables())


def test_grants_are_carried_and_versions_have_none(warehouse: Warehouse) -> None:
    """Who could read the table still can, column by column; nobody reads what was replaced."""
    alice, bob, carol = (warehouse.role(name) for name in ("alice", "bob", "carol"))
    what = summary("SELECT 1 AS n, 2 AS m, 3 AS secret")
    warehouse.build(what)
    warehouse.run(
        f"GRANT SELECT, INSERT ON analytics.numbers TO {alice} WITH GRANT OPTION",
        f"GRANT SELECT (n, m), UPDATE (m) ON analytics.numbers TO {bob}",
        f"GRANT SELECT (n) ON analytics.numbers TO {carol} WITH GRANT OPTION",
        "GRANT SELECT ON analytics.numbers TO PUBLIC",
        "GRANT REFERENCES (n) ON analytics.numbers TO PUBLIC",
        f"GRANT TRIGGER, TRUNCATE ON analytics.numbers TO {carol}",
    )
    before = grants(warehouse)
    warehouse.build(what)
    once = grants(warehouse)
    warehouse.build(what)

    assert (before, before) == (once, grants(warehouse))
    assert 10 == len(before)
    assert [] == grants(warehouse, version(warehouse))


def test_grant_that_was_passed_on_is_carried(warehouse: Warehouse) -> None:
    """What a role with the grant option has granted to others goes over as well."""
    alice, bob = (warehouse.role(name) for name in ("alice", "bob"))
    warehouse.build(summary())
    warehouse.run(
        f"GRANT SELECT ON analytics.numbers TO {alice} WITH GRANT OPTION",
        f"GRANT USAGE ON SCHEMA analytics TO {alice}, {bob}",
        f"SET ROLE {alice}; GRANT SELECT ON analytics.numbers TO {bob}",
    )
    before = grants(warehouse)
    warehouse.build(summary())

    assert before == grants(warehouse)
    assert [] == grants(warehouse, version(warehouse))


def test_grants_on_columns_that_go_go_with_them(warehouse: Warehouse) -> None:
    """A grant on a column that the new query does not return is no obstacle."""
    alice = warehouse.role("alice")
    warehouse.build(summary("SELECT 1 AS n, 2 AS m"))
    warehouse.run(f"GRANT SELECT (n, m) ON analytics.numbers TO {alice}")
    warehouse.build(summary("SELECT 1 AS n", schema_drift=ANY_COLUMNS))

    assert [(alice, "SELECT", False, "n")] == grants(warehouse)


def test_default_privileges_are_given_once_the_table_is_live(warehouse: Warehouse) -> None:
    """A new table gets what the role's defaults give, in its schema and everywhere; only then."""
    alice, bob = (warehouse.role(name) for name in ("alice", "bob"))
    warehouse.run(
        "CREATE SCHEMA analytics",
        f"ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO {alice}",
        f"ALTER DEFAULT PRIVILEGES IN SCHEMA analytics GRANT ALL ON TABLES TO {bob} "
        "WITH GRANT OPTION",
        "ALTER DEFAULT PRIVILEGES IN SCHEMA analytics GRANT SELECT ON TABLES TO PUBLIC",
        "CREATE TABLE analytics.plain (n int)",
    )
    warehouse.build(summary(), publishes=False)
    staged = grants(warehouse, "analytics.temp_numbers")
    warehouse.build(summary())
    first = grants(warehouse)
    warehouse.run(f"REVOKE ALL ON analytics.numbers FROM {bob}, {alice}")
    warehouse.build(summary())

    assert ([], grants(warehouse, "analytics.plain")) == (staged, first)
    assert [("PUBLIC", "SELECT", False, None)] == grants(warehouse)


def test_owner_is_carried(warehouse: Warehouse) -> None:
    """A table that was given to another owner stays theirs, with the grants of everybody else."""
    alice, bob = (warehouse.role(name) for name in ("alice", "bob"))
    warehouse.build(KEYED)
    warehouse.run(
        f"GRANT SELECT ON analytics.numbers TO {bob}",
        f"ALTER TABLE analytics.numbers OWNER TO {alice}",
        f"GRANT SELECT ON analytics.numbers TO {warehouse.value('SELECT current_user')}",
    )
    before = grants(warehouse)
    for _ in range(2):
        warehouse.build(KEYED)

        assert before == grants(warehouse)
        assert {alice} == set(
            warehouse.column(
                "SELECT relowner::regrole::text FROM pg_class WHERE oid = 'analytics.numbers'"
                "::regclass OR oid IN (SELECT indexrelid FROM pg_index "
                "WHERE indrelid = 'analytics.numbers'::regclass)"
            )
        )


HANGING = {
    "view of the row": (
        "CREATE VIEW analytics.v AS SELECT t FROM analytics.numbers AS t",
        "view analytics.v",
    ),
    "materialized view": (
        "CREATE MATERIALIZED VIEW analytics.v AS TABLE analytics.numbers",
        "materialized view analytics.v",
    ),
    "rule elsewhere": (
        "CREATE TABLE analytics.other (n int); CREATE RULE r AS ON INSERT TO analytics.other "
        "DO ALSO DELETE FROM analytics.numbers",
        "table analytics.other",
    ),
    "policy elsewhere": (
        "CREATE TABLE analytics.other (n int); CREATE POLICY p ON analytics.other "
        "USING (n IN (SELECT n FROM analytics.numbers))",
        "policy p on table analytics.other",
    ),
    "incoming foreign key": (
        "CREATE TABLE analytics.other (n int REFERENCES analytics.numbers)",
        "constraint other_n_fkey on table analytics.other",
    ),
    "foreign key on itself": (
        "ALTER TABLE analytics.numbers ADD CONSTRAINT k FOREIGN KEY (m) REFERENCES "
        "analytics.numbers",
        "constraint k on table analytics.numbers",
    ),
    "heir": ("CREATE TABLE analytics.other () INHERITS (analytics.numbers)", "its place in"),
    "parent": (
        "CREATE TABLE analytics.other (n int NOT NULL); "
        "ALTER TABLE analytics.numbers INHERIT analytics.other",
        "its place in a partitioned or inherited table",
    ),
    "partition": (
        "CREATE TABLE analytics.other (LIKE analytics.numbers) PARTITION BY LIST (n); "
        "ALTER TABLE analytics.other ATTACH PARTITION analytics.numbers DEFAULT",
        "its place in a partitioned or inherited table",
    ),
    "function of the row": (
        "CREATE FUNCTION analytics.f(analytics.numbers) RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "function analytics.f(analytics.numbers)",
    ),
    "function that returns rows": (
        "CREATE FUNCTION analytics.f() RETURNS SETOF analytics.numbers LANGUAGE sql "
        "AS 'TABLE analytics.numbers'",
        "function analytics.f()",
    ),
    "function of many rows": (
        "CREATE FUNCTION analytics.f(analytics.numbers[]) RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "function analytics.f(analytics.numbers[])",
    ),
    "BEGIN ATOMIC": (
        "CREATE FUNCTION analytics.f() RETURNS bigint BEGIN ATOMIC "
        "SELECT count(*) FROM analytics.numbers; END",
        "function analytics.f()",
    ),
    "column of the row's type": (
        "CREATE TABLE analytics.other (t analytics.numbers)",
        "column t of table analytics.other",
    ),
    "domain over the row": (
        "CREATE DOMAIN analytics.d AS analytics.numbers",
        "type analytics.d",
    ),
    "cast of the row": (
        "CREATE CAST (analytics.numbers AS text) WITH INOUT",
        "cast from analytics.numbers to text",
    ),
    "view in place of the table": (
        "ALTER TABLE analytics.numbers RENAME TO other; "
        "CREATE VIEW analytics.numbers AS TABLE analytics.other",
        "there is a view of that name",
    ),
    "type of its own": (
        "CREATE TYPE analytics.o AS (n int); DROP TABLE analytics.numbers; "
        "CREATE TABLE analytics.numbers OF analytics.o",
        "type analytics.o",
    ),
    "generated column in the middle": (
        "ALTER TABLE analytics.numbers ADD g int GENERATED ALWAYS AS (n) STORED, ADD last int",
        "generated column g",
    ),
    "rule on a view that writes into the table": (
        "CREATE VIEW public.w AS SELECT 1 AS n; CREATE RULE r AS ON INSERT TO public.w "
        "DO INSTEAD INSERT INTO analytics.numbers VALUES (NEW.n)",
        "view public.w",
    ),
    "privileges on an identity": (
        "ALTER TABLE analytics.numbers ALTER n ADD GENERATED ALWAYS AS IDENTITY; "
        "GRANT USAGE ON SEQUENCE analytics.numbers_n_seq TO PUBLIC",
        "the privileges on sequence numbers_n_seq",
    ),
    "check that the new rows do not pass": (
        "UPDATE analytics.numbers SET m = 9; "
        "ALTER TABLE analytics.numbers ADD CONSTRAINT k CHECK (m = 9)",
        "check constraint k",
    ),
    "unique index that the new rows do not pass": (
        "CREATE UNIQUE INDEX one ON analytics.numbers ((1)) WHERE n = 1; "
        "CREATE UNIQUE INDEX two ON analytics.numbers ((word || 'b')) WHERE n = 1; "
        "DELETE FROM analytics.numbers WHERE n > 1; "
        "CREATE UNIQUE INDEX three ON analytics.numbers ((1))",
        "unique three",
    ),
    "index on a column that goes": (
        "ALTER TABLE analytics.numbers ADD more int; CREATE INDEX i ON analytics.numbers (more)",
        "index i",
    ),
    "view on a column that goes": (
        "ALTER TABLE analytics.numbers ADD more int; "
        "CREATE VIEW analytics.v AS SELECT more FROM analytics.numbers",
        "view analytics.v, which reads column more",
    ),
    "view on a column that changes": (
        "ALTER TABLE analytics.numbers ALTER m TYPE text; "
        "CREATE VIEW analytics.v AS SELECT m FROM analytics.numbers",
        "cannot change data type of view column",
    ),
}
"""What hangs on a table: how it comes to be, and what it is called when it is refused."""


@pytest.fixture(scope="module")
def _cleared(server: embedded.Server) -> Iterator[tuple[Warehouse, PostgresEngine]]:
    administrator = Warehouse(Database(server.url)).session()
    administrator.autocommit = True
    administrator.cursor().execute("CREATE DATABASE hanging")
    warehouse = Warehouse(Database(server.url.rpartition("/")[0] + "/hanging"))
    yield warehouse, warehouse.engine()
    warehouse.close()
    administrator.cursor().execute("DROP DATABASE hanging WITH (FORCE)")
    administrator.close()


@pytest.fixture
def cleared(
    _cleared: tuple[Warehouse, PostgresEngine],
) -> Iterator[tuple[Warehouse, PostgresEngine]]:
    """A warehouse that is used again and cleared each time: a clone for each would take long."""
    yield _cleared
    _cleared[0].run("DROP SCHEMA analytics CASCADE; DROP VIEW IF EXISTS public.w")


@pytest.mark.parametrize("hanging", HANGING)
def test_what_hangs_on_the_table_is_refused_by_name(
    cleared: tuple[Warehouse, PostgresEngine], hanging: str
) -> None:
    """What a swap would lose is named before the live table is touched: no catalog row changes."""
    warehouse, engine = cleared
    query = "SELECT n, n AS m, 'a' AS word FROM generate_series(1, 3) n"
    what = summary(query, primary_key=("n",), schema_drift=ANY_COLUMNS)
    sql, name = HANGING[hanging]
    warehouse.build(what, engine=engine)
    warehouse.run(sql)
    before = catalogs(warehouse)

    with pytest.raises(PublishFailed) as refused:
        warehouse.build(what, engine=engine)

    warehouse.run("DROP TABLE IF EXISTS analytics.temp_numbers")
    assert before == catalogs(warehouse)
    assert name in str(refused.value)
    assert str(refused.value).startswith("Cannot publish analytics.numbers: ")


@pytest.mark.parametrize("scope", ["ALL TABLES", "TABLES IN SCHEMA analytics"])
def test_staging_is_refused_where_all_tables_are_replicated(
    warehouse: Warehouse, scope: str
) -> None:
    """A publication of everything would carry the staged table to subscribers and stop them."""
    warehouse.build(summary())
    warehouse.run(f"SET client_min_messages = error; CREATE PUBLICATION p FOR {scope}")
    before = catalogs(warehouse)

    with pytest.raises(PublishFailed, match="publication p"):
        warehouse.build(summary())

    assert before == catalogs(warehouse)


def test_reader_is_waited_for_and_then_told(warehouse: Warehouse) -> None:
    """A reader who holds the table is waited for until publish_timeout; then it is Busy."""
    warehouse.build(summary("SELECT 1 AS n"))
    engine = warehouse.engine()
    journal = warehouse.journal(engine)
    what = summary("SELECT 2 AS n", publish_timeout=0.2)
    with warehouse.holding("SELECT n FROM analytics.numbers"):
        with pytest.raises(Busy) as busy:
            warehouse.build(what, engine=engine)
        during = warehouse.column("SELECT n FROM analytics.numbers")
    run = publish(what, engine=engine, journal=journal)

    assert (
        "Cannot publish analytics.numbers: readers held it for all of the 0.2 s that "
        "`publish_timeout` allows. The live table is as it was and the new one is staged: "
        "`builder publish` tries again without building."
    ) == str(busy.value)
    assert ([1], "published", [2]) == (
        during,
        run.status,
        warehouse.column("SELECT n FROM analytics.numbers"),
    )


def test_swap_comes_through_once_the_reader_has_left(warehouse: Warehouse) -> None:
    """The swap is tried again while a reader holds the table, and others read on meanwhile."""
    warehouse.build(summary("SELECT 1 AS n"))
    engine = warehouse.engine()
    publishing = Event()
    with ThreadPoolExecutor() as pool:
        with warehouse.holding("SELECT n FROM analytics.numbers"):
            building = pool.submit(
                warehouse.build,
                summary("SELECT 2 AS n"),
                engine=engine,
                listeners=[lambda run: publishing.set() if run.steps[-1].name == "publish" else 0],
            )
            until(publishing.is_set)
            until(lambda: warehouse.waits(engine.session.backend_pid))
            during = [warehouse.value("SELECT n FROM analytics.numbers") for _ in range(20)]
        run = building.result()

    assert ([1] * 20, "published") == (during, run.status)
    assert [2] == warehouse.column("SELECT n FROM analytics.numbers")


def test_table_and_journal_change_together(warehouse: Warehouse) -> None:
    """Where the journal's row cannot be written, the swap does not happen either."""
    warehouse.build(summary())
    warehouse.run(
        "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'no more runs'; END $$",
        "CREATE TRIGGER refuse BEFORE UPDATE ON builder.runs FOR EACH ROW "
        "WHEN (NEW.status = 'published') EXECUTE FUNCTION refuse()",
    )
    before = catalogs(warehouse)

    with pytest.raises(EngineError, match="no more runs"):
        warehouse.build(summary())

    warehouse.run("DROP TABLE analytics.temp_numbers")
    assert before == catalogs(warehouse)
    assert ["published", "failed"] == warehouse.column(
        "SELECT status FROM builder.runs ORDER BY started_at"
    )


def test_version_row_is_written_with_the_swap(warehouse: Warehouse) -> None:
    """Where the kept version cannot be written down, the swap does not happen either."""
    warehouse.build(summary())
    warehouse.run(
        "ALTER TABLE builder.versions ADD CONSTRAINT none CHECK (false)",
    )
    before = catalogs(warehouse)

    with pytest.raises(EngineError):
        warehouse.build(summary())

    warehouse.run("DROP TABLE analytics.temp_numbers")
    assert before == catalogs(warehouse)


@pytest.mark.parametrize(
    "change",
    [
        "GRANT SELECT ON analytics.numbers TO PUBLIC",
        "COMMENT ON TABLE analytics.numbers IS 'changed'",
        "COMMENT ON COLUMN analytics.numbers.n IS 'changed'",
    ],
)
def test_change_just_before_the_swap_is_not_lost(warehouse: Warehouse, change: str) -> None:
    """What somebody changes on the live table while the swap waits for it is carried too."""
    warehouse.build(summary())
    engine = warehouse.engine()
    with ThreadPoolExecutor() as pool:
        with warehouse.holding("LOCK TABLE analytics.numbers IN ROW SHARE MODE", change) as other:
            building = pool.submit(warehouse.build, summary("SELECT 9 AS n"), engine=engine)
            until(lambda: warehouse.waits(engine.session.backend_pid) or building.done())
            other.commit()
        building.result()

    assert [9] == warehouse.column("SELECT n FROM analytics.numbers")
    assert 1 == len(grants(warehouse)) + warehouse.value(
        "SELECT count(*) FROM pg_description WHERE objoid = 'analytics.numbers'::regclass "
        "AND description = 'changed'"
    )


def test_view_that_comes_just_before_the_swap_is_carried(warehouse: Warehouse) -> None:
    """A view that somebody makes on the table while the swap waits is found, and reads the new."""
    warehouse.build(summary())
    engine = warehouse.engine()
    with ThreadPoolExecutor() as pool:
        with warehouse.holding("CREATE VIEW seen AS TABLE analytics.numbers") as other:
            building = pool.submit(warehouse.build, summary("SELECT 9 AS n"), engine=engine)
            until(lambda: warehouse.waits(engine.session.backend_pid) or building.done())
            other.commit()
        building.result()

    assert [9] == warehouse.column("SELECT n FROM seen ORDER BY n")


def test_table_that_was_swapped_meanwhile_is_taken_as_it_is_now(warehouse: Warehouse) -> None:
    """A live table that somebody drops and makes anew while the swap waits becomes a version."""
    warehouse.build(summary())
    engine = warehouse.engine()
    with ThreadPoolExecutor() as pool:
        with warehouse.holding(
            "DROP TABLE analytics.numbers", "CREATE TABLE analytics.numbers AS SELECT 5 AS n"
        ) as other:
            building = pool.submit(warehouse.build, summary("SELECT 9 AS n"), engine=engine)
            until(lambda: warehouse.waits(engine.session.backend_pid) or building.done())
            other.commit()
        building.result()

    assert [9] == warehouse.column("SELECT n FROM analytics.numbers")
    assert [5] == warehouse.column(f"SELECT n FROM {version(warehouse)}")


def test_staged_table_that_is_gone_is_said_so(warehouse: Warehouse) -> None:
    """A staged table that somebody drops or changes is not published."""
    engine = warehouse.engine()
    journal = warehouse.journal(engine)
    warehouse.build(KEYED)
    warehouse.build(KEYED, publishes=False)
    before = warehouse.value("SELECT 'analytics.numbers'::regclass::oid")
    warehouse.run(
        "DO $$ BEGIN EXECUTE 'ALTER TABLE analytics.temp_numbers DROP CONSTRAINT ' || quote_ident("
        "(SELECT conname FROM pg_constraint WHERE contype = 'p' "
        "AND conrelid = 'analytics.temp_numbers'::regclass)); END $$"
    )

    with pytest.raises(PublishFailed, match="the staged table lacks a key or index"):
        publish(KEYED, engine=engine, journal=journal)
    warehouse.run("DROP TABLE analytics.temp_numbers")
    with pytest.raises(PublishFailed, match="nothing is staged"):
        publish(KEYED, engine=engine, journal=journal)

    assert before == warehouse.value("SELECT 'analytics.numbers'::regclass::oid")


def test_types_from_any_schema_are_published(warehouse: Warehouse) -> None:
    """Types, operators and functions outside the search path, or hidden by it, are no obstacle."""
    warehouse.run(
        "CREATE SCHEMA types",
        "CREATE TYPE types.mood AS ENUM ('sad', 'happy')",
        "CREATE TYPE types.pair AS (a int, b types.mood)",
        "CREATE DOMAIN public.int4 AS int CHECK (value > 0)",
        "CREATE FUNCTION types.same(int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT $1'",
        "ALTER DATABASE " + warehouse.value("SELECT current_database()") + " SET search_path = ''",
    )
    what = summary(
        "SELECT 1 AS n, 'sad'::types.mood AS mood, ROW(1, 'sad')::types.pair AS pair, "
        "1::public.int4 AS hidden, ARRAY['sad'::types.mood] AS moods",
        primary_key=("mood", "n"),
        indexes=(("moods",), ("pair",), Text("types.same(n)")),
    )

    runs = [warehouse.build(what) for _ in range(2)]

    assert ["published"] * 2 == [run.status for run in runs]
    assert ["integer", "types.mood", "types.pair", "public.int4", "types.mood[]"] == (
        warehouse.column(
            "SELECT format_type(atttypid, atttypmod) FROM pg_attribute "
            "WHERE attrelid = 'analytics.numbers'::regclass AND attnum > 0 ORDER BY attnum"
        )
    )


def test_new_and_dropped_columns_are_published(warehouse: Warehouse) -> None:
    """The new table may have other columns, of other types and in another order."""
    warehouse.build(summary("SELECT 1 AS n, 'a' AS m"))
    warehouse.run("ALTER TABLE analytics.numbers DROP COLUMN m")
    warehouse.build(summary("SELECT 'b' AS k, 2.5 AS n", schema_drift=ANY_COLUMNS))

    assert [("b", 2.5)] == [
        (k, float(n)) for k, n in warehouse.rows("SELECT * FROM analytics.numbers")
    ]


def test_published_table_is_like_any_other(warehouse: Warehouse) -> None:
    """What staging needed is gone: autovacuum looks after the table, and it has statistics."""
    warehouse.build(KEYED)

    assert [(None, "p", 3.0, [])] == warehouse.rows(
        "SELECT reloptions, relpersistence, reltuples, ARRAY(SELECT description "
        "FROM pg_description WHERE objoid = c.oid AND description LIKE 'staged%') "
        "FROM pg_class c WHERE oid = 'analytics.numbers'::regclass"
    )
    assert 3 == warehouse.value(
        "SELECT count(*) FROM pg_stats WHERE schemaname = 'analytics' AND tablename = 'numbers'"
    )


def test_readers_see_old_or_new_and_never_nothing(warehouse: Warehouse) -> None:
    """During 50 publishes four readers get no error, and each time the rows of one build."""
    publishes, readers = 50, 4
    what = [
        summary(f"SELECT {number} AS n FROM generate_series(1, 100)", keep=0)
        for number in range(publishes + 1)
    ]
    engine = warehouse.engine()
    warehouse.build(what[0], engine=engine)
    done = Event()

    def read() -> list[list[tuple[int, int]]]:
        seen = []
        session = warehouse.session()
        session.autocommit = True
        cursor = session.cursor()
        while not done.wait(0.001):
            cursor.execute("SELECT n, count(*) FROM analytics.numbers GROUP BY n")
            seen.append(cursor.fetchall())
        return seen

    with ThreadPoolExecutor(readers) as pool:
        reading = [pool.submit(read) for _ in range(readers)]
        try:
            for one in what[1:]:
                warehouse.build(one, engine=engine)
        finally:
            done.set()
        seen = [one.result() for one in reading]

    assert {1} == {len(rows) for read_by in seen for rows in read_by}
    assert {100} == {count for read_by in seen for ((_, count),) in read_by}
    assert all(read_by == sorted(read_by) for read_by in seen)
    assert [publishes] == warehouse.column("SELECT DISTINCT n FROM analytics.numbers")


def test_dry_run_shows_what_a_publish_sends(warehouse: Warehouse) -> None:
    """The statements for people to read are those that swap: run by hand they publish."""
    warehouse.build(KEYED)
    engine = warehouse.engine()
    run = Run(KEYED)
    session = warehouse.session()
    session.autocommit = True
    for statement in engine.preview(run, plan_of(KEYED, engine.dialect), Asks()):
        session.cursor().execute(statement.shown)

    assert ["numbers", "prev_numbers"] == warehouse.tables()
    assert INDEXES == indexes(warehouse)


def test_version_is_named_after_the_run_that_replaced_it(warehouse: Warehouse) -> None:
    """The journal knows each kept version by its name and the run that put it aside."""
    warehouse.build(summary())
    run = warehouse.build(summary())

    (kept,) = warehouse.journal(warehouse.engine()).kept(run.target)
    assert Relation("analytics", f"prev_numbers_{run.run_id}") == kept.relation


def test_failing_after_sql_leaves_the_new_table_live(warehouse: Warehouse) -> None:
    """`after_sql` comes after the publish: its failure says that the table is live."""
    what: Summary = summary("SELECT 7 AS n", after=["SELECT 1", "SELECT 1 / 0"])

    with pytest.raises(BuilderError, match=r"the new analytics\.numbers is live, but `after_sql`"):
        warehouse.build(what)

    assert [7] == warehouse.column("SELECT n FROM analytics.numbers")
    assert ["published"] == warehouse.column("SELECT status FROM builder.runs")


def test_description_is_json_that_survives(warehouse: Warehouse) -> None:
    """Comments keep quotes, backslashes, percent signs and line ends, whatever the settings."""
    text = json.dumps({"a": "it's 100 %s \\ \n 한국어"}) + "\n%%"
    warehouse.build(summary(description=text))

    assert text == warehouse.value("SELECT obj_description('analytics.numbers'::regclass)")
