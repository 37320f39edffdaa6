"""How columns differ from those that readers have, and rows without the values nobody sees."""

from __future__ import annotations

import pytest

from builder.checks.drift import drift
from builder.checks.masking import masked_rows
from builder.run import MASK
from builder.summary import Drift

LIVE = {"day": "date", "amount": "numeric(10,2)", "channel": "text"}


def told(staged: dict[str, str], allowed: Drift | None = None) -> list[tuple[object, ...]]:
    """The results, as their label, severity, verdict and what was found."""
    return [
        (result.check.label, result.check.severity, result.passed, result.found)
        for result in drift(allowed or Drift(), staged, LIVE)
    ]


def test_same_columns_are_one_result_that_passed() -> None:
    """In whatever order."""
    (result,) = drift(Drift(), {"channel": "text", **LIVE}, LIVE)

    assert ("schema_drift", "drift", True, 3, "3 columns", "as live") == (
        result.check.label,
        result.check.kind,
        result.passed,
        result.measured,
        result.found,
        result.wanted,
    )


@pytest.mark.parametrize(
    ("staged", "expected"),
    [
        ({**LIVE, "n": "int"}, ("schema_drift.added", "warning", False, "n int added")),
        (
            {"day": "date"},
            ("schema_drift.removed", "critical", False, "amount, channel gone"),
        ),
        (
            {**LIVE, "amount": "numeric(12,2)", "day": "text"},
            (
                "schema_drift.changed",
                "critical",
                False,
                "day from date to text, amount from numeric(10,2) to numeric(12,2)",
            ),
        ),
    ],
)
def test_each_way_is_one_result(staged: dict[str, str], expected: tuple[object, ...]) -> None:
    """A new column warns; one that goes, or is of another type, stops the run."""
    assert [expected] == told(staged)


def test_all_ways_are_told_together() -> None:
    """A column with another name is one that came and one that went; case counts."""
    staged = {"Day": "date", "amount": "bigint", "channel": "text"}

    assert ["schema_drift.added", "schema_drift.removed", "schema_drift.changed"] == [
        label for label, *_ in told(staged)
    ]


def test_file_says_how_severe_each_way_is() -> None:
    """The severities are those of the file; only what is more than info says how to allow it."""
    allowed = Drift(added="critical", removed="info", changed="warning")
    found = drift(allowed, {"Day": "date", "amount": "bigint", "channel": "text"}, LIVE)

    assert ["critical", "info", "warning"] == [result.check.severity for result in found]
    assert [
        ("if that is meant, let the file say 'schema_drift': {'added': 'info'}",),
        (),
        ("if that is meant, let the file say 'schema_drift': {'changed': 'info'}",),
    ] == [result.notes for result in found]


def test_sensitive_values_are_masked() -> None:
    """In every row, also where they are empty or 0; NULL stays NULL."""
    rows = [(1, "a@b.c", None), (2, "", 0), (3, None, "x")]

    assert (
        ("id", "mail", "score"),
        ((1, MASK, None), (2, MASK, MASK), (3, None, MASK)),
    ) == masked_rows(("id", "mail", "score"), rows, {"mail", "score", "gone"})


def test_nothing_sensitive_is_nothing_masked() -> None:
    """Rows are as they were found, and none stay none."""
    assert (("id",), ((1,),)) == masked_rows(("id",), [(1,)], set())
    assert (("id",), ()) == masked_rows(("id",), [], {"id"})
