"""Whether an expectation's name and arguments are right, without the library that runs it.

What Great Expectations' own constructor refuses is refused here, with the place and what was
probably meant; so is what it takes in silence for something else, such as '5' for 5, 5.5 for 5, an
empty text for a suite parameter. A test compares the two.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from builder.summary.expect.catalogue import Signature, columns_named, defaults, signature
from builder.summary.expect.condition_text import condition_of
from builder.summary.expect.names import unknown_argument, unknown_name, unusable
from builder.summary.expect.rules import wrong_together
from builder.summary.expect.values import wrong_value
from builder.summary.expect.wrong import Wrong

if TYPE_CHECKING:
    from collections.abc import Mapping

OTHER_SOURCE, THIS_WAREHOUSE = "comparison_data_source_name", "this warehouse"
"""What the one expectation that compares two data sources is told: a file has no second one."""

__all__ = [
    "OTHER_SOURCE",
    "THIS_WAREHOUSE",
    "Signature",
    "Wrong",
    "columns_named",
    "defaults",
    "for_library",
    "signature",
    "wrong_arguments",
]


def wrong_arguments(name: str, arguments: Mapping[str, object]) -> list[Wrong]:
    """Everything that is wrong with an expectation and the arguments that it is given."""
    found = signature(name)
    if found is None:
        return [unknown_name(name)]
    if found.unusable:
        return [unusable(name, found)]
    known = found.arguments
    wrong = [unknown_argument(name, one, found) for one in arguments if one not in known]
    wrong += [
        Wrong((), f"`{one}` is missing")
        for one, argument in known.items()
        if argument.needed and one not in arguments
    ]
    for one, value in arguments.items():
        if one in known:
            wrong += wrong_value(value, known[one], (one,))
    # An argument that is wrong by itself says nothing of the others.
    right = {one: value for one, value in arguments.items() if (one,) not in _tops(wrong)}
    return [*wrong, *wrong_together(name, found, right)] if right == arguments else wrong


def for_library(arguments: Mapping[str, object]) -> dict[str, Any]:
    """The arguments, once they are right, as Great Expectations runs them on a warehouse.

    A row condition that is a text becomes the dict that it means; the parser that the library
    would need for the text is deprecated and goes.
    """
    given = {name: value for name, value in arguments.items() if name != "condition_parser"}
    if "comparison_query" in given:
        given[OTHER_SOURCE] = THIS_WAREHOUSE
    if isinstance(text := given.get("row_condition"), str):
        given["row_condition"] = condition_of(text)
    return given


def _tops(wrong: list[Wrong]) -> set[tuple[str | int, ...]]:
    return {one.path[:1] for one in wrong}
