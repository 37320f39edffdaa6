"""What the tests of a publish share: a live table, what is staged for it, statements as text."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec
import pytest

from builder.engines.postgres import method, stage, swap
from builder.engines.postgres.attachments import Column, Grant, Struct, View
from builder.engines.postgres.carry import after_indexes, before_indexes, just_before, within_swap
from builder.engines.postgres.table import Table, Target
from builder.errors import PublishFailed
from builder.relation import Relation
from builder.summary import Summary, Text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from builder.engines.base import Statement
    from builder.engines.postgres.carry import Carried

S = TypeVar("S", bound=Struct)
SALES = Relation("analytics", "sales")
LIVE_SQL, STAGED_SQL = '"analytics"."sales"', '"analytics"."temp_sales"'
STAGED_RUN, RUN = "20261119_aaaaaa", "20261120_bbbbbb"
OLD_RUN = "20261118_cccccc"
VERSION = SALES.version(OLD_RUN)
VERSION_SQL = f'"analytics"."prev_sales_{OLD_RUN}"'
RETIRED_SQL = f'"analytics"."prev_sales_{RUN}"'
PLAIN = Summary(SALES, Text("SELECT 1"))
KEYED = replace(
    PLAIN,
    primary_key=("day",),
    unique=(("day", "shop"),),
    indexes=(("shop",), Text("lower(shop)"), Text("USING gin (tags)"), Text(" (a DESC) ")),
)
COLUMNS = (Column("day", "date"), Column("shop", "text"))
LIVE = Table(oid=1, kind="r", owner="builder", is_owned=True, columns=COLUMNS)
STAGED = Table(
    oid=2,
    kind="r",
    owner="builder",
    is_owned=True,
    comment=f"staged by builder run {STAGED_RUN} {stage.digest(PLAIN)}",
    columns=COLUMNS,
    options=("autovacuum_enabled=false",),
)
KEPT = Table(
    oid=3,
    kind="r",
    owner="builder",
    is_owned=True,
    comment=f"kept by builder run {OLD_RUN}: a version of analytics.sales",
    columns=COLUMNS,
)
READ = Grant("bi", "SELECT")
VIEW = View("bi", "daily", "v", "builder", is_owned=True, definition=" SELECT 1 AS a;\n")
RETIRE = [
    f'ALTER TABLE {LIVE_SQL} RENAME TO "prev_sales_{RUN}"',
    f"COMMENT ON TABLE {RETIRED_SQL} IS 'kept by builder run {RUN}: a version of analytics.sales'",
]
SETTLE_IN = [
    f"ALTER TABLE {STAGED_SQL} RESET (autovacuum_enabled)",
    f"COMMENT ON TABLE {STAGED_SQL} IS NULL",
    f'ALTER TABLE {STAGED_SQL} RENAME TO "sales"',
]
REBUILD = [*RETIRE, *SETTLE_IN]
"""The swap of a table that nothing stands on."""


def changed(one: S, **changes: Any) -> S:
    """The same but for these."""
    return msgspec.structs.replace(one, **changes)


def with_column(table: Table, name: str, **changes: Any) -> Table:
    """The same table but for one column."""
    columns = (changed(one, **changes) if one.name == name else one for one in table.columns)
    return changed(table, columns=tuple(columns))


def target(live: Table | None, incoming: Table | None = STAGED, **more: Any) -> Target:
    """A build: the live table, and what is staged for it."""
    return Target(SALES, live, incoming, **more)


def back(live: Table | None, version: Table | None = KEPT) -> Target:
    """A rollback: the live table, and a version that is to come back."""
    return Target(SALES, live, version, incoming_relation=VERSION)


def texts(statements: Iterable[Statement]) -> list[str]:
    """The statements as people read them."""
    return [statement.shown for statement in statements]


def before(found: Target) -> list[Carried]:
    """What is carried over before there are indexes."""
    return list(before_indexes(found, RUN))


def after(found: Target, summary: Summary = PLAIN) -> list[Carried]:
    """What is carried over once the file's indexes are there."""
    return list(after_indexes(found, summary, RUN))


def keys(found: Target) -> list[Carried]:
    """What is made last, since it holds rows of other tables: foreign keys."""
    return list(just_before(found))


def within(found: Target) -> list[Carried]:
    """What is made in the swap itself, under the live table's name."""
    return list(within_swap(found))


def refused(live: Table, summary: Summary = PLAIN, incoming: Table | None = STAGED) -> str:
    """What is said of a table that cannot be published."""
    found = target(live, incoming)
    with pytest.raises(PublishFailed) as caught:
        method.require_fits(found, summary, method.method_for(found, summary, "etl"))
    return str(caught.value)


def told(carried: Iterable[Carried]) -> list[str]:
    """What is carried over, in words."""
    return [one.what for one in carried]


def sent(carried: Iterable[Carried]) -> list[str]:
    """All that is sent to carry things over."""
    return [text for one in carried for text in texts(one.statements)]


def swapped(found: Target, summary: Summary = PLAIN) -> list[str]:
    """The swap's statements between its locks and its COMMIT."""
    staged_run = "" if found.is_rollback else STAGED_RUN
    return texts(swap.swap(found, summary, RUN, builder="builder", staged_run=staged_run))
