"""What is proven of one dialect: the functions and constructs that may be translated.

A function that is not in the list of its dialect is refused by name, however well PostgreSQL has
one that is called so: TRUNC, ROUND and AVG are in both, and mean different things.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from builder.query.translate.kinds import Kind
from builder.query.translate.nodes import Refused
from builder.query.translate.templates import filled

if TYPE_CHECKING:
    from sqlglot.expressions import Expr


@dataclass(frozen=True, slots=True)
class Call:
    """One function call: its arguments, translated already, and what kinds they have.

    `order` is what stands in WITHIN GROUP (ORDER BY …). `is_certain` is False where the warehouse
    lacks something that the query names, or is not there to be asked: then any translation will
    do, since it is not going to be run.
    """

    name: str
    args: tuple[Expr, ...]
    kinds: tuple[Kind | None, ...]
    distinct: bool = False
    order: Expr | None = None
    in_window: bool = False
    is_certain: bool = True

    def known(self, index: int) -> Kind:
        """The kind of an argument; raises Refused if it cannot be known."""
        kind = self.kinds[index]
        if kind is None and self.is_certain:
            raise Refused(f"needs the type of its argument: write `{self.written(index)}::type`")
        return kind or "other"

    def written(self, index: int) -> str:
        """An argument as SQL for people, cut short."""
        text = self.args[index].sql(dialect="postgres")
        return text if len(text) <= 30 else text[:29] + "…"

    def word(self, index: int) -> str:
        """An argument that names something, such as a part of a date: `month` or 'month'.

        `WEEK(MONDAY)` is the word `week(monday)`.
        """
        from sqlglot import exp

        node = self.args[index]
        if isinstance(node, exp.Anonymous) and len(node.expressions) == 1:
            return f"{node.name}({node.expressions[0].name})".lower()
        name = node.name if isinstance(node, exp.Column | exp.Literal | exp.Var) else ""
        if not name:
            raise Refused(f"needs a name as argument {index + 1}")
        return name.lower()

    def sql(self, template: str) -> Expr:
        """A template filled with the arguments."""
        return filled(template, *self.args)


Make = Callable[[Call], "Expr"]
KindOf = Callable[[Call], "Kind | None"]
Special = Callable[["Expr"], "tuple[Expr, Kind | None]"]


@dataclass(frozen=True, slots=True)
class Rule:
    """How one function is translated.

    `is_aggregate` allows DISTINCT; `ordered` allows WITHIN GROUP. `words` are the places of
    arguments that are no values, as `month` in DATEADD(month, 1, day), in calls of `words_from`
    arguments or more.
    """

    least: int
    most: int
    make: Make
    kind: KindOf
    is_aggregate: bool = False
    ordered: bool = False
    words: tuple[int, ...] = ()
    words_from: int = 0


@dataclass(frozen=True, slots=True)
class Language:
    """One dialect: its functions, and where its constructs differ from PostgreSQL's.

    `constructs` are the names of sqlglot's nodes that mean the same in both, and those that the
    walk knows how to change.
    """

    name: str
    """As sqlglot calls it."""
    title: str
    functions: Mapping[str, Rule]
    constructs: frozenset[str]
    divides: str = ""
    """The type that whole numbers divide into; nothing where 7 / 2 is 3."""
    quotient_digits: int | None = None
    """To how many digits a quotient of whole numbers is rounded."""
    null_divisor: bool = False
    """Whether a division by zero is NULL, and no error."""
    days_in_timestamps: bool = False
    """Whether `timestamp + 7` is a week later."""
    days_in_dates: bool = True
    """Whether `date + 7` is a week later."""
    days_between: bool = True
    """Whether `date - date` is a number of days."""
    dates_stay: bool = False
    """Whether a date is still one when an interval of days or months is added."""
    plus_joins: bool = False
    """Whether `+` joins texts."""
    rounds_casts: bool | None = None
    """Whether a cast to a whole number rounds a half away from zero; else it cuts the fraction.

    None where PostgreSQL's own way will do.
    """
    written_alike: frozenset[Kind | None] | None = None
    """The kinds that a cast to text writes as PostgreSQL does; None for all."""
    escapes_patterns: bool = True
    """Whether a backslash in a pattern of LIKE takes what follows as it is."""
    whole_frames: frozenset[str] = frozenset()
    """Functions that look at the whole partition where their window has no frame."""
    zone_of_session: bool = False
    """Whether a text that is cast to a time with a zone may be one of the session's zone."""
    refused_words: Mapping[str, str] = field(default_factory=dict)
    """What to say of words that sqlglot reads as something else."""
    storage_words: frozenset[str] = frozenset()
    """Words behind a column that say how it is stored: they mean nothing here."""
    instead: Mapping[str, str] = field(default_factory=dict)
    """What to write instead of functions that analysts know from elsewhere."""
    types: Mapping[str, str] = field(default_factory=dict)
    """PostgreSQL's types by sqlglot's names; one that takes numbers ends with `()`."""
    special: Mapping[str, Special] = field(default_factory=dict)
    """What becomes of functions with a syntax of their own, by the names of sqlglot's nodes."""

    def type_of(self, written: Expr) -> str:
        """A type in PostgreSQL's words; empty if it is not on the list."""
        name = str(getattr(written.this, "value", written.this)).upper()
        numbers = [parameter.name for parameter in written.expressions]
        if numbers and all(number.isdigit() for number in numbers):
            found = self.types.get(f"{name}()", "")
            return found.replace("()", f"({', '.join(numbers)})")
        if numbers and [number.upper() for number in numbers] != ["MAX"]:
            return ""
        return self.types.get(name, "")


def same(least: int, most: int | None = None, kind: Kind | KindOf = "text") -> Rule:
    """A function that has the same name, arguments and meaning in PostgreSQL."""
    from sqlglot import exp

    def make(call: Call) -> Expr:
        return exp.Anonymous(this=call.name.upper(), expressions=list(call.args))

    return Rule(least, least if most is None else most, make, _kind(kind))


def template(text: str, kind: Kind | KindOf, least: int, most: int | None = None) -> Rule:
    """A function that one piece of PostgreSQL's SQL stands for."""
    return Rule(least, least if most is None else most, lambda call: call.sql(text), _kind(kind))


def on_text(text: str, kind: Kind | KindOf, least: int, most: int | None = None) -> Rule:
    """The same, for a function whose first argument is turned into text as Redshift does."""

    def make(call: Call) -> Expr:
        return filled(text, as_text(call, 0), *call.args[1:])

    return Rule(least, least if most is None else most, make, _kind(kind))


def as_text(call: Call, index: int) -> Expr:
    """An argument as text, whatever it is."""
    return (
        call.args[index]
        if call.kinds[index] == "text"
        else filled("CAST(_1 AS text)", call.args[index])
    )


def of(index: int) -> KindOf:
    """The kind of an argument."""
    return lambda call: call.kinds[index]


def _kind(kind: Kind | KindOf) -> KindOf:
    if callable(kind):
        return kind
    return lambda _call: kind
