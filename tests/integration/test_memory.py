"""What is remembered of a file's SQL: found again, and believed only from ourselves."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from builder.query import plan
from builder.query.memory import Memory
from builder.relation import Relation
from builder.summary import Count, Summary, Text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from rig import Project

SALES = Summary(
    Relation("shop", "sales"),
    Text("SELECT LEFT(ts, {n}) AS month, NVL(amount, 0) AS paid FROM raw.orders;"),
    input_checks=(Count("input_check[0]", Text("SELECT COUNT(1) FROM raw.log"), 1),),
    output_checks=(
        Count("output_check[0]", Text("SELECT COUNT(1) FROM {schema}.temp_{table}"), 1),
    ),
    before=(Text("CREATE TEMP TABLE t AS SELECT GETDATE() AS now"),),
    after=(Text("GRANT SELECT ON {schema}.{table} TO bi"),),
    params={"n": 7},
    dialect="redshift",
)
ORDERS = Relation("raw", "orders")
TYPES = {ORDERS: {"ts": "timestamp without time zone", "amount": "integer"}}


@pytest.fixture(autouse=True)
def _own_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A key of the test's own."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))


@pytest.fixture
def memory(tmp_path: Path) -> Memory:
    """An empty memory."""
    return Memory(tmp_path / ".builder" / "plans")


def columns(wanted: Sequence[Relation]) -> Mapping[Relation, Mapping[str, str]]:
    """The columns of a warehouse that has `raw.orders` only."""
    return {relation: TYPES[relation] for relation in wanted if relation in TYPES}


def entries(tmp_path: Path) -> list[Path]:
    """The files of the memory."""
    return sorted((tmp_path / ".builder" / "plans").iterdir())


def test_plan_is_found_again(memory: Memory, tmp_path: Path) -> None:
    """What is recalled is what was kept, translated or not, down to the places in the file."""
    offline = plan(SALES, "postgres", memory=memory)
    translated = plan(SALES, "postgres", columns, memory)

    assert offline == memory.recall(SALES, "postgres")
    assert translated == memory.recall(SALES, "postgres", TYPES)
    assert offline.is_foreign
    assert not translated.is_foreign
    assert "*\n" == (tmp_path / ".builder" / ".gitignore").read_text()
    assert None is memory.recall(replace(SALES, params={"n": 8}), "postgres")
    assert None is memory.recall(replace(SALES, query=Text("SELECT 1")), "postgres")
    assert None is memory.recall(SALES.into("other"), "postgres")
    assert None is memory.recall(SALES, "redshift")
    assert None is memory.recall(SALES, "postgres", {ORDERS: {"ts": "date", "amount": "integer"}})


def test_unchanged_plan_is_not_translated_again(memory: Memory) -> None:
    """With everything kept, sqlglot is not asked: a plan comes from memory alone."""
    kept = plan(SALES, "postgres", columns, memory)
    again = plan(SALES, "postgres", columns, memory)

    assert kept == again
    assert None is again.main.tree


DAMAGES = ["changed", "cut", "empty", "swapped", "key", "folder", "open", "pipe", "pipe for a key"]


@pytest.mark.parametrize("damage", DAMAGES)
def test_nothing_is_believed_that_we_have_not_written(
    memory: Memory, tmp_path: Path, damage: str
) -> None:
    """A changed entry, another's entry, another key: it is worked out again, and well."""
    other = replace(SALES, query=Text("SELECT 1 AS other"), dialect=None)
    plan(other, "postgres", memory=memory)
    theirs = entries(tmp_path)[0]
    made = plan(SALES, "postgres", memory=memory)
    ours = next(file for file in entries(tmp_path) if file != theirs)
    content = ours.read_bytes()
    key = tmp_path / "state" / "summary-builder" / "key"
    match damage:
        case "changed":
            ours.write_bytes(content.replace(b"amount", b"salary"))
        case "cut":
            ours.write_bytes(content[:-1])
        case "empty":
            ours.write_bytes(b"")
        case "swapped":
            ours.write_bytes(theirs.read_bytes())
        case "key":
            key.unlink()
        case "folder":
            shutil.rmtree(ours.parent)
            ours.parent.write_text("no folder")
        case "pipe":
            ours.unlink()
            os.mkfifo(ours)
        case "pipe for a key":
            key.unlink()
            os.mkfifo(key, 0o600)
        case "open":
            key.chmod(0o644)
    fresh = Memory(tmp_path / ".builder" / "plans")

    assert None is fresh.recall(SALES, "postgres")
    assert made == plan(SALES, "postgres", memory=fresh)


def test_key_stands_outside_of_the_project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder for keys that is not absolute is none: a repository could bring it along."""
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_STATE_HOME", "state")
    monkeypatch.chdir(tmp_path)
    plan(SALES, "postgres", memory=Memory(tmp_path / ".builder" / "plans"))

    assert not (tmp_path / "state").exists()
    assert (tmp_path / "home/.local/state/summary-builder/key").is_file()


def test_unchanged_file_is_built_without_sqlglot(project: Project) -> None:
    """A second build of a file, in another dialect as well, does not even import it."""
    project.write("numbers", {"main_sql": "SELECT 1 AS n", "dialect": "redshift"})
    first = project.run("build", "numbers")
    code = (
        "import sys; from builder.cli import main; sys.argv = ['builder', 'build', 'numbers']\n"
        "try: main()\nfinally: print('sqlglot' in sys.modules)"
    )
    second = subprocess.run(
        [sys.executable, "-c", code],
        cwd=project.folder,
        env=project.environment(),
        capture_output=True,
        text=True,
        check=False,
    )

    assert (0, 0) == (first.returncode, second.returncode)
    assert "False" == second.stdout.split()[-1]
