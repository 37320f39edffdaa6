"""Redshift's functions of texts, patterns and JSON."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from builder.query.translate.language import Call, Rule, as_text, on_text, template
from builder.query.translate.nodes import Refused, kind_of
from builder.query.translate.operators import require_plain_pattern
from builder.query.translate.templates import filled

if TYPE_CHECKING:
    from sqlglot.expressions import Expr

    from builder.query.translate.kinds import Kind


# A bracket that begins a group: not \\( and not (?: or the like.
_GROUP = re.compile(r"(?<!\\)(?:\\\\)*\((?!\?)")


_VALID = "CASE WHEN PG_INPUT_IS_VALID(_1, 'json') THEN _1 END"


def _concat(call: Call) -> Expr:
    """NULL if one of both is (r_CONCAT); PostgreSQL's own CONCAT leaves NULL out."""
    return filled("(_1 || _2)", as_text(call, 0), as_text(call, 1))


def _pattern(call: Call, index: int) -> tuple[str, bool]:
    """The flags of a regular expression, and whether its first group is what is wanted."""
    from sqlglot import exp

    require_plain_pattern(call.args[1])
    if len(call.args) <= index:
        return "", False
    written = call.args[index]
    if not isinstance(written, exp.Literal) or not written.is_string:
        raise Refused("needs its parameters as a text in quotes")
    unknown = set(written.name) - set("cie")
    if unknown:
        raise Refused(f"with the parameter '{min(unknown)}' is not translated")
    pattern = call.args[1]
    groups = "e" in written.name
    if groups and not isinstance(pattern, exp.Literal):
        raise Refused("with the parameter 'e' needs its pattern as a text in quotes")
    is_group = groups and _GROUP.search(pattern.name) is not None
    return written.name.replace("e", ""), is_group


def _start(call: Call, index: int) -> Expr:
    """Where a search begins: at the first character for anything below 1."""
    from sqlglot import exp

    if len(call.args) <= index:
        return exp.Literal.number(1)
    start = call.args[index]
    return (
        start
        if isinstance(start, exp.Literal) and start.name != "0"
        else filled("GREATEST(_1, 1)", start)
    )


def _occurring(call: Call, index: int, made: Expr, otherwise: str) -> Expr:
    """What is found, unless the occurrence that is asked for cannot be."""
    from sqlglot import exp

    if len(call.args) <= index:
        return made
    asked = call.args[index]
    if isinstance(asked, exp.Literal) and asked.name == "1":
        return made
    test = "_2 BETWEEN 1 AND LENGTH(_1)"
    return filled(f"CASE WHEN {test} THEN _3 ELSE {otherwise} END", call.args[0], asked, made)


def _occurrence(call: Call, index: int) -> Expr:
    from sqlglot import exp

    if len(call.args) <= index:
        return exp.Literal.number(1)
    return filled("GREATEST(_1, 1)", call.args[index])


def _regexp_substr(call: Call) -> Expr:
    """An empty text where nothing matches (REGEXP_SUBSTR)."""
    flags, is_group = _pattern(call, 4)
    found = filled(
        f"COALESCE(REGEXP_SUBSTR(_1, _2, _3, _4, '{flags}', {int(is_group)}), '')",
        as_text(call, 0),
        call.args[1],
        _start(call, 2),
        _occurrence(call, 3),
    )
    made = _occurring(call, 3, found, "NULL")
    both = "_1 IS NOT NULL AND _2 IS NOT NULL"
    return filled(f"CASE WHEN {both} THEN _3 END", call.args[0], call.args[1], made)


def _regexp_replace(call: Call) -> Expr:
    """Every match is replaced (REGEXP_REPLACE), where PostgreSQL's default is the first."""
    from sqlglot import exp

    flags, _ = _pattern(call, 4)
    made = call.args[2] if len(call.args) > 2 else exp.Literal.string("")
    if not isinstance(made, exp.Literal) or "\\" in made.name or "$" in made.name:
        raise Refused("is translated for a replacement without \\ and $ in quotes only")
    template = f"REGEXP_REPLACE(_1, _2, _3, _4, 0, '{flags}')"
    return filled(template, as_text(call, 0), call.args[1], made, _start(call, 3))


