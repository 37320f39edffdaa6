"""Build summary tables beside the live ones, check them, and only then swap them in.

The names below are the public ones. They are loaded on first use, so that importing the
package costs nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from builder.engines import open_engine
    from builder.errors import BuilderError
    from builder.journal import Journal
    from builder.pipeline import build, drop, publish, rollback
    from builder.run import Run
    from builder.settings import load_settings
    from builder.summary import Summary, load_summary
    from builder.typed import SummaryFile

__version__ = "0.1.0"

__all__ = [
    "BuilderError",
    "Journal",
    "Run",
    "Summary",
    "SummaryFile",
    "__version__",
    "build",
    "drop",
    "load_settings",
    "load_summary",
    "open_engine",
    "publish",
    "rollback",
]

_HOMES = {
    "BuilderError": "builder.errors",
    "Journal": "builder.journal",
    "Run": "builder.run",
    "Summary": "builder.summary",
    "SummaryFile": "builder.typed",
    "build": "builder.pipeline",
    "drop": "builder.pipeline",
    "load_settings": "builder.settings",
    "load_summary": "builder.summary",
    "open_engine": "builder.engines",
    "publish": "builder.pipeline",
    "rollback": "builder.pipeline",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)
