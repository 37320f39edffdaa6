"""Indexes, and constraints that are made of one, given to the incoming table."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from unit.tables import (
    KEPT,
    LIVE,
    OLD_RUN,
    PLAIN,
    RUN,
    STAGED,
    STAGED_SQL,
    VERSION_SQL,
    after,
    back,
    changed,
    sent,
    target,
)

from builder.engines.postgres.attachments import Index
from builder.engines.postgres.carry.indexes import matched

WRITTEN = "USING btree (lower(shop)) WITH (fillfactor='70') WHERE (day > '2026-01-01'::date)"
BY_HAND = Index("by hand", written=WRITTEN, options=("fillfactor=70",))
UNIQUE = Index(
    "sales_uq", kind="unique", columns=("day",), is_unique=True, constraint="UNIQUE (day)"
)
HERE = "SET LOCAL default_tablespace = ''"
NAME = f"builder_{RUN}_c0"
MADE = f'"analytics"."{NAME}"'
MARK = "'declared in the summary'"


def test_index_is_made_under_a_name_of_the_run() -> None:
    """The live table has the real one until the swap."""
    carried = after(target(changed(LIVE, indexes=(BY_HAND,))))
    made = changed(BY_HAND, name=NAME)

    assert ["index by hand"] == [one.what for one in carried]
    assert [HERE, f'CREATE INDEX "{NAME}" ON {STAGED_SQL} {WRITTEN}'] == sent(carried)
    assert [] == after(target(changed(LIVE, indexes=(BY_HAND,)), changed(STAGED, indexes=(made,))))


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        (
            {"is_unique": True, "kind": "unique"},
            [HERE, f'CREATE UNIQUE INDEX "{NAME}" ON {STAGED_SQL} {WRITTEN}'],
        ),
        (
            {"tablespace": "it's fast"},
            [
                "SET LOCAL default_tablespace = 'it''s fast'",
                f'CREATE INDEX "{NAME}" ON {STAGED_SQL} {WRITTEN}',
            ],
        ),
        (
            {"comment": "mine"},
            [
                HERE,
                f'CREATE INDEX "{NAME}" ON {STAGED_SQL} {WRITTEN}',
                f"COMMENT ON INDEX {MADE} IS 'mine'",
            ],
        ),
        (
            {"statistics": ((1, 100), (2, 0))},
            [
                HERE,
                f'CREATE INDEX "{NAME}" ON {STAGED_SQL} {WRITTEN}',
                f"ALTER INDEX {MADE} ALTER COLUMN 1 SET STATISTICS 100",
                f"ALTER INDEX {MADE} ALTER COLUMN 2 SET STATISTICS 0",
            ],
        ),
        (
            {"is_clustered": True, "is_replica_identity": True},
            [
                HERE,
                f'CREATE INDEX "{NAME}" ON {STAGED_SQL} {WRITTEN}',
                f'ALTER TABLE {STAGED_SQL} CLUSTER ON "{NAME}"',
                f'ALTER TABLE {STAGED_SQL} REPLICA IDENTITY USING INDEX "{NAME}"',
            ],
        ),
    ],
)
def test_index_is_made_with_all_that_it_is_like(
    changes: dict[str, Any], expected: list[str]
) -> None:
    """Tablespace, comment, statistics targets, CLUSTER mark and replica identity."""
    live = changed(LIVE, indexes=(changed(BY_HAND, **changes),))
    made = changed(STAGED, indexes=(changed(BY_HAND, name=NAME, **changes),))

    assert expected == sent(after(target(live)))
    assert [] == after(target(live, made))


def test_constraint_is_made_with_its_index() -> None:
    """Its storage options stand outside of its definition, and its comment is not the index's."""
    index = changed(
        UNIQUE, constraint="UNIQUE (day)", options=("fillfactor=70",), constraint_comment="one each"
    )
    carried = after(target(changed(LIVE, indexes=(index,))))

    assert ["unique sales_uq"] == [one.what for one in carried]
    assert [
        HERE,
        f'ALTER TABLE {STAGED_SQL} ADD CONSTRAINT "{NAME}" UNIQUE (day)',
        f"ALTER INDEX {MADE} SET (fillfactor='70')",
        f"COMMENT ON CONSTRAINT \"{NAME}\" ON {STAGED_SQL} IS 'one each'",
    ] == sent(carried)
    made = changed(index, name=NAME)

    assert [] == after(target(changed(LIVE, indexes=(index,)), changed(STAGED, indexes=(made,))))


