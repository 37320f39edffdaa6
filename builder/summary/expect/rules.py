"""What two arguments say of each other.

Great Expectations itself refuses only part of this: a few expectations without any bound, bounds
the wrong way round for a table's rows alone. Whatever could never fail or never hold is refused.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from builder.summary.expect.values import moment
from builder.summary.expect.wrong import Wrong

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from builder.summary.expect.catalogue import Signature


def wrong_together(name: str, signature: Signature, given: Mapping[str, object]) -> Iterator[Wrong]:
    """Everything that is wrong between arguments that are right one by one."""
    known = signature.arguments
    if "min_value" in known and name.endswith("_between"):
        yield from _bounds(given)
    for side in ("min", "max"):
        strict, bound = f"strict_{side}", f"{side}_value"
        if given.get(strict) is True and given.get(bound) is None:
            hint = f"add `{bound}` or take `{strict}` out"
            yield Wrong((strict,), f"there is no `{bound}` that it could be about", hint)
    if given.get("condition_parser") is not None and given.get("row_condition") is None:
        message = "there is no `row_condition` that it could be about"
        yield Wrong(("condition_parser",), message, "take it out")
    if "column_list" in given and not name.startswith("expect_table_"):
        yield from _repeated(given["column_list"])
    if name == "unexpected_rows_expectation":
        yield from _query(given.get("unexpected_rows_query"))


def _repeated(columns: object) -> Iterator[Wrong]:
    listed = columns if isinstance(columns, list | tuple) else ()
    for index, column in enumerate(listed):
        if column in listed[:index]:
            yield Wrong(("column_list", index), f"`{column}` stands here already", "take it out")


def _bounds(given: Mapping[str, object]) -> Iterator[Wrong]:
    low, high = given.get("min_value"), given.get("max_value")
    if low is None and high is None:
        message = "`min_value` and `max_value` are missing: nothing would be checked"
        yield Wrong((), message, "add one of them, or both")
    if low is None or high is None:
        return
    first, last = _ordinal(low), _ordinal(high)
    if first is None or last is None:
        return
    if isinstance(first, float | int) != isinstance(last, float | int):
        yield Wrong(("max_value",), "one bound is a date and the other a number")
    elif _above(first, last):
        message = f"{low!r} is more than `max_value`, {high!r}: no value lies between"
        yield Wrong(("min_value",), message)


def _ordinal(value: object) -> float | datetime | None:
    return value if isinstance(value, int | float) else moment(value)


def _above(first: float | datetime, last: float | datetime) -> bool:
    try:
        return first > last  # type: ignore[operator]
    except TypeError:
        return False  # Of two moments, one with and one without a time zone, none is the later.


def _query(query: object) -> Iterator[Wrong]:
    if not isinstance(query, str):
        return
    if not re.search(r"\{batch\}|\{schema\}\.temp_\{table\}(?!\w)", query):
        message = "the query does not read the table under check"
        yield Wrong(("unexpected_rows_query",), message, "write FROM {batch}")
