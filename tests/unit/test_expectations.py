"""The process that runs Great Expectations, as it is asked: a stand-in answers here."""

from __future__ import annotations

import datetime
import os
import signal
import subprocess
import sys
import threading
import time
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from builder.engines.reading import SharedRead
from builder.errors import Busy, ConfigError, EngineError, QueryFailed
from builder.expectations import Expectation, Worker
from builder.expectations.values import LONGEST, plain
from builder.relation import Relation

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Child = Callable[[str], Worker]

TABLE = Relation("analytics", "temp_nps")
SOURCE = SharedRead("postgresql+psycopg2", "module:function", {"password": "a $b"})
RIGHT, WRONG = Expectation("right", {"column": "a"}), Expectation("wrong", {"column": "한글"})
# Says of each expectation whether it is called `right`, and what it has been given.
OBEYS = """
import json, sys
for line in sys.stdin:
    job = json.loads(line)
    answers = [
        {"success": one["expect"] == "right", "observed": [one["arguments"], job["table"]]}
        for one in job["expectations"]
    ]
    print(json.dumps({"number": job["number"], "answers": answers}), flush=True)
"""
FAILS = """
import json, sys
for line in sys.stdin:
    failure = {"kind": KIND, "message": "Cannot.", "code": "55P03", "passes": True}
    print(json.dumps({"number": json.loads(line)["number"], "failure": failure}), flush=True)
"""
HANGS = "import sys; sys.stdin.readline(); sys.stdin.readline()"
TEARS = """
import os, signal, sys
sys.stdin.readline()
print('{"number": 1, "answ', end="", flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""
DIES = "import os, signal, sys; sys.stdin.readline(); os.kill(os.getpid(), signal.SIGKILL)"


@pytest.fixture
def child(tmp_path: Path) -> Child:
    """Starts a stand-in."""

    def start(program: str) -> Worker:
        file = tmp_path / "child.py"
        file.write_text(program, encoding="utf-8")
        return Worker([sys.executable, str(file)])

    return start


def test_answers_come_in_the_order_of_the_expectations(child: Child) -> None:
    """Each expectation has its own answer, each job its own ticket, whichever is asked first."""
    with child(OBEYS) as worker:
        first = worker.ask(SOURCE, TABLE, [RIGHT, WRONG])
        second = worker.ask(SOURCE, Relation("", "nps"), [WRONG])

        assert [(False, [{"column": "한글"}, "nps"])] == [
            (one.success, one.observed) for one in second.answers()
        ]
        assert [
            (True, [{"column": "a"}, "temp_nps"]),
            (False, [{"column": "한글"}, "temp_nps"]),
        ] == [(one.success, one.observed) for one in first.answers()]


@pytest.mark.parametrize(
    ("kind", "error"), [("EngineError", EngineError), ("Busy", Busy), ("ConfigError", ConfigError)]
)
def test_failure_of_a_job_is_an_error_of_ours(
    child: Child, kind: str, error: type[Exception]
) -> None:
    """Where a source cannot be opened, the error is what it would have been here."""
    with child(FAILS.replace("KIND", repr(kind))) as worker:
        ticket = worker.ask(SOURCE, TABLE, [RIGHT])

        with pytest.raises(error, match=r"^Cannot\.$"):
            ticket.answers()


def test_process_that_dies_is_told_with_the_table(child: Child) -> None:
    """A killed process answers no job, neither one that waits nor one that comes after."""
    with child(DIES) as worker:
        waiting = worker.ask(SOURCE, TABLE, [RIGHT])
        with pytest.raises(QueryFailed) as told:
            waiting.answers()
        with pytest.raises(QueryFailed) as told_later:
            worker.ask(SOURCE, TABLE, [RIGHT]).answers()

    assert (
        "the process that runs Great Expectations ended (killed by SIGKILL, perhaps for want of "
        "memory) before it answered for analytics.temp_nps; run the command again"
    ) == str(told.value)
    assert str(told.value) == str(told_later.value)


def test_waiting_ends_at_the_deadline(child: Child) -> None:
    """A deadline that has come ends the wait as it ends any statement."""
    with child(HANGS) as worker:
        ticket = worker.ask(SOURCE, TABLE, [RIGHT])

        with pytest.raises(QueryFailed, match="it took longer than its `timeout`"):
            ticket.answers(time.monotonic() + 0.01)


def test_reply_that_is_cut_off_is_none(child: Child) -> None:
    """A process that dies in the middle of a line leaves nobody waiting."""
    with child(TEARS) as worker:
        ticket = worker.ask(SOURCE, TABLE, [RIGHT])
        with pytest.raises(QueryFailed, match="ended"):
            ticket.answers()


def test_signal_ends_the_wait_and_leaving_the_process(child: Child) -> None:
    """What a signal's handler raises ends the wait at once; leaving kills the process."""
    with child(HANGS) as worker:
        ticket = worker.ask(SOURCE, TABLE, [RIGHT])
        threading.Timer(0.05, lambda: os.kill(os.getpid(), signal.SIGINT)).start()
        with pytest.raises(KeyboardInterrupt):
            ticket.answers()

    with pytest.raises(QueryFailed, match="killed by SIGKILL"):
        ticket.answers()


def test_nothing_heavy_is_imported_to_ask() -> None:
    """Asking, and finding out whether one can ask, loads nothing of what runs over there."""
    program = """
import sys
from builder import expectations
heavy = {"great_expectations", "sqlalchemy", "pandas", "numpy", "psycopg2"} & set(sys.modules)
print(expectations.is_installed(), heavy)
"""
    found = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)

    assert b"True set()" == found.stdout.strip()


def test_missing_package_is_told_with_its_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without Great Expectations no process is started, and the remedy is the command to run."""
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)

    with pytest.raises(ConfigError) as told:
        Worker()

    assert (
        "an `expect` check needs Great Expectations, which is not installed "
        "(pip install 'summary-builder[expectations]')"
    ) == str(told.value)


NUMBER = {"type": "comparison", "column": {"name": "a"}, "operator": ">", "parameter": 5}
KOREAN = {"type": "comparison", "column": {"name": "채 널"}, "operator": "==", "parameter": "한국"}


class _Text(str):
    """What a library may call a text."""

    __slots__ = ()


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (Decimal("12345678901234567890.10"), "12345678901234567890.10"),
        (float("nan"), "NaN"),
        (float("-inf"), "-Infinity"),
        (Decimal("NaN"), "NaN"),
        (1 << 70, str(1 << 70)),
        (True, True),
        (0.1, 0.1),
        (datetime.date(2025, 1, 31), "2025-01-31"),
        (datetime.datetime(2025, 1, 31, tzinfo=datetime.UTC), "2025-01-31T00:00:00+00:00"),
        (b"\x00\xff", "\\x00ff"),
        ({"a": (1, Decimal("1.50"))}, {"a": [1, "1.50"]}),
        (list(range(LONGEST + 2)), [*range(LONGEST), "… and 2 more"]),
    ],
)
def test_values_keep_every_digit_as_json(value: object, expected: object) -> None:
    """A value that JSON has no number for is text; nothing is rounded."""
    assert expected == plain(value)


def test_text_of_another_class_is_text() -> None:
    """A subclass of str, which an encoder would refuse, becomes what it says."""
    assert type(plain(_Text("a"))) is str
