"""What is told of SQL that cannot be read: the word that is wrong, and the likely one."""

from __future__ import annotations

from pathlib import Path

import hypothesis
import pytest
from hypothesis import strategies as st

from builder.errors import ConfigError, Problem
from builder.query import render, select
from builder.query.commas import extra_commas
from builder.query.foreign import ADD, foreign_attributes, foreign_hint, foreign_words
from builder.query.misread import misread_words
from builder.query.spelling import KEYWORDS, likely_keywords, misspelt
from builder.query.text import Rendered
from builder.relation import Relation
from builder.summary import Text
from builder.summary.text import Source


def rendered(sql: str) -> Rendered:
    """SQL as a file has it, with a filled hole before nothing."""
    source = Source(Path("sales.py"), f'"""{sql}"""')
    return render(Text(sql, source, 0, len(source.text)), Relation("analytics", "sales"), {"p": 1})


def mistakes(sql: str, dialect: str = "postgres") -> list[Problem]:
    """Everything that is wrong in SQL that cannot be read."""
    with pytest.raises(ConfigError) as caught:
        select(rendered(sql), dialect)
    return list(caught.value.problems)


def word(problem: Problem) -> str:
    """What is underlined."""
    place = problem.place
    assert place is not None
    return place.source[place.column - 1 :][: place.width]


def told(sql: str) -> list[tuple[str, str, str]]:
    """Of each mistake the underlined word, the message and the hint."""
    return [(word(p), p.message, p.hint) for p in mistakes(sql)]


MISSPELT = [
    ("SELECT a, row_number() OVER (parition by b ORDER BY c) FROM t", "parition", "PARTITION"),
    ("SELECT row_number() OVER (PARTITION BY b ordrer by c) FROM t", "ordrer", "ORDER"),
    (
        "SELECT sum(x) OVER (ORDER BY c ROWS BETWEEN 1 PRECEDING AND 1 folloiwing) FROM t",
        "folloiwing",
        "FOLLOWING",
    ),
    ("SELECT a FROM t GRUOP BY a", "GRUOP", "GROUP"),
    ("SELECT a FROM t WEHRE a = 1", "WEHRE", "WHERE"),
    ("SELECT a FORM t", "FORM", "FROM"),
    ("SELECT a FORM t WHERE a = {p}", "FORM", "FROM"),
    ("SELECT a, {p} FORM t WHERE a = {p}", "FORM", "FROM"),
    ("SELCT a FROM t", "SELCT", "SELECT"),
    ("SELECT a FROM t JION u ON t.a = u.a", "JION", "JOIN"),
    ("SELECT a FROM t LEFT JION u ON t.a = u.a", "JION", "JOIN"),
    ("SELECT a FROM t JOIN u NO t.a = u.a", "NO", "ON"),
    ("SELECT a FROM t ORDER YB a", "YB", "BY"),
    ("SELECT a FROM t GROUP BY a HAVNG count(*) > 1", "HAVNG", "HAVING"),
    ("SELECT a FROM t LIMT 5", "LIMT", "LIMIT"),
    ("SELECT CASE WEHN a THEN 1 END FROM t", "WEHN", "WHEN"),
    ("SELECT CASE WHEN a THNE 1 END FROM t", "THNE", "THEN"),
    ("SELECT sum(CASE WHEN a THEN 1 ELS 0 END) FROM t", "ELS", "ELSE"),
    ("SELECT sum(CASE WHEN a THEN 1 ELSE 0 EDN) FROM t", "EDN", "END"),
    ("SELECT a FROM t UNOIN SELECT b FROM u", "UNOIN", "UNION"),
    ("SELECT a FROM t UNION ALLL SELECT b FROM u", "ALLL", "ALL"),
    ("SELECT a FROM t WHERE a BETWEN 1 AND 2", "BETWEN", "BETWEEN"),
    ("SELECT a FROM t WHERE a NTO IN (1, 2)", "NTO", "NOT"),
    ("SELECT a FROM t WHERE a = 1 ADN b = 2", "ADN", "AND"),
    ("WIHT x AS (SELECT 1) SELECT * FROM x", "WIHT", "WITH"),
    ("SELECT count(DISTINT a) FROM t", "DISTINT", "DISTINCT"),
    ("SELECT a FROM t ORDER BY a DSEC", "DSEC", "DESC"),
    ("SELECT a FROM t ORDER BY a NULLS LATS", "LATS", "LAST"),
    ("SELECT sum(a) OVR (PARTITION BY b) FROM t", "OVR", "OVER"),
    ("SELECT extract(day FORM ts) FROM t", "FORM", "FROM"),
    ("SELECT a FROM t WHERE b IN (SELECT c FORM u)", "FORM", "FROM"),
    ("SELECT a FROM t WHEE a = 1", "WHEE", "WHERE"),
    ("SELECT CASE HEN a THEN 1 END FROM t", "HEN", "WHEN"),
    ("SELECT a FROM (SEECT max(y) m FROM z WHERE z.a = 1) AS q", "SEECT", "SELECT"),
    ("SELECT DATE '2026-01-01' - INTERVL '1 day'", "INTERVL", "INTERVAL"),
]


