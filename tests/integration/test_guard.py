"""The server's own guard: with sqlglot out of the way, one reading SELECT and nothing else passes.

The embedded server is built without libxml and Debian's with it; the guard goes through xml.c,
so everything is tried on both.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from integration.servers import POSTGRES15, postgres15
from integration.warehouse import Warehouse, summary
from rig import REPOSITORY, Database

from builder.engines.postgres import PostgresEngine
from builder.engines.postgres.guarded import read_only, require_one_select
from builder.engines.sample import load_sample
from builder.errors import BuilderError, QueryFailed
from builder.query import Plan, Rendered, Select
from builder.run import Run
from builder.summary import Text, load_summary

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from psycopg2.extensions import connection

    from builder.engines import embedded

TARGET = summary(table="staged", schema="public")

HOSTILE = {
    "two SELECTs": "SELECT 1 AS n; SELECT 2",
    "a second statement": "SELECT 1 AS n; DELETE FROM witness",
    "a commit between": "SELECT 1 AS n; DELETE FROM witness; COMMIT",
    "a commit first": "COMMIT; DELETE FROM witness; SELECT 1 AS n",
    "a rollback": "SELECT 1 AS n; ROLLBACK; DELETE FROM witness",
    "no space": "SELECT 1 AS n;DELETE FROM witness",
    "bracket that closes ours": (
        "SELECT 1) AS a; DELETE FROM witness; COMMIT; SELECT * FROM (SELECT 1"
    ),
    "comment that hides ours": "SELECT count(*) FROM witness) AS a; DELETE FROM witness; COMMIT --",
    "broken XML behind a commit": "SELECT 1 AS n; DELETE FROM witness; COMMIT; SELECT '<'::xml",
    "commit, broken XML": "COMMIT; DELETE FROM witness; COMMIT; SELECT '<'::xml",
    "XML element behind a commit": (
        "SELECT 1 AS n; DELETE FROM witness; COMMIT; SELECT xmlelement(name n, '<'::xml)"
    ),
    "INSERT": "INSERT INTO witness VALUES (4)",
    "INSERT RETURNING": "INSERT INTO witness VALUES (4) RETURNING n",
    "UPDATE": "UPDATE witness SET n = 4",
    "UPDATE RETURNING": "UPDATE witness SET n = 4 RETURNING n",
    "DELETE": "DELETE FROM witness",
    "DELETE RETURNING": "DELETE FROM witness RETURNING n",
    "MERGE": "MERGE INTO witness w USING witness s ON w.n = s.n WHEN MATCHED THEN DELETE",
    "TRUNCATE": "TRUNCATE witness",
    "DROP": "DROP TABLE witness",
    "ALTER": "ALTER TABLE witness ADD COLUMN m int",
    "GRANT": "GRANT ALL ON witness TO PUBLIC",
    "writing WITH": "WITH w AS (DELETE FROM witness RETURNING n) SELECT n FROM w",
    "writing WITH that nothing reads": "WITH w AS (INSERT INTO witness VALUES (4)) SELECT 1 AS n",
    "writing WITH below": (
        "SELECT 1 AS n FROM (WITH w AS (DELETE FROM witness RETURNING n) SELECT n FROM w) AS s"
    ),
    "SELECT INTO": "SELECT 1 AS n INTO other",
    "SELECT INTO TEMP": "SELECT 1 AS n INTO TEMP other FROM witness",
    "CREATE TABLE AS": "CREATE TABLE other AS SELECT 1 AS n",
    "CREATE VIEW": "CREATE VIEW other AS SELECT 1 AS n",
    "FOR UPDATE": "SELECT n FROM witness FOR UPDATE",
    "FOR SHARE": "SELECT n FROM witness FOR SHARE",
    "FOR KEY SHARE below": "SELECT n FROM (SELECT n FROM witness FOR KEY SHARE) AS s",
    "COPY to a program": "COPY witness TO PROGRAM 'true'",
    "COPY from": "COPY witness FROM STDIN",
    "COPY of a SELECT": "COPY (SELECT 1 AS n) TO STDOUT",
    "DO": "DO $$ BEGIN DELETE FROM witness; END $$",
    "CALL": "CALL remove()",
    "EXPLAIN": "EXPLAIN SELECT 1",
    "EXPLAIN ANALYZE": "EXPLAIN ANALYZE DELETE FROM witness",
    "SET": "SET search_path = ''",
    "SET TRANSACTION": "SET TRANSACTION READ WRITE",
    "RESET ROLE": "RESET ROLE",
    "SHOW": "SHOW search_path",
    "BEGIN": "BEGIN",
    "COMMIT": "COMMIT",
    "ROLLBACK TO": "ROLLBACK TO SAVEPOINT builder_read",
    "RELEASE": "RELEASE SAVEPOINT builder_read",
    "DECLARE": "DECLARE c CURSOR FOR SELECT 1",
    "FETCH": "FETCH ALL FROM c",
    "PREPARE": "PREPARE p AS SELECT 1",
    "EXECUTE": "EXECUTE p",
    "LISTEN": "LISTEN n",
    "NOTIFY": "NOTIFY n",
    "LOCK": "LOCK TABLE witness",
    "VACUUM": "VACUUM witness",
    "CHECKPOINT": "CHECKPOINT",
    "LOAD": "LOAD 'plpgsql'",
    "ALTER SYSTEM": "ALTER SYSTEM SET work_mem = '1MB'",
    "empty": "",
    "blank": " \n\t ",
    "semicolons": ";;;",
    "comment": "-- SELECT 1",
    "nested comment": "/* SELECT /* 1 */ */",
    "open comment": "SELECT 1 AS n /* DELETE",
    "comment that only seems nested": "/* /* */ SELECT 1 AS n; DELETE FROM witness",
    "comment that ends early": "SELECT 1 AS n /* /* */ */ ; DELETE FROM witness /* */",
    "open quote": "SELECT 'a",
    "open name": 'SELECT "a',
    "open dollar quote": "SELECT $$ 1",
    "dollar quote that ends early": "SELECT $a$ $b$ $a$ AS n; DELETE FROM witness; SELECT $b$ $b$",
    "dollar in a name": "SELECT 1 AS a$$; DELETE FROM witness; SELECT 1 AS b$$",
    "backslash that quotes nothing": r"SELECT '\' AS n; DELETE FROM witness; --'",
    "backslash that quotes": r"SELECT E'\\' AS n; DELETE FROM witness; --'",
    "Unicode quote": r"SELECT U&'\0027' AS n; DELETE FROM witness; --'",
    "Unicode escape character": "SELECT U&'!0061' UESCAPE '!' AS n; DELETE FROM witness",
    "line end in a comment": "SELECT 1 AS n -- \r; DELETE FROM witness",
    "NUL": "SELECT 1 AS n\0; DELETE FROM witness",
    "NUL in a string": "SELECT 'a\0b' AS n",
    "half a character": "SELECT '\udc80' AS n",
    "psql": r"\! true",
    "VALUES and more": "VALUES (1); DELETE FROM witness",
    "TABLE and more": "TABLE witness; DELETE FROM witness",
}

RIGHT = {
    "plain": "SELECT 1 AS n",
    "brackets": "(SELECT 1 AS n)",
    "WITH": "WITH w AS (SELECT n FROM witness) SELECT n FROM w",
    "recursive WITH": (
        "WITH RECURSIVE w(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM w WHERE n < 9) TABLE w"
    ),
    "VALUES": "VALUES (1, 'a'), (2, 'b')",
    "TABLE": "TABLE witness",
    "UNION": "SELECT 1 UNION ALL SELECT 2 ORDER BY 1",
    "no column": "SELECT FROM witness",
    "no row": "SELECT 1 AS n WHERE false",
    "two columns of a name": "SELECT 1 AS n, 2 AS n",
    "no name": "SELECT 1, 'a', NULL",
    "semicolon": "SELECT 1 AS n;",
    "comments": "/* a /* b */ c */ SELECT 1 AS n -- DELETE FROM witness; 'd",
    "words in strings": "SELECT 'DELETE FROM witness; COMMIT' AS n, $x$; -- 'a' $$ $x$ AS m",
    "percent": "SELECT 10 % 3 AS n, '%s %(a)s %%' AS m WHERE 'a' LIKE '%a%'",
    "braces": "SELECT '{}' AS n, '{schema}' AS m",
    "Unicode": "SELECT 'é😀' AS 한국어, '\N{ZERO WIDTH SPACE}' AS \"a b\"",
    "control characters in names": 'SELECT 1 AS "\x01", 2 AS "\ufffe", 3 AS "<&>"',
    "U& strings": r"SELECT U&'\0061' AS n, U&'!0061' UESCAPE '!' AS m, U&'\+01F600' AS o",
    "E strings": r"SELECT E'\'; DELETE FROM witness; --' AS n",
    "record": "SELECT ROW(1, 'a') AS n, w FROM witness AS w",
    "array of records": "SELECT array_agg(w) AS n, ARRAY[ROW(1, 2)] AS m FROM witness AS w",
    "composite": "SELECT ROW(1, 'a')::pair AS n, ARRAY[ROW(1, 'a')::pair] AS m",
    "enum and domain": "SELECT 'sad'::mood AS n, 1::positive AS m, ARRAY['sad'::mood] AS o",
    "arrays": "SELECT ARRAY[[1, 2], [3, 4]] AS n, '{}'::text[] AS m, ARRAY[NULL::date] AS o",
    "money": "SELECT 1::money AS n, 1.5::numeric(30, 10) AS m, 'NaN'::numeric AS o, 1e300 AS p",
    "times": "SELECT now() AS n, '1 day'::interval AS m, 'infinity'::date AS o, '24:00'::time AS p",
    "ranges": "SELECT int4range(1, 2) AS n, '{[1,2]}'::nummultirange AS m, '[,]'::tsrange AS o",
    "JSON": """SELECT '{"a": [1]}'::json AS n, '{"a": 1}'::jsonb AS m, '$.a'::jsonpath AS o""",
    "bits, bytes": """SELECT B'101' AS n, '\\x00ff'::bytea AS m, '1'::varbit AS o""",
    "network": "SELECT '::1'::inet AS n, '10.0.0.0/8'::cidr AS m, '08002b:010203'::macaddr AS o",
    "geometry": "SELECT point(1, 2) AS n, '((0,0),(1,1))'::polygon AS m, '<(0,0),1>'::circle AS o",
    "text search": "SELECT 'a b'::tsvector AS n, 'a & b'::tsquery AS m",
    "object names": "SELECT 'witness'::regclass n, 1::oid m, '0/1'::pg_lsn o, '(0,1)'::tid p",
    "unknown and void": "SELECT NULL AS n, pg_advisory_unlock_shared(1) AS m, pg_sleep(0) AS o",
    "cursor": "SELECT 'c'::refcursor AS n, version() AS m, txid_current_snapshot() AS o",
    "sets": "SELECT generate_series(1, 3) AS n, unnest(ARRAY['a']) AS m",
    "function with columns": "SELECT * FROM json_to_recordset('[]') AS r(a int, b text)",
    "ROWS FROM": "SELECT * FROM ROWS FROM (generate_series(1, 2), unnest(ARRAY[1])) AS r(a, b)",
    "window": "SELECT n, lag(n) OVER w AS m FROM witness WINDOW w AS (ORDER BY n)",
    "grouping": "SELECT n, count(*) FILTER (WHERE n > 1) FROM witness GROUP BY ROLLUP (n)",
    "lateral": "SELECT w.n FROM witness AS w CROSS JOIN LATERAL (SELECT w.n + 1) AS l(m)",
    "sample": "SELECT n FROM witness TABLESAMPLE BERNOULLI (50) REPEATABLE (1)",
    "view": "SELECT * FROM looked LIMIT 1",
    "catalogs": "SELECT * FROM pg_class AS c JOIN information_schema.columns AS i ON true LIMIT 1",
    "XML type": "SELECT NULL::xml AS n",
    "long": "SELECT " + " + ".join(["1"] * 2000) + " AS n",
    "wide": "SELECT " + ", ".join(f"{n} AS c{n}" for n in range(1600)),
}


@dataclass
class Guarded:
    """One server, and what must not change on it."""

    warehouse: Warehouse
    engine: PostgresEngine
    looking: connection

    def everything(self) -> object:
        """What a hostile statement could have changed."""
        cursor = self.looking.cursor()
        cursor.execute(
            "SELECT (SELECT array_agg(w.xmin::text || w.n ORDER BY n) FROM witness w), "
            "(SELECT array_agg(oid || relname || coalesce(relacl::text, '') ORDER BY oid) "
            "FROM pg_class WHERE oid > 16383), "
            "(SELECT count(*) FROM pg_proc), (SELECT count(*) FROM pg_prepared_statements)"
        )
        return cursor.fetchall()

    def restore(self) -> None:
        """What a test that failed has left is not the next one's."""
        self.looking.cursor().execute(
            "DROP TABLE IF EXISTS temp_staged; "
            "INSERT INTO witness SELECT generate_series(1, 3) WHERE NOT EXISTS (TABLE witness)"
        )

    def guard(self, text: str) -> None:
        """Ask the server whether the text is one SELECT."""
        with self.engine.session.transaction(), read_only(self.engine.session):
            require_one_select(self.engine.session, unguarded(text))

    def stage(self, text: str) -> None:
        """Build a table from the text."""
        run, plan = Run(TARGET), Plan(unguarded(text), (), (), (), ())
        with self.engine.snapshot(run, plan) as sources:
            sources.stage(plan)

    def check(self, text: str) -> None:
        """Measure the text."""
        with self.engine.reader(Run(TARGET)) as reader:
            reader.measure(unguarded(text))

    def read(self, text: str) -> None:
        """Show what the text returns, as `builder sql` does."""
        with self.engine.query(unguarded(text)) as (_, rows):
            list(rows)


