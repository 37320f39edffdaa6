"""What a draft finds out from a real Postgres: keys, checks, comments, and what it leaves out."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

import pytest

from builder.draft import copied, draft, given, likely, text_of
from builder.errors import ConfigError, QueryFailed
from builder.relation import Relation

if TYPE_CHECKING:
    from integration.warehouse import Warehouse

    from builder.draft import Draft

TARGET = Relation("analytics", "sales_summary")


@pytest.fixture
def shop(warehouse: Warehouse) -> Warehouse:
    """A warehouse with tables of every sort."""
    warehouse.run(
        "CREATE SCHEMA shop",
        """CREATE TABLE shop.sales (
            id int PRIMARY KEY, day date NOT NULL, channel text, amount numeric, "Share" numeric,
            pct numeric, net numeric, payload json)""",
        """INSERT INTO shop.sales SELECT n, date '2026-01-01' + n % 50, 'c' || n % 4, n * 10,
            n / 100.0, n, 50 - n, '{}' FROM generate_series(1, 100) AS n""",
        "COMMENT ON TABLE shop.sales IS 'What was sold'",
        "COMMENT ON COLUMN shop.sales.amount IS 'in won: {table}, 100 %'",
        "CREATE TABLE shop.stock AS SELECT n % 5 AS shop_id, n / 5 AS item_id, 'x' AS note "
        "FROM generate_series(0, 99) AS n",
        "CREATE TABLE shop.empty (id int, day date)",
        'CREATE TABLE shop."Odd ""Sales" ("select" int PRIMARY KEY, "a b" text, "매출" int)',
        """INSERT INTO shop."Odd ""Sales" VALUES (1, 'a', 1), (2, 'b', 2)""",
    )
    return warehouse


def made(shop: Warehouse, sql: str, **more: Any) -> Draft:
    """The draft of a query."""
    return draft(TARGET, given(sql, "postgres"), shop.engine(), **more)


def file_of(one: Draft) -> Any:
    """What its file holds."""
    return ast.literal_eval(text_of(one))


def conditions(one: Draft) -> list[str]:
    """What its output checks look for, but for the number of rows."""
    return [check.sql.partition(" WHERE ")[2] for check in one.outputs[1:]]


def test_copy_of_a_table_says_what_the_table_says(shop: Warehouse) -> None:
    """Columns are written out; comments, key and bounds are the source's own."""
    engine = shop.engine()
    one = draft(TARGET, copied("shop.sales", engine, "postgres"), engine)

    assert ("What was sold", {"amount": "in won: {table}, 100 %"}, ("id",), ()) == (
        one.description,
        one.columns,
        one.key.columns,
        one.notices,
    )
    assert [("SELECT COUNT(1) FROM shop.sales", 90)] == [(c.sql, c.count) for c in one.inputs]
    assert [
        "day IS NULL",
        '"Share" NOT BETWEEN 0 AND 1',
        "pct NOT BETWEEN 0 AND 100",
        "amount < 0",
        "day > CURRENT_DATE + 1",
    ] == conditions(one)
    assert '            channel,\n            amount,\n            "Share",' in text_of(one)


def test_names_are_quoted_where_they_need_it(shop: Warehouse) -> None:
    """Reserved words, spaces, quotes and Korean are the same names in the file's SQL."""
    engine = shop.engine()
    one = draft(TARGET, copied('shop.Odd "Sales', engine, "postgres"), engine)

    assert ['"select",', '"a b",', '"매출"', 'FROM shop."Odd ""Sales"'] == [
        line.strip() for line in file_of(one)["main_sql"].strip().split("\n")[1:]
    ]
    assert ("select",) == one.key.columns