@pytest.mark.parametrize(("sql", "wrong", "right"), MISSPELT, ids=[right for *_, right in MISSPELT])
def test_misspelt_keyword_is_underlined(sql: str, wrong: str, right: str) -> None:
    """Wherever the parser stumbled, the misspelt word is shown and the likely one is named."""
    assert [(wrong, f"`{wrong}` cannot be read here", f"did you mean `{right}`?")] == told(sql)


def test_every_misspelt_keyword_is_told() -> None:
    """Four in one query are four problems, in their order."""
    sql = "SELECT row_number() OVER (parition by b ordrer by c)\nFORM t\nGRUOP BY a"

    assert ["parition", "ordrer", "FORM", "GRUOP"] == [word(problem) for problem in mistakes(sql)]
    assert [1, 1, 2, 3] == [p.place.line for p in mistakes(sql) if p.place]


OTHER = [
    ("SELECT a b c FROM t", "c", "a comma is missing before `c`"),
    ("SELECT a AS x\n     , b AS y\n       c AS z\nFROM t", "c", "a comma is missing before `c`"),
    ("SELECT a\n     sum(b) AS y FROM t", "sum", "a comma is missing before `sum`"),
    ("SELECT date_trunc('month' ts) FROM t", "ts", "a comma is missing before `ts`"),
    # A column of that name is not taken for the keyword that it looks like.
    ("SELECT id form total FROM t", "total", "a comma is missing before `total`"),
    ("SELECT id ordr b FROM t", "b", "a comma is missing before `b`"),
    (
        "WITH x AS (SELECT 1) y AS (SELECT 2) SELECT * FROM x",
        "y",
        "a comma is missing before `y`",
    ),
    ("SELECT sum(a FROM t", "(", "this `(` is not closed"),
    ("SELECT a FROM (SELECT f(a FROM t) x", "(", "this `(` is not closed"),
    ("SELECT a FROM t WHERE (a = 1 AND b = 2", "(", "this `(` is not closed"),
    ("SELECT a FROM (SELECT b FROM t))", ")", "this `)` closes nothing"),
    ("SELECT CASE WHEN a THEN 1 FROM t", "CASE", "this `CASE` is not closed"),
    ("SELECT sum(CASE WHEN a THEN 1 ELSE 0) FROM t", "CASE", "this `CASE` is not closed"),
    ("WITH x AS (SELECT 1), SELECT * FROM x", ",", "this comma is one too many"),
    ("SELECT a FROM t WHERE AND a = 1", "AND", "`AND` joins nothing"),
    ("SELECT a FROM WHERE a = 1", "WHERE", "the name of a table is missing before `WHERE`"),
    (
        "SELECT a FROM t WHERE",
        "WHERE",
        "the SQL ends too early: something is missing after `WHERE`",
    ),
    ("SELECT a FROM t WHERE a IN 1, 2", "IN", "`IN` wants its values in brackets"),
    ("SELECT a FROM t GROUP a", "GROUP", "`BY` is missing after `GROUP`"),
    ("SELECT a FROM t LEFT u ON t.a = u.a", "LEFT", "`JOIN` is missing after `LEFT`"),
    ("WITH x AS SELECT 1 SELECT * FROM x", "SELECT", "`(` is missing before `SELECT`"),
]


