"""The process beside a server that ends it when nobody uses it; run as a script.

    watcher.py watch FOLDER SECONDS PACKAGES    wait, ask, end the server
    watcher.py clients PACKAGES                 exit 0 if no client is connected

It sleeps in the kernel until the server has ended or may be out of use. "Used" is written in two
files' times: the log's, to which Postgres adds a line for each client that comes or goes, and
`alive`'s, which every command that asks for the server touches. Only when both are old is the
server asked, in a process of its own, for clients that have been connected all along. It is ended
with SIGTERM, by which Postgres serves those to the end that came in the very last instant.

Few imports (no pathlib), no site packages: it stays in memory as long as the server.
"""

# ruff: noqa: PTH109, PTH110, PTH116, PTH119, PTH123

from __future__ import annotations

import fcntl
import os
import signal
import sys
import time

LOG_BYTES = 16 * 1024 * 1024


def watch(seconds: float, packages: str) -> None:
    """End the server of the current folder after `seconds` without use."""
    alive = os.open("alive", os.O_RDONLY)
    left = seconds
    while not _ended(alive, left):
        _trim_log()
        left = seconds - _quiet()
        if left > 0:
            continue
        # With the lock, no command can be about to use what is about to end.
        lock = os.open("../" + os.path.basename(os.getcwd()) + ".lock", os.O_RDWR)
        fcntl.flock(lock, fcntl.LOCK_EX)
        if _quiet() >= seconds and not _ended(alive, 0.01) and _unused(packages):
            os.kill(_pid_and_port()[0], signal.SIGTERM)
            left = 3600.0
        else:
            left = seconds
        os.close(lock)


def clients(packages: str) -> int:
    """How many clients are connected to the server of the current folder."""
    sys.path.append(packages)
    import psycopg2

    with open("password", encoding="ascii") as file:
        password = file.read().strip()
    connection = psycopg2.connect(
        host="127.0.0.1",
        port=_pid_and_port()[1],
        user="builder",
        password=password,
        dbname="warehouse",
        sslmode="disable",
        connect_timeout=5,
        application_name="summary-builder watcher",
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity "
            "WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
        )
        return int(cursor.fetchall()[0][0])


def _ended(alive: int, within: float) -> bool:
    """Whether the last process of the server ended within so many seconds; waits without waking."""
    try:
        signal.signal(signal.SIGALRM, _ring)
        signal.setitimer(signal.ITIMER_REAL, max(within, 0.01))
        fcntl.flock(alive, fcntl.LOCK_SH)
        signal.setitimer(signal.ITIMER_REAL, 0)
    except TimeoutError:
        fcntl.flock(alive, fcntl.LOCK_UN)
        return False
    return True


def _ring(*_: object) -> None:
    raise TimeoutError


def _quiet() -> float:
    """Seconds since the last use; one in the future, after a change of the clock, is now."""
    used = [os.stat(name).st_mtime for name in ("log", "alive") if os.path.exists(name)]
    return max(time.time() - max(used, default=0.0), 0.0)


def _unused(packages: str) -> bool:
    """Whether nobody is connected; a server that does not answer is left alone."""
    question = [sys.executable, "-I", "-S", __file__, "clients", packages]
    try:
        pid = os.posix_spawn(sys.executable, question, os.environ)
    except FileNotFoundError:
        # The environment that started the server is deleted: nobody is left to ask it.
        return True
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0


def _pid_and_port() -> tuple[int, int]:
    with open("data/postmaster.pid", encoding="utf-8", errors="replace") as file:
        lines = file.read().splitlines()
    return int(lines[0]), int(lines[3])


def _trim_log() -> None:
    # Each client adds two lines, and a server that is used every minute is never started again.
    if os.path.exists("log") and os.stat("log").st_size > LOG_BYTES:
        used = os.stat("log").st_mtime
        os.truncate("log", 0)
        os.utime("log", (used, used))


if __name__ == "__main__":
    if sys.argv[1] == "watch":
        # A folder that is renamed meanwhile keeps its watcher.
        os.chdir(sys.argv[2])
        watch(float(sys.argv[3]), sys.argv[4])
    else:
        sys.exit(min(clients(sys.argv[2]), 1))
