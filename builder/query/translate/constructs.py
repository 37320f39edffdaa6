"""Constructs of SQL that mean the same in PostgreSQL and in every dialect that is translated.

The names are those of sqlglot's nodes. What is not here, and not in the list of a dialect's own, is
refused.
"""

_QUERIES = """
Select From Join Where Group Having Order Ordered Limit Offset With CTE Subquery Table TableAlias
Union Intersect Except Values Tuple Distinct Rollup Cube GroupingSets
"""
_VALUES = """
Column Identifier Star Alias Literal Null Boolean Paren Cast DataType DataTypeParam Interval Var
"""
_OPERATORS = """
And Or Not EQ NEQ GT GTE LT LTE Is Between In Exists Like Escape Case If Any All NullSafeEQ
NullSafeNEQ Add Sub Mul Div Mod Neg DPipe
"""
_FUNCTIONS = "Anonymous Count Window WindowSpec WithinGroup"

COMMON = frozenset(f"{_QUERIES} {_VALUES} {_OPERATORS} {_FUNCTIONS}".split())
