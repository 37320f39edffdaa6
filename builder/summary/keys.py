"""The keys of a summary file: their types, and whether they do something yet.

The types are msgspec's to check; what it says is put into an analyst's words, with the
line and column of the value, and every wrong key of the file is told at once.
"""

from __future__ import annotations

import ast
import difflib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeVar, get_args

import msgspec

from builder.errors import ConfigError, Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from builder.summary.literal import Literal as DictLiteral

Scalar = str | int | float | bool | None
Name = Annotated[str, msgspec.Meta(min_length=1)]
Names = Annotated[list[Name], msgspec.Meta(min_length=1)]
Statements = str | list[str]
Seconds = Annotated[float, msgspec.Meta(gt=0)]
Severity = Literal["critical", "warning", "info"]
Operator = Literal["ge", "eq", "ne", "gt", "le", "lt"]
Publish = Literal["auto", "swap", "merge"]
OldSnapshots = Literal["wait", "publish"]
MaterializedViews = Literal["refuse", "refresh"]
MeasureKind = Literal["sum", "mean", "null_share"]
FailingRows = Literal["hide", "show", "keep"]
T = TypeVar("T")


class ChangeFields(msgspec.Struct, forbid_unknown_fields=True):
    """How far a number may go from the last one, as shares of it."""

    down: Annotated[float, msgspec.Meta(ge=0)] | None = None
    up: Annotated[float, msgspec.Meta(ge=0)] | None = None


MaxChange = Annotated[float, msgspec.Meta(ge=0)] | ChangeFields


class CountFields(msgspec.Struct, forbid_unknown_fields=True):
    """A check that counts, as it is written."""

    sql: Name
    count: int | float | None = None
    op: Operator = "ge"
    max_change: MaxChange | None = None
    anomaly: bool = False
    severity: Severity = "critical"


class ExpectFields(msgspec.Struct):
    """A check by an expectation; its other keys are the expectation's own arguments."""

    expect: Name
    on: Name = ""
    severity: Severity = "critical"


class MeasureFields(msgspec.Struct, forbid_unknown_fields=True):
    """A check of one number of a column against earlier runs; one of the first three is there."""

    sum: Name = ""
    mean: Name = ""
    null_share: Name = ""
    on: Name = ""
    max_change: MaxChange | None = None
    anomaly: bool = False
    severity: Severity = "critical"


class FreshFields(msgspec.Struct, forbid_unknown_fields=True):
    """A check of how old the newest row is."""

    fresh: Name
    within: Name
    on: Name = ""
    time_zone: Name = "UTC"
    severity: Severity = "critical"


class ReferenceFields(msgspec.Struct, forbid_unknown_fields=True):
    """A check that each value stands in another table."""

    references: Name
    column: Name
    on: Name = ""
    severity: Severity = "critical"


class DriftFields(msgspec.Struct, forbid_unknown_fields=True):
    """How severe a difference of the columns is."""

    added: Severity = "warning"
    removed: Severity = "critical"
    changed: Severity = "critical"


class ColumnFields(msgspec.Struct, forbid_unknown_fields=True):
    """What a file says of one column."""

    description: str = ""
    sensitive: bool = False


@dataclass(frozen=True, slots=True)
class Key:
    """One key: its type, and what to tell while it does nothing yet."""

    type: Any
    notice: str = ""


_AIRFLOW = "it is for Airflow, which does not read it yet"
REQUIRED = ("table", "schema", "main_sql")
KEYS = {
    "table": Key(Name),
    "schema": Key(Name),
    "main_sql": Key(str),
    "input_check": Key(list[dict[str, Any]]),
    "output_check": Key(list[dict[str, Any]]),
    "pre_sql": Key(Statements),
    "after_sql": Key(Statements),
    "post_sql": Key(Statements),
    "attributes": Key(str, "this engine has no such table attributes"),
    "overwrite": Key(bool),
    "primary_key": Key(list[Name]),
    "unique": Key(list[Names]),
    "indexes": Key(list[Names | Name]),
    "description": Key(str),
    "columns": Key(dict[str, str | ColumnFields]),
    "owner": Key(str),
    "tags": Key(list[str]),
    "publish": Key(Publish),
    "keep": Key(Annotated[int, msgspec.Meta(ge=0)]),
    "allow_empty": Key(bool),
    "old_snapshots": Key(OldSnapshots),
    "publish_timeout": Key(Seconds),
    "timeout": Key(Seconds),
    "materialized_views": Key(MaterializedViews),
    "row_security": Key(bool),
    "schema_drift": Key(Severity | DriftFields),
    "check_timeout": Key(Seconds),
    "failing_rows": Key(FailingRows),
    "dialect": Key(Name),
    "connection": Key(Name),
    "params": Key(dict[str, Scalar]),
    "schedule": Key(str | dict[str, Any], _AIRFLOW),
    "upstream": Key(str | list[Any] | dict[str, Any], _AIRFLOW),
    "run_if": Key(str | dict[str, Any], _AIRFLOW),
    "retries": Key(Annotated[int, msgspec.Meta(ge=0)], _AIRFLOW),
    "wait_for_inputs": Key(str | int | float, _AIRFLOW),
    "window": Key(dict[str, Any], "time windows are not there yet: the whole table is built"),
}

# What msgspec calls the types of plain data, in the words of somebody who writes a file.
_WORDS = {
    "str": "text",
    "int": "a whole number",
    "float": "a number",
    "bool": "True or False",
    "array": "a list",
    "object": "a dict",
    "null": "None",
}
_CHOICES = {
    "op": get_args(Operator),
    "severity": get_args(Severity),
    "publish": get_args(Publish),
    "old_snapshots": get_args(OldSnapshots),
    "materialized_views": get_args(MaterializedViews),
    "failing_rows": get_args(FailingRows),
    **dict.fromkeys(("schema_drift", "added", "removed", "changed"), get_args(Severity)),
}
_SIGNS = {
    ">=": "ge",
    "=": "eq",
    "==": "eq",
    "<>": "ne",
    "!=": "ne",
    ">": "gt",
    "<=": "le",
    "<": "lt",
}
_PATH = re.compile(r" - at `\$(?P<path>.*)`$")


