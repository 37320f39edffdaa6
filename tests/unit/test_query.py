"""Rendering and guarding: which SQL may be sent, what it reads, and the way back to the file."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import hypothesis
import pytest
from hypothesis import strategies as st

from builder.errors import ConfigError
from builder.query import plan, render, select
from builder.query.guard import DEEPEST, LONGEST_SUBSCRIPT, refuse_transaction_control
from builder.query.render import literal
from builder.query.text import Rendered
from builder.relation import Relation
from builder.summary import Count, Freshness, Summary, Text
from builder.summary.text import Source

TARGET = Relation("analytics", "sales")


def written(text: str) -> Text:
    """A text as a file has it, in triple quotes that begin on line 1."""
    source = Source(Path("sales.py"), f'"""{text}"""')
    return Text(text, source, 0, len(source.text))


def sources(sql: str) -> list[str]:
    """The relations that a query reads."""
    return [str(source) for source in select(render(Text(sql), TARGET), "postgres").sources]


def refusal(sql: str, params: dict[str, str | int] | None = None) -> str:
    """Why a query is refused, with line and column."""
    with pytest.raises(ConfigError) as caught:
        select(render(written(sql), TARGET, params), "postgres")
    return str(caught.value)


# Rendering


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("FROM {schema}.temp_{table}", 'FROM "analytics"."temp_sales"'),
        ("FROM {schema}.{table}", 'FROM "analytics"."sales"'),
        ("'{schema}' {table}_x", "'analytics' sales_x"),
        ("a = {n} AND b = {s}", "a = 5 AND b = 'it''s'"),
        ("{other} {} { n } {n!r} {0} {{n}}", "{other} {} { n } {n!r} {0} {5}"),
        ("'{\"a\": 1}'::jsonb '{1,2}'::int[] LIKE '%s%%'", None),
        ("100 % 7 %(n)s $1 :n ?", None),
        ("", None),
    ],
)
def test_only_known_holes_are_filled(sql: str, expected: str | None) -> None:
    """Names of the table and of `params` are filled; every other brace and percent stays."""
    rendered = render(Text(sql), TARGET, {"n": 5, "s": "it's"})

    assert (sql if expected is None else expected) == rendered.text


def test_relation_under_check_is_the_one_given() -> None:
    """`{schema}.temp_{table}` is the staged table, or whatever is being checked."""
    text = Text("{schema}.temp_{table}")

    assert '"analytics"."temp_sales"' == render(text, TARGET).text
    assert '"analytics"."sales"' == render(text, TARGET, checked=TARGET).text


def test_names_are_quoted_whatever_they_hold() -> None:
    """A quote or a brace in a name does not end it, and is not filled again."""
    odd = Relation('a"b', "{n}")

    assert '"a""b"."temp_{n}"' == render(Text("{schema}.temp_{table}"), odd, {"n": 5}).text


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, "NULL"),
        (True, "TRUE"),
        (False, "FALSE"),
        (5, "5"),
        (-5, "(-5)"),
        (0.5, "0.5"),
        (-0.5, "(-0.5)"),
        (1e-7, "1e-07"),
        (float("inf"), "'inf'"),
        (float("-inf"), "'-inf'"),
        ("", "''"),
        ("it's", "'it''s'"),
        ("a\\'b", "'a\\''b'"),
        ("'; DROP TABLE x; --", "'''; DROP TABLE x; --'"),
        ("매출", "'매출'"),
        (-0.0, "(-0.0)"),
    ],
)
def test_value_is_one_literal(value: str | float | None, expected: str) -> None:
    """A parameter's value is one literal of standard SQL: no sign or quote of it meets others."""
    assert expected == literal(value)


@hypothesis.given(st.none() | st.booleans() | st.integers() | st.floats() | st.text())
def test_any_value_is_one_expression(value: str | float | None) -> None:
    """No value can be more than one column of a SELECT, also after a minus sign."""
    from sqlglot import parse

    statements = parse(f"SELECT 5 -{literal(value)}, 7", dialect="postgres")

    assert 1 == len(statements)
    assert statements[0] is not None
    assert 2 == len(statements[0].expressions)


