"""What lint says of files, and how it is said to people and to GitHub."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from builder.cli.findings import as_github, as_json, counted
from builder.cli.screen import plain, problem_lines, underlined, width_of
from builder.errors import Place, Problem
from builder.lint import Finding, files_named, lint
from builder.lint.columns import outputs_of
from builder.lint.paste import paste_lines
from builder.query import Rendered, select
from builder.relation import Relation
from builder.settings import Settings
from builder.summary import Column, Summary, Text

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sqlglot.expressions import Expr

IN_WHERE = "an aggregate cannot stand in WHERE"
NOT_NULL = "`<> null` is never true"
CHECK = "'output_check': [{'sql': 'SELECT COUNT(1) FROM {schema}.temp_{table}', 'count': 1}]"


@pytest.fixture
def problems_of(tmp_path: Path) -> Callable[..., list[str]]:
    """What is said of files by their names and queries; of those named only, if any are."""

    def problems_of(*names: str, **queries: str) -> list[str]:
        folder = tmp_path / "summaries"
        folder.mkdir(exist_ok=True)
        for name, query in queries.items():
            head = f"'table': '{name}', 'schema': 'a', {CHECK}, 'main_sql': "
            (folder / f"{name}.py").write_text(f"{{{head}{query!r}}}", encoding="utf-8")
        files, _ = files_named(names, tmp_path)
        return [one.problem.message for one in lint(files, Settings(tmp_path))[1]]

    return problems_of


# Columns


def called(node: Expr, words: Sequence[str]) -> str:
    """A name for every expression, of its first word."""
    return f"<{words[0]}>"


def names(sql: str) -> list[str | None]:
    """The columns that a query returns, stars as None."""
    found = outputs_of(select(Rendered(sql, Text(sql)), "postgres"), "postgres", called)
    return [None if output.is_star else output.name for output in found]


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ('SELECT A, b AS "B", t.C d, "E" FROM t', ["a", "B", "d", "E"]),
        ("SELECT *, t.*, a FROM t", [None, None, "a"]),
        ("SELECT f(a, b), g(c) + (SELECT x, y), d FROM t", ["<f>", "<g>", "d"]),
        ("SELECT DISTINCT ON (a, b) f(a), c FROM t", ["<f>", "c"]),
        ("WITH q AS (SELECT x, y FROM u) SELECT f(x), 1 FROM q", ["<f>", "<1>"]),
        ("((SELECT f(a) FROM t) UNION SELECT b FROM u)", ["<f>"]),
        ("SELECT CASE WHEN a THEN b END, (a), 1", ["<CASE>", "<(>", "<1>"]),
        ("SELECT f(a) WHERE true", ["<f>"]),
        ("VALUES (1, 2)", []),
    ],
)
def test_output_columns_of_a_query(sql: str, expected: list[str | None]) -> None:
    """Those of its first SELECT: unquoted names in lower case, others with their own words."""
    assert expected == names(sql)


def test_names_that_no_table_can_have(problems_of: Callable[..., list[str]]) -> None:
    """Every table has a column of its own that is called so; a name may stand there once."""
    assert [
        "no column can be called `ctid`: every table has one already",
        "two output columns are called `x`",
    ] == problems_of(sales="SELECT t.ctid, a AS x, b AS X, c AS x FROM t")


def test_a_name_that_is_cut_short_may_stand_twice(problems_of: Callable[..., list[str]]) -> None:
    """The warehouse keeps the first 63 bytes of it."""
    long = "x" * 63

    assert [f"two output columns are called `{long}`"] == problems_of(
        sales=f"SELECT a AS {long}1, b AS {long}2 FROM t"
    )


def test_columns_without_names_are_counted_from_some_number_on(
    problems_of: Callable[..., list[str]],
) -> None:
    """Nobody reads the same sentence a hundred times."""
    columns = ", ".join(f"f{number}(a)" for number in range(25))
    found = problems_of(sales=f"SELECT {columns} FROM t")

    assert 21 == len(found)
    assert "5 more output columns have no name of their own" in found


# Files together


def test_cycle_is_told_once(problems_of: Callable[..., list[str]]) -> None:
    """Of three that wait for each other, in the first that was asked for."""
    assert [] == problems_of(one="SELECT x FROM a.three", three="SELECT x FROM a.two")
    assert ["a cycle: a.one reads a.three, which reads a.two, which reads a.one"] == problems_of(
        two="SELECT x FROM a.one", four="SELECT x FROM a.one"
    )
    assert ["a cycle: a.two reads a.one, which reads a.three, which reads a.two"] == problems_of(
        "two"
    )
    assert [] == problems_of("four")


def test_a_check_may_read_what_is_live_beside_what_is_staged(tmp_path: Path) -> None:
    """Only a check that does not look at the staged table at all checks nothing."""
    checks = [
        "SELECT (SELECT COUNT(1) FROM {schema}.temp_{table}) - (SELECT COUNT(1) FROM a.sales)",
        "SELECT COUNT(1) FROM a.temp_sales",
        "WITH sales AS (SELECT 1 FROM {schema}.temp_{table}) SELECT COUNT(1) FROM sales",
        "SELECT COUNT(1) FROM other",
        "SELECT COUNT(1) FROM {schema}.{table}",
        "SELECT COUNT(1) FROM sales",
    ]
    content = {
        "table": "sales",
        "schema": "a",
        "main_sql": "SELECT x FROM t",
        "output_check": [{"sql": sql, "count": 1} for sql in checks],
    }
    file = tmp_path / "sales.py"
    file.write_text(repr(content), encoding="utf-8")

    assert [
        "`output_check[4]` reads the live table a.sales, which it does not check",
        "`output_check[5]` reads the live table sales, which it does not check",
    ] == [one.problem.message for one in lint([file], Settings(tmp_path))[1]]


# What can be pasted


def test_only_what_the_file_does_not_say_is_pasted() -> None:
    """A key that the file has is added to; what the file says otherwise stays the file's."""
    said = {
        "description": "there",
        "columns": {"a": "there", "b": "it's"},
        "primary_key": ["a"],
        "unique": [["b"], ["c"]],
        "indexes": [["a", "b"], "USING hash (a)"],
    }
    summary = Summary(
        Relation("a", "sales"),
        Text("SELECT 1"),
        description="here",
        columns=(Column("a", "here"),),
        unique=(("b",),),
        indexes=(Text("USING hash (a)"),),
        primary_key=("x",),
    )

    assert [
        "# into 'columns':",
        "    'b': \"it's\",",
        "# into 'unique':",
        "    ['c'],",
        "# into 'indexes':",
        "    ['a', 'b'],",
    ] == paste_lines(summary, said)
    assert [] == paste_lines(summary, {})


