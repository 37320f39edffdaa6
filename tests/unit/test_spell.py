"""What checks ask, as PostgreSQL's SQL: exactly these statements, every constant bound."""

from __future__ import annotations

from datetime import date

import pytest

from builder.engines.asks import (
    Age,
    Aggregate,
    Among,
    Both,
    Compare,
    Distinct,
    Either,
    Fold,
    Found,
    Matches,
    Middle,
    Missing,
    Not,
    Orphans,
    Predicate,
    Readable,
    Repeated,
    Rows,
    Tally,
    Value,
)
from builder.engines.base import Statement
from builder.engines.postgres.kinds import known_as
from builder.engines.postgres.spell import by_key, count, finding, sample, scan
from builder.relation import Relation

TABLE = Relation("analytics", "temp_sales")
ODD = Relation("an%s", 'a"b')
POSITIVE = Compare(Value("n"), ">", 0)


@pytest.mark.parametrize(
    ("asked", "text", "values"),
    [
        (Tally(), "count(*) AS a0 FROM t", ()),
        (Tally(POSITIVE), 'count(*) FILTER (WHERE "n" > %s) AS a0 FROM t', (0,)),
        (Tally(Not(Missing("a"))), 'count("a") AS a0 FROM t', ()),
        (Distinct(("a",)), 'count(DISTINCT "a") AS a0 FROM t WHERE "a" IS NOT NULL', ()),
        (
            Distinct(("a", "b")),
            'count(*) AS a0 FROM (SELECT DISTINCT "a", "b" FROM t '
            'WHERE "a" IS NOT NULL AND "b" IS NOT NULL) AS different',
            (),
        ),
        (
            Distinct(("a",), POSITIVE),
            'count(DISTINCT "a") AS a0 FROM t WHERE "n" > %s AND "a" IS NOT NULL',
            (0,),
        ),
        (Fold("max", "a"), 'max("a") AS a0 FROM t', ()),
        (Fold("min", "a", POSITIVE), 'min("a") FILTER (WHERE "n" > %s) AS a0 FROM t', (0,)),
        (Fold("sum", "a"), 'sum("a") AS a0 FROM t', ()),
        (Fold("max", "a", length=True), 'max(length("a")) AS a0 FROM t', ()),
        (Fold("mean", "a"), 'avg("a") AS a0 FROM t', ()),
        (Fold("decimal_mean", "a"), 'avg(1.0 * "a") AS a0 FROM t', ()),
        (Tally(Missing("a")), 'count(*) - count("a") AS a0 FROM t', ()),
        (
            Middle("a"),
            'percentile_disc(0.5) WITHIN GROUP (ORDER BY "a") AS a0 FROM t WHERE true',
            (),
        ),
        (
            Middle("a", upper=True, where=POSITIVE),
            'percentile_disc(0.5000000001) WITHIN GROUP (ORDER BY "a") AS a0 FROM t WHERE "n" > %s',
            (0,),
        ),
        (
            Age("at"),
            'extract(epoch FROM pg_catalog.now() - max("at") FILTER (WHERE isfinite("at"))) '
            "AS a0 FROM t",
            (),
        ),
        (
            Age("at", "Asia/Seoul"),
            "extract(epoch FROM pg_catalog.now() - "
            '((max("at") FILTER (WHERE isfinite("at")))::timestamp AT TIME ZONE %s)) AS a0 FROM t',
            ("Asia/Seoul",),
        ),
        (
            Age("day", "UTC", whole_day=True),
            "extract(epoch FROM pg_catalog.now() - "
            '(((max("day") FILTER (WHERE isfinite("day")) + 1))::timestamp AT TIME ZONE %s)) '
            "AS a0 FROM t",
            ("UTC",),
        ),
        (Readable("^a"), "'' ~ %s AS a0 FROM t", ("^a",)),
    ],
)
def test_aggregate_is_spelled(asked: Aggregate, text: str, values: tuple[object, ...]) -> None:
    """One column of the one row that a scan returns."""
    text = text.replace("FROM t", 'FROM "analytics"."temp_sales"')

    assert Statement(f"SELECT {text}", values) == scan(TABLE, [asked])