@pytest.mark.parametrize("word", ["first", "{name}", "second", "{schema}.temp_{table}", "third"])
def test_place_in_what_is_sent_is_found_in_the_file(word: str) -> None:
    """Before, in and behind a filled hole, an offset leads to what the author wrote there."""
    text = "first {name} second\n {schema}.temp_{table} third"
    rendered = render(written(text), TARGET, {"name": "a long value"})
    sent = {"{name}": "'a long value'", "{schema}.temp_{table}": TARGET.staged.sql}.get(word, word)
    place = rendered.place(rendered.text.index(sent), len(word))

    assert place is not None
    assert word == place.source[place.column - 1 :][: place.width]


def test_place_inside_a_value_is_its_hole() -> None:
    """What the server says of the middle of a value is said of the braces."""
    rendered = render(written("a {n} b"), TARGET, {"n": "0123456789"})
    place = rendered.place(8)

    assert place is not None
    assert (1, 6, 3) == (place.line, place.column, place.width)


@hypothesis.given(
    st.lists(
        st.sampled_from(["a", " ", "\n", "{n}", "{m}", "{schema}", "{", "}", "매"]), max_size=20
    )
)
def test_pieces_cover_what_was_filled(parts: list[str]) -> None:
    """Between the pieces, what is sent is what was written, character by character."""
    text = "".join(parts)
    rendered = render(written(text), TARGET, {"n": 12345, "m": ""})
    filled = {i for start, end, _ in rendered.pieces for i in range(start, end)}
    for offset, character in enumerate(rendered.text):
        place = rendered.place(offset)
        if offset not in filled and character != "\n":
            assert place is not None
            assert character == place.source[place.column - 1]


def test_misspelt_parameter_is_told() -> None:
    """A hole that is nearly one of `params` is no brace of the query's own, but in quotes."""
    with pytest.raises(ConfigError) as caught:
        render(written("a > {sicne}"), TARGET, {"since": 1})

    assert "sales.py:1:8: {sicne} is none of `params` (did you mean `since`?)" == str(caught.value)
    assert "'{sicne}' {x}" == render(written("'{sicne}' {x}"), TARGET, {"since": 1}).text


# What is allowed