@pytest.mark.parametrize(("sql", "wrong", "message"), OTHER, ids=[sql for sql, *_ in OTHER])
def test_what_is_missing_or_too_much_is_said(sql: str, wrong: str, message: str) -> None:
    """Where no word is misspelt, none is accused: what is there or missing is said."""
    assert [(wrong, message)] == [told_of[:2] for told_of in told(sql)]


def test_every_missing_comma_is_told() -> None:
    """Two lines without their commas are two problems."""
    sql = "SELECT a,\n  b AS x\n  c AS d,\n  e AS y\n  f AS g\nFROM t"

    assert ["c", "f"] == [word(problem) for problem in mistakes(sql)]


@pytest.mark.parametrize(
    ("sql", "before"),
    [
        ("SELECT a, FROM t", "`FROM`"),
        ("SELECT a, -- the last\n FROM t", "`FROM`"),
        ("SELECT a,, b FROM t", "`,`"),
        ("SELECT a FROM t, WHERE a = 1", "`WHERE`"),
        ("SELECT a FROM t GROUP BY a, ORDER BY a", "`ORDER BY`"),
        ("SELECT a FROM t ORDER BY a,", "the end"),
        ("SELECT f(a,) FROM t", "`)`"),
    ],
)
def test_comma_with_nothing_after_it_is_told(sql: str, before: str) -> None:
    """sqlglot reads over it and PostgreSQL does not."""
    found = extra_commas(rendered(sql), "postgres")

    assert [(",", f"a comma stands before {before}")] == [(word(p), p.message) for p in found]


@pytest.mark.parametrize(
    "sql", ["SELECT a, b FROM t", "SELECT ',FROM', \",)\", a -- , FROM\n, b FROM t", "SELECT 1"]
)
def test_other_commas_are_left_alone(sql: str) -> None:
    """In quotes and comments too."""
    assert [] == extra_commas(rendered(sql), "postgres")


@hypothesis.given(st.sampled_from(KEYWORDS), st.data())
def test_two_swapped_letters_are_found(keyword: str, data: st.DataObject) -> None:
    """Swapping two neighbours makes the keyword, another one, or a word that leads to it."""
    at = data.draw(st.integers(0, len(keyword) - 2))
    swapped = keyword[:at] + keyword[at + 1] + keyword[at] + keyword[at + 2 :]

    assert swapped in KEYWORDS or keyword in likely_keywords(swapped.lower())


@pytest.mark.parametrize(
    "name", ["id", "ts", "userid", "channel", "amount", "x1", "from", "매출", ""]
)
def test_a_name_is_no_misspelt_keyword(name: str) -> None:
    """Neither short names nor keywords themselves look like a mistake."""
    assert [] == likely_keywords(name)


def test_misspelt_word_before_the_place_where_a_server_stumbled() -> None:
    """A server, too, takes a misspelt keyword for a name first."""
    assert "`TABEL`: did you mean `TABLE`?" == misspelt("CREATE TEMP TABEL x AS", 18)
    assert "" == misspelt("SELECT userid, channel FROM x", 16)


