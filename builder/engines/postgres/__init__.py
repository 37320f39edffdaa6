"""PostgreSQL 15 to 18: lock, stage, describe a table, publish."""

from builder.engines.postgres.engine import PostgresEngine

__all__ = ["PostgresEngine"]