@pytest.mark.parametrize(
    ("sql", "key"),
    [
        ("SELECT day, count(1) AS n FROM shop.sales GROUP BY day", ("day",)),
        ("SELECT day AS date, channel, 1 AS n FROM shop.sales GROUP BY 1, 2", ("date", "channel")),
        ("SELECT id AS number, day FROM shop.sales WHERE day < '2027-01-01'", ("number",)),
        ("SELECT * FROM shop.sales", ("id",)),
        ("SELECT sales.*, 1 AS one FROM shop.sales JOIN shop.stock ON false", ()),
        ("SELECT shop_id, item_id FROM shop.stock", ("shop_id", "item_id")),
        ("SELECT shop_id FROM shop.stock", ()),
        ("SELECT item_id FROM shop.stock WHERE shop_id = 1", ("item_id",)),
        ("SELECT note FROM shop.stock LIMIT 1", ()),
        ("SELECT nullif(day, '2026-01-02') AS day FROM shop.sales GROUP BY 1", ()),
        ("SELECT day, unnest(ARRAY[1, 2]) AS n FROM shop.sales GROUP BY day", ()),
        ("SELECT id FROM shop.sales JOIN shop.stock ON (shop_id, item_id) = (id, 1)", ("id",)),
        ("SELECT date_trunc('month', day) AS day FROM shop.sales GROUP BY day", ()),
    ],
)  # fmt: skip
def test_key_holds_for_what_the_query_returns_now(
    shop: Warehouse, sql: str, key: tuple[str, ...]
) -> None:
    """What is grouped by, the source's own key, or what is seen to be unique; else none."""
    assert key == made(shop, sql).key.columns


def test_key_that_was_only_seen_says_so(shop: Warehouse) -> None:
    """A reader of the file can tell a finding from a rule."""
    one = made(shop, "SELECT shop_id, item_id FROM shop.stock")
    line = "    # Unique and never NULL now. Take it out if that is chance.\n    'primary_key': ["

    assert line in text_of(one)
    assert "# Unique" not in text_of(made(shop, "SELECT id FROM shop.sales"))


def test_comment_is_taken_only_for_the_same_column(shop: Warehouse) -> None:
    """A sum of `amount` is no `amount`, and another table's column is another column."""
    said = {"amount": "in won: {table}, 100 %"}

    assert {} == made(shop, "SELECT sum(amount) AS amount FROM shop.sales").columns
    assert {} == made(shop, "SELECT amount AS net FROM shop.sales").columns
    assert {} == made(shop, "WITH c AS (SELECT 1 AS amount) SELECT amount FROM c").columns
    assert {} == made(shop, "SELECT amount FROM (SELECT 1 AS amount) c, shop.stock").columns
    assert said == made(shop, "SELECT s.amount FROM shop.sales s, shop.stock").columns
    assert said == made(shop, "SELECT amount FROM shop.sales, shop.stock").columns


def test_check_is_proposed_only_where_it_holds(shop: Warehouse) -> None:
    """A negative sum, a date to come and a share beyond its bounds are what they are."""
    sql = "SELECT sum(net) AS total, max(day) + 1000 AS day, sum(pct) AS pct, count(1) AS orders, "
    sql += "row_number() OVER () AS number "

    assert ["day IS NULL"] == conditions(made(shop, sql + "FROM shop.sales GROUP BY channel"))


def test_live_table_of_the_same_name_is_taken_over(shop: Warehouse) -> None:
    """Its description, comments, key and indexes go into the file, as far as the columns go."""
    shop.run(
        "CREATE SCHEMA analytics",
        "CREATE TABLE analytics.sales_summary (day date, channel text, n int, gone int, "
        "PRIMARY KEY (day, channel), UNIQUE (channel, day), UNIQUE (gone))",
        "CREATE INDEX ON analytics.sales_summary (lower(channel))",
        "COMMENT ON TABLE analytics.sales_summary IS 'Sales'",
        "COMMENT ON COLUMN analytics.sales_summary.n IS 'How many'",
        "COMMENT ON COLUMN analytics.sales_summary.gone IS 'gone'",
    )
    one = made(shop, "SELECT day, channel, count(1) AS n FROM shop.sales GROUP BY 1, 2")
    found = file_of(one)

    assert ("Sales", {"n": "How many"}, ["day", "channel"], [["channel", "day"]]) == tuple(
        found[key] for key in ("description", "columns", "primary_key", "unique")
    )
    assert ["USING btree (lower(channel))"] == found["indexes"]
    assert (
        "analytics.sales_summary is there: its description, 1 column comment, its primary key, "
        "`unique` and `indexes` taken over",
        "the query does not return what these need: the comment on gone and `unique` on gone",
    ) == one.notices
    wrong = made(shop, "SELECT day, channel, 1 AS n FROM shop.sales, shop.stock")
    assert () == wrong.key.columns
    assert "day and channel, the live table's primary key, is NULL or the same twice: no key" in (
        wrong.notices
    )


def test_what_takes_too_long_is_left_out(shop: Warehouse) -> None:
    """A draft does not wait: the file is good without numbers, and says where they belong."""
    slow = "SELECT n AS id, 1 AS amount FROM generate_series(1, 1000000000000) AS n"
    one = made(shop, slow, patience=0.05)

    assert ("the query took longer than 0.05 s: its result is not measured",) == one.notices
    assert ([1], ()) == ([check.count for check in one.outputs], one.key.columns)


