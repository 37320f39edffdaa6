"""What the acceptance tests share: commands in the background, which end with their test."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from acceptance.moments import Background

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rig import Project


@pytest.fixture
def background(project: Project) -> Iterator[Background]:
    """Starts commands of the test's project; what still runs when the test ends is killed."""
    started = Background(project)
    yield started
    started.close()
