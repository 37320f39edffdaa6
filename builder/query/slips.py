"""Slips that sqlglot reads past, and that a warehouse does not, or not as they were meant.

Clauses in the wrong order, signs of other languages, signs that only look like SQL's: told before
the text is parsed, since what the parser makes of them leads away from the mistake.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from builder.errors import Problem
from builder.query.words import plain_word

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlglot.tokenizer_core import Token

    from builder.query.text import Rendered

_ORDER = {"WHERE": 1, "GROUP BY": 2, "HAVING": 3, "QUALIFY": 4, "ORDER BY": 5, "LIMIT": 6}
_WATCHED = _ORDER.keys() | {"(", ")", "SELECT", "UNION", "INTERSECT", "EXCEPT", "MINUS", ";"}
_NAMES = {place: clause for clause, place in _ORDER.items()}
_BEGINS = frozenset({"SELECT", "UNION", "INTERSECT", "EXCEPT", "MINUS", ";"})
# What chats, documents and Korean or Chinese keyboards put where SQL has another sign.
_LOOKS_LIKE = {
    **dict.fromkeys("\u201c\u201d\u201e\u00ab\u00bb", '"'),
    **dict.fromkeys("\u2018\u2019\u201a\u00b4", "'"),
    **dict.fromkeys("\u00a0\u3000\u2003\u2009\u200b\ufeff", "a space"),
    **dict.fromkeys("\u2013\u2014\u2212", "-"),
    **{chr(code): chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F) if not chr(code).isalnum()},
}
_STRANGE = re.compile("[" + "".join(map(re.escape, _LOOKS_LIKE)) + "]")
_COMMENT = re.compile(r"--[^\n]*|/\*.*?\*/|#[^\n]*", re.DOTALL)
_BOUND = re.compile(r"%\((\w+)\)s")
_MARKERS = re.compile(r"^(<{7}|={7}|>{7})", re.MULTILINE)
_TEMPLATE = re.compile(r"\{\{|\{%")
# Without any of these there is nothing to look at more closely.
_SUSPECT = re.compile(r"[^\x00-\x7f]|\{\{|\{%|%\(|^(?:<{7}|={7}|>{7})", re.MULTILINE)
# Dialects in which `=` alone compares, and a backtick is no quote.
_STRICT = frozenset({"postgres", "redshift"})


def slips(sql: Rendered, tokens: Sequence[Token], dialect: str) -> list[Problem]:
    """Every slip of the SQL, in its order."""
    found = [*_out_of_order(sql, tokens)]
    if _SUSPECT.search(sql.text):
        bare = _bare(sql, tokens)
        if marker := _MARKERS.search(bare):
            message = "a merge conflict was left here"
            return [_problem(sql, message, marker.start(), 7, "keep one of both sides")]
        found += [*_strange_signs(sql, bare), *_templates(sql, bare)]
    if dialect in _STRICT:
        found += _of_other_languages(sql, tokens)
    return sorted(found, key=lambda p: (p.place.line, p.place.column) if p.place else (0, 0))


def _bare(sql: Rendered, tokens: Sequence[Token]) -> str:
    """The SQL with spaces where texts, names in quotes and comments stand."""
    blank = [
        (token.start, token.end + 1)
        for token in tokens
        if sql.text[token.end] in "'\"`$" and token.end > token.start
    ]
    text = sql.text
    for start, end in blank:
        text = text[:start] + " " * (end - start) + text[end:]
    return _COMMENT.sub(lambda found: " " * len(found[0]), text)


def _templates(sql: Rendered, bare: str) -> Iterator[Problem]:
    """What other programs would have filled in."""
    if template := _TEMPLATE.search(bare):
        hint = "there are no templates: {name} stands for a value of `params`"
        yield _problem(sql, f"`{template[0]}` is no SQL", template.start(), 2, hint)
    if bound := _BOUND.search(bare):
        hint = f"write {{{bound[1]}}}, and 'params': {{'{bound[1]}': …}}"
        yield _problem(sql, f"`{bound[0]}` is no SQL", bound.start(), len(bound[0]), hint)


def _out_of_order(sql: Rendered, tokens: Sequence[Token]) -> Iterator[Problem]:
    """Each clause that stands behind one which it has to come before."""
    reached = [0]
    for token in tokens:
        word = plain_word(sql, token)
        if word not in _WATCHED:
            continue
        if word == "(":
            reached.append(0)
        elif word == ")" and len(reached) > 1:
            reached.pop()
        elif word in _BEGINS:
            reached[-1] = 0
        elif (place := _ORDER.get(word, 0)) and place < reached[-1]:
            message = f"`{word}` stands behind `{_NAMES[reached[-1]]}`"
            yield _problem(sql, message, token.start, token.end + 1 - token.start, "it comes first")
        else:
            reached[-1] = max(reached[-1], place)


def _strange_signs(sql: Rendered, bare: str) -> Iterator[Problem]:
    """Each sign that only looks like one of SQL's."""
    for sign in _STRANGE.finditer(bare):
        plain = _LOOKS_LIKE[sign[0]]
        shown = f"`{sign[0]}`" if sign[0].isprintable() else f"U+{ord(sign[0]):04X}"
        hint = "write a plain space" if len(plain) > 1 else f"write `{plain}`"
        yield _problem(sql, f"{shown} is no sign of SQL", sign.start(), 1, hint)


def _of_other_languages(sql: Rendered, tokens: Sequence[Token]) -> Iterator[Problem]:
    if "==" not in sql.text and "`" not in sql.text:
        return
    for token in tokens:
        text = sql.text[token.start : token.end + 1]
        if text == "==":
            yield _problem(sql, "`==` is no sign of SQL", token.start, 2, "write `=`")
        elif text.startswith("`"):
            hint = 'names are quoted with " here, and most need no quotes'
            yield _problem(sql, "a backtick is no quote", token.start, len(text), hint)


def _problem(sql: Rendered, message: str, offset: int, width: int, hint: str) -> Problem:
    return Problem(message, sql.place(offset, width), hint)
