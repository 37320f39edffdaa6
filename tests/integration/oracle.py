"""Random tables and random expectations on them, for two who should answer alike."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

COLUMNS = {
    "id": "integer",
    "big": "bigint",
    "small": "smallint",
    "amount": "numeric",
    "price": "numeric(12,2)",
    "ratio": "double precision",
    "rate": "real",
    "name": "text",
    "code": "character varying(8)",
    "fixed": "character(4)",
    "day": "date",
    "ts": "timestamp without time zone",
    "tz": "timestamp with time zone",
    "flag": "boolean",
    "한글 Name": "text",
    "uid": "uuid",
    "span": "interval",
    "clock": "time without time zone",
    "doc": "jsonb",
    "list": "integer[]",
    "Upper Case": "integer",
    "none": "integer",
}
_NUMBERS = (*("id", "big", "small", "amount", "price", "ratio", "rate", "none", "Upper Case"),)
_TEXTS = ("name", "code", "fixed", "한글 Name")
_MOMENTS = ("day", "ts", "tz")
_OTHERS = ("flag", "uid", "span", "clock", "doc", "list")
_WORDS = [
    "",
    " ",
    "a",
    "A",
    "ab",
    "abc",
    "네이버",
    "Émile",
    "e\u0301",
    "it's",
    "100%",
    "a\\b",
    "zz",
]
_DAYS = ["2024-01-01", "2024-02-29", "2025-12-31", "1999-12-31"]
_TIMES = ["00:00:00", "10:30:00", "23:59:59.999999"]
_LARGE = "123456789012345678901234567890.123456789"
_ODD = ["NaN", "Infinity", "-Infinity", "0.1", "-0", "1e300", "2.5"]


@dataclass(frozen=True)
class Table:
    """The rows of one table, in the order of COLUMNS."""

    rows: list[tuple[Any, ...]]

    def values(self, column: str) -> list[Any]:
        """The values of one column that are not NULL."""
        at = list(COLUMNS).index(column)
        return [row[at] for row in self.rows if row[at] is not None]


def table(seed: int) -> Table:
    """A table; every fifth is empty or has one row."""
    rng = random.Random(seed)  # noqa: S311 -- no secret
    many = rng.choice([0, 1]) if seed % 5 == 0 else rng.randrange(2, 60)
    nulls = rng.choice([0.0, 0.1, 0.5, 1.0]) if seed % 3 == 0 else 0.15
    pool = {
        column: [_value(rng, column) for _ in range(rng.choice([2, 6, 80]))] for column in COLUMNS
    }

    def value(column: str) -> Any:
        if column == "none" or rng.random() < nulls:
            return None
        return rng.choice(pool[column])

    return Table([tuple(value(column) for column in COLUMNS) for _ in range(many)])


def _value(rng: random.Random, column: str) -> Any:
    return rng.choice([made(rng) for made in _VALUES[COLUMNS[column]]])


def _of(*constants: object) -> Callable[[random.Random], object]:
    return lambda rng: rng.choice(constants)


_VALUES: dict[str, list[Callable[[random.Random], object]]] = {
    "integer": [_of(0, 1, -1, 2**31 - 1), lambda rng: rng.randrange(-50, 50)],
    "bigint": [_of(2**53, 2**53 + 1, 2**63 - 1, -(2**63), 0), lambda rng: rng.randrange(10)],
    "smallint": [lambda rng: rng.randrange(-20, 20)],
    "numeric": [_of("0.1", "0.10", "1.1", "-2.5", _LARGE, "NaN"), lambda rng: str(rng.random())],
    "numeric(12,2)": [lambda rng: f"{rng.uniform(-100, 100):.2f}"],
    "double precision": [_of(*_ODD), lambda rng: repr(rng.uniform(-10, 10))],
    "real": [_of("0.1", "1.5", "-3", "16777217"), lambda rng: repr(rng.uniform(-10, 10))],
    "text": [_of(*_WORDS)],
    "character varying(8)": [_of(*_WORDS)],
    "character(4)": [lambda rng: rng.choice(_WORDS)[:4]],
    "date": [_of(*_DAYS)],
    "timestamp without time zone": [lambda rng: f"{rng.choice(_DAYS)} {rng.choice(_TIMES)}"],
    "timestamp with time zone": [lambda rng: f"{rng.choice(_DAYS)} {rng.choice(_TIMES)}+09"],
    "boolean": [lambda rng: rng.random() < 0.5],
    "uuid": [_of("00000000-0000-0000-0000-000000000000", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11")],
    "interval": [_of("1 day", "24 hours", "-3 months", "00:00:01")],
    "time without time zone": [_of(*_TIMES)],
    "jsonb": [_of("{}", "[1, 2]", '{"a": null}', "3")],
    "integer[]": [_of([1, 2], [], [None])],
}


def expectation(rng: random.Random, of: Table) -> tuple[str, dict[str, Any]]:
    """One expectation with arguments that Great Expectations takes, near what the table holds."""
    name = rng.choice([*_MAKERS])
    arguments = _MAKERS[name](rng, of)
    if "column" in arguments and name.startswith("expect_column_value") and rng.random() < 0.3:
        arguments["mostly"] = rng.choice([0, 0.5, 0.9, 0.95, 1, round(rng.random(), 3)])
    if name not in _SHAPES and rng.random() < 0.25:
        arguments["row_condition"] = _condition(rng, of)
        if isinstance(arguments["row_condition"], str):
            arguments["condition_parser"] = "great_expectations"
    return name, arguments


def _any(rng: random.Random, of: Table, column: str) -> Any:
    """A constant that could be one of the column's."""
    values = of.values(column)
    found = rng.choice(values) if values and rng.random() < 0.7 else _value(rng, column)
    if column in _NUMBERS:
        number = float(found)
        whole = number == number and abs(number) < 2**53 and number == int(number)
        return int(number) if whole else number if abs(number) < 1e30 else 0.5
    return found


