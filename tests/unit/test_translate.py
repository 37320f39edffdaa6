"""Translation without a server: what names mean, what becomes of clauses, what is refused where."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from builder.errors import ConfigError
from builder.query import Rendered, plan, render, select
from builder.query.translate import Translated, translate
from builder.query.translate.kinds import kind_of_type
from builder.query.translate.script import translate_script
from builder.relation import Relation
from builder.summary import Count, Summary, Text
from builder.summary.text import Source

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from builder.query.translate.kinds import Shape

TARGET = Relation("shop", "sales")
TYPES = {
    Relation("raw", "o"): {
        "id": "integer",
        "ts": "timestamp without time zone",
        "d": "date",
        "amount": "numeric(10,2)",
        "f": "double precision",
        "name": "text",
        "probability": "integer",
    },
    Relation("raw", "u"): {"id": "integer", "city": "character varying(20)"},
    Relation("raw", "v"): {"size": "integer", "id": "integer"},
}
KNOWN: dict[Relation, Shape | None] = {
    relation: [(name, kind_of_type(kind)) for name, kind in columns.items()]
    for relation, columns in TYPES.items()
}


def columns_of(wanted: Sequence[Relation]) -> Mapping[Relation, Mapping[str, str]]:
    """What a warehouse says of these relations."""
    return {relation: TYPES[relation] for relation in wanted if relation in TYPES}


def written(text: str) -> Text:
    """A text as a file has it, in triple quotes that begin on line 1."""
    source = Source(Path("sales.py"), f'"""{text}"""')
    return Text(text, source, 0, len(source.text))


def made(sql: str) -> Translated:
    """What becomes of a query in Redshift's SQL."""
    found = select(render(written(sql), TARGET), "redshift", as_written=True)
    assert found.tree is not None
    return translate(found.sql, found.tree, "redshift", KNOWN)


def flat(sql: str) -> str:
    """SQL on one line."""
    return " ".join(sql.split()).replace("( ", "(").replace(" )", ")")


