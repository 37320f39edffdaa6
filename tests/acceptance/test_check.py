"""`builder check`: the checks of what is there now, as a user asks for them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as Xml

import pytest

if TYPE_CHECKING:
    from rig import Database, Project

CHECKS = [
    {"sql": "SELECT COUNT(1) FROM {schema}.temp_{table}", "count": 5, "max_change": 0.5},
    {"expect": "expect_column_values_to_be_between", "column": "n", "max_value": 5},
    {"sum": "n", "max_change": {"down": 0.1}},
]
FIVE = "SELECT n, 'w' || n AS word FROM generate_series(1, 5) AS n"
KEYS = (
    *("label", "kind", "what", "on", "sql", "op", "wanted", "measured", "low", "high"),
    *("found", "expected", "passed", "severity", "reason", "notes", "failing", "seconds"),
)


@pytest.fixture
def built(project: Project) -> Project:
    """A project whose table is live."""
    project.write("numbers", {"main_sql": FIVE, "output_check": CHECKS})
    assert 0 == project.run("build", "numbers").returncode
    return project


def break_it(database: Database) -> None:
    """Seven more rows that the file's checks do not allow, by hand."""
    database.rows("INSERT INTO analytics.numbers SELECT n + 100, 'x' FROM generate_series(1, 7) n")


def test_live_table_that_is_right(built: Project) -> None:
    """Exit 0, each check with what it measured, and nothing is built."""
    runs = len(built.json("history"))
    done = built.run("check", "numbers")

    assert (0, "") == (done.returncode, done.stderr)
    assert "✓ check         the live table" in done.stdout
    assert "✓ 0 of 5 fail (wanted none)" in done.stdout
    assert "checked analytics.numbers in " in done.stdout
    assert runs == len(built.json("history"))


def test_live_table_that_is_wrong(built: Project, database: Database) -> None:
    """Exit 1, and each check that failed stands in the error; five of its rows are shown."""
    break_it(database)
    done = built.run("check", "numbers")

    assert 1 == done.returncode
    assert (
        "error: analytics.numbers is not as it should be: output_check[0]: 12, wanted ≥ 5 and 2.5 "
        "to 7.5 (5 on "
    ) in done.stderr
    assert "output_check[1]: 7 of 12 fail, wanted none." in done.stderr
    assert "live table is as it was" not in done.stderr
    assert "… and 2 more" in done.stdout
    assert "SELECT" not in done.stdout.partition("7 of 12 fail")[2].partition("sum of n")[0]


@pytest.mark.parametrize(("rows", "shown"), [("0", 0), ("2", 2), ("50", 7)])
def test_more_rows_and_what_finds_them(
    built: Project, database: Database, rows: str, shown: int
) -> None:
    """`--rows N` shows so many, and the query that finds all of them, which can be run."""
    break_it(database)
    done = built.run("check", "numbers", "--rows", rows)
    (answer,) = built.json("check", "numbers", "--rows", rows)
    failing = answer["checks"][1]["failing"]

    assert shown == done.stdout.count("  x\n")
    assert (7, 12, shown) == (failing["count"], failing["of"], len(failing["rows"]))
    assert 7 == len(built.json("sql", failing["sql"])["rows"])
    assert failing["sql"] in done.stdout


def test_answer_for_programs(built: Project, database: Database) -> None:
    """Every check has the same keys, numbers are numbers, and the error is told with its checks."""
    (good,) = built.json("check", "numbers")
    break_it(database)
    done = built.run("check", "numbers", "--output", "json")
    (bad,) = json.loads(done.stdout)

    assert ("check", "checked", None) == (good["action"], good["status"], good["error"])
    assert [KEYS] * 3 == [tuple(one) for one in good["checks"]]
    assert [("count", 5), ("expectation", 0), ("measure", 15)] == [
        (one["kind"], one["measured"]) for one in good["checks"]
    ]
    assert (1, "failed", "ChecksFailed") == (
        done.returncode,
        bad["status"],
        bad["error"]["type"],
    )
    assert [(False, 5, 7.5), (False, None, None), (True, 13.5, None)] == [
        (one["passed"], one["low"], one["high"]) for one in bad["checks"]
    ]


