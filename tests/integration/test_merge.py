"""Publishing in place: rows are changed, everything else about the table stays what it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from integration.picture import picture
from integration.warehouse import ANY_COLUMNS, Warehouse, summary

from builder.errors import PublishFailed
from builder.pipeline import rollback

if TYPE_CHECKING:
    from builder.run import Run
    from builder.summary import Summary

LIVE = "SELECT n, word FROM analytics.numbers ORDER BY n, word"
OID = "SELECT 'analytics.numbers'::regclass::oid"
OLD = "SELECT n, 'a' || n AS word FROM generate_series(1, 5) AS n"
NEW = "SELECT n, CASE n WHEN 2 THEN 'new' ELSE 'a' || n END AS word FROM generate_series(2, 6) AS n"


def merging(query: str, **more: Any) -> Summary:
    """A summary whose file asks for a merge by n, and minds no other columns."""
    asked = {"primary_key": ("n",), "publish": "merge", "schema_drift": ANY_COLUMNS}
    return summary(query, **{**asked, **more})


def back(warehouse: Warehouse, what: Summary) -> Run:
    """One rollback."""
    engine = warehouse.engine()
    return rollback(what, engine=engine, journal=warehouse.journal(engine))


def test_only_rows_that_differ_are_changed(warehouse: Warehouse) -> None:
    """A merge deletes, changes and adds rows by key; the others are not even written anew."""
    warehouse.build(merging(OLD))
    before = (warehouse.value(OID), picture(warehouse))
    stamps = dict(warehouse.rows("SELECT n, xmin::text FROM analytics.numbers"))

    run = warehouse.build(merging(NEW))

    now = dict(warehouse.rows("SELECT n, xmin::text FROM analytics.numbers"))
    assert [(2, "new"), *((n, f"a{n}") for n in range(3, 7))] == warehouse.rows(LIVE)
    assert [3, 4, 5] == [n for n in now if now[n] == stamps.get(n)]
    assert before == (warehouse.value(OID), picture(warehouse))
    assert ["not swapped but merged by its key: the file says so"] == run.notices
    assert ["numbers", "prev_numbers"] == warehouse.tables()


def test_merge_is_rolled_back_and_again(warehouse: Warehouse) -> None:
    """What a merge has replaced comes back, and the rollback can be undone like any other."""
    what = merging(NEW)
    warehouse.build(merging(OLD))
    first = warehouse.rows(LIVE)
    warehouse.build(what)
    second = warehouse.rows(LIVE)
    oid = warehouse.value(OID)

    seen = []
    for _ in range(4):
        back(warehouse, what)
        seen.append(warehouse.rows(LIVE))

    assert [first, second, first, second] == seen
    assert oid == warehouse.value(OID)
    assert ["numbers", "prev_numbers"] == warehouse.tables()


def test_version_of_a_merge_is_read_by_nobody(warehouse: Warehouse) -> None:
    """A copy that is kept has no grants, whatever the schema's defaults are."""
    alice = warehouse.role("alice")
    warehouse.run(
        "CREATE SCHEMA analytics",
        f"ALTER DEFAULT PRIVILEGES GRANT ALL ON TABLES TO {alice}",
        "ALTER DEFAULT PRIVILEGES IN SCHEMA analytics GRANT SELECT ON TABLES TO PUBLIC",
    )
    warehouse.build(merging(OLD))
    warehouse.build(merging(NEW))

    kept = warehouse.value("SELECT kept_as FROM builder.versions")
    assert [] == warehouse.rows(
        "SELECT grantee FROM pg_class, aclexplode(relacl) WHERE relname = %s "
        "AND grantee <> relowner",
        kept,
    )


