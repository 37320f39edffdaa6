"""`builder lint --live`, and what a real server says of names, types, functions and columns."""

from __future__ import annotations

import json
from contextlib import closing
from functools import partial
from typing import TYPE_CHECKING, Any

import psycopg2
import pytest
from integration.servers import postgres15, with_postgres15

from builder.engines import name_of
from builder.lint.columns import outputs_of
from builder.query import Rendered, select
from builder.query.foreign import MISSING
from builder.summary import Text

if TYPE_CHECKING:
    from rig import Database, Project

SALES = """
CREATE SCHEMA raw; CREATE SCHEMA analytics;
CREATE TABLE raw.sales (day date, channel varchar(20), amount numeric(10, 2), ts timestamp);
CREATE TABLE raw.nps (id int, score int);
"""
LIVE = """
CREATE TABLE analytics.sales (day date PRIMARY KEY, total text, gone int, UNIQUE (total));
CREATE INDEX ON analytics.sales (gone, day);
CREATE INDEX ON analytics.sales (lower(total));
COMMENT ON TABLE analytics.sales IS 'What was sold';
COMMENT ON COLUMN analytics.sales.day IS 'UTC';
COMMENT ON COLUMN analytics.sales.total IS 'in won';
"""
CHECK = {"sql": "SELECT COUNT(1) FROM {schema}.temp_{table}", "count": 1}
GOOD = {
    "main_sql": "SELECT day, SUM(amount) AS total FROM raw.sales GROUP BY day",
    "output_check": [CHECK],
}


def linted(project: Project, *more: str, code: int = 0) -> dict[str, Any]:
    """What `lint --live` answers."""
    done = project.run("lint", "--live", "--output", "json", *more)
    assert code == done.returncode, done.stderr
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def told(answer: dict[str, Any]) -> list[tuple[str, str]]:
    """Each problem's message and hint."""
    return [(one["message"], one["hint"]) for one in answer["problems"]]


def test_names_that_are_not_there_are_answered_with_the_nearest(
    project: Project, database: Database
) -> None:
    """In the query, in input checks and in output checks, each at its place."""
    database.rows(SALES)
    project.write("sales", {**GOOD, "input_check": [{**CHECK, "sql": "SELECT 1 FROM raw.npss"}]})
    project.write("query", {**GOOD, "main_sql": "SELECT dya AS day FROM raw.sales"})
    check = {"sql": "SELECT SUM(totl) FROM {schema}.temp_{table} WHERE 'x' = 'x'", "count": 1}
    project.write("output", {**GOOD, "output_check": [CHECK, check]})
    answer = linted(project, code=2)

    assert [
        ('column "totl" does not exist', "did you mean `total`?"),
        ('column "dya" does not exist', "did you mean day?"),
        ('relation "raw.npss" does not exist', "did you mean raw.nps?"),
    ] == told(answer)
    for one, word in zip(answer["problems"], ["totl", "dya", "raw.npss"], strict=True):
        line = (project.folder / one["file"]).read_text(encoding="utf-8").split("\n")[0]
        assert word == line[one["column"] - 1 : one["end_column"] - 1]


def test_what_the_next_build_would_change_is_warned_of(
    project: Project, database: Database
) -> None:
    """Columns that are new, gone or of another type; a length alone is no change."""
    database.rows(SALES + LIVE)
    main = "SELECT day, SUM(amount) AS total, MAX(channel) AS channel FROM raw.sales GROUP BY day"
    project.write("sales", {**GOOD, "main_sql": main})
    answer = linted(project)

    assert [
        "the column `total` becomes numeric; in the live table it is text",
        "the column `channel` (text) is new: the live table does not have it",
        "the column `gone` of the live table is not in the query any more",
    ] == [message for message, _ in told(answer)]
    assert {"warning"} == {one["severity"] for one in answer["problems"]}


def test_what_the_live_table_has_can_be_pasted(project: Project, database: Database) -> None:
    """Description, comments, keys and indexes, as text that the file then says."""
    database.rows(SALES + LIVE)
    main = "SELECT day, 'x' AS total, 1 AS gone FROM raw.sales"
    project.write("sales", {**GOOD, "main_sql": main})
    [one] = linted(project)["live"]
    content = "{'table': 'sales', 'schema': 'analytics', 'main_sql': %r,\n%s}\n"
    project.write("sales", content % (main, one["paste"]))

    assert [
        "'description': 'What was sold',",
        "'columns': {",
        "    'day': 'UTC',",
        "    'total': 'in won',",
        "},",
        "'primary_key': ['day'],",
        "'unique': [['total']],",
        "'indexes': [['gone', 'day'], 'USING btree (lower(total))'],",
    ] == one["paste"].splitlines()
    [again] = linted(project)["live"]
    assert "" == again["paste"]
    assert "to paste" not in project.run("lint", "--live").stdout


