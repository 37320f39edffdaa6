"""Environment, `.env` and `[tool.builder]` of pyproject.toml, to Settings.

Where the warehouse is, the first of these that is set says: `--database URL`, `--connection ID`,
`BUILDER_DATABASE_URL`, libpq's own `PGSERVICE`, `PGHOST`, `PGHOSTADDR`; else the embedded Postgres.
"""

from __future__ import annotations

import os
import re
import tomllib
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, get_args
from urllib.parse import parse_qsl, unquote, urlsplit

import msgspec

from builder.errors import ConfigError, Problem
from builder.summary.keys import FailingRows, nearest

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

EMBEDDED = "embedded"
_LIBPQ = ("PGSERVICE", "PGHOST", "PGHOSTADDR")
_OURS = ("BUILDER_", "AIRFLOW_CONN_")
_IN_URL = re.compile(r"(://[^:/@\s]*:)\S+@")
_IN_TEXT = re.compile(r"(password\s*=\s*)('(?:[^'\\]|\\.)*'|[^\s&'\"]+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Database:
    """Where a warehouse is, and which setting said so.

    `parameters` are libpq's keywords; they hold the password and are in no `repr`.
    """

    source: str
    parameters: Mapping[str, str] = field(repr=False)
    kind: str = "postgres"
    """What it is, in the words of a URL's scheme or of Airflow's `conn_type`."""


class ToolSettings(msgspec.Struct, forbid_unknown_fields=True):
    """`[tool.builder]` of pyproject.toml."""

    dialect: str | None = None
    role: str | None = None
    failing_rows: FailingRows | None = None


@dataclass(frozen=True, slots=True)
class Settings:
    """What holds for every summary of one project; `database` is None for the embedded one."""

    project: Path
    database: Database | None = None
    dialect: str | None = None
    role: str | None = None
    failing_rows: FailingRows | None = None
    environment: Mapping[str, str] = field(default_factory=dict, repr=False)

    def for_connection(self, name: str | None) -> Settings:
        """The same settings with the warehouse that a summary file names.

        What the command line says goes before what a file says.
        """
        if name is None or (self.database and self.database.source.startswith("--")):
            return self
        return replace(self, database=_airflow_connection(self.environment, name))


def load_settings(
    project: Path,
    *,
    database: str | None = None,
    connection: str | None = None,
    environment: Mapping[str, str] = os.environ,
) -> Settings:
    """Read the project's settings.

    Raises ConfigError for a setting that cannot be read; no message holds a password.
    """
    tool = _tool_settings(project)
    found = {**_dotenv(project), **environment}
    return Settings(
        project,
        _database(found, database, connection),
        found.get("BUILDER_DIALECT") or tool.dialect,
        found.get("BUILDER_ROLE") or tool.role,
        _failing_rows(found.get("BUILDER_FAILING_ROWS")) or tool.failing_rows,
        {name: value for name, value in found.items() if name.startswith(_OURS)},
    )


def _failing_rows(said: str | None) -> FailingRows | None:
    if not said:
        return None
    try:
        found: FailingRows = msgspec.convert(said, FailingRows)
    except msgspec.ValidationError as error:
        choices = ", ".join(get_args(FailingRows))
        message = f"BUILDER_FAILING_ROWS={said} means nothing"
        raise ConfigError(Problem(message, hint=f"one of {choices}")) from error
    return found


def masked(text: str) -> str:
    """The text without the passwords of connection strings in it."""
    return _IN_TEXT.sub(r"\1***", _IN_URL.sub(r"\1***@", text))


def _database(
    found: Mapping[str, str], database: str | None, connection: str | None
) -> Database | None:
    if database and connection:
        raise ConfigError("--database and --connection both name a warehouse: give one of them")
    if database == EMBEDDED:
        return None
    if database:
        return _from_url(database, "--database")
    if connection:
        return replace(_airflow_connection(found, connection), source="--connection")
    if url := found.get("BUILDER_DATABASE_URL"):
        return _from_url(url, "BUILDER_DATABASE_URL")
    if name := next((name for name in _LIBPQ if found.get(name)), None):
        return Database(name, {})
    return None


def _from_url(url: str, source: str) -> Database:
    """libpq's keywords of a URL: the URL itself, which libpq reads better than we would."""
    scheme, found, rest = url.partition("://")
    if not found:
        hint = f"write postgresql://user@host:5432/database, or `--database {EMBEDDED}`"
        raise ConfigError(Problem(f"{source} is no URL", hint=hint))
    # libpq ends the password at the last @ before the first /, and repeats a wrong port.
    hosts = rest.partition("/")[0].rpartition("@")[2]
    if any(not re.fullmatch(r"(\[.*\]|[^:]*)(:\d*)?", host) for host in hosts.split(",")):
        raise _no_port(source)
    return Database(source, {"dsn": url}, scheme)


def _no_port(source: str) -> ConfigError:
    """What stands where the port should may be a part of the password: it is not repeated."""
    message = f"{source} cannot be read: what stands where the port should is no port"
    hint = "a / # ? or @ in a password is written %2F %23 %3F %40"
    return ConfigError(Problem(message, hint=hint))


def _airflow_connection(found: Mapping[str, str], name: str) -> Database:
    """Airflow's connection `name`, as its environment variable has it: a URI or JSON.

    https://airflow.apache.org/docs/apache-airflow/stable/howto/connection.html
    """
    variable = f"AIRFLOW_CONN_{name.upper()}"
    text = found.get(variable)
    if not text:
        hint = f"set {variable} to a URI or to JSON, or say --database"
        raise ConfigError(Problem(f"the connection `{name}` is not known", hint=hint))
    kind, parameters = (
        _from_json(text, variable) if text.lstrip().startswith("{") else _from_uri(text, variable)
    )
    given = {key: value for key, value in parameters.items() if value}
    return Database(variable, given, kind)


class _Connection(msgspec.Struct):
    """An Airflow connection as JSON; the names are Airflow's."""

    conn_type: str
    host: str | None = None
    port: int | str | None = None
    login: str | None = None
    password: str | None = None
    schema: str | None = None
    extra: dict[str, Any] | str | None = None


def _from_json(text: str, variable: str) -> tuple[str, dict[str, str]]:
    try:
        read = msgspec.json.decode(text, type=_Connection)
        extra = read.extra or {}
        if isinstance(extra, str):
            extra = msgspec.json.decode(extra, type=dict[str, Any])
    except msgspec.DecodeError as error:
        raise ConfigError(f"{variable} cannot be read as a connection: {error}") from error
    return read.conn_type, {
        "host": read.host or "",
        "port": str(read.port or ""),
        "user": read.login or "",
        "password": read.password or "",
        "dbname": read.schema or "",
        **_libpq_extras(extra),
    }


def _from_uri(text: str, variable: str) -> tuple[str, dict[str, str]]:
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        raise _no_port(variable) from None
    return parts.scheme, {
        "host": unquote(parts.hostname or ""),
        "port": str(port or ""),
        "user": unquote(parts.username or ""),
        "password": unquote(parts.password or ""),
        "dbname": unquote(parts.path.lstrip("/")),
        **_libpq_extras(dict(parse_qsl(parts.query))),
    }


def _libpq_extras(extra: Mapping[str, object]) -> dict[str, str]:
    """Of an Airflow connection's extras, those that are libpq's."""
    ours = ("sslmode", "sslrootcert", "sslcert", "sslkey", "options", "connect_timeout", "service")
    return {name: str(extra[name]) for name in ours if extra.get(name) is not None}


def _dotenv(project: Path) -> dict[str, str]:
    """The builder's own names in `.env`: `NAME=value` lines, with or without quotes or `export`."""
    found = {}
    try:
        text = (project / ".env").read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{project / '.env'} cannot be read: {error}") from error
    for line in text.splitlines():
        match = re.match(r"\s*(?:export\s+)?(\w+)\s*=\s*(.*?)\s*$", line)
        if match and match[1].startswith(_OURS):
            value = match[2]
            quoted = re.fullmatch(r"""(['"])(.*?)\1\s*(?:#.*)?""", value)
            found[match[1]] = quoted[2] if quoted else re.sub(r"\s+#.*", "", value)
    return found


def _tool_settings(project: Path) -> ToolSettings:
    file = project / "pyproject.toml"
    try:
        text = file.read_text(encoding="utf-8")
        tables = tomllib.loads(text) if "builder" in text else {}
    except FileNotFoundError:
        return ToolSettings()
    except (OSError, ValueError) as error:
        raise ConfigError(f"{file} cannot be read: {error}") from error
    above = tables.get("tool", {})
    tool = above.get("builder", {}) if isinstance(above, dict) else above
    if not isinstance(tool, dict):
        raise ConfigError(f"{file}: [tool.builder] is no table")
    unknown = [name for name in tool if name not in ToolSettings.__struct_fields__]
    if unknown:
        message = f"{file}: [tool.builder] has no setting `{unknown[0]}`"
        known = ToolSettings.__struct_fields__
        hint = nearest(unknown[0], known) or f"there are {', '.join(known)}"
        raise ConfigError(Problem(message, hint=hint))
    try:
        return msgspec.convert(tool, ToolSettings)
    except msgspec.ValidationError as error:
        raise ConfigError(f"{file}: [tool.builder]: {error}") from error