def _bounds(rng: random.Random, of: Table, column: str) -> dict[str, Any]:
    low, high = sorted((_any(rng, of, column) for _ in range(2)), key=lambda v: (str(type(v)), v))
    found = {"min_value": low, "max_value": high}
    if rng.random() < 0.4:
        found.pop(rng.choice(["min_value", "max_value"]))
    for name in ("min", "max"):
        if f"{name}_value" in found and rng.random() < 0.3:
            found[f"strict_{name}"] = True
    return found


def _between(rng: random.Random, of: Table) -> dict[str, Any]:
    column = rng.choice([*_NUMBERS, *_NUMBERS, *_MOMENTS, *COLUMNS])
    bounds = _bounds(rng, of, column if column in (*_NUMBERS, *_MOMENTS) else "id")
    return {"column": column, **bounds}


def _column(rng: random.Random, _of: Table) -> dict[str, Any]:
    return {"column": rng.choice([*COLUMNS])}


def _set(rng: random.Random, of: Table) -> dict[str, Any]:
    column = rng.choice([*COLUMNS])
    values = [_any(rng, of, column) for _ in range(rng.randrange(1, 4))]
    if rng.random() < 0.2:
        values.append(None)
    return {"column": column, "value_set": values}


def _regex(rng: random.Random, _of: Table) -> dict[str, Any]:
    patterns = ["^a", "b", "^$", "^[A-Z]", "[가-힣]+", "%", r"\\", r"^\w+$", "(", "^.{2,3}$", "'"]
    return {"column": rng.choice([*_TEXTS, *_TEXTS, "id"]), "regex": rng.choice(patterns)}


def _lengths(rng: random.Random, _of: Table) -> dict[str, Any]:
    low = rng.randrange(0, 4)
    found = {"min_value": low, "max_value": low + rng.randrange(0, 4)}
    if rng.random() < 0.4:
        found.pop(rng.choice([*found]))
    if "min_value" in found and rng.random() < 0.2:
        found["strict_min"] = True
    return {"column": rng.choice([*_TEXTS, *_TEXTS, "id"]), **found}


def _length(rng: random.Random, _of: Table) -> dict[str, Any]:
    return {"column": rng.choice(_TEXTS), "value": rng.randrange(0, 5)}


def _compound(rng: random.Random, _of: Table) -> dict[str, Any]:
    found: dict[str, Any] = {"column_list": rng.sample([*COLUMNS], rng.randrange(2, 4))}
    if rng.random() < 0.6:
        ways = ["all_values_are_missing", "any_value_is_missing", "never"]
        found["ignore_row_if"] = rng.choice(ways)
    return found


def _pair(rng: random.Random, _of: Table) -> dict[str, Any]:
    group = rng.choice([_NUMBERS, _NUMBERS, _MOMENTS, _TEXTS])
    a, b = rng.sample([*group], 2)
    found: dict[str, Any] = {"column_A": a, "column_B": b}
    if rng.random() < 0.5:
        found["or_equal"] = rng.random() < 0.7
    if rng.random() < 0.6:
        ways = ["both_values_are_missing", "either_value_is_missing", "neither"]
        found["ignore_row_if"] = rng.choice(ways)
    return found


def _rows(rng: random.Random, of: Table) -> dict[str, Any]:
    near = len(of.rows)
    found = {"min_value": max(near - rng.randrange(-2, 5), 0), "max_value": near + rng.randrange(5)}
    if found["min_value"] > found["max_value"] or rng.random() < 0.3:
        found.pop(rng.choice([*found]))
    return found


def _rows_equal(rng: random.Random, of: Table) -> dict[str, Any]:
    return {"value": len(of.rows) + rng.choice([0, 0, 1])}


def _rows_elsewhere(_rng: random.Random, _of: Table) -> dict[str, Any]:
    return {"other_table_name": "other"}


