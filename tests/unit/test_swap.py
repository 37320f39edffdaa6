"""What Postgres is sent to stage and to publish, statement by statement, without a server."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from builder.engines.base import Statement
from builder.engines.postgres import publish, stage
from builder.engines.postgres.describe import (
    Grant,
    Index,
    Table,
    Target,
    column_changes,
    is_ours,
    kind_of,
)
from builder.engines.postgres.lock import lock_key
from builder.errors import PublishFailed
from builder.relation import LONGEST_NAME, Relation
from builder.summary import Column, Summary, Text

if TYPE_CHECKING:
    from collections.abc import Sequence

SALES = Relation("analytics", "sales")
STAGED_RUN, RUN = "20261119_aaaaaa", "20261120_bbbbbb"
PLAIN = Summary(SALES, Text("SELECT 1"))
KEYED = replace(
    PLAIN,
    primary_key=("day",),
    unique=(("day", "shop"),),
    indexes=(("shop",), Text("lower(shop)"), Text("USING gin (tags)"), Text(" (a DESC) ")),
)
DESCRIBED = replace(
    PLAIN,
    description="It's new",
    columns=(Column("day", "The day"), Column("shop"), Column("gone", "of no column")),
)
STAGED = Table(
    oid=2,
    kind="r",
    owner="builder",
    is_owned=True,
    comment=f"staged by builder run {STAGED_RUN}",
    grants=(),
    columns={"day": "date", "shop": "text"},
    column_comments={},
    indexes=(),
    hangs=(),
)


def staged_of(summary: Summary, *indexes: Index) -> Table:
    """What a build of the summary has staged."""
    comment = f"staged by builder run {STAGED_RUN} {stage.digest(summary)}"
    return msgspec.structs.replace(STAGED, comment=comment, indexes=indexes)


LIVE = Table(
    oid=1,
    kind="r",
    owner="builder",
    is_owned=True,
    comment="Sales by day",
    grants=(
        Grant("bi", "SELECT", grantable=False),
        Grant("bi", "INSERT", grantable=True),
        Grant(None, "SELECT", grantable=False),
        Grant('odd"role', "SELECT", grantable=False, column="day"),
        Grant("bi", "UPDATE", grantable=True, column="dropped"),
    ),
    columns={"day": "date", "dropped": "int"},
    column_comments={"day": "Old day", "dropped": "of the dropped one"},
    indexes=(),
    hangs=(),
)
BARE = msgspec.structs.replace(LIVE, grants=(), comment=None, column_comments={})


def target(
    live: Table | None, staged: Table | None = STAGED, defaults: tuple[Grant, ...] = ()
) -> Target:
    """The tables under the target's names."""
    return Target(SALES, live, staged, defaults)


def texts(statements: Sequence[Statement]) -> list[str]:
    """The statements as people read them."""
    return [statement.shown for statement in statements]


def swap(found: Target, summary: Summary) -> list[str]:
    """The swap's statements between its lock and its COMMIT."""
    return texts(publish.swap(found, summary, RUN, STAGED_RUN))


# The swap


def test_transaction_of_a_rebuild_takes_its_lock_last() -> None:
    """Isolation, timeout and search path are set before the live table is locked."""
    assert [
        "BEGIN ISOLATION LEVEL READ COMMITTED",
        "SET LOCAL lock_timeout = '20ms'",
        "SET LOCAL synchronous_commit = local",
        "SET LOCAL search_path = ''",
        'LOCK TABLE "analytics"."sales" IN ACCESS EXCLUSIVE MODE',
    ] == texts(publish.begin_swap(target(LIVE)))


def test_transaction_of_a_first_build_has_nothing_to_lock() -> None:
    """Without a live table the same is set, and nothing locked."""
    assert texts(publish.begin_swap(target(LIVE)))[:-1] == texts(publish.begin_swap(target(None)))


