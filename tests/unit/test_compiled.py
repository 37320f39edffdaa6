"""Expectations that are answered here: what each asks, and the verdict on the answers."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from builder.checks.compiled import ANSWERED, is_compiled, question
from builder.engines.asks import (
    Among,
    Both,
    Compare,
    Distinct,
    Either,
    Fold,
    Matches,
    Middle,
    Missing,
    Not,
    Predicate,
    Readable,
    Repeated,
    Rows,
    Tally,
    Value,
)
from builder.errors import QueryFailed
from builder.relation import Relation
from builder.summary import Expectation
from builder.summary.expect.catalogue import catalogue

if TYPE_CHECKING:
    from builder.checks.verdict import Question, Verdict

TABLE = Relation("analytics", "temp_sales")
COLUMNS = {
    "id": "integer",
    "n": "numeric(10,2)",
    "m": "integer",
    "name": "text",
    "day": "date",
    "at": "timestamp without time zone",
    "ok": "boolean",
    "tags": "text[]",
    "span": "daterange",
}
VALUES = "expect_column_values_to_"
EVERY = Both(())
LENGTH = Value("name", length=True)


def asked(name: str, **arguments: object) -> Question | None:
    """What an expectation asks, or None if it is left to Great Expectations."""
    check = Expectation("output_check[0]", f"expect_{name}", arguments)
    return question(check, COLUMNS, TABLE, lambda kind: kind.upper())


def ours(name: str, **arguments: object) -> Question:
    """What an expectation that is answered here asks."""
    found = asked(name, **arguments)
    assert found is not None
    return found


def verdict(one: Question, *answers: object, repeated: int = 0) -> Verdict:
    """The verdict on answers; `repeated` is what a second look would count."""
    return one.judge(answers, lambda: repeated)


def there(column: str) -> Predicate:
    """The rows that have a value."""
    return Not(Missing(column))


def wrong(name: str, **arguments: object) -> Predicate:
    """The rows that an expectation of rows finds wrong, among those that it looks at."""
    one = ours(name, **arguments)
    assert isinstance(one.failing, Rows)
    looked_at, failing = (a for a in one.aggregates if not isinstance(a, Readable))
    assert isinstance(looked_at, Tally)
    assert Tally(one.failing.where) == failing
    assert isinstance(one.failing.where, Both)
    where, considered, bad = one.failing.where.parts
    assert Both((where, considered)) == looked_at.where
    return bad


def test_everything_that_is_compiled_is_an_expectation() -> None:
    """No name is misspelt: each is one of Great Expectations', with its own arguments."""
    assert set() == set(ANSWERED) - set(catalogue().expectations)
    assert is_compiled(Expectation("c", f"{VALUES}be_unique"))
    assert not is_compiled(Expectation("c", "expect_column_stdev_to_be_between"))


# Single rows


@pytest.mark.parametrize(
    ("name", "arguments", "expected"),
    [
        ("not_be_null", {}, Missing("n")),
        ("be_null", {}, there("n")),
        (
            "be_between",
            {"min_value": 1, "max_value": 5},
            Not(Both((Compare(Value("n"), ">=", 1.0), Compare(Value("n"), "<=", 5.0)))),
        ),
        (
            "be_between",
            {"min_value": 1, "max_value": 5, "strict_min": True, "strict_max": True},
            Not(Both((Compare(Value("n"), ">", 1.0), Compare(Value("n"), "<", 5.0)))),
        ),
        ("be_between", {"max_value": "5"}, Not(Both((Compare(Value("n"), "<=", 5.0),)))),
        (
            "be_between",
            {"min_value": "2026-01-31"},
            Not(Both((Compare(Value("n"), ">=", date(2026, 1, 31)),))),
        ),
        ("be_in_set", {"value_set": [1, None, 2]}, Not(Among("n", (1, 2)))),
        ("be_in_set", {"value_set": []}, Not(Among("n", ()))),
        ("be_in_set", {"value_set": None}, Either(())),
        ("not_be_in_set", {"value_set": ["a"]}, Among("n", ("a",))),
        ("not_be_in_set", {"value_set": None}, Either(())),
        ("match_regex", {"regex": "^a"}, Not(Matches("n", "^a"))),
        ("not_match_regex", {"regex": "^a"}, Matches("n", "^a")),
    ],
)
def test_wrong_rows_are_these(name: str, arguments: dict[str, object], expected: Predicate) -> None:
    """Of the rows that are looked at, those for which this is true; NULL is not looked at."""
    assert expected == wrong(f"column_values_to_{name}", column="n", **arguments)


