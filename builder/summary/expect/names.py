"""What somebody means who writes a name that Great Expectations does not know."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from builder.summary.expect.catalogue import catalogue
from builder.summary.expect.wrong import Wrong
from builder.summary.keys import nearest

if TYPE_CHECKING:
    from builder.summary.expect.catalogue import Signature

_WORD = r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])"
# Names of other tools and of earlier versions, and what people make of them from memory.
_MEANT = {
    "accepted_values": "expect_column_values_to_be_in_set",
    "between": "expect_column_values_to_be_between",
    "expect_column_between": "expect_column_values_to_be_between",
    "expect_column_to_be_between": "expect_column_values_to_be_between",
    "expect_column_values_to_be_negative": "expect_column_values_to_be_between",
    "expect_column_values_to_be_positive": "expect_column_values_to_be_between",
    "expect_column_to_be_unique": "expect_column_values_to_be_unique",
    "expect_column_to_not_be_null": "expect_column_values_to_not_be_null",
    "expect_multicolumn_values_to_be_unique": "expect_compound_columns_to_be_unique",
    "expect_query_to_return_no_rows": "unexpected_rows_expectation",
    "in_set": "expect_column_values_to_be_in_set",
    "not_null": "expect_column_values_to_not_be_null",
    "row_count": "expect_table_row_count_to_be_between",
    "unique": "expect_column_values_to_be_unique",
    "unique_combination_of_columns": "expect_compound_columns_to_be_unique",
}
_MEANT_ARGUMENTS = {
    "columns": ("column_list", "column_set", "column"),
    "condition": ("row_condition",),
    "filter": ("row_condition",),
    "max": ("max_value",),
    "min": ("min_value",),
    "pattern": ("regex", "like_pattern"),
    "query": ("unexpected_rows_query",),
    "tolerance": ("mostly",),
    "values": ("value_set", "value_pairs_set"),
    "where": ("row_condition",),
}
_OTHER_CHECK = ("sql", "count", "op", "max_change")


def unknown_name(name: str) -> Wrong:
    """No expectation has this name."""
    known = catalogue().expectations
    snake = re.sub(_WORD, "_", name.rpartition(".")[2].strip()).lower()
    snake = re.sub(r"[\s_-]+", "_", snake)
    snake = snake.replace("_be_not_", "_not_be_")
    meant = _MEANT.get(snake) or _MEANT.get(f"expect_{snake}")
    if snake in known or meant:
        hint = f"write '{meant or snake}'"
    else:
        hint = nearest(snake, known) or "docs.greatexpectations.io lists them"
    return Wrong(("expect",), f"there is no expectation `{name}`", hint)


def unusable(name: str, signature: Signature) -> Wrong:
    """The expectation exists, but not for a table in a warehouse."""
    hint = "write a check in SQL: {'sql': 'SELECT COUNT(1) FROM …', 'count': 0, 'op': 'eq'}"
    return Wrong(("expect",), f"`{name}` cannot be checked here: {signature.unusable}", hint)


def unknown_argument(expectation: str, name: str, signature: Signature) -> Wrong:
    """The expectation has no argument of this name, or none that a file may give."""
    known = signature.arguments
    if reason := catalogue().left_out.get(name):
        return Wrong(
            (name,), "a summary file does not say this", f"take it out: {reason}", of_key=True
        )
    meant = next((one for one in _MEANT_ARGUMENTS.get(name, ()) if one in known), "")
    if name in _OTHER_CHECK:
        hint = "a check has either `expect` or `sql`"
    elif meant:
        hint = f"did you mean `{meant}`?"
    else:
        hint = nearest(name, known) or f"the arguments are {', '.join(known)}"
    return Wrong((name,), f"no argument of {expectation}", hint, of_key=True)
