"""Other dialects' functions on PostgreSQL, against the values that their makers document."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING

import psycopg2
import pytest
from integration.dialect_values import PROOFS, Proof
from integration.dialect_values.queries import QUERIES, TABLES
from integration.test_redshift import listed, same, translated

from builder.query import Rendered, plan, select
from builder.query.translate import LANGUAGES, translate
from builder.query.translate.kinds import kind_of_type
from builder.query.translate.script import translate_script
from builder.relation import Relation
from builder.summary import Count, Summary, Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from integration.redshift_values import Documented
    from psycopg2.extensions import connection

    from builder.engines import embedded
    from builder.query.translate.kinds import Shape


def given(sql: str, asked: connection) -> list[object]:
    """The values of one column that PostgreSQL gives."""
    cursor = asked.cursor()
    cursor.execute(sql)
    return [row[0] for row in cursor.fetchall()]


def proven(proof: Proof) -> list[Documented]:
    """The values that are to be had."""
    return [v for v in proof.values if not listed(v, [*proof.refused, *proof.different])]


CASES = [(proof.dialect, value) for proof in PROOFS for value in proven(proof)]
DIALECTS = pytest.mark.parametrize("proof", PROOFS, ids=[proof.dialect for proof in PROOFS])


@pytest.mark.parametrize(
    ("dialect", "value"), CASES, ids=[f"{d} {v.page} {v.sql}"[:100] for d, v in CASES]
)
def test_value_is_the_documented_one(dialect: str, value: Documented, asked: connection) -> None:
    """What a query gives on PostgreSQL is what its dialect's manual says it gives."""
    made = translated(value.sql, dialect)
    found = given(made.sql.text, asked) if not made.problems else []

    assert () == made.problems
    assert len(value.expected) == len(found), made.sql.text
    assert all(map(same, value.expected, found)), (value.expected, found, made.sql.text)


@DIALECTS
def test_what_cannot_be_had_is_refused_by_name(proof: Proof) -> None:
    """Each documented value that is not translated has an error that names what is not."""
    for value in proof.values:
        if words := listed(value, [*proof.refused]):
            messages = [one.message for one in translated(value.sql, proof.dialect).problems]

            assert any(words in message for message in messages), (value.sql, messages)


@DIALECTS
def test_known_difference_is_still_there(proof: Proof, asked: connection) -> None:
    """A difference that the documentation tells of is one: else it is to be told no longer."""
    for difference in proof.different:
        is_different = False
        for value in proof.values:
            if listed(value, [difference]):
                try:
                    found = given(translated(value.sql, proof.dialect).sql.text, asked)
                    is_different |= [*value.expected] != found
                except psycopg2.Error:
                    is_different = True

        assert is_different, difference


@DIALECTS
def test_every_function_on_the_list_has_a_documented_value(proof: Proof) -> None:
    """No function is translated that no value proves."""
    shown = " ".join(value.sql.upper() for value in proven(proof))
    called = {*re.findall(r"(\w+)\(", shown)}
    missing = [name for name in LANGUAGES[proof.dialect].functions if name not in called]

    assert [] == missing


@DIALECTS
def test_every_reason_to_refuse_or_differ_has_a_value(proof: Proof) -> None:
    """No refusal and no difference is listed that no value shows."""
    idle = [
        where
        for where in (*proof.refused, *proof.different)
        if not any(listed(value, [where]) for value in proof.values)
    ]

    assert [] == idle


@pytest.fixture
def shop(server: embedded.Server) -> Iterator[connection]:
    """A session that alone sees a small shop."""
    session = psycopg2.connect(server.url)
    session.cursor().execute(TABLES)
    yield session
    session.close()


@pytest.mark.parametrize("dialect", QUERIES)
def test_whole_query_gives_the_rows_of_one_written_by_hand(dialect: str, shop: connection) -> None:
    """A query in a dialect's own style means what a PostgreSQL user would write for it."""
    cursor = shop.cursor()
    columns = {}
    for name in ("orders", "customers"):
        cursor.execute(
            "SELECT attname, format_type(atttypid, atttypmod) FROM pg_attribute "
            "WHERE attrelid = %s::regclass AND attnum > 0 ORDER BY attnum",
            [f"shop.{name}"],
        )
        shape: Shape = [(column, kind_of_type(kind)) for column, kind in cursor.fetchall()]
        columns[Relation("shop", name)] = shape
    written, by_hand = QUERIES[dialect]
    found = select(Rendered(written, Text(written)), dialect, as_written=True)
    assert found.tree is not None
    made = translate(found.sql, found.tree, dialect, columns)
    assert () == made.problems
    cursor.execute(made.sql.text)
    rows = cursor.fetchall()
    cursor.execute(by_hand)
    expected = cursor.fetchall()

    assert len(expected) == len(rows)
    for row, wanted in zip(rows, expected, strict=True):
        assert all(map(same, map(_number, wanted), map(_number, row))), (wanted, row)


