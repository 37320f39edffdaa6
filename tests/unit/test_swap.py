"""What Postgres is sent to put a staged table in the live one's place."""

from __future__ import annotations

from dataclasses import replace

import pytest
from unit.tables import (
    COLUMNS,
    KEYED,
    LIVE,
    LIVE_SQL,
    PLAIN,
    READ,
    REBUILD,
    RETIRE,
    RUN,
    SETTLE_IN,
    STAGED,
    STAGED_RUN,
    STAGED_SQL,
    VIEW,
    changed,
    swapped,
    target,
    texts,
    with_column,
)

from builder.engines.postgres import swap
from builder.engines.postgres.attachments import Column, Grant, Identity, Index, Statistics, View
from builder.engines.postgres.wording import QUIET

SEQUENCE = "START WITH 1 INCREMENT BY 1 MINVALUE 1 MAXVALUE 9 CACHE 1 NO CYCLE"


# The locks


def test_transaction_says_all_before_its_first_lock() -> None:
    """Isolation, standbys, search path and plans; nobody is held up by any of it."""
    assert [
        "BEGIN ISOLATION LEVEL READ COMMITTED",
        "SET LOCAL synchronous_commit = local",
        QUIET,
    ] == texts(swap.begin_swap())


def test_views_are_locked_before_their_table() -> None:
    """As readers of a view take them; each view alone, and all in the time that one may take."""
    left = (
        "SELECT pg_catalog.set_config('lock_timeout', greatest(1, round(20 - 1000 * "
        "extract(epoch FROM pg_catalog.clock_timestamp() - pg_catalog.statement_timestamp())))"
        "::text || 'ms', true)"
    )
    other = View("bi", 'odd"view', "v", "Team A", is_owned=True, definition="SELECT 2")

    assert [
        "SET LOCAL lock_timeout = '20ms'",
        'ALTER VIEW "bi"."daily" OWNER TO "builder"',
        left,
        'ALTER VIEW "bi"."odd""view" OWNER TO "Team A"',
        left,
        f"LOCK TABLE {LIVE_SQL} IN ACCESS EXCLUSIVE MODE",
    ] == texts(swap.locks(target(changed(LIVE, views=(VIEW, other)))))


def test_first_build_has_nothing_to_lock() -> None:
    """Nobody reads a table that is not there."""
    assert [] == swap.locks(target(None))


@pytest.mark.parametrize(("seconds", "expected"), [(0.02, 20), (0.0004, 1), (-3, 1), (2.0, 2000)])
def test_lock_timeout_is_never_without_a_bound(seconds: float, expected: int) -> None:
    """Nought would be for ever: time that has run out is the shortest there is."""
    assert [f"SET LOCAL lock_timeout = '{expected}ms'"] == texts([swap.lock_timeout(seconds)])


# Names, comments, autovacuum


def test_first_build_gives_the_staged_table_its_name() -> None:
    """A first build retires nothing; readers are those that default privileges name."""
    defaults = (READ, Grant(None, "SELECT"))

    assert [
        *SETTLE_IN,
        f'GRANT SELECT ON TABLE {LIVE_SQL} TO "bi"',
        f"GRANT SELECT ON TABLE {LIVE_SQL} TO PUBLIC",
    ] == swapped(target(None, default_grants=defaults))


def test_rebuild_puts_the_live_table_aside_and_marks_it() -> None:
    """Nothing but two names and two comments where nothing else stands on the table."""
    assert REBUILD == swapped(target(LIVE))


def test_comment_of_the_live_table_stays() -> None:
    """What was said of it by hand is said of the next one."""
    comment = f"COMMENT ON TABLE {STAGED_SQL} IS 'Sales by day'"

    assert [REBUILD[0], REBUILD[1], REBUILD[2], comment, REBUILD[4]] == swapped(
        target(changed(LIVE, comment="Sales by day"))
    )


@pytest.mark.parametrize(("description", "expected"), [("It's new", "'It''s new'"), ("", "''")])
def test_description_of_the_file_wins(description: str, expected: str) -> None:
    """What the file says stands above what was said by hand; an empty text is said as well."""
    summary = replace(PLAIN, description=description)
    found = swapped(target(changed(LIVE, comment="by hand")), summary)

    assert f"COMMENT ON TABLE {STAGED_SQL} IS {expected}" == found[3]


def test_autovacuum_that_was_set_by_hand_is_set_again() -> None:
    """The builder turned it off for the staged table; whoever set it gets it back."""
    live = changed(LIVE, options=("fillfactor=70", "autovacuum_enabled=off"))

    assert f"ALTER TABLE {STAGED_SQL} SET (autovacuum_enabled='off')" == swapped(target(live))[2]


# Indexes


def test_rebuild_with_keys_hands_over_their_names() -> None:
    """The old indexes give their names up before the new ones take them."""
    live = changed(LIVE, indexes=(Index("sales_pkey", is_declared=True), Index("by_hand")))

    assert [
        RETIRE[0],
        f'ALTER INDEX "analytics"."sales_pkey" RENAME TO "prev_{RUN}_0"',
        f'ALTER INDEX "analytics"."by_hand" RENAME TO "prev_{RUN}_1"',
        RETIRE[1],
        *SETTLE_IN,
        f'ALTER INDEX "analytics"."builder_{STAGED_RUN}_0" RENAME TO "sales_pkey"',
        f'ALTER INDEX "analytics"."builder_{STAGED_RUN}_1" RENAME TO "sales_day_shop_key"',
        f'ALTER INDEX "analytics"."builder_{STAGED_RUN}_2" RENAME TO "sales_shop_idx"',
        f'ALTER INDEX "analytics"."builder_{STAGED_RUN}_3" RENAME TO "sales_lower_shop_idx"',
        f'ALTER INDEX "analytics"."builder_{STAGED_RUN}_4" RENAME TO "sales_USING_gin_tags_idx"',
        f'ALTER INDEX "analytics"."builder_{STAGED_RUN}_5" RENAME TO "sales_a_DESC_idx"',
    ] == swapped(target(live), KEYED)


