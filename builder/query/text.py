"""SQL that is ready to be sent, and the way back to what its author wrote."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from builder.errors import ConfigError, Problem

if TYPE_CHECKING:
    from sqlglot.dialects.dialect import Dialect
    from sqlglot.tokenizer_core import Token

    from builder.errors import Place
    from builder.summary.text import Text


_QUOTED = re.compile(r'"(?:[^"]|"")*"|`(?:[^`]|``)*`')
_WORD = re.compile(r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|\w+|[^\w\s]")

# Words that lead to nothing in particular.
_COMMON_WORDS = "as and or not is null case when then else end select from where by"
_EVERYWHERE = frozenset(_COMMON_WORDS.split())


@dataclass(frozen=True, slots=True)
class Rendered:
    """SQL as it is sent; `pieces` are the holes that were filled, to find the way back."""

    text: str
    origin: Text
    pieces: tuple[tuple[int, int, int], ...] = ()
    """(start, end, length in the file's text) of each filled hole; start and end in `text`."""
    written: Rendered | None = None
    """What it was translated from, if it was."""

    def place(self, offset: int, width: int = 1) -> Place | None:
        """Where in its file the author wrote what stands at `offset`."""
        if self.written is not None:
            return self.written.place(*_aligned(self.text, self.written.text, offset, width))
        shift = 0
        for start, end, length in self.pieces:
            if offset < start:
                break
            if offset < end:
                return self.origin.place(start + shift, length)
            shift += length - (end - start)
        return self.origin.place(offset + shift, width)

    def refused(self, message: str, offset: int, width: int = 1) -> ConfigError:
        """The error that something is wrong at `offset`."""
        return ConfigError(Problem(message, self.place(offset, width)))

    def word(self, token: Token) -> str:
        """A token as it is written, in upper case: what stands in quotes begins with them."""
        return self.text[token.start : token.end + 1].upper()


def is_blank(text: str) -> bool:
    """Whether SQL is nothing but space, semicolons and comments: there is nothing to run."""
    return not re.sub(r"--[^\n]*|/\*.*?\*/|[\s;]", "", text, flags=re.DOTALL)


def tokens_of(sql: Rendered, dialect: str) -> list[Token]:
    """The words of the SQL, without comments; raises ConfigError for a quote without an end."""
    from sqlglot.errors import TokenError

    try:
        return dialect_named(dialect).tokenize(sql.text)
    except TokenError as error:
        # Its message ends with the line at the end and the index of the beginning; for a
        # comment it has none.
        at = re.search(r"from \d+:(\d+)", str(error.__context__))
        offset = int(at[1]) if at else max(0, sql.text.rfind("/*"))
        raise sql.refused("a quote or comment that begins here has no end", offset) from error
    except ValueError as error:
        raise ConfigError(f"the dialect `{dialect}` is not known") from error


@cache
def dialect_named(name: str) -> Dialect:
    """sqlglot's dialect, made once: making it costs as much as reading a short query.

    Raises ValueError if it knows none of that name.
    """
    from sqlglot.dialects.dialect import Dialect

    return Dialect.get_or_raise(name)


def filled_names(sql: Rendered) -> frozenset[str]:
    """The names in quotes that stand in filled holes: the warehouse's own, letter by letter."""
    filled = " ".join(sql.text[start:end] for start, end, _ in sql.pieces)
    return frozenset(name[1:-1].replace(name[0] * 2, name[0]) for name in _QUOTED.findall(filled))


def _aligned(made: str, written: str, offset: int, width: int) -> tuple[int, int]:
    """Where a translation's words come from: the offset and length of the word in the original.

    A word that only the translation has comes from the last one before it that both have.
    """
    ours, theirs = [*_WORD.finditer(made)], [*_WORD.finditer(written)]
    words = [[word[0].strip('"').lower() for word in found] for found in (ours, theirs)]
    at = min(sum(word.end() <= offset for word in ours), len(ours) - 1)
    # A name with dots in it is several words.
    size = max(1, sum(offset < word.end() <= offset + width for word in ours))
    for length in (size, 1):
        near = _counterpart(words[0], words[1], at, length)
        if near is not None:
            return theirs[near].start(), theirs[near + length - 1].end() - theirs[near].start()
    for before in range(at - 1, -1, -1):
        if words[0][before] in _EVERYWHERE:
            continue
        if (near := _counterpart(words[0], words[1], before, 1)) is not None:
            return theirs[near].start(), len(theirs[near][0])
    return 0, 1


def _counterpart(ours: list[str], theirs: list[str], at: int, length: int) -> int | None:
    """Where the words at an index stand in the original; None if they do not, or are signs.

    Where they stand several times: the same one of them, or the one that is about as far.
    """
    wanted = ours[at : at + length]
    if not (wanted[0].isidentifier() or wanted[0].startswith("'")):
        return None
    there = [n for n in range(len(theirs)) if theirs[n : n + length] == wanted]
    here = [n for n in range(len(ours)) if ours[n : n + length] == wanted]
    if len(here) == len(there):
        return there[here.index(at)]
    about = at * len(theirs) / len(ours)
    return min(there, key=lambda n: abs(n - about), default=None)