def nearest(name: str, names: Iterable[str], *, least: float = 0.6) -> str:
    """`did you mean …?` with the name that looks most like this one, or nothing."""
    by_case = {one.lower(): one for one in names}
    likely = difflib.get_close_matches(name.lower(), sorted(by_case), n=1, cutoff=least)
    return f"did you mean `{by_case[likely[0]]}`?" if likely else ""


def unknown_keys(literal: DictLiteral) -> list[Problem]:
    """Each key that no summary file has."""
    return [unknown_key(literal, KEYS, name) for name in literal.entries if name not in KEYS]


def unknown_key(literal: DictLiteral, known: Iterable[str], *path: str | int) -> Problem:
    """The key at the end of a path is none of those that may stand there."""
    where = f" in `{_shown(path[:-1])}`" if len(path) > 1 else ""
    hint = nearest(str(path[-1]), known) or f"the keys are {', '.join(known)}"
    place = literal.source.place_of(literal.key_at(*path))
    return Problem(f"unknown key `{path[-1]}`{where}", place, hint)


def converted(literal: DictLiteral, value: object, kind: type[T], *path: str | int) -> T:
    """The value as the type `kind`; raises ConfigError with the place of what is wrong in it."""
    try:
        return msgspec.convert(value, kind)
    except msgspec.ValidationError as error:
        inner = _PATH.search(str(error))
        whole = (*path, *(_steps(inner["path"]) if inner else ()))
        said = _PATH.sub("", str(error))
        if unknown := re.fullmatch(r"Object contains unknown field `(.+)`", said):
            # msgspec names no key on the way to a value of a dict; there is one such key.
            raise ConfigError(_unknown_below(literal, unknown[1], *whole)) from error
        choices = _CHOICES.get(str(whole[-1]), ())
        hint = ", ".join(
            [*_instead(literal, whole), *([f"one of {', '.join(choices)}"] if choices else [])]
        )
        problem = literal.problem(f"`{_shown(whole)}`: {_in_words(said)}", *whole, hint=hint)
        raise ConfigError(problem) from error


def _instead(literal: DictLiteral, path: tuple[str | int, ...]) -> list[str]:
    """What to write for a value that is nearly right, if that can be told."""
    node = literal.node_at(*path)
    value = node.value if isinstance(node, ast.Constant) else None
    if not isinstance(value, str):
        return []
    if path[-1] == "op" and value in _SIGNS:
        return [f"write '{_SIGNS[value]}'"]
    if path[0] in ("primary_key", "unique", "tags"):
        is_list_of_lists = path[0] == "unique" and len(path) == 1
        return [f"write [['{value}']]" if is_list_of_lists else f"write ['{value}']"]
    return []


def notices(values: Mapping[str, object]) -> list[str]:
    """A sentence for each key of a file that is read but does nothing yet."""
    late = {name: KEYS[name].notice for name in values if KEYS[name].notice}
    return [f"`{name}` has no effect: {why}" for name, why in late.items()]


def _unknown_below(literal: DictLiteral, name: str, *path: str | int) -> Problem:
    if record := {"schema_drift": DriftFields, "max_change": ChangeFields}.get(str(path[-1])):
        return unknown_key(literal, record.__struct_fields__, *path, name)
    node = literal.node_at(*path)
    for key in node.keys if isinstance(node, ast.Dict) else ():
        column = key.value if isinstance(key, ast.Constant) else None
        below = (*path, str(column))
        if literal.key_at(*below, name) is not literal.node_at(*below):
            return unknown_key(literal, ColumnFields.__struct_fields__, *below, name)
    return literal.problem(f"unknown key `{name}` in `{_shown(path)}`", *path)


def _steps(path: str) -> tuple[str | int, ...]:
    parts = re.findall(r"\.([^.\[\]]+)|\[(\d+)\]", path)
    return tuple(name or int(index) for name, index in parts)


def _shown(path: tuple[str | int, ...]) -> str:
    return "".join(f"[{s}]" if isinstance(s, int) else f".{s}" for s in path).lstrip(".")


def _in_words(said: str) -> str:
    """What msgspec said, without its names for types."""
    if match := re.fullmatch(r"Expected (.+), got (.+)", said):
        return f"{_kinds(match[1])} is wanted, {_kinds(match[2])} stands here"
    if match := re.fullmatch(r"Expected `(int|float)` (>=?) (\S+)", said):
        least = f"more than {match[3]}" if match[2] == ">" else f"{match[3]} or more"
        return f"{_WORDS[match[1]]}, {least}, is wanted"
    if match := re.fullmatch(r"Object missing required field `(.+)`", said):
        return f"`{match[1]}` is missing"
    if said == "Expected `str` of length >= 1":
        return "a text that is not empty is wanted"
    if said == "Expected `array` of length >= 1":
        return "a list that is not empty is wanted"
    if match := re.fullmatch(r"Invalid enum value (.+)", said):
        return f"{match[1]} cannot stand here"
    return said[0].lower() + said[1:].replace("`", "")


def _kinds(said: str) -> str:
    """`str | array` as `text or a list`; a bound such as ` of length >= 1` stays."""
    return re.sub(
        r"`([^`]+)`",
        lambda found: " or ".join(_WORDS.get(k.strip(), k.strip()) for k in found[1].split("|")),
        said.replace("`int | float", "`float"),
    )