def _number(value: object) -> object:
    return float(value) if isinstance(value, Decimal) else value


COUNT = "SELECT count(*) FROM {schema}.temp_{table}"
ODD = "it's a \\ and \\' too"


@pytest.mark.parametrize("dialect", QUERIES)
def test_holes_are_filled_in_the_words_of_the_dialect(dialect: str, asked: connection) -> None:
    """Names and parameters come out as they are, whatever quotes and backslashes mean there."""
    summary = Summary(
        Relation("shop", "daily"),
        Text("SELECT {text} AS x, '{schema}' AS y FROM {schema}.temp_{table}"),
        output_checks=(Count("output_check[0]", Text(COUNT), 1),),
        params={"text": ODD},
        dialect=dialect,
    )
    made = plan(summary, "postgres", lambda _: {Relation("shop", "temp_daily"): {"x": "text"}})
    value = made.main.text.partition(" AS ")[0]

    assert [ODD] == given(value, asked)
    assert [Relation("shop", "temp_daily")] == [*made.main.sources]
    assert "shop.temp_daily" in made.outputs[0][1].text.replace('"', "")


T = "(SELECT 1 AS a, 2.5 AS n, CAST(1.5 AS DOUBLE) AS f, 'x' AS x, DATE '2024-01-31' AS d) AS t"
REFUSALS = [
    ("snowflake", "a FROM t GROUP BY ALL", "ALL is not translated"),
    ("snowflake", f"* EXCLUDE (a) FROM {T}", "leaving columns out of * is not translated"),
    ("snowflake", "a FROM t SAMPLE (10)", "SAMPLE is not translated"),
    ("snowflake", "a FROM t AT(OFFSET => -60)", "WHEN is not translated"),
    ("snowflake", "a FROM t, LATERAL FLATTEN(input => x)", "LATERAL is not translated"),
    ("snowflake", "CAST('abc' AS VARCHAR(2))", "the type VARCHAR(2) is not translated"),
    ("snowflake", "'a' LIKE ANY ('a%', 'b%')", "LIKE with ANY or ALL is not translated"),
    ("snowflake", f"f || x FROM {T}", "`||` of float is not translated"),
    ("snowflake", f"DATEADD(day, n, d) FROM {T}", "DATEADD needs a whole number, n is none"),
    ("snowflake", f"DATE_TRUNC('month', x) FROM {T}", "DATE_TRUNC of a text is not translated"),
    ("snowflake", "REGEXP_REPLACE('a', 'b')", "the function REGEXP_REPLACE is not translated"),
    ("bigquery", "1 FROM UNNEST([1, 2])", "UNNEST is not translated"),
    ("bigquery", "a FROM `project.dataset.table`", "a name of three parts is not translated"),
    ("bigquery", "r'a'", "RAW STRING is not translated"),
    ("bigquery", "a FROM t FOR SYSTEM_TIME AS OF CURRENT_TIMESTAMP()", "VERSION is not translated"),
    ("bigquery", "a FROM t |> WHERE a > 1", "pipes are not translated: write SELECT"),
    ("bigquery", "ARRAY_AGG(1)", "the function ARRAY_AGG is not translated"),
    ("bigquery", f"CAST(x AS TIMESTAMP) FROM {T}", "CAST of a text to a time with a zone"),
    ("bigquery", "CAST('abc' AS STRING(2))", "the type TEXT(2) is not translated"),
    ("mysql", "a FROM t GROUP BY a WITH ROLLUP", "WITH ROLLUP is not translated"),
    ("mysql", "t.a FROM t STRAIGHT_JOIN u ON t.a = u.a", "STRAIGHT_JOIN JOIN is not translated"),
    ("mysql", "1 XOR 0", "XOR is not translated"),
    ("mysql", "'a' REGEXP 'b'", "REGEXP LIKE is not translated"),
    ("mysql", "COUNT(DISTINCT 1, 2)", "COUNT of several columns is not translated"),
    ("mysql", f"d + 1 FROM {T}", "a date and a number are not added up: use an interval"),
    ("mysql", "'2024-01-31' + INTERVAL 1 DAY", "an interval is added to a date only"),
    ("mysql", "IF('a', 1, 2)", "IF needs a condition, 'a' is of the type text"),
    ("mysql", "WEEK('2008-02-20')", "the function WEEK is not translated"),
    ("spark", "a FROM t LEFT SEMI JOIN u ON t.a = u.a", "SEMI JOIN is not translated"),
    ("spark", "a FROM t LEFT ANTI JOIN u ON t.a = u.a", "ANTI JOIN is not translated"),
    ("spark", "a FROM t LATERAL VIEW explode(x) e AS y", "LATERALS is not translated"),
    ("spark", "a FROM t DISTRIBUTE BY a", "DISTRIBUTE is not translated"),
    ("spark", "'a' RLIKE 'b'", "REGEXP LIKE is not translated"),
    ("spark", "sum(1) FILTER (WHERE true)", "FILTER is not translated"),
    ("spark", "a FROM t QUALIFY ROW_NUMBER() OVER (ORDER BY a) = 1", "QUALIFY is not translated"),
    ("spark", f"CAST(f AS STRING) FROM {T}", "CAST of float to a text is not translated"),
]


