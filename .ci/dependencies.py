"""Print the base package's dependencies for pip, one a line, without platform markers."""

import tomllib
from pathlib import Path

project = tomllib.loads(Path("pyproject.toml").read_text(encoding="utf-8"))["project"]
print("\n".join(line.partition(";")[0].strip() for line in project["dependencies"]))  # noqa: T201