def test_what_cannot_be_compared_is_said(project: Project, database: Database) -> None:
    """Tables that pre_sql makes, and a staged table that is named outright."""
    database.rows(SALES)
    project.write(
        "sales",
        {
            "main_sql": "SELECT n FROM prepared",
            "pre_sql": "CREATE TEMP TABLE prepared AS SELECT 1 AS n",
            "output_check": [CHECK],
        },
    )
    check = {"sql": "SELECT COUNT(1) FROM analytics.temp_named", "count": 1}
    project.write("named", {**GOOD, "output_check": [check]})
    answer = linted(project)

    assert [] == answer["problems"]
    assert [
        ["output_check[0] of analytics.named: it names the staged table itself, not by its holes"],
        [
            "analytics.sales: `pre_sql` makes prepared first",
            "analytics.sales: its output checks read what the query returns",
        ],
    ] == [one["left_out"] for one in answer["live"]]


def test_redshift_files_are_compared_as_they_would_run(
    project: Project, database: Database
) -> None:
    """What is sent is the translation; what is told is the author's word."""
    database.rows(SALES)
    main = "SELECT LEFT(ts, 7) AS month, NVL(SUM(amount), 0) AS total FROM raw.sales GROUP BY 1"
    project.write("right", {**GOOD, "main_sql": main, "dialect": "redshift"})
    wrong = "SELECT NVL(amuont, 0) AS total FROM raw.sales"
    project.write("wrong", {**GOOD, "main_sql": wrong, "dialect": "redshift"})
    check = {"sql": "SELECT LEN(totall) FROM {schema}.temp_{table}", "count": 1}
    project.write(
        "output", {**GOOD, "main_sql": main, "dialect": "redshift", "output_check": [check]}
    )
    answer = linted(project, code=2)

    texts = [(project.folder / one["file"]).read_text("utf-8") for one in answer["problems"]]
    assert ["totall", "amuont"] == [
        text[one["column"] - 1 : one["end_column"] - 1]
        for text, one in zip(texts, answer["problems"], strict=True)
    ]


def test_nothing_is_written_and_no_row_is_read(project: Project, database: Database) -> None:
    """A query that would fail while it runs, or make a sequence go on, is only planned."""
    database.rows(SALES + "CREATE SEQUENCE counter; INSERT INTO raw.nps VALUES (0, 0)")
    main = "SELECT nextval('counter') AS n, 1 / score AS x FROM raw.nps"
    project.write("planned", {"main_sql": main, "output_check": [CHECK]})
    before = sorted(project.folder.rglob("*"))

    assert [] == linted(project)["problems"]
    assert (False, []) == (
        database.value("SELECT is_called FROM counter"),
        database.tables("analytics"),
    )
    assert before == sorted(project.folder.rglob("*"))


def test_a_warehouse_that_cannot_be_reached_is_no_mistake_of_a_file(project: Project) -> None:
    """Its code is that of the warehouse; what was found without it is told all the same."""
    project.write("sales", GOOD)
    project.write("wrong", {"main_sql": "SELECT a FORM t"})
    done = project.run("lint", "--live", "--database", "postgresql://127.0.0.1:1/none")

    assert 3 == done.returncode
    assert "Cannot connect" in done.stderr
    assert "did you mean `FROM`?" in done.stdout


def test_connection_that_is_not_known_is_an_error_of_its_file(
    project: Project, database: Database
) -> None:
    """The other files are compared."""
    database.rows(SALES)
    project.write("away", {**GOOD, "connection": "elsewhere"})
    project.write("sales", {**GOOD, "main_sql": "SELECT dya AS day FROM raw.sales"})
    done = project.run("lint", "--live")

    assert 2 == done.returncode
    assert "the connection `elsewhere` is not known" in done.stdout
    assert "did you mean day?" in done.stdout


# What a server finds at build time


@pytest.mark.parametrize(
    ("sql", "hint"),
    [
        ("SELECT NVL(1, 2) AS n", "`NVL` is Redshift's: add 'dialect': 'redshift' to the file"),
        ("SELECT SYSDATE AS n", "`SYSDATE` is Redshift's: add 'dialect': 'redshift' to the file"),
        ("SELECT 1 AS n, FROM raw.nps", "the comma before it is one too many"),
    ],
)
def test_server_s_answer_has_the_hint(
    sql: str, hint: str, project: Project, database: Database
) -> None:
    """A function of Redshift's, or a comma that sqlglot reads over, in a build."""
    database.rows(SALES)
    project.write("sales", {"main_sql": sql})
    done = project.run("build", "sales")

    assert 1 == done.returncode
    assert hint in done.stderr


