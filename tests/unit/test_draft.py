"""What a draft says without a warehouse: its text reads back equal, its guesses are from names."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

import hypothesis
import pytest
from hypothesis import strategies as st

from builder.draft import Draft, draft, given, text_of
from builder.draft.facts import looks_like_key
from builder.draft.model import DraftCheck, Key
from builder.draft.names import name, words
from builder.draft.propose import least
from builder.errors import ConfigError
from builder.query import Rendered, plan, select
from builder.relation import Relation
from builder.summary import Count, Text

if TYPE_CHECKING:
    from collections.abc import Callable

    from builder.summary import Summary

SALES = Relation("analytics", "sales")
TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
NASTY = st.sampled_from(
    ["", "'", '"', '"""', "\\", "\\n", "{x}", "%s", "매출", "\t", "\r", "\x00", "\u2028"]
)
ANY = st.one_of(TEXTS, st.lists(NASTY).map("".join), st.text("ab \"'\\", min_size=100))
NUMBERS = st.integers(0, 10**12)


def entries(made: Draft) -> dict[str, Any]:
    """What the file of a draft holds, as Python reads it."""
    read = ast.literal_eval(text_of(made))
    assert isinstance(read, dict)
    return read


@hypothesis.settings(max_examples=80)
@hypothesis.given(
    ANY, ANY, st.dictionaries(ANY, ANY), st.lists(st.tuples(ANY, NUMBERS)), st.lists(ANY)
)
def test_what_is_written_is_read_back_equal(
    query: str,
    text: str,
    columns: dict[str, str],
    checks: list[tuple[str, int]],
    key: list[str],
) -> None:
    """Whatever a text holds, quotes, braces, backslashes or Korean, the file means just that."""
    made = Draft(
        Relation(text, text),
        query,
        text,
        text,
        text,
        columns,
        tuple(DraftCheck(sql, count, "why") for sql, count in checks),
        tuple(DraftCheck(sql, count, "why", "eq") for sql, count in checks),
        Key(tuple(key), "why"),
        (key,),
        (key, text),
    )
    every = {
        "table": text,
        "schema": text,
        "dialect": text,
        "connection": text,
        "description": text,
        "columns": columns,
        "input_check": [{"sql": sql, "count": count} for sql, count in checks],
        "main_sql": query,
        "primary_key": key,
        "unique": [key],
        "indexes": [key, text],
        "output_check": [{"sql": sql, "count": count, "op": "eq"} for sql, count in checks],
    }
    needed = ("table", "schema", "main_sql", "unique", "indexes")

    assert {k: v for k, v in every.items() if v or k in needed} == entries(made)


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT 'a\n  b' AS x",
        "SELECT $$a\n  b$$ AS x\nFROM t",
        'SELECT 1 AS "a\n  b"',
    ],
)
def test_text_over_several_lines_keeps_its_space(sql: str) -> None:
    """A query is indented only where that changes no value."""
    made = draft(SALES, given(sql, "postgres"), None)

    assert sql == entries(made)["main_sql"].strip()


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("SELECT 1 AS n;  -- the end", ["SELECT 1 AS n"]),
        ("\n  SELECT a,\n    b\n  FROM t\n", ["SELECT a,", "  b", "FROM t"]),
        (
            "SELECT a, count(DISTINCT b) AS b, extract(year FROM c) AS year_of_the_day FROM t "
            "LEFT OUTER JOIN u USING (a) WHERE a IS DISTINCT FROM 1 GROUP BY 1, 3",
            [
                "SELECT a, count(DISTINCT b) AS b, extract(year FROM c) AS year_of_the_day",
                "FROM t",
                "LEFT OUTER JOIN u USING (a)",
                "WHERE a IS DISTINCT FROM 1",
                "GROUP BY 1, 3",
            ],
        ),
        (
            f"SELECT a, coalesce(b, {'c' * 90}) AS b FROM t",
            ["SELECT", "    a,", f"    coalesce(b, {'c' * 90}) AS b", "FROM t"],
        ),
    ],
)
def test_query_is_laid_out_as_analysts_do(sql: str, expected: list[str]) -> None:
    """It stands indented between triple quotes; a long line gets its clauses on their own."""
    written = entries(draft(SALES, given(sql, "postgres"), None))["main_sql"]

    assert ["", *(f"        {line}" for line in expected), "    "] == written.split("\n")


EXPRESSIONS = st.sampled_from(
    ["a", "left(a, 1)", "(SELECT 1 FROM u)", "ARRAY[1, 2]", "count(*) FILTER (WHERE b)", "'FROM ,'"]
)
CLAUSES = st.sampled_from(
    ["LEFT JOIN u USING (a)", "CROSS JOIN LATERAL (SELECT 1, 2) AS v", "WHERE a IS DISTINCT FROM 1"]
)
COLUMNS = st.lists(EXPRESSIONS, min_size=1, max_size=9)
ENDS = st.sampled_from(["", "GROUP BY 1 ORDER BY 1, 2", "UNION SELECT a, b FROM v", "/* end, */"])


@hypothesis.settings(max_examples=50)
@hypothesis.given(
    st.lists(EXPRESSIONS, min_size=1, max_size=9), st.lists(CLAUSES, unique=True), ENDS
)
def test_layout_changes_space_alone(columns: list[str], clauses: list[str], end: str) -> None:
    """However a query is laid out, its words are the same."""
    ordered = sorted(clauses, key=lambda clause: clause.startswith("WHERE"))
    sql = " ".join(["SELECT", ", ".join(columns), "FROM t", *ordered, end])
    origin = given(sql, "postgres")

    assert origin.select.text.split() == origin.written.split()


