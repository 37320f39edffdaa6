"""`builder check --suggest` on the sample warehouse: what it says can be pasted as it is."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest
from rig import REPOSITORY, Project

from builder.summary import Expectation, load_summary

if TYPE_CHECKING:
    from pathlib import Path

    from rig import Database


@pytest.fixture
def shop(tmp_path: Path, sample: Database) -> Project:
    """A project of its own on the sample warehouse, with one table built."""
    (tmp_path / "summaries").mkdir()
    name = "channel_month_summary.py"
    shutil.copy(REPOSITORY / "summaries" / name, tmp_path / "summaries" / name)
    project = Project(tmp_path, sample.url)
    assert 0 == project.run("build", "channel_month_summary").returncode
    return project


def test_text_is_pasted_and_passes(shop: Project) -> None:
    """Into the file of its table: lint has no error, the next build and the next look neither."""
    file = shop.folder / "summaries" / "channel_month_summary.py"
    suggested = shop.run("check", "channel_month_summary", "--suggest", "--quiet")
    lines = suggested.stdout.splitlines()
    written = file.read_text(encoding="utf-8")
    opening = "    'output_check': [\n"
    pasted = "\n".join(lines[1:-1])
    file.write_text(written.replace(opening, f"{opening}{pasted}\n"), encoding="utf-8")

    assert (0, "", "    'output_check': [", "    ],") == (
        suggested.returncode,
        suggested.stderr,
        lines[0],
        lines[-1],
    )
    assert len(load_summary(file).output_checks) > 8
    for verb in ("lint", "check", "build"):
        done = shop.run(verb, "channel_month_summary")
        assert (0, "") == (done.returncode, done.stderr)
    again = shop.json("check", "channel_month_summary", "--suggest")
    held = [
        check.arguments
        for check in load_summary(file).output_checks
        if isinstance(check, Expectation)
    ]
    assert not [
        one
        for one in again
        if {k: v for k, v in one["check"].items() if k not in ("expect", "severity")} in held
    ]


def test_programs_get_checks_with_their_reasons(shop: Project) -> None:
    """A list, also for a table that has no file."""
    found = shop.json("check", "raw_data.session_timestamp", "--suggest")

    assert {"raw_data.session_timestamp"} == {one["table"] for one in found}
    assert {
        "table": "raw_data.session_timestamp",
        "check": {"expect": "expect_column_values_to_be_unique", "column": "sessionid"},
        "why": "102,626 different values in 102,626 rows",
    } in found


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (
            ["channel_month_summary", "--suggest", "--staged"],
            1,
            "error: there is no table analytics.temp_channel_month_summary\n"
            "    `builder build channel_month_summary --no-publish` stages it\n",
        ),
        (
            ["raw_data.np", "--suggest"],
            1,
            "error: there is no table raw_data.np\n    did you mean `raw_data.nps`?\n",
        ),
        (
            ["channel_month_summary", "--suggest", "--rows", "3"],
            2,
            "error: --rows is for checks that are run; --suggest proposes others\n",
        ),
    ],
)
def test_what_cannot_be_looked_at_is_told(
    shop: Project, arguments: list[str], code: int, message: str
) -> None:
    """In one sentence, with what to type instead."""
    done = shop.run("check", *arguments)

    assert (code, message) == (done.returncode, done.stderr)