RIGHT = [
    "SELECT 1",
    "SELECT 1;",
    "SELECT 1 ; ;;",
    "select\n1",
    "(SELECT 1)",
    "((SELECT 1) UNION (SELECT 2))",
    "VALUES (1), (2)",
    "TABLE orders",
    "-- first; a comment\nSELECT 1",
    "/* a; b */ SELECT 1",
    "SELECT /* a /* nested; */ b; */ 1",
    "SELECT 1 -- the end; of it",
    "SELECT 1; -- the end",
    "SELECT 1; /* a; b */",
    "SELECT 1;\n-- the end\n;",
    "SELECT 'a;b', 'it''s; so', \"c;d\" FROM t",
    "SELECT $$a; DROP TABLE b$$",
    "SELECT $x$a;$$;b$x$",
    r"SELECT E'a\';b'",
    r"SELECT U&'\0041', B'01', X'1F'",
    "SELECT '-- no comment; ', '/* nor this'",
    "SELECT 5 % 2, '100%', 'a' LIKE '%;%'",
    "SELECT '{\"a\": [1]}'::jsonb -> 'a' ->> 0, '{1,2}'::int[]",
    "WITH a AS (SELECT 1) SELECT * FROM a",
    "WITH a AS MATERIALIZED (SELECT 1), b AS NOT MATERIALIZED (TABLE a) SELECT * FROM b",
    "WITH RECURSIVE t(n) AS (VALUES (1) UNION ALL SELECT n + 1 FROM t WHERE n < 9) SELECT n FROM t",
    "SELECT 1 UNION ALL SELECT 2 INTERSECT SELECT 3 EXCEPT SELECT 4",
    "SELECT DISTINCT ON (a) a, b FROM t ORDER BY a, b DESC NULLS LAST LIMIT 5 OFFSET 2",
    "SELECT count(*) FILTER (WHERE x > 0) FROM t GROUP BY GROUPING SETS ((a), ()) HAVING true",
    "SELECT row_number() OVER w, sum(a) OVER (w ROWS 2 PRECEDING) FROM t WINDOW w AS (ORDER BY a)",
    "SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY a) FROM t",
    "SELECT (ARRAY_AGG(a ORDER BY b))[1], a[1][2], a[1:2] FROM t",
    "SELECT * FROM a CROSS JOIN LATERAL (SELECT a.b) AS c, generate_series(1, 3) AS g(n)",
    "SELECT * FROM unnest(ARRAY[1, 2]) WITH ORDINALITY AS u(a, b)",
    "SELECT * FROM json_to_recordset('[]') AS x(a int, b text)",
    "SELECT * FROM t TABLESAMPLE system (1)",
    "SELECT CASE WHEN a THEN 1 ELSE 2 END, CASE a WHEN 1 THEN 2 END FROM t",
    "SELECT now() AT TIME ZONE 'UTC', interval '1 day', date '2026-01-01', a::date",
    "SELECT a FROM t WHERE (a, b) IN (SELECT c, d FROM u) AND EXISTS (SELECT FROM v)",
    "SELECT a FROM t WHERE a IS NOT DISTINCT FROM b AND c ~ '\\d+' AND d SIMILAR TO 'x'",
    "SELECT a FROM t FETCH FIRST 5 ROWS ONLY",
    "SELECT substring('abc' FOR 2), overlay('a' PLACING 'b' FROM 1), extract(day FROM now())",
    'SELECT a COLLATE "C", (ROW(1, 2)).f1 FROM t',
    'SELECT 1 AS "insert", \'delete\' AS "update", "create" FROM "drop"',
    "SELECT 합계 FROM 매출 WHERE 이름 = '가나다'",
    "SELECT 1 FROM t WHERE deleted AND created_at > updated_at AND into_stock AND for_sale",
    " UNION ALL ".join(["SELECT 1"] * 500),
    f"SELECT {' + '.join('1' * 1000)}",
    f"SELECT 1 WHERE {' AND '.join(['a = 1'] * 1000)}",
    f"SELECT {'(' * DEEPEST['(']}1{')' * DEEPEST['(']}",
    f"SELECT {'CASE WHEN a THEN ' * DEEPEST['CASE']}1{' END' * DEEPEST['CASE']} FROM t",
    f"SELECT {', '.join(['replace(a, chr(91), $$[$$)'] * 30)} FROM t",
    f"SELECT {', '.join(['''position('(' IN a)'''] * 300)} FROM t",
]


@pytest.mark.parametrize("sql", RIGHT, ids=[sql[:50] for sql in RIGHT])
def test_select_is_sent_as_it_is_written(sql: str) -> None:
    """One SELECT of any kind goes through, verbatim; what follows its end does not."""
    found = select(Rendered(sql, Text(sql)), "postgres")

    assert sql.startswith(found.text)
    assert found.text.strip(" ;") == found.text
    assert found.sql.text == sql


