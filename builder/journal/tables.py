"""The journal's tables, how they came to be, and what stands in their rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from builder.engines.base import Statement
from builder.settings import masked
from builder.summary import Count

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from builder.relation import Relation
    from builder.run import CheckResult, Number, Run

VERSION = 3
"""Of the tables below. Changes only add, so an older client works on a newer journal; one that
must not says so through `oldest_client`, the oldest VERSION that may write."""

LOCK = 7_303_014_562_210_395_231  # of the making of the journal; any number that stays the same
MIGRATIONS = {
    1: """
-- IF NOT EXISTS would ask for the right to make one even where it is there.
DO $$ BEGIN IF to_regnamespace('builder') IS NULL THEN CREATE SCHEMA builder; END IF; END $$;
CREATE TABLE builder.journal (version int NOT NULL, oldest_client int NOT NULL);
INSERT INTO builder.journal VALUES (1, 1);
CREATE TABLE builder.runs (
    run_id text PRIMARY KEY,
    table_schema text NOT NULL,
    table_name text NOT NULL,
    action text NOT NULL,
    status text NOT NULL,
    step text,
    step_started_at timestamptz,
    host text NOT NULL,
    pid int NOT NULL,
    os_user text NOT NULL,
    db_role text NOT NULL DEFAULT current_user,
    owner text NOT NULL,
    started_at timestamptz NOT NULL,
    finished_at timestamptz,
    rows bigint,
    error text,
    journal_version int NOT NULL);
CREATE INDEX runs_of_table ON builder.runs (table_schema, table_name, started_at DESC);
CREATE INDEX runs_by_time ON builder.runs (started_at DESC);
CREATE TABLE builder.steps (
    run_id text NOT NULL REFERENCES builder.runs ON DELETE CASCADE,
    position int NOT NULL,
    name text NOT NULL,
    passed boolean NOT NULL,
    seconds double precision NOT NULL,
    detail text NOT NULL,
    PRIMARY KEY (run_id, position));
CREATE TABLE builder.checks (
    run_id text NOT NULL REFERENCES builder.runs ON DELETE CASCADE,
    position int NOT NULL,
    label text NOT NULL,
    sql text NOT NULL,
    op text NOT NULL,
    wanted numeric,
    measured numeric,
    passed boolean NOT NULL,
    severity text NOT NULL,
    reason text NOT NULL,
    seconds double precision NOT NULL,
    PRIMARY KEY (run_id, position));
CREATE TABLE builder.versions (
    table_schema text NOT NULL,
    table_name text NOT NULL,
    kept_as text NOT NULL,
    replaced_by text NOT NULL REFERENCES builder.runs ON DELETE CASCADE,
    replaced_at timestamptz NOT NULL,
    dropped_at timestamptz,
    PRIMARY KEY (table_schema, kept_as));
COMMENT ON SCHEMA builder IS 'The journal of the summary-table builder';
""",
    2: """
ALTER TABLE builder.runs ADD COLUMN restored text, ADD COLUMN effective_at timestamptz;
ALTER TABLE builder.versions ADD COLUMN made_by text, ADD COLUMN rows bigint,
    ADD COLUMN restored_by text;
CREATE INDEX versions_of_table ON builder.versions (table_schema, table_name, replaced_at DESC);
UPDATE builder.runs SET effective_at = finished_at WHERE status = 'published';
CREATE INDEX runs_by_effect ON builder.runs (table_schema, table_name, effective_at DESC)
    WHERE effective_at IS NOT NULL;
CREATE INDEX versions_there ON builder.versions (table_schema, table_name, replaced_at DESC)
    WHERE dropped_at IS NULL;
UPDATE builder.journal SET version = 2;
""",
    3: """
ALTER TABLE builder.checks ADD COLUMN fingerprint text, ADD COLUMN kind text,
    ADD COLUMN asked text, ADD COLUMN found text, ADD COLUMN expected text,
    ADD COLUMN low numeric, ADD COLUMN high numeric, ADD COLUMN failing bigint,
    ADD COLUMN considered bigint, ADD COLUMN failing_rows jsonb;
UPDATE builder.journal SET version = 3;
""",
}


@dataclass(frozen=True, slots=True)
class PastRun:
    """One run, as the journal has it; times are aware, `finished_at` None while it runs."""

    run_id: str
    table: Relation
    action: str
    status: str
    started_at: datetime
    finished_at: datetime | None
    rows: int | None
    error: str | None
    built_by: str = ""
    """user@host"""
    restored: str | None = None
    """The run whose version a rollback has brought back."""


@dataclass(frozen=True, slots=True)
class Measured:
    """A number that a check measured in a run that was published, and when that took effect."""

    value: Number
    at: datetime


@dataclass(frozen=True, slots=True)
class Kept:
    """A version that a publish has kept: what it is called, and the run that made its rows.

    `made_by` is None where the journal does not know, as of a table made by hand.
    """

    relation: Relation
    made_by: str | None = None
    rows: int | None = None
    replaced_by: str = ""
    replaced_at: datetime | None = None
    can_come_back: bool = True


def rows_of(run: Run) -> list[Statement]:
    """What writes the steps and checks of a run that has ended.

    Failing rows are written down only where the file or the settings let them be kept.
    """
    steps = [
        (run.run_id, position, step.name, bool(step.passed), step.seconds, step.detail)
        for position, step in enumerate(run.steps)
    ]
    checks = [
        (run.run_id, position, *_of_check(result, keeps=run.summary.failing_rows == "keep"))
        for position, result in enumerate(run.checks)
    ]
    return [*_insert("steps", steps), *_insert("checks", checks)]


def _of_check(result: CheckResult, *, keeps: bool) -> tuple[object, ...]:
    check, failing = result.check, result.failing
    counted = check if isinstance(check, Count) else None
    shown = None
    if failing is not None and keeps:
        rows = {"columns": failing.columns, "rows": failing.rows}
        shown = msgspec.json.encode(rows, enc_hook=str).decode()
    return (
        check.label,
        masked(check.text.value if check.text else ""),
        counted.op if counted else "",
        counted.count if counted else None,
        None if isinstance(result.measured, str) else result.measured,
        result.passed,
        check.severity,
        masked(result.reason),
        result.seconds,
        check.fingerprint,
        check.kind,
        masked(check.what),
        masked(result.found) if keeps or not result.holds_values else None,
        masked(result.wanted),
        result.low,
        result.high,
        failing.count if failing else None,
        failing.of if failing else None,
        shown,
    )


def _insert(table: str, rows: Sequence[tuple[object, ...]]) -> list[Statement]:
    """One statement for all rows, none for none."""
    if not rows:
        return []
    row = f"({', '.join(['%s'] * len(rows[0]))})"
    text = f"INSERT INTO builder.{table} VALUES {', '.join([row] * len(rows))}"  # noqa: S608 -- our own table names
    return [Statement(text, tuple(value for values in rows for value in values))]
