"""The command line's promises that need no warehouse: exit codes, parameters, what it says."""

from __future__ import annotations

import signal
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from builder.cli.app import app
from builder.cli.command import Terminated, exit_code
from builder.errors import (
    BuilderError,
    Busy,
    ChecksFailed,
    ConfigError,
    EngineError,
    Problem,
    PublishFailed,
    QueryFailed,
)

if TYPE_CHECKING:
    from pathlib import Path

    from typer.testing import Result

    from builder.summary.keys import Scalar

HEAD = "{'schema': 'analytics', 'main_sql': 'SELECT {n}', 'params': {'n': 1, 'all': True}, "


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (ConfigError("x"), 2),
        (ChecksFailed("x"), 1),
        (QueryFailed(Problem("x")), 1),
        (PublishFailed("x"), 1),
        (Busy("x"), 4),
        (EngineError("x"), 3),
        (BuilderError("x"), 3),
        (ValueError("x"), 3),
        (MemoryError(), 3),
        (KeyboardInterrupt(), 130),
        (Terminated(signal.SIGTERM), 143),
        (Terminated(signal.SIGHUP), 129),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, BaseException) else "",
)
def test_every_error_has_the_promised_code(error: BaseException, expected: int) -> None:
    """1 refused, 2 usage, 3 the database or a defect, 4 busy, 128 and the signal."""
    assert expected == exit_code(error)


