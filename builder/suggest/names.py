"""What a column's name says of its values: an analyst's reading of it, and never more than a hint.

A name alone proposes nothing. It chooses among what was measured, so that `rate` is held between
0 and 100 only where it is now.
"""

from __future__ import annotations

from builder.draft.names import words

Scale = tuple[float, float]

_SHARE: tuple[Scale, ...] = ((0, 1), (0, 100), (-100, 100))
_SCORE: tuple[Scale, ...] = ((1, 5), (0, 5), (0, 10), (0, 100), (-100, 100))
_SCALES: dict[str, tuple[Scale, ...]] = {
    **dict.fromkeys(("rate", "ratio", "share", "fraction", "conversion"), _SHARE),
    **dict.fromkeys(("pct", "percent", "percentage"), ((0, 100), (-100, 100))),
    **dict.fromkeys(("score", "rating", "star", "grade"), _SCORE),
    "nps": ((-100, 100),),
    "hour": ((0, 23),),
    **dict.fromkeys(("weekday", "dow", "isodow"), ((1, 7), (0, 6))),
    "quarter": ((1, 4),),
    "week": ((1, 53),),
    **dict.fromkeys(("latitude", "lat"), ((-90, 90),)),
    **dict.fromkeys(("longitude", "lon", "lng"), ((-180, 180),)),
}
_SIGNED = frozenset(
    (
        *("balance", "change", "delta", "diff", "difference", "growth", "lag", "latitude", "lat"),
        *("longitude", "lon", "lng", "margin", "net", "offset", "profit", "score", "temperature"),
        *("trend", "variance"),
    )
)
# From what is looked at first in a table to what counts the least.
_MEASURES = (
    *("net", "revenue", "turnover", "sale", "gross", "amount", "total", "sum", "price", "cost"),
    *("fee", "payment", "order", "quantity", "qty", "mau", "wau", "dau", "user", "session"),
    *("visit", "click", "view", "count", "cnt"),
)
_SINGLE = frozenset(
    (
        *("average", "avg", "conversion", "dau", "fraction", "grade", "mau", "mean", "median"),
        *("nps", "pct", "percent", "percentage", "price", "rate", "rating", "ratio", "score"),
        *("share", "wau"),
    )
)
_IDENTITIES = ("id", "key", "code", "no", "uuid", "guid", "sku", "hash")
_NO_ID = ("paid", "valid", "void", "avoid", "grid", "bid", "hybrid", "solid", "fluid", "unpaid")
_PERIODS = ("date", "day", "week", "month", "quarter", "year")
_NEWEST = frozenset(
    (
        *("at", "ts", "time", "timestamp", "datetime", "date", "day", "created", "updated"),
        *("modified", "loaded", "inserted", "ingested", "synced", "event", "session", "record"),
    )
)
# What comes first is never less than what follows it.
_EARLIER = (
    *(("start", "end"), ("started", "ended"), ("begin", "end"), ("began", "ended")),
    *(("first", "last"), ("created", "updated"), ("created", "modified"), ("created", "closed")),
    *(("created", "deleted"), ("opened", "closed"), ("ordered", "shipped"), ("order", "ship")),
    *(("ordered", "paid"), ("shipped", "delivered"), ("from", "to"), ("valid", "expire")),
    *(("signup", "login"), ("requested", "approved"), ("sent", "received"), ("min", "max")),
)
_PARTS = (
    *(("gross", "net"), ("gross", "refunded"), ("total", "net"), ("max", "min"), ("max", "avg")),
    *(("max", "average"), ("payment", "refund"), ("order", "return"), ("order", "refund")),
    *(("impression", "click"), ("click", "conversion"), ("visit", "order"), ("session", "order")),
    *(("sent", "delivered"), ("sent", "opened"), ("delivered", "opened"), ("opened", "clicked")),
    *(("session", "user"), ("view", "click"), ("user", "buyer"), ("user", "payer")),
    *(("total", "active"), ("total", "paid"), ("total", "new")),
)


def stems(column: str) -> list[str]:
    """The words of a column's name without the s of a plural."""
    return [
        word if len(word) < 4 or word.endswith("ss") else word.removesuffix("s")
        for word in words(column)
    ]


def scales(column: str) -> tuple[Scale, ...]:
    """The scales that a column of that name may be on, the narrowest first."""
    said = stems(column)
    return next((_SCALES[word] for word in reversed(said) if word in _SCALES), ())


def is_identity(column: str) -> bool:
    """Whether the name says that its values tell things apart, such as `userid`."""
    last = (words(column) or [""])[-1]
    return last in _IDENTITIES or (last.endswith("id") and not last.endswith(_NO_ID))


def is_period(column: str) -> bool:
    """Whether the name is that of a day, month or other span that rows may be of."""
    return (stems(column) or [""])[-1] in _PERIODS


def may_be_negative(column: str) -> bool:
    """Whether a number of that name may be below 0 one day, whatever it is now."""
    return not _SIGNED.isdisjoint(stems(column))


def measure_rank(column: str) -> int | None:
    """How much a number of that name is looked at, 0 the most; None for no measure."""
    said = stems(column)
    ranks = [rank for rank, word in enumerate(_MEASURES) if word in said]
    if "number" in said:
        return None
    if ranks:
        return min(ranks)
    return len(_MEASURES) if is_single(column) else None


def is_single(column: str) -> bool:
    """Whether its numbers are averages, shares or other ones whose sum says nothing."""
    return not _SINGLE.isdisjoint(stems(column))


def is_newest(column: str) -> bool:
    """Whether a moment of that name grows with every load, such as `created_at`."""
    said = stems(column)
    return bool(said) and set(said) <= _NEWEST


def greater(one: str, other: str, *, moments: bool) -> bool:
    """Whether the names say that `one` is never less than `other`."""
    a, b = stems(one), stems(other)
    if moments:
        return any(_instead(b, a, *pair) for pair in _EARLIER)
    return any(_instead(a, b, *pair) for pair in _PARTS) or _part_of(a, b)


def _instead(a: list[str], b: list[str], first: str, second: str) -> bool:
    """Whether the two names differ in just that: `gross_amount`, `net_amount`."""
    return first in a and [second if word == first else word for word in a] == b


def _part_of(a: list[str], b: list[str]) -> bool:
    """Whether `b` is `a` of a kind, as `paying_users` are some of the `users`."""
    ofs = {"per", "cost", "price", "avg", "average", "mean", "day", "since", "total", "sum", "max"}
    return bool(a) and len(b) == len(a) + 1 and b[1:] == a and b[0] not in ofs