# How it is told

PLACE = Place(Path("summaries/sales.py"), 3, 8, "SELECT oops", 4)
ERROR = Finding(Problem("100% wrong\nhere", PLACE, "a: b, c"), PLACE.file, "a.sales")
WARNING = Finding(Problem("odd", severity="warning"))


def test_counts_are_sentences() -> None:
    """One is no plural."""
    assert "1 error and 1 warning in 1 file" == counted([ERROR, WARNING], 1)
    assert "0 errors and 2 warnings in 0 files" == counted([WARNING, WARNING], 0)


def test_finding_for_programs() -> None:
    """Null where nothing is known; the end is where the first character behind the word stands."""
    assert {
        "file": "summaries/sales.py",
        "line": 3,
        "column": 8,
        "end_column": 12,
        "severity": "error",
        "message": "100% wrong\nhere",
        "hint": "a: b, c",
        "table": "a.sales",
    } == as_json(ERROR)
    assert {None} == {as_json(WARNING)[key] for key in ("file", "line", "end_column", "table")}


def test_finding_for_github(monkeypatch: pytest.MonkeyPatch) -> None:
    """Percent signs and line ends are escaped everywhere, colons and commas in properties."""
    monkeypatch.setenv("GITHUB_WORKSPACE", "/repository")

    assert (
        "::error file=below/summaries/sales.py,line=3,col=8,endColumn=12,"
        "title=builder lint%3A a.sales::100%25 wrong%0Ahere%0Aa: b, c"
    ) == as_github(ERROR, Path("/repository/below"))
    assert "::warning title=builder lint::odd" == as_github(WARNING, Path())


