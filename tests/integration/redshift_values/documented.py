"""What a documented value is, and short ways to write one down."""

from dataclasses import dataclass
from datetime import date, datetime, time

moment = datetime.fromisoformat
day = date.fromisoformat
clock = time.fromisoformat


@dataclass(frozen=True, slots=True)
class Documented:
    """One value that Redshift's documentation gives, or follows from its words.

    `page` is the page's name in the developer guide (docs.aws.amazon.com/redshift/latest/dg/),
    `sql` one SELECT in Redshift's dialect that returns one column, `expected` its rows' values
    in order. `follows` is empty where the page prints this very value; else it says which of
    the page's words give it.
    """

    page: str
    sql: str
    expected: tuple[object, ...]
    follows: str = ""


def printed(page: str, sql: str, *expected: object) -> Documented:
    """Return a value that the page prints."""
    return Documented(page, sql, expected)


def follows(page: str, why: str, sql: str, *expected: object) -> Documented:
    """Return a value that follows from the page's words, which `why` retells."""
    return Documented(page, sql, expected, why)