WAYS: dict[str, Callable[[Guarded, str], None]] = {
    "guard": Guarded.guard,
    "stage": Guarded.stage,
    "check": Guarded.check,
    "read": Guarded.read,
}


def unguarded(text: str) -> Select:
    """The text as if sqlglot had found nothing wrong with it."""
    return Select(Rendered(text, Text(text)), text)


@pytest.fixture(scope="module", params=["embedded", "PostgreSQL 15"])
def url(request: pytest.FixtureRequest) -> Iterator[str]:
    """Each of the two servers."""
    if request.param == "embedded":
        started: embedded.Server = request.getfixturevalue("server")
        yield started.url
        return
    if not (POSTGRES15 / "postgres").exists():
        pytest.skip("Debian's postgresql-15 is not installed")
    with postgres15() as address:
        yield address


@pytest.fixture(scope="module")
def _guarded(url: str) -> Iterator[Guarded]:
    """A database for all hostile texts: none of them may change it."""
    administrator = Database(url)
    name = "guarded"
    session = Warehouse(administrator).session()
    session.autocommit = True
    session.cursor().execute(f"CREATE DATABASE {name}")
    warehouse = Warehouse(Database(url.rpartition("/")[0] + f"/{name}"))
    warehouse.run(
        "CREATE TABLE witness AS SELECT n FROM generate_series(1, 3) AS n",
        "CREATE TYPE pair AS (a int, b text)",
        "CREATE TYPE mood AS ENUM ('sad')",
        "CREATE DOMAIN positive AS int CHECK (value > 0)",
        "CREATE VIEW looked AS SELECT w, n FROM witness AS w",
        "CREATE PROCEDURE remove() LANGUAGE sql AS 'DELETE FROM witness'",
    )
    looking = warehouse.session()
    looking.autocommit = True
    yield Guarded(warehouse, warehouse.engine(), looking)
    warehouse.close()
    session.cursor().execute(f"DROP DATABASE {name} WITH (FORCE)")
    session.close()


