"""Summary and the kinds of Check: a config file as frozen values."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from builder.relation import Relation
from builder.summary.text import Text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from builder.errors import Place
    from builder.summary.keys import (
        FailingRows,
        MaterializedViews,
        MeasureKind,
        OldSnapshots,
        Operator,
        Publish,
        Scalar,
        Severity,
    )

_COLUMNS = ("column", "column_A", "column_B")  # what an expectation is about, said without a name
_OF_COLUMNS = ("expect_table_", "expect_column_to_exist")


@dataclass(frozen=True, slots=True)
class Change:
    """How far a number may be from the last published run's: shares of it, None for any way."""

    down: float | None = None
    up: float | None = None


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that must hold of `on`, or else of the staged table.

    `max_change` and `anomaly` compare with earlier runs; only kinds that measure a number have
    them. `place` is where it stands in the file.
    """

    label: str
    severity: Severity = field(default="critical", kw_only=True)
    on: Relation | None = field(default=None, kw_only=True)
    max_change: Change | None = field(default=None, kw_only=True)
    anomaly: bool = field(default=False, kw_only=True)
    place: Place | None = field(default=None, kw_only=True, compare=False, repr=False)

    @property
    def what(self) -> str:
        """What is asked, in one line for people."""
        return self.label

    @property
    def kind(self) -> str:
        """What kind of check it is, in one word for programs."""
        return type(self).__name__.lower() if type(self) is not Check else "drift"

    @property
    def text(self) -> Text | None:
        """The SQL of its author, where it has any."""
        return None

    @property
    def columns(self) -> Mapping[tuple[str | int, ...], str]:
        """The columns that it names, by where their names stand in its dict."""
        return {}

    @property
    def compares(self) -> bool:
        """Whether earlier runs are needed to judge it."""
        return self.max_change is not None or self.anomaly

    @property
    def fingerprint(self) -> str:
        """What finds the same measurement in earlier runs, even if its bounds or place change."""
        side = self.label.partition("[")[0]
        asked = f"{side} {self.on or ''} {' '.join(self.what.split())}"
        return hashlib.blake2b(asked.encode(errors="surrogatepass"), digest_size=16).hexdigest()


@dataclass(frozen=True, slots=True)
class Count(Check):
    """`sql` measures a number, which `op` compares with `count`, if there is one."""

    sql: Text = field(default_factory=lambda: Text(""))
    count: int | float | None = None
    op: Operator = "ge"

    @property
    def what(self) -> str:
        """The query as it is written."""
        return self.sql.value

    @property
    def text(self) -> Text:
        """The query."""
        return self.sql


@dataclass(frozen=True, slots=True)
class Expectation(Check):
    """An expectation of Great Expectations by its name there, with its arguments.

    `query` is the SQL of the one expectation that has any: `unexpected_rows_expectation`.
    """

    name: str = ""
    arguments: Mapping[str, object] = field(default_factory=dict)
    query: Text | None = None

    @property
    def what(self) -> str:
        """Its name, its column, and its further arguments."""
        columns = [str(self.arguments[key]) for key in _COLUMNS if key in self.arguments]
        others = [f"{k} {_shown(v)}" for k, v in self.arguments.items() if k not in _COLUMNS]
        return " ".join([self.name, *([", ".join([*columns, *others])] if self.arguments else [])])

    @property
    def text(self) -> Text | None:
        """The query of its author, where it has one."""
        return self.query

    @property
    def columns(self) -> Mapping[tuple[str | int, ...], str]:
        """Those that must be there for an answer; whether some are there may be what it asks."""
        if self.name.startswith(_OF_COLUMNS):
            return {}
        listed = self.arguments.get("column_list")
        many = enumerate(listed) if isinstance(listed, list | tuple) else ()
        return {
            **{(k,): v for k in _COLUMNS if isinstance(v := self.arguments.get(k), str)},
            **{("column_list", index): str(name) for index, name in many},
        }


@dataclass(frozen=True, slots=True)
class Measure(Check):
    """A number of one column, compared with earlier runs."""

    of: MeasureKind = "sum"
    column: str = ""

    @property
    def what(self) -> str:
        """Which number of which column."""
        return f"{self.of.replace('_', ' ')} of {self.column}"

    @property
    def columns(self) -> Mapping[tuple[str | int, ...], str]:
        """The one that is measured."""
        return {(self.of,): self.column}


@dataclass(frozen=True, slots=True)
class Freshness(Check):
    """The newest moment in `column` is at most `within` seconds ago.

    `time_zone` is where moments without a zone were written down.
    """

    column: str = ""
    within: float = 0.0
    time_zone: str = "UTC"

    @property
    def what(self) -> str:
        """Whose newest moment."""
        return f"newest {self.column}"

    @property
    def columns(self) -> Mapping[tuple[str | int, ...], str]:
        """The one that has the moments."""
        return {("fresh",): self.column}


@dataclass(frozen=True, slots=True)
class Reference(Check):
    """Every value of `column` stands in `to_column` of `to`; NULL refers to nothing."""

    column: str = ""
    to: Relation = field(default_factory=lambda: Relation("", ""))
    to_column: str = ""

    @property
    def what(self) -> str:
        """What refers to what."""
        return f"{self.column} is in {self.to}.{self.to_column}"

    @property
    def columns(self) -> Mapping[tuple[str | int, ...], str]:
        """The one that refers."""
        return {("column",): self.column}


@dataclass(frozen=True, slots=True)
class Key(Check):
    """No two rows have the same in these columns; a primary key has no NULL there either."""

    names: tuple[str, ...] = ()

    @property
    def what(self) -> str:
        """Which key it is."""
        kind = "primary key" if self.label == "primary_key" else "unique"
        return f"{kind} ({', '.join(self.names)})"


@dataclass(frozen=True, slots=True)
class Drift:
    """How severe it is that the staged columns differ from the live ones."""

    added: Severity = "warning"
    removed: Severity = "critical"
    changed: Severity = "critical"


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
    schema_drift: Drift = Drift()
    check_timeout: float = 600.0
    failing_rows: FailingRows | None = None
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

    @property
    def checked_sources(self) -> tuple[Relation, ...]:
        """The relations that input checks name, and not some query."""
        named = [check.on for check in self.input_checks if check.on]
        named += [check.to for check in self.input_checks if isinstance(check, Reference)]
        return tuple(dict.fromkeys(named))

    @property
    def sensitive(self) -> frozenset[str]:
        """The columns whose values nobody is shown."""
        return frozenset(column.name for column in self.columns if column.sensitive)


def _shown(value: object) -> str:
    return "[" + ", ".join(map(str, value)) + "]" if isinstance(value, list | tuple) else str(value)
