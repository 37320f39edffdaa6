"""MemoryJournal: a journal without a server."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from builder.engines.base import Statement, Version
from builder.journal import Journal
from builder.journal.tables import Kept, Measured, PastRun
from builder.testing.calls import Fake

if TYPE_CHECKING:
    from collections.abc import Sequence

    from builder.relation import Relation
    from builder.run import Run


@dataclass(eq=False, kw_only=True)
class MemoryJournal(Fake, Journal):
    """A journal in memory: `runs` are those that ended, `versions_kept` the youngest first.

    `committed` names the tables whose publish has been committed, as after a lost connection.
    """

    versions_kept: list[Kept] = field(default_factory=list)
    runs: list[Run] = field(default_factory=list)
    committed: list[str] = field(default_factory=list)

    def start(self, run: Run) -> None:
        """See Journal.start."""
        self._call("journal.start")

    def published(
        self, run: Run, replaced: Version | None, restored: Kept | None = None
    ) -> list[Statement]:
        """See Journal.published; the rows that were live were made by the last run here."""
        self._call("journal.published", replaced.relation if replaced else "")
        made_by = next((r.restores or r.run_id for r in self.runs[::-1] if r.is_published), None)
        if restored is not None:
            self.versions_kept.remove(restored)
        if replaced is not None:
            self.versions_kept.insert(0, Kept(replaced.relation, made_by))
        return [Statement(f"published {run.target}")]

    def removed(self, run: Run, versions: Sequence[Relation]) -> list[Statement]:
        """See Journal.removed."""
        self._call("journal.removed")
        self.versions_kept = [kept for kept in self.versions_kept if kept.relation not in versions]
        return [Statement(f"dropped {run.target}")]

    def finish(self, run: Run) -> None:
        """See Journal.finish; every run is kept here, also one that never had its lock."""
        self._call("journal.finish", run.status)
        self.runs.append(run)

    def holder(self, target: Relation) -> str:
        """See Journal.holder."""
        self._call("journal.holder")
        return "another run"

    def is_ours(self, target: Relation) -> bool:
        """See Journal.is_ours."""
        of_table = (run for run in self.runs[::-1] if run.target == target)
        last = next((run for run in of_table if run.is_published or run.is_dropped), None)
        return last is not None and last.is_published

    def is_published(self, run: Run) -> bool:
        """See Journal.is_published."""
        self._call("journal.is_published")
        return run.target.name in self.committed

    def versions(self, target: Relation) -> list[Kept]:
        """See Journal.versions; those that are gone are forgotten."""
        return list(self.versions_kept)

    def history(self, table: Relation | None = None, limit: int = 50) -> list[PastRun]:
        """See Journal.history."""
        last = [run for run in self.runs[::-1] if table in (None, run.target)]
        return [
            PastRun(
                *(run.run_id, run.target, run.action, run.status, run.started_at, run.finished_at),
                *(run.rows, str(run.error) if run.error else None, "", run.restores),
            )
            for run in last[:limit]
        ]

    def kept(self, target: Relation) -> list[Kept]:
        """See Journal.kept."""
        self._call("journal.kept")
        return list(self.versions_kept)

    def measured(self, target: Relation, fingerprints: Sequence[str]) -> dict[str, list[Measured]]:
        """See Journal.measured."""
        self._call("journal.measured", len(fingerprints))
        found: dict[str, list[Measured]] = {}
        for run in (one for one in self.runs[::-1] if one.is_published and one.target == target):
            for result in run.checks:
                fingerprint, value = result.check.fingerprint, result.measured
                at = run.finished_at or run.started_at
                told = found.setdefault(fingerprint, []) if fingerprint in fingerprints else None
                if told is None or isinstance(value, str | None):
                    continue
                if not any(one.at == at for one in told):
                    told.append(Measured(value, at))
        return found

    def dropped(self, version: Relation) -> None:
        """See Journal.dropped."""
        self._call("journal.dropped", version)
        self.versions_kept = [kept for kept in self.versions_kept if kept.relation != version]
