"""Whoever might do something with the live table may do it with the new one, views included."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from unit.tables import (
    LIVE,
    LIVE_SQL,
    READ,
    REBUILD,
    RETIRE,
    RETIRED_SQL,
    RUN,
    SETTLE_IN,
    STAGED,
    VIEW,
    changed,
    swapped,
    target,
    with_column,
)

from builder.engines.postgres import swap
from builder.engines.postgres.attachments import Column, Grant, View
from builder.engines.postgres.table import Target
from builder.relation import Relation
from builder.summary import Summary, Text

if TYPE_CHECKING:
    from builder.engines.base import Statement

# Who may do what


def test_readers_go_over_to_the_new_table() -> None:
    """The version that goes loses them; the new table gets the same ones, column by column.

    Default privileges count for a new table only, and a column that is gone takes its grants.
    """
    grants = (
        READ,
        Grant("bi", "INSERT", grantable=True),
        Grant(None, "SELECT"),
        Grant('odd"role', "SELECT", column="day"),
        Grant("builder", "SELECT", column="day"),
        Grant("bi", "UPDATE", grantable=True, column="gone"),
    )
    found = target(changed(LIVE, grants=grants), default_grants=(Grant("other", "SELECT"),))

    assert [
        RETIRE[0],
        f'REVOKE ALL ON TABLE {RETIRED_SQL} FROM "bi" CASCADE',
        f"REVOKE ALL ON TABLE {RETIRED_SQL} FROM PUBLIC CASCADE",
        f'REVOKE ALL ON TABLE {RETIRED_SQL} FROM "odd""role" CASCADE',
        RETIRE[1],
        *SETTLE_IN,
        f'GRANT SELECT ON TABLE {LIVE_SQL} TO "bi"',
        f'GRANT INSERT ON TABLE {LIVE_SQL} TO "bi" WITH GRANT OPTION',
        f"GRANT SELECT ON TABLE {LIVE_SQL} TO PUBLIC",
        f'GRANT SELECT ("day") ON TABLE {LIVE_SQL} TO "odd""role"',
        f'GRANT SELECT ("day") ON TABLE {LIVE_SQL} TO "builder"',
    ] == swapped(found)


def test_grant_of_another_role_is_made_by_that_role() -> None:
    """Whoever granted it can take it away; the builder is itself again after each."""
    grants = (
        Grant("analyst", "SELECT", grantor='lead"er'),
        Grant('lead"er', "SELECT", grantable=True),
    )

    assert [
        f'GRANT SELECT ON TABLE {LIVE_SQL} TO "lead""er" WITH GRANT OPTION',
        'SET LOCAL ROLE "lead""er"',
        f'GRANT SELECT ON TABLE {LIVE_SQL} TO "analyst"',
        'SET LOCAL ROLE "builder"',
    ] == swapped(target(changed(LIVE, grants=grants)))[-4:]


def test_grants_come_after_the_rights_they_are_made_with() -> None:
    """Each grantor has the grant option before it grants; a circle ends all the same."""
    one, two, three = (
        Grant("a", "SELECT", grantable=True),
        Grant("b", "SELECT", grantable=True, grantor="a"),
        Grant("c", "SELECT", grantor="b"),
    )
    circle = [Grant("x", "SELECT", grantor="y"), Grant("y", "SELECT", grantor="x")]

    assert [one, two, three] == swap.in_order([three, two, one])
    assert [one, *circle] == swap.in_order([*circle, one])
    assert [] == swap.in_order([])


def test_owner_stays_the_owner() -> None:
    """The owner is set before grants: one to the builder would go away with the table."""
    live = changed(LIVE, owner="Team A", grants=(Grant("builder", "SELECT"),))

    assert [
        f'ALTER TABLE {LIVE_SQL} OWNER TO "Team A"',
        f'GRANT SELECT ON TABLE {LIVE_SQL} TO "builder"',
    ] == swapped(target(live))[-2:]


def test_sequence_changes_hands_once_its_table_has() -> None:
    """A sequence belongs to its table's owner: before that is set the server refuses it."""
    live = changed(with_column(LIVE, "shop", owned=("analytics.shop_seq",)), owner="Team A")

    assert [
        *REBUILD,
        f'ALTER TABLE {LIVE_SQL} OWNER TO "Team A"',
        f'ALTER SEQUENCE analytics.shop_seq OWNED BY {LIVE_SQL}."shop"',
    ] == swapped(target(live))


