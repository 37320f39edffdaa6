"""The offline reading of expectations against the library itself, loaded once in a process."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from rig import REPOSITORY

from builder.summary.expect import OTHER_SOURCE, for_library, wrong_arguments
from builder.summary.expect.catalogue import Argument, Signature, catalogue

if TYPE_CHECKING:
    from collections.abc import Iterator

Case = tuple[str, dict[str, Any]]
COMPARISON = {"type": "comparison", "column": {"name": "a"}, "operator": ">", "parameter": 5}
NULLITY = {"type": "nullity", "column": {"name": "b"}, "is_null": True}
ALL = {"type": "and", "conditions": [COMPARISON, NULLITY]}
# Values of all kinds: of each argument, some are right and most are wrong.
VALUES: list[Any] = [
    None, True, False, 0, 1, 5, -1, 0.5, 1.5, 5.5, "", "a", "5", "0.5", "yes", "2024-01-31",
    "2024-01-31 10:00:00", "2024-01-31T10:00:00.5+09:00", "2024-02-30", "2024-1-1", "10:00",
    [], ["a"], ["a", "b"], ["a", 5], [1, 2], [None], [True], [["a", 1]], [["a"]], ["ab"],
    [[1, 2, 3]],
    {}, {"a": 1}, {"$PARAMETER": "a"}, "any", "never", "neither", "std", "ab", "%Q",
    {"quantiles": [0.5], "value_ranges": [[1, 2]]},
    {"quantiles": [0.5], "value_ranges": [[2, 1]]},
    {"quantiles": [0.5], "value_ranges": []},
    "SELECT 1 FROM {batch}", "SELECT {", "great_expectations", "pandas",
]  # fmt: skip
CONDITIONS: list[Any] = [
    'col("a") > 5', 'col("a b")>=-5e3', 'col("a").notnull()', 'col("a").NotNull()',
    ' col("a") != "x y"', 'COL("a") > 5', "col(\"a\") > 5 # b",
    "col(\"a\") == 'x'", 'col("a") < date("2024-01-31")', 'col("a") > 5.', 'a > 5', 'col("a") = 5',
    'col("a") <> 5', 'col("a") in [1]', "col('a') > 5", 'col("a") > 5 and col("b") > 3',
    'col("a") > 5abc', 'col("a") > .5', 'col("a") > ""', 'col("a").isnull()',
    'col("") > 5', 'col("a") > x',
    "", " ", 5, [], {}, None, COMPARISON, NULLITY, ALL,
    {"type": "or", "conditions": [ALL, COMPARISON]},
    {"type": "and", "conditions": [ALL, ALL]},
    {"type": "and", "conditions": [{"type": "or", "conditions": [COMPARISON]}]},
    {"type": "or", "conditions": [{"type": "or", "conditions": [COMPARISON]}]},
    {"type": "or", "conditions": [COMPARISON] * 100},
    {"type": "or", "conditions": [COMPARISON] * 101},
    {"type": "or", "conditions": [ALL] * 51},
    {"type": "and", "conditions": []}, {"type": "and"}, {"type": "and", "conditions": COMPARISON},
    {"type": "and", "conditions": [{"type": "not"}]}, {"type": "not"}, {"conditions": [COMPARISON]},
    {"type": "pass_through", "pass_through_filter": "a > 5"},
    *[{**COMPARISON, "operator": one} for one in ("==", "!=", "<", "<=", ">=", "=", "IN", "in", 5)],
    *[{**COMPARISON, "parameter": one} for one in (None, "x", True, 5.5, [1], {"a": 1})],
    *[
        {**COMPARISON, "operator": operator, "parameter": one}
        for operator in ("IN", "NOT_IN")
        for one in ([], [1, 2.5], ["a", "b"], [1, "a"], [True], [None], "ab", {"a": 1})
    ],
    *[{**COMPARISON, "column": one} for one in ("a", {}, {"name": 5}, {"name": "a", "b": 1}, None)],
    *[{key: COMPARISON[key] for key in COMPARISON if key != one} for one in COMPARISON],
    {**COMPARISON, "more": 1}, {**NULLITY, "is_null": "yes"},
    {"type": "nullity", "column": {"name": "a"}},
]  # fmt: skip
RIGHT: dict[str, list[Any]] = {
    "text": ["a", "x%", "[a-z]+"],
    "whole number": [3, 0],
    "number": [0.25, 1, 0],
    "date": ["2024-01-31", "2024-01-31 10:00"],
    "bool": [True, False],
    "dict": [{"values": ["a"], "weights": [1]}],
    "None": [None],
    "condition": ['col("a") > 5', "col(\"a\") == 'x'", COMPARISON, NULLITY, ALL],
    "quantiles": [{"quantiles": [0.1, 0.5], "value_ranges": [[None, 2], [1, 2.5]]}],
    "list of text": [["a", "b"], ("a", "b", "c")],
    "list of value": [[1, 2.5], ["a", ""], [True]],
    "list of pair": [[[1, "a"], ("b", 2)]],
}


def right(argument: Argument, chance: random.Random) -> Any:
    """A value that an argument takes."""
    if argument.choices:
        return chance.choice(argument.choices)
    if argument.length:
        return "\\"
    return chance.choice(RIGHT[chance.choice(argument.kinds)])


def mixed(name: str, known: Signature, chance: random.Random) -> Iterator[dict[str, Any]]:
    """Arguments of one expectation: right ones, and ones with mistakes in one or two."""
    if name == "unexpected_rows_expectation":
        yield {"unexpected_rows_query": "SELECT * FROM {batch} WHERE a = '{{}}'"}
    for _ in range(8):
        given = {
            one: right(argument, chance)
            for one, argument in known.arguments.items()
            if argument.needed or chance.random() < 0.4
        }
        yield given
        yield {one: value for one, value in given.items() if chance.random() < 0.8}
        yield {**given, chance.choice([*known.arguments, "min", "values"]): chance.choice(VALUES)}
    for one, argument in known.arguments.items():
        if argument.kinds != ("condition", "None") and one != "condition_parser":
            for value in chance.sample(VALUES, 16):
                yield {**given, one: value}


def cases() -> list[Case]:
    """The same cases each time."""
    chance = random.Random(20)  # noqa: S311 # nothing is kept secret by it
    usable = {name: one for name, one in catalogue().expectations.items() if not one.unusable}
    found = [(name, one) for name in usable for one in mixed(name, usable[name], chance)]
    condition = {"column": "a", "min_value": 1}
    for value in CONDITIONS:
        for parser in ({}, {"condition_parser": "great_expectations"}):
            found.append(
                (
                    "expect_column_values_to_be_between",
                    {**condition, "row_condition": value, **parser},
                )
            )
    return found


@dataclass(frozen=True)
class Compared:
    """All cases, with what the library says of them as they are and as they are handed over."""

    cases: list[Case]
    written: list[str | None]
    handed: list[str | None]
    catalogue: str


@pytest.fixture(scope="module")
def compared() -> Compared:
    """The library, asked once."""
    all_cases = cases()
    handed = [
        (name, for_library(given) if not wrong_arguments(name, given) else given)
        for name, given in all_cases
    ]
    done = subprocess.run(
        [sys.executable, str(Path(__file__).with_name("constructors.py"))],
        cwd=REPOSITORY,
        input=json.dumps([*all_cases, *handed]),
        capture_output=True,
        text=True,
        check=False,
    )
    assert 0 == done.returncode, done.stderr
    answer = json.loads(done.stdout)
    half = len(all_cases)
    answers = answer["answers"]
    return Compared(all_cases, answers[:half], answers[half:], answer["catalogue"])


def test_catalogue_is_that_of_the_installed_library(compared: Compared) -> None:
    """`python -m builder.expectations.catalogue` writes what is in the tree."""
    file = REPOSITORY / "builder" / "summary" / "expectations.json"

    assert compared.catalogue == file.read_text(encoding="utf-8")


def test_whatever_is_accepted_the_library_accepts(compared: Compared) -> None:
    """No check that was read without an error fails when the library makes it."""
    accepted = [not wrong_arguments(*case) for case in compared.cases]
    wrong = [
        (case, said)
        for case, right, said in zip(compared.cases, accepted, compared.handed, strict=True)
        if right and said
    ]

    assert [] == wrong
    assert 500 < sum(accepted)


def test_whatever_the_library_refuses_is_refused(compared: Compared) -> None:
    """What the library says no to as it is written is an error of the file.

    But for conditions of text, of which it reads less than is read here: it is handed a dict. And
    but for the second data source, which a file has not: it is handed the first one.
    """
    wrong = [
        (case, said)
        for case, said in zip(compared.cases, compared.written, strict=True)
        if said and not said.startswith("ConditionParserError") and not wrong_arguments(*case)
        if OTHER_SOURCE not in for_library(case[1])
    ]

    assert [] == wrong
    assert 500 < sum(1 for said in compared.written if said)
