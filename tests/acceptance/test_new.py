"""`builder new` on the sample warehouse: what it writes builds right away."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest
from rig import REPOSITORY, Project

from builder.summary import load_summary

if TYPE_CHECKING:
    from pathlib import Path

    from rig import Database

TABLES = ["channel", "nps", "session_timestamp", "session_transaction", "user_session_channel"]
SUMMARIES = ["nps_summary", "mau_summary", "channel_summary", "user_session_summary"]


@pytest.fixture
def shop(tmp_path: Path, sample: Database) -> Project:
    """A project of its own on the sample warehouse, without a summary."""
    return Project(tmp_path, sample.url)


def keys(shop: Project, name: str) -> tuple[str, ...]:
    """The primary key in a file."""
    return load_summary(shop.folder / "summaries" / f"{name}.py").primary_key


def test_copy_of_each_table_builds(shop: Project) -> None:
    """Every table of the sample, copied: the file builds, and its checks are more than a count."""
    for table in TABLES:
        done = shop.run("new", f"{table}_copy", "--from-table", f"raw_data.{table}")
        assert (0, "") == (done.returncode, done.stderr)
    built = shop.run("build", *(f"{table}_copy" for table in TABLES))

    assert (0, "") == (built.returncode, built.stderr)
    assert [("channelname",), ("id",), ("sessionid",), (), ("sessionid",)] == [
        keys(shop, f"{table}_copy") for table in TABLES
    ]


def test_query_of_each_summary_builds(shop: Project) -> None:
    """The queries of this repository's own summaries, given as SQL, get the keys they have."""
    for name in SUMMARIES:
        own = load_summary(REPOSITORY / "summaries" / f"{name}.py")
        done = shop.run("new", f"x.{name}", "--from", own.query.value)
        assert (0, "") == (done.returncode, done.stderr)
        assert own.primary_key == keys(shop, name)
    built = shop.run("build", *SUMMARIES)

    assert (0, "") == (built.returncode, built.stderr)


def test_published_table_is_taken_over(shop: Project, sample: Database) -> None:
    """A file that was lost is drafted again with what it had said, and builds over its table."""
    (shop.folder / "summaries").mkdir()
    file = shop.folder / "summaries" / "nps_summary.py"
    shutil.copy(REPOSITORY / "summaries" / "nps_summary.py", file)
    own = load_summary(file)
    assert 0 == shop.run("build", "nps_summary").returncode
    file.unlink()

    done = shop.run("new", "nps_summary", "--from", own.query.value)
    again = load_summary(file)

    assert "there: its description, 2 column comments and its primary key taken over" in done.stdout
    assert (own.description, own.columns, own.primary_key) == (
        again.description,
        again.columns,
        again.primary_key,
    )
    assert 0 == shop.run("build", "nps_summary").returncode


def test_table_that_a_build_could_not_replace_is_told_at_once(
    shop: Project, sample: Database
) -> None:
    """What would stop the first build is said before it."""
    sample.rows("CREATE SCHEMA analytics CREATE VIEW sales AS SELECT 1 AS n")
    done = shop.run("new", "sales", "--from", "SELECT 1 AS n")

    assert 0 == done.returncode
    assert "Cannot publish analytics.sales: there is a view of that name" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (
            ["nps_copy", "--from", "SELECT id,\n  scoer FROM raw_data.nps"],
            1,
            'error: --from:2:3: column "scoer" does not exist\n'
            "    scoer FROM raw_data.nps\n    ^^^^^\n    did you mean score?\n",
        ),
        (
            ["raw_data.nps", "--from-table", "raw_data.nps"],
            2,
            "error: raw_data.nps cannot be made from itself: a build replaces it\n"
            "    give the query that makes it: builder new raw_data.nps --from 'SELECT …'\n",
        ),
        (
            ["session_summary"],
            2,
            "error: what is analytics.session_summary made of? 3 tables share a word with its "
            "name\n"
            "    builder new analytics.session_summary --from-table raw_data.session_timestamp\n"
            "    builder new analytics.session_summary --from-table raw_data.session_transaction\n"
            "    builder new analytics.session_summary --from-table raw_data.user_session_channel\n"
            "    builder new analytics.session_summary --from 'SELECT …'\n",
        ),
    ],
)
def test_what_is_wrong_is_told_and_nothing_is_written(
    shop: Project, arguments: list[str], code: int, message: str
) -> None:
    """One sentence, the place in the query, and what to type instead."""
    done = shop.run("new", *arguments)

    assert (code, message) == (done.returncode, done.stderr)
    assert not (shop.folder / "summaries").exists()


def test_one_table_that_shares_a_word_is_taken(shop: Project) -> None:
    """`builder new nps_daily` asks nothing where there is one answer."""
    answer = shop.json("new", "nps_daily")

    assert (["raw_data.nps"], ["id"], []) == (
        answer["sources"],
        answer["primary_key"],
        answer["notices"],
    )
    assert 0 == shop.run("build", "nps_daily").returncode
