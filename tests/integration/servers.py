"""Servers that tests start beside the embedded one: Debian's PostgreSQL 15, and a PgBouncer.

All listen on the loopback only, ask for a password, and end with the test that started them.
None runs for root, so root's are started as `nobody`.
"""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit, urlunsplit

import psycopg2
import pytest
from integration.warehouse import at, until

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

POSTGRES15 = Path("/usr/lib/postgresql/15/bin")
PGBOUNCER = shutil.which("pgbouncer", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
POOL_SIZE = 10
NOBODY: dict[str, Any] = (
    {"user": "nobody", "group": "nogroup", "extra_groups": []} if os.geteuid() == 0 else {}
)

with_postgres15 = pytest.mark.skipif(
    not (POSTGRES15 / "postgres").exists(), reason="Debian's postgresql-15 is not installed"
)
with_pgbouncer = pytest.mark.skipif(PGBOUNCER is None, reason="PgBouncer is not installed")


@contextmanager
def postgres15(*settings: str) -> Iterator[str]:
    """A new PostgreSQL 15, with libxml and such settings; the address of its administrator."""
    password = secrets.token_hex()
    with _folder({"password": password}) as folder:
        _make(
            [
                POSTGRES15 / "initdb",
                *("--pgdata", folder / "data", "--username", "postgres", "--encoding", "UTF8"),
                *("--auth", "scram-sha-256", "--pwfile", folder / "password"),
                *("--no-locale", "--no-sync", "--no-instructions"),
            ],
            folder,
        )
        port = _free_port()
        url = f"postgresql://postgres:{password}@127.0.0.1:{port}/postgres"
        with _postgres(folder, url, port, settings):
            yield url


@contextmanager
def standby15(primary: str, *settings: str) -> Iterator[str]:
    """A standby that streams from the PostgreSQL 15 at `primary`; the same address at its port.

    What synchronous_standby_names calls it is its `cluster_name`.
    """
    with _folder({}) as folder:
        _make(
            [
                POSTGRES15 / "pg_basebackup",
                *("--dbname", primary, "--pgdata", folder / "data", "--write-recovery-conf"),
                *("--checkpoint", "fast", "--no-sync"),
            ],
            folder,
        )
        port = _free_port()
        url = at(primary, port=port)
        with _postgres(folder, url, port, settings):
            yield url


@contextmanager
def database_on(server: str, name: str, tablespace: str = "pg_default") -> Iterator[str]:
    """A new database of that server; its address."""
    with closing(psycopg2.connect(server)) as administrator:
        administrator.autocommit = True
        administrator.cursor().execute(f"CREATE DATABASE {name} TABLESPACE {tablespace}")
        try:
            yield urlunsplit(urlsplit(server)._replace(path=f"/{name}"))
        finally:
            administrator.cursor().execute(f"DROP DATABASE {name} WITH (FORCE)")


@contextmanager
def small_disk(megabytes: int) -> Iterator[Path]:
    """A folder of the servers' own that holds so much and no more; skips where none can be made."""
    owner = f",uid={NOBODY['user']},gid={NOBODY['group']}" if NOBODY else ""
    options = f"size={megabytes}m,mode=700{owner}"
    mount, unmount = shutil.which("mount"), shutil.which("umount")
    if mount is None or unmount is None:
        pytest.skip("there is no mount here, so no small disk")
    with _folder({}) as folder:
        command: list[str | Path] = [mount, "-t", "tmpfs", "-o", options, "tmpfs", folder]
        mounted = subprocess.run(command, capture_output=True, check=False, text=True)
        if mounted.returncode:
            pytest.skip(f"no small disk can be mounted here: {mounted.stderr.strip()}")
        try:
            yield folder
        finally:
            subprocess.run([unmount, folder], check=True)


@contextmanager
def pgbouncer(url: str) -> Iterator[str]:
    """A PgBouncer in transaction mode before the database at `url`; the same address behind it."""
    parts = urlsplit(url)
    port = _free_port()
    files = {
        "pgbouncer.ini": f"""
[databases]
* = host={parts.hostname} port={parts.port}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = scram-sha-256
auth_file = {{folder}}/users
pool_mode = transaction
default_pool_size = {POOL_SIZE}
""",
        "users": f'"{parts.username}" "{unquote(parts.password or "")}"\n',
    }
    pooled = at(url, port=port)
    with _folder(files) as folder:
        assert PGBOUNCER is not None
        with _running([PGBOUNCER, folder / "pgbouncer.ini"], folder, pooled):
            yield pooled


def _make(command: Sequence[str | Path], folder: Path) -> None:
    """Run what makes a server's data directory."""
    made = subprocess.run(
        command, cwd=folder, capture_output=True, check=False, text=True, **NOBODY
    )
    assert (0, "") == (made.returncode, made.stderr)


@contextmanager
def _postgres(folder: Path, url: str, port: int, settings: Sequence[str]) -> Iterator[None]:
    """The server of the data directory that has been made in the folder."""
    ours = ("listen_addresses=127.0.0.1", "unix_socket_directories=", "fsync=off")
    command: list[str | Path] = [POSTGRES15 / "postgres", "-D", folder / "data", "-p", str(port)]
    command += [word for setting in (*ours, *settings) for word in ("-c", setting)]
    with _running(command, folder, url):
        yield


@contextmanager
def _running(command: Sequence[str | Path], folder: Path, url: str) -> Iterator[None]:
    """The command, once its server lets us in and until the body has ended."""
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(command, cwd=folder, stdout=log, stderr=log, **NOBODY)
    try:
        until(lambda: _answers(url) or process.poll() is not None)
        assert process.poll() is None, (folder / "log").read_text()
        yield
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(timeout=60)


def _answers(url: str) -> bool:
    try:
        psycopg2.connect(url).close()
    except psycopg2.OperationalError:
        return False
    return True


@contextmanager
def _folder(files: dict[str, str]) -> Iterator[Path]:
    """A folder of the server's own: pytest's are closed to `nobody`."""
    with tempfile.TemporaryDirectory(prefix="builder-test-") as name:
        folder = Path(name)
        for file, content in files.items():
            (folder / file).write_text(content.replace("{folder}", name))
        if NOBODY:
            for path in (folder, *folder.iterdir()):
                shutil.chown(path, NOBODY["user"], NOBODY["group"])
        yield folder


def _free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        port: int = listening.getsockname()[1]
        return port