SECOND = "a second statement begins here: write one SELECT only"
CREATES = "write the SELECT only: the builder creates the table"
NESTED = "the SQL is nested too deeply"
OPEN = "a quote or comment that begins here has no end"
QUOTED = "{p} stands inside quotes: write it without them, it brings its own"
WRONG = [
    ("", "1:6", "there is no SQL here: write a SELECT"),
    (" \n ", "1:4", "there is no SQL here: write a SELECT"),
    (";", "1:4", "there is no SQL here: write a SELECT"),
    ("-- SELECT 1", "1:4", "there is no SQL here: write a SELECT"),
    ("SELECT 1; SELECT 2", "1:14", SECOND),
    ("SELECT 1;;\n DROP TABLE a", "2:2", SECOND),
    ("SELECT 1; -- and\n/* so */ SELECT 2", "2:10", SECOND),
    ("SELECT $$a$$; SELECT $$b$$", "1:18", SECOND),
    ("SELECT ';' ; DELETE FROM a", "1:17", SECOND),
    ("SELECT 1; COMMIT; DROP TABLE a", "1:14", SECOND),
    ("CREATE TABLE a AS SELECT 1", "1:4", CREATES),
    ("\n  create table a AS SELECT 1", "2:3", CREATES),
    ("CREATE VIEW a AS SELECT 1", "1:4", CREATES),
    ("CREATE FUNCTION f() RETURNS int AS 'SELECT 1' LANGUAGE sql", "1:4", CREATES),
    *(
        (sql, "1:4", f"only a SELECT may stand here, this is {sql.split()[0]}")
        for sql in [
            "INSERT INTO a VALUES (1)",
            "UPDATE a SET b = 1",
            "DELETE FROM a",
            "MERGE INTO a USING b ON a.x = b.x WHEN MATCHED THEN DELETE",
            "TRUNCATE a",
            "DROP TABLE a",
            "ALTER TABLE a ADD b int",
            "GRANT SELECT ON a TO b",
            "REVOKE ALL ON a FROM b",
            "COMMENT ON TABLE a IS 'b'",
            "COPY a TO PROGRAM 'rm'",
            "DO $$ BEGIN DELETE FROM a; END $$",
            "CALL f()",
            "EXPLAIN SELECT 1",
            "EXPLAIN ANALYZE DELETE FROM a",
            "SHOW ALL",
            "SET role x",
            "RESET ALL",
            "BEGIN",
            "COMMIT",
            "ROLLBACK",
            "VACUUM",
            "ANALYZE a",
            "LOCK TABLE a",
            "NOTIFY a",
            "PREPARE a AS SELECT 1",
            "EXECUTE a",
            "DECLARE c CURSOR FOR SELECT 1",
            "REFRESH MATERIALIZED VIEW a",
            "WITH a AS (SELECT 1) DELETE FROM b",
            "1",
        ]
    ),
    (
        "WITH a AS (DELETE FROM b RETURNING *) SELECT * FROM a",
        "1:15",
        "`DELETE` changes data; only SELECT may stand here",
    ),
    (
        "WITH a AS (INSERT INTO b VALUES (1) RETURNING *)\nSELECT * FROM a",
        "1:15",
        "`INSERT` changes data; only SELECT may stand here",
    ),
    (
        "SELECT * FROM (WITH a AS (UPDATE b SET c = 1 RETURNING c) SELECT c FROM a) AS d",
        "1:30",
        "`UPDATE` changes data; only SELECT may stand here",
    ),
    (
        "WITH a AS (MERGE INTO b USING c ON true WHEN MATCHED THEN DELETE RETURNING *) SELECT 1",
        "1:15",
        "`MERGE` changes data; only SELECT may stand here",
    ),
    ("SELECT 1 INTO a", "1:13", "`INTO` makes a table; the builder does that"),
    ("SELECT *\nINTO TEMP a FROM b", "2:1", "`INTO` makes a table; the builder does that"),
    ("SELECT 'INTO', 1 INTO a", "1:21", "`INTO` makes a table; the builder does that"),
    ("SELECT a FROM b FOR UPDATE", "1:20", "`FOR` locks rows; a summary only reads"),
    ("SELECT a FROM b FOR SHARE", "1:20", "`FOR` locks rows; a summary only reads"),
    (
        "SELECT a FROM (SELECT a FROM b FOR NO KEY UPDATE) AS c",
        "1:35",
        "`FOR` locks rows; a summary only reads",
    ),
    (
        "SELECT substring(a FOR 2) FROM b FOR UPDATE",
        "1:37",
        "`FOR` locks rows; a summary only reads",
    ),
    ("SELECT 'a", "1:11", OPEN),
    ('SELECT "a', "1:11", OPEN),
    ("SELECT 1,\n  $$a", "2:3", OPEN),
    ("SELECT 1 /* a", "1:13", OPEN),
    ("SELECT 1,\n  sum( FROM a", "2:6", "this `(` is not closed (`)` is missing before `FROM`)"),
    ("SELECT 1)", "1:12", "this `)` closes nothing (take it out, or open it before)"),
    ("SELEC 1", "1:4", "`SELEC` cannot be read here (did you mean `SELECT`?)"),
    (r"SELECT 1 \; SELECT 2", "1:13", "the SQL cannot be read from here on: `\\`"),
    (f"SELECT {'(' * 201}1{')' * 201}", "1:211", NESTED),
    (f"SELECT {'(' * 20_000}", "1:211", NESTED),
    (f"SELECT {'[' * 9}1{']' * 9}", "1:19", NESTED),
    (f"SELECT a{'[1]' * (LONGEST_SUBSCRIPT + 1)} FROM b", "1:60", NESTED),
    (f"SELECT {'CASE WHEN a THEN ' * 101}1{' END' * 101}", "1:1711", NESTED),
    (f"SELECT {'- ' * 20_000}1", "1:4", NESTED),
    (f"SELECT {'NOT ' * 20_000}a", "1:4", NESTED),
]


