"""What passes by itself is tried again; a COMMIT that nobody answered is asked about."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import pytest
from unit.calls import PUBLISHING, SALES, STAGING, TARGET, WITH_AFTER, ended

from builder import attempt
from builder.errors import Busy, ChecksFailed, EngineError, Problem, PublishFailed, QueryFailed
from builder.journal.tables import Kept
from builder.pipeline import build, publish, rollback
from builder.testing import FakeEngine, MemoryJournal

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from builder.engines.base import Statement, Version
    from builder.relation import Relation
    from builder.run import Run

LOST = EngineError("the connection was lost", passes=True)
FULL = Busy("the warehouse is busy", passes=True)
TRIED = "tried again: the connection was lost"


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attempt, "PAUSES", (0.0, 0.0))


# Tried again


@pytest.mark.parametrize("error", [LOST, FULL], ids=["lost", "busy"])
@pytest.mark.parametrize(
    "call",
    [
        "lock",
        "journal.start",
        "require_publishable",
        "snapshot",
        "measure",
        "stage",
        "end_of_snapshot",
        "finish_staging",
        "reader",
        "publish",
    ],
)
def test_what_passes_is_tried_again_as_a_run_of_its_own(
    call: str, error: EngineError | Busy
) -> None:
    """From the lock on; the journal has both runs, and the second says why there was a first."""
    engine = FakeEngine(fails={call: [error]}, tables={TARGET: 2})
    journal = MemoryJournal(calls=engine.calls, fails=engine.fails)
    run = build(SALES, engine=engine, journal=journal)
    failed, published = journal.runs

    assert ("failed", error, []) == (failed.status, failed.error, failed.notices)
    assert ("published", None, [f"tried again: {error}"]) == (
        published.status,
        published.error,
        published.notices,
    )
    assert run is published
    assert failed.run_id != published.run_id
    assert [*STAGING, PUBLISHING[0]] == engine.calls[-len(STAGING) - 7 : -6]
    assert {TARGET: 3, TARGET.version(run.run_id): 2} == engine.tables


def test_pauses_grow_and_no_two_runs_pause_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    """Runs that failed together do not come back together."""
    slept: list[float] = []
    monkeypatch.setattr(attempt, "PAUSES", (10.0, 100.0))
    monkeypatch.setattr("time.sleep", slept.append)
    for _ in range(2):
        build(SALES, engine=FakeEngine(fails={"lock": [LOST, LOST]}), journal=MemoryJournal())

    assert [True] * 4 == [
        0.8 * wanted <= pause <= 1.2 * wanted
        for wanted, pause in zip((10, 100) * 2, slept, strict=True)
    ]
    assert slept[:2] != slept[2:]


def test_third_try_is_the_last() -> None:
    """Then the error is the caller's; each of the runs has said so to the journal."""
    errors: list[BaseException] = [EngineError(f"lost {n}", passes=True) for n in range(4)]
    engine = FakeEngine(fails={"lock": list(errors)})
    journal = MemoryJournal(calls=engine.calls)
    with pytest.raises(EngineError) as caught:
        build(SALES, engine=engine, journal=journal)

    assert errors[2] is caught.value
    assert ["lock analytics.sales", "journal.finish failed"] * 3 == engine.calls
    assert [[], ["tried again: lost 0"], ["tried again: lost 0", "tried again: lost 1"]] == [
        run.notices for run in journal.runs
    ]


@pytest.mark.parametrize(
    "error",
    [
        EngineError("the disk is full"),
        Busy("another run is at it"),
        PublishFailed("a view hangs on it"),
        QueryFailed(Problem("no such table")),
        ChecksFailed("too few rows"),
        ValueError("a defect"),
        KeyboardInterrupt(),
    ],
    ids=lambda error: type(error).__name__,
)
def test_what_does_not_pass_is_not_tried_again(error: BaseException) -> None:
    """It would end the same way, or somebody wants it to end."""
    engine = FakeEngine(fails={"stage": [error]})
    journal = MemoryJournal(calls=engine.calls)
    with pytest.raises(type(error)):
        build(SALES, engine=engine, journal=journal)

    assert 1 == len(journal.runs)