@pytest.mark.parametrize(
    ("dialect", "sql", "message"), REFUSALS, ids=[f"{d} {s}"[:60] for d, s, _ in REFUSALS]
)
def test_construct_without_a_proof_is_refused_by_name(dialect: str, sql: str, message: str) -> None:
    """What means something else here, or is not known to mean the same, is said to be refused."""
    messages = [problem.message for problem in translated(f"SELECT {sql}", dialect).problems]

    assert any(message in one for one in messages), messages


SCRIPTS = [
    ("bigquery", "CREATE OR REPLACE TABLE z AS SELECT 1 AS a", "CREATE OR REPLACE TABLE is not"),
    ("bigquery", "DECLARE x INT64", "DECLARE is not translated"),
    ("mysql", "DELETE t FROM s.t JOIN s.u ON t.a = u.a", "DELETE of several tables is not"),
    ("mysql", "UPDATE s.t JOIN s.u ON t.a = u.a SET t.x = 1", "UPDATE of several tables is not"),
    ("mysql", "INSERT INTO t (a) VALUES (1) ON DUPLICATE KEY UPDATE a = 2", "CONFLICT is not"),
    ("mysql", "CREATE TABLE z (a INT AUTO_INCREMENT)", "AUTOINCREMENT of a column is not"),
    ("mysql", "CREATE TABLE z (a INT DEFAULT 0)", "DEFAULT of a column is not translated"),
    ("snowflake", "CREATE TABLE z CLONE s.t", "CLONE is not translated"),
    ("spark", "INSERT OVERWRITE TABLE s.t SELECT 1", "OVERWRITE is not translated"),
]


@pytest.mark.parametrize(
    ("dialect", "sql", "message"), SCRIPTS, ids=[f"{d} {s}"[:60] for d, s, _ in SCRIPTS]
)
def test_statement_without_a_proof_is_refused_by_name(dialect: str, sql: str, message: str) -> None:
    """A statement before or after the query is translated by the same lists."""
    made = translate_script(Rendered(sql, Text(sql)), dialect, {})
    messages = [problem.message for problem in made.problems]

    assert any(message in one for one in messages), messages


@pytest.mark.parametrize(
    ("dialect", "sql", "expected"),
    [
        ("snowflake", 'A, "A", "b c", Order_Id AS X', 'a, "A", "b c", order_id AS x'),
        ("bigquery", "A, `B c`, Order_Id AS `X`", 'a, "b c", order_id AS "x"'),
        ("mysql", "A, `B c`, Order_Id AS `X`", 'a, "b c", order_id AS "x"'),
        ("spark", "A, `B c`, Order_Id X", 'a, "b c", order_id AS x'),
    ],
)
def test_names_are_those_of_the_warehouse(dialect: str, sql: str, expected: str) -> None:
    """Names without quotes are in lower case, and so are quoted ones where quotes keep no case."""
    made = translated(f"SELECT {sql} FROM S.T", dialect).sql.text

    assert f"SELECT {expected} FROM s.t" == " ".join(made.split())


@pytest.mark.parametrize("dialect", ["bigquery", "mysql", "spark"])
def test_window_may_have_a_name(dialect: str, asked: connection) -> None:
    """WINDOW gives a window a name, and its order puts NULLs where the dialect does."""
    rows = "(SELECT 1 AS id, 10 AS v UNION ALL SELECT 2, NULL) AS t"
    made = translated(
        f"SELECT ROW_NUMBER() OVER w FROM {rows} WINDOW w AS (ORDER BY v) ORDER BY id", dialect
    )

    assert [2, 1] == given(made.sql.text, asked)