def _regexp_count(call: Call) -> Expr:
    flags, _ = _pattern(call, 3)
    template = f"REGEXP_COUNT(_1, _2, _3, '{flags}')"
    return filled(template, as_text(call, 0), call.args[1], _start(call, 2))


def _regexp_instr(call: Call) -> Expr:
    from sqlglot import exp

    flags, is_group = _pattern(call, 5)
    option = call.args[4] if len(call.args) > 4 else exp.Literal.number(0)
    found = filled(
        f"REGEXP_INSTR(_1, _2, _3, _4, CASE WHEN _5 = 0 THEN 0 ELSE 1 END, '{flags}', "
        f"{int(is_group)})",
        as_text(call, 0),
        call.args[1],
        _start(call, 2),
        _occurrence(call, 3),
        option,
    )
    return _occurring(call, 3, found, "0")


def _json(call: Call) -> tuple[Expr, list[Expr]]:
    """The JSON of the first argument, and the others.

    With a last TRUE, what is no JSON is NULL; that needs PostgreSQL 16. The test stands inside of
    the cast, since PostgreSQL works out the value of a constant before any CASE.
    """
    from sqlglot import exp

    first, *rest = call.args
    is_lenient = isinstance(rest[-1], exp.Boolean) and bool(rest[-1].this) if rest else False
    others = [one for one in rest if not isinstance(one, exp.Boolean)]
    return filled(f"CAST({_VALID if is_lenient else '_1'} AS json)", first), others


def _json_path(call: Call) -> Expr:
    read, path = _json(call)
    if not path:
        raise Refused("needs a path")
    return filled("JSON_EXTRACT_PATH_TEXT(_1, _rest)", read, *path)


def _json_element(call: Call) -> Expr:
    read, place = _json(call)
    if len(place) != 1:
        raise Refused("needs one place in the array")
    return filled("CASE WHEN _2 >= 0 THEN _1 ->> _2 END", read, *place)


def _json_length(call: Call) -> Expr:
    return filled("JSON_ARRAY_LENGTH(_1)", _json(call)[0])


def _is_json(kind: str) -> str:
    """Whether a text is JSON of that kind; NULL for NULL. Needs PostgreSQL 16."""
    test = f"COALESCE(JSON_TYPEOF(CAST({_VALID} AS json)) = '{kind}', FALSE)"
    return f"CASE WHEN _1 IS NOT NULL THEN {test} END"


def _counted(text: str) -> Rule:
    """A function of a text and a number that is not negative: PostgreSQL counts from the end."""
    from sqlglot import exp

    count = len(re.findall(r"_\d", text))

    def make(call: Call) -> Expr:
        if any(isinstance(argument, exp.Neg) for argument in call.args[1:]):
            raise Refused("of a negative number is not translated")
        return filled(text, as_text(call, 0), *call.args[1:])

    return Rule(count, count, make, lambda _: "text")


def _sha2(call: Call) -> Expr:
    from sqlglot import exp

    bits = {"0": "256"}.get(call.args[1].name, call.args[1].name)
    if not isinstance(call.args[1], exp.Literal) or bits not in ("224", "256", "384", "512"):
        raise Refused("needs 224, 256, 384 or 512 as its second argument")
    return filled(f"ENCODE(SHA{bits}(CONVERT_TO(_1, 'UTF8')), 'hex')", as_text(call, 0))


def _substring(node: Expr) -> tuple[Expr, Kind]:
    value = node.this if kind_of(node.this) == "text" else filled("CAST(_1 AS text)", node.this)
    rest = [node.args[part] for part in ("start", "length") if node.args.get(part) is not None]
    return filled(f"SUBSTR({', '.join(('_1', '_2', '_3')[: len(rest) + 1])})", value, *rest), "text"


def _position(node: Expr) -> tuple[Expr, Kind]:
    return filled("STRPOS(CAST(_1 AS text), _2)", node.this, node.args["substr"]), "int"


