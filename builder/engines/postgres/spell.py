"""What checks ask, as PostgreSQL's SQL: statements as data, with every constant bound."""

from __future__ import annotations

from typing import TYPE_CHECKING

from builder.engines import asks
from builder.engines.base import Statement, escaped
from builder.relation import quoted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from builder.relation import Relation

Spelled = tuple[str, tuple[object, ...]]
"""SQL with `%s` for each of the values."""


def scan(relation: Relation, aggregates: Sequence[asks.Aggregate]) -> Statement:
    """All aggregates in one row, by one pass over the relation."""
    pieces = [_aggregate(one) for one in aggregates]
    text = f"SELECT {', '.join(piece for piece, _ in pieces)} FROM {_name(relation)}"  # noqa: S608 -- quoted
    return _statement(text, tuple(value for _, values in pieces for value in values))


def count(relation: Relation, rows: asks.Found) -> Statement:
    """How many rows those are."""
    text, values = _found(relation, rows)
    return _statement(f"SELECT count(*) FROM ({text}) AS found", values)  # noqa: S608 -- quoted by Relation


def sample(relation: Relation, rows: asks.Found, limit: int) -> Statement:
    """Some of those rows, with all of their columns."""
    text, values = _found(relation, rows)
    order = f" ORDER BY {_names(rows.columns)}" if isinstance(rows, asks.Repeated) else ""
    return _statement(f"{text}{order} LIMIT %s", (*values, limit))


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
            condition, values = _predicate(where)
            return f"{source} WHERE {condition}", values
        case asks.Orphans(column, to, to_column):
            known = f"SELECT FROM {_name(to)} AS known"
            known += f" WHERE known.{_column(to_column)} = checked.{_column(column)}"
            text = f"checked.{_column(column)} IS NOT NULL AND NOT EXISTS ({known})"
            return f"{source} AS checked WHERE {text}", ()
        case asks.Repeated(columns, where):
            there = tuple(asks.Not(asks.Missing(name)) for name in columns)
            condition, values = _predicate(asks.all_of(where, *there))
            groups = f"GROUP BY {_names(columns)} HAVING count(*) > 1"
            again = f"SELECT {_names(columns)} FROM {_name(relation)} WHERE {condition} {groups}"  # noqa: S608 -- quoted by Relation
            return f"{source} WHERE {condition} AND ({_names(columns)}) IN ({again})", values * 2


def _aggregate(one: asks.Aggregate) -> Spelled:
    match one:
        case asks.Readable(pattern):
            return "'' ~ %s", (pattern,)
        case asks.Tally():
            return _where("count(*)", one.where)
        case asks.Distinct(columns):
            names = _names(columns) if len(columns) == 1 else f"({_names(columns)})"
            return _where(f"count(DISTINCT {names})", one.where)
        case asks.Fold("mean", column):
            return _where(f"avg(1.0 * {_column(column)})", one.where)
        case asks.Fold(kind, column):
            return _where(f"{kind}({_column(column)})", one.where)
        case asks.Middle(column, upper):
            order = f"{_column(column)}{' DESC' if upper else ''}"
            return _where(f"percentile_disc(0.5) WITHIN GROUP (ORDER BY {order})", one.where)
        case asks.Age(column, zone, whole_day):
            newest = f"max({_column(column)}){' + 1' if whole_day else ''}"
            if zone is None:
                return f"extract(epoch FROM pg_catalog.now() - {newest})", ()
            newest = f"({newest})::timestamp AT TIME ZONE %s"
            return f"extract(epoch FROM pg_catalog.now() - ({newest}))", (zone,)


def _where(text: str, where: asks.Predicate) -> Spelled:
    if where == asks.EVERY:
        return text, ()
    condition, values = _predicate(where)
    return f"{text} FILTER (WHERE {condition})", values


def _predicate(one: asks.Predicate) -> Spelled:
    match one:
        case asks.Not(asks.Missing(column)):
            return f"{_column(column)} IS NOT NULL", ()
        case asks.Not(part):
            condition, values = _predicate(part)
            return f"NOT ({condition})", values
        case asks.Both(parts):
            return _together("AND", "true", [part for part in parts if part != asks.EVERY])
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
