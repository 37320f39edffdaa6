"""Trees in which each function call is still what its author wrote.

sqlglot turns the functions that it knows into nodes of its own, and with them into what it takes
for their meaning; NVL, ISNULL and COALESCE come out as one. To translate by a list of what has been
proven, the names and arguments as they are written are needed. So the parser is given other names,
which it does not know, and the tree gets the true ones back.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlglot.expressions import Expr
    from sqlglot.tokenizer_core import Token

_MARK = "__written__"
# Their arguments are no plain list (CAST(a AS int)), or they are no functions.
_NO_LIST = """
CAST TRY_CAST SAFE_CAST CONVERT EXTRACT TRIM SUBSTRING POSITION OVERLAY COUNT EXISTS ANY ALL SOME
FILTER VALUES UNNEST ARRAY ROW STRUCT CUBE ROLLUP SETS OVER IN INTERVAL GROUP_CONCAT
"""
# Functions whose names are words of the language as well.
_WORDS = frozenset(
    {"LEFT", "RIGHT", "REPLACE", "REPEAT", "TRUNCATE", "CHAR", "DATE", "TIME", "TIMESTAMP"}
    | {"DATETIME", "ISNULL", "IF", "MOD", "YEAR", "FORMAT"}
)
# What stands before a type or a table's name with brackets behind it; so does any other name.
_BEFORE_NO_CALL = frozenset({"AS", "::", "INTO", "TABLE", "WITH", "RECURSIVE"})

# What may stand behind the star of all columns; behind that of a product it would be a function.
_BEHIND_STAR = frozenset({"EXCEPT", "EXCLUDE", "REPLACE", "RENAME"})


def marked(tokens: Sequence[Token], dialect: str) -> list[Token]:
    """The tokens with names for the functions that no parser knows."""
    from sqlglot.tokenizer_core import Token, TokenType

    known = _known(dialect)
    found: list[Token] = []
    for before, token, after in zip([None, *tokens[:-1]], tokens, [*tokens[1:], None], strict=True):
        calls = after is not None and after.token_type == TokenType.L_PAREN
        if (
            calls
            and (token.token_type == TokenType.VAR or token.text.upper() in _WORDS)
            and token.text.upper() in known
            and not _names_something(before, token)
        ):
            name, kind = _MARK + token.text, TokenType.VAR
            place = (token.line, token.col, token.start, token.end)
            found.append(Token(kind, name, *place, token.comments))
        else:
            found.append(token)
    return found


def _names_something(before: Token | None, token: Token) -> bool:
    """Whether the word behind `before` is a type or a name, and no call."""
    from sqlglot.tokenizer_core import TokenType

    if before is None:
        return False
    if before.token_type == TokenType.STAR:
        return token.text.upper() in _BEHIND_STAR
    if before.text.upper() in ("BOTH", "LEADING", "TRAILING"):
        return False
    is_name = before.token_type in (TokenType.VAR, TokenType.IDENTIFIER)
    return is_name or before.text.upper() in _BEFORE_NO_CALL


def restore(tree: Expr) -> None:
    """Give the functions of a tree that was made from marked tokens their names back."""
    from sqlglot import exp

    for node in tree.find_all(exp.Anonymous, exp.Identifier):
        name = node.this
        if isinstance(name, str) and name.startswith(_MARK):
            node.set("this", name.removeprefix(_MARK))


@cache
def _known(dialect: str) -> frozenset[str]:
    """The names that the parser of a dialect makes nodes of its own from."""
    from sqlglot.dialects.dialect import Dialect

    parser = type(Dialect.get_or_raise(dialect).parser())
    theirs = frozenset({*parser.FUNCTIONS, *parser.FUNCTION_PARSERS})
    return (theirs | _WORDS) - frozenset(_NO_LIST.split())