SENT = [
    # An alias may be used behind its place, in every clause; a source's column goes before it.
    (
        "SELECT amount AS a, a + 1 AS b, b * a AS c",
        "amount AS a, amount + 1 AS b, (amount + 1) * amount AS c",
    ),
    (
        "SELECT amount / 10 AS probability, probability * 2 AS x",
        "amount / 10 AS probability, probability * 2 AS x",
    ),
    ("SELECT id AS n FROM raw.o WHERE n > 3", "id AS n FROM raw.o WHERE id > 3"),
    (
        "SELECT id AS n, COUNT(1) AS c FROM raw.o GROUP BY n HAVING c > 1",
        "id AS n, COUNT(1) AS c FROM raw.o GROUP BY n HAVING COUNT(1) > 1",
    ),
    ("SELECT id AS n FROM raw.o ORDER BY n + 1, n", "id AS n FROM raw.o ORDER BY id + 1, n"),
    ('SELECT id AS "Big Name", "BIG NAME" + 1 AS x', 'id AS "big name", id + 1 AS x'),
    # An output column is called as Redshift calls it: in lower case, and after its function.
    (
        'SELECT Id, o.TS, "NAME", NVL(D, d), f::int FROM raw.o',
        'id, o.ts, "name", COALESCE(d, d) AS "nvl", CAST(f AS INT) FROM raw.o',
    ),
    ("SELECT 2 * NVL(id, 0), id * SUM(id)", "2 * COALESCE(id, 0), id * SUM(id)"),
    (
        "SELECT 0 AS x, x AS y FROM (SELECT NVL(d, ts) AS x FROM raw.o) AS t WHERE x IS NOT NULL",
        "0 AS x, x AS y FROM (SELECT COALESCE(d, ts) AS x FROM raw.o) AS t WHERE NOT x IS NULL",
    ),
    (
        "SELECT 0 AS x, x AS y FROM (SELECT CASE WHEN id = 1 THEN d ELSE name END AS x FROM raw.o) AS t GROUP BY x HAVING x > 1",
        "0 AS x, x AS y FROM (SELECT CASE WHEN id = 1 THEN d ELSE name END AS x FROM raw.o) AS t GROUP BY x HAVING x > 1",
    ),
    (
        "SELECT ROUND(CASE WHEN id = 1 THEN f ELSE '1.5' END), TRUNC(NVL(ts, '2025-01-01'))",
        "CAST(ROUND(CAST(CASE WHEN id = 1 THEN f ELSE '1.5' END AS DECIMAL)) AS DOUBLE PRECISION), CAST(COALESCE(ts, '2025-01-01') AS DATE) AS \"trunc\"",
    ),
    # Kinds decide.
    ("SELECT LEFT(name, 2), LEFT(ts, 7)", "LEFT(name, 2), LEFT(CAST(ts AS TEXT), 7)"),
    ("SELECT ROUND(amount, 1)", "ROUND(amount, 1)"),
    ("SELECT ROUND(f, 1)", "CAST(ROUND(CAST(f AS DECIMAL), 1) AS DOUBLE PRECISION)"),
    ("SELECT ts + 7, d + 7, d - d, ts - ts", "ts + 7 * INTERVAL '1 DAY', d + 7, d - d, ts - ts"),
    ("SELECT AVG(f), AVG(id)", 'AVG(f), CAST(TRUNC(AVG(id)) AS BIGINT) AS "avg"'),
    (
        "SELECT AVG(id) OVER (PARTITION BY name)",
        'CAST(TRUNC(AVG(id) OVER (PARTITION BY name)) AS BIGINT) AS "avg"',
    ),
    ("SELECT name LIKE 'a%', d LIKE '2025%'", "name LIKE 'a%', CAST(d AS TEXT) LIKE '2025%'"),
    ("SELECT 'a' + name", "'a' || name"),
    (
        "SELECT x::decimal, x::decimal(8,2) FROM (SELECT 1 AS x) AS t",
        "CAST(x AS DECIMAL(18, 0)), CAST(x AS DECIMAL(8, 2)) FROM (SELECT 1 AS x) AS t",
    ),
    (
        "SELECT ROUND(COUNT(1) * 100 / SUM(COUNT(1)) OVER (), 2)",
        "ROUND(COUNT(1) * 100 / SUM(COUNT(1)) OVER (), 2)",
    ),
    ("SELECT 7 + ts, 7 + d", "ts + 7 * INTERVAL '1 DAY', 7 + d"),
    (
        "SELECT EXTRACT(epoch FROM ts - ts) AS s FROM raw.o",
        "CAST(TRUNC(EXTRACT(EPOCH FROM (ts - ts))) AS BIGINT) AS s FROM raw.o",
    ),
    # Clauses.
    (
        "SELECT * FROM raw.u JOIN raw.v USING (id) QUALIFY COUNT(1) OVER () > 1",
        'SELECT "id", "city", "size" FROM (SELECT *, COUNT(1) OVER () > 1 AS builder_keeps FROM raw.u JOIN raw.v USING (id)) AS qualified WHERE builder_keeps'.removeprefix(
            "SELECT "
        ),
    ),
    ("SELECT TOP 3 id", "id FROM raw.o LIMIT 3"),
    (
        "SELECT id FROM raw.o MINUS SELECT id FROM raw.u",
        "id FROM raw.o EXCEPT SELECT id FROM raw.u",
    ),
    (
        "SELECT id, RANK() OVER (ORDER BY f) AS r FROM raw.o QUALIFY r = 1 ORDER BY id LIMIT 2",
        '"id", "r" FROM (SELECT id, RANK() OVER (ORDER BY f) AS r, RANK() OVER (ORDER BY f) = 1 '
        "AS builder_keeps FROM raw.o) AS qualified WHERE builder_keeps ORDER BY id LIMIT 2",
    ),
    (
        "WITH w AS (SELECT id FROM raw.o) SELECT * FROM w QUALIFY COUNT(1) OVER () > 1 ORDER BY -id",
        'WITH w AS (SELECT id FROM raw.o) SELECT "id" FROM (SELECT *, COUNT(1) OVER () > 1 AS '
        "builder_keeps, -id AS builder_order_0 FROM w) AS qualified WHERE builder_keeps ORDER BY "
        "builder_order_0",
    ),
    (
        "SELECT APPROXIMATE COUNT(DISTINCT id) AS n",
        "COUNT(DISTINCT id) AS n",
    ),
    ("SELECT id AS window", 'id AS "window"'),
    ("SELECT $$it's$$ AS t, 'a\\\\b' AS b", "'it''s' AS t, 'a\\b' AS b"),
]


@pytest.mark.parametrize(("sql", "expected"), SENT, ids=[sql for sql, _ in SENT])
def test_query_becomes_postgresqls(sql: str, expected: str) -> None:
    """What is sent is the same query in PostgreSQL's words, and no more is changed than must be."""
    whole = sql if "FROM" in sql else f"{sql} FROM raw.o"
    found = made(whole)
    text = expected if "FROM" in expected else f"{expected} FROM raw.o"

    assert () == found.problems
    assert (text if text.startswith("WITH") else f"SELECT {text}") == flat(found.sql.text)


