"""What is proposed for tables of every sort: that it holds for them, and what it is."""

from __future__ import annotations

import ast
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from builder.errors import QueryFailed
from builder.pipeline import check
from builder.relation import Relation
from builder.suggest import suggest, text_of
from builder.summary import Column, Expectation, Summary, Text, load_summary

if TYPE_CHECKING:
    from pathlib import Path

    from integration.warehouse import Warehouse

    from builder.suggest import Suggestion

ODD = {
    "nulls": "SELECT NULL::int AS a, NULL::text AS b, NULL::date AS c, NULL::numeric AS amount, "
    "NULL::uuid AS id FROM generate_series(1, 50)",
    "numbers": "SELECT 'NaN'::float8 AS amount, 'Infinity'::float8 AS total, 1e300::float8 * n "
    "AS revenue, 'NaN'::numeric AS net, 10::numeric ^ 40 AS gross, n::real AS share "
    "FROM generate_series(1, 50) AS n",
    "overflow": "SELECT 1.7e308::float8 AS amount, n AS orders FROM generate_series(1, 50) AS n",
    "moments": "SELECT 'infinity'::date AS day, '-infinity'::timestamp AS ts, "
    "'infinity'::timestamptz AS created_at, '4000-01-01 BC'::date AS updated_at, "
    "time '12:00' AS time, interval '1 day' AS age FROM generate_series(1, 50)",
    "sorts": "SELECT '{\"a\": 1}'::jsonb AS j, '{}'::json AS js, ARRAY[n] AS ns, ARRAY['a'] AS ts, "
    "n % 2 = 0 AS flag, 'x'::bytea AS b, row(1, 2) IS NULL AS r, '10.0.0.1'::inet AS ip, "
    "'a'::char(5) AS c, 'a'::\"char\" AS d, 'v'::varchar(9) AS v, n::money AS m, "
    "point(1, 2) AS p, int4range(1, n) AS range, B'101' AS bits, 1::oid AS o "
    "FROM generate_series(1, 50) AS n",
    '매출 "요약" {x} %s': "SELECT n AS \"주문 ID\", '채널' || n % 3 AS \"it's\", n * 1.5 AS "
    "\"매출 100%\", n AS \"a\"\"b\", 'x' AS \"new\nline\", 'y{table}' || n % 2 AS \"{schema}\" "
    "FROM generate_series(1, 50) AS n",
    "texts": "SELECT E'a\\'b\"\\\\' || n % 2 AS quotes, E'line\\n' || n % 2 AS lines, '' AS empty, "
    "repeat('한', n) AS wide, E'\\u0007' || n % 2 AS bell, '%s {x}' || n % 3 AS holes "
    "FROM generate_series(1, 50) AS n",
    "one": "SELECT 1 AS id, 'x' AS name, 2.5 AS amount, true AS flag, date '2026-06-30' AS day",
    "unlike": "SELECT lpad(to_hex(n / 2), 32, '0') AS sessionid FROM generate_series(1, 2000) AS n "
    "UNION ALL SELECT 'no session'",
    "twice": "SELECT n % 1500 AS id, n AS n FROM generate_series(0, 2999) AS n",
}  # fmt: skip


def of(name: str, **more: Any) -> Summary:
    """A table without a file."""
    return Summary(Relation("shop", name), Text(""), **more)


def proposed(warehouse: Warehouse, summary: Summary, **more: Any) -> Suggestion:
    """What is proposed for it."""
    return suggest(summary, engine=warehouse.engine(), **more)


def kinds(found: Suggestion) -> list[tuple[Any, ...]]:
    """What each proposal is about."""
    return [(one.kind, *one.columns) for one in found.proposals]


def made(warehouse: Warehouse, name: str, query: str) -> Summary:
    """A table of a query's rows."""
    relation = Relation("shop", name)
    warehouse.run("CREATE SCHEMA IF NOT EXISTS shop")
    warehouse.run(f"CREATE TABLE {relation.sql} AS {query}")
    return of(name)