def test_first_build_gives_the_staged_table_its_name() -> None:
    """A first build retires nothing; readers are those that default privileges name."""
    defaults = (Grant("bi", "SELECT", grantable=False), Grant(None, "SELECT", grantable=False))

    assert [
        'ALTER TABLE "analytics"."temp_sales" RESET (autovacuum_enabled)',
        'COMMENT ON TABLE "analytics"."temp_sales" IS NULL',
        'ALTER TABLE "analytics"."temp_sales" RENAME TO "sales"',
        'GRANT SELECT ON TABLE "analytics"."sales" TO "bi"',
        'GRANT SELECT ON TABLE "analytics"."sales" TO PUBLIC',
    ] == swap(target(None, defaults=defaults), PLAIN)


def test_rebuild_carries_grants_and_comments() -> None:
    """The version that goes loses its readers; the new table gets the same ones, column by column.

    Default privileges count for a new table only, and a column that is gone takes its grants and
    its comment along.
    """
    defaults = (Grant("other", "SELECT", grantable=False),)

    assert [
        'ALTER TABLE "analytics"."sales" RENAME TO "prev_sales_20261120_bbbbbb"',
        'REVOKE ALL ON TABLE "analytics"."prev_sales_20261120_bbbbbb" FROM "bi" CASCADE',
        'REVOKE ALL ON TABLE "analytics"."prev_sales_20261120_bbbbbb" FROM PUBLIC CASCADE',
        'REVOKE ALL ON TABLE "analytics"."prev_sales_20261120_bbbbbb" FROM "odd""role" CASCADE',
        'ALTER TABLE "analytics"."temp_sales" RESET (autovacuum_enabled)',
        'COMMENT ON TABLE "analytics"."temp_sales" IS \'Sales by day\'',
        'COMMENT ON COLUMN "analytics"."temp_sales"."day" IS \'Old day\'',
        'ALTER TABLE "analytics"."temp_sales" RENAME TO "sales"',
        'GRANT SELECT ON TABLE "analytics"."sales" TO "bi"',
        'GRANT INSERT ON TABLE "analytics"."sales" TO "bi" WITH GRANT OPTION',
        'GRANT SELECT ON TABLE "analytics"."sales" TO PUBLIC',
        'GRANT SELECT ("day") ON TABLE "analytics"."sales" TO "odd""role"',
    ] == swap(target(LIVE, defaults=defaults), PLAIN)


def test_table_of_another_role_is_refused() -> None:
    """What we may not rename is refused before anything is staged, with whose it is."""
    live = msgspec.structs.replace(LIVE, owner="Team A", is_owned=False)
    with pytest.raises(PublishFailed, match="the table belongs to Team A"):
        publish.require_publishable(target(live), PLAIN, "etl")


def test_rebuild_by_another_role_keeps_the_owner() -> None:
    """The owner is set first: a grant to the one who builds would go away with the table."""
    live = msgspec.structs.replace(LIVE, owner="Team A", grants=LIVE.grants[:1])

    assert [
        'ALTER TABLE "analytics"."temp_sales" RENAME TO "sales"',
        'ALTER TABLE "analytics"."sales" OWNER TO "Team A"',
        'GRANT SELECT ON TABLE "analytics"."sales" TO "bi"',
    ] == swap(target(live), PLAIN)[-3:]


def test_rebuild_with_keys_hands_over_their_names() -> None:
    """The old indexes give their names up before the new ones take them."""
    live = msgspec.structs.replace(
        BARE,
        indexes=(Index("sales_pkey", is_declared=True), Index("by_hand", is_declared=False)),
    )

    assert [
        'ALTER TABLE "analytics"."sales" RENAME TO "prev_sales_20261120_bbbbbb"',
        'ALTER INDEX "analytics"."sales_pkey" RENAME TO "prev_20261120_bbbbbb_0"',
        'ALTER INDEX "analytics"."by_hand" RENAME TO "prev_20261120_bbbbbb_1"',
        'ALTER TABLE "analytics"."temp_sales" RESET (autovacuum_enabled)',
        'COMMENT ON TABLE "analytics"."temp_sales" IS NULL',
        'ALTER TABLE "analytics"."temp_sales" RENAME TO "sales"',
        'ALTER INDEX "analytics"."builder_20261119_aaaaaa_0" RENAME TO "sales_pkey"',
        'ALTER INDEX "analytics"."builder_20261119_aaaaaa_1" RENAME TO "sales_day_shop_key"',
        'ALTER INDEX "analytics"."builder_20261119_aaaaaa_2" RENAME TO "sales_shop_idx"',
        'ALTER INDEX "analytics"."builder_20261119_aaaaaa_3" RENAME TO "sales_lower_shop_idx"',
        'ALTER INDEX "analytics"."builder_20261119_aaaaaa_4" RENAME TO "sales_USING_gin_tags_idx"',
        'ALTER INDEX "analytics"."builder_20261119_aaaaaa_5" RENAME TO "sales_a_DESC_idx"',
    ] == swap(target(live), KEYED)


