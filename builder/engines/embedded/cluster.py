"""Making Postgres's own folder, once: all of it under another name, then renamed."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

from builder.engines.embedded import root
from builder.engines.embedded.home import DATABASE, USER
from builder.errors import EngineError

if TYPE_CHECKING:
    from pathlib import Path

    from builder.engines.embedded.home import Home

ENVIRONMENT = {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}
"""Nothing that the server sees is the user's: no PG*, no locale, no other program's secrets."""

SETTINGS = """
# What summary-builder sets. Change it with ALTER SYSTEM.
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
wal_level = minimal               # no replica, no base backup: tables are made in 0.77 of the time
max_wal_senders = 0
# Without "$user": the role is called as the journal's schema is, and a table without a schema
# would be made there.
search_path = 'public'
timezone = 'UTC'
log_timezone = 'UTC'
lc_messages = 'C'
log_line_prefix = '%m [%p] '
# The watcher reads the log's time: it must change when a client comes or goes, and only then.
log_connections = 'authorization'
log_disconnections = on
log_checkpoints = off
log_autovacuum_min_duration = -1
"""

# POSIX segments live in /dev/shm, of which Docker gives 64 MB: too little for parallel queries.
LINUX_SETTINGS = "dynamic_shared_memory_type = sysv\n"

HBA = "host all all 127.0.0.1/32 scram-sha-256\n"

INITDB = (
    f"--username={USER}",
    "--auth=scram-sha-256",
    "--encoding=UTF8",
    "--locale=C",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    "--no-instructions",
)

MAKING = "making-"

# initdb cuts longer paths off (MAXPGPATH is 1,024) and would go on in some other folder.
PATH_BYTES = 900


def make(home: Home, programs: Path) -> None:
    """Make the folder with the role `builder`, a password and the database `warehouse`."""
    making = home.folder / (MAKING + os.urandom(4).hex())
    if not root.has_name():
        raise EngineError(
            f"Cannot make the embedded Postgres in {home.folder}: user {os.geteuid()} has no name "
            "in /etc/passwd, and Postgres's initdb insists on one. Add it, run as another user, "
            "or set BUILDER_DATABASE_URL."
        )
    if len(os.fsencode(making)) > PATH_BYTES:
        raise EngineError(
            f"Cannot make the embedded Postgres in {home.folder}: the path is longer than "
            f"the {PATH_BYTES} bytes that Postgres can hold. Move the project, "
            "or set BUILDER_DATABASE_URL."
        )
    making.mkdir(mode=0o700)
    making.chmod(0o700)
    _write_password(home)
    uid = root.named_uid()
    if root.is_root():
        os.chown(making, uid, uid)
    as_user = root.becoming(uid, programs / "initdb") if root.is_root() else []
    _run(
        [
            *as_user,
            str(programs / "initdb"),
            "-D",
            str(making),
            f"--pwfile={home.password}",
            *INITDB,
        ],
        home,
    )
    _configure(making)
    # A copy of the template would take as long as a third of initdb; a rename takes 30 ms.
    rename = f"ALTER DATABASE postgres RENAME TO {DATABASE};\n"
    _run(
        [*as_user, str(programs / "postgres"), "--single", "-D", str(making), "template1"],
        home,
        rename,
    )
    if root.is_root():
        root.give(making, root.unused_uid())
    making.rename(home.data)


def clear(home: Home) -> None:
    """Delete what makers and deleters left that were killed."""
    for left in home.folder.glob(MAKING + "*"):
        shutil.rmtree(left, ignore_errors=True)


def delete(home: Home) -> None:
    """Delete the folder; killed halfway, it leaves nothing that looks like a server's."""
    if home.data.exists():
        home.data.rename(home.folder / (MAKING + os.urandom(4).hex()))
    shutil.rmtree(home.folder)


def _write_password(home: Home) -> None:
    new = home.password.with_name("password.new")
    new.unlink(missing_ok=True)
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(os.urandom(24).hex() + "\n")
        file.flush()
        os.fsync(descriptor)
    new.replace(home.password)


def _configure(data: Path) -> None:
    settings = SETTINGS + (LINUX_SETTINGS if sys.platform == "linux" else "")
    for name, mode, text in (("postgresql.conf", "a", settings), ("pg_hba.conf", "w", HBA)):
        with (data / name).open(mode, encoding="ascii") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())


def _run(command: list[str], home: Home, statement: str = "") -> None:
    done = subprocess.run(  # noqa: S603 - the wheel's programs, by their full paths
        command,
        input=statement,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        env=ENVIRONMENT,
        cwd="/",
        umask=0o077,
        check=False,
    )
    # A single-user Postgres exits with 0 even after an error.
    if done.returncode != 0 or "ERROR:" in done.stdout:
        said = "\n  ".join(done.stdout.strip().splitlines()[-8:]) or f"exit {done.returncode}"
        raise EngineError(
            f"Cannot make the embedded Postgres in {home.folder}: {said}\n{root.remedy()}"
        )
