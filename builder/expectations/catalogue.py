"""What every expectation takes, written down so that a file is read without the library.

    python -m builder.expectations.catalogue > builder/summary/expectations.json

The types are a grammar of our own, for what can stand in a dict literal: `text`, `date` (as
text), `whole number`, `number`, `bool`, `dict`, `None`, `list of text`, `list of value` (text,
number or bool), `list of pair`, `condition` and `quantiles`, with ` | ` for one or the other.
Where the library takes what no warehouse can use or what checks nothing, the catalogue is
narrower, and says so here.
"""

from __future__ import annotations

import json
import sys
from datetime import date
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Literal, Union, get_args, get_origin

from builder.summary.expect import OTHER_SOURCE

if TYPE_CHECKING:
    from collections.abc import Iterator

# Arguments of every expectation that are of no use in a file; each reason is told to its writer.
LEFT_OUT = {
    "batch_id": "the table under check is what is read",
    "catch_exceptions": "a check that cannot run is always told",
    "description": "a comment in the file says it to whoever reads the file",
    "id": "a check is called by its place in the file",
    "library_metadata": "it is the library's own",
    "meta": "a comment in the file says it to whoever reads the file",
    "notes": "a comment in the file says it to whoever reads the file",
    "rendered_content": "it is the library's own",
    "result_format": "the builder asks for what it shows",
    "windows": "the last runs' numbers are in the journal, which Great Expectations does not read",
}
_OURS = ("severity",)
_LAST = ("mostly", "ignore_row_if", "row_condition", "condition_parser")
_ABOUT = {
    "column": "column",
    "column_pair": "pair",
    "multicolumn": "columns",
    "table": "table",
}
_NO_WAREHOUSE = "Great Expectations has it for data frames alone, not for a warehouse"
_DATA_FRAMES = ("pandas", "spark")
_WAREHOUSE = "PostgreSQL"
# A count is no date, and a condition may be a text.
_SILENT = (("whole number", "date"), ("condition", "text"))
_WHOLE = {"type": "whole number | None"}
_SHARE = {"low": 0, "high": 1}
_NEEDED = {"needed": True}  # Without it such an expectation holds whatever is in the table.
_NARROWER: dict[tuple[str, str], dict[str, Any]] = {
    ("expect_column_kl_divergence_to_be_less_than", "partition_object"): _NEEDED,
    ("expect_column_kl_divergence_to_be_less_than", "threshold"): _NEEDED,
    ("expect_column_proportion_of_non_null_values_to_be_between", "max_value"): _SHARE,
    ("expect_column_proportion_of_non_null_values_to_be_between", "min_value"): _SHARE,
    ("expect_column_proportion_of_unique_values_to_be_between", "max_value"): _SHARE,
    ("expect_column_proportion_of_unique_values_to_be_between", "min_value"): _SHARE,
    # The texts that it takes besides are how pandas interpolates.
    ("expect_column_quantile_values_to_be_between", "allow_relative_error"): {"type": "bool"},
    ("expect_column_value_lengths_to_equal", "value"): {"type": "whole number"},
    ("expect_column_values_to_be_in_type_list", "type_list"): _NEEDED,
    ("expect_column_values_to_match_regex", "regex"): _NEEDED,
    # The library takes any text here, and knows these three.
    ("expect_select_column_values_to_be_unique_within_record", "ignore_row_if"): {
        "choices": ["all_values_are_missing", "any_value_is_missing", "never"]
    },
    ("expect_table_column_count_to_be_between", "max_value"): _WHOLE,
    ("expect_table_column_count_to_be_between", "min_value"): _WHOLE,
    ("expect_table_columns_to_match_ordered_list", "column_list"): {
        "type": "list of text",
        **_NEEDED,
    },
    ("expect_table_columns_to_match_set", "column_set"): {"type": "list of text", **_NEEDED},
}


def catalogue() -> dict[str, Any]:
    """Every expectation of the installed library by its name, and what is left out of all."""
    import great_expectations

    return {
        "great_expectations": great_expectations.__version__,
        "left_out": LEFT_OUT,
        "expectations": {kind.expectation_type: _signature(kind) for kind in _kinds()},
    }


def written(found: dict[str, Any]) -> str:
    """The catalogue as JSON, with one line for each expectation."""
    lines = [f'{{"great_expectations": {json.dumps(found["great_expectations"])}']
    for part in ("left_out", "expectations"):
        inner = [f"{json.dumps(name)}: {json.dumps(one)}" for name, one in found[part].items()]
        lines.append(f'"{part}": {{\n' + ",\n".join(inner) + "\n}")
    return ",\n".join(lines) + "}\n"


