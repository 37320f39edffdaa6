"""Expectations in a summary file: each mistake told with its place and what was meant."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from builder.summary.expect import (
    columns_named,
    defaults,
    for_library,
    signature,
    wrong_arguments,
)
from builder.summary.expect.catalogue import catalogue

if TYPE_CHECKING:
    from collections.abc import Callable

    from builder.errors import Problem
    from builder.summary import Summary

    Problems = Callable[..., list[Problem]]

HEAD = "{'table': 'sales', 'schema': 'analytics', 'main_sql': 'SELECT 1',\n"
BETWEEN = "expect_column_values_to_be_between"
COMPARISON = {"type": "comparison", "column": {"name": "a"}, "operator": ">", "parameter": 5}


def output(entries: str) -> str:
    """A file with one expectation in its output check; the entries begin at line 3, column 1."""
    return f"{HEAD}'output_check': [{{\n{entries}}}]}}"


def said(name: str, **arguments: Any) -> list[str]:
    """What is wrong with an expectation: path, message and hint in one line each."""
    return [
        f"{'.'.join(map(str, one.path))}: {one.message}" + (f" ({one.hint})" if one.hint else "")
        for one in wrong_arguments(name, arguments)
    ]


# In a file


@pytest.mark.parametrize(
    ("entries", "place", "message"),
    [
        (
            "'expect': 'expect_column_values_to_not_null', 'column': 'a'",
            11,
            ".expect`: there is no expectation `expect_column_values_to_not_null` "
            "(did you mean `expect_column_values_to_not_be_null`?)",
        ),
        (
            "'column': 'a', 'expect': 'ExpectColumnValuesToBeUnique'",
            26,
            ".expect`: there is no expectation `ExpectColumnValuesToBeUnique` "
            "(write 'expect_column_values_to_be_unique')",
        ),
        (
            "'expect': 'expect_column_values_to_be_unique', 'colunm': 'a', 'column': 'a'",
            48,
            ".colunm`: no argument of expect_column_values_to_be_unique (did you mean `column`?)",
        ),
        (
            "'expect': 'expect_column_to_exist', 'xyz': 1, 'column': 'a'",
            37,
            ".xyz`: no argument of expect_column_to_exist (the arguments are column, column_index)",
        ),
        (
            "'expect': 'expect_column_values_to_be_in_set', 'column': 'a', 'value_set': [None]",
            77,
            ".value_set[0]`: text or a number or True or False is wanted, None stands here",
        ),
        (
            "'expect': 'expect_column_to_exist', 'column': 'a', 'column_index': '1'",
            68,
            ".column_index`: a whole number or None is wanted, text stands here "
            "(write 1, without quotes)",
        ),
        (
            "'expect': 'expect_column_values_to_be_null', 'column': 'a', 'mostly': 99",
            71,
            ".mostly`: a number from 0 to 1 is wanted (write 0.99)",
        ),
        (
            "'expect': 'expect_column_values_to_be_null', 'column': 'a', "
            "'row_condition': {'type': 'nullity', 'column': 'b', 'is_null': True}",
            108,
            ".row_condition.column`: the column's name is wanted (write {'name': 'b'})",
        ),
        (
            "'expect': 'expect_column_to_exist', 'column': 'a', 'on': 'a.b'",
            58,
            ".on`: an output check is of the staged table "
            "(take `on` out, or move the check to `input_check`)",
        ),
    ],
)
def test_mistake_is_told_with_its_place(
    problems: Problems, entries: str, place: int, message: str
) -> None:
    """File, line and column of the value, or of the key where the key is wrong."""
    found = problems(output(entries))

    assert [f"sales.py:3:{place}: `output_check[0]{message}"] == [str(one) for one in found]


def test_missing_argument_is_told_at_the_check(problems: Problems) -> None:
    """What is not there has the place of the check, and all of it is told at once."""
    found = problems(output("'expect': 'expect_column_values_to_be_in_set', 'mostly': 2"))

    assert [
        "sales.py:2:18: `output_check[0]`: `column` is missing",
        "sales.py:2:18: `output_check[0]`: `value_set` is missing",
        "sales.py:3:58: `output_check[0].mostly`: a number from 0 to 1 is wanted (write 0.02)",
    ] == [str(one) for one in found]


@pytest.mark.parametrize(
    ("on", "message"),
    [
        (
            "",
            "2:17: `input_check[0]` does not say which table it is of (add 'on': 'schema",
        ),
        ("'on': 'nps'", "3:7: `input_check[0].on` names no table (write 'schema.table', such as"),
        ("'on': 'a.b.c'", "3:7: `input_check[0].on` names no table"),
        ("'on': 'a.'", "3:7: `input_check[0].on` names no table"),
        ("'on': 5", "3:7: `input_check[0].on`: text is wanted, a whole number stands here"),
    ],
)
def test_input_is_named(problems: Problems, on: str, message: str) -> None:
    """An expectation of an input says which table it is about, with its schema."""
    rest = "'expect': 'expect_column_to_exist', 'column': 'a'"
    found = problems(f"{HEAD}'input_check': [{{\n{on}{', ' * bool(on)}{rest}}}]}}")

    assert 1 == len(found)
    assert f"sales.py:{message}" in str(found[0])


def test_right_expectations_are_read(read: Callable[..., Summary]) -> None:
    """A file with expectations that are right has no problem."""
    exists = "'expect': 'expect_column_to_exist', 'column': 'a', 'severity': 'info'"
    summary = read(
        f"{HEAD}'input_check': [{{'on': 'raw_data.nps', {exists}}}],\n"
        f"'output_check': [{{{exists}}}]}}"
    )

    assert ["info", "info"] == [
        check.severity for check in (*summary.input_checks, *summary.output_checks)
    ]


def test_nothing_heavy_is_loaded() -> None:
    """A mistake in an expectation is found without the library that would run it."""
    code = (
        "import sys; from builder.summary.expect import wrong_arguments as w; "
        "assert w('expect_column_to_exist', {}) and w('x', {}); "
        "heavy = 'great_expectations', 'pandas', 'sqlalchemy'; "
        "print([one for one in heavy if one in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert "[]\n" == done.stdout


# Names


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        (
            "gxe.ExpectColumnPairValuesAToBeGreaterThanB",
            "write 'expect_column_pair_values_a_to_be_",
        ),
        ("ExpectColumnKLDivergenceToBeLessThan", "write 'expect_column_kl_divergence_to_be_less_"),
        ("Expect Column To-Exist", "write 'expect_column_to_exist'"),
        ("not_null", "write 'expect_column_values_to_not_be_null'"),
        ("expect_column_values_to_be_not_null", "write 'expect_column_values_to_not_be_null'"),
        ("expect_multicolumn_values_to_be_unique", "write 'expect_compound_columns_to_be_unique'"),
        ("expect_column_values_unique", "did you mean `expect_column_values_to_be_unique`?"),
        ("zzz", "docs.greatexpectations.io lists them"),
    ],
)
def test_unknown_name_is_told_with_the_right_one(name: str, hint: str) -> None:
    """A class's name, another tool's word, a slip of memory: the name to write."""
    (found,) = said(name)

    assert f"expect: there is no expectation `{name}` ({hint}" in found


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        (
            "expect_column_values_to_be_increasing",
            "Great Expectations has it for data frames alone",
        ),
    ],
)
def test_what_no_warehouse_can_check_is_refused(name: str, reason: str) -> None:
    """An expectation that would fail when it runs is told when the file is read."""
    (found,) = said(name, column="a")

    assert f"expect: `{name}` cannot be checked here: {reason}" in found
    assert "write a check in SQL" in found


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("min", "no argument of expect_column_values_to_be_between (did you mean `min_value`?)"),
        (
            "where",
            "no argument of expect_column_values_to_be_between (did you mean `row_condition`?",
        ),
        (
            "sql",
            "no argument of expect_column_values_to_be_between (a check has either `expect` or",
        ),
        ("result_format", "a summary file does not say this (take it out: the builder asks for"),
    ],
)
def test_unknown_argument_is_told_with_the_right_one(name: str, hint: str) -> None:
    """A short form, another kind of check, an argument that a file does not have."""
    (found,) = said(BETWEEN, column="a", max_value=1, **{name: 1})

    assert f"{name}: {hint}" in found


# Values


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("5", "'5' is no number and no date (write 5, without quotes)"),
        ("", "'' is no number and no date (write it as '2024-01-31' or '2024-01-31 10:00:00')"),
        ("2024-02-30", "'2024-02-30' is no number and no date (write it as '2024-01-31' or"),
        (True, "a number, a date as text or None is wanted, True or False stands here"),
        ([], "a number, a date as text or None is wanted, a list stands here"),
        ({"$PARAMETER": "a"}, "a suite parameter cannot stand in a summary file: no suite gives"),
        (
            2**60 + 1,
            "Great Expectations would take 1152921504606846976 for this number (at most 15",
        ),
    ],
)
def test_bound_that_would_be_taken_for_another_is_refused(value: object, message: str) -> None:
    """The library makes numbers of texts and of True, and a suite parameter of what is empty."""
    (found,) = said(BETWEEN, column="a", min_value=value)

    assert found.startswith(f"min_value: {message}")


@pytest.mark.parametrize(
    "value", [5, -0.5, "2024-01-31", "2024-01-31 10:00", "2024-01-31T10:00:00.25+09:00"]
)
def test_bound_is_a_number_a_day_or_a_moment(value: object) -> None:
    """All that a column's values can be compared with."""
    assert [] == said(BETWEEN, column="a", max_value=value)


