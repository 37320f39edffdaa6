"""What the unit tests share: a way to read a file's text as a summary, and calm property tests."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import hypothesis
import pytest
from hypothesis.configuration import set_hypothesis_home_dir

from builder.errors import ConfigError
from builder.summary import load_summary

if TYPE_CHECKING:
    from collections.abc import Callable

    from builder.errors import Problem
    from builder.summary import Summary

# The same examples each time: a build server's verdict must not vary. The tables of letters that
# hypothesis makes for itself do not belong into the project.
set_hypothesis_home_dir(Path(tempfile.gettempdir()) / "hypothesis")
hypothesis.settings.register_profile("unit", derandomize=True, deadline=None, database=None)
hypothesis.settings.load_profile("unit")


@pytest.fixture
def read(tmp_path: Path) -> Callable[..., Summary]:
    """Read a text, or bytes, as the summary file `sales.py` or another."""

    def read(content: str | bytes, name: str = "sales.py") -> Summary:
        file = tmp_path / name
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
        return load_summary(file, tmp_path)

    return read


@pytest.fixture
def problems(read: Callable[..., Summary]) -> Callable[..., list[Problem]]:
    """Everything that is wrong in a text, read as a summary file."""

    def problems(content: str | bytes, name: str = "sales.py") -> list[Problem]:
        with pytest.raises(ConfigError) as caught:
            read(content, name)
        return list(caught.value.problems)

    return problems