@pytest.mark.parametrize("call", ["run_after", "unlock"])
def test_what_is_live_is_not_built_again(call: str) -> None:
    """The table is as it should be: what was lost came after it."""
    engine = FakeEngine(fails={call: [LOST]})
    journal = MemoryJournal(calls=engine.calls)
    with pytest.raises(EngineError, match="lost"):
        build(WITH_AFTER, engine=engine, journal=journal)

    assert ["published"] == [run.status for run in journal.runs]


def test_publish_and_rollback_are_tried_again_as_well() -> None:
    """Neither has changed anything by then."""
    for verb, action in ((publish, "publish"), (rollback, "rollback")):
        old = Kept(TARGET.version("r1"), "r1")
        engine = FakeEngine(
            tables={TARGET: 2, TARGET.staged: 3, old.relation: 1}, fails={"publish": [LOST]}
        )
        journal = MemoryJournal(versions_kept=[old])
        run = verb(SALES, engine=engine, journal=journal)

        assert [(action, "failed"), (action, "published")] == [
            (one.action, one.status) for one in journal.runs
        ]
        assert [TRIED] == run.notices


def test_listeners_hear_of_every_try() -> None:
    """Who shows a run shows the next one too."""
    heard: dict[str, str] = {}
    engine = FakeEngine(fails={"snapshot": [LOST]})
    build(
        SALES,
        engine=engine,
        journal=MemoryJournal(),
        listeners=[lambda run: heard.update({run.run_id: run.status})],
    )

    assert ["failed", "published"] == list(heard.values())


# A COMMIT that nobody answered


class Deaf(FakeEngine):
    """A warehouse whose first swap takes effect, and whose answer to that is lost."""

    def publish(
        self,
        run: Run,
        record: Callable[[Version | None], Sequence[Statement]],
        version: Relation | None = None,
    ) -> None:
        """See Engine.publish."""
        super().publish(run, record, version)
        if self.calls.count("swap analytics.sales") == 1:
            raise LOST


def test_commit_that_took_effect_is_a_publish() -> None:
    """The journal's row is in the same transaction: it is asked once nothing is under way."""
    engine = Deaf(tables={TARGET: 2})
    journal = MemoryJournal(calls=engine.calls, committed=["sales"])
    run = build(WITH_AFTER, engine=engine, journal=journal)
    version = TARGET.version(run.run_id)

    assert [
        *STAGING,
        "publish analytics.sales",
        f"journal.published {version}",
        "swap analytics.sales",
        "recover analytics.sales",
        "journal.is_published",
        "journal.kept",
        f"let_go {version}",
        "run_after GRANT SELECT ON sales TO bi",
        *ended("published"),
    ] == engine.calls
    assert {TARGET: 3, version: 2} == engine.tables
    assert ("published", None, []) == (run.status, run.error, run.notices)
    assert 1 == len(journal.runs)


def test_commit_that_took_no_effect_is_tried_again() -> None:
    """The run has failed, and the next one builds from the start."""
    engine = FakeEngine(fails={"swap": [LOST]})
    journal = MemoryJournal(calls=engine.calls)
    run = build(SALES, engine=engine, journal=journal)

    assert ["failed", "published"] == [one.status for one in journal.runs]
    assert [TRIED] == run.notices
    assert 1 == engine.calls.count("journal.is_published")
    assert 3 == engine.tables[TARGET]


def test_refused_publish_is_not_asked_about() -> None:
    """What the warehouse answered is known."""
    engine = FakeEngine(fails={"swap": EngineError("the disk is full")})
    journal = MemoryJournal(calls=engine.calls, committed=["sales"])
    with pytest.raises(EngineError, match="the disk is full"):
        build(SALES, engine=engine, journal=journal)

    assert not {"recover analytics.sales", "journal.is_published"} & set(engine.calls)


@pytest.mark.parametrize("call", ["recover", "journal.is_published"])
def test_rollback_that_may_have_happened_does_not_happen_again(call: str) -> None:
    """Twice would be as good as not at all: the second undoes the first."""
    old = Kept(TARGET.version("r1"), "r1")
    engine = Deaf(tables={TARGET: 2, old.relation: 1}, fails={call: [LOST]})
    journal = MemoryJournal(
        calls=engine.calls, fails=engine.fails, versions_kept=[old], committed=["sales"]
    )
    with suppress(EngineError):
        rollback(SALES, engine=engine, journal=journal)

    assert 1 == engine.calls.count("swap analytics.sales")
    assert 1 == engine.tables[TARGET]
