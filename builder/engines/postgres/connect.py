"""How a connection is opened, and which values it leaves as the server wrote them."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import psycopg2
import psycopg2.extensions

from builder.engines.postgres.answers import connect_failed
from builder.errors import ConfigError, Problem

if TYPE_CHECKING:
    from collections.abc import Mapping

APPLICATION = "summary-builder"
_DEFAULTS = {
    "application_name": APPLICATION,
    "connect_timeout": "10",
    # A peer that is gone without a word is noticed after about half a minute.
    "keepalives_idle": "10",
    "keepalives_interval": "5",
    "keepalives_count": "4",
}
# Types whose values Python cannot hold as PostgreSQL does (infinity, 24:00, the year 20205, BC,
# months in an interval) or would show in a form of its own: they stay as the server wrote them.
# https://www.postgresql.org/docs/current/catalog-pg-type.html has the numbers.
_TIMES = (1082, 1083, 1114, 1184, 1186, 1266)
_OTHERS = (17, 114, 3802)  # bytea, json, jsonb
_ARRAYS = (1182, 1183, 1115, 1185, 1187, 1270, 1001, 199, 3807)


def _as_written(value: str | bytes | None, _cursor: object) -> str | bytes | None:
    return value


AS_WRITTEN = (
    psycopg2.extensions.new_type((*_TIMES, *_OTHERS, *_ARRAYS), "AS_WRITTEN", _as_written),
)


def connect(parameters: Mapping[str, str], where: str) -> psycopg2.extensions.connection:
    """A connection in autocommit, which quotes as the standard has it.

    Raises EngineError if the server cannot be reached, ConfigError if its address cannot be read.
    """
    keywords = {**_DEFAULTS, **parameters}
    dsn = keywords.pop("dsn", "")
    try:
        psycopg2.extensions.parse_dsn(dsn)
    except psycopg2.Error:
        # libpq's message would repeat a part of the address, which may be the password.
        hint = "write postgresql://user@host:5432/database; a % in a password is written %25"
        raise ConfigError(Problem(f"{where} cannot be read as an address", hint=hint)) from None
    try:
        connection = psycopg2.connect(dsn, **keywords)  # type: ignore[call-overload]
        if connection.get_parameter_status("standard_conforming_strings") == "off":
            # psycopg2 asks how to quote once, when it connects.
            connection.close()
            conforming = "-c standard_conforming_strings=on"
            options = f"{keywords.pop('options', '')} {conforming}"
            connection = psycopg2.connect(dsn, options=options, **keywords)  # type: ignore[call-overload]
    except psycopg2.Error as error:
        raise connect_failed(error, where) from error
    connection.autocommit = True
    return cast("psycopg2.extensions.connection", connection)
