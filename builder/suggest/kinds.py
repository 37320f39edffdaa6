"""What can be asked of a column, as its type in SQL says."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Literal

Sort = Literal["number", "moment", "text", "key", "other"]
"""A `key` has an order and is different for different things, and nothing else is known of it."""

_SORTS: tuple[tuple[Sort, str], ...] = (
    ("number", r"smallint|integer|bigint|real|double precision|numeric(\(\d+(,-?\d+)?\))?"),
    ("moment", r"date|timestamp(\(\d\))? with(out)? time zone"),
    ("text", r"text|character varying(\(\d+\))?|character\(\d+\)"),
    ("key", "uuid"),
)
_WHOLE = ("smallint", "integer", "bigint")


def sort_of(kind: str) -> Sort:
    """The sort of a type."""
    return next((sort for sort, kinds in _SORTS if re.fullmatch(kinds, kind)), "other")


def is_whole(kind: str, *ends: object) -> bool:
    """Whether a number has no fraction, as its type says, or else its least and greatest value.

    The sum of whole numbers is `numeric` in SQL.
    """
    return kind in _WHOLE or all(
        isinstance(end, Decimal) and end.as_tuple().exponent == 0 for end in ends
    )
