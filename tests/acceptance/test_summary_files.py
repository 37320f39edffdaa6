"""docs/summary-files.md: every key is there, and every example does what the page says."""

from __future__ import annotations

import ast
import re
import shlex
from dataclasses import fields

import pytest
from rig import REPOSITORY, Database, Project

from builder.summary import Count, Summary, load_summary
from builder.summary.keys import (
    KEYS,
    REQUIRED,
    CountFields,
    ExpectFields,
    FreshFields,
    MeasureFields,
    ReferenceFields,
)

PAGE = (REPOSITORY / "docs" / "summary-files.md").read_text("utf-8")
# A block of code with its language, and the comment right before it, if there is one.
BLOCK = re.compile(r"(?:<!-- ([^\n]*) -->\n)?```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
ROW = re.compile(r"^\| \[`(\w+)`\]\(#(\w+)\) \| [^|]+ \| ([^|]+?) \|[^|]*\|$", re.MULTILINE)


def blocks(mark: str) -> dict[str, str]:
    """The blocks that are marked so, by the name in the mark."""
    every = {m.removeprefix(f"{mark}: "): text for m, _, text in BLOCK.findall(PAGE) if m}
    marked = [m.removeprefix(f"{mark}: ") for m, *_ in BLOCK.findall(PAGE) if m.startswith(mark)]
    assert len(marked) == len({*marked})
    return {name: every[name] for name in marked}


FILES, SAYS = blocks("file"), blocks("says")


def write(project: Project, name: str) -> None:
    """The example as a file of the project."""
    project.write(name, FILES[name])


def test_every_key_has_its_row_section_and_example() -> None:
    """The page has each key that the builder takes: none is missing, none too many."""
    rows = [(key, link) for key, link, _ in ROW.findall(PAGE)]
    sections = re.findall(r"^### `(\w+)`$", PAGE, re.MULTILINE)
    used = {
        constant.value
        for text in FILES.values()
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Dict)
        for constant in node.keys
        if isinstance(constant, ast.Constant)
    }

    assert [(key, key) for key in KEYS] == rows
    assert sorted(KEYS) == sorted(sections)
    assert set() == set(KEYS) - used


def test_every_key_of_a_check_has_its_row() -> None:
    """The same for the keys of a check."""
    table = PAGE[PAGE.index("| key of a check |") :].split("\n\n")[0]
    kinds = (CountFields, ExpectFields, MeasureFields, FreshFields, ReferenceFields)
    expected = {name for kind in kinds for name in kind.__struct_fields__}

    assert sorted(expected) == sorted(re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE))


def test_defaults_are_those_of_a_summary() -> None:
    """The page's defaults are what a file without the key gets."""
    said = {key: default for key, _, default in ROW.findall(PAGE)}
    defaults = {
        field.name: field.default
        for field in fields(Summary)
        if field.name in KEYS and isinstance(field.default, bool | int | float | str)
    }
    found = {
        key: ast.literal_eval(said[key].strip("`")) for key in defaults if key != "description"
    }

    assert defaults == found
    assert [*REQUIRED] == [key for key, default in said.items() if default == "required"]


@pytest.fixture
def shop(sample: Database, project: Project) -> Project:
    """A project with every example of the page, on the sample warehouse."""
    project.url = sample.url
    for name in FILES:
        write(project, name)
    return project


def test_every_example_does_what_the_page_says(shop: Project) -> None:
    """An example builds, or says what stands below it; what it says is there word for word."""
    refused = [name for name, said in SAYS.items() if said.startswith("error: ")]
    good = [name for name in FILES if name not in refused]
    built = shop.run("build", *good, AIRFLOW_CONN_SHOP=shop.url)
    said = {name: built.stdout for name in SAYS if name in good}
    for name in refused:
        done = shop.run("build", name)
        said[name] = done.stderr
        assert done.returncode in (1, 2)

    assert (0, "") == (built.returncode, built.stderr)
    assert len(FILES) == len(good) + len(refused)
    assert SAYS == {name: text if text in said[name] else said[name] for name, text in SAYS.items()}


def test_every_command_of_the_page_works(shop: Project) -> None:
    """What stands there to be typed exits 0."""
    commands = [
        shlex.split(line)[3:]
        for _, language, text in BLOCK.findall(PAGE)
        if language == "sh"
        for line in text.splitlines()
    ]
    results = [shop.run(*command) for command in commands]

    assert results
    assert [] == [(result.args, result.stderr) for result in results if result.returncode]


def test_links_of_the_page_lead_somewhere() -> None:
    """Files are there, and sections of the page too."""
    links = re.findall(r"\]\(([^)#:]+)\)", PAGE)
    anchors = {re.sub(r"[^\w -]", "", h).strip().lower().replace(" ", "-")
               for h in re.findall(r"^#+ (.*)$", PAGE, re.MULTILINE)}  # fmt: skip

    assert [] == [link for link in links if not (REPOSITORY / "docs" / link).exists()]
    assert set() == {*re.findall(r"\]\(#([^)]+)\)", PAGE)} - anchors


def test_examples_are_read_as_the_page_says(shop: Project) -> None:
    """Both forms, and what the plugin's files have, are one summary each."""
    folder = shop.folder / "summaries"
    plugin = load_summary(folder / "plugin_summary.py")

    assert "annotated_summary" == load_summary(folder / "annotated_summary.py").target.name
    assert isinstance(plugin.output_checks[0], Count)
    assert ("eq", 0) == (plugin.output_checks[0].op, plugin.output_checks[0].count)
