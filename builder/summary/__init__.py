"""A summary: the definition of one table, read from a file under `summaries/`.

`load_summary` reads one file and runs nothing of it; what comes back is frozen.
"""

from builder.summary.files import find_summary, load_summary, summary_files
from builder.summary.model import (
    Change,
    Check,
    Column,
    Count,
    Drift,
    Expectation,
    Freshness,
    Key,
    Measure,
    Reference,
    Summary,
)
from builder.summary.text import Text

__all__ = [
    "Change",
    "Check",
    "Column",
    "Count",
    "Drift",
    "Expectation",
    "Freshness",
    "Key",
    "Measure",
    "Reference",
    "Summary",
    "Text",
    "find_summary",
    "load_summary",
    "summary_files",
]