@pytest.mark.parametrize(
    ("name", "arguments", "message"),
    [
        (BETWEEN, {}, ": `min_value` and `max_value` are missing: nothing would be checked (add"),
        (
            "expect_column_max_to_be_between",
            {"min_value": None},
            ": `min_value` and `max_value` are missing",
        ),
        (
            BETWEEN,
            {"min_value": 9, "max_value": 3},
            "min_value: 9 is more than `max_value`, 3: no value lies between",
        ),
        (
            BETWEEN,
            {"min_value": "2024-02-01", "max_value": "2024-01-31"},
            "min_value: '2024-02-01' is more than `max_value`, '2024-01-31'",
        ),
        (
            BETWEEN,
            {"min_value": 9, "max_value": "2024-01-31"},
            "max_value: one bound is a date and the other a number",
        ),
        (
            BETWEEN,
            {"max_value": 3, "strict_min": True},
            "strict_min: there is no `min_value` that it could be about (add `min_value` or take",
        ),
        (
            BETWEEN,
            {"max_value": 3, "condition_parser": "great_expectations"},
            "condition_parser: there is no `row_condition` that it could be about (take it out)",
        ),
        (
            "expect_column_values_to_be_in_set",
            {"value_set": []},
            "value_set: a list that is not empty is wanted",
        ),
        (
            "expect_column_values_to_match_like_pattern",
            {"like_pattern": "a", "escape": "ab"},
            "escape: a single character is wanted",
        ),
        (
            "expect_column_values_to_not_be_outliers",
            {"method": "iqs"},
            "method: 'iqs' cannot stand here (did you mean `iqr`?, one of iqr, std)",
        ),
        (
            "expect_column_values_to_not_be_outliers",
            {"multiplier": -1},
            "multiplier: a number, 0 or more, is wanted",
        ),
        (
            "expect_column_value_lengths_to_equal",
            {"value": 5.0},
            "value: a whole number is wanted, a number stands here (write 5)",
        ),
        (
            "expect_column_values_to_match_regex_list",
            {"regex_list": "a"},
            "regex_list: a list is wanted, text stands here (write ['a'])",
        ),
        (
            BETWEEN,
            {"max_value": 3, "strict_max": "true"},
            "strict_max: True or False is wanted, text stands here (write True, without quotes)",
        ),
    ],
)
def test_mistake_of_a_value_is_told(name: str, arguments: dict[str, Any], message: str) -> None:
    """What the library refuses, and what could never fail or never hold."""
    (found,) = said(name, column="a", **arguments)

    assert found.startswith(message)


