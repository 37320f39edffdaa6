"""What Postgres is sent to stage a table, statement by statement, without a server."""

from __future__ import annotations

from dataclasses import replace

import pytest
from unit.tables import KEYED, LIVE, PLAIN, RUN, SALES, STAGED_SQL, changed, texts

from builder.engines.postgres import stage
from builder.engines.postgres.lock import lock_key
from builder.relation import LONGEST_NAME, Relation
from builder.summary import Column, Summary, Text


def test_query_follows_what_makes_its_table() -> None:
    """The table is made beside the target, where autovacuum leaves it alone."""
    assert f"CREATE TABLE {STAGED_SQL} WITH (autovacuum_enabled=false) AS\n" == stage.create_prefix(
        SALES.staged
    )
    assert "BEGIN ISOLATION LEVEL REPEATABLE READ" == stage.BEGIN_SNAPSHOT


def test_staged_table_is_stored_as_the_live_one() -> None:
    """Unlogged, tablespace and storage options, where rows are written: changing them rewrites."""
    live = changed(
        LIVE,
        is_unlogged=True,
        tablespace="fast disk",
        options=("fillfactor=70", "autovacuum_enabled=true", "autovacuum_vacuum_cost_delay=5"),
        toast_options=("autovacuum_enabled=off",),
    )

    assert (
        f"CREATE UNLOGGED TABLE {STAGED_SQL} WITH (autovacuum_enabled=false, fillfactor='70', "
        "autovacuum_vacuum_cost_delay='5', toast.autovacuum_enabled='off') "
        'TABLESPACE "fast disk" AS\n'
    ) == stage.create_prefix(SALES.staged, live)


def test_autovacuum_is_the_builders_own_while_staged() -> None:
    """Only that one option is ours; others that begin like it stay."""
    options = ["autovacuum_enabled=false", "autovacuum_enabled_x=1", "fillfactor=70"]

    assert options[1:] == stage.but_autovacuum(options)


def test_parallel_workers_cost_nothing_for_this_one_statement() -> None:
    """What precedes the query of a first build."""
    assert [
        "SET LOCAL parallel_setup_cost = 0",
        "SET LOCAL parallel_tuple_cost = 0",
    ] == texts(stage.before_staging())


def test_table_that_is_there_says_where_it_stands() -> None:
    """Whatever default_tablespace is now, a live table in the database's own stays there."""
    assert [
        "SET LOCAL default_tablespace = ''",
        *texts(stage.before_staging()),
    ] == texts(stage.before_staging(LIVE))


def test_nobody_else_reads_what_is_staged() -> None:
    """Whoever default privileges let in is put out, once; the comment says whose the table is."""
    assert [
        f'REVOKE ALL ON TABLE {STAGED_SQL} FROM "bi"',
        f"REVOKE ALL ON TABLE {STAGED_SQL} FROM PUBLIC",
        f"COMMENT ON TABLE {STAGED_SQL} IS "
        f"'staged by builder run 20261120_bbbbbb {stage.digest(PLAIN)}'",
    ] == texts(stage.after_staging(PLAIN, RUN, ["bi", None, "bi"]))


def test_keys_and_indexes_are_made_on_the_staged_table() -> None:
    """Statistics first, then the keys and indexes of the file, marked, under names of this run."""

    def mark(number: int) -> str:
        index = f'"analytics"."builder_20261120_bbbbbb_{number}"'
        return f"COMMENT ON INDEX {index} IS 'declared in the summary'"

    add = f"ALTER TABLE {STAGED_SQL} ADD CONSTRAINT"
    assert [
        f"ANALYZE {STAGED_SQL}",
        f'{add} "builder_20261120_bbbbbb_0" PRIMARY KEY ("day")',
        mark(0),
        f'{add} "builder_20261120_bbbbbb_1" UNIQUE ("day", "shop")',
        mark(1),
        f'CREATE INDEX "builder_20261120_bbbbbb_2" ON {STAGED_SQL} ("shop")',
        mark(2),
        f'CREATE INDEX "builder_20261120_bbbbbb_3" ON {STAGED_SQL} (lower(shop))',
        mark(3),
        f'CREATE INDEX "builder_20261120_bbbbbb_4" ON {STAGED_SQL} USING gin (tags)',
        mark(4),
        f'CREATE INDEX "builder_20261120_bbbbbb_5" ON {STAGED_SQL} (a DESC)',
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
    assert ["sales_a_key1", "sales_a_idx", "sales_a_idx2", "sales_a_idx3"] == stage.index_names(
        twice, {"sales_a_key", "sales_a_idx1"}
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
