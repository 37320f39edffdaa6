"""The embedded path: a new folder, no settings, and a server that is made on first use."""

from __future__ import annotations

import json
import os
import shutil
import signal
from contextlib import suppress
from pathlib import Path
from subprocess import TimeoutExpired
from typing import TYPE_CHECKING, Any

import pytest
from rig import REPOSITORY, Project

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable, Iterator

FIRST = [["2025-01-01", 12.9], ["2025-01-02", 14.4]]


class Fresh(Project):
    """A new project that knows of no database."""

    def environment(self, **more: str) -> dict[str, str]:
        """The environment of somebody who has set nothing."""
        found = super().environment(**more)
        for name in ("BUILDER_DATABASE_URL", "XDG_RUNTIME_DIR", "HOME"):
            found.pop(name, None)
        return found

    @property
    def data(self) -> Path:
        """The folder of the server's own."""
        return self.folder / ".builder" / "postgres" / "data"

    def processes(self) -> list[int]:
        """Every process of this folder's server: its first one, the backends, the watcher."""
        found: dict[int, int] = {}
        ours = set()
        for entry in Path("/proc").iterdir():
            with suppress(OSError, ValueError):
                pid = int(entry.name)
                found[pid] = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
                if os.fsencode(self.data.parent) in (entry / "cmdline").read_bytes():
                    ours.add(pid)
        return [pid for pid, parent in found.items() if pid in ours or parent in ours]


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Callable[..., Fresh]]:
    """Makes a new project folder with the sample and its summaries."""
    made = []

    def make(name: str = "project") -> Fresh:
        project = Fresh(tmp_path / name, "")
        for folder in ("sql", "summaries"):
            shutil.copytree(REPOSITORY / folder, project.folder / folder)
        made.append(project)
        return project

    yield make
    for project in made:
        project.run("db", "stop")
        assert [] == project.processes()


def first_rows(project: Project) -> list[Any]:
    """The first two days of nps_summary."""
    return list(project.json("show", "nps_summary", "--limit", "2")["rows"])


def test_the_first_command_of_a_new_user(fresh: Callable[..., Fresh]) -> None:
    """In a folder with a space and Korean letters, with nothing set: 545 rows, and the verbs."""
    project = fresh("봄 프로젝트")

    built = project.run("build", "nps_summary")

    assert (0, "") == (built.returncode, built.stderr)
    assert "warehouse: embedded: PostgreSQL" in built.stdout
    assert "published 545 rows" in built.stdout
    assert shown_rows(built.stdout) == ["2025-01-01  12.90", "2025-01-02  14.40"]

    verbs = (["start"], ["url"], ["stop"], ["stop"], ["url"], ["reset", "--yes"], ["start"])
    done = [project.run("db", *verb, "--output", "json") for verb in verbs]
    values = [json.loads(one.stdout) for one in done]
    started, url, stopped, not_running, again, reset, anew = values
    assert [0] * len(done) == [one.returncode for one in done]
    assert (True, True) == (started["running"], anew["running"])
    assert ({"stopped": True}, {"stopped": False}) == (stopped, not_running)
    assert {"reset": True} == reset
    password = url["url"].partition("@")[0].rpartition(":")[2]
    assert password in again["url"]
    assert not any(password in one.stdout + one.stderr for one in (built, done[0], done[2]))
    assert (None, 155_670) == (
        project.json("sql", "SELECT to_regclass('analytics.nps_summary')")["rows"][0][0],
        project.json("sql", "SELECT count(*) FROM raw_data.nps")["rows"][0][0],
    )


def shown_rows(text: str) -> list[str]:
    """The first two rows below the heads of the table that a build shows."""
    lines = text.splitlines()
    head = next(i for i, line in enumerate(lines) if line.split() == ["date", "nps"])
    return lines[head + 1 : head + 3]


def test_two_at_once_in_a_new_folder(fresh: Callable[..., Fresh]) -> None:
    """Two commands that both find no server end up with one, and with one sample in it."""
    project = fresh()

    builds = [project.start("build", name) for name in ("nps_summary", "mau_summary")]
    said = [build.communicate(timeout=120) for build in builds]

    assert [0, 0] == [build.returncode for build in builds], said
    assert FIRST == first_rows(project)
    servers = [pid for pid in project.processes() if is_server(pid)]
    assert 1 == len(servers)


def is_server(pid: int) -> bool:
    """Whether a process is the first one of a Postgres."""
    with suppress(OSError):
        return b"postgres\0-D\0" in (Path("/proc") / str(pid) / "cmdline").read_bytes()
    return False


def test_the_same_table_twice_in_a_new_folder(fresh: Callable[..., Fresh]) -> None:
    """Two first builds of one table: one publishes, the other does after it or is told to wait."""
    project = fresh()

    builds = [project.start("build", "nps_summary") for _ in range(2)]
    said = [build.communicate(timeout=120) for build in builds]

    assert [build.returncode for build in builds] in ([0, 0], [0, 4], [4, 0]), said
    assert FIRST == first_rows(project)


def test_after_a_kill_of_everything(fresh: Callable[..., Fresh]) -> None:
    """After a kill -9 of every process of the server, the next command just works."""
    project = fresh()
    assert 0 == project.run("build", "nps_summary").returncode
    processes = project.processes()

    for pid in processes:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    built = project.run("build", "nps_summary")

    assert len(processes) > 2
    assert 0 == built.returncode, built.stderr
    assert FIRST == first_rows(project)
    assert 2 == len(project.json("history", "nps_summary"))


def until(condition: Callable[[], bool], process: subprocess.Popen[str]) -> None:
    """Wait until something is there that a command makes; the command may not end before."""
    while not condition():
        with suppress(TimeoutExpired):
            process.wait(timeout=0.002)
            raise AssertionError(process.communicate()[1])


@pytest.mark.parametrize("moment", ["making the folder", "starting", "loading the sample"])
def test_killed_on_its_first_use(moment: str, fresh: Callable[..., Fresh]) -> None:
    """A kill -9 of the first command, however far it has come, costs the next one nothing."""
    project = fresh()
    reached = {
        "making the folder": lambda: (
            project.data.parent.is_dir() and any(project.data.parent.glob("making-*"))
        ),
        "starting": project.data.is_dir,
        "loading the sample": (project.data / "postmaster.pid").exists,
    }

    first = project.start("build", "nps_summary")
    until(reached[moment], first)
    os.killpg(first.pid, signal.SIGKILL)
    first.communicate(timeout=60)
    built = project.run("build", "nps_summary")

    assert 0 == built.returncode, built.stderr
    assert FIRST == first_rows(project)
    assert 155_670 == project.json("sql", "SELECT count(*) FROM raw_data.nps")["rows"][0][0]