def test_source_without_rows_is_said(shop: Warehouse) -> None:
    """There is no bound that an empty source could be held to."""
    one = made(shop, "SELECT id, day FROM shop.empty")

    assert ((), ()) == (one.inputs, one.key.columns)
    assert (
        "the query returns no row now: a build will say so and stop",
        "shop.empty has no row now: nothing checks it",
    ) == one.notices


def test_foreign_dialect_is_not_run(shop: Warehouse) -> None:
    """The sources are counted and their comments read; the rest is for after the translation."""
    origin = given("SELECT day, amount FROM shop.sales QUALIFY 1 = 1", "redshift")
    one = draft(TARGET, origin, shop.engine(), dialect="redshift")

    assert ([90], [1], {"amount": "in won: {table}, 100 %"}) == (
        [check.count for check in one.inputs],
        [check.count for check in one.outputs],
        one.columns,
    )
    assert (
        "the query is redshift, the warehouse speaks postgres: it was not run, and its result is "
        "not measured",
    ) == one.notices


@pytest.mark.parametrize(
    ("sql", "message"),
    [
        ("SELECT id,\n  amout FROM shop.sales", "--from:2:3: .*did you mean amount"),
        ("SELECT id FROM\nshop.slaes", "--from:2:1: .*did you mean shop.sales"),
        ("SELECT 1 / (id - id) AS x FROM shop.sales", "--from:1:1: division by zero"),
    ],
)
def test_query_that_fails_is_told_where(shop: Warehouse, sql: str, message: str) -> None:
    """The server's words, with the line in the SQL that was given."""
    with pytest.raises(QueryFailed, match=message):
        made(shop, sql)


@pytest.mark.parametrize(
    ("table", "message"),
    [
        (
            "shop.slaes",
            "no table `shop.slaes` that can be read .did you mean `shop.sales`",
        ),
        ("slaes", "did you mean `sales`"),
        ("twice", "there are 2 tables `twice` .write a.twice or b.twice"),
    ],
)
def test_table_that_is_not_one_is_told(shop: Warehouse, table: str, message: str) -> None:
    """The nearest name, or all that could be meant."""
    shop.run(
        "CREATE SCHEMA a CREATE TABLE twice (n int)", "CREATE SCHEMA b CREATE TABLE twice (n int)"
    )
    with pytest.raises(ConfigError, match=message):
        copied(table, shop.engine(), "postgres")

    assert (
        Relation("b", "twice")
        == copied("twice", shop.engine(), "postgres", {"a"}).select.sources[0]
    )


def test_column_that_a_build_would_fill_is_refused(shop: Warehouse) -> None:
    """`{table}` in a column's name would become the table's name."""
    shop.run('CREATE TABLE shop.holes ("{table}" int)')
    with pytest.raises(ConfigError, match="holes has columns that the builder would fill"):
        copied("shop.holes", shop.engine(), "postgres")


@pytest.mark.parametrize(
    ("table", "source"),
    [
        ("stock_summary", "stock"),
        ("monthly_stocks", "stock"),
        ("EmptyByDay", "empty"),
    ],
)
def test_table_that_shares_a_word_is_meant(shop: Warehouse, table: str, source: str) -> None:
    """One table shares a telling word with the target's name: that is its source."""
    origin = likely(Relation("analytics", table), shop.engine(), "postgres", {"analytics"})

    assert (Relation("shop", source),) == origin.select.sources


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ("sales_summary", "2 tables share a word with its name"),
        ("summary", "No table of the warehouse shares a word with its name"),
    ],
)
def test_tables_that_could_be_meant_are_listed_as_commands(
    shop: Warehouse, table: str, message: str
) -> None:
    """Whoever reads the error can paste the right line; a summary's schema holds no source."""
    shop.run("CREATE SCHEMA analytics CREATE TABLE sales_summary (n int)")
    with pytest.raises(ConfigError, match=message) as caught:
        likely(Relation("analytics", table), shop.engine(), "postgres", {"analytics"})

    hint = caught.value.problems[0].hint
    assert f"builder new analytics.{table} --from-table shop.sales\n" in hint
    assert f"builder new analytics.{table} --from-table 'shop.Odd \"Sales'\n" in hint
    assert f"builder new analytics.{table} --from 'SELECT …'" in hint
    assert "analytics.sales_summary --from-table analytics" not in hint