def test_misspelt_word_in_a_trusted_statement(project: Project, database: Database) -> None:
    """`pre_sql` is read by nobody before the server."""
    database.rows(SALES)
    statement = "CREATE TEMP TABEL x AS SELECT 1 AS n"
    project.write("sales", {"main_sql": "SELECT n FROM x", "pre_sql": statement})
    done = project.run("build", "sales")

    assert 1 == done.returncode
    assert "`TABEL`: did you mean `TABLE`?" in done.stderr


@with_postgres15
def test_servers_have_none_of_the_functions_that_are_called_redshift_s(
    database: Database,
) -> None:
    """On the oldest server and on the embedded one; DECODE they know with two arguments."""
    names = [name.lower() for dialect in MISSING.values() for name in dialect.functions]
    ask = "SELECT proname::text, max(pronargs) FROM pg_proc WHERE proname = ANY (%s) GROUP BY 1"
    with postgres15() as oldest:
        found = [dict(database.rows(ask, names)), dict(type(database)(oldest).rows(ask, names))]

    assert [{"decode": 2}, {"decode": 2}] == found


# What the server calls a column without a name

NAMELESS = """
a
t.a
count(*)
COUNT(a)
upper(b)
pg_catalog.upper(b)
(array_agg(a))[1]
a::int
a::text::int
'1'::int
cast('1' AS numeric(10, 2))
cast(upper(b) AS varchar(10))
a + 1
(a + 1)::bigint
a || 'x'
-a
1
'x'
NULL
TRUE
a IS NULL
NOT a > 1
a > 1
a BETWEEN 1 AND 2
a IN (1, 2)
b LIKE 'x'
b ~ 'x'
date '2020-01-01'
interval '1 day'
timestamp '2020-01-01 00:00:00'
'1'::double precision
'1'::float
'1'::real
'1'::float4
'x'::char(3)
'x'::varchar
'x'::character varying(20)
'2020-01-01'::timestamptz
'2020-01-01'::timestamp with time zone
'2020-01-01'::timestamp(3) without time zone
'10:00'::time
'{1,2}'::int[]
'{}'::jsonb
'{}'::json
'{}'::jsonb -> 'a'
'{}'::jsonb ->> 'a'
'true'::boolean
'1'::decimal
'1'::smallint
'x'::name
'x'::text COLLATE "C"
b COLLATE "C"
CASE WHEN a > 1 THEN 1 ELSE 2 END
CASE WHEN a > 1 THEN 1 ELSE a END
CASE WHEN a > 1 THEN 1 END
CASE a WHEN 1 THEN upper(b) ELSE lower(b) END
CASE WHEN a > 1 THEN 1 ELSE '2'::int END
CASE WHEN a > 1 THEN CASE WHEN a > 2 THEN 1 ELSE 2 END ELSE CASE WHEN a > 3 THEN 3 ELSE a END END
(CASE WHEN a > 1 THEN 1 ELSE 2 END)::text
coalesce(a, 1)
nullif(a, 1)
greatest(a, 2)
least(a, 2)
current_date
CURRENT_TIMESTAMP
current_timestamp(3)
localtimestamp
current_user
user
session_user
now()
now() AT TIME ZONE 'UTC'
(now() AT TIME ZONE 'UTC')::date
date_trunc('month', now())
date_trunc('month', now())::date
extract(year FROM now())
date_part('year', now())
to_char(now(), 'YYYY')
substring(b FROM 1 FOR 2)
substr(b, 1)
position('a' IN b)
strpos(b, 'a')
overlay(b PLACING 'x' FROM 1)
trim(b)
trim(both 'x' from b)
trim(leading from b)
trim(trailing 'x' FROM b)
ltrim(b)
btrim(b)
left(b, 1)
round(1.5, 1)
round(100.0 * 1 / 2, 2)
sum(a) / count(*)
sum(a)::numeric / 3
100.0 * sum(a)
sum(a) FILTER (WHERE a > 1)
row_number() OVER ()
rank() OVER (ORDER BY sum(a))
percentile_cont(0.5) WITHIN GROUP (ORDER BY a)
string_agg(b, ',' ORDER BY b)
array_agg(a ORDER BY a DESC)
count(DISTINCT a)
ARRAY[1, 2]
(ARRAY[1, 2])[1]
ARRAY(SELECT 1)
ROW(1, 2)
(1, 2)
EXISTS (SELECT 1)
NOT EXISTS (SELECT 1)
(SELECT 1)
(SELECT max(x) FROM generate_series(1, 2) x)
(SELECT 1 AS one)
(SELECT x FROM generate_series(1, 2) x LIMIT 1)
1 IN (SELECT 1)
1 = ANY (ARRAY[1])
power(2, 3)
2 ^ 3
power(2, 3) ^ 2
mod(5, 2)
5 % 2
concat(b, 'x')
length(b)
char_length(b)
"left"(b, 1)
md5(b)
random()
abs(-1)
a::numeric(10,2)
regexp_replace(b, 'a', 'b')
split_part(b, ',', 1)
jsonb_build_object('a', 1)
lag(1) OVER (ORDER BY count(*))
first_value(1) OVER (ORDER BY count(*) ROWS UNBOUNDED PRECEDING)
sum(count(*)) OVER ()
make_date(2020, 1, 1)
generate_series(1, 2)
unnest(ARRAY[1])
(now())
((a))
age(now())
to_date('2020', 'YYYY')
a = 1 AND b = 'x'
a IS DISTINCT FROM 1
'2020-01-01'::date - 1
date '2020-01-01' + interval '1 day'
bool_and(a > 1)
grouping(a)
pg_typeof(a)
x'1F'
B'101'
1.5
U&'x'
b SIMILAR TO 'x'
(date '2020-01-01', date '2020-01-02') OVERLAPS (date '2020-01-01', date '2020-01-02')
to_timestamp(0)
json_build_object('a', 1) ->> 'a'
timezone('UTC', now())
cast(a AS text) || b
cast(a || b AS text)
floor(1.5)::int
year
"""