@pytest.mark.parametrize(
    ("name", "arguments", "expected"),
    [
        (
            "be_between",
            {"min_value": 1, "max_value": 5},
            Both((Compare(LENGTH, ">=", 1), Compare(LENGTH, "<=", 5))),
        ),
        ("equal", {"value": 32}, Compare(LENGTH, "=", 32.0)),
    ],
)
def test_lengths_are_numbers_of_characters(
    name: str, arguments: dict[str, object], expected: Predicate
) -> None:
    """The same bounds, of how long each value is."""
    found = wrong(f"column_value_lengths_to_{name}", column="name", **arguments)

    assert Not(expected) == found


@pytest.mark.parametrize(
    ("name", "arguments", "looked_at"),
    [
        ("not_be_null", {}, EVERY),
        ("be_null", {}, EVERY),
        ("match_regex", {"regex": "a"}, there("name")),
        ("be_in_set", {"value_set": ["a"]}, there("name")),
    ],
)
def test_rows_without_a_value_are_looked_at_where_null_is_meant(
    name: str, arguments: dict[str, object], looked_at: Predicate
) -> None:
    """For every other expectation a NULL is neither right nor wrong."""
    one = ours(f"column_values_to_{name}", column="name", **arguments)

    assert Tally(Both((EVERY, looked_at))) == one.aggregates[0]


BOTH_MISSING = Not(Both((Missing("n"), Missing("m"))))


@pytest.mark.parametrize(
    ("arguments", "looked_at"),
    [
        ({}, BOTH_MISSING),
        ({"ignore_row_if": "both_values_are_missing"}, BOTH_MISSING),
        ({"ignore_row_if": "either_value_is_missing"}, Both((there("n"), there("m")))),
        ({"ignore_row_if": "neither"}, EVERY),
    ],
)
def test_pair_is_looked_at_as_the_file_says(
    arguments: dict[str, object], looked_at: Predicate
) -> None:
    """Rows that lack both values, or either, or none are left out."""
    pair = "column_pair_values_a_to_be_greater_than_b"
    one = ours(pair, column_A="n", column_B="m", **arguments)
    n, m = Value("n"), Value("m")

    assert Tally(Both((EVERY, looked_at))) == one.aggregates[0]
    assert Compare(n, "<=", m) == wrong(pair, column_A="n", column_B="m", **arguments)


def test_pair_may_be_equal() -> None:
    """With `or_equal` two equal values are right, and so are two that are missing."""
    found = wrong(
        "column_pair_values_a_to_be_greater_than_b", column_A="n", column_B="m", or_equal=True
    )
    alike = Both((Missing("n"), Missing("m")))

    assert Not(Either((Compare(Value("n"), ">=", Value("m")), alike))) == found