@pytest.mark.parametrize("name", ODD)
def test_whatever_is_proposed_holds_and_can_be_pasted(
    warehouse: Warehouse, tmp_path: Path, name: str
) -> None:
    """On odd values, types and names: the text is a file's, and each of its checks passes."""
    summary = made(warehouse, name, ODD[name])
    found = proposed(warehouse, summary)
    file = tmp_path / "pasted.py"
    head = "{'table': 'pasted', 'schema': 'shop', 'main_sql': 'SELECT 1 AS one',\n"
    file.write_text(head + text_of(found.proposals) + "\n}\n", encoding="utf-8")
    pasted = replace(load_summary(file), target=summary.target)
    engine = warehouse.engine()
    run = check(pasted, engine=engine, journal=warehouse.journal(engine))

    assert [{**one.check} for one in found.proposals] == ast.literal_eval(
        file.read_text(encoding="utf-8")
    )["output_check"]
    assert [] == [str(result) for result in run.checks if not result.passed]
    assert len(found.proposals) == len(run.checks)
    assert run.checks


def test_each_kind_is_proposed(warehouse: Warehouse) -> None:
    """What an analyst would write down: keys, ages, lists, shapes, bounds, pairs, measures."""
    summary = made(
        warehouse,
        "visits",
        "SELECT md5(n::text) AS visitid, n % 700 AS userid, 'c' || n % 4 AS channel, "
        "now() - (n + 2) * interval '1 h' AS created_at, "
        "CASE WHEN n % 4 > 0 THEN n % 90 END AS days_since, n % 101 AS score, "
        "n * 10 + 5 AS gross_amount, n * 10 AS net_amount "
        "FROM generate_series(0, 1999) AS n",
    )
    found = proposed(warehouse, summary)
    checks = {(one.kind, *one.columns): one.check for one in found.proposals}

    assert [
        ("rows",),
        ("unique", "visitid"),
        ("fresh", "created_at"),
        ("not_null", "visitid"),
        ("not_null", "userid"),
        ("pair", "gross_amount", "net_amount"),
        ("set", "channel"),
        ("measure", "net_amount"),
        ("measure", "gross_amount"),
        ("between", "score"),
        ("not_null", "channel"),
        ("not_null", "created_at"),
        ("null_share", "days_since"),
        ("between", "days_since"),
    ] == kinds(found)
    assert {"fresh": "created_at", "within": "1 day"} == checks["fresh", "created_at"]
    assert ["c0", "c1", "c2", "c3"] == checks["set", "channel"]["value_set"]
    assert found.proposals[1].why == "2,000 different values in 2,000 rows"


def test_pair_that_tells_rows_apart_is_found(warehouse: Warehouse) -> None:
    """Where no column does, and no key of the file."""
    summary = made(
        warehouse,
        "months",
        "SELECT to_char(date '2025-01-01' + make_interval(months => n / 5), 'YYYY-MM') AS month, "
        "'c' || n % 5 AS channel, n % 7 AS users FROM generate_series(0, 99) AS n",
    )
    found = proposed(warehouse, summary)

    assert ("unique", "month", "channel") == kinds(found)[1]
    keyed = proposed(warehouse, replace(summary, primary_key=("month", "channel")))
    assert not [one for one in kinds(keyed) if one[0] == "unique" or one[1:] == ("month", "month")]


def test_what_the_sample_shows_is_not_taken_for_all(warehouse: Warehouse) -> None:
    """A text that is unlike all those before it, and a second half that repeats the first."""
    unlike = proposed(warehouse, made(warehouse, "unlike", ODD["unlike"]))
    twice = proposed(warehouse, made(warehouse, "twice", ODD["twice"]))

    assert "expect_column_values_to_match_regex" not in str(unlike.proposals)
    assert ("shape", "sessionid") in kinds(unlike)
    assert ("unique", "id") not in kinds(twice)