REFUSED = [
    ("SELECT FOO(ts) FROM raw.o", "1:11", "the function FOO is not translated"),
    ("SELECT 1,\n  BAR(1), foo(2)", "2:3", "the function BAR is not translated"),
    ("SELECT NVL()", "1:11", "NVL takes 1 to 99 arguments, 0 stand here"),
    (
        "SELECT DATEDIFF(fortnight, d, ts) FROM raw.o",
        "1:11",
        "DATEDIFF with the part `fortnight` is not translated",
    ),
    (
        "SELECT MEDIAN(name) FROM raw.o",
        "1:11",
        "MEDIAN of a value of the type text is not translated",
    ),
    (
        "SELECT LAG(id) IGNORE NULLS OVER (ORDER BY id) FROM raw.o",
        "1:11",
        "IGNORE NULLS with OVER is not translated",
    ),
    (
        "SELECT id AS u, (SELECT 1 FROM raw.u AS c WHERE c.id = u) FROM raw.o",
        "1:59",
        "the alias `u` of the query around it cannot be used in a subquery: write what it stands for",
    ),
    (
        "SELECT name ~ '\\\\bx' FROM raw.o",
        "1:11",
        "`~` with `\\b` in its pattern is not translated",
    ),
    ("SELECT LEFT(name, -1) FROM raw.o", "1:11", "LEFT of a negative number is not translated"),
    ("SELECT id::super FROM raw.o", "1:11", "the type SUPER is not translated"),
    ("SELECT * EXCLUDE (id) FROM raw.o", "1:11", "leaving columns out of * is not translated"),
    ("SELECT id FROM raw.o TABLESAMPLE BERNOULLI (5)", "1:19", "TABLESAMPLE is not translated"),
    (
        "SELECT x FROM db.raw.o",
        "1:18",
        "a name of three parts is not translated: write schema.table",
    ),
    (
        "SELECT id, id FROM raw.o QUALIFY COUNT(1) OVER () > 1",
        "1:29",
        "QUALIFY beside two columns of one name is not translated: give them names",
    ),
]


@pytest.mark.parametrize(("sql", "where", "message"), REFUSED, ids=[sql for sql, *_ in REFUSED])
def test_what_is_not_proven_is_refused_with_its_line(sql: str, where: str, message: str) -> None:
    """A function or construct that is on no list is named, with line and column."""
    problem = made(sql).problems[0]

    assert (f"sales.py:{where}", message) == (str(problem.place), problem.message)


@pytest.mark.parametrize(
    ("sql", "hint"),
    [
        ("SELECT DATDIFF(day, d, ts) FROM raw.o", "did you mean `DATEDIFF`?"),
        ("SELECT DATEDIFF(dayz, d, ts) FROM raw.o", "did you mean `day`?"),
        ("SELECT ZORK(1)", "only what is proven is translated from Redshift to PostgreSQL"),
    ],
)
def test_refusal_says_what_was_probably_meant(sql: str, hint: str) -> None:
    """A misspelt function or part of a date is answered with the nearest on the list."""
    problem = made(sql).problems[0]

    assert hint == problem.hint


def test_what_the_warehouse_lacks_is_left_to_it() -> None:
    """With a name that is not there, kinds are not asked for: the server has the better words."""
    found = made("SELECT ROUND(nothing, 2), LEFT(tss, 7) FROM raw.o, raw.gone")

    assert () == found.problems


def test_kind_that_cannot_be_known_is_asked_for() -> None:
    """An expression of a kind that no rule knows is refused with what to write."""
    found = made(
        "SELECT ROUND(x, 2) FROM (SELECT CASE WHEN id = 1 THEN d ELSE name END AS x FROM raw.o) AS t"
    )

    assert ["ROUND needs the type of its argument: write `x::type`"] == [
        problem.message for problem in found.problems
    ]


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("raw.o", "raw.o"),
        ("name", "name"),
        ("ts", "ts"),
        ("zzz", "zzz"),
        ("DECIMAL", "f"),
        ("raw", "raw"),
    ],
)
def test_places_lead_back_to_the_file(word: str, expected: str) -> None:
    """What the server says of a word is said of it in the file; of a new word, of what it is for."""
    found = made("SELECT LEFT(ts, 7),\n name AS b, ROUND(f, 1)\nFROM raw.o WHERE zzz = 1")
    place = found.sql.place(found.sql.text.index(word), len(word))

    assert place is not None
    assert expected == place.source[place.column - 1 :][: place.width]


