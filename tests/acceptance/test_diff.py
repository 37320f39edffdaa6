"""diff as people and programs use it: what it prints, its JSON, its exit codes, what it masks."""

from __future__ import annotations

import json
import os
import signal
from typing import TYPE_CHECKING

import pytest
from acceptance.moments import DEADLINE, Watcher

if TYPE_CHECKING:
    from acceptance.moments import Background
    from rig import Database, Project

QUERY = """
SELECT date '2026-01-01' + i AS day, '서울 ' || i % 2 AS shop,
       CASE WHEN i = 2 THEN {more} + 0.0 ELSE 10.5 END AS revenue, 'pin ' || i + {more} AS secret
FROM generate_series({more}, 5) AS i
"""
FILE = {
    "main_sql": QUERY,
    "params": {"more": 0},
    "primary_key": ["day", "shop"],
    "columns": {"secret": {"sensitive": True}},
}
TOLD = """\
analytics.sales: staged against live, rows matched by day, shop

  staged    5
  live      6
  added     0
  removed   1
  changed   5
  the same  0

rows changed in
  revenue  1
  secret   5

changed: 2 of 5, live → staged
  day 2026-01-02, shop 서울 1
    secret  ••• → •••
  day 2026-01-03, shop 서울 0
    revenue  0.0 → 1.0
    secret   ••• → •••

removed: 1
day         shop    revenue  secret
2026-01-01  서울 0     10.5  •••
"""


@pytest.fixture
def staged(project: Project) -> Project:
    """A table that is live, and staged anew with other rows."""
    project.write("sales", FILE)
    assert 0 == project.run("build", "sales").returncode
    done = project.run("build", "sales", "--no-publish", "--param", "more=1")
    assert (0, "") == (done.returncode, done.stderr)
    return project


def test_differences_are_told(staged: Project) -> None:
    """How many and which, in 80 columns; nothing is changed by it, and the exit code is 0."""
    for _ in range(2):
        done = staged.run("diff", "sales", "--rows", "2")

        assert (0, "") == (done.returncode, done.stderr)
        assert TOLD == done.stdout.split("\n", 1)[1]
        assert 80 >= max(map(len, TOLD.splitlines()))


def test_quiet_says_what_was_asked_for(staged: Project) -> None:
    """No warehouse and no next step."""
    assert TOLD == staged.run("diff", "sales", "--rows", "2", "--quiet").stdout


def test_build_says_how_to_see_more(staged: Project) -> None:
    """Where something is staged beside a live table, the verb that says which rows differ."""
    again = staged.run("build", "sales", "--no-publish", "--param", "more=1")
    first = staged.run("build", "sales", "--no-publish", "--schema", "me")

    assert "  builder diff sales shows which rows\n" in again.stdout
    assert "there is no live table yet" in first.stdout
    assert "builder diff" not in first.stdout


def test_programs_get_all_of_it(staged: Project) -> None:
    """Numbers, columns and examples, as JSON on stdout; sensitive values are masked there too."""
    done = staged.run("diff", "sales", "--rows", "1", "--output", "json")
    answer = json.loads(done.stdout)

    assert "pin" not in done.stdout + done.stderr
    assert {
        "table": "analytics.sales",
        "is_different": True,
        "key": ["day", "shop"],
        "columns": [],
        "rows": {
            "staged": 5,
            "live": 6,
            "added": 0,
            "removed": 1,
            "changed": 5,
            "unchanged": 0,
        },
        "changed_in": {"revenue": 1, "secret": 5},
        "examples": {
            "added": [],
            "removed": [
                {
                    "count": 1,
                    "values": {
                        "day": "2026-01-01",
                        "shop": "서울 0",
                        "revenue": 10.5,
                        "secret": "•••",
                    },
                }
            ],
            "changed": [
                {
                    "key": {"day": "2026-01-02", "shop": "서울 1"},
                    "columns": [{"column": "secret", "live": "•••", "staged": "•••"}],
                }
            ],
        },
        "notices": [],
    } == answer


def test_exit_code_tells_whether_they_differ(staged: Project) -> None:
    """As git diff has it: 1 where they do, 0 where they do not, and only if it is asked for."""
    different = staged.run("diff", "sales", "--exit-code")
    published = staged.run("publish", "sales", "--param", "more=1")
    staged.run("build", "sales", "--no-publish", "--param", "more=1")
    same = staged.run("diff", "sales", "--exit-code")

    assert (1, 0, 0) == (different.returncode, published.returncode, same.returncode)
    assert "\nno difference\n" in same.stdout


def test_tolerance_and_key_are_said(staged: Project) -> None:
    """What is within it is the same; another key matches other rows."""
    kept = [staged.json("diff", "sales", "--tolerance", one) for one in ("1", "0.5", "100%")]
    by_day = staged.json("diff", "sales", "--key", "day")
    whole = staged.run("diff", "sales", "--key", "shop")

    assert [0, 1, 1] == [one["changed_in"]["revenue"] for one in kept]
    assert (["day"], {"shop", "revenue", "secret"}) == (by_day["key"], set(by_day["changed_in"]))
    assert "rows matched as a whole" in whole.stdout
    assert '! ("shop") is no key to match rows by: 2 values stand' in whole.stdout


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (["nothing"], 2, "nothing"),
        (["sales", "--key", "dya"], 2, "--key dya: analytics.sales has no such column"),
        (["sales", "--tolerance", "much"], 2, "--tolerance much is no distance"),
        (["sales", "--schema", "me"], 1, "Cannot compare me.sales: nothing is staged."),
    ],
)
def test_what_cannot_be_compared(
    staged: Project, arguments: list[str], code: int, told: str
) -> None:
    """One sentence that says why and what to do, and a JSON that says the same."""
    done = staged.run("diff", *arguments)
    answer = staged.json("diff", *arguments)

    assert (code, True) == (done.returncode, told in done.stderr), done.stderr
    assert told in answer["error"]["message"]


def test_first_build_is_all_new(project: Project) -> None:
    """There is no live table to compare with, which is said; programs get null for its rows."""
    project.write("sales", FILE)
    project.run("build", "sales", "--no-publish", "--schema", "50% me")
    done = project.run("diff", "sales", "--schema", "50% me", "--exit-code")
    answer = project.json("diff", "sales", "--schema", "50% me")

    assert 1 == done.returncode
    assert (
        "50% me.sales: there is no live table yet, all rows are new\n\n  staged  6\n" in done.stdout
    )
    assert (None, 6) == (answer["rows"]["live"], answer["rows"]["added"])


def test_interruption_cancels_it(
    staged: Project, background: Background, database: Database
) -> None:
    """Ctrl-C ends it with 130, and its statement on the server with it."""
    assert staged
    with Watcher(database) as somebody, Watcher(database) as watcher:
        somebody.execute("BEGIN; LOCK TABLE analytics.sales")
        waiting = background.start("diff", "sales")
        watcher.until_waiting("relation")
        os.killpg(waiting.pid, signal.SIGINT)
        _, said = waiting.communicate(timeout=DEADLINE)
        watcher.until_nobody()

    assert (130, "interrupted: what was under way was cancelled and undone\n") == (
        waiting.returncode,
        said,
    )
