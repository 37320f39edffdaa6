"""`quantile_ranges`: which quantiles, and the range that each must be in.

Great Expectations takes any dict here for a suite parameter, and stumbles when it runs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from builder.summary.expect.wrong import Wrong, is_number, wanted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from builder.summary.expect.wrong import Steps

_KEYS = ("quantiles", "value_ranges")


def wrong_quantiles(value: object, path: Steps) -> Iterator[Wrong]:
    """Everything that is wrong with quantiles and their ranges."""
    found = value if isinstance(value, dict) else {}
    for key in found:
        if key not in _KEYS:
            hint = f"the keys are {', '.join(_KEYS)}"
            yield Wrong((*path, key), f"no key of `{path[-1]}`", hint, of_key=True)
    lists = {key: found.get(key) for key in _KEYS}
    for key, items in lists.items():
        if key not in found:
            yield Wrong(path, f"`{key}` is missing")
        elif not isinstance(items, list | tuple):
            yield wanted((*path, key), "a list", items)
        else:
            yield from _wrong_items(key, items, (*path, key))
    quantiles, ranges = (items for items in lists.values())
    if not (isinstance(quantiles, list | tuple) and isinstance(ranges, list | tuple)):
        return
    if len(quantiles) != len(ranges):
        message = f"there are {len(quantiles)} quantiles and {len(ranges)} ranges"
        yield Wrong(path, message, "each quantile has one range")


def _wrong_items(
    key: str, items: list[object] | tuple[object, ...], path: Steps
) -> Iterator[Wrong]:
    if not items:
        yield Wrong(path, "a list that is not empty is wanted")
    for index, item in enumerate(items):
        yield from (_quantile if key == _KEYS[0] else _range)(item, (*path, index))


def _quantile(item: object, path: Steps) -> Iterator[Wrong]:
    if not is_number(item) or not 0 <= item <= 1:
        yield Wrong(path, "a number from 0 to 1 is wanted")


def _range(item: object, path: Steps) -> Iterator[Wrong]:
    if not isinstance(item, list | tuple) or len(item) != 2:
        yield Wrong(path, "a least and a largest value are wanted", "write [0, 10] or [None, 10]")
        return
    low, high = item
    if any(bound is not None and not is_number(bound) for bound in item):
        yield Wrong(path, "two numbers are wanted, or None for one of them")
    elif low is not None and high is not None and low > high:
        yield Wrong(path, f"{low} is more than {high}: no value lies between")
