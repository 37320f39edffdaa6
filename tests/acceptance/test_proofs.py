"""The proofs of `python -m benchmarks.publish` and `.checks`, in a form that takes seconds each.

Readers under publishes and rollbacks, kills at statements and random moments, many builds of one
table at once, twenty checks by one scan. Each ends with exit status 1 and a sentence where
something is not as promised.
"""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from rig import REPOSITORY

PROOFS = {
    "readers": (
        *("readers", "--publishes", "40", "--rollbacks", "4", "--slow", "1", "--endless", "0"),
        *("--drops", "0", "--rivals-slow", "0", "--dbt", "0", "--block", "2", "--control", "1"),
        *("--pause", "0.002"),
    ),
    "kills of builds": (
        *("kills", "--every", "13", "--kills", "3", "--server-kills", "2"),
        *("--verbs", "build"),
    ),
    "kills of rollbacks": (
        *("kills", "--every", "9", "--kills", "0", "--server-kills", "0"),
        *("--verbs", "rollback"),
    ),
    "many at once": ("busy", "--processes", "8"),
    "large tables": ("size", "--rows", "20000", "--rounds", "1"),
    "one scan": ("scan", "--rows", "20000", "--rounds", "1"),
}


@pytest.mark.parametrize("proof", PROOFS)
def test_nothing_is_found_that_is_not_as_promised(proof: str) -> None:
    """No error, no wrong result, nothing left over: see each proof's own words."""
    module = "benchmarks.checks" if proof == "one scan" else "benchmarks.publish"
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("BUILDER_", "PG"))}
    done = subprocess.run(
        [sys.executable, "-m", module, *PROOFS[proof]],
        cwd=REPOSITORY,
        env=kept,
        capture_output=True,
        check=False,
        text=True,
        timeout=300,
    )

    assert 0 == done.returncode, done.stdout + done.stderr