@pytest.fixture
def guarded(_guarded: Guarded) -> Guarded:
    """The same, as it was at first."""
    _guarded.restore()
    return _guarded


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("hostile", HOSTILE)
def test_what_is_not_one_reading_select_is_refused(
    guarded: Guarded, hostile: str, way: str
) -> None:
    """Whatever its comments and quotes, it is refused in our words, and nothing of it executed."""
    before = guarded.everything()

    with pytest.raises(QueryFailed):
        WAYS[way](guarded, HOSTILE[hostile])

    assert before == guarded.everything()
    assert not guarded.engine.session.in_transaction


@pytest.mark.parametrize("hostile", ["a second statement", "INSERT RETURNING", "SELECT INTO"])
def test_refusal_says_what_is_wrong(guarded: Guarded, hostile: str) -> None:
    """The refusal is a QueryFailed that says what the text is not."""
    with pytest.raises(QueryFailed) as refused:
        guarded.guard(HOSTILE[hostile])

    assert "the server does not take this as one SELECT" == refused.value.problem.message


@pytest.mark.parametrize("right", RIGHT)
def test_right_select_passes(guarded: Guarded, right: str) -> None:
    """A SELECT that only reads passes the guard, whatever types and characters are in it."""
    before = guarded.everything()

    guarded.guard(RIGHT[right])

    assert before == guarded.everything()