@pytest.mark.parametrize(
    ("ranges", "message"),
    [
        ({"quantiles": [0.5]}, ": `value_ranges` is missing"),
        ({"quantiles": [50], "value_ranges": [[1, 2]]}, ".quantiles.0: a number from 0 to 1 is"),
        ({"quantiles": [0.5], "value_ranges": [[2, 1]]}, ".value_ranges.0: 2 is more than 1: no"),
        ({"quantiles": [0.5], "value_ranges": [[2]]}, ".value_ranges.0: a least and a largest va"),
        ({"quantiles": [0.5], "value_ranges": [["a", 2]]}, ".value_ranges.0: two numbers are wan"),
        ({"quantiles": [0.5], "value_ranges": 5}, ".value_ranges: a list is wanted, a whole numb"),
        ({"quantiles": [0, 1], "value_ranges": [[1, 2]]}, ": there are 2 quantiles and 1 ranges"),
        ({"quantiles": [0], "value_ranges": [[1, 2]], "a": 1}, ".a: no key of `quantile_ranges`"),
    ],
)
def test_quantiles_are_looked_into(ranges: dict[str, Any], message: str) -> None:
    """The library takes any dict, and would stumble when it runs."""
    (found,) = said(
        "expect_column_quantile_values_to_be_between", column="a", quantile_ranges=ranges
    )

    assert found.startswith(f"quantile_ranges{message}")