@pytest.mark.parametrize(("sql", "place", "message"), WRONG, ids=[sql[:50] for sql, *_ in WRONG])
def test_anything_else_is_refused_where_it_begins(sql: str, place: str, message: str) -> None:
    """What is not one reading SELECT is an error at the word that makes it so."""
    refused = refusal(sql)

    assert message == refused.partition(": ")[2]
    assert place == refused.split(": ")[0].removeprefix("sales.py:")


@pytest.mark.parametrize(
    "sql", ["SELECT '{p}'", 'SELECT "{p}"', "SELECT $${p}$$", "SELECT $a$ {p} $a$", "SELECT E'{p}'"]
)
def test_parameter_inside_quotes_is_refused(sql: str) -> None:
    """A value brings its own quotes: inside others it would be text of the query."""
    column = sql.index("{p}") + 4

    assert f"sales.py:1:{column}: {QUOTED}" == refusal(sql, {"p": "x"})


def test_brace_of_no_parameter_may_stand_in_quotes() -> None:
    """Only the names in `params` are holes."""
    text = Text("SELECT '{q}', '{schema}', {p}")

    assert "SELECT '{q}', 'analytics', 1" == select(render(text, TARGET, {"p": 1}), "postgres").text


@pytest.mark.parametrize(
    ("sql", "value"),
    [
        ("SELECT 1 -- for {p}", "x\nUNION SELECT secret FROM hidden --"),
        ("SELECT 1 /* for {p} */", "*/ UNION SELECT secret FROM hidden /*"),
        ("SELECT E{p}", "\\' UNION SELECT secret FROM hidden --"),
        ("SELECT U&{p}", "x' UNION SELECT secret FROM hidden --"),
    ],
)
def test_value_never_becomes_sql(sql: str, value: str) -> None:
    """Whoever gives a parameter's value cannot add to the query with it, wherever it stands."""
    try:
        found = select(render(Text(sql), TARGET, {"p": value}), "postgres").sources
    except ConfigError:
        found = ()

    assert () == found


# Any text at all

FRAGMENTS = r"""
SELECT 1 a FROM t , ( ) [ ] { } ; ' " $$ $a$ -- /* */ \ E' U&' CASE WHEN THEN END WITH AS INTO FOR
UPDATE DELETE INSERT VALUES UNION ALL :: . * - NOT ::int = < LATERAL ARRAY INTERVAL CREATE TABLE
RECURSIVE 매출 {p} %s :x
"""


@hypothesis.given(
    st.text(max_size=60)
    | st.lists(st.sampled_from([*FRAGMENTS.split(), "\n"]), max_size=25).map(" ".join)
)
@hypothesis.settings(max_examples=300)
def test_any_text_is_a_select_or_a_config_error(text: str) -> None:
    """No text, whatever it is, makes the guard fail in another way than by refusing it."""
    source = Source(Path("sales.py"), repr(text))
    sent, refused, whole = "", [], ""
    try:
        sql = render(Text(text, source, 0, len(source.text)), TARGET, {"p": "x"})
        whole = sql.text
        sent = select(sql, "postgres").text
    except ConfigError as error:
        refused = [problem.place for problem in error.problems]

    assert bool(sent) is not bool(refused)
    assert whole.startswith(sent)
    assert None not in refused


