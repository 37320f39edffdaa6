"""Checks that Great Expectations runs, in a process of its own.

Importing it takes 4 to 6 seconds and 230 MiB; there it happens while the warehouse is busy, and
nothing of it (its logging, its warnings, what it prints) reaches this process.
"""

from __future__ import annotations

import importlib.util
import itertools
import logging
import os
import signal
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING, Self

import msgspec

from builder import errors
from builder.errors import BuilderError, ConfigError, EngineError, Problem, QueryFailed, TimedOut
from builder.expectations.messages import Answer, Expectation, Failure, Job, Reply

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import IO

    from builder.engines.reading import SharedRead
    from builder.relation import Relation

__all__ = [
    "Answer",
    "Expectation",
    "Ticket",
    "Worker",
    "is_installed",
    "require_installed",
    "unanswered",
]

# Without -P the working directory would come before everything that is imported.
logger = logging.getLogger(__name__)

_COMMAND = (sys.executable, "-P", "-m", "builder.expectations.worker")
_QUIET = {
    "GX_ANALYTICS_ENABLED": "false",
    "TQDM_DISABLE": "1",  # its progress bars
    "PYTHONWARNINGS": "ignore",
    "OPENBLAS_NUM_THREADS": "1",  # NumPy would start a thread for each processor as it is imported
}
_ENDING = 5.0  # seconds that a killed process may take to end


def is_installed() -> bool:
    """Whether Great Expectations can be imported, found out without doing so."""
    return all(importlib.util.find_spec(name) for name in ("great_expectations", "sqlalchemy"))


def require_installed() -> None:
    """Raises ConfigError where Great Expectations is not installed."""
    if not is_installed():
        hint = "pip install 'summary-builder[expectations]'"
        message = "an `expect` check needs Great Expectations, which is not installed"
        raise ConfigError(Problem(message, hint=hint))


class Worker:
    """The process, which is starting up from now on and ends when this is left.

    Raises ConfigError if Great Expectations is not installed. It ends by itself, and its session
    in the warehouse with it, when this process does. `command` is what is started.
    """

    def __init__(self, command: Sequence[str] = _COMMAND) -> None:
        if command is _COMMAND:
            require_installed()
        self._tickets: dict[int, Ticket] = {}
        self._numbers = itertools.count(1)
        self._ended = False
        self._changing = threading.Lock()
        self._process = subprocess.Popen(  # noqa: S603 -- ourselves
            command,
            env={**os.environ, **_QUIET, "PYTHONPATH": os.pathsep.join(sys.path)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            # Ctrl-C is for us: what becomes of the process, we say.
            start_new_session=True,
        )
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()

    def ask(
        self,
        source: SharedRead,
        relation: Relation,
        expectations: Iterable[Expectation],
        *,
        rows: int = 5,
    ) -> Ticket:
        """Send one job, of which `rows` failing rows of each expectation are wanted.

        Returns at once. What the source reads is opened at once, too; the answers come in the
        order of the jobs.
        """
        ticket = Ticket(next(self._numbers), relation)
        asked = list(expectations)
        job = Job(ticket.number, source, relation.schema, relation.name, asked, rows)
        with self._changing:
            self._tickets[ticket.number] = ticket
            ended = self._ended
        if ended:
            ticket.settle(self._obituary(relation))
            return ticket
        try:
            _input(self._process).write(msgspec.json.encode(job) + b"\n")
            _input(self._process).flush()
        except OSError:
            ticket.settle(self._obituary(relation))
        return ticket

    def close(self) -> None:
        """End the process, whatever it is doing."""
        self._process.kill()
        self._process.wait(_ENDING)
        self._listener.join(_ENDING)
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                try:
                    pipe.close()
                except BrokenPipeError:
                    continue  # what was not sent is of no use any more

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _listen(self) -> None:
        """Settle each ticket as its reply comes, and those that are left when the process ends."""
        decode = msgspec.json.Decoder(Reply).decode
        output = self._process.stdout
        try:
            for line in output or ():
                reply = decode(line)
                self._tickets[reply.number].settle(reply)
        except (msgspec.DecodeError, KeyError):
            # It was ended in the middle of a line.
            logger.debug("a reply was cut off", exc_info=True)
        finally:
            self._process.kill()
            self._process.wait()
            with self._changing:
                self._ended = True
                left = list(self._tickets.values())
            for ticket in left:
                ticket.settle(self._obituary(ticket.relation))

    def _obituary(self, relation: Relation) -> Reply:
        code = self._process.wait(_ENDING)
        how = f"exit code {code}"
        if code < 0:
            name = signal.Signals(-code).name
            how = f"killed by {name}" + (", perhaps for want of memory" if code == -9 else "")
        message = (
            f"the process that runs Great Expectations ended ({how}) before it answered for "
            f"{relation}; run the command again"
        )
        return Reply(0, failure=Failure("QueryFailed", message))


class Ticket:
    """What one job will have been answered."""

    def __init__(self, number: int, relation: Relation) -> None:
        self.number = number
        self.relation = relation
        self._reply: Reply | None = None
        self._settled = threading.Event()

    def settle(self, reply: Reply) -> None:
        """Whoever waits has the reply now; the first one counts."""
        if self._reply is None:
            self._reply = reply
            self._settled.set()

    def answers(self, deadline: float | None = None) -> tuple[Answer, ...]:
        """One answer for each expectation, in their order, once there are answers.

        Raises TimedOut when `deadline`, a `time.monotonic()`, has come; QueryFailed if the process
        has ended; EngineError or Busy if the warehouse cannot be read.
        """
        left = None if deadline is None else max(deadline - time.monotonic(), 0.0)
        self._settled.wait(left)
        if self._reply is None:
            raise TimedOut(Problem("the run was cancelled: it took longer than its `timeout`"))
        if self._reply.failure is not None:
            raise _error(self._reply.failure)
        return self._reply.answers


def unanswered(relation: Relation) -> Ticket:
    """What a job is answered for which there is no Great Expectations."""
    ticket = Ticket(0, relation)
    message = "this needs Great Expectations: pip install 'summary-builder[expectations]'"
    ticket.settle(Reply(0, failure=Failure("QueryFailed", message)))
    return ticket


def _error(failure: Failure) -> BuilderError:
    kind = getattr(errors, failure.kind)
    if kind is errors.Busy:
        return errors.Busy(failure.message, passes=failure.passes)
    if kind is QueryFailed:
        return QueryFailed(Problem(failure.message))
    if issubclass(kind, EngineError):
        return EngineError(failure.message, code=failure.code, passes=failure.passes)
    return ConfigError(failure.message)


def _input(process: subprocess.Popen[bytes]) -> IO[bytes]:
    if process.stdin is None:
        raise AssertionError("it was started with a pipe")
    return process.stdin