def test_terminated_is_called_after_its_signal() -> None:
    """What a log shows of it."""
    assert "SIGTERM" == str(Terminated(signal.SIGTERM))


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of two good summary files, and no warehouse that could be reached."""
    monkeypatch.setenv("BUILDER_DATABASE_URL", "postgresql://me:geheim@127.0.0.1:1/none")
    folder = tmp_path / "summaries"
    folder.mkdir()
    for name in ("sales", "delivery"):
        (folder / f"{name}.py").write_text(HEAD + f"'table': '{name}'}}")
    return tmp_path


def run(project: Path, *arguments: str) -> Result:
    """A command in the project, in this process."""
    handlers = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGHUP)}
    try:
        return CliRunner().invoke(app, [*arguments, "--project", str(project)])
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["build", "salse"], "error: there is no summary `salse`\n    did you mean `sales`?\n"),
        (["build", "sales", "--param", "n"], "error: --param n: write it as NAME=VALUE\n"),
        (
            ["build", "sales", "--param", "n=x"],
            "error: --param n=x is no int, as 1 is, the value in summaries/sales.py\n",
        ),
        (
            ["build", "sales", "--param", "al=1"],
            "error: --param al: `params` of summaries/sales.py has no such name\n"
            "    did you mean `all`?\n",
        ),
        (
            ["build", "sales", "--database", "mysql://me:geheim@h/d"],
            "error: --database names a warehouse of the kind `mysql`\n"
            "    only PostgreSQL can be built on so far: postgresql://…\n",
        ),
        (
            ["build", "sales", "--database", "x://y", "--connection", "z"],
            "error: --database and --connection both name a warehouse: give one of them\n",
        ),
    ],
)
def test_wrong_command_is_told_before_anything_is_tried(
    project: Path, arguments: list[str], message: str
) -> None:
    """Exit code 2, one sentence on stderr and what to write instead; stdout stays empty."""
    done = run(project, *arguments)

    assert (2, "", message) == (done.exit_code, done.stdout, done.stderr)


@pytest.mark.parametrize("verb", ["history", "rollback", "drop", "show"])
def test_table_is_known_by_its_file(project: Path, verb: str) -> None:
    """A name that no file has is asked back; with its schema it needs no file."""
    wrong = run(project, verb, "salse")
    named = run(project, verb, "analytics.salse", *(["--yes"] if verb == "drop" else []))

    assert (2, "error: there is no summary `salse`\n    did you mean `sales`?\n") == (
        wrong.exit_code,
        wrong.stderr,
    )
    assert 3 == named.exit_code
    assert "Cannot connect to BUILDER_DATABASE_URL" in named.stderr


def test_drop_without_a_terminal_asks_nobody(project: Path) -> None:
    """It says what to write instead, and does so before anything is tried."""
    done = run(project, "drop", "sales")

    assert (2, "", "error: drop sales asks first: without a terminal, say --yes\n") == (
        done.exit_code,
        done.stdout,
        done.stderr,
    )


def test_wrong_files_are_told_all_at_once(project: Path) -> None:
    """Every problem of every file that was named, and no table is tried."""
    for name in ("sales", "delivery"):
        (project / "summaries" / f"{name}.py").write_text(f"{{'table': '{name}'}}")
    done = run(project, "build", "sales", "delivery")

    assert 2 == done.exit_code
    assert 4 == done.stderr.count("is missing")


def test_warehouse_that_cannot_be_reached_is_no_mistake_of_the_users(project: Path) -> None:
    """Exit code 3, where it was sought, and no password."""
    done = run(project, "build", "sales")

    assert 3 == done.exit_code
    assert "Cannot connect to BUILDER_DATABASE_URL" in done.stderr
    assert "geheim" not in done.output


def test_json_is_answered_whatever_happens(project: Path) -> None:
    """With --output json an error is a value on stdout, described as in a run."""
    done = run(project, "build", "salse", "--output", "json")

    assert '"type": "ConfigError"' in done.stdout
    assert 2 == done.exit_code


def test_files_are_listed_without_a_warehouse(project: Path) -> None:
    """`ls` reads files alone; a broken one is told, and does not hide the others."""
    listed = run(project, "ls")
    (project / "summaries" / "broken.py").write_text("{")
    broken = run(project, "ls")

    assert (0, 2) == (listed.exit_code, broken.exit_code)
    assert listed.stdout == broken.stdout
    assert ["table", "analytics.delivery", "analytics.sales"] == [
        line.split()[0] for line in listed.stdout.splitlines()
    ]
    assert "summaries/broken.py:1:1: the file is no Python dict" in broken.stderr


def test_common_options_stand_before_or_after_the_verb(project: Path) -> None:
    """`builder --output json ls` and `builder ls --output json` are the same."""
    before = run(project, "--output", "json", "ls")
    after = run(project, "ls", "--output", "json")

    assert before.stdout == after.stdout
    assert '"table": "analytics.sales"' in after.stdout


def test_project_that_is_no_folder_is_told(tmp_path: Path) -> None:
    """--project names a folder."""
    done = run(tmp_path / "nowhere", "ls")

    assert (2, f"error: --project {tmp_path / 'nowhere'} is no folder\n") == (
        done.exit_code,
        done.stderr,
    )


@pytest.mark.parametrize(
    ("codes", "expected"),
    [
        ([], 0),
        ([4], 4),
        ([4, 1], 1),
        ([1, 3], 3),
        ([4, 1, 3], 3),
        ([2, 4], 2),
        ([1, 130], 130),
        ([3, 143], 143),
    ],
)
def test_several_tables_end_with_the_code_that_matters_most(
    codes: list[int], expected: int
) -> None:
    """3 before 1 before 4, and an interruption before all."""
    from builder.cli.each import _code

    errors: dict[int, BaseException] = {
        1: ChecksFailed("x"),
        2: ConfigError("x"),
        3: EngineError("x"),
        4: Busy("x"),
        130: KeyboardInterrupt(),
        143: Terminated(signal.SIGTERM),
    }

    assert expected == _code([errors[code] for code in codes])


@pytest.mark.parametrize("name", ["sales", "delivery"])
@pytest.mark.parametrize(
    ("is_published", "state"),
    [(False, "the live table is as it was"), (True, "the new table is live")],
)
def test_what_readers_have_is_said_whatever_the_tables_name(
    capsys: pytest.CaptureFixture[str], name: str, *, is_published: bool, state: str
) -> None:
    """After an error that does not say so itself, a line says what readers have now."""
    from pathlib import Path

    from builder.cli.command import Command
    from builder.cli.each import _show_state
    from builder.cli.screen import Screen
    from builder.errors import Place
    from builder.relation import Relation
    from builder.run import Run, Step
    from builder.summary import Summary, Text

    run = Run(
        Summary(Relation("analytics", name), Text("")),
        steps=[Step("stage")],
        is_published=is_published,
    )
    place = Place(Path(f"summaries/{name}.py"), 3, 1)
    _show_state(Command(Screen()), run, QueryFailed(Problem("division by zero", place)))

    assert f"    analytics.{name}: {state}\n" == capsys.readouterr().err


@pytest.mark.parametrize(
    ("default", "given", "expected"),
    [
        ("a", "5", "5"),
        ("a", "", ""),
        (1, "-5", -5),
        (1.5, "2", 2.0),
        (True, "false", False),
        (False, "1", True),
        (None, "x", "x"),
    ],
)
def test_parameter_has_the_type_of_the_files_value(
    default: Scalar, given: str, expected: object
) -> None:
    """What the command line gives as text becomes what the file's own value is."""
    from builder.cli.arguments import _typed
    from builder.relation import Relation
    from builder.summary import Summary, Text

    summary = replace(Summary(Relation("a", "b"), Text("")), params={"n": default})
    found = _typed(summary, {"n": given, "other": "x"})

    assert {"n": expected} == found
    assert type(expected) is type(found["n"])