@pytest.mark.parametrize(
    ("where", "text", "values"),
    [
        (Missing("n"), '"n" IS NULL', ()),
        (Not(Missing("n")), '"n" IS NOT NULL', ()),
        (Not(POSITIVE), 'NOT ("n" > %s)', (0,)),
        (Compare(Value("a"), "<=", Value("b")), '"a" <= "b"', ()),
        (Compare(Value("a", length=True), "=", 5), 'length("a") = %s', (5,)),
        (Compare(Value("day"), ">=", date(2026, 1, 1)), '"day" >= %s', (date(2026, 1, 1),)),
        (Among("a", ()), "false", ()),
        (Among("a", ("x", "y")), '"a" IN (%s, %s)', ("x", "y")),
        (Not(Among("a", ())), "NOT (false)", ()),
        (Matches("a", "^%d+'$"), '"a" ~ %s', ("^%d+'$",)),
        (Both((POSITIVE,)), '"n" > %s', (0,)),
        (Both((POSITIVE, Both(()), Missing("a"))), '"n" > %s AND "a" IS NULL', (0,)),
        (Both((POSITIVE, Not(Missing("n")))), '"n" > %s', (0,)),
        (Either(()), "false", ()),
        (Either((Missing("a"), POSITIVE)), '("a" IS NULL OR "n" > %s)', (0,)),
        (
            Not(Both((Compare(Value("n"), ">=", 1), Compare(Value("n"), "<", 5)))),
            'NOT (("n" >= %s AND "n" < %s))',
            (1, 5),
        ),
    ],
)
def test_condition_is_spelled(where: Predicate, text: str, values: tuple[object, ...]) -> None:
    """A constant is never part of the text, in whatever order they stand."""
    expected = Statement(f'SELECT * FROM "analytics"."temp_sales" WHERE {text}', values)

    assert expected == finding(TABLE, Rows(where))


def test_all_questions_are_one_scan() -> None:
    """One SELECT, and the values of all of them in their order."""
    asked: list[Aggregate] = [Tally(), Tally(POSITIVE), Fold("max", "n"), Tally(Among("a", ("x",)))]

    assert Statement(
        'SELECT count(*) AS a0, count(*) FILTER (WHERE "n" > %s) AS a1, max("n") AS a2, '
        'count(*) FILTER (WHERE "a" IN (%s)) AS a3 FROM "analytics"."temp_sales"',
        (0, "x"),
    ) == scan(TABLE, asked)


def test_what_has_to_sort_has_a_pass_of_its_own() -> None:
    """The answers stay in their order, and one sorting answers both values in the middle."""
    asked: list[Aggregate] = [
        Middle("n"),
        Tally(POSITIVE),
        Distinct(("a",)),
        Middle("n", upper=True),
    ]
    table = '"analytics"."temp_sales"'

    assert Statement(
        "SELECT a0, a1, a2, a3 FROM "
        '(SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY "n") AS a0, '
        f'percentile_disc(0.5000000001) WITHIN GROUP (ORDER BY "n") AS a3 FROM {table} WHERE true) '
        f'AS p0, (SELECT count(*) FILTER (WHERE "n" > %s) AS a1 FROM {table}) AS p1, '
        f'(SELECT count(DISTINCT "a") AS a2 FROM {table} WHERE "a" IS NOT NULL) AS p2',
        (0,),
    ) == scan(TABLE, asked)


def test_key_rules_repeated_values_out() -> None:
    """Where a key is a part of the columns, rows are counted and no value is compared."""
    keys = [frozenset({"a"})]
    whole = Both((POSITIVE, Not(Missing("a")), Not(Missing("b"))))

    assert Tally(whole) == by_key(Distinct(("a", "b"), POSITIVE), keys)
    assert Distinct(("b",)) == by_key(Distinct(("b",)), keys)
    assert Tally() == by_key(Tally(), keys)


