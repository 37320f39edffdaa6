"""What a file guarantees of its table already, so that nothing is proposed a second time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from builder.query import examined, rows_counted
from builder.query.names import reader
from builder.summary import Count, Expectation, Freshness, Measure

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlglot.expressions import Expr

    from builder.query import Select
    from builder.suggest.model import Proposal, Said
    from builder.summary import Check, Summary

_KINDS = {
    "expect_column_values_to_not_be_null": "not_null",
    "expect_column_values_to_be_unique": "unique",
    "expect_compound_columns_to_be_unique": "unique",
    "expect_column_values_to_be_between": "between",
    "expect_column_values_to_be_in_set": "set",
    "expect_column_values_to_match_regex": "shape",
    "expect_column_value_lengths_to_equal": "shape",
    "expect_column_value_lengths_to_be_between": "shape",
    "expect_column_pair_values_a_to_be_greater_than_b": "pair",
    "expect_table_row_count_to_equal": "rows",
}
_NONE = (("eq", 0), ("le", 0), ("lt", 1))


def unsaid(found: Sequence[Proposal], summary: Summary, checked: Sequence[Said]) -> list[Proposal]:
    """The proposals that the file does not make already, by kind and columns.

    `checked` is what its checks are of; its keys are never NULL and unique.
    """
    there = {(kind, frozenset(columns)) for kind, columns in checked}
    there |= {("not_null", frozenset([column])) for column in summary.primary_key}
    there |= {("unique", frozenset(key)) for key in (summary.primary_key, *summary.unique)}
    return [one for one in found if (one.kind, frozenset(one.columns)) not in there]


def checked_by(summary: Summary, dialect: str) -> list[Said]:
    """What the file's output checks are of: their kinds and columns.

    Its own SQL is understood where it counts wrong rows, such as `WHERE nps NOT BETWEEN …`.
    """
    return [*_checked(summary, dialect)]


def _checked(summary: Summary, dialect: str) -> Iterator[Said]:
    for check in summary.output_checks:
        yield from _by_kind(check)
    if any(isinstance(check, Count) for check in summary.output_checks):
        plan, _ = examined(summary, dialect)
        for check, select in plan.outputs:
            if isinstance(check, Count):
                yield from _counted(check, select, summary.dialect or dialect)


def _by_kind(check: Check) -> Iterator[Said]:
    match check:
        case Expectation():
            given = check.arguments
            listed = given.get("column_list")
            if not isinstance(listed, list | tuple):
                listed = [given[k] for k in ("column", "column_A", "column_B") if k in given]
            yield _KINDS.get(check.name, ""), tuple(str(column) for column in listed)
        case Measure():
            yield ("null_share" if check.of == "null_share" else "measure"), (check.column,)
        case Freshness():
            yield "fresh", (check.column,)


def _counted(check: Count, select: Select, dialect: str) -> Iterator[Said]:
    """What a count of all rows, or of rows that must not be, holds."""
    from sqlglot import exp

    if select.tree is None or rows_counted(select, dialect) is None:
        return
    where = select.tree.args.get("where")
    if where is None:
        if check.compares:
            yield "rows", ()
        return
    if (check.op, check.count) not in _NONE:
        return
    name = reader(select.sql, dialect)
    for part in where.this.flatten() if isinstance(where.this, exp.Or) else [where.this]:
        columns = tuple(dict.fromkeys(name(one.this) for one in part.find_all(exp.Column)))
        if kind := _wrong(part.unnest(), len(columns)):
            yield kind, columns


def _wrong(part: Expr, columns: int) -> str:
    """Which kind of check it is that no row meets this condition; empty for none of ours."""
    from sqlglot import exp

    inner = part.this.unnest() if isinstance(part, exp.Not) else part
    match inner:
        case exp.Is() if inner is part and isinstance(inner.expression, exp.Null):
            return "not_null" if columns == 1 else ""
        case exp.Between() | exp.GT() | exp.GTE() | exp.LT() | exp.LTE():
            return {1: "between", 2: "pair"}.get(columns, "")
        case exp.In() if inner is not part:
            return "set" if columns == 1 else ""
    return ""