def _kinds() -> list[Any]:
    """The expectations that can be made: an abstract one has no name."""
    from great_expectations.expectations import core
    from great_expectations.expectations.expectation import Expectation

    kinds = [
        kind
        for kind in vars(core).values()
        if isinstance(kind, type)
        and issubclass(kind, Expectation)
        and getattr(kind, "expectation_type", None)
    ]
    return sorted(kinds, key=attrgetter("expectation_type"))


def _signature(kind: Any) -> dict[str, Any]:
    arguments = {
        field: _argument(of, kind)
        for field, of in kind.__fields__.items()
        if field not in LEFT_OUT and field not in _OURS and field != OTHER_SOURCE
    }
    order = sorted(
        arguments, key=lambda one: (not arguments[one].get("needed"), *_rank(one, arguments))
    )
    unusable = _unusable(kind)
    return {
        "about": _ABOUT[kind.domain_type.value],
        **({"unusable": unusable} if unusable else {}),
        "arguments": {one: arguments[one] for one in order},
    }


def _rank(argument: str, arguments: dict[str, Any]) -> tuple[int, int]:
    shared = _LAST.index(argument) + 1 if argument in _LAST else 0
    return shared, list(arguments).index(argument)


def _unusable(kind: Any) -> str:
    metadata = kind.schema()["properties"]["metadata"]["properties"]
    sources = metadata.get("supported_data_sources", {}).get("const", ())
    # One that compares two data sources compares two queries of this warehouse.
    if _WAREHOUSE in sources or OTHER_SOURCE in kind.__fields__:
        return ""
    return _NO_WAREHOUSE


def _argument(field: Any, expectation: Any) -> dict[str, Any]:
    """One argument: its type, whether it is needed, its default, bounds and choices."""
    from great_expectations.expectations.expectation import MulticolumnMapExpectation

    found: dict[str, Any] = {"type": " | ".join(_words(field))}
    if field.required:
        found["needed"] = True
    elif field.default is not None:
        found["default"] = field.default
    found |= _bounds(field)
    if field.name == "escape":
        found["length"] = 1
    if field.name == "column_list" and issubclass(expectation, MulticolumnMapExpectation):
        found["least"] = 2
    return _narrowed(found, _NARROWER.get((expectation.expectation_type, field.name), {}))


def _words(field: Any) -> list[str]:
    """The types that a value may have, in the words of the grammar."""
    words = list(dict.fromkeys(_kind(part) for part in _parts(field.outer_type_)))
    for kind, other in _SILENT:
        if kind in words and other in words:
            words.remove(other)
    if len(words) > 1 and "dict" in words:
        words.remove("dict")  # That is a suite parameter, which a file has not.
    if field.allow_none and "None" not in words:
        words.append("None")
    return words


def _bounds(field: Any) -> dict[str, Any]:
    """The choices of a text, and the least and the largest number."""
    found: dict[str, Any] = {}
    for part in _parts(field.outer_type_):
        if get_origin(part) is Literal:
            found["choices"] = [one for one in get_args(part) if one not in _DATA_FRAMES]
        for side, bound in (("low", "ge"), ("high", "le")):
            if (limit := getattr(part, bound, None)) is not None:
                found[side] = int(limit)
    return found


def _narrowed(found: dict[str, Any], narrower: dict[str, Any]) -> dict[str, Any]:
    merged = found | narrower
    if merged.get("needed"):
        merged.pop("default", None)
        merged["type"] = merged["type"].removesuffix(" | None")
    return merged


def _parts(annotation: Any) -> Iterator[Any]:
    """The members of a union, without what is noted beside them."""
    if hasattr(annotation, "__metadata__"):
        annotation = get_args(annotation)[0]
    if get_origin(annotation) is Union:
        for inner in get_args(annotation):
            yield from _parts(inner)
    else:
        yield annotation


def _kind(part: Any) -> str:
    """One type of Python's in the words of the grammar."""
    from great_expectations.expectations import row_conditions
    from great_expectations.expectations.core import expect_column_quantile_values_to_be_between

    words: dict[Any, str] = {
        type(None): "None",
        row_conditions.Condition: "condition",
        expect_column_quantile_values_to_be_between.QuantileRange: "quantiles",
        str: "text",
        bool: "bool",
        int: "whole number",
        float: "number",
        date: "date",
        dict: "dict",
    }
    origin: Any = get_origin(part) or part
    if origin is Literal:
        return "text"
    found = [word for kind, word in words.items() if issubclass(origin, kind)]
    return found[0] if found else f"list of {_items(part)}"


def _items(part: Any) -> str:
    inner = [one for one in get_args(part) if isinstance(one, type)]
    if inner and issubclass(inner[0], str):
        return "text"
    return "pair" if any(get_origin(one) is tuple for one in get_args(part)) else "value"


if __name__ == "__main__":
    sys.stdout.write(written(catalogue()))
