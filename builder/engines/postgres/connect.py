"""How a connection is opened, and which values it leaves as the server wrote them."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, cast

import psycopg2
import psycopg2.extensions

from builder.engines.postgres.answers import connect_failed
from builder.errors import ConfigError, Problem

if TYPE_CHECKING:
    from collections.abc import Mapping

    from psycopg2.extensions import cursor

APPLICATION = "summary-builder"
_DEFAULTS = {
    "application_name": APPLICATION,
    "connect_timeout": "10",
    # A peer that is gone without a word is noticed after about half a minute.
    "keepalives_idle": "10",
    "keepalives_interval": "5",
    "keepalives_count": "4",
}
# Values that Python cannot hold as PostgreSQL does stay as the server wrote them: infinity, 24:00,
# the year 20205, BC, months in an interval; and so do types that it would show in a form of its
# own. The numbers are https://www.postgresql.org/docs/current/catalog-pg-type.html's.
_INTERVAL_BYTEA_JSON = (1186, 17, 114, 3802)
_THEIR_ARRAYS = (1182, 1183, 1115, 1185, 1187, 1270, 1001, 199, 3807)
_TIMES = {
    1082: psycopg2.extensions.PYDATE,
    1083: psycopg2.extensions.PYTIME,
    1114: psycopg2.extensions.PYDATETIME,
    1184: psycopg2.extensions.PYDATETIMETZ,
    1266: psycopg2.extensions.PYTIME,
}
_NO_TIME = re.compile(r"infinity|BC$|^24:")
_Caster = Callable[["str | bytes | None", "cursor"], Any]


def _as_written(value: str | bytes | None, _cursor: cursor) -> str | bytes | None:
    return value


def _if_it_fits(read: _Caster) -> _Caster:
    def read_or_leave(value: str | bytes | None, cursor: cursor) -> Any:
        if value is None or _NO_TIME.search(str(value)):
            return value
        try:
            return read(value, cursor)
        except (ValueError, psycopg2.Error):
            return value

    return read_or_leave


AS_WRITTEN = (
    psycopg2.extensions.new_type(
        (*_INTERVAL_BYTEA_JSON, *_THEIR_ARRAYS), "AS_WRITTEN", _as_written
    ),
    *(
        psycopg2.extensions.new_type((oid,), "TIME_OR_TEXT", _if_it_fits(read))
        for oid, read in _TIMES.items()
    ),
)


def connect(
    parameters: Mapping[str, str],
    where: str,
    factory: type[psycopg2.extensions.connection] | None = None,
) -> psycopg2.extensions.connection:
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
        connection = psycopg2.connect(dsn, connection_factory=factory, **keywords)  # type: ignore[call-overload]
        if connection.get_parameter_status("standard_conforming_strings") == "off":
            # psycopg2 asks how to quote once, when it connects.
            connection.close()
            conforming = "-c standard_conforming_strings=on"
            options = f"{keywords.pop('options', '')} {conforming}"
            keywords["options"] = options
            connection = psycopg2.connect(dsn, connection_factory=factory, **keywords)  # type: ignore[call-overload]
    except psycopg2.Error as error:
        raise connect_failed(error, where) from error
    connection.autocommit = True
    return cast("psycopg2.extensions.connection", connection)
