"""Warehouses. This folder is the only place that knows one from another.

`open_engine` turns settings into an Engine; everybody else sees the protocol in `base`.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from builder.errors import ConfigError, EngineError, Problem

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlglot.expressions import Expr

    from builder.engines.base import Engine
    from builder.engines.postgres import PostgresEngine
    from builder.settings import Settings

__all__ = ["dialect_of", "name_of", "open_engine"]

HOME = ".builder"
_POSTGRES = ("postgres", "postgresql")
_PATIENCE, _PAUSE = 5.0, 0.1  # seconds


def dialect_of(settings: Settings) -> str:
    """What the warehouse that the settings name speaks, without connecting to it.

    Raises ConfigError if there is no engine for it.
    """
    kind = settings.database.kind if settings.database else "postgres"
    if kind not in _POSTGRES:
        source = settings.database.source if settings.database else ""
        hint = "only PostgreSQL can be built on so far: postgresql://…"
        raise ConfigError(Problem(f"{source} names a warehouse of the kind `{kind}`", hint=hint))
    return "postgres"


def name_of(dialect: str, node: Expr, words: Sequence[str]) -> str | None:
    """What the warehouse that speaks `dialect` calls a column without a name of its own.

    `words` is the SQL from the expression's first word on; None where the name cannot be told.
    """
    from builder.engines.postgres.naming import name_of

    return name_of(node, words) if dialect in _POSTGRES else None


def open_engine(settings: Settings) -> Engine:
    """The warehouse that the settings name, connected; the embedded one is started if need be.

    Raises EngineError if it cannot be reached, ConfigError if it is none that we know.
    """
    from builder.engines.postgres import PostgresEngine

    dialect_of(settings)
    if settings.database is not None:
        return PostgresEngine(settings.database.parameters, settings.database.source, settings.role)
    from builder.engines.sample import load_sample

    engine = _open_embedded(settings)
    load_sample(engine, settings.project / "sql")
    return engine


def _open_embedded(settings: Settings) -> PostgresEngine:
    """The project's own server; it may be stopping for want of use just now, or recovering."""
    from builder.engines import embedded
    from builder.engines.postgres import PostgresEngine

    deadline = time.monotonic() + _PATIENCE
    while True:
        server, _ = embedded.start(settings.project / HOME / "postgres")
        try:
            return PostgresEngine({"dsn": server.url}, "embedded", settings.role)
        except EngineError:
            if time.monotonic() > deadline:
                raise
        time.sleep(_PAUSE)
