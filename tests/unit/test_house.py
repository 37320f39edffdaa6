"""The rules of the house: which way imports point, who knows an engine, how long things are."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2] / "builder"
MODULES = sorted(ROOT.rglob("*.py"))
NAMES = [str(file.relative_to(ROOT)) for file in MODULES]
LINES = [
    {"cli", "airflow", "testing"},
    {"pipeline", "attempt", "inspection", "draft", "lint", "suggest"},
    {"checks", "expectations"},
    {"engines", "journal", "alerts"},
    {"graph", "summary", "query", "run", "settings"},
    {"relation", "errors", "typed"},
]
ENGINES = {"postgres", "postgresql", "redshift", "spark", "databricks", "duckdb", "snowflake"}
LONGEST_MODULE, LONGEST_FUNCTION = 300, 50


def level(room: str) -> int:
    """The line of a room, counted from the bottom."""
    return next(-number for number, rooms in enumerate(LINES) if room in rooms)


def nodes(tree: ast.AST) -> Iterator[ast.AST]:
    """Every node that runs: not what stands under `if TYPE_CHECKING`."""
    for child in ast.iter_child_nodes(tree):
        if isinstance(child, ast.If) and ast.unparse(child.test) == "TYPE_CHECKING":
            continue
        yield child
        yield from nodes(child)


def imported(file: Path) -> Iterator[str]:
    """The rooms that a module imports at any time, also inside a function."""
    for node in nodes(ast.parse(file.read_text(encoding="utf-8"))):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom) and node.module == "builder":
            names = [f"builder.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [node.module or ""]
        yield from (name.split(".")[1] for name in names if name.startswith("builder."))


@pytest.mark.parametrize("file", MODULES, ids=NAMES)
def test_imports_point_down(file: Path) -> None:
    """A module imports only its own line or lower, never a room above it."""
    room = file.relative_to(ROOT).parts[0].removesuffix(".py")
    if room in ("__init__", "__main__"):
        return
    wrong = [
        other for other in imported(file) if other != "__version__" and level(other) > level(room)
    ]

    assert [] == wrong


@pytest.mark.parametrize("file", MODULES, ids=NAMES)
def test_only_engines_know_engines_by_name(file: Path) -> None:
    """Outside of engines/ nothing is compared with an engine's name: a new one touches no more."""
    if file.relative_to(ROOT).parts[0] == "engines":
        return
    compared = [
        f"line {constant.lineno}: {constant.value}"
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Compare | ast.MatchValue)
        for constant in ast.walk(node)
        if isinstance(constant, ast.Constant) and constant.value in ENGINES
    ]

    assert [] == compared


@pytest.mark.parametrize("file", MODULES, ids=NAMES)
def test_modules_and_functions_are_short(file: Path) -> None:
    """A module has at most 300 lines, a function 50."""
    text = file.read_text(encoding="utf-8")
    long = [
        node.name
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or 0) - node.lineno >= LONGEST_FUNCTION
    ]

    assert text.count("\n") <= LONGEST_MODULE
    assert [] == long


def test_every_room_has_its_line() -> None:
    """A new room is given its place in the list above before anything imports it."""
    rooms = {name.split("/")[0].removesuffix(".py") for name in NAMES}

    assert set() == rooms - {"__init__", "__main__"} - set().union(*LINES)
