"""The process that runs Great Expectations: jobs come in by stdin, answers go out by stdout.

It ends with the process that has started it: stdin ends then. A job's source is opened as soon as
the job has come, while Great Expectations is still being imported: a snapshot's moment can be
read only as long as it is open, and the sooner its tables are locked the better.
"""

from __future__ import annotations

import importlib
import os
import queue
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, BinaryIO

import msgspec

from builder.errors import BuilderError
from builder.expectations.messages import Answer, Failure, Job, Reply

if TYPE_CHECKING:
    from builder.engines.reading import SharedRead

    Opened = tuple[Job, Future[Any]]


def main() -> None:
    """Answer jobs until there is nobody to answer any more."""
    jobs, replies = _pipes()
    opened: queue.SimpleQueue[Opened] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(jobs, opened), daemon=True).start()
    failure = _import()
    while True:
        job, connection = opened.get()
        replies.write(_encoded(job, failure) if failure else _reply(job, connection))
        replies.flush()


def _pipes() -> tuple[BinaryIO, BinaryIO]:
    """Both pipes, out of reach of whatever a library reads or prints."""
    jobs, replies = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(nowhere, number)
    return jobs, replies


def _listen(jobs: BinaryIO, opened: queue.SimpleQueue[Opened]) -> None:
    """Open the source of each job as it comes; end the process where there will be none."""
    decode = msgspec.json.Decoder(Job).decode
    openers = ThreadPoolExecutor()
    try:
        for line in jobs:
            job = decode(line)
            opened.put((job, openers.submit(_open, job.source)))
    finally:
        os._exit(0)


def _open(source: SharedRead) -> Any:
    """The DB-API connection of a source."""
    module, _, function = source.opener.partition(":")
    return getattr(importlib.import_module(module), function)(source.arguments)


def _import() -> Failure | None:
    """Import Great Expectations; why that cannot be done, if so."""
    try:
        importlib.import_module("builder.expectations.batch")
    except Exception as error:  # noqa: BLE001 -- whatever it is, it is told
        return Failure(
            "ConfigError",
            "Great Expectations is installed but cannot be imported: "
            f"{type(error).__name__}: {error}. Install it again: "
            "pip install --upgrade 'summary-builder[expectations]'",
        )
    return None


def _reply(job: Job, connection: Future[Any]) -> bytes:
    try:
        return _encoded(job, _answers(job, connection.result()))
    except BuilderError as error:
        code, passes = getattr(error, "code", ""), getattr(error, "passes", False)
        failure = Failure(type(error).__name__, str(error), code, passes)
    except Exception as error:  # noqa: BLE001 -- whatever it is, it is told, and the next job comes
        words = f"Cannot check {job.schema}.{job.table}: {type(error).__name__}: {error}"
        failure = Failure("EngineError", words)
    return _encoded(job, failure)


def _encoded(job: Job, outcome: list[Answer] | Failure) -> bytes:
    if isinstance(outcome, Failure):
        reply = Reply(job.number, failure=outcome)
    else:
        reply = Reply(job.number, tuple(outcome))
    return msgspec.json.encode(reply) + b"\n"


def _answers(job: Job, connection: Any) -> list[Answer]:
    from builder.expectations.batch import Batch

    try:
        batch = Batch(job.source.dialect, connection, job.schema, job.table, job.rows)
        return batch.answers(job.expectations)
    finally:
        # Before the answers are told: whoever waits for them may want to change the table.
        connection.close()


if __name__ == "__main__":
    main()