@pytest.mark.parametrize(
    ("sql", "description", "key"),
    [
        ("SELECT day, 1 FROM a.b GROUP BY 1", "Sales: one row for each day, from a.b.", ["day"]),
        ("SELECT a.day, shop, 1 AS n FROM a.a GROUP BY a.day, shop", None, ["day", "shop"]),
        ("SELECT upper(x) AS u, 1 AS n FROM t GROUP BY upper(x)", None, ["u"]),
        ("SELECT upper(x) AS u, 1 AS n FROM t GROUP BY u", None, ["u"]),
        ("SELECT 1 AS n FROM t GROUP BY x", "Sales, from t.", []),
        ("SELECT x, y, 1 AS n FROM t GROUP BY ROLLUP (x, y)", None, []),
        ("SELECT x, y, 1 AS n FROM t GROUP BY GROUPING SETS ((x), (y))", None, []),
        ("SELECT x FROM t GROUP BY x UNION ALL SELECT x FROM u", "Sales, from t and u.", []),
        ("SELECT x FROM t GROUP BY 5", None, []),
        ("SELECT 1 AS n", "Sales.", []),
    ],
)  # fmt: skip
def test_key_is_what_a_query_groups_by(sql: str, description: str | None, key: list[str]) -> None:
    """All columns of GROUP BY are returned, or there is no key."""
    found = entries(draft(SALES, given(sql, "postgres"), None))

    assert key == found.get("primary_key", [])
    assert description in (None, found["description"])


def test_without_a_warehouse_nothing_is_claimed(read: Callable[..., Summary]) -> None:
    """The file is good, its numbers are the least, and it is said that none was measured."""
    made = draft(SALES, given("SELECT n FROM raw.t", "postgres"), None)
    summary = read(text_of(made))

    assert ("no warehouse was asked: nothing is measured",) == made.notices
    checks = (*summary.input_checks, *summary.output_checks)
    assert [1, 1] == [check.count for check in checks if isinstance(check, Count)]
    assert 2 == text_of(made).count("ut in the least number of rows that is right.")
    assert "raw.t" == str(plan(summary, "postgres").sources[0])


def test_dialect_and_connection_go_into_the_file() -> None:
    """A file in another dialect says so."""
    origin = given("SELECT NVL(a, 1) AS a FROM t", "redshift")
    made = draft(SALES, origin, None, dialect="redshift", connection="shop")

    assert ("redshift", "shop") == tuple(entries(made)[k] for k in ("dialect", "connection"))


@pytest.mark.parametrize(
    ("sql", "message"),
    [
        ("", "there is no SQL here"),
        ("SELECT 1; SELECT 2", "--from:1:11: a second statement begins here"),
        ("SELECT 1 AS a,\n2 AS a", "--from: the query returns two columns `a` .give one of them"),
        ("DELETE FROM t", "--from:1:1: only a SELECT may stand here"),
        ("SELECT a\nFROM t\nWHERE (", "--from:3:"),
        ("SELECT '\0'", "no text"),
        ("SELECT '\udc80'", "no text"),
        ("SELECT 1 AS n,\n'{table}' AS t", "--from:2:2: a build would fill {table} here"),
        ("SELECT 1 FROM analytics.sales", "analytics.sales cannot be made from itself"),
    ],
)
def test_query_that_makes_no_table_is_refused(sql: str, message: str) -> None:
    """The guard's words, with the line and column in the SQL as it was given."""
    with pytest.raises(ConfigError, match=message):
        draft(SALES, given(sql, "postgres"), None)


@pytest.mark.parametrize(
    ("rows", "expected"),
    [(1, 1), (2, 1), (18, 16), (99, 89), (545, 490), (155_670, 140_000), (10**9, 900_000_000)],
)
def test_bound_is_ninety_percent_rounded_down(rows: int, expected: int) -> None:
    """Two digits say it; the bound is never above what is there."""
    assert expected == least(rows)


@pytest.mark.parametrize(
    ("column", "expected"),
    [
        ("id", True), ("userid", True), ("user_id", True), ("created_at", True), ("bestDay", True),
        ("month", True), ("paid", False), ("is_valid", False), ("days", False), ("identity", False),
        ("amount", False), ("", False), ("매출", False),
    ],
)  # fmt: skip
def test_key_is_known_by_its_name(column: str, *, expected: bool) -> None:
    """The last word of a name says whether it tells rows apart."""
    assert expected is looks_like_key(column)


def test_words_of_a_name() -> None:
    """Words are apart by case, by digits and by what is no letter."""
    assert ["avg", "nps", "per", "day"] == words("avgNPS_per_day2")


@hypothesis.given(
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1)
)
@hypothesis.example("select")
@hypothesis.example("user")
@hypothesis.example('a"b')
def test_name_in_sql_is_that_name(column: str) -> None:
    """A name is in quotes where it needs them, and means the same column."""
    sql = f"SELECT {name(column, 'postgres')} FROM t"
    tree = select(Rendered(sql, Text(sql)), "postgres").tree

    assert tree is not None
    assert column == tree.expressions[0].name