def test_nothing_of_a_file_is_obeyed_by_a_terminal() -> None:
    """Each character that it would obey becomes one dot, so that the carets still stand right."""
    source = "a \x1b[2J\x9b\u202e oops"
    problem = Problem("\x1b]0;x\x07", Place(Path("\x1b.py"), 1, 10, source, 4), "\x1b[31m")
    text = "\n".join(line for line, _ in problem_lines(problem))

    assert text == plain(text)
    assert "    a ·[2J·· oops\n             ^^^^" in text


@pytest.mark.parametrize("room", [30, 76, 96])
def test_a_long_line_is_cut_around_the_word(room: int) -> None:
    """On a narrow terminal the word and its carets are still there."""
    source = f"{'x' * 200} oops {'y' * 200}"
    line, carets = underlined(source, 202, 4, room)

    assert width_of(line) <= room
    assert "oops" == line[carets.index("^") : carets.rindex("^") + 1]


def test_misspelt_staged_table_is_told(tmp_path: Path) -> None:
    """An output check that reads `tmp_…` checks nothing of what is about to be published."""
    (tmp_path / "summaries").mkdir()
    check = CHECK.replace("temp_", "tmp_")
    query = "'SELECT IFNULL(n, 0) AS n FROM t'"
    text = f"{{'table': 'sales', 'schema': 'a', {check}, 'main_sql': {query}}}"
    (tmp_path / "summaries" / "sales.py").write_text(text, encoding="utf-8")
    files, _ = files_named([], tmp_path)
    found = [one.problem for one in lint(files, Settings(tmp_path))[1]]

    assert [
        (
            "`output_check[0]` reads a.tmp_sales, which is not the staged table",
            "did you mean `{schema}.temp_{table}`?",
        ),
        ("PostgreSQL has no `IFNULL`", "write COALESCE(…)"),
    ] == [(problem.message, problem.hint) for problem in found]


def test_names_are_folded_as_the_dialect_does(tmp_path: Path) -> None:
    """Redshift folds quoted names as well; no warehouse folds letters beyond A to Z."""
    (tmp_path / "summaries").mkdir()
    query = 'SELECT userid AS "UserId", COUNT(1) AS "École" FROM raw.visits GROUP BY 1'
    content = {
        "table": "visits",
        "schema": "a",
        "dialect": "redshift",
        "main_sql": query,
        "primary_key": ["userid"],
        "columns": {"École": "visits"},
        "output_check": [{"sql": "SELECT COUNT(1) FROM {schema}.temp_{table}", "count": 1}],
    }
    (tmp_path / "summaries" / "visits.py").write_text(repr(content), encoding="utf-8")
    files, _ = files_named([], tmp_path)

    assert [] == lint(files, Settings(tmp_path))[1]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("SELECT a FROM t UNION SELECT a, b FROM u", ["a UNION of 1 and 2 columns"]),
        ("SELECT a, COUNT(1) AS n FROM t WHERE COUNT(1) > 1 GROUP BY a", [IN_WHERE]),
        ("SELECT a FROM t WHERE d > 2026-01-01", ["`2026-01-01` without quotes is a subtraction"]),
        ("SELECT a FROM t WHERE a = NULL OR b <> null", ["`= NULL` is never true", NOT_NULL]),
        ("SELECT a FROM t WHERE d > '2026-01-01' AND a IS NULL -- = NULL", []),
        ("SELECT a FROM t WHERE a > (SELECT MAX(a) FROM u) UNION ALL SELECT b FROM u", []),
        ("SELECT COUNT(1) FILTER (WHERE a > 1) AS n, 'a = NULL' AS b FROM t", []),
    ],
)
def test_doubtful_sql_is_told(
    problems_of: Callable[..., list[str]], query: str, expected: list[str]
) -> None:
    """What no server takes, and what every server takes for something else."""
    found = problems_of(sales=query)

    assert expected == found
