"""What fakes have in common: they write down what they are asked for, and fail when told to."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(eq=False, kw_only=True)
class Fake:
    """One that stands in for a part of the house; see `builder.testing`."""

    calls: list[str] = field(default_factory=list)
    fails: Mapping[str, BaseException | list[BaseException]] = field(default_factory=dict)

    def _call(self, name: str, of: object = "") -> None:
        self.calls.append(f"{name} {of}".strip())
        error = self.fails.get(name)
        if isinstance(error, list):
            error = error.pop(0) if error else None
        if error is not None:
            raise error
