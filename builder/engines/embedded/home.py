"""The folder of one server: what lies where, and whether its processes live.

    .builder/             0700, kept out of version control
        postgres.lock     held by whoever starts, stops or deletes the server
        postgres/         0700
            data/         Postgres's own
            password      0600
            log, log.old  what this server and the one before it said
            alive         held by every process of the server; its time is that of the last use
            watcher       held by the process that ends the server when it is not used

"Held" is flock(2): a lock belongs to an open file, is inherited with it, and the kernel drops
it when the last process that has it open ends, however it ends. So `alive` knows what a pid in
a file cannot: a pid that now belongs to somebody else, a zombie in a container without an init,
backends that outlived their postmaster, a server in another container on the same folder, and a
folder that was moved or copied meanwhile.
"""

from __future__ import annotations

import os
import sys
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from builder.errors import EngineError

if sys.platform != "win32":
    import fcntl

if TYPE_CHECKING:
    from collections.abc import Iterator

PATIENCE = 60.0
"""Seconds for which a server may come up, go down or be held by another command."""

HOST = "127.0.0.1"
USER = "builder"
DATABASE = "warehouse"


@dataclass(frozen=True, slots=True)
class Postmaster:
    """What a server's first process says of itself in `postmaster.pid`."""

    pid: int
    port: int
    status: str

    def exists(self) -> bool:
        """Whether this process is there and is a Postgres: a signal to it reaches no stranger."""
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return False
        except PermissionError:
            pass
        try:
            return b"postgres" in Path(f"/proc/{self.pid}/cmdline").read_bytes()
        except OSError:
            return not Path("/proc/self").exists()


@dataclass(frozen=True, slots=True)
class Home:
    """The files of one server, all of them below `folder` but the lock beside it."""

    folder: Path

    @property
    def data(self) -> Path:
        """Postgres's own folder; it exists once it is complete."""
        return self.folder / "data"

    @property
    def password(self) -> Path:
        """The file with the password, for its owner alone."""
        return self.folder / "password"

    @property
    def log(self) -> Path:
        """What the server says; a line for each client that comes or goes."""
        return self.folder / "log"

    def make(self) -> None:
        """Make the folders, for their owner alone."""
        if not self.folder.parent.exists():
            self.folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self.folder.parent.chmod(0o700)
        if not self.folder.exists():
            self.folder.mkdir(mode=0o700, exist_ok=True)
            self.folder.chmod(0o700)
        ignore = self.folder.parent / ".gitignore"
        if self.folder.parent.name == ".builder" and not ignore.exists():
            ignore.write_text("*\n")

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Nobody else starts, stops or deletes this server meanwhile."""
        lock = os.open(self.folder.with_name(self.folder.name + ".lock"), _OPEN, 0o600)
        try:
            for _ in tries():
                if _hold(lock, exclusively=True):
                    break
            else:
                raise EngineError(
                    f"Cannot use the embedded Postgres in {self.folder}: another command has been "
                    f"starting or stopping it for {PATIENCE:.0f} s. Wait for it, or end it."
                )
            yield
        finally:
            os.close(lock)

    def hold(self, name: str) -> int | None:
        """An open file that holds the lock `name`, for a process to inherit; None if it is held."""
        descriptor = os.open(self.folder / name, _OPEN, 0o600)
        if _hold(descriptor, exclusively=True):
            return descriptor
        os.close(descriptor)
        return None

    def lives(self) -> bool:
        """Whether any process of the server is left."""
        return self.held("alive")

    def held(self, name: str) -> bool:
        """Whether some process holds the lock `name`."""
        try:
            descriptor = os.open(self.folder / name, os.O_RDONLY)
        except (FileNotFoundError, NotADirectoryError):
            return False
        try:
            return not _hold(descriptor, exclusively=False)
        finally:
            os.close(descriptor)

    def postmaster(self) -> Postmaster | None:
        """The server's first process, in whatever state; None if there is none."""
        if not self.lives():
            return None
        try:
            lines = (self.data / "postmaster.pid").read_text("utf-8", "replace").splitlines()
            # The order of the lines is a promise of Postgres's: src/include/utils/pidfile.h.
            found = Postmaster(int(lines[0]), int(lines[3]), lines[7].strip())
        except (FileNotFoundError, ValueError, IndexError):
            return None
        return found if found.exists() else None

    def ready(self) -> Postmaster | None:
        """The server's first process if it takes clients."""
        found = self.postmaster()
        return found if found and found.status == "ready" else None

    def settled(self) -> Postmaster | None:
        """Wait for a server on its way up or down: its postmaster if ready, None if it is gone."""
        for _ in tries():
            if found := self.ready():
                return found
            if not self.lives():
                return None
        found = self.postmaster()
        reasons = {
            "starting": "it is still recovering. Run the same command again in a while",
            "stopping": "it is stopping, but a client is still connected. "
            "Disconnect it, or run builder db stop",
        }
        reason = reasons.get(
            found.status if found else "",
            "processes of the server before still run, perhaps in a container on the same folder. "
            "End them",
        )
        raise EngineError(f"Cannot start the embedded Postgres in {self.folder}: {reason}.")

    def freed(self, name: str) -> bool:
        """Wait until nobody holds the lock `name`; False if somebody still does after PATIENCE."""
        return any(not self.held(name) for _ in tries())

    def touch(self) -> None:
        """Count this moment as a use of the server."""
        with suppress(FileNotFoundError):
            os.utime(self.folder / "alive")

    def last_words(self) -> str:
        """The last lines of the log, to stand in an error."""
        try:
            lines = self.log.read_text("utf-8", "replace").splitlines()
        except FileNotFoundError:
            return "its log is empty"
        return "\n  ".join(lines[-8:]) or "its log is empty"


def tries() -> Iterator[None]:
    """Try at once and then again and again, ever less often, until PATIENCE is at its end."""
    end = time.monotonic() + PATIENCE
    pause = 0.001
    yield
    while time.monotonic() < end:
        time.sleep(pause)
        pause = min(pause * 1.2, 0.05)
        yield


_OPEN = os.O_RDWR | os.O_CREAT


def _hold(descriptor: int, *, exclusively: bool) -> bool:
    kind = fcntl.LOCK_EX if exclusively else fcntl.LOCK_SH
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