def test_index_that_is_there_is_only_changed() -> None:
    """What the file declares was made by staging: what was set on it by hand is set again."""
    summary = replace(PLAIN, indexes=(("day",),))
    own = Index("x", is_declared=True, columns=("day",), written="USING btree (day)")
    by_hand = changed(
        own, name="sales_day_idx", tablespace="fast", options=("fillfactor=70",), comment="quick"
    )
    staged = changed(STAGED, indexes=(own,))
    carried = after(target(changed(LIVE, indexes=(by_hand,)), staged), summary)

    assert ["what is set on index sales_day_idx"] == [one.what for one in carried]
    assert [
        'ALTER INDEX "analytics"."x" SET (fillfactor=\'70\')',
        'ALTER INDEX "analytics"."x" SET TABLESPACE "fast"',
        'COMMENT ON INDEX "analytics"."x" IS \'quick\'',
    ] == sent(carried)


def test_what_was_set_on_an_index_is_taken_away_again() -> None:
    """A version's index is as the live one is now."""
    bare = BY_HAND.written.replace(" WITH (fillfactor='70')", "")
    live = changed(LIVE, indexes=(changed(BY_HAND, options=(), written=bare),))
    there = changed(
        BY_HAND,
        tablespace="fast",
        comment="old",
        constraint_comment="old",
        is_clustered=True,
    )
    name = f'"analytics"."{BY_HAND.name}"'

    assert [
        f"ALTER INDEX {name} RESET (fillfactor)",
        f'ALTER INDEX {name} SET TABLESPACE "pg_default"',
        f"COMMENT ON INDEX {name} IS NULL",
        f'COMMENT ON CONSTRAINT "{BY_HAND.name}" ON {VERSION_SQL} IS NULL',
        f"ALTER TABLE {VERSION_SQL} SET WITHOUT CLUSTER",
    ] == sent(after(back(live, changed(KEPT, indexes=(there,)))))


def test_statistics_target_of_an_index_that_is_gone_is_reset() -> None:
    """Only so is the version's index, once it is changed, as the live one is."""
    live = changed(LIVE, indexes=(changed(BY_HAND, statistics=((1, 10),)),))
    there = changed(BY_HAND, statistics=((1, 10), (2, 20)))

    reset = 'ALTER INDEX "analytics"."by hand" ALTER COLUMN 2 SET STATISTICS -1'

    assert reset in sent(after(back(live, changed(KEPT, indexes=(there,)))))


def test_index_of_the_file_is_not_carried_over() -> None:
    """Staging has made it; one that somebody made by hand before it was declared is the same."""
    summary = replace(PLAIN, unique=(("day",),))
    made = changed(UNIQUE, name=f"builder_{RUN}_0", is_declared=True)
    staged = changed(STAGED, indexes=(made,))

    for is_declared in (True, False):
        live = changed(LIVE, indexes=(changed(UNIQUE, is_declared=is_declared),))

        assert [] == after(target(live, staged), summary)


def test_index_that_the_file_declares_no_more_goes() -> None:
    """The live one bears the builder's mark: nobody made it by hand."""
    live = changed(LIVE, indexes=(changed(UNIQUE, is_declared=True),))

    assert [] == after(target(live))


def test_second_index_like_the_files_is_somebodys_own() -> None:
    """The file declares one: two that are alike are that one, and one by hand."""
    summary = replace(PLAIN, indexes=(("day",),))
    own = Index("a", is_declared=True, columns=("day",), written="USING btree (day)")
    by_hand = changed(own, name="b", is_declared=False)
    staged = changed(STAGED, indexes=(changed(own, name=f"builder_{RUN}_0"),))

    assert [HERE, f'CREATE INDEX "builder_{RUN}_c1" ON {STAGED_SQL} USING btree (day)'] == sent(
        after(target(changed(LIVE, indexes=(own, by_hand)), staged), summary)
    )