@pytest.mark.parametrize(
    "opening", ["(", "[", "CASE WHEN ", "a(", "- ", "NOT ", "{", "x.(", "cast("]
)
@pytest.mark.parametrize("depth", [8, 30, 200, 3000])
def test_deep_nesting_ends_quickly(opening: str, depth: int) -> None:
    """However deep the SQL nests, an answer comes: no overflow, no time that doubles."""
    with pytest.raises(ConfigError):
        select(Rendered(f"SELECT {opening * depth}", Text("")), "postgres")


def test_brackets_in_texts_do_not_count() -> None:
    """A `]` in quotes closes nothing: behind it, deep nesting is refused all the same."""
    sql = "SELECT " + "']', " * 12 + "[" * 12 + "1" + "]" * 12
    with pytest.raises(ConfigError, match="nested too deeply"):
        select(Rendered(sql, Text(sql)), "postgres")


def test_unknown_dialect_is_told() -> None:
    """A dialect that nobody knows is an error of the settings."""
    with pytest.raises(ConfigError, match="the dialect `postgras` is not known"):
        select(Rendered("SELECT 1", Text("SELECT 1")), "postgras")


# What a query reads


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("SELECT 1", []),
        ("SELECT * FROM a", ["a"]),
        ("SELECT * FROM s.a JOIN s.b USING (x), c", ["s.a", "s.b", "c"]),
        ("SELECT * FROM a, a AS b, A", ["a"]),
        ('SELECT * FROM Raw.Orders, "Raw"."Orders"', ["raw.orders", "Raw.Orders"]),
        ('SELECT * FROM "a.b", "x"."c d"', ["a.b", "x.c d"]),
        ("SELECT * FROM 매출.하루", ["매출.하루"]),
        ("SELECT * FROM db.s.a", ["s.a"]),
        ("TABLE a", ["a"]),
        ("SELECT (SELECT max(x) FROM a) FROM b WHERE EXISTS (SELECT FROM c)", ["a", "b", "c"]),
        ("SELECT * FROM generate_series(1, 2) AS g, LATERAL (SELECT * FROM a) AS b", ["a"]),
        ("SELECT 1 FROM a UNION SELECT 2 FROM b", ["a", "b"]),
        ("WITH a AS (SELECT * FROM b) SELECT * FROM a", ["b"]),
        ("WITH a AS (SELECT * FROM a) SELECT * FROM a", ["a"]),
        ("WITH RECURSIVE a AS (SELECT 1 UNION ALL SELECT * FROM a) SELECT * FROM a", []),
        ("WITH a AS (SELECT 1), b AS (SELECT * FROM a) SELECT * FROM b", []),
        ("WITH b AS (SELECT * FROM a), a AS (SELECT 1) SELECT * FROM b, a", ["a"]),
        ("WITH RECURSIVE b AS (SELECT * FROM a), a AS (SELECT 1) SELECT * FROM b", []),
        ("WITH a AS (SELECT 1) SELECT * FROM s.a", ["s.a"]),
        ('WITH a AS (SELECT 1) SELECT * FROM A, "A"', ["A"]),
        ('WITH "A" AS (SELECT 1) SELECT * FROM a, "A"', ["a"]),
        ("SELECT * FROM (WITH a AS (SELECT 1) SELECT * FROM a) AS x, a", ["a"]),
        ("WITH a AS (SELECT 1) SELECT * FROM b WHERE x IN (SELECT y FROM a)", ["b"]),
        ("WITH a AS (WITH c AS (SELECT 1) SELECT * FROM c) SELECT * FROM a, c", ["c"]),
        ("WITH a AS (SELECT 1) (SELECT * FROM a UNION SELECT * FROM b)", ["b"]),
        ("SELECT * FROM information_schema.tables", ["information_schema.tables"]),
    ],
)
def test_sources_are_the_relations_that_are_read(sql: str, expected: list[str]) -> None:
    """Each relation once, as the warehouse reads its name; a WITH query's name where it holds."""
    assert sorted(expected) == sorted(sources(sql))


def test_staged_table_is_a_source_of_its_check() -> None:
    """What is filled in is read too."""
    assert ["analytics.temp_sales"] == sources("SELECT count(*) FROM {schema}.temp_{table}")


# Trusted lists