def test_comments_of_the_file_win() -> None:
    """What the file says of the table and its columns stands above what was said by hand."""
    assert [
        "COMMENT ON TABLE \"analytics\".\"temp_sales\" IS 'It''s new'",
        'COMMENT ON COLUMN "analytics"."temp_sales"."day" IS \'The day\'',
    ] == [text for text in swap(target(LIVE), DESCRIBED) if text.startswith("COMMENT")]


def test_empty_description_takes_the_comment_away() -> None:
    """An empty text is said; a missing one is not, and leaves what is there."""
    empty = replace(PLAIN, description="")

    assert 'COMMENT ON TABLE "analytics"."temp_sales" IS \'\'' in swap(target(LIVE), empty)


@pytest.mark.parametrize("name", ["100%", "a%s", "%(x)s"])
def test_percent_in_a_name_is_no_value(name: str) -> None:
    """A statement with values can be filled whatever names stand in it: 전환율(%) is a column."""
    staged = msgspec.structs.replace(STAGED, columns={name: "numeric"})
    summary = replace(PLAIN, columns=(Column(name, "In percent"),))
    statements = publish.swap(target(None, staged), summary, RUN, STAGED_RUN)

    assert [f'COMMENT ON COLUMN "analytics"."temp_sales"."{name}" IS \'In percent\''] == [
        statement.text % tuple(f"'{value}'" for value in statement.values)
        if statement.values
        else statement.text
        for statement in statements
        if "COLUMN" in statement.text
    ]


# What is refused


def test_table_that_would_lose_nothing_may_be_published() -> None:
    """No live table, or one whose indexes are the file's own, is fine."""
    publish.require_publishable(target(None), PLAIN, "builder")
    publish.require_publishable(target(LIVE), PLAIN, "builder")
    own = msgspec.structs.replace(LIVE, indexes=(Index("sales_pkey", is_declared=True),))
    publish.require_publishable(target(own), KEYED, "builder")


@pytest.mark.parametrize(
    ("kind", "words"),
    [("v", "a view"), ("m", "a materialized view"), ("p", "a partitioned table"), ("?", "a table")],
)
def test_relation_that_is_no_ordinary_table_is_refused(kind: str, words: str) -> None:
    """Only an ordinary table is replaced; anything else is named for what it is."""
    live = msgspec.structs.replace(LIVE, kind=kind)
    with pytest.raises(PublishFailed) as caught:
        publish.require_publishable(target(live), PLAIN, "builder")

    assert (
        f"Cannot publish analytics.sales: there is {words} of that name, and only an ordinary "
        "table can be replaced. Rename one of the two."
    ) == str(caught.value)
    assert words == kind_of(live)


def test_what_would_be_lost_is_named() -> None:
    """Everything that hangs on the live table, and every index of nobody's, is in the error."""
    live = msgspec.structs.replace(
        LIVE, hangs=("view bi.v", "row security"), indexes=(Index("by_hand", is_declared=False),)
    )
    with pytest.raises(PublishFailed) as caught:
        publish.require_publishable(target(live), KEYED, "builder")

    assert (
        "Cannot publish analytics.sales: replacing the table would lose or leave behind "
        "view bi.v, row security, index by_hand. Nothing was touched. Drop what is not needed; "
        "keys and indexes can be declared in the file as `primary_key`, `unique` and `indexes`."
    ) == str(caught.value)


