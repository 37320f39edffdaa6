"""What checks ask, as PostgreSQL's SQL: statements as data, with every constant bound."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from builder.engines import asks
from builder.engines.base import Statement, escaped
from builder.relation import quoted

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from builder.relation import Relation

_TRUE = "true"
Spelled = tuple[str, tuple[object, ...]]
"""SQL with `%s` for each of the values."""


def scan(relation: Relation, aggregates: Sequence[asks.Aggregate]) -> Statement:
    """All aggregates in one row, by one pass over the relation; a further one for each sorting.

    What has to sort its rows would make the server sort all others as well, and keep it from
    sharing the pass among its processes (docs/decisions/0009-checks.md).
    """
    passes: dict[str, list[tuple[int, asks.Aggregate]]] = {}
    for number, one in enumerate(aggregates):
        passes.setdefault(_sorting(one), []).append((number, one))
    pieces = [_pass(relation, together) for together in passes.values()]
    text = pieces[0][0]
    if len(pieces) > 1:
        names = ", ".join(f"a{number}" for number in range(len(aggregates)))
        tables = ", ".join(f"({piece}) AS p{n}" for n, (piece, _) in enumerate(pieces))
        text = f"SELECT {names} FROM {tables}"  # noqa: S608 -- quoted by Relation
    return _statement(text, tuple(value for _, values in pieces for value in values))


def by_key(one: asks.Aggregate, keys: Sequence[frozenset[str]]) -> asks.Aggregate:
    """The same number, without a look for repeated values where a key rules them out."""
    match one:
        case asks.Distinct(columns, where) if any(key.issubset(columns) for key in keys):
            return asks.Tally(asks.Both((where, *_all_there(columns))))
    return one


def count(relation: Relation, rows: asks.Found) -> Statement:
    """How many rows those are."""
    text, values = _found(relation, rows)
    return _statement(f"SELECT count(*) FROM ({text}) AS found", values)  # noqa: S608 -- quoted by Relation


def sample(relation: Relation, rows: asks.Found, limit: int) -> Statement:
    """Some of those rows, with all of their columns."""
    text, values = _found(relation, rows)
    order = f" ORDER BY {_names(rows.columns)}" if isinstance(rows, asks.Repeated) else ""
    return _statement(f"{text}{order} LIMIT %s", (*values, limit))


def head(relation: Relation, columns: Sequence[str], limit: int) -> Statement:
    """Some rows, whichever come first, with these columns alone."""
    text = f"SELECT {_names(columns)} FROM {_name(relation)} LIMIT %s"  # noqa: S608 -- quoted
    return _statement(text, (limit,))


def values(relation: Relation, column: str, limit: int) -> Statement:
    """The values of a column and how many rows have each, the most frequent first."""
    name = _column(column)
    there = f"SELECT {name}, count(*) FROM {_name(relation)} WHERE {name} IS NOT NULL"  # noqa: S608 -- quoted
    return _statement(f"{there} GROUP BY {name} ORDER BY 2 DESC, 1 LIMIT %s", (limit,))


def finding(relation: Relation, rows: asks.Found) -> Statement:
    """All of those rows: for people to run."""
    return _statement(*_found(relation, rows))


def _statement(text: str, values: tuple[object, ...]) -> Statement:
    """With values a percent sign is written twice, as the names here have it."""
    return Statement(text, values) if values else Statement(text.replace("%%", "%"))


def _name(relation: Relation) -> str:
    return escaped(relation.sql)


def _column(name: str) -> str:
    return escaped(quoted(name))


def _names(columns: Sequence[str]) -> str:
    return ", ".join(_column(name) for name in columns)


def _found(relation: Relation, rows: asks.Found) -> Spelled:
    source = f"SELECT * FROM {_name(relation)}"  # noqa: S608 -- quoted by Relation
    match rows:
        case asks.Rows(where):
            condition, values = _wanted(where)
            return f"{source} WHERE {condition}", values
        case asks.Orphans(column, to, to_column):
            known = f"SELECT FROM {_name(to)} AS known"
            known += f" WHERE known.{_column(to_column)} = checked.{_column(column)}"
            text = f"checked.{_column(column)} IS NOT NULL AND NOT EXISTS ({known})"
            return f"{source} AS checked WHERE {text}", ()
        case asks.Repeated(columns, where):
            condition, values = _wanted(asks.Both((where, *_all_there(columns))))
            groups = f"GROUP BY {_names(columns)} HAVING count(*) > 1"
            again = f"SELECT {_names(columns)} FROM {_name(relation)} WHERE {condition} {groups}"  # noqa: S608 -- quoted by Relation
            return f"{source} WHERE {condition} AND ({_names(columns)}) IN ({again})", values * 2


def _sorting(one: asks.Aggregate) -> str:
    """What tells the aggregates apart that need the rows in another order; empty for any order."""
    match one:
        case asks.Distinct():
            return repr(one)
        case asks.Middle():
            return repr(replace(one, upper=False))
        case _:
            return ""


def _pass(relation: Relation, together: Sequence[tuple[int, asks.Aggregate]]) -> Spelled:
    """What one look at the rows answers; each answer is called by its number."""
    pieces = [(number, *_aggregate(one)) for number, one in together]
    listed = ", ".join(f"{piece} AS a{number}" for number, piece, _ in pieces)
    source, values = _name(relation), tuple(value for _, _, more in pieces for value in more)
    match together[0][1]:
        case asks.Distinct(columns, where):
            condition, values = _wanted(asks.Both((where, *_all_there(columns))))
            source = f"{source} WHERE {condition}"
            if len(columns) > 1:
                # To compare rows as values takes the server five times as long.
                each = f"SELECT DISTINCT {_names(columns)} FROM {source}"  # noqa: S608 -- quoted by Relation
                source = f"({each}) AS different"
        case asks.Middle(where=where):
            condition, values = _wanted(where)
            source = f"{source} WHERE {condition}"
    return f"SELECT {listed} FROM {source}", values  # noqa: S608 -- quoted by Relation


def _all_there(columns: Sequence[str]) -> tuple[asks.Predicate, ...]:
    return tuple(asks.Not(asks.Missing(name)) for name in columns)


def _aggregate(one: asks.Aggregate) -> Spelled:
    match one:
        case asks.Tally(where):
            return _tally(where)
        case asks.Distinct((column,)):
            return f"count(DISTINCT {_column(column)})", ()
        case asks.Distinct():
            return "count(*)", ()
        case asks.Fold(kind, column):
            value = _value(asks.Value(column, one.length))
            written = {"mean": f"avg({value})", "decimal_mean": f"avg(1.0 * {value})"}
            return _where(written.get(kind, f"{kind}({value})"), one.where)
        case asks.Middle(column, upper):
            # The least share that is more than a half, of up to five billion rows: one sorting
            # answers both.
            share = "0.5000000001" if upper else "0.5"
            return f"percentile_disc({share}) WITHIN GROUP (ORDER BY {_column(column)})", ()
        case asks.Age():
            return _age(one)
        case asks.Readable(pattern):
            return "'' ~ %s", (pattern,)


def _tally(where: asks.Predicate) -> Spelled:
    match _needed(where):
        case [asks.Not(asks.Missing(column))]:
            return f"count({_column(column)})", ()
        case [asks.Missing(column)]:
            # The server computes each of the two once, however many checks they are for.
            return f"count(*) - count({_column(column)})", ()
    return _where("count(*)", where)


def _age(one: asks.Age) -> Spelled:
    column = _column(one.column)
    # A moment at the end of all time, as some write for "still", has no age.
    newest = f"max({column}) FILTER (WHERE isfinite({column}))"
    newest = f"({newest} + 1)" if one.whole_day else newest
    if one.zone is None:
        return f"extract(epoch FROM pg_catalog.now() - {newest})", ()
    newest = f"({newest})::timestamp AT TIME ZONE %s"
    return f"extract(epoch FROM pg_catalog.now() - ({newest}))", (one.zone,)


def _where(text: str, where: asks.Predicate) -> Spelled:
    condition, values = _wanted(where)
    return (f"{text} FILTER (WHERE {condition})" if condition != _TRUE else text), values


def _wanted(where: asks.Predicate) -> Spelled:
    """What is true of the rows that are wanted."""
    pieces = [_predicate(part) for part in _needed(where)]
    text = " AND ".join(piece for piece, _ in pieces)
    return text or _TRUE, tuple(value for _, values in pieces for value in values)


def _needed(where: asks.Predicate) -> list[asks.Predicate]:
    """What has to be true, part by part; IS NOT NULL only where nothing else implies it.

    A comparison with NULL is unknown, so its row is not wanted anyway.
    """
    parts = list({repr(part): part for part in _each(where)}.values())
    told = frozenset[str]().union(*(_told(part) for part in parts))
    return [
        part
        for part in parts
        if not (isinstance(part, asks.Not) and isinstance(part.part, asks.Missing))
        or part.part.column not in told
    ]


def _each(where: asks.Predicate) -> Iterator[asks.Predicate]:
    if isinstance(where, asks.Both):
        for part in where.parts:
            yield from _each(part)
    else:
        yield where


def _told(one: asks.Predicate) -> frozenset[str]:
    """The columns for whose NULL the predicate is unknown."""
    match one:
        case asks.Compare(left, _, asks.Value() as right):
            return frozenset((left.column, right.column))
        case asks.Compare(left, _, _):
            return frozenset((left.column,))
        case asks.Among(column, [_, *_]) | asks.Matches(column):
            return frozenset((column,))
        case asks.Not(part):
            return _told(part)
        case asks.Both([_, *_] as parts) | asks.Either([_, *_] as parts):
            return frozenset.intersection(*(_told(part) for part in parts))
        case _:
            return frozenset()


def _predicate(one: asks.Predicate) -> Spelled:
    match one:
        case asks.Not(asks.Missing(column)):
            return f"{_column(column)} IS NOT NULL", ()
        case asks.Not(part):
            condition, values = _predicate(part)
            return f"NOT ({condition})", values
        case asks.Both(parts):
            return _together("AND", _TRUE, [part for part in parts if part != asks.EVERY])
        case asks.Either(parts):
            return _together("OR", "false", parts)
        case _:
            return _condition(one)


def _condition(one: asks.Missing | asks.Compare | asks.Among | asks.Matches) -> Spelled:
    match one:
        case asks.Missing(column):
            return f"{_column(column)} IS NULL", ()
        case asks.Compare(left, op, asks.Value() as right):
            return f"{_value(left)} {op} {_value(right)}", ()
        case asks.Compare(left, op, right):
            return f"{_value(left)} {op} %s", (right,)
        case asks.Among(_, ()):
            return "false", ()
        case asks.Among(column, values):
            return f"{_column(column)} IN ({', '.join(['%s'] * len(values))})", values
        case asks.Matches(column, pattern):
            return f"{_column(column)} ~ %s", (pattern,)


def _together(word: str, none: str, parts: Sequence[asks.Predicate]) -> Spelled:
    pieces = [_predicate(part) for part in parts]
    if not pieces:
        return none, ()
    text = f" {word} ".join(piece for piece, _ in pieces)
    values = tuple(value for _, more in pieces for value in more)
    return (f"({text})" if len(pieces) > 1 else text), values


def _value(value: asks.Value) -> str:
    return f"length({_column(value.column)})" if value.length else _column(value.column)
