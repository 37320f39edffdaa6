"""SummaryFile, as a type checker reads it: what an editor would underline."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from annotated import GOOD, HEAD
from rig import REPOSITORY

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("wrong", "line", "said"),
    [
        ("    'ouput_check': [],\n", 3, 'Extra key "ouput_check"'),
        ("    'keep': 'one',\n", 5, 'TypedDict item "keep" has type "int"'),
        ("    'output_check': [{'cuont': 1}],\n", 5, 'Extra key "cuont"'),
        ("    'publish': 'swop',\n", 5, 'item "publish" has type'),
        ("", 3, 'Missing key "main_sql"'),
    ],
    ids=["key", "type", "key of a check", "word", "missing"],
)
def test_type_checker_flags_what_is_wrong(tmp_path: Path, wrong: str, line: int, said: str) -> None:
    """A misspelt key and a wrong type are flagged; an extra key where its dict begins."""
    body = "    'table': 'sales', 'schema': 'analytics',\n" + wrong
    body = body.replace("'analytics',", "'analytics', 'main_sql': 'SELECT 1',") if wrong else body
    found = checked(tmp_path, HEAD + body + "}\n")

    assert f"sales.py:{line}: error: " in found
    assert said in found


def test_type_checker_passes_what_is_right(tmp_path: Path) -> None:
    """A good file has no red line."""
    assert "Success: no issues found in 1 source file\n" == checked(tmp_path, HEAD + GOOD + "}\n")


def checked(folder: Path, content: str) -> str:
    """What mypy says of a summary file."""
    (folder / "sales.py").write_text(content, encoding="utf-8")
    mypy = [sys.executable, "-m", "mypy", "--strict", "--config-file=", "sales.py"]
    # A folder of its own by default: what is remembered between the tests halves their time.
    cache = f"--cache-dir={folder.parent / 'mypy'}"
    environment = {**os.environ, "MYPYPATH": str(REPOSITORY)}
    done = subprocess.run(
        [*mypy, cache, "--follow-imports=silent"],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout + done.stderr
