"""The shapes that texts have: months, hexadecimal digits, addresses.

The patterns mean the same to Python, which looks at some values, and to the warehouse, which looks
at all of them. They do without a backslash, which people would have to double in a file.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection

_DAY = "(0[1-9]|[12][0-9]|3[01])"
_MONTH = "(0[1-9]|1[0-2])"


@dataclass(frozen=True, slots=True)
class Shape:
    """A pattern for whole texts, and what people call it.

    A `period` is of time: there are new ones every day or month. An `identity` tells things apart.
    """

    name: str
    pattern: str
    is_period: bool = False
    is_identity: bool = False


SHAPES = (
    Shape("YYYY-MM-DD", f"^[0-9]{{4}}-{_MONTH}-{_DAY}$", is_period=True),
    Shape("YYYY-MM", f"^[0-9]{{4}}-{_MONTH}$", is_period=True),
    Shape("YYYY-Qn", "^[0-9]{4}-?Q[1-4]$", is_period=True),
    Shape("YYYY-Wnn", "^[0-9]{4}-?W(0[1-9]|[1-4][0-9]|5[0-3])$", is_period=True),
    Shape("YYYYMMDD", f"^(19|20)[0-9]{{2}}{_MONTH}{_DAY}$", is_period=True),
    Shape("YYYYMM", f"^(19|20)[0-9]{{2}}{_MONTH}$", is_period=True),
    *(
        Shape(f"{size} hexadecimal digits", f"^[0-9a-f]{{{size}}}$", is_identity=True)
        for size in (32, 40, 64)
    ),
    Shape(
        "a UUID",
        "^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$",
        is_identity=True,
    ),
    Shape("an e-mail address", "^[^@ ]+@[^@ ]+[.][^@ .]+$", is_identity=True),
    Shape("a web address", "^https?://[^ ]+$"),
    Shape("an IPv4 address", "^([0-9]{1,3}[.]){3}[0-9]{1,3}$"),
    Shape("two capital letters", "^[A-Z]{2}$"),
    Shape("three capital letters", "^[A-Z]{3}$"),
)
_PREFIXED = re.compile("([A-Za-z]{1,8}[-_])[0-9]{2,}")


def shape_of(values: Collection[str]) -> Shape | None:
    """The shape of all of the values; None if they are none, or have none."""
    if not values:
        return None
    for shape in SHAPES:
        if all(re.search(shape.pattern, value) for value in values):
            return shape
    return _prefixed(values)


def _prefixed(values: Collection[str]) -> Shape | None:
    """Numbers behind the same letters, such as `ORD-00017`."""
    found = [_PREFIXED.fullmatch(value) for value in values]
    prefixes = {match[1] for match in found if match}
    if len(prefixes) != 1 or not all(found):
        return None
    (prefix,) = prefixes
    return Shape(f"{prefix} and digits", f"^{prefix}[0-9]+$", is_identity=True)