def test_columns_are_called_what_the_server_calls_them(database: Database) -> None:
    """Expressions of every kind; the names are the server's own."""
    source = "(SELECT 1 AS a, 'x'::text AS b, 1 AS year) AS t"
    theirs, ours = {}, {}
    with closing(psycopg2.connect(database.url)) as connection, connection.cursor() as cursor:
        for expression in NAMELESS.strip().split("\n"):
            sql = f"SELECT {expression} FROM {source} GROUP BY a, b, year"
            cursor.execute(sql)
            theirs[expression] = [column.name for column in cursor.description or ()]
            query = select(Rendered(sql, Text(sql)), "postgres")
            found = outputs_of(query, "postgres", partial(name_of, "postgres"))
            ours[expression] = [output.name for output in found]

    assert theirs == ours


def test_what_was_pasted_is_enough_to_build(project: Project, database: Database) -> None:
    """A table made by hand keeps its indexes, whether its file says nothing of them or all."""
    database.rows(
        "CREATE SCHEMA raw; CREATE SCHEMA analytics;"
        "CREATE TABLE raw.sales AS SELECT n, n::text AS word FROM generate_series(1, 3) AS n;"
        "CREATE TABLE analytics.sales (n int PRIMARY KEY, word text UNIQUE);"
        "CREATE INDEX by_hand ON analytics.sales (word, n);"
        "CREATE INDEX lower_by_hand ON analytics.sales (lower(word) DESC);"
        "CREATE INDEX pattern_by_hand ON analytics.sales (word text_pattern_ops);"
        "CREATE FUNCTION shout(text) RETURNS text IMMUTABLE RETURN upper($1);"
        "CREATE INDEX shout_by_hand ON analytics.sales (shout(word))"
    )
    main = "SELECT n, word FROM raw.sales"
    content = "{'table': 'sales', 'schema': 'analytics', 'main_sql': %r,\n%s}\n"
    project.write("sales", content % (main, ""))
    kept = project.run("build", "sales")
    [one] = linted(project)["live"]
    project.write("sales", content % (main, one["paste"]))
    built = project.run("build", "sales")

    assert (0, "") == (kept.returncode, kept.stderr)
    assert (0, "") == (built.returncode, built.stderr)
    assert [
        ("(lower(word) DESC)",),
        ("(n)",),
        ("(shout(word))",),
        ("(word text_pattern_ops)",),
        ("(word)",),
        ("(word, n)",),
    ] == sorted(
        database.rows(
            "SELECT regexp_replace(indexdef, '.* USING btree ', '') FROM pg_indexes "
            "WHERE schemaname = 'analytics' AND tablename = 'sales'"
        )
    )


def test_a_plain_declaration_does_not_stand_for_a_special_index(
    project: Project, database: Database
) -> None:
    """An index for patterns is not lost to one of the same column that the file declares."""
    database.rows(
        "CREATE SCHEMA analytics; CREATE TABLE analytics.sales (n int, word text);"
        "CREATE INDEX by_hand ON analytics.sales (word text_pattern_ops)"
    )
    project.write("sales", {"main_sql": "SELECT 1 AS n, 'a' AS word", "indexes": [("word",)]})

    built = project.run("build", "sales")

    assert (0, "") == (built.returncode, built.stderr)
    assert ["by_hand", "sales_word_idx"] == [
        name
        for (name,) in database.rows(
            "SELECT indexname FROM pg_indexes WHERE tablename = 'sales' ORDER BY 1"
        )
    ]