@pytest.mark.parametrize(
    ("sql", "wrong", "right"),
    [
        ("SELECT a FROM t LETF JOIN u USING (a)", "LETF", "LEFT"),
        ("SELECT DISTINT a FROM t", "DISTINT", "DISTINCT"),
        ("SELECT a FROM t WHERE EXSITS (SELECT 1)", "EXSITS", "EXISTS"),
        ("SELECT a FROM t JOIN LATERL (SELECT 1) AS u ON true", "LATERL", "LATERAL"),
    ],
)
def test_keyword_that_is_read_as_a_name_is_warned_of(sql: str, wrong: str, right: str) -> None:
    """Such SQL can be read, and means something else."""
    query = rendered(sql)
    select(query, "postgres")

    assert [("warning", wrong, f"did you mean `{right}`?")] == [
        (p.severity, word(p), p.hint) for p in misread_words(query, "postgres")
    ]


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT using_it(a), lateral_view(b), x.usig(c) FROM t LEFT JOIN u USING (a)",
        "SELECT distance d, 'LETF JOIN', \"usig\"(1) FROM t -- LETF JOIN",
        "SELECT existing(a), lower(b) FROM orders o JOIN users u ON o.a = u.a",
    ],
)
def test_names_that_are_meant_are_not_warned_of(sql: str) -> None:
    """Names that are far from a keyword, in quotes, in texts and in comments."""
    assert [] == list(misread_words(rendered(sql), "postgres"))


# Redshift's SQL without the dialect


@pytest.mark.parametrize(
    ("sql", "wrong"),
    [
        ("SELECT a FROM t QUALIFY row_number() OVER (ORDER BY a) = 1", "QUALIFY"),
        ("SELECT TOP 5 a FROM t", "TOP"),
        ("SELECT DISTINCT top 5 a FROM t", "top"),
        ("SELECT APPROXIMATE COUNT(DISTINCT a) FROM t", "APPROXIMATE"),
        ("SELECT a FROM t MINUS SELECT a FROM u", "MINUS"),
    ],
)
def test_clause_of_redshift_is_answered_with_the_line_to_add(sql: str, wrong: str) -> None:
    """What PostgreSQL cannot have is an error with the remedy."""
    assert [(wrong, f"`{wrong}` is Redshift's", ADD)] == told(sql)


@pytest.mark.parametrize(
    "sql", ["SELECT top, minus, approximate FROM t", "SELECT a AS top FROM minus"]
)
def test_the_same_words_may_be_names(sql: str) -> None:
    """A column called `top` is nobody's dialect."""
    assert select(rendered(sql), "postgres").sources


def test_functions_of_redshift_are_warned_of_once_each() -> None:
    """They could be somebody's own: the file is not refused."""
    sql = (
        "SELECT NVL(a, 0), nvl(b, 1), len(c), decode(a, 1, 'x', 'y'), SYSDATE, my.getdate() "
        "FROM t -- MEDIAN(a)"
    )
    found = list(foreign_words(rendered(sql), "postgres"))

    assert ["NVL", "len", "decode", "SYSDATE"] == [word(problem) for problem in found]
    assert {("warning", ADD)} == {(problem.severity, problem.hint) for problem in found}


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT decode('aa', 'hex'), nvl, t.len, 'NVL(a, 0)', \"nvl\"(1, 2), a AS sysdate FROM t",
        "SELECT coalesce(a, b), length(c) FROM t",
    ],
)
def test_other_functions_are_not(sql: str) -> None:
    """Names, texts and PostgreSQL's own functions are left alone."""
    assert [] == list(foreign_words(rendered(sql), "postgres"))


def test_nothing_is_foreign_where_the_dialect_has_it() -> None:
    """With the dialect said, its functions and clauses are its own."""
    sql = rendered("SELECT NVL(a, 0) FROM t QUALIFY row_number() OVER (ORDER BY a) = 1")

    assert [] == list(foreign_words(sql, "redshift"))
    assert select(sql, "redshift").sources
    assert "" == foreign_hint("NVL", "redshift")
    assert f"`NVL` is Redshift's: {ADD}" == foreign_hint("NVL", "postgres")


def test_attributes_of_redshift_tables() -> None:
    """DISTKEY says whose file it is."""
    [problem] = foreign_attributes(rendered("DISTKEY(userid) SORTKEY(ts)").origin, "postgres")

    assert ("DISTKEY", "warning", ADD) == (word(problem), problem.severity, problem.hint)
