"""One kill after the other: of the builder at a statement or any moment, and of the server."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from contextlib import suppress
from typing import TYPE_CHECKING

import psycopg2

from benchmarks.publish.project import PATIENCE, rows, wait_until
from benchmarks.publish.state import State, WrongError

if TYPE_CHECKING:
    import random

    from psycopg2.extensions import connection

    from benchmarks.publish.project import Project

VICTIM = "benchmarks.publish.victim"
MOST_STATEMENTS = 500
"""A victim that has sent so many was not to be killed at all: something is wrong with it."""
DONE, FAILED = 0, 3
_PROCESSES = "SELECT pid FROM pg_stat_activity"


class Killing:
    """The table, and what is killed over it; raises WrongError, `doing` says at what."""

    def __init__(self, project: Project, chance: random.Random) -> None:
        self.doing = "before any kill"
        self.exits: Counter[int] = Counter()
        self._project, self._chance = project, chance
        self._version = 0
        self._state = State(project.connect())
        self._build_next(None, seen=False)
        victim, version = self._started("build")
        self._wait_for_session(victim)
        begun = time.perf_counter()
        victim.wait(PATIENCE)
        self._longest = time.perf_counter() - begun
        """Seconds from a build's first session to its end."""
        self._look(victim, version, Counter(), hit=False)

    def at_each_statement(self, verb: str, moment: str, every: int) -> Counter[str]:
        """Kill a command at its first statement, then at its second …, until it meets its end."""
        counts: Counter[str] = Counter()
        for number in range(1, MOST_STATEMENTS, every):
            self._say(f"{verb}, killed {moment} statement {number}")
            victim, version = self._started(verb, moment, number)
            victim.wait(PATIENCE)
            self._look(victim, version, counts, hit=victim.returncode != DONE)
            if victim.returncode == DONE:
                return counts
        raise WrongError(f"a {verb} of more than {MOST_STATEMENTS} statements")

    def at_random(self, kills: int) -> Counter[str]:
        """Kill builds at any moment with the server, half of them with their process group."""
        counts: Counter[str] = Counter()
        for number in range(1, kills + 1):
            self._say(f"build, random kill {number} of {kills}")
            victim, version = self._started("build")
            self._wait_for_any_moment(victim)
            if victim.poll() is None:
                (os.killpg if self._chance.random() < 0.5 else os.kill)(victim.pid, signal.SIGKILL)
                victim.wait()
            self._look(victim, version, counts, hit=victim.returncode != DONE)
        return counts

    def of_the_server(self, kills: int) -> Counter[str]:
        """Kill the server under builds, which try again, or end by themselves and say so."""
        counts: Counter[str] = Counter()
        for number in range(1, kills + 1):
            how = self._chance.choice((_kill_one, _kill_all, _shut_down))
            self._say(f"server {how.__name__.strip('_')}, {number} of {kills}")
            victim, version = self._started("build")
            self._wait_for_any_moment(victim)
            hit = victim.poll() is None
            how(self._project, self._state.session, self._chance)
            wait_until(self._is_cut_off, "the server has ended our session")
            self._state.session = self._project.reconnect()
            victim.wait(PATIENCE)
            self.exits[victim.returncode] += hit
            self._look(victim, version, counts, hit=hit)
        return counts

    def _started(self, verb: str, *moment: object) -> tuple[subprocess.Popen[str], int]:
        """A command that may be killed, and the version that it would make live."""
        if verb == "build":
            self._version += 1
            version, more = self._version, ["--param", f"version={self._version}"]
        else:
            version, more = self._state.history[-2], []
        words = [*moment, verb, "numbers", *more]
        victim = self._project.start(*words, module=VICTIM if moment else "builder")
        self._state.started(victim.pid, version)
        return victim, version

    def _look(
        self, victim: subprocess.Popen[str], version: int, counts: Counter[str], *, hit: bool
    ) -> None:
        """What must hold now, and after the next build."""
        begun = time.monotonic()
        theirs = self._state.sessions()
        now = self._state.require_whole(version)
        is_done = victim.returncode == DONE
        if is_done and now != version:
            raise WrongError(f"exit 0, but live is {now} and not {version}")
        if not is_done and victim.returncode not in (-signal.SIGKILL, FAILED):
            raise WrongError(f"exit {victim.returncode}")
        counts[("new" if now == version else "old") if hit else "not hit"] += 1
        counts["kills"] += hit
        self._build_next(version, seen=now == version)
        self._state.require_gone(theirs, begun)

    def _build_next(self, between: int | None, *, seen: bool) -> None:
        """A build that nobody disturbs; it must publish, whatever was killed before it."""
        self._version += 1
        words = ["build", "numbers", "--param", f"version={self._version}"]
        process = self._project.start(*words, stderr=subprocess.PIPE)
        self._state.started(process.pid, self._version)
        _, said = process.communicate(timeout=PATIENCE)
        if process.returncode != DONE:
            raise WrongError(f"the next build: exit {process.returncode}: {said}")
        self._state.require_published(self._version, between, seen=seen)

    def _wait_for_session(self, victim: subprocess.Popen[str]) -> None:
        wait_until(lambda: victim.poll() is not None or self._state.sessions(), "it connects")

    def _wait_for_any_moment(self, victim: subprocess.Popen[str]) -> None:
        self._wait_for_session(victim)
        with suppress(subprocess.TimeoutExpired):
            victim.wait(self._chance.uniform(0, self._longest))

    def _is_cut_off(self) -> bool:
        try:
            rows(self._state.session, "SELECT 1")
        except psycopg2.Error:
            return True
        return False

    def _say(self, doing: str) -> None:
        self.doing = doing
        print(doing, file=sys.stderr, flush=True)


def _kill_one(project: Project, session: connection, chance: random.Random) -> None:
    """kill -9 of one of the server's processes: it drops all clients and recovers by itself."""
    pids = [pid for (pid,) in rows(session, _PROCESSES)]
    for pid in chance.sample(pids, len(pids)):
        # A builder's may have ended since we asked.
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
            return


def _kill_all(project: Project, session: connection, _chance: random.Random) -> None:
    """kill -9 of the whole server, as a machine does that loses its power."""
    for pid in (project.server.pid, *(pid for (pid,) in rows(session, _PROCESSES))):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def _shut_down(project: Project, _session: connection, _chance: random.Random) -> None:
    """An immediate shutdown: the server ends at once, and has to recover at its next start."""
    os.kill(project.server.pid, signal.SIGQUIT)
