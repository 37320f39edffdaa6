"""Whether one argument's value is of the type, in the bounds and among the choices it has."""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING

from builder.summary.expect.condition import wrong_condition
from builder.summary.expect.quantiles import wrong_quantiles
from builder.summary.expect.wrong import Wrong, wanted, words
from builder.summary.keys import nearest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from builder.summary.expect.catalogue import Argument
    from builder.summary.expect.wrong import Steps

# As texts, patterns are compiled on first use: a file without dates does not pay for them.
_DATE = r"(?a:\d{4}-\d\d-\d\d([ T]\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d(:\d\d)?)?)?)"
_DATE_HINT = "write it as '2024-01-31' or '2024-01-31 10:00:00'"


def wrong_value(value: object, argument: Argument, path: Steps) -> Iterator[Wrong]:
    """Everything that is wrong with a value of this argument."""
    fitting = [kind for kind in argument.kinds if _fits(value, kind)]
    if isinstance(value, dict) and "$PARAMETER" in value:
        message = "a suite parameter cannot stand in a summary file: no suite gives it a value"
        yield Wrong(path, message, "write the value itself")
    elif not fitting:
        yield wanted(path, words(argument.kinds), value, _instead(value, argument))
    else:
        yield from _INSIDE[fitting[0]](value, argument, path)


def moment(value: object) -> datetime | None:
    """The day or moment that a text says, or None where it says none."""
    if not (isinstance(value, str) and re.fullmatch(_DATE, value)):
        return None
    # fromisoformat wants three or six digits after the second's dot.
    whole = re.sub(r"\.(\d+)", lambda found: "." + found[1].ljust(6, "0"), value)
    try:
        return datetime.fromisoformat(whole)
    except ValueError:
        return None


def _fits(value: object, kind: str) -> bool:
    """Whether a value is of a type at all, without a look inside."""
    types: dict[str, tuple[type, ...]] = {
        "text": (str,),
        "date": (str,),
        "whole number": (int,),
        "number": (int, float),
        "bool": (bool,),
        "dict": (dict,),
        "quantiles": (dict,),
        "condition": (str, dict),
        "None": (type(None),),
    }
    # In Python, True is a number.
    return isinstance(value, types.get(kind, (list, tuple))) and (
        kind == "bool" or not isinstance(value, bool)
    )


def _instead(value: object, argument: Argument) -> str:
    """What was probably meant by a value of the wrong type."""
    kinds = argument.kinds
    if isinstance(value, str) and any(kind.startswith("list") for kind in kinds):
        return f"write [{value!r}]"
    if isinstance(value, str) and {"number", "whole number"} & {*kinds}:
        return f"write {value}, without quotes" if re.fullmatch(r"-?\d+(\.\d+)?", value) else ""
    if isinstance(value, str) and "bool" in kinds and value.lower() in ("true", "false"):
        return f"write {value.capitalize()}, without quotes"
    if isinstance(value, float) and "whole number" in kinds and value.is_integer():
        return f"write {int(value)}"
    return ""


def _text(value: object, argument: Argument, path: Steps) -> Iterator[Wrong]:
    text = str(value)
    if not text:
        yield Wrong(path, "a text that is not empty is wanted")
    elif argument.choices and text not in argument.choices:
        near = nearest(text, argument.choices)
        hint = ", ".join([*([near] if near else []), f"one of {', '.join(argument.choices)}"])
        yield Wrong(path, f"{text!r} cannot stand here", hint)
    elif argument.length is not None and len(text) != argument.length:
        yield Wrong(path, "a single character is wanted")


def _date(value: object, argument: Argument, path: Steps) -> Iterator[Wrong]:
    if moment(value) is None:
        hint = _instead(value, argument) or _DATE_HINT
        yield Wrong(
            path, f"{value!r} is no {'number and no ' * ('number' in argument.kinds)}date", hint
        )


def _number(value: object, argument: Argument, path: Steps) -> Iterator[Wrong]:
    if not isinstance(value, int | float):
        return
    low, high = argument.low, argument.high
    if low is not None and high is not None and not low <= value <= high:
        hint = f"write {value / 100:g}" if high == 1 < value <= 100 else ""
        yield Wrong(path, f"a number from {low:g} to {high:g} is wanted", hint)
    elif low is not None and not value >= low:
        yield Wrong(path, f"a number, {low:g} or more, is wanted")
    elif "number" in argument.kinds and abs(value) < 2**63 and int(float(value)) != int(value):
        message = f"Great Expectations would take {float(value):.0f} for this number"
        yield Wrong(path, message, "at most 15 digits are certain: check it in SQL")


def _list(value: object, argument: Argument, path: Steps) -> Iterator[Wrong]:
    items = value if isinstance(value, list | tuple) else ()
    if len(items) < argument.least:
        least = "not empty" if argument.least == 1 else f"at least {argument.least} long"
        yield Wrong(path, f"a list that is {least} is wanted")
    of = argument.kinds[0].removeprefix("list of ")
    for index, item in enumerate(items):
        yield from _ITEMS[of](item, (*path, index))


def _name(item: object, path: Steps) -> Iterator[Wrong]:
    if not isinstance(item, str):
        yield wanted(path, "text", item)
    elif not item:
        yield Wrong(path, "a text that is not empty is wanted")


def _plain(item: object, path: Steps) -> Iterator[Wrong]:
    if not isinstance(item, str | int | float):
        yield wanted(path, "text or a number or True or False", item)


def _pair(item: object, path: Steps) -> Iterator[Wrong]:
    if not isinstance(item, list | tuple) or len(item) != 2:
        yield Wrong(path, "a pair of values is wanted", "write [1, 2]")
        return
    for index, inner in enumerate(item):
        yield from _plain(inner, (*path, index))


def _quantiles(value: object, _argument: Argument, path: Steps) -> Iterator[Wrong]:
    yield from wrong_quantiles(value, path)


def _condition(value: object, _argument: Argument, path: Steps) -> Iterator[Wrong]:
    yield from wrong_condition(value, path)


def _nothing(_value: object, _argument: Argument, _path: Steps) -> Iterator[Wrong]:
    yield from ()


_INSIDE: dict[str, Callable[[object, Argument, Steps], Iterator[Wrong]]] = {
    "text": _text,
    "date": _date,
    "whole number": _number,
    "number": _number,
    "bool": _nothing,
    "dict": _nothing,
    "None": _nothing,
    "quantiles": _quantiles,
    "condition": _condition,
    "list of text": _list,
    "list of value": _list,
    "list of pair": _list,
}
_ITEMS = {"text": _name, "value": _plain, "pair": _pair}