def _trim(node: Expr) -> tuple[Expr, Kind]:
    name = {"LEADING": "LTRIM", "TRAILING": "RTRIM"}.get(str(node.args.get("position")), "BTRIM")
    characters = node.args.get("expression")
    if characters is None:
        return filled(f"{name}(_1)", node.this), "text"
    return filled(f"{name}(_1, _2)", node.this, characters), "text"


_INSIDE = "STRPOS(CAST(_2 AS text), CAST(_1 AS text))"
TEXTS = {
    "ASCII": on_text("ASCII(_1)", "int", 1),
    "BTRIM": on_text("BTRIM(_1, _rest)", "text", 1, 2),
    "CHARACTER_LENGTH": on_text("LENGTH(_1)", "int", 1),
    "CHAR_LENGTH": on_text("LENGTH(_1)", "int", 1),
    "CHARINDEX": template(_INSIDE, "int", 2),
    "CHR": template("CASE WHEN _1 BETWEEN 1 AND 127 THEN CHR(_1) END", "text", 1),
    "CONCAT": Rule(2, 2, _concat, lambda _: "text"),
    "INITCAP": on_text("INITCAP(_1)", "text", 1),
    "IS_VALID_JSON": template(_is_json("object"), "bool", 1),
    "IS_VALID_JSON_ARRAY": template(_is_json("array"), "bool", 1),
    "JSON_ARRAY_LENGTH": Rule(1, 2, _json_length, lambda _: "int"),
    "JSON_EXTRACT_ARRAY_ELEMENT_TEXT": Rule(2, 3, _json_element, lambda _: "text"),
    "JSON_EXTRACT_PATH_TEXT": Rule(2, 7, _json_path, lambda _: "text"),
    "LEFT": _counted("LEFT(_1, _2)"),
    "LEN": on_text("LENGTH(_1)", "int", 1),
    "LENGTH": on_text("LENGTH(_1)", "int", 1),
    "LOWER": on_text("LOWER(_1)", "text", 1),
    "LPAD": on_text("LPAD(_1, _rest)", "text", 2, 3),
    "LTRIM": on_text("LTRIM(_1, _rest)", "text", 1, 2),
    "MD5": on_text("MD5(_1)", "text", 1),
    "OCTET_LENGTH": on_text("OCTET_LENGTH(_1)", "int", 1),
    "REGEXP_COUNT": Rule(2, 4, _regexp_count, lambda _: "int"),
    "REGEXP_INSTR": Rule(2, 6, _regexp_instr, lambda _: "int"),
    "REGEXP_REPLACE": Rule(2, 5, _regexp_replace, lambda _: "text"),
    "REGEXP_SUBSTR": Rule(2, 5, _regexp_substr, lambda _: "text"),
    "REPEAT": on_text("REPEAT(_1, _2)", "text", 2),
    "REPLICATE": on_text("REPEAT(_1, _2)", "text", 2),
    "REPLACE": on_text("REPLACE(_1, _2, _3)", "text", 3),
    "REVERSE": on_text("REVERSE(_1)", "text", 1),
    "RIGHT": _counted("RIGHT(_1, _2)"),
    "RPAD": on_text("RPAD(_1, _rest)", "text", 2, 3),
    "RTRIM": on_text("RTRIM(_1, _rest)", "text", 1, 2),
    "SHA2": Rule(2, 2, _sha2, lambda _: "text"),
    "SPLIT_PART": _counted("SPLIT_PART(_1, _2, _3)"),
    "STRPOS": template("STRPOS(CAST(_1 AS text), CAST(_2 AS text))", "int", 2),
    "SUBSTR": on_text("SUBSTR(_1, _rest)", "text", 2, 3),
    "TEXTLEN": on_text("LENGTH(_1)", "int", 1),
    "TRANSLATE": on_text("TRANSLATE(_1, _2, _3)", "text", 3),
    "UPPER": on_text("UPPER(_1)", "text", 1),
}
SPECIAL_TEXTS = {"Substring": _substring, "StrPosition": _position, "Trim": _trim}