@pytest.mark.parametrize(
    ("mostly", "counts", "expected"),
    [
        (None, (10, 0), (True, "0 of 10 fail", "none")),
        (None, (10, 1), (False, "1 of 10 fail", "none")),
        (0.9, (10, 1), (True, "1 of 10 fail", "≤ 10 %")),
        (0.9, (10, 2), (False, "2 of 10 fail", "≤ 10 %")),
        (0.2, (5, 4), (True, "4 of 5 fail", "≤ 80 %")),
        (0.95, (20, 1), (True, "1 of 20 fail", "≤ 5 %")),
        (0.7, (10, 3), (True, "3 of 10 fail", "≤ 30 %")),
        (0.999, (1000, 1), (True, "1 of 1,000 fail", "≤ 0.1 %")),
        (0.0, (10, 10), (True, "10 of 10 fail", "≤ 100 %")),
        (None, (0, 0), (True, "0 of 0 fail", "none")),
        (0.5, (0, 0), (True, "0 of 0 fail", "≤ 50 %")),
    ],
)
def test_mostly_is_met_where_it_is_met_exactly(
    mostly: float | None, counts: tuple[int, int], expected: tuple[bool, str, str]
) -> None:
    """The share of right rows is at least `mostly`; where no row is looked at, all is well."""
    one = ours("column_values_to_not_be_null", column="n", mostly=mostly)
    found = verdict(one, *counts)

    assert expected == (found.passed, found.found, found.wanted)
    assert (counts[1], counts[1], counts[0]) == (
        found.measured,
        found.unexpected,
        found.considered,
    )


# Distinct rows


def test_unique_asks_how_many_values_are_different() -> None:
    """One scan tells whether there are repeated ones, and which rows these are, a second look."""
    one = ours("column_values_to_be_unique", column="n")
    whole = Both((EVERY, there("n")))

    assert (Tally(whole), Tally(whole), Distinct(("n",), EVERY)) == one.aggregates
    assert Repeated(("n",), EVERY) == one.failing


@pytest.mark.parametrize(
    ("answers", "repeated", "mostly", "expected"),
    [
        ((10, 10, 10), 99, 1, (True, 0)),
        ((10, 10, 9), 2, 1, (False, 2)),
        ((10, 10, 9), 2, 0.8, (True, 2)),
        ((10, 10, 8), 3, 0.8, (False, 3)),
        ((0, 0, 0), 99, 1, (True, 0)),
    ],
)
def test_repeated_rows_are_counted_only_where_there_are_any(
    answers: tuple[int, ...], repeated: int, mostly: float, expected: tuple[bool, int]
) -> None:
    """All rows that have a value in common fail, the first of them too."""
    one = ours("column_values_to_be_unique", column="n", mostly=mostly)
    found = verdict(one, *answers, repeated=repeated)

    assert expected == (found.passed, found.unexpected)


@pytest.mark.parametrize(
    ("ignored", "looked_at"),
    [
        (None, Not(Both((Missing("id"), Missing("name"))))),
        ("all_values_are_missing", Not(Both((Missing("id"), Missing("name"))))),
        ("any_value_is_missing", Both((there("id"), there("name")))),
        ("never", EVERY),
    ],
)
def test_compound_is_looked_at_as_the_file_says(ignored: str | None, looked_at: Predicate) -> None:
    """Whichever rows are looked at, only those with all of the values can be repeated."""
    one = ours("compound_columns_to_be_unique", column_list=["id", "name"], ignore_row_if=ignored)
    whole = Both((EVERY, there("id"), there("name")))

    assert (
        Tally(Both((EVERY, looked_at))),
        Tally(whole),
        Distinct(("id", "name"), EVERY),
    ) == one.aggregates
    assert Repeated(("id", "name"), EVERY) == one.failing


# One number


@pytest.mark.parametrize(
    ("name", "column", "kind"),
    [
        ("max", "n", "max"),
        ("min", "n", "min"),
        ("sum", "n", "sum"),
        ("mean", "n", "decimal_mean"),
        ("mean", "m", "mean"),
    ],
)
def test_number_of_a_column_is_one_aggregate(name: str, column: str, kind: Any) -> None:
    """The greatest, the least, the mean and the sum."""
    one = ours(f"column_{name}_to_be_between", column=column, min_value=0)

    assert (Fold(kind, column),) == one.aggregates
    assert None is one.failing