def _exists(rng: random.Random, _of: Table) -> dict[str, Any]:
    found: dict[str, Any] = {"column": rng.choice([*COLUMNS, "nope", "ID", "Day"])}
    if rng.random() < 0.4:
        found["column_index"] = rng.randrange(len(COLUMNS))
    return found


def _ordered(rng: random.Random, _of: Table) -> dict[str, Any]:
    names = [*COLUMNS]
    if rng.random() < 0.6:
        names[0] = rng.choice(["ID", "nope", names[1]])
    return {"column_list": names[: rng.choice([len(names), len(names), 3])]}


def _as_set(rng: random.Random, _of: Table) -> dict[str, Any]:
    names = rng.sample([*COLUMNS], rng.choice([len(COLUMNS), len(COLUMNS), 4]))
    if rng.random() < 0.4:
        names[0] = rng.choice([names[0].upper(), "nope", f'"{names[0]}"', f'"{names[0].upper()}"'])
    found: dict[str, Any] = {"column_set": names}
    if rng.random() < 0.5:
        found["exact_match"] = rng.random() < 0.5
    return found


def _type(rng: random.Random, _of: Table) -> dict[str, Any]:
    return {"column": rng.choice([*COLUMNS, "nope"]), "type_": rng.choice(_TYPES)}


def _types(rng: random.Random, _of: Table) -> dict[str, Any]:
    return {"column": rng.choice([*COLUMNS]), "type_list": rng.sample(_TYPES, 3)}


_TYPES = [
    "INTEGER",
    "integer",
    "INT",
    "BIGINT",
    "SMALLINT",
    "NUMERIC",
    "NUMERIC(12, 2)",
    "NUMERIC(12,2)",
    "DOUBLE PRECISION",
    "REAL",
    "TEXT",
    "VARCHAR(8)",
    "CHAR(4)",
    "DATE",
    "TIMESTAMP WITHOUT TIME ZONE",
    "TIMESTAMP WITH TIME ZONE",
    "TIMESTAMP",
    "BOOLEAN",
]


def _condition(rng: random.Random, of: Table) -> Any:
    column = rng.choice(["id", "name", "day", "price", "한글 Name"])
    if column == "name" and rng.random() < 0.5:
        return f'col("name") {rng.choice(["==", "!="])} "{rng.choice(["a", "abc", "nope"])}"'
    if column == "id" and rng.random() < 0.5:
        return f'col("id") {rng.choice(["<", ">=", "=="])} {rng.randrange(-5, 5)}'
    if rng.random() < 0.2:
        return 'col("day").notnull()'
    comparison = {
        "type": "comparison",
        "column": {"name": column},
        "operator": rng.choice(["==", "!=", "<", "<=", ">", ">="]),
        "parameter": _any(rng, of, column),
    }
    missing = {
        "type": "nullity",
        "column": {"name": rng.choice([*COLUMNS])},
        "is_null": rng.random() < 0.5,
    }
    among = {
        "type": "comparison",
        "column": {"name": "name"},
        "operator": rng.choice(["IN", "NOT_IN"]),
        "parameter": rng.sample(_WORDS[2:6], 2),
    }
    both = {
        "type": rng.choice(["and", "or"]),
        "conditions": [comparison, missing, among][: rng.choice([2, 3])],
    }
    return rng.choice([comparison, missing, among, both])


_FOLDS = ("max", "min", "mean", "sum", "median")
_MAKERS = {
    "expect_column_values_to_not_be_null": _column,
    "expect_column_values_to_be_null": _column,
    "expect_column_values_to_be_unique": _column,
    "expect_column_values_to_be_between": _between,
    "expect_column_values_to_be_in_set": _set,
    "expect_column_values_to_not_be_in_set": _set,
    "expect_column_values_to_match_regex": _regex,
    "expect_column_values_to_not_match_regex": _regex,
    "expect_column_value_lengths_to_be_between": _lengths,
    "expect_column_value_lengths_to_equal": _length,
    "expect_compound_columns_to_be_unique": _compound,
    "expect_column_pair_values_a_to_be_greater_than_b": _pair,
    **{f"expect_column_{fold}_to_be_between": _between for fold in _FOLDS},
    "expect_table_row_count_to_be_between": _rows,
    "expect_table_row_count_to_equal": _rows_equal,
    "expect_table_row_count_to_equal_other_table": _rows_elsewhere,
    "expect_column_to_exist": _exists,
    "expect_table_columns_to_match_ordered_list": _ordered,
    "expect_table_columns_to_match_set": _as_set,
    "expect_column_values_to_be_of_type": _type,
    "expect_column_values_to_be_in_type_list": _types,
}
NAMES = frozenset(_MAKERS)
_SHAPES = (
    "expect_table_row_count_to_equal_other_table",
    "expect_table_row_count_to_be_between",
    "expect_table_row_count_to_equal",
    "expect_column_to_exist",
    "expect_table_columns_to_match_ordered_list",
    "expect_table_columns_to_match_set",
    "expect_column_values_to_be_of_type",
    "expect_column_values_to_be_in_type_list",
)