@pytest.mark.parametrize("right", ["percent", "braces", "Unicode", "E strings", "U& strings"])
def test_text_reaches_the_server_as_it_is(guarded: Guarded, right: str) -> None:
    """What is staged is what the same text returns elsewhere, letter by letter."""
    expected = guarded.warehouse.session().cursor()
    expected.execute(RIGHT[right])

    plan = Plan(unguarded(RIGHT[right]), (), (), (), ())
    with guarded.engine.query(plan.main) as (columns, rows):
        actual = list(rows)

    assert expected.fetchall() == actual
    assert [column.name for column in expected.description or ()] == list(columns)


def test_guard_reads_no_row(guarded: Guarded) -> None:
    """Asking what a text is does not run it."""
    guarded.guard("SELECT 1 / (n - 1) AS n FROM witness")

    with pytest.raises(QueryFailed):
        guarded.read("SELECT 1 / (n - 1) AS n FROM witness")


@pytest.mark.parametrize(
    "text",
    [
        "SELECT set_config('transaction_read_only', 'off', true) AS n",
        "SELECT set_config('transaction_read_only', 'off', false) AS n",
        "SELECT nextval('counted') AS n",
        "SELECT lo_create(0) AS n",
        "SELECT removed() AS n",
        "SELECT query_to_xml('DELETE FROM witness RETURNING n', true, true, '') IS NULL AS n",
    ],
)
def test_check_that_calls_a_writing_function_fails(guarded: Guarded, text: str) -> None:
    """A SELECT that writes by a function it calls is stopped by the read-only transaction."""
    guarded.warehouse.run(
        "CREATE SEQUENCE IF NOT EXISTS counted",
        "CREATE OR REPLACE FUNCTION removed() RETURNS int LANGUAGE plpgsql IMMUTABLE "
        "AS 'BEGIN DELETE FROM public.witness; RETURN 1; END'",
    )
    before = guarded.everything()

    for way in ("check", "read"):
        with suppress(BuilderError):
            WAYS[way](guarded, text)

    assert before == guarded.everything()
    assert (None,) == guarded.warehouse.rows(
        "SELECT pg_sequence_last_value('counted'::regclass)"
    ).pop()