@pytest.mark.parametrize(
    ("query", "is_right"),
    [
        ("SELECT 1 FROM {batch}", True),
        ("SELECT 1 FROM {schema}.temp_{table}", True),
        ("SELECT 1 FROM {batch} WHERE tags = '{2}'", True),
        ("SELECT 1 FROM t", False),
        ("SELECT {", False),
        ("SELECT 1 FROM {schema}.{table}", False),
        ("SELECT 1 FROM {schema}.temp_{table}_log", False),
    ],
)
def test_query_reads_the_table_under_check(query: str, *, is_right: bool) -> None:
    """A query of unexpected rows that reads something else would check the live table."""
    message = "the query does not read the table under check (write FROM {batch})"
    found = said("unexpected_rows_expectation", unexpected_rows_query=query)

    assert ([] if is_right else [f"unexpected_rows_query: {message}"]) == found


def test_column_stands_once_in_a_list() -> None:
    """The library would raise for it only once it is run."""
    found = said("expect_compound_columns_to_be_unique", column_list=["a", "b", "a"])

    assert ["column_list.2: `a` stands here already (take it out)"] == found


# Row conditions


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ('col("a") > 5', COMPARISON),
        (' col("a b")<=-2.5e1 ', ("a b", "<=", -25.0)),
        ("col(\"a\") == '한국'", ("a", "==", "한국")),
        ('col("a") != date("2024-01-31")', ("a", "!=", "2024-01-31")),
        (
            'col("a").notNull()',
            {"type": "nullity", "column": {"name": "a"}, "is_null": False},
        ),
        (
            "col('a').isnull()",
            {"type": "nullity", "column": {"name": "a"}, "is_null": True},
        ),
        (
            'col("n") > 5 and col("a").isnull()',
            {
                "type": "and",
                "conditions": [
                    {**COMPARISON, "column": {"name": "n"}},
                    {"type": "nullity", "column": {"name": "a"}, "is_null": True},
                ],
            },
        ),
    ],
)
def test_condition_is_handed_over_as_what_it_means(text: str, meant: Any) -> None:
    """A text becomes a dict, and the deprecated parser goes: on a warehouse no text works alone."""
    if isinstance(meant, tuple):
        column, operator, parameter = meant
        meant = {
            "type": "comparison",
            "column": {"name": column},
            "operator": operator,
            "parameter": parameter,
        }
    given = {"column": "a", "row_condition": text, "condition_parser": "great_expectations"}

    assert [] == said("expect_column_values_to_be_unique", **given)
    assert {"column": "a", "row_condition": meant} == for_library(given)