SCRIPTS = [
    (
        "CREATE TABLE #paid AS SELECT 1 AS a; DELETE #paid WHERE a = 1",
        'CREATE TEMPORARY TABLE "#paid" AS SELECT 1 AS a; DELETE FROM "#paid" WHERE a = 1',
    ),
    (
        "CREATE TEMP TABLE t (id int DISTKEY, ts timestamp SORTKEY)",
        "CREATE TEMPORARY TABLE t (id INT, ts TIMESTAMP)",
    ),
    (
        "CREATE OR REPLACE VIEW v AS SELECT 1 AS a WITH NO SCHEMA BINDING; ANALYZE v PREDICATE COLUMNS",
        "CREATE OR REPLACE VIEW v AS SELECT 1 AS a; ANALYZE v",
    ),
    (
        "GRANT SELECT ON a.b TO ROLE bi; GRANT SELECT ON a.b TO GROUP bi",
        "GRANT SELECT ON a.b TO bi; GRANT SELECT ON a.b TO bi",
    ),
    (
        "CREATE TEMP TABLE t DISTKEY(id) SORTKEY(id) AS SELECT NVL(id, 0) AS n FROM raw.o; ANALYZE t;",
        "CREATE TEMPORARY TABLE t AS SELECT COALESCE(id, 0) AS n FROM raw.o; ANALYZE t",
    ),
    (
        "CREATE TABLE x.t (id int ENCODE zstd, name varchar(10) NOT NULL) DISTSTYLE ALL",
        "CREATE TABLE x.t (id INT, name VARCHAR(10) NOT NULL)",
    ),
    (
        "INSERT INTO x.t (a) SELECT LEN(name) FROM raw.o",
        'INSERT INTO x.t (a) SELECT LENGTH(name) AS "len" FROM raw.o',
    ),
    (
        "UPDATE raw.o SET name = NVL(name, '') WHERE id = 1",
        "UPDATE raw.o SET name = COALESCE(name, '') WHERE id = 1",
    ),
    (
        "DELETE FROM raw.o WHERE ts < GETDATE() - 7",
        "DELETE FROM raw.o WHERE ts < (STATEMENT_TIMESTAMP() AT TIME ZONE 'UTC') - 7 * INTERVAL '1 DAY'",
    ),
    (
        "DROP TABLE IF EXISTS raw.tmp; GRANT SELECT ON {schema}.{table} TO GROUP bi",
        'DROP TABLE IF EXISTS raw.tmp; GRANT SELECT ON "shop"."sales" TO bi',
    ),
]


@pytest.mark.parametrize(("sql", "expected"), SCRIPTS, ids=[sql for sql, _ in SCRIPTS])
def test_script_is_translated_statement_by_statement(sql: str, expected: str) -> None:
    """Tables are made without what only Redshift stores by; the queries inside are translated."""
    found = translate_script(render(Text(sql), TARGET), "redshift", {**KNOWN})

    assert () == found.problems
    assert expected == flat(found.sql.text)


@pytest.mark.parametrize(
    ("sql", "message"),
    [
        (
            "VACUUM raw.o",
            "VACUUM cannot run in a transaction, and autovacuum does it: leave it out",
        ),
        ("UNLOAD ('SELECT 1') TO 's3://x'", "UNLOAD is not translated"),
        ("CREATE TABLE t (a super)", "the type SUPER is not translated"),
        ("ALTER TABLE a APPEND FROM b", "ALTER is not translated"),
    ],
)
def test_statement_that_is_not_on_the_list_is_refused(sql: str, message: str) -> None:
    """What a script may hold is a list as well."""
    found = translate_script(Rendered(sql, Text(sql)), "redshift", {**KNOWN})

    assert message in [problem.message for problem in found.problems]


SALES = Summary(
    TARGET,
    Text("SELECT LEFT(ts, 7) AS month, SUM(f) AS paid FROM raw.o, recent GROUP BY 1"),
    output_checks=(
        Count("output_check[0]", Text("SELECT ROUND(MAX(paid), 1) FROM {schema}.temp_{table}"), 1),
    ),
    before=(Text("CREATE TEMP TABLE recent AS SELECT d AS day FROM raw.o"),),
    dialect="redshift",
)


def test_checks_know_the_columns_of_the_staged_table() -> None:
    """What the query returns is what an output check reads, and what pre_sql makes the query."""
    found = plan(SALES, "postgres", columns_of)

    assert (
        "SELECT CAST(ROUND(CAST(MAX(paid) AS DECIMAL), 1) AS DOUBLE PRECISION) "
        'FROM "shop"."temp_sales"'
    ) == flat(found.outputs[0][1].text)
    assert (Relation("raw", "o"), Relation("", "recent")) == found.main.sources
    assert not found.is_foreign


def test_plan_without_a_warehouse_is_not_to_be_sent() -> None:
    """Offline a plan says only what would be refused; it stays in its own dialect."""
    offline = plan(SALES, "postgres")

    assert offline.is_foreign
    assert SALES.query.value == offline.main.text
    with pytest.raises(ConfigError, match="the function NOPE is not translated"):
        plan(replace(SALES, query=Text("SELECT NOPE(1)")), "postgres")


def test_parameter_with_a_backslash_stays_one_value() -> None:
    """Redshift takes a backslash as an escape: a value's own is written twice, and comes out once."""
    summary = replace(
        SALES, query=Text("SELECT {p} AS p"), params={"p": "a\\'b"}, before=(), output_checks=()
    )

    assert "SELECT 'a\\''b' AS p" == flat(plan(summary, "postgres", columns_of).main.text)