@pytest.mark.parametrize(
    ("bounds", "expected"),
    [
        ({"min_value": 1, "max_value": 5}, [False, True, True, True, False]),
        ({"min_value": 1}, [False, True, True, True, True]),
        ({"max_value": 5}, [True, True, True, True, False]),
        ({"min_value": 1, "max_value": 5, "strict_min": True}, [False, False, True, True, False]),
        ({"min_value": 1, "max_value": 5, "strict_max": True}, [False, True, True, False, False]),
        ({}, [True, True, True, True, True]),
    ],
)
def test_bounds_are_met_exactly(bounds: dict[str, object], expected: list[bool]) -> None:
    """Below, at and above either bound, with and without the bound itself."""
    one = ours("column_max_to_be_between", column="n", **bounds)

    assert expected == [
        verdict(one, found).passed for found in (0, 1, 3, Decimal("5.00"), Decimal("5.01"))
    ]


@pytest.mark.parametrize(("answer", "shown"), [(None, "NULL"), (float("nan"), "NaN")])
def test_no_value_is_within_nothing(answer: object, shown: str) -> None:
    """An empty table has no maximum, and NaN is not between anything."""
    found = verdict(ours("column_max_to_be_between", column="n"), answer)

    assert (False, None, shown) == (found.passed, found.measured, found.found)


@pytest.mark.parametrize(
    ("column", "bound", "answer", "expected"),
    [
        ("day", "2026-01-31", date(2026, 1, 31), True),
        ("day", "2026-01-31", date(2026, 1, 30), False),
        ("at", "2026-01-31T10:00:00", datetime(2026, 1, 31, 10), True),  # noqa: DTZ001 -- without
        ("at", "2026-01-31", datetime(2026, 1, 31, 23), True),  # noqa: DTZ001 -- a time zone
    ],
)
def test_moments_are_compared_with_moments(
    column: str, bound: str, answer: object, *, expected: bool
) -> None:
    """A bound that is a date or a moment makes the answer one."""
    one = ours("column_max_to_be_between", column=column, min_value=bound)

    assert expected is verdict(one, answer).passed


def test_what_cannot_be_compared_is_an_error() -> None:
    """A text against a number has no verdict, and the text, which may be a secret, is not told."""
    one = ours("column_max_to_be_between", column="name", min_value=5)
    with pytest.raises(QueryFailed) as caught:
        verdict(one, "abc")

    assert (
        "a value of this column cannot be compared with ≥ 5 "
        "(the bounds are of another type than the column)"
    ) == str(caught.value)


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ((3, Decimal(2), Decimal(2)), Decimal(2)),
        ((4, Decimal(2), Decimal(3)), 2.5),
        ((1, 7, 7), 7),
        ((0, None, None), None),
    ],
)
def test_median_of_an_even_number_is_the_mean_of_two(
    answers: tuple[object, ...], expected: object
) -> None:
    """Of an odd number it is the value in the middle; of none there is none."""
    one = ours("column_median_to_be_between", column="n", min_value=0)
    whole = Both((EVERY, there("n")))

    assert (Tally(whole), Middle("n", where=whole), Middle("n", upper=True, where=whole)) == (
        one.aggregates
    )
    assert expected == verdict(one, *answers).measured


# The table


@pytest.mark.parametrize(
    ("name", "arguments", "expected"),
    [
        ("equal", {"value": 3}, [False, True, False]),
        ("be_between", {"min_value": 3}, [False, True, True]),
        ("be_between", {"max_value": 3}, [True, True, False]),
        ("be_between", {"min_value": 2, "max_value": 4, "strict_min": True}, [False, True, True]),
        ("be_between", {"min_value": 2, "max_value": 4, "strict_max": True}, [True, True, False]),
        ("be_between", {}, [True, True, True]),
    ],
)
def test_rows_are_counted(name: str, arguments: dict[str, object], expected: list[bool]) -> None:
    """Two, three and four rows against the bounds."""
    one = ours(f"table_row_count_to_{name}", **arguments)

    assert (Tally(),) == one.aggregates
    assert expected == [verdict(one, rows).passed for rows in (2, 3, 4)]


