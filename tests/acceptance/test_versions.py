"""rollback, history, drop and show --attached, as people use them."""

from __future__ import annotations

import json
import os
import pty
import re
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from rig import Database, Project

ROWS = "SELECT n FROM analytics.numbers"


@pytest.fixture
def built(project: Project) -> Project:
    """A table that was built twice: 1, then 2."""
    project.write("numbers", {"main_sql": "SELECT {n} AS n", "params": {"n": 1}, "keep": 2})
    for n in ("1", "2"):
        assert 0 == project.run("build", "numbers", "--param", f"n={n}").returncode
    return project


def runs(project: Project) -> Any:
    """What history says of the table, the youngest run first."""
    return project.json("history", "numbers")


def test_rollback_says_what_is_live_and_what_is_next(built: Project, database: Database) -> None:
    """It tells which run's table is back, shows its rows, and how to undo it."""
    first = runs(built)[1]["run_id"]

    done = built.run("rollback", "numbers")

    assert (0, "") == (done.returncode, done.stderr)
    assert f"rolled back to what run {first} made" in done.stdout
    assert "builder rollback again undoes it; the next build replaces it" in done.stdout
    assert re.search(r"^n\n1$", done.stdout, flags=re.MULTILINE)
    assert [(1,)] == database.rows(ROWS)


def test_rollback_to_a_run(built: Project, database: Database) -> None:
    """`--to` takes a run's id from history; one that is not kept exits 1 and changes nothing."""
    assert 0 == built.run("build", "numbers", "--param", "n=3").returncode
    first = runs(built)[2]["run_id"]
    refused = built.run("rollback", "numbers", "--to", "nothing")
    before = database.rows(ROWS)
    done = built.run("rollback", "numbers", "--to", first)

    assert (1, [(3,)]) == (refused.returncode, before)
    assert "no version that run nothing has made is kept" in refused.stderr
    assert (0, [(1,)]) == (done.returncode, database.rows(ROWS))


def test_rollback_answers_in_json(built: Project) -> None:
    """Programs get the run as a build gives it."""
    (answer,) = built.json("rollback", "numbers")

    assert ("rollback", "published", 1) == (answer["action"], answer["status"], answer["rows"])
    assert ["lock", "find version", "publish"] == [step["name"] for step in answer["steps"]]


def test_history_shows_what_can_come_back(built: Project) -> None:
    """Each run's table is live, kept with its size, or gone; who built it stands beside it."""
    for n in ("3", "4"):
        built.run("build", "numbers", "--param", f"n={n}")
    built.run("rollback", "numbers")
    found = runs(built)
    told = built.run("history", "numbers").stdout

    assert [
        ("rollback", None, False),
        ("build", "kept", True),
        ("build", "live", False),
        ("build", "kept", True),
        ("build", "gone", False),
    ] == [(run["action"], run["version"], run["can_come_back"]) for run in found]
    assert all(run["bytes"] > 0 for run in found[1:4])
    assert found[2]["run_id"] == found[0]["restored"]
    assert {1} == {len({run["built_by"] for run in found})}
    assert f"to {found[2]['run_id']}" in told
    assert "8 KiB" in told
    assert "next: python -m builder rollback numbers" in told


def test_history_of_an_older_journal_is_shown(built: Project, database: Database) -> None:
    """A journal that an older client has made lacks columns, and is read all the same."""
    database.rows(
        "ALTER TABLE builder.runs DROP COLUMN restored, DROP COLUMN effective_at; "
        "ALTER TABLE builder.versions DROP COLUMN made_by, DROP COLUMN rows, "
        "DROP COLUMN restored_by; DROP INDEX builder.versions_of_table, builder.versions_there; "
        "ALTER TABLE builder.checks DROP COLUMN fingerprint, DROP COLUMN kind, DROP COLUMN asked, "
        "DROP COLUMN found, DROP COLUMN expected, DROP COLUMN low, DROP COLUMN high, "
        "DROP COLUMN failing, DROP COLUMN considered, DROP COLUMN failing_rows; "
        "UPDATE builder.journal SET version = 1"
    )
    found = runs(built)
    built_again = built.run("build", "numbers", "--param", "n=3")
    back = built.run("rollback", "numbers")

    assert ["published", "published"] == [run["status"] for run in found]
    assert (0, "") == (built_again.returncode, built_again.stderr)
    assert (0, [(2,)]) == (back.returncode, database.rows(ROWS))


