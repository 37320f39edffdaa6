"""Great Expectations is the oracle: what is compiled here has its verdict and its value."""

from __future__ import annotations

import math
import random
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import psycopg2
import pytest
from integration import oracle
from psycopg2.extras import execute_values

from builder.checks import Checking, Circumstances
from builder.checks.compiled import ANSWERED, question
from builder.checks.verdict import Verdict
from builder.engines.postgres.reader import PostgresReader
from builder.engines.postgres.session import Session
from builder.errors import QueryFailed
from builder.expectations import Worker, messages
from builder.relation import Relation
from builder.summary import Expectation
from builder.summary.expect import for_library, wrong_arguments

if TYPE_CHECKING:
    from collections.abc import Iterator

    from builder.engines import embedded

SEEDS, EACH = 6, 160
# What Great Expectations 1.24 tells of a row condition with a median, or with `ignore_row_if`
# switched off, under SQLAlchemy 2.1: it cannot send its own query. Here both are answered.
BROKEN = "FROM expression, such as a Table"


@pytest.fixture(scope="module")
def session(server: embedded.Server) -> Iterator[Session]:
    """A session that reads what is made in the schema `oracle`."""
    session = Session({"dsn": server.url}, "the tests' server")
    yield session
    session.close()


def made(url: str, seed: int) -> oracle.Table:
    """A random table `oracle.t<seed>`, with a neighbour of three rows."""
    found = oracle.table(seed)
    columns = ", ".join(f'"{name}" {kind}' for name, kind in oracle.COLUMNS.items())
    connection = psycopg2.connect(url)
    with connection, connection.cursor() as cursor:
        cursor.execute("CREATE SCHEMA IF NOT EXISTS oracle")
        cursor.execute("DROP TABLE IF EXISTS oracle.other")
        cursor.execute("CREATE TABLE oracle.other AS SELECT generate_series(1, 3) AS n")
        cursor.execute(f"DROP TABLE IF EXISTS oracle.t{seed}")
        cursor.execute(f"CREATE TABLE oracle.t{seed} ({columns})")
        if found.rows:
            execute_values(cursor, f"INSERT INTO oracle.t{seed} VALUES %s", found.rows)
    connection.close()
    return found


def ours(reader: PostgresReader, check: Expectation, on: Relation) -> Verdict | str | None:
    """The verdict here, the error as text, or None where it is left to Great Expectations."""
    try:
        asked = question(check, reader.columns_of(on), on, reader.known_as)
        if asked is None:
            return None
        answers = [*reader.ask(on, asked.aggregates)] if asked.aggregates else []
        answers += [reader.ask(other, [one])[0] for other, one in asked.elsewhere]
        failing = asked.failing
        return asked.judge(answers, lambda: reader.count(on, failing) if failing else 0)
    except QueryFailed as error:
        return error.problem.message


def compared(mine: Verdict | str, theirs: messages.Answer) -> tuple[Any, Any]:
    """What both say, in one form: whether it raised, the verdict, and what was observed."""
    if isinstance(mine, str) or theirs.error:
        return isinstance(mine, str), theirs.error is not None
    said: tuple[Any, ...] = (mine.passed, mine.measured)
    told: tuple[Any, ...] = (theirs.success, theirs.observed)
    if mine.considered is not None:
        missing = theirs.missing_count or 0
        said = (mine.passed, mine.unexpected, mine.considered)
        told = (theirs.success, theirs.unexpected_count, (theirs.element_count or 0) - missing)
    elif isinstance(theirs.observed, dict):
        said, told = (mine.passed, mine.measured), (theirs.success, theirs.observed["self"])
    elif isinstance(theirs.observed, list):
        said = (mine.passed, sorted(str(mine.measured).split(", ")))
        told = (theirs.success, sorted(theirs.observed))
    elif theirs.observed is None:
        said, told = (mine.passed,), (theirs.success,)
    elif not isinstance(mine.measured, str):
        said, told = (
            (mine.passed, _number(mine.measured)),
            (theirs.success, _number(theirs.observed)),
        )
    return said, told


def _number(value: Any) -> Any:
    """NaN, which is said not to be there, and numbers to 12 digits: sums hang on their order."""
    if value is None or value == "NaN":
        return None
    number = float(value)
    return number if not math.isfinite(number) or number == 0 else float(f"{number:.12g}")


def differences(
    seed: int, url: str, session: Session, worker: Worker
) -> tuple[list[str], set[str]]:
    """Where both disagree on the table of a seed, and the expectations that both answered."""
    found = made(url, seed)
    rng = random.Random(-seed)  # noqa: S311 -- no secret
    checks: list[Expectation] = []
    while len(checks) < EACH:
        name, arguments = oracle.expectation(rng, found)
        if not wrong_arguments(name, arguments):
            checks.append(Expectation(f"c[{len(checks)}]", name, arguments))
    on = Relation("oracle", f"t{seed}")
    asked = [messages.Expectation(one.name, for_library(one.arguments)) for one in checks]
    with session.transaction():
        reader = PostgresReader(session, 60.0)
        answers = worker.ask(reader.shared([on]), on, asked).answers()
        verdicts = [ours(reader, check, on) for check in checks]
        wrong = torn(reader, on, checks, verdicts)
    both: set[str] = set()
    for check, mine, theirs in zip(checks, verdicts, answers, strict=True):
        if mine is None or (theirs.error or "").startswith(BROKEN):
            continue
        both.add(check.name)
        said, told = compared(mine, theirs)
        if said != told:
            why = f"{mine if isinstance(mine, str) else ''} {theirs.error or ''}"
            wrong.append(f"{check.name} {check.arguments}: here {said}, there {told} {why}")
    return wrong, both


def torn(
    reader: PostgresReader,
    on: Relation,
    checks: list[Expectation],
    verdicts: list[Verdict | str | None],
) -> list[str]:
    """Where all checks that have a verdict, answered by one scan, have another one."""
    alone = {
        check.label: verdict
        for check, verdict in zip(checks, verdicts, strict=True)
        if isinstance(verdict, Verdict)
    }
    asked = [check for check in checks if check.label in alone]
    about = Circumstances(on, datetime.now(UTC), rows=0)
    together = list(Checking(asked, (), reader, about).results())
    return [
        f"in one scan {one.check.what}: {one.found} {one.error or ''}"
        for one in together
        for mine in [alone[one.check.label]]
        if (mine.passed, mine.found) != (one.passed, one.found)
    ]


def test_generator_makes_all_that_is_compiled() -> None:
    """Every expectation that is answered here is compared."""
    assert set(ANSWERED) == oracle.NAMES


def test_verdicts_and_values_are_those_of_great_expectations(
    server: embedded.Server, session: Session, worker: Worker
) -> None:
    """On random tables both say the same of random expectations, and both raise where one does."""
    wrong: list[str] = []
    compared: set[str] = set()
    for seed in range(SEEDS):
        found, names = differences(seed, server.url, session, worker)
        wrong += [f"seed {seed}: {one}" for one in found]
        compared |= names

    assert [] == wrong
    assert set(ANSWERED) == compared
