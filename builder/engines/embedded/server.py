"""The one server of a folder: found, started, stopped, deleted."""

from __future__ import annotations

import os
import signal
import sys
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from builder.engines.embedded.home import DATABASE, HOST, USER, Home
from builder.engines.embedded.root import is_root, remedy
from builder.errors import ConfigError, EngineError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from builder.engines.embedded.home import Postmaster

IDLE_VARIABLE = "BUILDER_IDLE_STOP_SECONDS"
IDLE_SECONDS = 1800.0


@dataclass(frozen=True, slots=True)
class Server:
    """A server that takes clients, and what they need to know; its password is not shown."""

    folder: Path
    host: str
    port: int
    user: str
    database: str
    password: str = field(repr=False)
    pid: int

    @property
    def url(self) -> str:
        """Its address, password included: for libpq, SQLAlchemy and anything that takes a URI."""
        from urllib.parse import quote

        # The wheels are built without SSL: a user's PGSSLMODE must not ask for it.
        return (
            f"postgresql://{quote(self.user, safe='')}:{quote(self.password, safe='')}"
            f"@{self.host}:{self.port}/{quote(self.database, safe='')}?sslmode=disable"
        )


def attach(folder: Path) -> Server | None:
    """The server of this folder if it takes clients now; no lock, no process, no wait.

    It may end of itself before the caller connects; `start` cannot be surprised so.
    """
    with _speaking("use", folder):
        home = Home(folder.absolute())
        found = home.ready()
        return _server(home, found) if found else None


def start(folder: Path) -> tuple[Server, bool]:
    """The server of this folder, started if need be, and whether its database was made just now.

    Raises EngineError with the last words of the log where it cannot be.
    """
    _refuse_platforms()
    idle = _idle_seconds()
    with _speaking("start", folder):
        home = Home(folder.absolute())
        home.make()
        with home.locked():
            try:
                found, fresh = home.ready(), False
                if found is None:
                    from builder.engines.embedded.launch import launch

                    found, fresh = launch(home)
                home.touch()
            finally:
                # After Ctrl-C as well: the server goes on starting, and somebody must end it.
                _watch(home, idle)
            return _server(home, found), fresh


def stop(folder: Path) -> bool:
    """End the server of this folder and wait until it has ended; False if there was none.

    Its clients are disconnected, what they had committed stays.
    """
    home = Home(folder.absolute())
    with _speaking("stop", folder):
        if not home.folder.exists():
            return False
        with home.locked():
            return _end(home)


def reset(folder: Path) -> None:
    """End the server of this folder and delete it with all of its data."""
    home = Home(folder.absolute())
    with _speaking("delete", folder):
        if not home.folder.exists():
            return
        with home.locked():
            _end(home)
            from builder.engines.embedded.cluster import delete

            delete(home)


def _server(home: Home, found: Postmaster) -> Server:
    password = home.password.read_text("ascii").strip()
    return Server(home.folder, HOST, found.port, USER, DATABASE, password, found.pid)


def _end(home: Home) -> bool:
    found = home.postmaster()
    if found is None:
        return False
    # Fast first; a server that hangs is told to drop everything, which its next start mends.
    for how in (signal.SIGINT, signal.SIGQUIT):
        os.kill(found.pid, how)
        if home.freed("alive"):
            # If this very process started it, it is our zombie now.
            with suppress(ChildProcessError):
                os.waitpid(found.pid, 0)
            return True
    raise EngineError(
        f"Cannot stop the embedded Postgres in {home.folder}: it does not end. "
        f"Kill process {found.pid}."
    )


def _watch(home: Home, idle: float) -> None:
    held = home.hold("watcher") if idle and home.lives() else None
    if held is None:
        return
    from builder.engines.embedded.launch import start_watcher

    try:
        start_watcher(home, idle, held)
    finally:
        os.close(held)


def _refuse_platforms() -> None:
    if sys.platform == "win32":
        raise EngineError(
            "Cannot start the embedded Postgres: it needs Linux or macOS. "
            "Use WSL, or set BUILDER_DATABASE_URL."
        )
    if sys.platform != "linux" and is_root():
        raise EngineError(
            "Cannot start the embedded Postgres: Postgres refuses to run for root. "
            "Run as an ordinary user, or set BUILDER_DATABASE_URL."
        )


def _idle_seconds() -> float:
    text = os.environ.get(IDLE_VARIABLE, "") or str(IDLE_SECONDS)
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1.0
    if not 0 <= seconds < float("inf"):
        raise ConfigError(
            f"{IDLE_VARIABLE} is {text!r}: write a number of seconds, or 0 to let the server run."
        )
    return seconds


@contextmanager
def _speaking(verb: str, folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        where = f" ({os.fsdecode(error.filename)})" if error.filename else ""
        reason = f"{error.strerror or error}{where}"
        raise EngineError(
            f"Cannot {verb} the embedded Postgres in {folder}: {reason}. {remedy()}"
        ) from error