def test_index_that_the_live_table_has_lost_is_dropped() -> None:
    """While a table is staged somebody drops an index: the one that was carried goes as well."""
    constraint = changed(UNIQUE, name="c")
    staged = changed(STAGED, indexes=(BY_HAND, constraint))
    carried = after(target(LIVE, staged))

    assert ["index by hand", "unique c"] == [one.what for one in carried]
    assert [
        'DROP INDEX "analytics"."by hand"',
        f'ALTER TABLE {STAGED_SQL} DROP CONSTRAINT "c"',
    ] == sent(carried)


def test_version_gets_the_keys_of_the_live_table() -> None:
    """No file is asked in a rollback: what the live table has counts, the file's marks included."""
    declared = changed(UNIQUE, is_declared=True)
    name = f"builder_{RUN}_c0"

    assert [
        HERE,
        f'ALTER TABLE {VERSION_SQL} ADD CONSTRAINT "{name}" UNIQUE (day)',
        f"COMMENT ON INDEX {MADE} IS {MARK}",
        f'DROP INDEX "analytics"."prev_{OLD_RUN}_0"',
    ] == sent(
        after(
            back(
                changed(LIVE, indexes=(declared,)),
                changed(
                    KEPT, indexes=(Index(f"prev_{OLD_RUN}_0", is_declared=True, written="gone"),)
                ),
            )
        )
    )


@pytest.mark.parametrize(
    ("live", "version", "expected"),
    [(True, True, MARK), (True, False, MARK), (False, True, MARK), (False, False, "NULL")],
)
def test_mark_of_the_file_stays_on_its_index(*, live: bool, version: bool, expected: str) -> None:
    """Where a comment by hand goes, it is the mark that comes: it tells whose the index is."""
    old = changed(BY_HAND, is_declared=live)
    new = changed(BY_HAND, is_declared=version, comment="by hand")

    assert [f'COMMENT ON INDEX "analytics"."by hand" IS {expected}'] == sent(
        after(back(changed(LIVE, indexes=(old,)), changed(KEPT, indexes=(new,))))
    )


def test_version_without_a_keys_columns_does_without_it() -> None:
    """The file's key is the next build's; one by hand is not left out without a word."""
    columns = ("day", "new")
    declared = Index("k", is_declared=True, columns=columns, constraint="UNIQUE (day, new)")

    assert [] == after(back(changed(LIVE, indexes=(declared,))))
    by_hand = changed(declared, is_declared=False)

    assert [HERE, f'ALTER TABLE {VERSION_SQL} ADD CONSTRAINT "{NAME}" UNIQUE (day, new)'] == sent(
        after(back(changed(LIVE, indexes=(by_hand,))))
    )


def test_indexes_that_do_the_same_are_paired_once() -> None:
    """By what they do and not by name; storage options and quotes of names are no difference."""
    one, two = Index("one", written="USING btree (a)"), Index("two", written="USING btree (a)")
    other = Index("o", written="USING btree (a) WITH (fillfactor='50')", options=("fillfactor=50",))
    unlike = (
        Index("u", written="USING btree (b)"),
        Index("v", kind="unique", written="USING btree (a)"),
        Index("w", written="USING btree (a)", constraint="UNIQUE (a)"),
    )

    assert {"one": "o", "two": "x"} == matched((one, two), (*unlike, other, changed(one, name="x")))
    assert {"one": "o"} == matched((one, two), (*unlike, other))
    assert {} == matched((one,), unlike)


def test_index_is_paired_with_one_and_no_other() -> None:
    """One that somebody made by hand is the file's, where the file alone has one like it."""
    by_hand = Index("hand", written="w")
    own = Index("own", is_declared=True, written="w")

    assert {"hand": "own"} == matched((by_hand,), (own,))
    assert {"own": "hand"} == matched((own,), (by_hand,))
    assert {"hand": "a"} == matched(
        (by_hand,), (changed(by_hand, name="a"), changed(by_hand, name="b"))
    )


def test_index_of_the_file_is_paired_with_its_like() -> None:
    """Of two that do the same the declared one takes the declared one's name."""
    own = Index("own", is_declared=True, written="w")
    by_hand = Index("hand", written="w")

    assert {"own": "d", "hand": "h"} == matched(
        (by_hand, own), (changed(own, name="d"), changed(by_hand, name="h"))
    )
