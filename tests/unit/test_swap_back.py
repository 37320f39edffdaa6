"""What Postgres is sent to bring a kept version back."""

from __future__ import annotations

from dataclasses import replace

import pytest
from unit.tables import (
    KEPT,
    KEYED,
    LIVE,
    LIVE_SQL,
    OLD_RUN,
    READ,
    RETIRE,
    RETIRED_SQL,
    RUN,
    VERSION_SQL,
    VIEW,
    back,
    changed,
    swapped,
)

from builder.engines.postgres.attachments import Index, Statistics


def test_rollback_is_the_same_swap_with_a_version() -> None:
    """The version takes the place and all that hangs on it; what is live becomes a version."""
    live = changed(
        LIVE,
        owner="team",
        comment="Sales by day",
        grants=(READ,),
        indexes=(Index("sales_pkey", is_declared=True, written="a"), Index("by_hand", written="b")),
        statistics=(Statistics("analytics", "both", "ON day, shop"),),
        views=(VIEW,),
        row_security=True,
    )
    version = changed(
        KEPT,
        indexes=(
            Index(f"prev_{OLD_RUN}_1", written="b"),
            Index(f"prev_{OLD_RUN}_0", is_declared=True, written="a"),
        ),
        statistics=(Statistics("analytics", "prev_t0", "ON day, shop"),),
    )

    assert [
        RETIRE[0],
        f'ALTER INDEX "analytics"."sales_pkey" RENAME TO "prev_{RUN}_0"',
        f'ALTER INDEX "analytics"."by_hand" RENAME TO "prev_{RUN}_1"',
        f'ALTER STATISTICS "analytics"."both" RENAME TO "prev_{RUN}_t0"',
        f'REVOKE ALL ON TABLE {RETIRED_SQL} FROM "bi" CASCADE',
        RETIRE[1],
        f"COMMENT ON TABLE {VERSION_SQL} IS 'Sales by day'",
        f'ALTER TABLE {VERSION_SQL} RENAME TO "sales"',
        f'ALTER INDEX "analytics"."prev_{OLD_RUN}_0" RENAME TO "sales_pkey"',
        f'ALTER INDEX "analytics"."prev_{OLD_RUN}_1" RENAME TO "by_hand"',
        'ALTER STATISTICS "analytics"."prev_t0" RENAME TO "both"',
        f'ALTER TABLE {LIVE_SQL} OWNER TO "team"',
        f"ALTER TABLE {LIVE_SQL} ENABLE ROW LEVEL SECURITY",
        f'GRANT SELECT ON TABLE {LIVE_SQL} TO "bi"',
        'CREATE OR REPLACE VIEW "bi"."daily" AS SELECT 1 AS a',
    ] == swapped(back(live, version), replace(KEYED, description="of the file"))


@pytest.mark.parametrize(
    ("live", "version", "expected"),
    [
        ((), (), []),
        ((), ("autovacuum_enabled=off",), ["RESET (autovacuum_enabled)"]),
        (("autovacuum_enabled=off",), (), ["SET (autovacuum_enabled='off')"]),
    ],
)
def test_rollback_leaves_autovacuum_as_it_is_now(
    live: tuple[str, ...], version: tuple[str, ...], expected: list[str]
) -> None:
    """A version was live and is not the builder's to reset; it gets what the live table has."""
    found = swapped(back(changed(LIVE, options=live), changed(KEPT, options=version)))

    assert expected == [
        text.removeprefix(f"ALTER TABLE {VERSION_SQL} ") for text in found if "autovacuum" in text
    ]


def test_rollback_of_a_table_that_was_dropped() -> None:
    """Nothing is retired; the version is live again under the schema's default privileges."""
    found = replace(back(None), default_grants=(READ,))

    assert [
        f"COMMENT ON TABLE {VERSION_SQL} IS NULL",
        f'ALTER TABLE {VERSION_SQL} RENAME TO "sales"',
        f'GRANT SELECT ON TABLE {LIVE_SQL} TO "bi"',
    ] == swapped(found)