@pytest.mark.parametrize(
    ("name", "other"),
    [("orders", Relation("analytics", "orders")), ("raw.orders", Relation("raw", "orders"))],
)
def test_rows_are_as_many_as_elsewhere(name: str, other: Relation) -> None:
    """The other table is in the same schema, unless its name has one."""
    one = ours("table_row_count_to_equal_other_table", other_table_name=name)
    same, fewer = verdict(one, 3, 3), verdict(one, 2, 3)

    assert ((other, Tally()),) == one.elsewhere
    assert (True, False) == (same.passed, fewer.passed)
    assert ("2", f"= 3 of {other}") == (fewer.found, fewer.wanted)


@pytest.mark.parametrize(
    ("name", "arguments", "expected"),
    [
        ("column_to_exist", {"column": "id"}, True),
        ("column_to_exist", {"column": "ID"}, True),
        ("column_to_exist", {"column": "gone"}, False),
        ("column_to_exist", {"column": "id", "column_index": 0}, True),
        ("column_to_exist", {"column": "id", "column_index": 1}, False),
        ("table_columns_to_match_ordered_list", {"column_list": [*COLUMNS]}, True),
        ("table_columns_to_match_ordered_list", {"column_list": [*COLUMNS][::-1]}, False),
        ("table_columns_to_match_ordered_list", {"column_list": [*COLUMNS][1:]}, False),
        ("table_columns_to_match_set", {"column_set": [*COLUMNS][::-1]}, True),
        ("table_columns_to_match_set", {"column_set": [n.upper() for n in COLUMNS]}, True),
        ("table_columns_to_match_set", {"column_set": ['"id"', *COLUMNS]}, False),
        ("table_columns_to_match_set", {"column_set": ['"id"', *[*COLUMNS][1:]]}, True),
        ("table_columns_to_match_set", {"column_set": ['"ID"', *[*COLUMNS][1:]]}, False),
        ("table_columns_to_match_set", {"column_set": ["id"]}, False),
        ("table_columns_to_match_set", {"column_set": ["id"], "exact_match": False}, True),
        ("table_columns_to_match_set", {"column_set": ["x"], "exact_match": False}, False),
        ("column_values_to_be_of_type", {"column": "id", "type_": "INTEGER"}, True),
        ("column_values_to_be_of_type", {"column": "id", "type_": "TEXT"}, False),
        (
            "column_values_to_be_in_type_list",
            {"column": "name", "type_list": ["INTEGER", "text"]},
            True,
        ),
    ],
)
def test_names_and_types_need_no_look_at_rows(
    name: str, arguments: dict[str, object], *, expected: bool
) -> None:
    """What the columns tell is known without any question."""
    one = ours(name, **arguments)

    assert ((), None) == (one.aggregates, one.failing)
    assert expected is verdict(one).passed


# Which rows


