"""Starting processes that outlive the command: the server, and the watcher that ends it."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from builder.engines.embedded import root, watcher
from builder.engines.embedded.cluster import ENVIRONMENT, clear, make
from builder.engines.embedded.home import HOST, tries
from builder.engines.embedded.wheel import programs
from builder.errors import EngineError

if TYPE_CHECKING:
    from builder.engines.embedded.home import Home, Postmaster

ATTEMPTS = 5
# Somebody took the port since we looked; the kernel has not yet taken back a dead server's memory.
PASSING = ("could not create any TCP/IP sockets", "pre-existing shared memory block")


def launch(home: Home) -> tuple[Postmaster, bool]:
    """Start the server; whether its database was made just now. The caller holds the lock.

    It waits for a server that is on its way up or down, and for processes that outlived theirs.
    """
    bin_folder = programs()
    if found := home.settled():
        return found, False
    # The last server's watcher is about to end: it must not be taken for the new one's.
    home.freed("watcher")
    clear(home)
    fresh = not home.data.exists()
    if fresh:
        make(home, bin_folder)
    for _ in range(ATTEMPTS):
        _spawn_postgres(home, bin_folder / "postgres")
        if found := home.settled():
            return found, fresh
        if not any(sign in home.last_words() for sign in PASSING):
            break
    raise EngineError(
        f"Cannot start the embedded Postgres in {home.folder}: {home.last_words()}\n{root.remedy()}"
    )


def start_watcher(home: Home, idle: float, lock: int) -> None:
    """Start the process that ends the server after `idle` seconds without use.

    It holds `lock` as long as it lives.
    """
    # The watcher, to be light, runs without the site's packages and is told where psycopg2 is.
    driver = find_spec("psycopg2")
    packages = str(Path(driver.origin).parent.parent) if driver and driver.origin else ""
    command = [
        sys.executable,
        "-I",
        "-S",
        watcher.__file__,
        "watch",
        str(home.folder),
        str(idle),
        packages,
    ]
    log = os.open(home.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    _detach(command, log, lock)


def _spawn_postgres(home: Home, postgres: Path) -> None:
    # Its pid may be somebody else's by now, and Postgres would take that one for a postmaster.
    (home.data / "postmaster.pid").unlink(missing_ok=True)
    if home.log.exists():
        home.log.replace(home.log.with_name("log.old"))
    command = [str(postgres), "-D", str(home.data), "-p", str(_free_port())]
    if root.is_root():
        command = [*root.becoming(home.data.stat().st_uid, postgres), *command]
    # `attach` and the watcher look at this lock for an instant, so it may take a few tries.
    alive = next((held for _ in tries() if (held := home.hold("alive")) is not None), None)
    if alive is None:
        raise EngineError(
            f"Cannot start the embedded Postgres in {home.folder}: "
            "another one is starting. Try again."
        )
    log = os.open(home.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        _detach(command, log, alive)
    finally:
        os.close(alive)


def _free_port() -> int:
    import socket

    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def _detach(command: list[str], log: int, lock: int) -> None:
    """Run the command in a session of its own: Ctrl-C and a closed terminal do not reach it."""
    try:
        process = subprocess.Popen(  # noqa: S603 - Postgres or ourselves, by their full paths
            command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env=ENVIRONMENT,
            cwd="/",
            umask=0o077,
            start_new_session=True,
            pass_fds=[lock],
        )
    finally:
        os.close(log)
    # It is meant to outlive us: without this, its deletion here would warn that it still runs.
    process.returncode = 0