def test_small_summary_builds_on_each_server(guarded: Guarded) -> None:
    """The whole way of a build, from its lock to its versions, works on each server."""
    small = summary(
        "SELECT n, 10 % n AS rest, 'é' AS text FROM witness",
        schema="small",
        inputs=[("SELECT count(*) FROM witness", 3)],
        outputs=[("SELECT count(*) FROM {schema}.temp_{table}", 3)],
        primary_key=("n",),
        unique=(("n", "rest"),),
        indexes=(("rest",), Text("lower(text)")),
        description="Numbers: 100 %",
    )

    runs = [guarded.warehouse.build(small, engine=guarded.engine) for _ in range(3)]

    assert ["published"] * 3 == [run.status for run in runs]
    assert [(1, 0, "é"), (2, 0, "é"), (3, 1, "é")] == guarded.warehouse.rows(
        "SELECT * FROM small.numbers ORDER BY n"
    )
    assert ["numbers", "prev_numbers"] == guarded.warehouse.tables("small")


def test_sample_summary_builds_on_each_server(guarded: Guarded) -> None:
    """The sample warehouse loads with the server's own tools and nps_summary builds on it."""
    load_sample(guarded.engine, REPOSITORY / "sql")

    run = guarded.warehouse.build(
        load_summary(REPOSITORY / "summaries" / "nps_summary.py"), engine=guarded.engine
    )

    assert "published" == run.status
    assert run.rows == guarded.warehouse.value("SELECT count(*) FROM analytics.nps_summary")
