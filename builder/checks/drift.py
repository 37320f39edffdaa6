"""How the columns of the staged table differ from those that readers have."""

from __future__ import annotations

from typing import TYPE_CHECKING

from builder.run import CheckResult
from builder.summary import Check

if TYPE_CHECKING:
    from collections.abc import Mapping

    from builder.summary import Drift
    from builder.summary.keys import Severity

LABEL = "schema_drift"


def drift(allowed: Drift, staged: Mapping[str, str], live: Mapping[str, str]) -> list[CheckResult]:
    """One result for each way in which they differ, or one that passed.

    Columns are compared by their names and their types as SQL; their order may change.
    """
    added = [f"{name} {kind}" for name, kind in staged.items() if name not in live]
    gone = [name for name in live if name not in staged]
    changed = [
        f"{name} from {live[name]} to {kind}"
        for name, kind in staged.items()
        if live.get(name, kind) != kind
    ]
    found = [
        *([_result("added", f"{', '.join(added)} added", allowed.added)] if added else []),
        *([_result("removed", f"{', '.join(gone)} gone", allowed.removed)] if gone else []),
        *([_result("changed", f"{', '.join(changed)}", allowed.changed)] if changed else []),
    ]
    if found:
        return found
    check = Check(LABEL)
    return [CheckResult(check, True, len(staged), 0.0, "as live", _columns(len(staged)))]  # noqa: FBT003 -- as the dataclass has it


def _result(way: str, found: str, severity: Severity) -> CheckResult:
    note = f"if that is meant, let the file say 'schema_drift': {{'{way}': 'info'}}"
    notes = (note,) if severity != "info" else ()
    check = Check(f"{LABEL}.{way}", severity=severity)
    wanted = "the columns of the live table"
    return CheckResult(check, False, found, 0.0, wanted, found, notes=notes)  # noqa: FBT003 -- as the dataclass has it


def _columns(many: int) -> str:
    return f"{many} column{'s' if many != 1 else ''}"