def condition(**parts: object) -> dict[str, object]:
    """A comparison as Great Expectations has it as a dict."""
    return {"type": "comparison", **parts}


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ('col("m") == 5', Compare(Value("m"), "=", 5)),
        ('col("m") != 5', Compare(Value("m"), "<>", 5)),
        ('col("m") >= 5', Compare(Value("m"), ">=", 5)),
        ('col("name") == "Naver"', Compare(Value("name"), "=", "Naver")),
        ('col("m").notNull()', there("m")),
        (
            condition(column={"name": "m"}, operator="IN", parameter=[1, 2]),
            Among("m", (1, 2)),
        ),
        (
            condition(column={"name": "m"}, operator="NOT_IN", parameter=[1, 2]),
            Not(Among("m", (1, 2))),
        ),
        ({"type": "nullity", "column": {"name": "m"}, "is_null": True}, Missing("m")),
        (
            {
                "type": "and",
                "conditions": [
                    condition(column={"name": "m"}, operator=">", parameter=1),
                    {
                        "type": "or",
                        "conditions": [
                            {"type": "nullity", "column": {"name": "id"}, "is_null": False},
                            condition(column={"name": "m"}, operator="<", parameter=9),
                        ],
                    },
                ],
            },
            Both(
                (
                    Compare(Value("m"), ">", 1),
                    Either((there("id"), Compare(Value("m"), "<", 9))),
                )
            ),
        ),
    ],
)
def test_condition_says_which_rows_are_looked_at(written: object, expected: Predicate) -> None:
    """It narrows what is counted, and what is found wrong."""
    one = ours("column_values_to_not_be_null", column="n", row_condition=written,
               condition_parser="great_expectations")  # fmt: skip
    total = ours("table_row_count_to_equal", value=1, row_condition=written,
                 condition_parser="great_expectations")  # fmt: skip
    sums = ours("column_sum_to_be_between", column="n", row_condition=written,
                condition_parser="great_expectations")  # fmt: skip

    assert Tally(Both((expected, EVERY))) == one.aggregates[0]
    assert Rows(Both((expected, EVERY, Missing("n")))) == one.failing
    assert (Tally(expected),) == total.aggregates
    assert (Fold("sum", "n", expected),) == sums.aggregates


# What is not ours


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("column_values_to_be_between", {"column": "n"}),
        ("column_values_to_be_between", {"column": "n", "min_value": "a"}),
        ("column_values_to_be_between", {"column": "day", "min_value": "2026-13-01"}),
        (
            "column_values_to_be_between",
            {"column": "day", "min_value": "2026-01-01", "max_value": 5},
        ),
        ("column_value_lengths_to_be_between", {"column": "name", "min_value": 1.5}),
        ("column_values_to_be_in_set", {"column": "n", "value_set": [[1]]}),
        ("column_max_to_be_between", {"column": "tags"}),
        ("column_max_to_be_between", {"column": "span"}),
        ("column_max_to_be_between", {"column": "ok"}),
        ("column_max_to_be_between", {"column": "n", "min_value": "2026-01-01"}),
        ("column_median_to_be_between", {"column": "name", "min_value": 1}),
        ("table_row_count_to_equal", {"value": 1.5}),
        ("column_values_to_not_be_null", {"column": "n", "row_condition": {"type": "new"}}),
    ],
)
def test_what_is_not_certain_is_left_to_great_expectations(
    name: str, arguments: dict[str, object]
) -> None:
    """None: nobody here says what it would make of these arguments or this type."""
    assert None is asked(name, **arguments)


@pytest.mark.parametrize(
    ("name", "arguments", "said"),
    [
        (
            "column_values_to_not_be_null",
            {"column": "nmae"},
            "analytics.temp_sales has no column `nmae` (did you mean `name`?)",
        ),
        (
            "column_max_to_be_between",
            {"column": "zzzzzz", "min_value": 1},
            "analytics.temp_sales has no column `zzzzzz` (it has id, n, m, name, day, at, "
            "ok, tags, span)",
        ),
        (
            "compound_columns_to_be_unique",
            {"column_list": ["id", "nam"]},
            "analytics.temp_sales has no column `nam` (did you mean `name`?)",
        ),
        (
            "column_values_to_be_between",
            {"column": "n", "min_value": 5, "max_value": 1},
            "`min_value` is more than `max_value`",
        ),
    ],
)
def test_what_nobody_can_answer_is_an_error(
    name: str, arguments: dict[str, object], said: str
) -> None:
    """A column that is not there is told with the nearest name."""
    with pytest.raises(QueryFailed) as caught:
        asked(name, **arguments)

    assert said == str(caught.value)