@pytest.mark.parametrize(
    ("kind", "one", "other"),
    [
        ("jsonb", "'{\"a\": 1}'", "'{\"a\": 2}'"),
        ("json", "'[1]'", "'[ 1]'"),
        ("circle", "'<(0,0),1>'", "'<(0,0),2>'"),
        ("point", "'(1,2)'", "'(1,3)'"),
        ("numeric", "1.0", "1.00"),
        ("float8", "'NaN'", "1"),
        ("float8", "0", "-0.0::float8"),
        ("text", "NULL", "''"),
        ("text", "NULL", "NULL"),
        ("int[]", "ARRAY[1, NULL]", "ARRAY[1]"),
        ("bytea", "'\\x00'", "'\\x01'"),
        ("tsvector", "'a'", "'b'"),
        ("timestamptz", "'infinity'", "'-infinity'"),
    ],
)
def test_every_type_is_compared_as_it_is_stored(
    warehouse: Warehouse, kind: str, one: str, other: str
) -> None:
    """Values that are stored in another way are other ones, also where a type has no equality."""
    for value in (one, other):
        warehouse.build(merging(f"SELECT 1 AS n, {value}::{kind} AS v"))

    wanted = warehouse.value(f"SELECT ({other}::{kind})::text")
    assert [(1, wanted)] == warehouse.rows("SELECT n, v::text FROM analytics.numbers")


def test_values_that_change_places_are_no_obstacle(warehouse: Warehouse) -> None:
    """Two rows that swap a unique value are merged, though each is in the other's way."""
    for rows in ("(1, 'a'), (2, 'b')", "(1, 'b'), (2, 'a')"):
        query = f"SELECT * FROM (VALUES {rows}) AS v (n, word)"
        warehouse.build(merging(query, unique=(("word",),)))

    assert [(1, "b"), (2, "a")] == warehouse.rows(LIVE)


def test_rows_that_others_refer_to_are_updated(warehouse: Warehouse) -> None:
    """A row that a foreign key of another table holds is changed in place, and stays there."""
    warehouse.build(merging(OLD))
    warehouse.run("CREATE TABLE child (n int REFERENCES analytics.numbers)")
    warehouse.run("INSERT INTO child VALUES (2), (3)")

    warehouse.build(merging(NEW))

    assert [(2, "new"), *((n, f"a{n}") for n in range(3, 7))] == warehouse.rows(LIVE)
    assert [2, 3] == warehouse.column("SELECT n FROM child ORDER BY n")


def test_row_that_others_refer_to_does_not_go(warehouse: Warehouse) -> None:
    """Where a row is to go that another table refers to, nothing is published."""
    warehouse.build(merging(OLD))
    warehouse.run("CREATE TABLE child (n int REFERENCES analytics.numbers)")
    warehouse.run("INSERT INTO child VALUES (1)")
    before = warehouse.rows(LIVE)

    with pytest.raises(PublishFailed, match="child_n_fkey"):
        warehouse.build(merging(NEW))

    assert before == warehouse.rows(LIVE)


REFUSED = {
    "cascade": (
        "CREATE TABLE child (n int REFERENCES analytics.numbers ON DELETE CASCADE)",
        "child_n_fkey",
    ),
    "set null": (
        "CREATE TABLE child (n int REFERENCES analytics.numbers ON UPDATE SET NULL)",
        "child_n_fkey",
    ),
    "rule": ("CREATE RULE r AS ON DELETE TO analytics.numbers DO INSTEAD NOTHING", "rule r"),
    "trigger": (
        "CREATE TRIGGER t BEFORE UPDATE ON analytics.numbers FOR EACH ROW "
        "EXECUTE FUNCTION suppress_redundant_updates_trigger()",
        "trigger t",
    ),
    "identity that others hold": (
        "ALTER TABLE analytics.numbers ADD id int GENERATED ALWAYS AS IDENTITY; "
        "CREATE TABLE child (n int REFERENCES analytics.numbers)",
        "column id, which only the table itself may count",
    ),
    "new column": ("ALTER TABLE analytics.numbers DROP COLUMN word", "column word is new"),
    "column too many": ("ALTER TABLE analytics.numbers ADD more int", "column more goes"),
    "other type": ("ALTER TABLE analytics.numbers ALTER n TYPE bigint", "column n changes from"),
    "key twice": (
        "ALTER TABLE analytics.numbers DROP CONSTRAINT numbers_pkey; "
        "INSERT INTO analytics.numbers VALUES (3, 'a3')",
        "a key twice",
    ),
}