def test_drop_needs_a_word(built: Project, database: Database) -> None:
    """Without a terminal it asks for --yes, exits 2 and drops nothing."""
    refused = built.run("drop", "numbers")

    assert 2 == refused.returncode
    assert "say --yes" in refused.stderr
    assert [(2,)] == database.rows(ROWS)


@pytest.mark.parametrize(("answer", "left"), [("n", True), ("y", False)])
def test_drop_asks_on_a_terminal(
    built: Project, database: Database, answer: str, *, left: bool
) -> None:
    """A person says yes or no, and is told what would go before."""
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "builder", "drop", "numbers"]
    process = subprocess.Popen(
        command,
        cwd=built.folder,
        env=built.environment(),
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
    )
    os.close(theirs)
    os.write(ours, f"{answer}\n".encode())
    said = b""
    try:
        while piece := os.read(ours, 4096):
            said += piece
    except OSError:
        pass  # a terminal of which the other end is closed
    os.close(ours)

    assert 0 == process.wait(timeout=30)
    assert b"Drop analytics.numbers, 1 version and what is staged for it?" in said
    assert left == ("numbers" in database.tables("analytics"))


def test_dropped_table_is_made_again(built: Project, database: Database) -> None:
    """After a drop nothing is left, history says so, and the next build begins anew."""
    dropped = built.run("drop", "numbers", "--yes")
    left = database.tables("analytics")
    found = runs(built)
    again = built.run("build", "numbers")

    assert (0, []) == (dropped.returncode, left)
    assert "dropped analytics.numbers" in dropped.stdout
    assert ("drop", "dropped") == (found[0]["action"], found[0]["status"])
    assert {False} == {run["can_come_back"] for run in found}
    assert (0, [(1,)]) == (again.returncode, database.rows(ROWS))


def test_table_whose_file_is_gone_or_broken(built: Project, database: Database) -> None:
    """In need a table is named with its schema: no file has to be right to bring it back."""
    built.write("numbers", "{'table': ")
    by_name = built.run("rollback", "numbers")
    broken = built.run("rollback", "analytics.numbers")
    (built.folder / "summaries" / "numbers.py").unlink()
    gone = built.run("drop", "analytics.numbers", "--yes")

    assert (2, 0, 0) == (by_name.returncode, broken.returncode, gone.returncode), broken.stderr
    assert [] == database.tables("analytics")


def test_what_is_attached_is_listed(built: Project, database: Database) -> None:
    """What the file does not declare is shown, with what a build does with it."""
    assert "nothing but what the file declares" in built.run("show", "numbers", "--attached").stdout
    database.rows(
        "CREATE VIEW seen AS TABLE analytics.numbers; GRANT SELECT ON analytics.numbers TO PUBLIC;"
        "CREATE INDEX by_hand ON analytics.numbers (n); ALTER TABLE analytics.numbers "
        "ALTER n SET DEFAULT 5, ALTER n SET NOT NULL, SET (fillfactor = 70);"
        "CREATE FUNCTION f(analytics.numbers) RETURNS int LANGUAGE sql AS 'SELECT 1';"
        "CREATE MATERIALIZED VIEW m AS TABLE analytics.numbers"
    )
    found = [tuple(one.values()) for one in built.json("show", "numbers", "--attached")]

    assert [
        ("view", "public.seen", "carried over"),
        ("index", "by_hand: USING btree (n)", "carried over"),
        ("constraint", "numbers_n_not_null: NOT NULL n", "carried over"),
        ("column", "n: default 5", "carried over"),
        ("storage option", "fillfactor=70", "carried over"),
        ("grant", "SELECT to PUBLIC", "carried over"),
        ("materialized view", "public.m", "refused"),
        ("", "function public.f(analytics.numbers)", "refused"),
    ] == found


def test_results_are_written_for_a_rollback_too(built: Project) -> None:
    """`target/run_results.json` is that of the last command that did something."""
    built.run("rollback", "numbers")
    results = json.loads((built.folder / "target" / "run_results.json").read_text())

    assert ["success"] == [result["status"] for result in results["results"]]
