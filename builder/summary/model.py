"""Summary and Check: a config file as frozen values."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from builder.relation import Relation
from builder.summary.text import Text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from builder.summary.keys import (
        MaterializedViews,
        OldSnapshots,
        Operator,
        Publish,
        Scalar,
        Severity,
    )


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that must hold: `sql` measures a number, which `op` compares with `count`.

    A check without a `count` is read and typed, but does not run yet; `notice` says so.
    """

    label: str
    sql: Text = field(default_factory=lambda: Text(""))
    count: int | float | None = None
    op: Operator = "ge"
    severity: Severity = "critical"
    notice: str = ""

    @property
    def runs(self) -> bool:
        """Whether there is a number to compare with."""
        return self.count is not None


@dataclass(frozen=True, slots=True)
class Column:
    """What a file says of one column of the table."""

    name: str
    description: str = ""
    sensitive: bool = False


@dataclass(frozen=True, slots=True)
class Summary:
    """One summary table: where it goes, the query that makes it, and what must hold.

    Times are in seconds; None means without a bound.
    """

    target: Relation
    query: Text
    file: Path = Path()
    input_checks: tuple[Check, ...] = ()
    output_checks: tuple[Check, ...] = ()
    before: tuple[Text, ...] = ()
    after: tuple[Text, ...] = ()
    primary_key: tuple[str, ...] = ()
    unique: tuple[tuple[str, ...], ...] = ()
    indexes: tuple[tuple[str, ...] | Text, ...] = ()
    description: str | None = None
    columns: tuple[Column, ...] = ()
    owner: str = ""
    tags: tuple[str, ...] = ()
    publish: Publish = "auto"
    keep: int = 1
    allow_empty: bool = False
    old_snapshots: OldSnapshots = "wait"
    materialized_views: MaterializedViews = "refuse"
    publish_timeout: float = 60.0
    timeout: float | None = None
    row_security: bool = False
    dialect: str | None = None
    connection: str | None = None
    params: Mapping[str, Scalar] = field(default_factory=dict)
    notices: tuple[str, ...] = ()

    def into(self, schema: str) -> Summary:
        """The same summary, built into another schema."""
        return replace(self, target=Relation(schema, self.target.name))

    def given(self, params: Mapping[str, Scalar]) -> Summary:
        """The same summary with other values for its parameters."""
        return replace(self, params={**self.params, **params})
