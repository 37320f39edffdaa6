"""Functions of texts.

What is no text becomes one only where it is written the same everywhere: whole numbers, dates and
decimals. How a float, a timestamp or a condition is written differs between the dialects.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from builder.query.translate.language import Call, Rule, template
from builder.query.translate.nodes import Refused, as_kind, clone, kind_of
from builder.query.translate.templates import filled

if TYPE_CHECKING:
    from sqlglot.expressions import Expr

    from builder.query.translate.kinds import Kind
    from builder.query.translate.language import KindOf, Special

WRITTEN_ALIKE: frozenset[Kind | None] = frozenset(
    {"text", "int", "bigint", "numeric", "date", "null"}
)


def text_of(call: Call, index: int) -> Expr:
    """An argument as text; raises Refused for one that each dialect writes in its own way."""
    kind = call.kinds[index]
    if kind == "text":
        return call.args[index]
    if call.is_certain and kind not in WRITTEN_ALIKE:
        raise Refused(f"of {call.written(index)}, which is no text, is not translated")
    return filled("CAST(_1 AS text)", call.args[index])


def on_text(text: str, kind: Kind | KindOf, least: int, most: int | None = None) -> Rule:
    """A function of a text: the first argument."""

    def make(call: Call) -> Expr:
        return filled(text, text_of(call, 0), *call.args[1:])

    found = kind if callable(kind) else lambda _: kind
    return Rule(least, least if most is None else most, make, found)


def concat(call: Call) -> Expr:
    """NULL if any argument is; PostgreSQL's own CONCAT leaves NULL out."""
    parts = [text_of(call, index) for index in range(len(call.args))]
    joined = " || ".join(f"_{number + 1}" for number in range(len(parts)))
    return filled(f"({joined})", *parts)


def concat_ws(call: Call) -> Expr:
    """With a separator between, NULL left out."""
    parts = [text_of(call, index) for index in range(len(call.args))]
    return filled("CONCAT_WS(_rest)", *parts)


def strict_concat_ws(call: Call) -> Expr:
    """With a separator between, NULL if any argument is."""
    from sqlglot import exp

    separator, *parts = (text_of(call, index) for index in range(len(call.args)))
    made = parts[0]
    for part in parts[1:]:
        made = exp.DPipe(this=filled("_1 || _2", made, separator), expression=clone(part))
    return exp.Paren(this=clone(made))


def edge(name: str) -> Rule:
    """LEFT or RIGHT, of which nothing is left below 0; PostgreSQL counts from the other end."""

    def make(call: Call) -> Expr:
        return filled(f"{name}(_1, _2)", text_of(call, 0), not_below_zero(call.args[1]))

    return Rule(2, 2, make, lambda _: "text")


def not_below_zero(node: Expr) -> Expr:
    """A number, or 0 for a negative one."""
    from sqlglot import exp

    return node if isinstance(node, exp.Literal) else filled("GREATEST(_1, 0)", node)


def padded(name: str) -> Rule:
    """LPAD or RPAD to a length that is known, with what is known."""

    def make(call: Call) -> Expr:
        from sqlglot import exp

        if not isinstance(call.args[1], exp.Literal):
            raise Refused("needs a number as its second argument")
        if len(call.args) > 2 and not (isinstance(call.args[2], exp.Literal) and call.args[2].name):
            raise Refused("needs a text in quotes as its third argument")
        return filled(f"{name}(_1, _rest)", text_of(call, 0), *call.args[1:])

    return Rule(2, 3, make, lambda _: "text")


def substr(start: str, outside: str = "FALSE") -> Rule:
    """SUBSTR; see `cut`."""
    return Rule(
        2, 3, lambda call: cut(start, outside, text_of(call, 0), *call.args[1:]), lambda _: "text"
    )


def substring(start: str, outside: str = "FALSE") -> Special:
    """SUBSTRING, which some write with FROM and FOR; see `cut`."""

    def make(node: Expr) -> tuple[Expr, Kind]:
        value = _as_text(node.this)
        rest = [node.args[part] for part in ("start", "length") if node.args.get(part) is not None]
        return cut(start, outside, value, *rest), "text"

    return make


