"""`builder new` without a warehouse: names, files that are there, what it refuses and writes."""

from __future__ import annotations

import json
import signal
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from builder.cli.app import app
from builder.summary import load_summary

if TYPE_CHECKING:
    from pathlib import Path

    from typer.testing import Result

OFFLINE = ("--offline", "--from", "SELECT n FROM raw.t")


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with three good summary files and a broken one; its warehouse is not there."""
    monkeypatch.setenv("BUILDER_DATABASE_URL", "postgresql://me:geheim@127.0.0.1:1/none")
    folder = tmp_path / "summaries"
    folder.mkdir()
    for name, schema in (("a", "mart"), ("b", "mart"), ("c", "other")):
        text = repr({"table": name, "schema": schema, "main_sql": "SELECT 1 AS n"})
        (folder / f"{name}.py").write_text(text)
    (folder / "broken.py").write_text("{")
    return tmp_path


def run(project: Path, *arguments: str, given: str | None = None) -> Result:
    """`builder new` in the project, in this process."""
    handlers = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGHUP)}
    try:
        return CliRunner().invoke(app, ["new", *arguments, "--project", str(project)], input=given)
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)


@pytest.mark.parametrize(
    ("arguments", "target"),
    [
        (("sales", *OFFLINE), "mart.sales"),
        (("shop.sales", *OFFLINE), "shop.sales"),
        (("sales", "--schema", "shop", *OFFLINE), "shop.sales"),
        (("shop.sales", "--schema", "shop", *OFFLINE), "shop.sales"),
        (("매출", *OFFLINE), "mart.매출"),
    ],
)
def test_schema_is_named_or_that_of_most_others(
    project: Path, arguments: tuple[str, ...], target: str
) -> None:
    """Where the other summaries go, unless it is said; a broken file is no hindrance."""
    done = run(project, *arguments)
    summary = load_summary(project / "summaries" / f"{target.split('.')[1]}.py")

    assert (0, target) == (done.exit_code, str(summary.target))
    assert "no warehouse was asked" in done.stdout


def test_first_summary_of_a_project_goes_to_analytics(tmp_path: Path) -> None:
    """The folder is made, too."""
    done = run(tmp_path, "sales", *OFFLINE)

    assert 0 == done.exit_code
    assert "analytics" == load_summary(tmp_path / "summaries" / "sales.py").target.schema


def test_query_comes_from_stdin(project: Path) -> None:
    """`--from -` reads the query that is piped in."""
    done = run(project, "sales", "--offline", "--from", "-", given="SELECT 매출\r\nFROM raw.t;\n")

    assert 0 == done.exit_code
    expected = "\n        SELECT 매출\n        FROM raw.t\n    "
    assert expected == load_summary(project / "summaries" / "sales.py").query.value


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("a", *OFFLINE), "summaries/a.py is there already: no file is overwritten\n"),
        (("broken", *OFFLINE), "summaries/broken.py is there already: no file is overwritten\n"),
        (("other.a", *OFFLINE), "summaries/a.py is there already: no file is overwritten\n"),
        (("sales", "--offline"), "--offline: only --from can be read without a warehouse\n"),
        (("sales", "--offline", "--from-table", "t"), "--offline: only --from can be read"),
        (("sales", "--from", "SELECT 1", "--from-table", "t"), "--from and --from-table both say"),
        (("shop.sales", "--schema", "mart", *OFFLINE), "shop.sales and --schema mart name two"),
        (("x" * 59, *OFFLINE), "the name of a table has 1 to 58 bytes, not 59\n"),
        (("", *OFFLINE), "'': the name of a table has 1 to 58 bytes, not 0\n"),
        (("mart.", *OFFLINE), "'': the name of a table has 1 to 58 bytes, not 0\n"),
        (("sales", "--schema", "매" * 22, *OFFLINE), "a schema has 1 to 63 bytes, not 66\n"),
        (("../sales", *OFFLINE), "cannot be the name of a"),
        (("a/b", *OFFLINE), "'a/b' cannot be the name of a table: letters, digits and _ can\n"),
        (("a\nb", *OFFLINE), "cannot be the name of a table"),
        (("a.b.c", *OFFLINE), "'a.b' cannot be the name of a schema"),
        (("{table}", *OFFLINE), "cannot be the name of a table"),
        (("__init__", *OFFLINE), "cannot be the name of a table"),
        (("sales", "--offline", "--from", "SELEC 1"), "--from:1:1: "),
        (("sales", "--offline", "--from", "SELECT a,\nFROM"), "--from:2:"),
        (("sales", *OFFLINE, "--dialect", "klingon"), "the dialect `klingon` is not known"),
    ],
)
def test_what_cannot_be_written_is_told_and_nothing_is(
    project: Path, arguments: tuple[str, ...], message: str
) -> None:
    """Exit code 2, one sentence, and the files are as they were."""
    before = {file: file.read_text() for file in project.rglob("*") if file.is_file()}
    done = run(project, *arguments)

    assert (2, "") == (done.exit_code, done.stdout)
    assert done.stderr.startswith("error: ")
    assert message in done.stderr
    assert before == {file: file.read_text() for file in project.rglob("*") if file.is_file()}


def test_query_is_read_before_a_warehouse_is_asked(project: Path) -> None:
    """A typing error is told although the server is away."""
    done = run(project, "sales", "--from", "SELECT (1")

    assert (2, "error: --from:1:") == (done.exit_code, done.stderr[:16])


def test_warehouse_that_cannot_be_reached_leaves_no_file(project: Path) -> None:
    """A file without numbers would stand in the way of a better one: it has to be asked for."""
    done = run(project, "sales", "--from", "SELECT 1 AS n")

    assert 3 == done.exit_code
    assert "--from 'SELECT …' --offline writes a file without numbers" in done.stderr
    assert "geheim" not in done.output
    assert not (project / "summaries" / "sales.py").exists()


def test_dialect_is_written_where_it_is_given(project: Path) -> None:
    """What the project's settings say need not stand in the file."""
    query = ("--offline", "--from", "SELECT TOP 5 a FROM t")
    given = run(project, "given", *query, "--dialect", "redshift")
    (project / "pyproject.toml").write_text("[tool.builder]\ndialect = 'redshift'\n")
    usual = run(project, "usual", *query)

    assert (0, 0) == (given.exit_code, usual.exit_code)
    assert ["redshift", None] == [
        load_summary(project / "summaries" / f"{name}.py").dialect for name in ("given", "usual")
    ]


def test_answer_for_programs(project: Path) -> None:
    """The file, its table, sources and key, what was left out, and what to do next."""
    done = run(project, "sales", *OFFLINE, "--output", "json")

    assert {
        "file": "summaries/sales.py",
        "table": "mart.sales",
        "sources": ["raw.t"],
        "primary_key": [],
        "notices": ["no warehouse was asked: nothing is measured"],
        "next": ["builder build sales --no-publish", "builder build sales"],
    } == json.loads(done.stdout)
