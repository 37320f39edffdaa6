"""`row_condition`: the rows that an expectation is about, as a text or as a dict.

Great Expectations reads a text only with the deprecated `condition_parser` beside it, warns, and
then reads one comparison and passes over the rest of the text in silence; without the parser a
text is for pandas, and fails on a warehouse. So a text is read here, as a whole, and handed over
as the dict that it means.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from builder.summary.expect.condition_text import condition_of
from builder.summary.expect.wrong import Wrong, wanted
from builder.summary.keys import nearest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from builder.summary.expect.wrong import Steps

MOST_CONDITIONS = 100
_SIGNS = ("==", "!=", "<", "<=", ">", ">=")
_OPERATORS = (*_SIGNS, "IN", "NOT_IN")
_TYPES = {
    "comparison": ("column", "operator", "parameter"),
    "nullity": ("column", "is_null"),
    "and": ("conditions",),
    "or": ("conditions",),
}
_FORM = 'write col("a") > 5, col("a") == \'x\', col("a").notnull(), and several with `and` or `or`'
_IS_NULL = "write {'type': 'nullity', 'column': {'name': 'a'}, 'is_null': True}"
_IN = "write {'type': 'comparison', 'column': {'name': 'a'}, 'operator': 'IN', 'parameter': […]}"
_SLIPS = (
    (r"\)\s*=(?!=)", "write == for ="),
    ("<>", "write != for <>"),
    (r"\bis\s+(not\s+)?null\b", 'write col("a").isnull() or col("a").notnull()'),
    (r"\)\s*(not\s+)?in\b", _IN),
    ("[&|]", "write `and` and `or`"),
)


def wrong_condition(value: object, path: Steps) -> Iterator[Wrong]:
    """Everything that is wrong with a row condition."""
    if isinstance(value, str):
        meant = condition_of(value)
        if meant is None:
            hint = next(
                (hint for slip, hint in _SLIPS if re.search(slip, value, re.IGNORECASE)), _FORM
            )
            yield Wrong(path, "this is no condition", hint)
            return
        # What is wrong in the dict stands nowhere in the text.
        yield from (Wrong(path, one.message, one.hint) for one in _wrong_dict(meant, path))
        return
    yield from _wrong_dict(value, path)
    if (count := _size(value)) > MOST_CONDITIONS:
        yield Wrong(path, f"there are {count} conditions; at most {MOST_CONDITIONS} fit")


def _wrong_dict(value: object, path: Steps, inside: str = "") -> Iterator[Wrong]:
    if not isinstance(value, dict):
        yield wanted(path, "a dict", value)
        return
    kind = value.get("type")
    if not isinstance(kind, str) or kind not in _TYPES:
        yield _no_type(value, path)
        return
    keys = ("type", *_TYPES[kind])
    for key in value:
        if key not in keys:
            hint = nearest(str(key), keys) or f"the keys are {', '.join(keys)}"
            yield Wrong((*path, key), f"no key of a {kind!r} condition", hint, of_key=True)
    missing = [key for key in keys if key not in value]
    for key in missing:
        yield Wrong(path, f"`{key}` is missing")
    if kind == "or" and inside:
        message = f"'or' cannot stand inside of {inside!r}"
        yield Wrong(path, message, "put 'or' outside, with 'and' in it")
    if not missing:
        yield from _wrong_inside(kind, value, path)


def _no_type(value: dict[Any, Any], path: Steps) -> Wrong:
    choices = f"one of {', '.join(_TYPES)}"
    if "type" not in value:
        return Wrong(path, "`type` is missing", choices)
    if value["type"] == "pass_through":
        return Wrong((*path, "type"), "'pass_through' is for data frames, not a warehouse", choices)
    return Wrong((*path, "type"), f"{value['type']!r} cannot stand here", choices)


def _wrong_inside(kind: str, value: dict[str, Any], path: Steps) -> Iterator[Wrong]:
    if kind in ("and", "or"):
        conditions = value["conditions"]
        if not isinstance(conditions, list | tuple):
            yield wanted((*path, "conditions"), "a list", conditions)
        elif not conditions:
            yield Wrong((*path, "conditions"), "a list that is not empty is wanted")
        else:
            for index, inner in enumerate(conditions):
                yield from _wrong_dict(inner, (*path, "conditions", index), kind)
        return
    match value["column"]:
        case {"name": str(name), **rest} if name and not rest:
            pass
        case column:
            hint = f"write {{'name': {column!r}}}" if isinstance(column, str) else ""
            yield Wrong((*path, "column"), "the column's name is wanted", hint or _name_hint())
    if kind == "nullity":
        if not isinstance(value["is_null"], bool):
            yield wanted((*path, "is_null"), "True or False", value["is_null"])
        return
    yield from _wrong_comparison(value["operator"], value["parameter"], path)


def _name_hint() -> str:
    return "write {'name': 'a'}"


def _wrong_comparison(operator: object, value: object, path: Steps) -> Iterator[Wrong]:
    if operator not in _OPERATORS:
        message = f"{operator!r} cannot stand here"
        yield Wrong((*path, "operator"), message, f"one of {', '.join(_OPERATORS)}")
        return
    where = (*path, "parameter")
    if operator in _SIGNS:
        if value is None:
            yield wanted(where, "text or a number", value, _IS_NULL)
        elif not isinstance(value, str | int | float):
            hint = "write IN for the operator" if isinstance(value, list | tuple) else ""
            yield wanted(where, "text or a number", value, hint)
        return
    if not isinstance(value, list | tuple):
        yield wanted(where, "a list", value)
    elif not value:
        yield Wrong(where, "a list that is not empty is wanted")
    else:
        first = str if isinstance(value[0], str) else (int, float)
        for index, one in enumerate(value):
            if not isinstance(one, first) or isinstance(one, bool):
                yield Wrong((*where, index), "texts alone or numbers alone are wanted")


def _size(value: object) -> int:
    conditions = value.get("conditions") if isinstance(value, dict) else None
    return sum(map(_size, conditions)) if isinstance(conditions, list | tuple) else 1