def cut(start: str, outside: str, value: Expr, begin: Expr, length: Expr | None = None) -> Expr:
    """A part of a text from a place on; a negative place counts from the end.

    `start` is where it begins for a place `_2` below 1, `outside` when there is nothing there.
    """
    from sqlglot import exp

    rest = [] if length is None else [not_below_zero(length)]
    size = ", _3" if rest else ""
    if isinstance(begin, exp.Literal) and begin.name.isdigit() and int(begin.name) > 0:
        return filled(f"SUBSTR(_1, _2{size})", value, begin, *rest)
    place = f"CASE WHEN _2 > 0 THEN _2 ELSE {start} END"
    made = f"SUBSTR(_1, {place}{size})"
    if outside != "FALSE":
        made = f"CASE WHEN {outside} THEN '' ELSE {made} END"
    return filled(made, value, begin, *rest)


FROM_END = "LENGTH(_1) + _2 + 1"
FIRST_OR_FROM_END = f"CASE WHEN _2 = 0 THEN 1 ELSE {FROM_END} END"


def position(node: Expr) -> tuple[Expr, Kind]:
    """POSITION(part IN text)."""
    if node.args.get("position") is not None or node.args.get("occurrence") is not None:
        raise Refused("POSITION with a place to begin at is not translated")
    return filled("STRPOS(_1, _2)", _as_text(node.this), node.args["substr"]), "int"


def found(text: int, part: int) -> Rule:
    """Where a text has a part, by which argument is which; 0 if it has not."""

    def make(call: Call) -> Expr:
        return filled("STRPOS(_1, _2)", text_of(call, text), text_of(call, part))

    return Rule(2, 2, make, lambda _: "int")


def trimmed(blanks: str = "", *, of_characters: bool = True) -> Special:
    """TRIM: of `blanks` or else spaces, or of any of the characters that are given.

    Without `of_characters` what is given is taken away as a whole, so it must be one character.
    """

    def make(node: Expr) -> tuple[Expr, Kind]:
        from sqlglot import exp

        name = {"LEADING": "LTRIM", "TRAILING": "RTRIM"}.get(
            str(node.args.get("position")), "BTRIM"
        )
        characters = node.args.get("expression")
        value = _as_text(node.this)
        if characters is None and not blanks:
            return filled(f"{name}(_1)", value), "text"
        is_one = isinstance(characters, exp.Literal) and len(characters.name) == 1
        if characters is not None and not is_one and not of_characters:
            raise Refused("TRIM of more than one character is not translated")
        return filled(f"{name}(_1, _2)", value, characters or exp.Literal.string(blanks)), "text"

    return make


def _as_text(node: Expr) -> Expr:
    """The value of a function with a syntax of its own as text."""
    kind = kind_of(node)
    if kind == "text":
        return node
    if kind is not None and kind not in WRITTEN_ALIKE:
        raise Refused(f"a text is needed, this is of the type {kind}")
    return as_kind(filled("CAST(_1 AS text)", node), "text")


CONCAT = Rule(1, 99, concat, lambda _: "text")
CONCAT_WS = Rule(2, 99, concat_ws, lambda _: "text")
CONTAINS = template("STRPOS(_1, _2) > 0", "bool", 2)
STARTS_WITH = template("STARTS_WITH(_1, _2)", "bool", 2)
ENDS_WITH = template("RIGHT(_1, LENGTH(_2)) = _2", "bool", 2)
LENGTH = on_text("LENGTH(_1)", "int", 1)
STANDARD = {
    "CONCAT": CONCAT,
    "LEFT": edge("LEFT"),
    "LOWER": on_text("LOWER(_1)", "text", 1),
    "LPAD": padded("LPAD"),
    "LTRIM": on_text("LTRIM(_1)", "text", 1),
    "REPLACE": on_text("REPLACE(_1, _2, _3)", "text", 3),
    "REVERSE": on_text("REVERSE(_1)", "text", 1),
    "RIGHT": edge("RIGHT"),
    "RPAD": padded("RPAD"),
    "RTRIM": on_text("RTRIM(_1)", "text", 1),
    "UPPER": on_text("UPPER(_1)", "text", 1),
}