@pytest.mark.parametrize(
    ("live", "staged", "expected"),
    [
        (
            ("INSERT", "DELETE"),
            (),
            ['REVOKE DELETE {} FROM "boss"', 'REVOKE INSERT {} FROM "boss"'],
        ),
        (("INSERT",), ("INSERT",), []),
        ((), ("TRUNCATE", "INSERT"), ['GRANT INSERT {} TO "boss"', 'GRANT TRUNCATE {} TO "boss"']),
    ],
)
def test_owner_may_do_what_it_might(
    live: tuple[str, ...], staged: tuple[str, ...], expected: list[str]
) -> None:
    """Privileges that were taken from the owner are taken again, and what has come is given."""
    found = target(
        changed(LIVE, owner="boss", owner_lacks=live),
        changed(STAGED, owner="boss", owner_lacks=staged),
    )

    assert [*REBUILD, *(text.format(f"ON TABLE {LIVE_SQL}") for text in expected)] == swapped(found)


@pytest.mark.parametrize(
    ("flag", "is_live", "expected"),
    [
        ("row_security", True, "ENABLE"),
        ("row_security", False, "DISABLE"),
        ("forced_row_security", True, "FORCE"),
        ("forced_row_security", False, "NO FORCE"),
    ],
)
def test_row_security_is_as_it_was(flag: str, expected: str, *, is_live: bool) -> None:
    """It is turned on in the swap, not before: the staged table's own checks read every row."""
    found = target(changed(LIVE, **{flag: is_live}), changed(STAGED, **{flag: not is_live}))

    assert [*REBUILD, f"ALTER TABLE {LIVE_SQL} {expected} ROW LEVEL SECURITY"] == swapped(found)


def test_incoming_table_has_no_readers_of_its_own() -> None:
    """Who was let in to look at a version, or at what is staged, is put out as it goes live."""
    staged = changed(STAGED, grants=(Grant("curious", "SELECT"), Grant("builder", "SELECT")))

    assert [
        *REBUILD,
        f'REVOKE ALL ON TABLE {LIVE_SQL} FROM "curious" CASCADE',
    ] == swapped(target(LIVE, staged))


# Views


def test_views_read_the_new_table_with_their_options() -> None:
    """A view reads a table by its number: it is made again, and without WITH it would lose them."""
    options = ("security_barrier=true", "check_option=local")
    other = View("bi", "Of %", "v", "team", True, " SELECT 100 % 7;", options)  # noqa: FBT003 -- as the struct has it

    assert [
        *REBUILD,
        'CREATE OR REPLACE VIEW "bi"."daily" AS SELECT 1 AS a',
        'CREATE OR REPLACE VIEW "bi"."Of %" WITH (security_barrier=\'true\', '
        "check_option='local') AS SELECT 100 % 7",
    ] == swapped(target(changed(LIVE, views=(VIEW, other))))


# Names that hold anything


@pytest.mark.parametrize("name", ["100%", "a%s", "%(x)s", 'q"uote', "전환율 (%)"])
def test_hostile_name_is_only_a_name(name: str) -> None:
    """A statement with values can be filled whatever names stand in it: 전환율(%) is a column."""
    relation = Relation("s", name)
    grant = Grant(name, "SELECT", column=name)
    live = changed(LIVE, columns=(Column(name, "int", owned=("s.q",)),), grants=(grant,))
    staged = changed(STAGED, columns=(Column(name, "int"),))
    statements = swap.swap(
        Target(relation, live, staged), Summary(relation, Text("")), RUN, builder="b"
    )
    quoted = name.replace('"', '""')

    assert [
        f'ALTER TABLE "s"."{quoted}" RENAME TO "prev_{quoted}_{RUN}"',
        f'REVOKE ALL ON TABLE "s"."prev_{quoted}_{RUN}" FROM "{quoted}" CASCADE',
        f'COMMENT ON TABLE "s"."prev_{quoted}_{RUN}" IS '
        f"'kept by builder run {RUN}: a version of s.{name}'",
        f'ALTER TABLE "s"."temp_{quoted}" RESET (autovacuum_enabled)',
        f'COMMENT ON TABLE "s"."temp_{quoted}" IS NULL',
        f'ALTER TABLE "s"."temp_{quoted}" RENAME TO "{quoted}"',
        f'ALTER SEQUENCE s.q OWNED BY "s"."{quoted}"."{quoted}"',
        f'GRANT SELECT ("{quoted}") ON TABLE "s"."{quoted}" TO "{quoted}"',
    ] == [as_sent(one) for one in statements]


def as_sent(statement: Statement) -> str:
    """The text once its values are in it, as the driver fills it."""
    if not statement.values:
        return statement.text
    values = ("NULL" if value is None else f"'{value}'" for value in statement.values)
    return statement.text % tuple(values)