def test_sensitive_columns_keep_their_values(warehouse: Warehouse) -> None:
    """Only that they are there, differ, and how long they are; nothing of what they hold."""
    summary = made(
        warehouse,
        "people",
        "SELECT 'a' || n || '@b.kr' AS email, 'seoul' AS city, 1900 + n % 90 AS born, "
        "date '2026-06-30' AS day, 'K' || lpad(n::text, 5, '0') AS member_id "
        "FROM generate_series(1, 200) AS n",
    )
    hidden = tuple(Column(name, sensitive=True) for name in ("email", "city", "born", "day"))
    found = proposed(warehouse, replace(summary, columns=(*hidden, Column("member_id", "", True))))  # noqa: FBT003 -- as the dataclass has it
    allowed = {"rows", "unique", "not_null", "shape"}

    assert allowed >= {one.kind for one in found.proposals}
    assert "unique" in {one.kind for one in found.proposals}
    said = text_of(found.proposals)
    assert not [word for word in ("seoul", "@", "19", "2026", "K0", "regex") if word in said]


def test_what_the_file_has_is_not_proposed_again(warehouse: Warehouse) -> None:
    """Each proposal that is taken over is gone the next time."""
    summary = made(
        warehouse, "sales", "SELECT n AS id, n % 9 AS score FROM generate_series(1, 100) AS n"
    )
    first = proposed(warehouse, summary)
    named = [one for one in first.proposals if "expect" in one.check]
    checks = tuple(
        Expectation(
            f"output_check[{index}]",
            str(one.check["expect"]),
            {key: value for key, value in one.check.items() if key != "expect"},
        )
        for index, one in enumerate(named)
    )
    second = proposed(warehouse, replace(summary, output_checks=checks))

    assert named
    assert not [one for one in second.proposals if one in named]


def test_staged_table_is_looked_at_instead(warehouse: Warehouse) -> None:
    """`--staged` is of what a build has staged."""
    made(warehouse, "temp_sales", "SELECT 1 AS id")
    found = proposed(warehouse, of("sales"), is_staged=True)

    assert (Relation("shop", "temp_sales"), 1) == (found.relation, found.rows)


def test_table_that_is_not_there_or_empty_is_told(warehouse: Warehouse, tmp_path: Path) -> None:
    """One sentence, and what to do next."""
    empty = made(warehouse, "empty", "SELECT 1 AS id WHERE false")
    said = []
    for summary in (empty, of("emty"), of("visits", file=tmp_path / "visits.py")):
        with pytest.raises(QueryFailed) as caught:
            proposed(warehouse, summary)
        said.append((caught.value.problem.message, caught.value.problem.hint))

    fill = "checks are proposed from the rows that are there: fill it, and ask again"
    assert [
        ("shop.empty has no row", fill),
        ("there is no table shop.emty", "did you mean `shop.empty`?"),
        ("there is no table shop.visits", "`builder build visits` makes it"),
    ] == said


def test_nothing_is_written_and_views_are_looked_at(warehouse: Warehouse) -> None:
    """In a transaction that cannot write, whatever the relation is."""
    made(warehouse, "sales", "SELECT n AS id FROM generate_series(1, 100) AS n")
    function = "CREATE FUNCTION shop.spill() RETURNS int LANGUAGE sql AS "
    warehouse.run(
        "CREATE TABLE shop.spilt (n int)",
        function + "'INSERT INTO shop.spilt VALUES (1) RETURNING n'",
        "CREATE VIEW shop.seen AS SELECT id, id % 3 AS part FROM shop.sales",
        "CREATE VIEW shop.writing AS SELECT shop.spill() AS n",
    )
    found = proposed(warehouse, of("seen"))

    assert ("unique", "id") in kinds(found)
    with pytest.raises(QueryFailed, match="read-only"):
        proposed(warehouse, of("writing"))
    assert 0 == warehouse.value("SELECT count(*) FROM shop.spilt")


def test_check_timeout_ends_the_look(warehouse: Warehouse) -> None:
    """A table that takes too long is told, with the key that gives it more time."""
    warehouse.run("CREATE SCHEMA shop", "CREATE VIEW shop.slow AS SELECT pg_sleep(60)::text AS n")

    with pytest.raises(QueryFailed, match="check_timeout"):
        proposed(warehouse, of("slow", check_timeout=0.2))
