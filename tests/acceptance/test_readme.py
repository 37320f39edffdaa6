"""README's commands, as they stand there, one after the other."""

from __future__ import annotations

import re
import shlex
import shutil
from typing import TYPE_CHECKING

from rig import REPOSITORY, Project

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from rig import Database

README = (REPOSITORY / "README.md").read_text("utf-8")
# A block of code with its language, and the comment right before it, if there is one.
BLOCK = re.compile(r"(?:<!-- ([^\n]*) -->\n+)?```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def commands() -> Iterator[list[str]]:
    """The arguments of each call of the builder, in README's order."""
    for mark, language, text in BLOCK.findall(README):
        if language != "sh" or mark == "not run":
            continue
        for line in text.replace("\\\n", " ").splitlines():
            for command in line.split("&&"):
                words = shlex.split(command, comments=True)
                if words[:3] == ["python", "-m", "builder"]:
                    yield words[3:]
                elif words[:1] == ["builder"]:
                    yield words[1:]


def test_every_command_of_the_readme_works(tmp_path: Path, sample: Database) -> None:
    """Who follows README on the sample sees each command exit 0."""
    project = Project(tmp_path, sample.url)
    for folder in ("sql", "summaries"):
        shutil.copytree(REPOSITORY / folder, tmp_path / folder)
    for mark, _, text in BLOCK.findall(README):
        if mark.startswith("file: "):
            (tmp_path / mark.removeprefix("file: ")).write_text(text, encoding="utf-8")

    results = [project.run(*arguments) for arguments in commands()]

    assert len(results) >= 5
    assert [] == [(result.args, result.stderr) for result in results if result.returncode]


def test_every_file_of_the_readme_is_there() -> None:
    """What README links to in this repository is there."""
    links = re.findall(r"\]\(([^)#:]+)\)", README)

    assert links
    assert [] == [link for link in links if not (REPOSITORY / link).exists()]