@pytest.mark.parametrize(
    ("rows", "text", "values"),
    [
        (Rows(POSITIVE), 'SELECT * FROM "analytics"."temp_sales" WHERE "n" > %s', (0,)),
        (
            Repeated(("a", "b"), POSITIVE),
            'SELECT * FROM "analytics"."temp_sales" WHERE '
            '"n" > %s AND "a" IS NOT NULL AND "b" IS NOT NULL AND ("a", "b") IN '
            '(SELECT "a", "b" FROM "analytics"."temp_sales" WHERE '
            '"n" > %s AND "a" IS NOT NULL AND "b" IS NOT NULL '
            'GROUP BY "a", "b" HAVING count(*) > 1)',
            (0, 0),
        ),
        (
            Orphans("a", Relation("raw", "channel"), "name"),
            'SELECT * FROM "analytics"."temp_sales" AS checked WHERE checked."a" IS NOT NULL '
            'AND NOT EXISTS (SELECT FROM "raw"."channel" AS known '
            'WHERE known."name" = checked."a")',
            (),
        ),
    ],
)
def test_rows_are_found_counted_and_shown(
    rows: Found, text: str, values: tuple[object, ...]
) -> None:
    """The same query three times: all of them, how many, and some; repeated ones side by side."""
    order = ' ORDER BY "a", "b"' if isinstance(rows, Repeated) else ""

    assert Statement(text, values) == finding(TABLE, rows)
    assert Statement(f"SELECT count(*) FROM ({text}) AS found", values) == count(TABLE, rows)
    assert Statement(f"{text}{order} LIMIT %s", (*values, 5)) == sample(TABLE, rows, 5)


def test_names_are_quoted_and_no_hole() -> None:
    """A quote is doubled; a percent sign too where there are values, and only there."""
    without = scan(ODD, [Fold("max", '%s"')])
    with_values = scan(ODD, [Tally(Compare(Value("50%"), "=", 5))])

    assert Statement('SELECT max("%s""") AS a0 FROM "an%s"."a""b"') == without
    assert 'SELECT max("%s""") AS a0 FROM "an%s"."a""b"' == without.shown
    assert (
        Statement('SELECT count(*) FILTER (WHERE "50%%" = %s) AS a0 FROM "an%%s"."a""b"', (5,))
    ) == with_values
    assert (
        """SELECT count(*) FILTER (WHERE "50%" = 5) AS a0 FROM "an%s"."a""b\""""
        == with_values.shown
    )


def test_shown_query_can_be_run() -> None:
    """What finds the failing rows has its values in it, their quotes doubled."""
    found = finding(TABLE, Rows(Among("a", ("it's", "50%"))))

    assert (
        """SELECT * FROM "analytics"."temp_sales" WHERE "a" IN ('it''s', '50%')"""
    ) == found.shown


# What Great Expectations calls a type


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("integer", "INTEGER"),
        ("bigint", "BIGINT"),
        ("double precision", "DOUBLE PRECISION"),
        ("character varying", "VARCHAR"),
        ("character varying(32)", "VARCHAR(32)"),
        ("character(3)", "CHAR(3)"),
        ("numeric", "NUMERIC"),
        ("numeric(10,2)", "NUMERIC(10, 2)"),
        ("numeric(10,0)", "NUMERIC(10, 0)"),
        ("timestamp with time zone", "TIMESTAMP WITH TIME ZONE"),
        ("timestamp(3) without time zone", "TIMESTAMP(3) WITHOUT TIME ZONE"),
        ("text[]", "TEXT[]"),
        ("numeric(10,2)[]", "NUMERIC(10, 2)[]"),
        ("interval", None),
        ("mood", None),
        ("mood[]", None),
        ("numeric(3,-2)", None),
        ("", None),
    ],
)
def test_type_is_known_as(kind: str, expected: str | None) -> None:
    """SQLAlchemy's word for it; None for a type whose name is not certain."""
    assert expected == known_as(kind)
