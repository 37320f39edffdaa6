"""Expectations of a whole table: its rows, its columns and their types."""

from __future__ import annotations

from typing import TYPE_CHECKING

from builder.checks.compiled.arguments import Arguments, Unlike
from builder.checks.verdict import Question, Verdict, spread
from builder.engines import asks
from builder.relation import Relation
from builder.run import number

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


def _rows_equal(arguments: Arguments) -> Question:
    wanted = arguments["value"]
    return _rows(arguments, wanted, wanted)


def _rows_between(arguments: Arguments) -> Question:
    return _rows(arguments, arguments.get("min_value"), arguments.get("max_value"))


def _rows(arguments: Arguments, low: object, high: object) -> Question:
    if not isinstance(low, int | None) or not isinstance(high, int | None):
        raise Unlike
    strict_low, strict_high = arguments.get("strict_min"), arguments.get("strict_max")

    def judge(answers: Sequence[object], _count: Callable[[], int]) -> Verdict:
        found = int(str(answers[0]))
        above = low is None or (found > low if strict_low else found >= low)
        below = high is None or (found < high if strict_high else found <= high)
        return Verdict(above and below, found, number(found), spread(low, high), low, high)

    return Question((asks.Tally(arguments.where),), judge)


def _rows_as_elsewhere(arguments: Arguments) -> Question:
    """The other table is in the same schema, unless its name has one before a dot."""
    schema, _, name = str(arguments["other_table_name"]).rpartition(".")
    other = Relation(schema or arguments.relation.schema, name)

    def judge(answers: Sequence[object], _count: Callable[[], int]) -> Verdict:
        here, there = (int(str(answer)) for answer in answers)
        wanted = f"= {number(there)} of {other}"
        return Verdict(here == there, here, number(here), wanted, there, there)

    return Question((asks.Tally(arguments.where),), judge, elsewhere=((other, asks.Tally()),))


def _told(passed: bool, found: str, wanted: str) -> Question:  # noqa: FBT001 -- the verdict
    """What the columns' names and types tell is known without a look at any row."""
    verdict = Verdict(passed, found, found, wanted)
    return Question((), lambda _answers, _count: verdict)


def _exists(arguments: Arguments) -> Question:
    """Case does not matter to Great Expectations here."""
    column, index = str(arguments["column"]), arguments.get("column_index")
    names = [name.casefold() for name in arguments.columns]
    is_there = column.casefold() in names
    wanted = f"a column {column}"
    if index:  # it takes 0, the first column, for no index at all
        wanted += f" at {index}, counted from 0"
        is_there = is_there and names.index(column.casefold()) == index
    return _told(is_there, ", ".join(arguments.columns), wanted)


def _in_order(arguments: Arguments) -> Question:
    """Nor does case matter here."""
    wanted = arguments["column_list"]
    if not isinstance(wanted, list | tuple):
        raise Unlike
    names = [str(name) for name in wanted]
    passed = [n.casefold() for n in names] == [n.casefold() for n in arguments.columns]
    return _told(passed, ", ".join(arguments.columns), ", ".join(names))


def _as_set(arguments: Arguments) -> Question:
    """A name in double quotes is meant letter by letter, any other in whatever case."""
    given = arguments["column_set"]
    if not isinstance(given, list | tuple) or not all(isinstance(name, str) for name in given):
        raise Unlike
    there = {*arguments.columns}
    exact = {n[1:-1] for n in given if n.startswith('"') and n.endswith('"')}
    loose = {n.casefold() for n in given if not (n.startswith('"') and n.endswith('"'))}
    rest = {name.casefold() for name in there - exact}
    missing, more = (exact - there) | (loose - rest), rest - loose
    passed = not missing and (not more or not arguments.get("exact_match", True))
    return _told(passed, ", ".join(arguments.columns), ", ".join(given))


def _type(arguments: Arguments) -> Question:
    return _one_of_types(arguments, [arguments["type_"]])


def _types(arguments: Arguments) -> Question:
    return _one_of_types(arguments, arguments["type_list"])


def _one_of_types(arguments: Arguments, wanted: object) -> Question:
    found = arguments.known_as(arguments.columns[arguments.column()])
    if found is None or not isinstance(wanted, list | tuple):
        raise Unlike
    names = [str(name) for name in wanted]
    passed = found.casefold() in [name.casefold() for name in names]
    return _told(passed, found, " or ".join(names))


ANSWERED = {
    "expect_table_row_count_to_equal": _rows_equal,
    "expect_table_row_count_to_be_between": _rows_between,
    "expect_table_row_count_to_equal_other_table": _rows_as_elsewhere,
    "expect_column_to_exist": _exists,
    "expect_table_columns_to_match_ordered_list": _in_order,
    "expect_table_columns_to_match_set": _as_set,
    "expect_column_values_to_be_of_type": _type,
    "expect_column_values_to_be_in_type_list": _types,
}