@pytest.mark.parametrize(
    "sql",
    ["COMMIT", "commit;", "BEGIN", "START TRANSACTION", "ROLLBACK TO a", "END", "ABORT",
     "SAVEPOINT a", "RELEASE a", "PREPARE TRANSACTION 'a'",
     "GRANT x TO y; COMMIT", "SELECT ';'; -- a\n ROLLBACK"],
)  # fmt: skip
def test_transaction_control_is_refused_in_trusted_lists(sql: str) -> None:
    """`pre_sql` and `after_sql` may hold anything but what ends the builder's transaction."""
    with pytest.raises(ConfigError, match="cannot stand here: the builder runs the transaction"):
        refuse_transaction_control(Rendered(sql, Text(sql)), "postgres")


@pytest.mark.parametrize(
    "sql",
    [
        "CREATE TEMP TABLE a AS SELECT 1; GRANT SELECT ON a TO b",
        "SELECT 'COMMIT'",
        "SELECT 1 AS begin",
        "SET LOCAL work_mem = '1GB'",
        "SELECT CASE WHEN true THEN 1 END",
        "-- COMMIT\nSELECT 1",
        "",
    ],
)
def test_other_statements_stand_in_trusted_lists(sql: str) -> None:
    """Words of transaction control elsewhere than at a statement's beginning do no harm."""
    refuse_transaction_control(Rendered(sql, Text(sql)), "postgres")


# The plan of a file

SALES = Summary(
    TARGET,
    Text("SELECT * FROM raw.orders WHERE day > {day}"),
    Path("sales.py"),
    input_checks=(
        Count("input_check[0]", Text("SELECT count(*) FROM raw.log"), 1),
        Freshness("input_check[1]", "day", 60, on=Relation("raw", "days")),
    ),
    output_checks=(
        Count("output_check[0]", Text("SELECT count(*) FROM {schema}.temp_{table}"), 1),
    ),
    before=(Text("SET LOCAL a = 1"), Text("  ")),
    after=(Text("GRANT SELECT ON {schema}.{table} TO bi"),),
    params={"day": "2026-01-01"},
)


def test_plan_holds_all_sql_of_a_file_filled() -> None:
    """Everything that will be sent is known beforehand; of a check without SQL, its table."""
    made = plan(SALES, "postgres")

    assert "SELECT * FROM raw.orders WHERE day > '2026-01-01'" == made.main.text
    assert ["SELECT count(*) FROM raw.log"] == [found.text for _, found in made.inputs]
    assert ['SELECT count(*) FROM "analytics"."temp_sales"'] == [f.text for _, f in made.outputs]
    assert ["SET LOCAL a = 1"] == [sql.text for sql in made.before]
    assert ['GRANT SELECT ON "analytics"."sales" TO bi'] == [sql.text for sql in made.after]
    assert [Relation("raw", name) for name in ("orders", "log", "days")] == [*made.sources]


def test_plan_tells_every_problem_of_a_file() -> None:
    """Wrong SQL in several places is told at once, in the order of the build."""
    wrong = replace(
        SALES,
        query=Text("DROP TABLE a"),
        input_checks=(Count("input_check[0]", Text("SELECT"), 1),),
        after=(Text("COMMIT"),),
    )
    with pytest.raises(ConfigError) as caught:
        plan(replace(wrong, input_checks=(Count("i", Text("SELECT 1; SELECT 2"), 1),)), "postgres")

    assert [
        "only a SELECT may stand here, this is DROP",
        SECOND,
        "COMMIT cannot stand here: the builder runs the transaction",
    ] == [problem.message for problem in caught.value.problems]


def test_plan_refuses_a_dialect_that_is_not_proven() -> None:
    """SQL of a dialect without a list is not sent: the error names those that there are."""
    with pytest.raises(ConfigError) as caught:
        plan(replace(SALES, dialect="redshfit"), "postgres")

    assert (
        "sales.py:1:1: SQL of the dialect `redshfit` cannot be translated "
        "(did you mean `redshift`?)"
    ) == str(caught.value)
    assert plan(replace(SALES, dialect="postgres"), "postgres") == plan(SALES, "postgres")
