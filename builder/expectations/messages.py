"""What is asked of the process that runs Great Expectations, and what it answers.

Each message is one line of JSON. It goes through pipes that nobody else can read: a job holds
the warehouse's password.
"""

from __future__ import annotations

from typing import Any

import msgspec

from builder.engines.reading import SharedRead

Plain = None | bool | int | float | str | list["Plain"] | dict[str, "Plain"]
"""A value as JSON has it. A decimal, a date and what JSON has no number for (NaN, Infinity) are
text, with every digit."""


class Expectation(msgspec.Struct, frozen=True):
    """One expectation by Great Expectations' own name, with its own arguments."""

    expect: str
    arguments: dict[str, Any] = {}


class Job(msgspec.Struct, frozen=True):
    """Expectations of one relation, and how many failing rows of each are wanted."""

    number: int
    source: SharedRead
    schema: str
    table: str
    expectations: list[Expectation]
    rows: int


class Answer(msgspec.Struct, frozen=True):
    """What Great Expectations has found; what it does not say of an expectation is None or empty.

    `observed` is the value that it compared. Of `element_count` values `missing_count` are NULL and
    `unexpected_count` fail, `unexpected_percent` of those that are not NULL. `rows` are failing
    rows with all their `columns`; where there are none, `values` are failing values. `details` are
    what else it says, by its own names; `missing_rows` and `missing_values` there are what should
    be and is not. `error` is one line on why there is no finding; `success` is False then.
    `seconds` is its share of the time.
    """

    success: bool
    observed: Any = None
    element_count: int | None = None
    unexpected_count: int | None = None
    unexpected_percent: float | None = None
    missing_count: int | None = None
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[Any, ...], ...] = ()
    values: tuple[Any, ...] = ()
    details: Any = None
    error: str | None = None
    seconds: float = 0.0


class Failure(msgspec.Struct, frozen=True):
    """Why a whole job has no answers: the error's class in `builder.errors`, and its words."""

    kind: str
    message: str
    code: str = ""
    passes: bool = False


class Reply(msgspec.Struct, frozen=True):
    """The answers to the job of that number, one for each of its expectations, or a failure."""

    number: int
    answers: tuple[Answer, ...] = ()
    failure: Failure | None = None