def test_index_is_called_as_the_live_one_that_does_the_same() -> None:
    """A name that somebody gave by hand stays, for carried indexes and for the file's own."""
    own, by_hand = "USING btree (day)", "USING brin (shop)"
    summary = replace(PLAIN, indexes=(("day",), ("shop",)))
    live = changed(
        LIVE,
        indexes=(
            Index("of day", is_declared=True, written=own),
            Index("of shop", written=by_hand),
        ),
    )
    staged = changed(
        STAGED,
        indexes=(
            Index(f"builder_{RUN}_c1", written=by_hand),
            Index(f"builder_{STAGED_RUN}_0", is_declared=True, written=own),
            Index(f"builder_{STAGED_RUN}_1", is_declared=True, written="USING btree (shop)"),
        ),
    )

    assert [
        f'ALTER INDEX "analytics"."builder_{STAGED_RUN}_0" RENAME TO "of day"',
        f'ALTER INDEX "analytics"."builder_{RUN}_c1" RENAME TO "of shop"',
        f'ALTER INDEX "analytics"."builder_{STAGED_RUN}_1" RENAME TO "sales_shop_idx"',
    ] == swapped(target(live, staged), summary)[-3:]


def test_name_that_another_index_has_gets_a_number() -> None:
    """Index names are shared by the tables of a schema, and by the table's own by-hand ones."""
    summary = replace(PLAIN, indexes=(("day",), ("shop",)))
    by_hand = Index("sales_shop_idx", written="USING brin (day)")
    staged = changed(STAGED, indexes=(changed(by_hand, name=f"builder_{RUN}_c0"),))
    found = target(changed(LIVE, indexes=(by_hand,)), staged, taken=frozenset({"sales_day_idx"}))

    assert [
        f'ALTER INDEX "analytics"."builder_{RUN}_c0" RENAME TO "sales_shop_idx"',
        f'ALTER INDEX "analytics"."builder_{STAGED_RUN}_0" RENAME TO "sales_day_idx1"',
        f'ALTER INDEX "analytics"."builder_{STAGED_RUN}_1" RENAME TO "sales_shop_idx1"',
    ] == swapped(found, summary)[-3:]


# Statistics and sequences


def test_extended_statistics_hand_over_their_names() -> None:
    """In their own schema, which need not be the table's."""
    live = changed(LIVE, statistics=(Statistics("stats", "Of Both", "ON day, shop"),))
    made = Statistics("stats", f"builder_{RUN}_t0", "ON day, shop")

    assert [
        RETIRE[0],
        f'ALTER STATISTICS "stats"."Of Both" RENAME TO "prev_{RUN}_t0"',
        RETIRE[1],
        *SETTLE_IN,
        f'ALTER STATISTICS "stats"."builder_{RUN}_t0" RENAME TO "Of Both"',
    ] == swapped(target(live, changed(STAGED, statistics=(made,))))


def test_statistics_that_are_alike_keep_their_names() -> None:
    """Two of one definition are two: each takes a name, and none is looked for twice."""
    live = changed(
        LIVE, statistics=tuple(Statistics("s", name, "ON day, shop") for name in ("a", "b"))
    )
    made = tuple(Statistics("s", f"builder_{RUN}_t{n}", "ON day, shop") for n in range(2))

    assert [
        f'ALTER STATISTICS "s"."builder_{RUN}_t0" RENAME TO "a"',
        f'ALTER STATISTICS "s"."builder_{RUN}_t1" RENAME TO "b"',
    ] == swapped(target(live, changed(STAGED, statistics=made)))[-2:]


def test_identity_goes_on_counting() -> None:
    """The new sequence takes the old one's name and value, though the old one stays behind."""
    live = with_column(LIVE, "shop", sequence=Identity("sales_shop_seq", SEQUENCE))
    staged = with_column(STAGED, "shop", sequence=Identity(f"builder_{RUN}_s1", SEQUENCE))

    assert [
        RETIRE[0],
        f'ALTER SEQUENCE "analytics"."sales_shop_seq" RENAME TO "prev_{RUN}_s1"',
        RETIRE[1],
        *SETTLE_IN,
        f'ALTER SEQUENCE "analytics"."builder_{RUN}_s1" RENAME TO "sales_shop_seq"',
        'SELECT pg_catalog.setval(\'"analytics"."sales_shop_seq"\', last_value, is_called) '
        f'FROM "analytics"."prev_{RUN}_s1"',
    ] == swapped(target(live, staged))


def test_owned_sequence_goes_over_to_the_new_table() -> None:
    """Else it would be dropped with the old version, and the default with it."""
    live = with_column(LIVE, "shop", owned=("analytics.shop_seq", '"Odd".seq'))

    assert [
        *REBUILD,
        f'ALTER SEQUENCE analytics.shop_seq OWNED BY {LIVE_SQL}."shop"',
        f'ALTER SEQUENCE "Odd".seq OWNED BY {LIVE_SQL}."shop"',
    ] == swapped(target(live))


def test_sequence_of_a_column_that_is_gone_stays_with_the_version() -> None:
    """It is dropped with it one day; a rollback brings both back."""
    gone = Column("gone", "int", owned=("analytics.gone_seq",))

    assert REBUILD == swapped(target(changed(LIVE, columns=(*COLUMNS, gone))))