def test_staged_table_says_which_run_made_it() -> None:
    """Its comment names the run, whose indexes it has."""
    indexes = tuple(Index(f"builder_{STAGED_RUN}_{n}", is_declared=False) for n in range(6))
    staged = staged_of(KEYED, *indexes)

    assert STAGED_RUN == publish.require_staged(target(LIVE, staged), KEYED)
    assert STAGED_RUN == publish.require_staged(target(LIVE, staged_of(PLAIN)), PLAIN)


@pytest.mark.parametrize(
    "change", [{"query": Text("SELECT 2")}, {"primary_key": ("shop",)}, {"unique": (("shop",),)}]
)
def test_what_was_staged_from_another_query_is_refused(change: dict[str, Any]) -> None:
    """What stands in the file is what goes live: its query, keys and indexes as they are now."""
    with pytest.raises(PublishFailed, match="have changed since it was staged"):
        publish.require_staged(target(LIVE, staged_of(PLAIN)), replace(PLAIN, **change))


@pytest.mark.parametrize(
    ("staged", "message"),
    [
        (
            None,
            "Cannot publish analytics.sales: the staged table analytics.temp_sales is gone. "
            "Run build again.",
        ),
        (
            msgspec.structs.replace(STAGED, comment="mine"),
            "Cannot build analytics.sales: analytics.temp_sales exists and the builder did not "
            "make it. The builder stages under that name and never drops what others made: "
            "rename or drop it.",
        ),
        (
            staged_of(KEYED, Index(f"builder_{STAGED_RUN}_0", is_declared=True)),
            "Cannot publish analytics.sales: the staged table lacks a key or index that the "
            "file declares. Run build again.",
        ),
    ],
    ids=["gone", "not ours", "half done"],
)
def test_staged_table_that_is_not_whole_and_ours_is_refused(
    staged: Table | None, message: str
) -> None:
    """What is published was staged by a run, to its end."""
    with pytest.raises(PublishFailed) as caught:
        publish.require_staged(target(LIVE, staged), KEYED)

    assert message == str(caught.value)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, True),
        ({"comment": None}, False),
        ({"comment": "staged"}, False),
        ({"kind": "v"}, False),
    ],
)
def test_only_what_a_run_staged_is_ours(changes: dict[str, str | None], *, expected: bool) -> None:
    """A table is dropped or published only if its comment says that a run made it."""
    assert expected is is_ours(msgspec.structs.replace(STAGED, **changes))


def test_changes_of_columns_are_sentences() -> None:
    """Gone, new and changed columns, in this order; the rest is not mentioned."""
    old = msgspec.structs.replace(LIVE, columns={"a": "int", "b": "int", "c": "date"})
    new = msgspec.structs.replace(STAGED, columns={"d": "text", "b": "bigint", "c": "date"})

    assert [
        "column a goes",
        "column d is new",
        "column b changes from int to bigint",
    ] == column_changes(old, new)


# Staging


def test_query_follows_what_makes_its_table() -> None:
    """The table is made beside the target, where autovacuum leaves it alone."""
    assert (
        'CREATE TABLE "analytics"."temp_sales" WITH (autovacuum_enabled=false) AS\n'
        == stage.create_prefix(SALES.staged)
    )
    assert "BEGIN ISOLATION LEVEL REPEATABLE READ" == stage.BEGIN_SNAPSHOT


@pytest.mark.parametrize("is_there", [False, True])
def test_what_an_earlier_run_staged_is_dropped_first(*, is_there: bool) -> None:
    """One table is staged at a time; parallel workers cost nothing for this one statement."""
    drop = ['DROP TABLE "analytics"."temp_sales"'] if is_there else []

    assert [
        *drop,
        "SET LOCAL parallel_setup_cost = 0",
        "SET LOCAL parallel_tuple_cost = 0",
    ] == texts(stage.before_staging(SALES.staged, is_there=is_there))


