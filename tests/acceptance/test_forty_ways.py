"""The ways to build right and wrong: what each exits with, says, and leaves for readers.

The table holds one command each, on a database of its own. Unless a way says otherwise, a live
table is there before, so that "untouched" can be told from "not there".
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import psycopg2
import pytest
from acceptance.moments import DEADLINE, GATED, Gate, Watcher

if TYPE_CHECKING:
    from collections.abc import Iterator

    from acceptance.moments import Background
    from rig import Database, Project

    from builder.engines.embedded import Server

Content = str | dict[str, Any]

DONE, REFUSED, USAGE, FAILED, BUSY = 0, 1, 2, 3, 4
LIVE = "CREATE SCHEMA analytics; CREATE TABLE analytics.numbers AS SELECT unnest('{7,8}'::int[]) n;"
OLD, NEW = [7, 8], [1, 2, 3, 4, 5]
FIVE = "SELECT n FROM generate_series(1, 5) AS n"
STAGED = "SELECT to_regclass('analytics.temp_numbers') IS NOT NULL"
PERSON = "CREATE TABLE raw_person (person_id int, name text); "
COUNTED = "CREATE SEQUENCE counter; "
WRITER = (
    "CREATE TABLE written (n int); CREATE FUNCTION writes() RETURNS int LANGUAGE sql AS "
    "'INSERT INTO written VALUES (1) RETURNING n'; "
)
NOT_WRITTEN = "SELECT count(*) FROM written"
CHECKED = "SELECT count(*) FROM {schema}.temp_{table}"


@dataclass(frozen=True)
class Way:
    """One command: what is there before, and what it must do.

    `says` are parts of what people read on stderr (on stdout, if all went well), `at` is the
    word of the summary file whose line and column it names. `live` is what readers then find
    (None: no table), `probe` a query that then finds `finds`.
    """

    name: str
    content: Content
    code: int
    says: tuple[str, ...] = ()
    live: list[Any] | None = None
    arguments: tuple[str, ...] = ("build", "numbers")
    given: str = LIVE
    at: str = ""
    probe: str = "SELECT true"
    finds: object = True


def main(sql: str, more: str = "") -> str:
    """A summary file as people write it, with the SQL on lines of its own."""
    return (
        "# Numbers, 숫자.\n{\n    'table': 'numbers',\n    'schema': 'analytics',\n"
        f"    'main_sql': '''\n        {sql}\n    ''',\n{more}}}\n"
    )


def numbers(**more: object) -> dict[str, Any]:
    """The five numbers, with further keys."""
    return {"main_sql": FIVE, **more}


def check(sql: str, **more: object) -> list[dict[str, object]]:
    """A list of one check."""
    return [{"sql": sql, "count": 1, **more}]


RIGHT = [("ge", 5), ("eq", 5), ("ne", 4), ("gt", 4), ("le", 5), ("lt", 6)]
WRONG = [("ge", 6), ("eq", 4), ("ne", 5), ("gt", 5), ("le", 4), ("lt", 5)]

WAYS = [
    # It works.
    Way("first build", numbers(), DONE, ("published 5 rows",), NEW, given=""),
    Way("rebuild", numbers(), DONE, ("published 5 rows",), NEW),
    Way(
        "rebuild keeps the version before",
        numbers(),
        DONE,
        live=NEW,
        probe="SELECT count(*) FROM pg_class WHERE relname LIKE 'prev\\_numbers\\_%'",
        finds=1,
    ),
    Way(
        "keep no version",
        numbers(keep=0),
        DONE,
        live=NEW,
        probe="SELECT count(*) FROM pg_class WHERE relname LIKE 'prev\\_numbers\\_%'",
        finds=0,
    ),
    Way(
        "one row",
        {"main_sql": "SELECT 1 AS n"},
        DONE,
        ("published 1 row in",),
        [1],
    ),
    Way(
        "keys, indexes and comments",
        numbers(
            main_sql="SELECT n, n::text AS word, -n AS minus FROM generate_series(1, 5) AS n",
            primary_key=["n"],
            unique=[["word", "n"]],
            indexes=[["minus"], "(lower(word))", "USING hash (word)"],
            description="it's five",
            columns={"n": "a %s number", "word": {"description": "숫자", "sensitive": True}},
        ),
        DONE,
        live=NEW,
        probe="SELECT array_agg(indexname::text ORDER BY indexname) || ARRAY["
        "obj_description('analytics.numbers'::regclass), "
        "col_description('analytics.numbers'::regclass, 1), "
        "col_description('analytics.numbers'::regclass, 2)] "
        "FROM pg_indexes WHERE schemaname = 'analytics'",
        finds=[
            *("numbers_USING_hash_word_idx", "numbers_lower_word_idx", "numbers_minus_idx"),
            *("numbers_pkey", "numbers_word_n_key", "it's five", "a %s number", "숫자"),
        ],
    ),
    Way(
        "keys that are not there yet are named in a notice",
        numbers(schedule="@daily", window={"column": "n"}, attributes="DISTKEY(n)"),
        DONE,
        ("`schedule` has no effect", "`window` has no effect", "`attributes` has no effect"),
        NEW,
    ),
    Way(
        "dollar strings hold what looks like SQL",
        {"main_sql": "SELECT $$a; DROP TABLE x -- $$ || $x$'$x$ AS n", "schema_drift": "info"},
        DONE,
        live=["a; DROP TABLE x -- '"],
    ),
    Way(
        "percent signs and braces are the query's own",
        {
            "main_sql": "SELECT '100%' || '%s' || '{}' || '{x}' || '%(n)s' || '{0}' AS n "
            "WHERE 7 % 2 = 1 AND '{schema}' = 'analytics' AND 'a' LIKE 'a%'",
            "input_check": check("SELECT 5 % 3 WHERE '{}' = '{}' AND '%' LIKE '%'"),
            "output_check": check("SELECT count(*) FROM {schema}.temp_{table} WHERE n LIKE '%{%'"),
            "schema_drift": "info",
        },
        DONE,
        live=["100%%s{}{x}%(n)s{0}"],
    ),
    Way(
        "comments may stand around the query",
        main("/* one */ -- two ; {schema}\n WITH a AS (SELECT 1 AS n) SELECT n FROM a -- end"),
        DONE,
        live=[1],
    ),
    Way(
        "a comment after the semicolon is no second statement",
        main("SELECT 1 AS n;  -- the end;"),
        DONE,
        live=[1],
    ),
    Way("a byte order mark and CRLF", "\ufeff" + main(FIVE).replace("\n", "\r\n"), DONE, live=NEW),
    Way(
        "an output check may compare with the live table",
        numbers(
            output_check=check(
                "SELECT (SELECT count(*) FROM {schema}.temp_{table}) "
                "- (SELECT count(*) FROM {schema}.{table})",
                count=3,
                op="eq",
            )
        ),
        DONE,
        live=NEW,
    ),
    # Rows that must not go live.
    Way("empty result", main(FIVE + " WHERE false"), REFUSED, ("returned no row",), OLD),
    Way(
        "empty first result",
        main(FIVE + " WHERE false"),
        REFUSED,
        ("returned no row", "allow_empty"),
        given="",
    ),
    Way(
        "empty result, allowed",
        {"main_sql": FIVE + " WHERE false", "allow_empty": True},
        DONE,
        ("published 0 rows",),
        [],
    ),
    Way(
        "failing input check",
        numbers(input_check=check("SELECT 9", count=10)),
        REFUSED,
        ("input_check[0]: 9, wanted ≥ 10", "live table is as it was"),
        OLD,
        probe=STAGED,
        finds=False,
    ),
    Way(
        "failing output check keeps the staged table",
        numbers(output_check=check(CHECKED, count=6)),
        REFUSED,
        ("output_check[0]: 5, wanted ≥ 6",),
        OLD,
        probe="SELECT array_agg(n) FROM analytics.temp_numbers",
        finds=NEW,
    ),
    Way(
        "a failing check of severity warning or info",
        numbers(
            output_check=[
                *check(CHECKED, count=6, severity="warning"),
                *check(CHECKED, count=7, severity="info"),
            ]
        ),
        DONE,
        ("! 5 ≥ 6", "· 5 ≥ 7"),
        NEW,
    ),
    Way(
        "each op right",
        numbers(output_check=[{"sql": CHECKED, "op": op, "count": n} for op, n in RIGHT]),
        DONE,
        ("6 checks",),
        NEW,
    ),
    Way(
        "each op wrong: all are measured and named",
        numbers(output_check=[{"sql": CHECKED, "op": op, "count": n} for op, n in WRONG]),
        REFUSED,
        tuple(
            f"output_check[{i}]: 5, wanted {sign} {n}"
            for i, (sign, (_, n)) in enumerate(zip("≥=≠>≤<", WRONG, strict=True))
        ),
        OLD,
    ),
    Way(
        "a bound is compared as it is written",
        numbers(output_check=check("SELECT 0.1 + 0.2", op="eq", count=0.3)),
        DONE,
        live=NEW,
    ),
    Way(
        "a check that returns NULL",
        numbers(output_check=check("SELECT NULL::int")),
        REFUSED,
        ("the check returned NULL",),
        OLD,
    ),
    Way(
        "a check that returns two rows",
        main(
            FIVE,
            "    'output_check': [{'sql': 'SELECT m FROM unnest(ARRAY[1, 2]) m',\n'count': 1}]",
        ),
        REFUSED,
        ("returned several rows", "one row with one number"),
        OLD,
        at="SELECT m",
    ),
    Way(
        "a check that returns no row",
        numbers(output_check=check("SELECT 1 WHERE false")),
        REFUSED,
        ("returned no row",),
        OLD,
    ),
    Way(
        "a check that returns two columns",
        numbers(output_check=check("SELECT 1, 2")),
        REFUSED,
        ("returned 2 columns",),
        OLD,
    ),
    Way(
        "a check that returns text",
        numbers(output_check=check("SELECT 'many'")),
        REFUSED,
        ("returned 'many'",),
        OLD,
    ),
    Way(
        "a check that returns no number",
        numbers(output_check=check("SELECT 'NaN'::float8", op="ne")),
        REFUSED,
        ("returned 'nan'",),
        OLD,
    ),
    Way(
        "a check that fails to run",
        main(
            FIVE,
            "    'output_check': [{'sql': 'SELECT 1 / (n - n) FROM {schema}.temp_{table}',"
            "\n'count': 1}]",
        ),
        REFUSED,
        ("division by zero",),
        OLD,
    ),
    Way(
        "duplicate primary key",
        {"main_sql": "SELECT n / 2 AS n FROM generate_series(1, 5) AS n", "primary_key": ["n"]},
        REFUSED,
        (
            "primary key (n) does not hold",
            "4 of 5 rows with values that come again",
            "live table is as it was",
        ),
        OLD,
    ),
    Way(
        "NULL in the primary key",
        {"main_sql": FIVE + " UNION ALL SELECT NULL", "primary_key": ["n"]},
        REFUSED,
        ("primary key (n) does not hold", "1 of 6 rows with NULL in it"),
        OLD,
    ),
    Way(
        "duplicate unique key",
        {"main_sql": "SELECT 1 AS n FROM generate_series(1, 2)", "unique": [["n"]]},
        REFUSED,
        ("unique (n) does not hold", "2 of 2 rows"),
        OLD,
    ),
    # Errors in the file's SQL, as the warehouse finds them.
    Way(
        "missing relation",
        main("SELECT person_id AS n\n        FROM raw_persno"),
        REFUSED,
        ('relation "raw_persno" does not exist', "did you mean public.raw_person?"),
        OLD,
        given=LIVE + PERSON,
        at="raw_persno",
    ),
    Way(
        "missing schema",
        main("SELECT n\n        FROM analytisc.numbers"),
        REFUSED,
        ("does not exist", "did you mean analytics.numbers?"),
        OLD,
        at="analytisc.numbers",
    ),
    Way(
        "missing column",
        main("SELECT\n          '숫자' AS w, persn_id AS n\n        FROM raw_person"),
        REFUSED,
        ('column "persn_id" does not exist', "did you mean person_id?"),
        OLD,
        given=LIVE + PERSON,
        at="persn_id",
    ),
    Way(
        "missing function",
        main("SELECT n,\n          uper('a') AS w\n        FROM generate_series(1, 5) AS n"),
        REFUSED,
        ("function uper", "does not exist", "did you mean upper?"),
        OLD,
        at="uper",
    ),
    Way(
        "missing column in a check, after a filled hole",
        main(
            FIVE,
            "    'output_check': [\n        {'sql': 'SELECT count(n) FROM "
            "{schema}.temp_{table} WHERE mm = 1', 'count': 1}]",
        ),
        REFUSED,
        ('column "mm" does not exist',),
        OLD,
        at="mm",
    ),
    Way(
        "missing relation in pre_sql",
        main(FIVE, "    'pre_sql': ['SELECT 1',\n        'CREATE TEMP TABLE t AS TABLE nowhere']"),
        REFUSED,
        ('relation "nowhere" does not exist',),
        OLD,
        at="nowhere",
    ),
    Way(
        "division by zero at run time",
        main("SELECT 1 / (n - 3) AS n FROM generate_series(1, 5) AS n"),
        REFUSED,
        ("division by zero",),
        OLD,
    ),
    Way(
        "two output columns of one name",
        main("SELECT n, n FROM generate_series(1, 5) AS n"),
        REFUSED,
        ('column "n" specified more than once',),
        OLD,
    ),
    Way(
        "wrong SQL index",
        main(FIVE, "    'indexes': ['lower(nn)'],\n"),
        REFUSED,
        ('column "nn" does not exist',),
        OLD,
        at="nn)",
    ),
    Way(
        "unknown column in primary_key",
        numbers(primary_key=["m"]),
        REFUSED,
        ("`primary_key` names m", "it returns n"),
        OLD,
    ),
    Way(
        "unknown column in columns",
        numbers(columns={"m": "a number"}),
        REFUSED,
        ("`columns` names m", "it returns n"),
        OLD,
    ),
    Way(
        "timeout",
        {"main_sql": "SELECT 1 AS n FROM pg_sleep(60)", "timeout": 0.5},
        REFUSED,
        ("it took longer than",),
        OLD,
        probe="SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(60)%' "
        "AND pid <> pg_backend_pid() AND datname = current_database()",
        finds=0,
    ),
    Way(
        "a check that draws from a sequence",
        numbers(input_check=check("SELECT nextval('counter')")),
        REFUSED,
        ("read-only transaction",),
        OLD,
        given=LIVE + COUNTED,
        probe="SELECT is_called FROM counter",
        finds=False,
    ),
    Way(
        "an output check that calls a writing function",
        numbers(output_check=check("SELECT writes()")),
        REFUSED,
        ("read-only transaction",),
        OLD,
        given=LIVE + WRITER,
        probe=NOT_WRITTEN,
        finds=0,
    ),
    # SQL that is refused unread by the warehouse: nothing is tried.
    Way(
        "SQL syntax error",
        main("SELECT n\n        FROM generate_series(1, 5) AS n WHERE ORDER BY (n"),
        USAGE,
        ("this `(` is not closed",),
        OLD,
    ),
    Way(
        "a quote without an end",
        main("SELECT 1 AS n,\n          'open"),
        USAGE,
        ("has no end",),
        OLD,
        at="'open",
    ),
    Way(
        "no SQL at all",
        main("-- to do"),
        USAGE,
        ("there is no SQL here: write a SELECT",),
        OLD,
    ),
    Way(
        "several statements",
        main("SELECT 1 AS n;\n        DELETE FROM analytics.numbers"),
        USAGE,
        ("a second statement begins here",),
        OLD,
        at="DELETE",
    ),
    Way(
        "DDL",
        main("CREATE TABLE analytics.numbers AS SELECT 1 AS n"),
        USAGE,
        ("write the SELECT only: the builder creates the table",),
        OLD,
        at="CREATE",
    ),
    Way("DROP", main("DROP TABLE analytics.numbers"), USAGE, ("only a SELECT",), OLD, at="DROP"),
    Way("DO", main("DO $$ BEGIN END $$"), USAGE, ("only a SELECT",), OLD, at="DO $$"),
    Way("COPY", main("COPY (SELECT 1) TO '/tmp/x'"), USAGE, ("only a SELECT",), OLD, at="COPY"),
    Way(
        "a writing WITH",
        main(
            "WITH gone AS (\n          DELETE FROM analytics.numbers RETURNING n)\n"
            "        SELECT n FROM gone"
        ),
        USAGE,
        ("`DELETE` changes data",),
        OLD,
        at="DELETE",
    ),
    Way(
        "SELECT INTO",
        main("SELECT 1 AS n\n        INTO analytics.other"),
        USAGE,
        ("`INTO` makes a table",),
        OLD,
        at="INTO",
    ),
    Way(
        "FOR UPDATE",
        main("SELECT n FROM analytics.numbers\n        FOR UPDATE"),
        USAGE,
        ("locks rows",),
        OLD,
        at="FOR UPDATE",
    ),
    Way(
        "a check that deletes",
        numbers(input_check=check("DELETE FROM analytics.numbers")),
        USAGE,
        ("only a SELECT",),
        OLD,
        at="DELETE",
    ),
    Way(
        "COMMIT in pre_sql",
        main(FIVE, "    'pre_sql': 'SELECT 1; COMMIT; DROP TABLE analytics.numbers',\n"),
        USAGE,
        ("COMMIT cannot stand here",),
        OLD,
        at="COMMIT",
    ),
    Way(
        "COMMIT hidden in pre_sql",
        numbers(pre_sql="DO $$ BEGIN COMMIT; END $$"),
        REFUSED,
        ("invalid transaction termination",),
        OLD,
    ),
    # pre_sql, after_sql and parameters.
    Way(
        "pre_sql makes a temporary table for the query",
        {
            "pre_sql": [f"CREATE TEMP TABLE five AS {FIVE}", "DELETE FROM five WHERE n > 4"],
            "main_sql": "SELECT n FROM five",
        },
        DONE,
        live=[1, 2, 3, 4],
    ),
    Way(
        "after_sql runs after the publish",
        numbers(
            after_sql="CREATE TABLE counted AS SELECT count(*) AS n FROM {schema}.{table}",
            post_sql=["UPDATE counted SET n = n * 10"],
        ),
        DONE,
        live=NEW,
        probe="SELECT n FROM counted",
        finds=50,
    ),
    Way(
        "a failing after_sql leaves the new table live, and says so",
        main(FIVE, "    'after_sql': ['CREATE TABLE made (n int)',\n        'TABLE nowhere'],\n"),
        REFUSED,
        ("the new analytics.numbers is live, but `after_sql` failed", '"nowhere"'),
        NEW,
        at="nowhere",
        probe="SELECT to_regclass('made') IS NULL",
    ),
    Way(
        "a parameter's default",
        {"main_sql": "SELECT n FROM generate_series(1, {last}) n", "params": {"last": 2}},
        DONE,
        live=[1, 2],
    ),
    Way(
        "--param",
        {
            "main_sql": "SELECT n FROM generate_series(1, {last}) n WHERE {really}",
            "params": {"last": 2, "really": False},
        },
        DONE,
        live=NEW,
        arguments=("build", "numbers", "--param", "last=5", "--param", "really=true"),
    ),
    Way(
        "a parameter is a value, whatever it holds",
        {
            "main_sql": "SELECT {who} AS n",
            "params": {"who": ""},
            "output_check": check("SELECT length(n) FROM {schema}.temp_{table}"),
            "schema_drift": "info",
        },
        DONE,
        live=["O'Hara'; DROP TABLE analytics.numbers; -- {schema} %s \\"],
        arguments=(
            "build",
            "numbers",
            "--param",
            "who=O'Hara'; DROP TABLE analytics.numbers; -- {schema} %s \\",
        ),
    ),
    Way(
        "a parameter inside quotes",
        main("SELECT '{last}' AS n", "    'params': {'last': 2}"),
        USAGE,
        ("stands inside quotes",),
        OLD,
        at="{last}",
    ),
    Way(
        "--param of the wrong type",
        {"main_sql": "SELECT {last} AS n", "params": {"last": 2}},
        USAGE,
        ("--param last=many is no int",),
        OLD,
        arguments=("build", "numbers", "--param", "last=many"),
    ),
    Way(
        "--param of an unknown name",
        {"main_sql": "SELECT {last} AS n", "params": {"last": 2}},
        USAGE,
        ("no such name", "did you mean `last`?"),
        OLD,
        arguments=("build", "numbers", "--param", "lst=2"),
    ),
    Way(
        "--param without a value",
        {"main_sql": "SELECT {last} AS n", "params": {"last": 2}},
        USAGE,
        ("write it as NAME=VALUE",),
        OLD,
        arguments=("build", "numbers", "--param", "last"),
    ),
    # Options.
    Way(
        "--schema leaves the file's own schema alone",
        numbers(output_check=check(CHECKED, count=5), primary_key=["n"]),
        DONE,
        ("sandbox.numbers",),
        OLD,
        arguments=("build", "numbers", "--schema", "sandbox"),
        probe="SELECT array_agg(n) FROM sandbox.numbers",
        finds=NEW,
    ),
    Way(
        "--no-publish",
        numbers(),
        DONE,
        ("staged 5 rows", "nothing was published", "5 staged, 2 live"),
        OLD,
        arguments=("build", "numbers", "--no-publish"),
        probe="SELECT array_agg(n) FROM analytics.temp_numbers",
        finds=NEW,
    ),
    Way(
        "--dry-run writes nothing",
        numbers(primary_key=["n"]),
        DONE,
        ("CREATE TABLE", "ADD CONSTRAINT", "RENAME TO"),
        OLD,
        arguments=("build", "numbers", "--dry-run"),
        probe="SELECT to_regnamespace('builder') IS NULL",
    ),
    Way(
        "publish without anything staged",
        numbers(),
        REFUSED,
        ("nothing is staged",),
        OLD,
        arguments=("publish", "numbers"),
    ),
    Way(
        "an unknown summary",
        numbers(),
        USAGE,
        ("there is no summary `numbesr`", "did you mean `numbers`?"),
        OLD,
        arguments=("build", "numbesr"),
    ),
    Way(
        "an unknown option",
        numbers(),
        USAGE,
        ("--dry-rum", "--dry-run"),
        OLD,
        arguments=("build", "numbers", "--dry-rum"),
    ),
    Way("no table", numbers(), USAGE, ("name the tables",), OLD, arguments=("build",)),
    Way("an unknown verb", numbers(), USAGE, ("build",), OLD, arguments=("biuld", "numbers")),
    Way(
        "an unknown connection",
        numbers(),
        USAGE,
        ("connection `nowhere` is not known", "AIRFLOW_CONN_NOWHERE"),
        OLD,
        arguments=("build", "numbers", "--connection", "nowhere"),
    ),
    Way(
        "an unknown connection in the file",
        numbers(connection="nowhere"),
        USAGE,
        ("connection `nowhere` is not known",),
        OLD,
    ),
    Way(
        "an unreachable database",
        numbers(),
        FAILED,
        ("Cannot connect to --database", "refused"),
        OLD,
        arguments=("build", "numbers", "--database", "postgresql://me:hunter2@127.0.0.1:1/none"),
    ),
    # Files.
    Way(
        "a computed value: nothing of it is run",
        "{'table': 'numbers', 'schema': 'analytics',\n"
        " 'main_sql': __import__('pathlib').Path('was_run').touch()}",
        USAGE,
        ("`main_sql` is computed", "nothing in it is run"),
        OLD,
        at="__import__",
    ),
    Way(
        "an unknown key",
        main(FIVE, "    'input_chek': [],\n"),
        USAGE,
        ("unknown key `input_chek`", "did you mean `input_check`?"),
        OLD,
        at="'input_chek'",
    ),
    Way(
        "a missing key",
        "{'table': 'numbers', 'main_sql': 'SELECT 1 AS n'}",
        USAGE,
        ("the key `schema` is missing",),
        OLD,
    ),
    Way(
        "another table than the file's name",
        {"table": "nubmers", "main_sql": FIVE},
        USAGE,
        ("the file is called numbers.py and the table `nubmers`",),
        OLD,
        at="'nubmers'",
    ),
    Way(
        "append",
        main(FIVE, "    'overwrite': False,\n"),
        USAGE,
        ("append",),
        OLD,
        at="False",
    ),
    Way(
        "a check without a bound",
        main(FIVE, "    'output_check': [{'sql': 'SELECT 1'}],\n"),
        USAGE,
        ("`output_check[0]` has no bound",),
        OLD,
        at="{'sql'",
    ),
    Way(
        "SQL of a dialect that nobody translates",
        numbers(dialect="oracle"),
        USAGE,
        ("oracle", "cannot be translated", "redshift"),
        OLD,
    ),
    # What stands in the way is refused by name, and nothing is touched.
    Way(
        "a function of the live table's rows",
        numbers(),
        REFUSED,
        ("function analytics.twice(analytics.numbers)", "Nothing was touched"),
        OLD,
        given=LIVE + "CREATE FUNCTION analytics.twice(analytics.numbers) RETURNS int "
        "LANGUAGE sql AS 'SELECT 2 * $1.n';",
    ),
    Way(
        "a view and an index by hand on the live table",
        numbers(),
        DONE,
        live=NEW,
        given=LIVE + "CREATE INDEX by_hand ON analytics.numbers (n);"
        "CREATE VIEW analytics.latest AS SELECT max(n) AS n FROM analytics.numbers;",
        probe="SELECT n::text || (SELECT tablename FROM pg_indexes "
        "WHERE indexname = 'by_hand') FROM analytics.latest",
        finds="5numbers",
    ),
    Way(
        "a materialized view on the live table",
        numbers(),
        REFUSED,
        ("materialized view analytics.latest", "'materialized_views': 'refresh'"),
        OLD,
        given=LIVE + "CREATE MATERIALIZED VIEW analytics.latest AS TABLE analytics.numbers;",
    ),
    Way(
        "a foreign key to the live table",
        numbers(),
        REFUSED,
        ("constraint", "other"),
        OLD,
        given=LIVE + "ALTER TABLE analytics.numbers ADD PRIMARY KEY (n);"
        "CREATE TABLE other (n int REFERENCES analytics.numbers); INSERT INTO other VALUES (7);",
    ),
    Way(
        "a trigger and a NOT NULL",
        numbers(),
        DONE,
        live=NEW,
        probe="SELECT count(*) FROM pg_trigger JOIN pg_attribute ON attrelid = tgrelid "
        "WHERE tgrelid = 'analytics.numbers'::regclass AND attname = 'n' AND attnotnull",
        finds=1,
        given=LIVE + "ALTER TABLE analytics.numbers ALTER n SET NOT NULL;"
        "CREATE TRIGGER watch BEFORE UPDATE ON analytics.numbers "
        "EXECUTE FUNCTION suppress_redundant_updates_trigger();",
    ),
    Way(
        "a view of the table's name",
        numbers(),
        REFUSED,
        ("there is a view of that name",),
        [9],
        given="CREATE SCHEMA analytics; CREATE VIEW analytics.numbers AS SELECT 9 AS n;",
        probe="SELECT relkind = 'v' FROM pg_class WHERE relname = 'numbers'",
    ),
    Way(
        "a partitioned table of the table's name",
        numbers(),
        REFUSED,
        ("there is a partitioned table of that name",),
        [],
        given="CREATE SCHEMA analytics; "
        "CREATE TABLE analytics.numbers (n int) PARTITION BY RANGE (n);",
    ),
    Way(
        "a person's own temp_ table is never dropped",
        numbers(),
        REFUSED,
        ("analytics.temp_numbers exists and the builder did not make it",),
        OLD,
        given=LIVE + "CREATE TABLE analytics.temp_numbers AS SELECT 42 AS n;",
        probe="SELECT n FROM analytics.temp_numbers",
        finds=42,
    ),
    Way(
        "a person's own temp_ table is never published",
        numbers(),
        REFUSED,
        ("analytics.temp_numbers exists and the builder did not make it",),
        OLD,
        arguments=("publish", "numbers"),
        given=LIVE + "CREATE TABLE analytics.temp_numbers AS SELECT 42 AS n;",
        probe="SELECT n FROM analytics.temp_numbers",
        finds=42,
    ),
    Way(
        "what an earlier build has staged is replaced",
        numbers(),
        DONE,
        live=NEW,
        given=LIVE + "CREATE TABLE analytics.temp_numbers AS SELECT 42 AS n;"
        "COMMENT ON TABLE analytics.temp_numbers IS 'staged by builder run x';",
        probe=STAGED,
        finds=False,
    ),
    # Who may read. The predefined role stands for a reader.
    Way(
        "grants are carried over",
        numbers(),
        DONE,
        live=NEW,
        given=LIVE + "GRANT SELECT ON analytics.numbers TO pg_monitor WITH GRANT OPTION;"
        "GRANT UPDATE (n) ON analytics.numbers TO pg_monitor; GRANT SELECT ON analytics.numbers "
        "TO PUBLIC;",
        probe="SELECT has_table_privilege('pg_monitor', t, 'SELECT WITH GRANT OPTION') AND "
        "has_column_privilege('pg_monitor', t, 'n', 'UPDATE') AND "
        "has_table_privilege('pg_signal_backend', t, 'SELECT') "
        "FROM (SELECT 'analytics.numbers'::regclass::oid AS t)",
    ),
    Way(
        "nobody may read the version before",
        numbers(),
        DONE,
        live=NEW,
        given=LIVE + "GRANT SELECT ON analytics.numbers TO pg_monitor, PUBLIC;",
        probe="SELECT has_table_privilege('pg_monitor', oid, 'SELECT') FROM pg_class "
        "WHERE relname LIKE 'prev\\_%' AND relkind = 'r'",
        finds=False,
    ),
    Way(
        "default privileges do not open the staged table",
        numbers(),
        DONE,
        given="CREATE SCHEMA analytics; ALTER DEFAULT PRIVILEGES IN SCHEMA analytics "
        "GRANT SELECT ON TABLES TO PUBLIC, pg_monitor;",
        arguments=("build", "numbers", "--no-publish"),
        probe="SELECT has_table_privilege('pg_monitor', 'analytics.temp_numbers', 'SELECT')",
        finds=False,
    ),
    Way(
        "default privileges open the published table",
        numbers(),
        DONE,
        live=NEW,
        given="CREATE SCHEMA analytics; ALTER DEFAULT PRIVILEGES IN SCHEMA analytics "
        "GRANT SELECT ON TABLES TO pg_monitor;",
        probe="SELECT has_table_privilege('pg_monitor', 'analytics.numbers', 'SELECT')",
    ),
]


def live(database: Database) -> tuple[int | None, list[Any] | None]:
    """What readers find: which table (its oid), and the first column of its rows."""
    oid = database.value("SELECT to_regclass('analytics.numbers')::oid")
    if oid is None:
        return None, None
    rows = database.rows("SELECT * FROM analytics.numbers AS t ORDER BY 1")
    return oid, [row[0] for row in rows]


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.name)
def test_each_way_does_what_was_promised(way: Way, project: Project, database: Database) -> None:
    """A command exits, speaks and leaves the live table as DESIGN promises."""
    if way.given:
        database.rows(way.given)
    file = project.write("numbers", way.content)
    if isinstance(way.content, str):
        file.write_bytes(way.content.encode())
    before = live(database)

    done = project.run(*way.arguments)
    said = done.stderr if way.code else done.stdout

    assert (way.code, ()) == (done.returncode, tuple(s for s in way.says if s not in said)), said
    assert "Traceback" not in done.stderr
    assert way.live == live(database)[1]
    assert way.finds == database.value(way.probe)
    if way.live == before[1]:
        assert before == live(database)
    if way.code == USAGE:
        assert database.value("SELECT to_regnamespace('builder') IS NULL")
    if way.at:
        text = file.read_text(encoding="utf-8-sig")
        line = text.count("\n", 0, text.index(way.at)) + 1
        column = text.index(way.at) - text.rfind("\n", 0, text.index(way.at))
        assert f"summaries/numbers.py:{line}:{column}: " in said
    assert not (project.folder / "was_run").exists()


ODD = [
    "my table",
    "it's",
    'say "no"',
    "UpperCase",
    "매출 요약",
    "select",
    "100%s {n}",
    "back\\slash",
    "a.b",
    "é" * 29,
    "x" * 58,
]


def test_names_are_what_the_files_say(project: Project, database: Database) -> None:
    """Any name, of table and schema, is built twice, checked and indexed, letter by letter."""
    check = {"sql": CHECKED, "count": 5, "op": "eq"}
    more = {"primary_key": ["n"], "indexes": [["n"]], "output_check": [check]}
    for name in ODD:
        project.write(name, numbers(**more, schema=name, description=name, columns={"n": name}))

    done = [project.run("build", *ODD) for _ in range(2)]
    runs = project.json("history", "--limit", "100")

    assert [(DONE, ""), (DONE, "")] == [(one.returncode, one.stderr) for one in done]
    assert {f"{name}.{name}" for name in ODD} == {run["table"] for run in runs}
    for name in ODD:
        assert name in database.tables(name)
        assert f"temp_{name}" not in database.tables(name)


def test_59_bytes_are_too_long(project: Project) -> None:
    """A name that `temp_` would not fit before is refused before anything is tried."""
    project.write("é" * 29 + "x", numbers())

    done = project.run("build", "é" * 29 + "x")

    assert USAGE == done.returncode
    assert "`table` is 59 bytes long; at most 58 fit" in done.stderr


def test_folders_below_summaries(project: Project, database: Database) -> None:
    """A file may lie in any folder; a name that stands twice is asked for as schema.table."""
    for folder, schema in (("sales", "sales"), ("sales/daily", "daily")):
        file = project.write(f"{folder}/twice", numbers(table="twice", schema=schema))
        assert file.exists()
    project.write("sales/once", numbers(table="once", schema="sales"))

    once, twice, whole = (project.run("build", n) for n in ("once", "twice", "daily.twice"))

    assert (DONE, USAGE, DONE) == (once.returncode, twice.returncode, whole.returncode)
    assert "twice stands twice" in twice.stderr
    assert "summaries/sales/daily/twice.py" in twice.stderr
    assert "schema.twice" in twice.stderr
    assert (["once"], ["twice"]) == (database.tables("sales"), database.tables("daily"))


def test_a_broken_file_with_a_good_one(project: Project, database: Database) -> None:
    """One broken file among several, and nothing is tried; all of their problems are told."""
    project.write("good", numbers())
    project.write("broken", "{'table': 'broken', 'schema': 5, 'main_sql': 'SELECT 1 AS n'}")
    project.write("worse", {"main_sql": "DROP TABLE x"})

    done = project.run("build", "good", "broken", "worse")

    assert USAGE == done.returncode
    assert "summaries/broken.py:1:31" in done.stderr
    assert "summaries/worse.py:1:" in done.stderr
    assert [] == database.tables("analytics") + database.tables("builder")


def test_a_failed_table_stops_no_other(project: Project, database: Database) -> None:
    """Of two tables, the one that can be built is built; the command tells of the other."""
    project.write("bad", numbers(output_check=check(CHECKED, count=6)))
    project.write("good", numbers())

    done = project.run("build", "bad", "good")

    assert REFUSED == done.returncode
    assert (None, 5) == (
        database.value("SELECT to_regclass('analytics.bad')"),
        database.value("SELECT count(*) FROM analytics.good"),
    )


@pytest.mark.parametrize("given", ["", LIVE], ids=["first build", "rebuild"])
def test_a_dry_run_shows_what_a_build_sends(
    given: str, project: Project, database: Database
) -> None:
    """Sent by hand, the statements of --dry-run make the table with all that is its own."""
    if given:
        database.rows(given)
    more = {"primary_key": ["n"], "indexes": ["((n % 2))"], "description": "it's 100%s"}
    project.write("numbers", numbers(**more, output_check=check(CHECKED)))

    shown = project.run("build", "numbers", "--dry-run", "--quiet").stdout
    with Watcher(database) as hand:
        hand.execute(shown)

    assert NEW == live(database)[1]
    assert "it's 100%s" == database.value("SELECT obj_description('analytics.numbers'::regclass)")
    assert ["numbers_n_2_idx", "numbers_pkey"] == [
        row[0]
        for row in database.rows(
            "SELECT indexname FROM pg_indexes WHERE tablename = 'numbers' ORDER BY 1"
        )
    ]


def test_codes_of_several_tables(
    project: Project, database: Database, background: Background
) -> None:
    """The first of 3, 1, 4 that occurred is the code of the whole command."""
    database.rows(LIVE)
    project.write("busy", {"main_sql": GATED})
    project.write("bad", numbers(allow_empty=True, output_check=check(CHECKED, count=6)))
    project.write("away", numbers(connection="away"))
    project.write("good", numbers())
    unreachable = {"AIRFLOW_CONN_AWAY": "postgres://me:hunter2@127.0.0.1:1/none"}

    with Gate(database) as gate:
        holder = background.start("build", "busy")
        gate.until_somebody_waits()
        several = [("good", "busy"), ("busy", "bad"), ("busy", "bad", "away"), ("busy", "away")]
        commands = [background.start("build", *names, **unreachable) for names in several]
        said = [command.communicate(timeout=DEADLINE) for command in commands]
    holder.communicate(timeout=DEADLINE)

    assert [BUSY, REFUSED, FAILED, FAILED] == [command.returncode for command in commands], said
    assert DONE == holder.returncode


def test_a_long_build_holds_up_no_other_table(
    project: Project, database: Database, background: Background
) -> None:
    """While one table is staged into a schema that is new, another is built into it."""
    project.write("long", {"main_sql": GATED})
    project.write("short", numbers())

    with Gate(database) as gate:
        long = background.start("build", "long")
        gate.until_somebody_waits()
        short = background.start("build", "short")
        short.wait(timeout=DEADLINE)
    long.wait(timeout=DEADLINE)

    assert (DONE, DONE) == (long.returncode, short.returncode)
    assert ["long", "short"] == database.tables("analytics")


def test_readers_of_the_live_table(
    project: Project, database: Database, background: Background
) -> None:
    """A publish waits for readers, and no longer than `publish_timeout`: then it exits 4."""
    database.rows(LIVE)
    project.write("numbers", numbers(publish_timeout=0.5))

    with Watcher(database) as watcher, Watcher(database) as reader:
        reader.execute("BEGIN; SELECT * FROM analytics.numbers")
        held = project.run("build", "numbers")
        between = live(database)
        project.write("numbers", numbers())
        waiting = background.start("build", "numbers")
        watcher.until_step("publish")
        reader.execute("COMMIT")
        waiting.wait(timeout=DEADLINE)

    assert BUSY == held.returncode, held.stderr
    assert "readers held it" in held.stderr
    assert OLD == between[1]
    assert (DONE, NEW) == (waiting.returncode, live(database)[1])


def test_staged_and_then_published(project: Project, database: Database) -> None:
    """`publish` goes on where `build --no-publish` stopped, and only if the checks still hold."""
    project.write("numbers", numbers(output_check=check(CHECKED, count=5), primary_key=["n"]))
    database.rows(LIVE)

    staged = project.run("build", "numbers", "--no-publish")
    database.rows("DELETE FROM analytics.temp_numbers WHERE n = 5")
    refused = project.run("publish", "numbers")
    between = live(database)[1]
    database.rows("INSERT INTO analytics.temp_numbers VALUES (6)")
    published = project.run("publish", "numbers")

    assert (DONE, REFUSED, DONE) == (staged.returncode, refused.returncode, published.returncode)
    assert (OLD, [1, 2, 3, 4, 6]) == (between, live(database)[1])
    assert "output_check[0]: 4, wanted ≥ 5" in refused.stderr


@pytest.fixture(scope="module")
def analyst(server: Server) -> Iterator[str]:
    """A role without power over anything, which may connect with a password."""
    name = "acceptance_analyst"
    connection = psycopg2.connect(server.url)
    connection.autocommit = True
    cursor = connection.cursor()
    cursor.execute(f"CREATE ROLE {name} LOGIN PASSWORD 'made-up'")
    yield name
    cursor.execute(f"DROP ROLE {name}")
    connection.close()


HIDDEN = (
    "CREATE TABLE mixed AS SELECT generate_series(1, 5) AS n; GRANT SELECT ON mixed TO {0};"
    "ALTER TABLE mixed ENABLE ROW LEVEL SECURITY; CREATE POLICY own ON mixed USING (n < 3);"
)


def may_create(database: Database, role: str) -> None:
    """Let a role make schemas."""
    name = database.value("SELECT current_database()")
    database.rows(f"GRANT CREATE ON DATABASE {name} TO {role}")


@pytest.mark.parametrize(
    ("row_security", "code", "rows"), [(False, REFUSED, None), (True, DONE, [1, 2])]
)
def test_row_security(
    row_security: bool,  # noqa: FBT001 -- a parameter of the test
    code: int,
    rows: list[int] | None,
    analyst: str,
    project: Project,
    database: Database,
) -> None:
    """A source that hides rows from us is an error, unless the file says that it is known."""
    may_create(database, analyst)
    database.rows(HIDDEN.format(analyst))
    project.write("numbers", {"main_sql": "SELECT n FROM mixed", "row_security": row_security})

    done = project.run("build", "numbers", BUILDER_ROLE=analyst)

    assert (code, rows) == (done.returncode, live(database)[1])
    assert ("row-level security" in done.stderr) is not row_security


def test_tables_belong_to_the_role(analyst: str, project: Project, database: Database) -> None:
    """What is built under BUILDER_ROLE is that role's; without rights, a GRANT is asked for."""
    project.write("numbers", numbers())

    without = project.run("build", "numbers", BUILDER_ROLE=analyst)
    may_create(database, analyst)
    done = project.run("build", "numbers", BUILDER_ROLE=analyst)

    assert (FAILED, DONE) == (without.returncode, done.returncode)
    assert "CREATE SCHEMA builder AUTHORIZATION" in without.stderr
    assert analyst == database.value(
        "SELECT tableowner FROM pg_tables WHERE schemaname = 'analytics'"
    )


def test_somebody_elses_table(analyst: str, project: Project, database: Database) -> None:
    """A live table that the role does not own is refused, and stays as it is."""
    may_create(database, analyst)
    database.rows(f"{LIVE} GRANT ALL ON SCHEMA analytics TO {analyst}")
    project.write("numbers", numbers())
    before = live(database)

    done = project.run("build", "numbers", BUILDER_ROLE=analyst)

    assert (REFUSED, before) == (done.returncode, live(database)), done.stderr
    assert f"The role {analyst} must own the live table" in done.stderr


def test_a_wrong_password(analyst: str, project: Project, database: Database) -> None:
    """A wrong password exits 3 and is shown nowhere."""
    project.write("numbers", numbers())
    host = database.url.partition("@")[2]
    url = f"postgresql://{analyst}:not-the-one@{host}"

    results = [
        project.run("build", "numbers", *options, BUILDER_DATABASE_URL=url)
        for options in ((), ("-v",), ("--output", "json"))
    ]

    assert [FAILED] * 3 == [done.returncode for done in results]
    assert all("password authentication failed" in done.stderr for done in results)
    assert not any("not-the-one" in done.stdout + done.stderr for done in results)