@pytest.mark.parametrize(
    ("condition", "message"),
    [
        ("a > 5", ': this is no condition (write col("a") > 5, col('),
        ('col("a") = 5', ": this is no condition (write == for =)"),
        ('col("a") > 5 & col("b") > 3', ": this is no condition (write `and` and `or`)"),
        ('col("a") is not null', ': this is no condition (write col("a").isnull() or col("a").no'),
        (
            'col("a") > 5 and (col("b") > 3 or col("c") > 1)',
            ": 'or' cannot stand inside of 'and'",
        ),
        ("", ": this is no condition"),
        *[
            (text, ": this is no condition")
            for text in (
                'col("a")',
                'col("a") > 5 col("b") < 2',
                'col("a") > col("b")',
                'col("a") in ("b",)',
                '1 < col("a") < 5',
                'not col("a") > 5',
                'col("a") > __import__("os").getpid()',
                'col("a") > None',
                "(" * 5000,
            )
        ],
        (5, ": text or a dict or None is wanted, a whole number stands here"),
        ({}, ": `type` is missing (one of comparison, nullity, and, or)"),
        ({"type": "not"}, ".type: 'not' cannot stand here (one of comparison, nullity, and, or)"),
        ({"type": "pass_through"}, ".type: 'pass_through' is for data frames, not a warehouse"),
        ({**COMPARISON, "operator": "="}, ".operator: '=' cannot stand here (one of ==, !=, <,"),
        ({**COMPARISON, "parameter": None}, ".parameter: text or a number is wanted, None stands"),
        ({**COMPARISON, "parameter": [1]}, ".parameter: text or a number is wanted, a list stand"),
        (
            {**COMPARISON, "operator": "IN", "parameter": [1, "a"]},
            ".parameter.1: texts alone or numbers alone are wanted",
        ),
        ({**COMPARISON, "operator": "IN"}, ".parameter: a list is wanted, a whole number stands"),
        ({**COMPARISON, "colunm": 1}, ".colunm: no key of a 'comparison' condition (did you mean"),
        ({"type": "and", "conditions": []}, ".conditions: a list that is not empty is wanted"),
        (
            {"type": "and", "conditions": [{"type": "or", "conditions": [COMPARISON]}]},
            ".conditions.0: 'or' cannot stand inside of 'and' (put 'or' outside, with 'and' in it)",
        ),
        ({"type": "or", "conditions": [COMPARISON] * 101}, ": there are 101 conditions; at most 1"),
    ],
)
def test_mistake_of_a_condition_is_told(condition: object, message: str) -> None:
    """The library drops the end of a text in silence; here the whole of it is read."""
    (found,) = said("expect_column_values_to_be_unique", column="a", row_condition=condition)

    assert found.startswith(f"row_condition{message}")


# The catalogue


def test_catalogue_says_what_other_modules_ask() -> None:
    """Which arguments there are and their defaults, what it is about, which columns it names."""
    found = signature(BETWEEN)

    assert found is not None
    assert "column" == found.about
    assert ["column", "min_value", "max_value"] == [*found.arguments][:3]
    assert {"mostly": 1, "strict_min": False, "min_value": None}.items() <= defaults(
        BETWEEN
    ).items()
    assert "column" not in defaults(BETWEEN)
    assert signature("expect_nothing") is None
    assert ("a", "b") == columns_named({"column_A": "a", "column_B": "b", "mostly": 1})
    assert ("a", "b") == columns_named({"column_list": ["a", "b"]})
    assert {"column", "pair", "columns", "table"} == {
        one.about for one in catalogue().expectations.values()
    }


def test_every_argument_has_a_type_that_is_read() -> None:
    """No word of the catalogue's grammar is unknown to what reads the values."""
    for name, one in catalogue().expectations.items():
        for argument in one.arguments:
            wrong_arguments(name, {argument: object()})
            for value in (None, True, 5, 0.5, "a", ["a"], {"a": 1}):
                wrong_arguments(name, {argument: value})