@pytest.mark.parametrize("refused", REFUSED)
def test_what_a_merge_cannot_keep_is_refused(warehouse: Warehouse, refused: str) -> None:
    """What would do more than change rows, or less, is named; no row changes."""
    sql, name = REFUSED[refused]
    warehouse.build(merging(OLD))
    warehouse.run(sql)
    ask = "SELECT t::text FROM analytics.numbers t ORDER BY 1"
    before = (picture(warehouse), warehouse.rows(ask))

    with pytest.raises(PublishFailed) as error:
        warehouse.build(merging(NEW))

    assert name in str(error.value)
    assert before == (picture(warehouse), warehouse.rows(ask))


def test_disabled_trigger_is_no_obstacle(warehouse: Warehouse) -> None:
    """A trigger that does not fire changes nothing; one after the change sees it, and may."""
    warehouse.build(merging(OLD))
    warehouse.run(
        "CREATE TABLE log (n int)",
        "CREATE FUNCTION log() RETURNS trigger LANGUAGE plpgsql AS "
        "'BEGIN INSERT INTO log SELECT 1; RETURN NULL; END'",
        "CREATE TRIGGER off BEFORE UPDATE ON analytics.numbers FOR EACH ROW "
        "EXECUTE FUNCTION suppress_redundant_updates_trigger()",
        "ALTER TABLE analytics.numbers DISABLE TRIGGER off",
        "CREATE TRIGGER t AFTER INSERT ON analytics.numbers FOR EACH STATEMENT "
        "EXECUTE FUNCTION log()",
    )

    warehouse.build(merging(NEW))

    assert [1] == warehouse.column("SELECT n FROM log")


def test_generated_and_identity_columns_are_kept(warehouse: Warehouse) -> None:
    """A generated column is computed anew, an identity takes the query's values."""
    warehouse.build(merging(OLD))
    warehouse.run(
        "ALTER TABLE analytics.numbers ALTER n ADD GENERATED ALWAYS AS IDENTITY, "
        "ADD g text GENERATED ALWAYS AS (upper(word)) STORED"
    )

    warehouse.build(merging(NEW))

    assert [(2, "NEW"), *((n, f"A{n}") for n in range(3, 7))] == warehouse.rows(
        "SELECT n, g FROM analytics.numbers ORDER BY n"
    )


def test_table_of_others_is_merged_into(warehouse: Warehouse) -> None:
    """Where the table is not ours, rights on its rows are enough; it stays theirs."""
    owner, role = warehouse.role("owner", "NOLOGIN"), warehouse.role("role")
    database = warehouse.value("SELECT current_database()")
    warehouse.run(
        f"CREATE SCHEMA analytics AUTHORIZATION {owner}",
        f"CREATE TABLE analytics.numbers AS {OLD}",
        f"ALTER TABLE analytics.numbers OWNER TO {owner}",
        "CREATE FUNCTION f(analytics.numbers) RETURNS int LANGUAGE sql AS 'SELECT 1'",
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON analytics.numbers TO {role}",
        f"GRANT USAGE, CREATE ON SCHEMA analytics TO {role}",
        f"GRANT CREATE ON DATABASE {database} TO {role}",
    )
    before = picture(warehouse)
    what = summary(NEW, unique=(("n",),))

    run = warehouse.build(what, engine=warehouse.engine(user=role))

    assert [(2, "new"), *((n, f"a{n}") for n in range(3, 7))] == warehouse.rows(LIVE)
    assert before == picture(warehouse)
    assert [
        'unique ("n") is declared and not there: make it by hand',
        f"not swapped but merged by its key: the table belongs to {owner}",
    ] == run.notices