def test_nobody_else_reads_what_is_staged() -> None:
    """Whoever default privileges let in is put out, once; the comment says whose the table is."""
    assert [
        'REVOKE ALL ON TABLE "analytics"."temp_sales" FROM "bi"',
        'REVOKE ALL ON TABLE "analytics"."temp_sales" FROM PUBLIC',
        'COMMENT ON TABLE "analytics"."temp_sales" IS '
        f"'staged by builder run 20261120_bbbbbb {stage.digest(PLAIN)}'",
    ] == texts(stage.after_staging(PLAIN, RUN, ["bi", None, "bi"]))


def test_keys_and_indexes_are_made_on_the_staged_table() -> None:
    """Statistics first, then the keys and indexes of the file, marked, under names of this run."""
    staged = '"analytics"."temp_sales"'

    def mark(number: int) -> str:
        index = f'"analytics"."builder_20261120_bbbbbb_{number}"'
        return f"COMMENT ON INDEX {index} IS 'declared in the summary'"

    assert [
        f"ANALYZE {staged}",
        f'ALTER TABLE {staged} ADD CONSTRAINT "builder_20261120_bbbbbb_0" PRIMARY KEY ("day")',
        mark(0),
        f'ALTER TABLE {staged} ADD CONSTRAINT "builder_20261120_bbbbbb_1" UNIQUE ("day", "shop")',
        mark(1),
        f'CREATE INDEX "builder_20261120_bbbbbb_2" ON {staged} ("shop")',
        mark(2),
        f'CREATE INDEX "builder_20261120_bbbbbb_3" ON {staged} (lower(shop))',
        mark(3),
        f'CREATE INDEX "builder_20261120_bbbbbb_4" ON {staged} USING gin (tags)',
        mark(4),
        f'CREATE INDEX "builder_20261120_bbbbbb_5" ON {staged} (a DESC)',
        mark(5),
    ] == texts(stage.finishing(KEYED, RUN))


@pytest.mark.parametrize(
    ("index", "expected"),
    [
        ("a, b", "(a, b)"),
        ("(a, b) WHERE c", "(a, b) WHERE c"),
        ("lower(a)", "(lower(a))"),
        ("using brin (a)", "using brin (a)"),
        ("(a || b)", "(a || b)"),
    ],
)
def test_index_may_be_written_with_or_without_brackets(index: str, expected: str) -> None:
    """What stands after CREATE INDEX … ON table, in brackets or not."""
    (made,) = stage.declared(replace(PLAIN, indexes=(Text(index),)))

    assert ("index", expected) == (made.kind, made.columns)


def test_names_of_indexes_are_postgres_own() -> None:
    """table_columns_kind; a name that is taken gets a number, and a long one is cut before it."""
    twice = replace(PLAIN, indexes=(("a",), ("a",), ("a",)), unique=(("a",),))
    long = replace(
        Summary(Relation("s", "매" * 19), Text("")), primary_key=("a",), indexes=(("비" * 9,),) * 2
    )

    assert ["sales_a_key", "sales_a_idx", "sales_a_idx1", "sales_a_idx2"] == stage.index_names(
        twice
    )
    names = stage.index_names(long)

    assert [f"{'매' * 19}_pkey", f"{'매' * 19}__idx", f"{'매' * 19}__idx1"] == names
    assert all(len(name.encode()) <= LONGEST_NAME for name in names)


def test_columns_that_the_query_does_not_return_are_named() -> None:
    """A key, index or comment on a column that is not there is told before anything is made."""
    summary = replace(KEYED, columns=(Column("note", "x"), Column("day", "y")))

    assert [
        "`unique` names shop",
        "`indexes` names shop",
        "`columns` names note",
    ] == stage.missing_columns(summary, ["day"])
    assert ["`primary_key` names day", "`unique` names day"] == stage.missing_columns(
        KEYED, ["shop"]
    )
    assert [] == stage.missing_columns(KEYED, ["day", "shop"])


# The lock


def test_lock_is_the_same_number_for_every_client() -> None:
    """Two versions of the builder must agree on it: it never changes."""
    others = {lock_key(Relation("analyticssales", "")), lock_key(SALES.staged)}

    assert -7641494610991468015 == lock_key(SALES)
    assert lock_key(SALES) not in others
