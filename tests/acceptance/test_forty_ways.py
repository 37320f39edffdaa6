"""The ways to build right and wrong: what each exits with, says, and leaves for readers.

The table holds one command each, on a database of its own. Unless a way says otherwise, a live
table is there before, so that "untouched" can be told from "not there".
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import psycopg2
import pytest
from psycopg2.extensions import quote_ident

if TYPE_CHECKING:
    from collections.abc import Iterator

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
        probe="SELECT array_agg(indexname ORDER BY indexname) || ARRAY["
        "obj_description('analytics.numbers'::regclass), "
        "col_description('analytics.numbers'::regclass, 1), "
        "col_description('analytics.numbers'::regclass, 2)]::name[] "
        "FROM pg_indexes WHERE schemaname = 'analytics'",
        finds="{numbers_USING_hash_word_idx,numbers_lower_word_idx,numbers_minus_idx,numbers_pkey,"
        'numbers_word_n_key,"it\'s five","a %s number",숫자}',
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
        {"main_sql": "SELECT $$a; DROP TABLE x -- $$ || $x$'$x$ AS n;  -- the end;"},
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
        ("! 5 ≥ 6", "! 5 ≥ 7"),
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
        ('primary key ("n") does not hold', "is duplicated", "live table is as it was"),
        OLD,
    ),
    Way(
        "NULL in the primary key",
        {"main_sql": FIVE + " UNION ALL SELECT NULL", "primary_key": ["n"]},
        REFUSED,
        ('primary key ("n") does not hold', "null"),
        OLD,
    ),
    Way(
        "duplicate unique key",
        {"main_sql": "SELECT 1 AS n FROM generate_series(1, 2)", "unique": [["n"]]},
        REFUSED,
        ('unique ("n") does not hold',),
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
            "    'output_check': [\n        {'sql': 'SELECT count(nn) FROM "
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
        ("took longer than the timeout allows",),
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
        ("the SQL cannot be read from here on",),
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
            "WITH gone AS (\n          DELETE FROM analytics.numbers RETURNING n)\n SELECT n FROM gone"
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
    Way("no table", numbers(), USAGE, ("TABLE",), OLD, arguments=("build",)),
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
        "another engine's SQL",
        numbers(dialect="redshift"),
        USAGE,
        ("redshift", "postgres"),
        OLD,
    ),
    # What stands in the way is refused by name, and nothing is touched.
    Way(
        "a view on the live table",
        numbers(),
        REFUSED,
        ("view analytics.latest", "Nothing was touched"),
        OLD,
        given=LIVE + "CREATE VIEW analytics.latest AS SELECT max(n) AS n FROM analytics.numbers;",
        probe="SELECT n FROM analytics.latest",
        finds=8,
    ),
    Way(
        "a hand-made index",
        numbers(),
        REFUSED,
        ("index by_hand",),
        OLD,
        given=LIVE + "CREATE INDEX by_hand ON analytics.numbers (n);",
        probe="SELECT to_regclass('analytics.by_hand') IS NOT NULL",
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
        REFUSED,
        ("trigger watch", "NOT NULL of column n"),
        OLD,
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
        ("nothing is staged",),
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