def test_view_of_others_keeps_the_table(warehouse: Warehouse) -> None:
    """A view that we may not replace goes on reading the same table, which is filled again."""
    owner, role = warehouse.role("owner", "NOLOGIN"), warehouse.role("role")
    database = warehouse.value("SELECT current_database()")
    warehouse.run(
        f"CREATE SCHEMA analytics AUTHORIZATION {role}",
        f"GRANT CREATE ON DATABASE {database} TO {role}",
    )
    engine = warehouse.engine(user=role)
    warehouse.build(summary(OLD), engine=engine)
    warehouse.run(
        f"CREATE SCHEMA bi AUTHORIZATION {owner}",
        f"GRANT SELECT ON analytics.numbers TO {owner}",
        "CREATE VIEW bi.v AS TABLE analytics.numbers",
        f"ALTER VIEW bi.v OWNER TO {owner}",
    )
    before = picture(warehouse)

    run = warehouse.build(summary(NEW), engine=engine)

    assert [(2, "new"), *((n, f"a{n}") for n in range(3, 7))] == warehouse.rows(
        "SELECT n, word FROM bi.v ORDER BY n"
    )
    assert before == picture(warehouse)
    assert "emptied and filled again: the view bi.v belongs to" in run.notices[0]
    with pytest.raises(PublishFailed, match=r"the view bi\.v belongs to"):
        warehouse.build(summary(NEW, publish="swap"), engine=engine)


def test_reader_of_a_merge_waits_for_nothing(warehouse: Warehouse) -> None:
    """An open transaction that has read the table holds up no merge, and sees the old rows on."""
    warehouse.build(merging(OLD))
    with warehouse.holding(
        "BEGIN ISOLATION LEVEL REPEATABLE READ", "SELECT FROM analytics.numbers"
    ) as reader:
        run = warehouse.build(merging(NEW, publish_timeout=0.1))
        cursor = reader.cursor()
        cursor.execute("SELECT count(*) FROM analytics.numbers WHERE word = 'a1'")

        assert ("published", (1,)) == (run.status, cursor.fetchone())


MATERIALIZED = (
    "CREATE MATERIALIZED VIEW analytics.a AS SELECT n, word FROM analytics.numbers",
    "CREATE UNIQUE INDEX ON analytics.a (n)",
    "CREATE VIEW analytics.b AS TABLE analytics.a",
    "CREATE MATERIALIZED VIEW analytics.c AS SELECT count(*) AS n, max(word) AS word "
    "FROM analytics.b",
)


def test_materialized_views_are_refreshed_as_the_file_says(warehouse: Warehouse) -> None:
    """With 'refresh' they follow each publish and rollback, also those that read others of them."""
    what = summary(NEW, materialized_views="refresh")
    warehouse.build(summary(OLD))
    warehouse.run(*MATERIALIZED)
    before = picture(warehouse)

    warehouse.build(what)
    built = (warehouse.rows("TABLE analytics.c"), warehouse.rows("SELECT n FROM analytics.a"))
    back(warehouse, what)

    assert ([(5, "new")], [(n,) for n in range(2, 7)]) == (built[0], sorted(built[1]))
    assert [(5, "a5")] == warehouse.rows("TABLE analytics.c")
    assert before == picture(warehouse)


def test_materialized_view_that_fails_leaves_the_table_live(warehouse: Warehouse) -> None:
    """A refresh that fails says that the new table is live."""
    warehouse.build(summary(OLD))
    warehouse.run(
        "CREATE MATERIALIZED VIEW analytics.a AS SELECT 1 / (6 - n) AS q FROM analytics.numbers"
    )

    with pytest.raises(Exception, match=r"the new analytics\.numbers is live, but the refresh"):
        warehouse.build(summary(NEW, materialized_views="refresh"))

    assert [(2, "new"), *((n, f"a{n}") for n in range(3, 7))] == warehouse.rows(LIVE)
