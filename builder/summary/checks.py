"""How one check of a file is read: its kind is told by the key that only this kind has."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, TypeVar, get_args

import msgspec

from builder.errors import ConfigError
from builder.relation import Relation
from builder.summary.keys import (
    CountFields,
    ExpectFields,
    FreshFields,
    MeasureFields,
    MeasureKind,
    ReferenceFields,
    converted,
    nearest,
    unknown_key,
)
from builder.summary.model import (
    Change,
    Check,
    Count,
    Expectation,
    Freshness,
    Measure,
    Reference,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from builder.summary.keys import MaxChange
    from builder.summary.literal import Literal

T = TypeVar("T", bound=msgspec.Struct)

MEASURES = get_args(MeasureKind)
QUERY = "unexpected_rows_query"
_UNITS = {"second": 1, "minute": 60, "hour": 3600, "day": 86400, "week": 604800}
_SPAN = re.compile(r"\s*(?P<many>\d+(?:\.\d+)?)\s*(?P<unit>[a-z]+?)s?\b,?\s*", re.IGNORECASE)


def read_check(literal: Literal, fields: Mapping[str, Any], key: str, index: int) -> Check:
    """The check that stands at `key[index]` of a file; raises ConfigError with each problem."""
    one = _Reading(literal, fields, key, index)
    for name, read in one.kinds.items():
        if name in fields:
            return read()
    return one.count()


def seconds_of(text: str) -> float | None:
    """The seconds of a span such as `1 day` or `2 hours 30 minutes`; None for anything else."""
    done, seconds = 0, 0.0
    while done < len(text):
        span = _SPAN.match(text, done)
        if span is None or span["unit"].lower() not in _UNITS:
            return None
        seconds += float(span["many"]) * _UNITS[span["unit"].lower()]
        done = span.end()
    return seconds or None


class _Reading:
    """One check being read."""

    def __init__(self, literal: Literal, fields: Mapping[str, Any], key: str, index: int) -> None:
        self.literal, self.fields = literal, fields
        self.path = (key, index)
        self.label = f"{key}[{index}]"
        self.place = literal.problem("", key, index).place
        self.kinds = {
            "expect": self.expectation,
            **dict.fromkeys(MEASURES, self.measure),
            "fresh": self.freshness,
            "references": self.reference,
        }

    def count(self) -> Count:
        read = self._read(CountFields)
        change = _change(read.max_change)
        if read.count is None and change is None and not read.anomaly:
            hint = "add 'count': N, the least that is right, and 'op' for another comparison"
            raise self._wrong(f"`{self.label}` has no bound", hint=hint)
        return Count(
            self.label,
            self.literal.text_at(read.sql, *self.path, "sql"),
            read.count,
            read.op,
            severity=read.severity,
            place=self.place,
            max_change=change,
            anomaly=read.anomaly,
        )

    def expectation(self) -> Expectation:
        # Only a file with an expectation pays for what is known of them.
        from builder.summary.expect.places import OURS, expect_problems

        read = converted(self.literal, self.fields, ExpectFields, *self.path)
        problems, on = expect_problems(self.literal, self.fields, *self.path), None
        try:
            on = self._on(read.on)
        except ConfigError as error:
            problems += error.problems
        if problems:
            raise ConfigError(*problems)
        arguments = {name: value for name, value in self.fields.items() if name not in OURS}
        query = arguments.get(QUERY)
        return Expectation(
            self.label,
            read.expect,
            arguments,
            self.literal.text_at(query, *self.path, QUERY) if isinstance(query, str) else None,
            severity=read.severity,
            place=self.place,
            on=on,
        )

    def measure(self) -> Measure:
        read = self._read(MeasureFields)
        kinds = [kind for kind in MEASURES if kind in self.fields]
        if len(kinds) > 1:
            message = f"`{self.label}` measures {' and '.join(kinds)}: write a check for each"
            raise self._wrong(message, kinds[1])
        change = _change(read.max_change)
        if change is None and not read.anomaly:
            hint = "add 'max_change': 0.3 for at most 30 % more or less, or 'anomaly': True"
            raise self._wrong(f"`{self.label}` has no bound", hint=hint)
        return Measure(
            self.label,
            kinds[0],
            self.fields[kinds[0]],
            severity=read.severity,
            place=self.place,
            on=self._on(read.on),
            max_change=change,
            anomaly=read.anomaly,
        )

    def freshness(self) -> Freshness:
        read = self._read(FreshFields)
        within = seconds_of(read.within)
        if within is None:
            hint = "write '1 day', '90 minutes' or '2 hours 30 minutes'"
            raise self._wrong(f"`{self.label}.within` is no span of time", "within", hint=hint)
        if read.time_zone != "UTC":
            self._require_zone(read.time_zone)
        return Freshness(
            self.label,
            read.fresh,
            within,
            read.time_zone,
            severity=read.severity,
            place=self.place,
            on=self._on(read.on),
        )

    def _require_zone(self, name: str) -> None:
        from zoneinfo import available_timezones

        known = available_timezones()
        # Some systems have no list of them; then the server says whether it knows the name.
        if known and name not in known:
            hint = nearest(name, known) or "write its name, such as 'Asia/Seoul'"
            message = f"`{self.label}.time_zone`: there is no time zone `{name}`"
            raise self._wrong(message, "time_zone", hint=hint)

    def reference(self) -> Reference:
        read = self._read(ReferenceFields)
        parts = read.references.split(".")
        if len(parts) != 3 or not all(part.strip() for part in parts):
            hint = "write 'schema.table.column', such as 'raw_data.channel.channelname'"
            message = f"`{self.label}.references` names no column of a table"
            raise self._wrong(message, "references", hint=hint)
        return Reference(
            self.label,
            read.column,
            Relation(parts[0], parts[1]),
            parts[2],
            severity=read.severity,
            place=self.place,
            on=self._on(read.on),
        )

    def _read(self, kind: type[T]) -> T:
        """The fields as one kind of check; raises ConfigError with every key it does not have."""
        known = kind.__struct_fields__
        unknown = [
            unknown_key(self.literal, known, *self.path, name)
            for name in self.fields
            if name not in known
        ]
        if unknown:
            raise ConfigError(*unknown)
        return converted(self.literal, self.fields, kind, *self.path)

    def _on(self, written: str) -> Relation | None:
        """The source that is under check; an output check is always of the staged table."""
        if self.path[0] == "output_check":
            if written:
                message = f"`{self.label}.on`: an output check is of the staged table"
                hint = "take `on` out, or move the check to `input_check`"
                raise self._wrong(message, "on", hint=hint)
            return None
        if not written:
            hint = "add 'on': 'schema.table', the source that is meant"
            raise self._wrong(f"`{self.label}` does not say which table it is of", hint=hint)
        parts = written.split(".")
        if len(parts) != 2 or not all(part.strip() for part in parts):
            hint = "write 'schema.table', such as 'raw_data.nps'"
            raise self._wrong(f"`{self.label}.on` names no table", "on", hint=hint)
        return Relation(*parts)

    def _wrong(self, message: str, *below: str, hint: str = "") -> ConfigError:
        return ConfigError(self.literal.problem(message, *self.path, *below, hint=hint))


def _change(read: MaxChange | None) -> Change | None:
    if read is None:
        return None
    down, up = (read, read) if isinstance(read, int | float) else (read.down, read.up)
    return None if (down, up) == (None, None) else Change(down, up)
