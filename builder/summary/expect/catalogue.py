"""What every expectation takes, from the catalogue beside this folder.

`python -m builder.expectations.catalogue` writes it from the installed library; it is read here,
once, when a file has an `expect` check, in 1 ms where the library itself takes 5 s.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import msgspec

if TYPE_CHECKING:
    from collections.abc import Mapping

_FILE = Path(__file__).parent.with_name("expectations.json")
_COLUMNS = ("column", "column_A", "column_B", "column_list", "column_set")


class Argument(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One argument: its types in the words of the catalogue, and what bounds its value.

    `length` is that of a text, `least` that of a list.
    """

    type: str
    needed: bool = False
    default: Any = None
    choices: tuple[str, ...] = ()
    low: float | None = None
    high: float | None = None
    length: int | None = None
    least: int = 1

    @property
    def kinds(self) -> tuple[str, ...]:
        """The types, any of which may stand there."""
        return tuple(self.type.split(" | "))


class Signature(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One expectation: its arguments, the needed ones first, and what it is about.

    `unusable` says why it cannot run on a warehouse, and is empty where it can.
    """

    about: Literal["column", "pair", "columns", "table"]
    arguments: dict[str, Argument]
    unusable: str = ""


class Catalogue(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All expectations of one version of Great Expectations.

    `left_out` are the arguments that the library knows and a file does not, each with a reason.
    """

    great_expectations: str
    left_out: dict[str, str]
    expectations: dict[str, Signature]


@cache
def catalogue() -> Catalogue:
    """The catalogue, read on first use."""
    return msgspec.json.decode(_FILE.read_bytes(), type=Catalogue)


def signature(name: str) -> Signature | None:
    """What the expectation of this name takes, or None where there is none of that name."""
    return catalogue().expectations.get(name)


def defaults(name: str) -> dict[str, Any]:
    """What an expectation takes each of its arguments for that is not written.

    Raises KeyError for an expectation that does not exist.
    """
    arguments = catalogue().expectations[name].arguments
    return {name: one.default for name, one in arguments.items() if not one.needed}


def columns_named(arguments: Mapping[str, object]) -> tuple[str, ...]:
    """The columns that an expectation's arguments name, but for those in its row condition."""
    values = [arguments[name] for name in _COLUMNS if name in arguments]
    lists = [value if isinstance(value, list | tuple) else [value] for value in values]
    return tuple(name for names in lists for name in names if isinstance(name, str))
