"""SummaryFile: the same keys and types as a summary file has, and a form that is read as data."""

from __future__ import annotations

import ast
import inspect
import textwrap
import types
import typing
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from annotated import GOOD, HEAD

import builder.typed
from builder.summary.expect.catalogue import catalogue
from builder.summary.keys import (
    KEYS,
    REQUIRED,
    ChangeFields,
    ColumnFields,
    CountFields,
    DriftFields,
    ExpectFields,
    FreshFields,
    MeasureFields,
    ReferenceFields,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from builder.errors import Problem
    from builder.summary import Summary

CHECKS = ("input_check", "output_check")
KINDS = (CountFields, ExpectFields, MeasureFields, FreshFields, ReferenceFields)
RECORDS: dict[type[msgspec.Struct], Any] = {
    ColumnFields: builder.typed.Column,
    ChangeFields: builder.typed.Change,
    DriftFields: builder.typed.Drift,
}
NAMES = {kind: names for names in RECORDS.items() for kind in names}


def shape(kind: Any) -> Any:
    """A type without what only one of the two modules has: bounds, and the name of a record."""
    origin, inner = typing.get_origin(kind), typing.get_args(kind)
    if origin is typing.Annotated:
        return shape(inner[0])
    if origin is typing.Required:
        return shape(inner[0])
    if origin in (typing.Union, types.UnionType):
        return frozenset(shape(one) for one in inner)
    if origin is typing.Literal:
        return inner
    if origin:
        return (origin, *(shape(one) for one in inner))
    return NAMES.get(kind, kind)


def fields_of(record: type[msgspec.Struct]) -> dict[str, Any]:
    """The fields of one of the builder's own records, with their types."""
    return {name: shape(kind) for name, kind in typing.get_type_hints(record).items()}


def typed(record: Any) -> dict[str, Any]:
    """The keys of a dict for editors, with their types."""
    hints = typing.get_type_hints(record, include_extras=True)
    return {name: shape(kind) for name, kind in hints.items()}


def test_keys_and_types_are_those_of_a_summary_file() -> None:
    """What an editor offers and underlines is what the builder takes and refuses."""
    expected = {name: shape(key.type) for name, key in KEYS.items() if name not in CHECKS}
    found = typed(builder.typed.SummaryFile)
    checks = [found.pop(name) for name in CHECKS]
    hints = typing.get_type_hints(builder.typed.SummaryFile, include_extras=True)
    required = [name for name in hints if typing.get_origin(hints[name]) is typing.Required]

    assert expected == found
    assert [*KEYS] == [*hints]
    assert 2 * [(list, builder.typed.Check)] == checks
    assert [*REQUIRED] == required
    for record, for_editors in RECORDS.items():
        assert fields_of(record) == typed(for_editors)


def test_a_check_has_the_keys_of_every_kind() -> None:
    """All kinds of checks are one type; what an expectation takes is anything."""
    found = typed(builder.typed.Check)
    arguments = {name for one in catalogue().expectations.values() for name in one.arguments}
    expected = {
        name: kind
        for fields in KINDS
        for name, kind in fields_of(fields).items()
        if name not in arguments
    }

    assert expected == {name: kind for name, kind in found.items() if kind is not Any}
    assert arguments == {name for name, kind in found.items() if kind is Any}


def test_each_key_says_what_it_does() -> None:
    """An editor shows the text below a key when the pointer rests on it."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(builder.typed.SummaryFile)))
    (record,) = (node for node in ast.walk(tree) if isinstance(node, ast.ClassDef))
    kinds = [type(node) for node in record.body[1:]]

    assert len(KEYS) * [ast.AnnAssign, ast.Expr] == kinds


@pytest.mark.parametrize(
    "before",
    [
        "",
        "# Sales by day.\n",
        '"""Sales by day."""\n\n',
        "\n  \n",
        "from __future__ import annotations\n",
        '"""Sales."""\n# more\nfrom __future__ import annotations\n\n',
    ],
)
def test_annotated_dict_is_read_like_a_bare_one(read: Callable[..., Summary], before: str) -> None:
    """The form for editors holds the same summary, and nothing of it is run."""
    bare, annotated = read("{" + GOOD + "}"), read(before + HEAD + GOOD + "}\n")

    assert (bare.target, bare.query.value, bare.columns) == (
        annotated.target,
        annotated.query.value,
        annotated.columns,
    )
    assert [c.label for c in bare.input_checks] == [c.label for c in annotated.input_checks]


def test_places_in_an_annotated_dict_are_those_of_the_file(
    read: Callable[..., Summary], problems: Callable[..., list[Problem]]
) -> None:
    """Every mistake, and every character of the SQL, is told where it was written."""
    place = read(HEAD + GOOD + "}").query.place(len("SELECT "))
    found = problems('"""매출"""\n' + HEAD + "    'tabel': '매출', 'keep': 'x', 'owner': f'{x}'}")

    assert place is not None
    assert (6, 25) == (place.line, place.column)
    assert [
        (4, 24, "the key `table` is missing"),
        (4, 24, "the key `schema` is missing"),
        (4, 24, "the key `main_sql` is missing"),
        (5, 5, "unknown key `tabel`"),
        (5, 28, "`keep`: a whole number is wanted, text stands here"),
        (5, 42, "`owner` is computed"),
    ] == [(p.place.line, p.place.column, p.message) for p in found if p.place]


@pytest.mark.parametrize(
    ("content", "place", "message"),
    [
        (HEAD + "}\nprint()", "5:1", "this cannot stand in a summary file"),
        ("import os\n" + HEAD + "}", "1:1", "this cannot stand in a summary file"),
        (HEAD.replace("\n\n", "\nimport os\n") + "}", "2:1", "this cannot stand in a summary"),
        (HEAD + "}\n" + HEAD + "}", "5:1", "this cannot stand in a summary file"),
        ("from builder import SummaryFile\n", "1:1", "this cannot stand in a summary file"),
        ("from builder import SummaryFile as S\ns: S = {}", "1:1", "this cannot stand in a"),
        ("from builder import SummaryFile, build\ns: SummaryFile = {}", "1:1", "this cannot"),
        ("from builder import SummaryFile\ns: dict = {}", "2:1", "this cannot stand in a"),
        ("from builder import SummaryFile\ns: SummaryFile", "2:1", "this cannot stand in a"),
        ("from builder import SummaryFile\n(s): SummaryFile = {}", "2:1", "this cannot stand"),
        ("from builder import SummaryFile\ns.x: SummaryFile = {}", "2:1", "this cannot stand"),
        ("from builder import SummaryFile\ns = {}", "2:1", "this cannot stand in a summary"),
        ("from builder import SummaryFile\n{'table': 'a'}", "2:1", "this cannot stand in a"),
        ("from builder import SummaryFile\ns: SummaryFile = dict()", "2:18", "a summary file"),
        ("from builder import SummaryFile\ns: SummaryFile = {'a': }", "2:22", "the file is no"),
        ("s: SummaryFile = {}", "1:2", "the file is no Python dict: invalid syntax"),
        ("import builder\ns: builder.SummaryFile = {}", "1:1", "the file is no Python dict"),
    ],
)
def test_any_other_form_is_refused_where_it_begins(
    problems: Callable[..., list[Problem]], content: str, place: str, message: str
) -> None:
    """One import, one annotated dict, perhaps a docstring: whatever else stands there is told."""
    (found, *_) = problems(content)

    assert str(found).startswith(f"sales.py:{place}: {message}")


def test_the_public_name_is_the_same() -> None:
    """`from builder import SummaryFile` is what the form imports."""
    assert builder.typed.SummaryFile is builder.SummaryFile