def test_staged_table(built: Project) -> None:
    """`--staged` is of what a build without publish has left, and compares its columns."""
    built.write("numbers", {"main_sql": FIVE.replace(", 'w' || n AS word", "")})
    refused = built.run("build", "numbers")
    staged = built.run("check", "numbers", "--staged")

    assert (1, 1) == (refused.returncode, staged.returncode)
    assert "schema_drift.removed: word gone" in staged.stderr
    assert "if that is meant, let the file say 'schema_drift': {'removed': 'info'}" in staged.stdout
    assert 0 == built.run("check", "numbers").returncode


@pytest.mark.parametrize("option", [(), ("--staged",)])
def test_table_that_is_not_there(project: Project, option: tuple[str, ...]) -> None:
    """Exit 1 with what makes it; nothing else is said of a live table."""
    project.write("numbers", {"main_sql": FIVE})
    done = project.run("check", "numbers", *option)
    name = "analytics.temp_numbers" if option else "analytics.numbers"
    how = "numbers --no-publish` stages it" if option else "numbers` makes it"

    assert 1 == done.returncode
    assert [
        f"error: there is no table {name}",
        f"    `builder build {how}",
    ] == done.stderr.splitlines()


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("check", "nubmers"), 2),
        (("check", "numbers", "--rows", "-1"), 2),
        (("check", "numbers", "--rows", "many"), 2),
        (("check", "numbers", "--database", "postgresql://nobody@127.0.0.1:1/x"), 3),
    ],
)
def test_exit_codes(built: Project, arguments: tuple[str, ...], code: int) -> None:
    """2 for a slip on the command line, 3 where there is no database."""
    assert code == built.run(*arguments).returncode


def test_results_are_written(built: Project, database: Database) -> None:
    """As a build's are: target/run_results.json, and JUnit XML where it is asked for."""
    break_it(database)
    built.run("check", "numbers", "--junit", "junit.xml")
    results: Any = json.loads((built.folder / "target" / "run_results.json").read_text("utf-8"))
    suite = Xml.parse(built.folder / "junit.xml").getroot()[0]  # noqa: S314 -- our own file

    assert ["error", "fail", "fail", "pass"] == [one["status"] for one in results["results"]]
    assert ("4", "2", "0") == (suite.get("tests"), suite.get("failures"), suite.get("errors"))


def test_error_of_a_check_is_shown_at_its_place(built: Project) -> None:
    """File, line, and carets below the word; what another summary makes is told."""
    built.write("names", {"main_sql": "SELECT 1 AS n"})
    check = {"sql": "SELECT COUNT(1) FROM analytics.names", "count": 1}
    built.write("numbers", {"main_sql": FIVE, "output_check": [check, *CHECKS]})
    done = built.run("build", "numbers")
    shown = done.stderr.splitlines()

    assert 1 == done.returncode
    assert shown[0].startswith("error: analytics.numbers was not published: output_check[0]: rel")
    assert shown[1].startswith("error: summaries/numbers.py:1:")
    assert "^^^^^^^^^^^^^^^" == shown[3].strip()
    assert "    `builder build analytics.names` makes it: build that first" == shown[4]
    assert "✓ 0 of 5 fail" in done.stdout


def test_input_that_another_summary_makes_is_told(built: Project) -> None:
    """Also where the check has no SQL, and other inputs are checked all the same."""
    built.write("names", {"main_sql": "SELECT 1 AS n"})
    gone = {"on": "analytics.names", "sum": "n", "anomaly": True}
    right = {"sql": "SELECT 1", "count": 1}
    built.write("numbers", {"main_sql": FIVE, "input_check": [gone, right]})
    done = built.run("build", "numbers")

    assert 1 == done.returncode
    told = done.stderr.splitlines()[1:]
    assert told[0].startswith("error: summaries/numbers.py:1:")
    assert told[0].endswith(": there is no table analytics.names, or it has no columns")
    assert "    `builder build analytics.names` makes it: build that first" == told[-1]
    assert "✓ 1 ≥ 1" in done.stdout


def test_check_of_another_schema(built: Project) -> None:
    """`--schema` is that of a person's own copy."""
    built.run("build", "numbers", "--schema", "mine")
    done = built.run("check", "numbers", "--schema", "mine")

    assert 0 == done.returncode
    assert "checked mine.numbers in " in done.stdout
