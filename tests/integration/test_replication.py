"""Servers that follow the warehouse's: subscribers, standbys, and commits that wait for one."""

from __future__ import annotations

import itertools
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from dataclasses import dataclass
from functools import partial
from threading import Event
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit, urlunsplit

import pytest
from integration.servers import database_on, postgres15, standby15, with_postgres15
from integration.test_publish import catalogs
from integration.warehouse import Warehouse, summary, until
from psycopg2.errors import LockNotAvailable, SerializationFailure
from rig import Database

from builder.errors import PublishFailed
from builder.pipeline import rollback

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from concurrent.futures import Future
    from datetime import datetime

    from psycopg2.extensions import connection

    from builder.run import Run
    from builder.summary import Summary

pytestmark = with_postgres15

NAMES = (f"followed_{number}" for number in itertools.count(1))
OLD = "SELECT n, 'a' || n AS word FROM generate_series(1, 5) AS n"
CHANGED = [
    "SELECT n, CASE n WHEN 2 THEN 'other' ELSE 'a' || n END AS word FROM generate_series(1, 5) n",
    "SELECT n, 'a' || n AS word FROM generate_series(1, 9) AS n",
    "SELECT n, nullif('b' || n, 'b4') AS word FROM generate_series(3, 7) AS n",
]
"""Builds after OLD: a row changed, rows added, and then rows removed and all others changed."""
TWICE = "SELECT n, word FROM ({}) AS once, generate_series(1, 2)"
ROWS = "SELECT n, word FROM analytics.numbers ORDER BY 1, 2"
OID = "SELECT 'analytics.numbers'::regclass::oid"
HUNDRED = "SELECT {} AS n FROM generate_series(1, 100)"
COUNTED = "SELECT n, count(*) FROM analytics.numbers GROUP BY n"
REPEATABLE_READ = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"
FEEDBACK = "SELECT count(*) FROM pg_stat_replication WHERE backend_xmin IS NOT NULL"
SLEEPERS = "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'"


@dataclass
class Replication:
    """A database, and one of another server that is to subscribe to it."""

    publisher: Warehouse
    subscriber: Warehouse
    name: str

    def begin(self, what: str) -> None:
        """Publish it and subscribe to it; returns once all of its rows have arrived."""
        self.publisher.run(f"CREATE PUBLICATION feed FOR {what}")
        self._at_subscriber(
            f"CREATE SUBSCRIPTION {self.name} CONNECTION '{self.publisher.database.url}' "
            "PUBLICATION feed WITH (copy_data = true)"
        )
        missing = "SELECT count(*) FROM pg_subscription_rel WHERE srsubstate <> 'r'"
        until(lambda: self.subscriber.value(missing) == 0)

    def begin_with(self, query: str, key: tuple[str, ...] = ()) -> None:
        """Build the table and publish it; without a key a row is known by all of its values."""
        self.publisher.build(summary(query, primary_key=key))
        self.subscriber.run(
            "CREATE SCHEMA analytics", "CREATE TABLE analytics.numbers (n int, word text)"
        )
        if key:
            self.subscriber.run("ALTER TABLE analytics.numbers ADD PRIMARY KEY (n)")
        else:
            self.publisher.run("ALTER TABLE analytics.numbers REPLICA IDENTITY FULL")
        self.begin("TABLE analytics.numbers")

    def catch_up(self) -> None:
        """Return once the subscriber has what was committed before; fails where it has stopped."""
        has_it = has_what_is_there(self.publisher, self.name)
        errors = "SELECT apply_error_count FROM pg_stat_subscription_stats WHERE subname = %s"
        until(lambda: has_it() or self.subscriber.value(errors, self.name))

        assert 0 == self.subscriber.value(errors, self.name)

    def rows(self) -> tuple[list[tuple[Any, ...]], list[tuple[Any, ...]]]:
        """What the table holds at the publisher and, in the end, at the subscriber."""
        self.catch_up()
        return self.publisher.rows(ROWS), self.subscriber.rows(ROWS)

    def end(self) -> None:
        """Leave two databases that can be dropped."""
        self._at_subscriber(f"DROP SUBSCRIPTION IF EXISTS {self.name}")
        self.subscriber.close()
        self.publisher.close()

    def _at_subscriber(self, sql: str) -> None:
        """Run what PostgreSQL refuses inside a transaction."""
        with closing(self.subscriber.session()) as session:
            session.autocommit = True
            session.cursor().execute(sql)


def has_what_is_there(sender: Warehouse, receiver: str) -> Callable[[], bool]:
    """Whether a server, by the name that the sender has for it, has what is committed now."""
    now = sender.value("SELECT pg_current_wal_lsn()")
    query = (
        "SELECT count(*) > 0 FROM pg_stat_replication "
        "WHERE application_name = %s AND state = 'streaming' AND replay_lsn >= %s"
    )
    return lambda: bool(sender.value(query, receiver, now))


@pytest.fixture(scope="module")
def publisher_and_subscriber() -> Iterator[tuple[str, str]]:
    """Two servers for all tests of logical replication."""
    hurried = "wal_retrieve_retry_interval=50ms"  # between two starts of a subscription's workers
    with postgres15("wal_level=logical") as publisher, postgres15(hurried) as subscriber:
        yield publisher, subscriber


@pytest.fixture
def replication(publisher_and_subscriber: tuple[str, str]) -> Iterator[Replication]:
    """An empty database on each of the two servers."""
    name = next(NAMES)
    with ExitStack() as held:
        publisher, subscriber = (
            Warehouse(Database(held.enter_context(database_on(server, name))))
            for server in publisher_and_subscriber
        )
        replication = Replication(publisher, subscriber, name)
        held.callback(replication.end)
        yield replication


def test_published_table_is_merged_by_key(replication: Replication) -> None:
    """Subscribers get the rows of each build of a table that is published, and the run says why.

    A publication has the table and not its name: of a swapped one nothing would ever arrive,
    without an error. So the table stays the one that it was, and its rows are merged by key.
    """
    replication.begin_with(OLD, ("n",))
    before = replication.publisher.value(OID)

    for query in CHANGED:
        run = replication.publisher.build(summary(query, primary_key=("n",)))

        wanted = replication.publisher.rows(f"{query} ORDER BY 1, 2")
        assert (wanted, wanted) == replication.rows()
        assert any("merge" in notice for notice in run.notices)
        assert before == replication.publisher.value(OID)


def test_published_table_without_a_key_is_filled_again(replication: Replication) -> None:
    """Where there is no key, subscribers see every row go and the new ones come, also twins."""
    replication.begin_with(TWICE.format(OLD))
    before = replication.publisher.value(OID)

    for query in map(TWICE.format, CHANGED):
        run = replication.publisher.build(summary(query))

        wanted = replication.publisher.rows(f"{query} ORDER BY 1, 2")
        assert (wanted, wanted) == replication.rows()
        assert run.notices
        assert before == replication.publisher.value(OID)


def test_rows_that_a_subscriber_could_not_find_are_refused(replication: Replication) -> None:
    """Without key and replica identity no row of a published table can go; the build says so."""
    replication.publisher.build(summary(OLD))
    replication.publisher.run("CREATE PUBLICATION feed FOR TABLE analytics.numbers")
    before = replication.publisher.rows(ROWS)

    with pytest.raises(PublishFailed, match="replica identity"):
        replication.publisher.build(summary(CHANGED[1]))

    assert before == replication.publisher.rows(ROWS)


@pytest.mark.parametrize("key", [("n",), ()], ids=["key", "no key"])
def test_swap_of_a_published_table_is_refused(
    replication: Replication, key: tuple[str, ...]
) -> None:
    """Where the file asks for a swap, the publication that would lose the table is named."""
    replication.begin_with(OLD, key)
    before = catalogs(replication.publisher)

    with pytest.raises(PublishFailed, match=r"\bfeed\b"):
        replication.publisher.build(summary(CHANGED[0], primary_key=key, publish="swap"))

    replication.publisher.run("DROP TABLE IF EXISTS analytics.temp_numbers")
    assert before == catalogs(replication.publisher)


@pytest.mark.parametrize("scope", ["ALL TABLES", "TABLES IN SCHEMA analytics"])
def test_publication_of_everything_goes_on(replication: Replication, scope: str) -> None:
    """What is staged would stop a subscriber to the whole schema or database: it is refused.

    What others write there goes on arriving.
    """
    for warehouse in (replication.publisher, replication.subscriber):
        warehouse.build(summary(OLD, primary_key=("n",)))  # the journal is on both servers then
        warehouse.run("CREATE TABLE analytics.other (n int PRIMARY KEY)")
    replication.subscriber.run("TRUNCATE analytics.numbers")
    replication.begin(scope)

    with pytest.raises(PublishFailed, match=r"\bfeed\b"):
        replication.publisher.build(summary(CHANGED[0], primary_key=("n",)))

    replication.publisher.run("INSERT INTO analytics.other VALUES (7)")
    replication.catch_up()
    assert [7] == replication.subscriber.column("SELECT n FROM analytics.other")


def test_first_build_leaves_a_published_database_alone(replication: Replication) -> None:
    """Not even the journal is made in a database that is published as a whole.

    Its subscribers would stop at the journal's first row as they would at a staged one.
    """
    for warehouse in (replication.publisher, replication.subscriber):
        warehouse.run("CREATE TABLE other (n int PRIMARY KEY)")
    replication.begin("ALL TABLES")

    with pytest.raises(PublishFailed, match=r"\bfeed\b"):
        replication.publisher.build(summary(OLD))

    replication.publisher.run("INSERT INTO other VALUES (7)")
    replication.catch_up()
    assert [7] == replication.subscriber.column("SELECT n FROM other")


@pytest.mark.parametrize("key", [("n",), ()], ids=["key", "no key"])
def test_rollback_reaches_subscribers(replication: Replication, key: tuple[str, ...]) -> None:
    """A rollback of a merge is a merge too: the rows of before are those of the subscriber."""
    replication.begin_with(OLD, key)
    before = replication.publisher.rows(ROWS)
    what = summary(CHANGED[2], primary_key=key)
    replication.publisher.build(what)
    merged = replication.rows()

    engine = replication.publisher.engine()
    rollback(what, engine=engine, journal=replication.publisher.journal(engine))

    wanted = replication.publisher.rows(f"{CHANGED[2]} ORDER BY 1, 2")
    assert (wanted, wanted) == merged
    assert (before, before) == replication.rows()


def test_swap_of_a_subscribed_table_is_refused(replication: Replication) -> None:
    """A subscription fills a table and not a name: what would cut it off is named.

    The table goes on being filled.
    """
    replication.begin_with(OLD, ("n",))
    before = replication.subscriber.value(OID)

    with pytest.raises(PublishFailed, match=rf"\b{replication.name}\b"):
        replication.subscriber.build(summary(CHANGED[2], primary_key=("n",), publish="swap"))

    replication.publisher.run("INSERT INTO analytics.numbers VALUES (77, 'arrives')")
    published, arrived = replication.rows()
    assert (6, published) == (len(published), arrived)
    assert before == replication.subscriber.value(OID)


class Stuck:
    """A table in a warehouse whose commits wait for a standby that does not answer.

    `others` are sessions in the same database that do not wait.
    """

    def __init__(self, url: str) -> None:
        self.warehouse, self.others = Warehouse(Database(url)), Warehouse(Database(local(url)))
        self.seen: dict[tuple[int, datetime], tuple[str, object]] = {}
        """Each wait of a build's commit: its statement, and what a reader saw meanwhile."""
        self.others.build(summary(HUNDRED.format(1)))
        self._reader = self.others.session()
        self._reader.autocommit = True
        self._reader.cursor().execute("SET lock_timeout = '1s'")
        self._pool = ThreadPoolExecutor()
        self._first = self.warehouse.session()
        self._first.autocommit = True
        self._begun: list[Future[Any]] = []
        self._begin(self._first.cursor().execute, "CREATE TABLE first ()")
        until(self._waiting)

    @property
    def is_stuck(self) -> bool:
        """Whether the first commit of all still waits for the standby."""
        return not self._begun[0].done()

    def build(self, what: Summary, **more: Any) -> Run:
        """A build whose waits an administrator ends one by one, having read the table in each."""
        building: Future[Run] = self._begin(partial(self.warehouse.build, what, **more))
        until(lambda: self._has_ended(building))
        return building.result()

    def read(self) -> object:
        """What a reader of the table gets."""
        with self._reader.cursor() as cursor:
            try:
                cursor.execute(COUNTED)
            except LockNotAvailable:
                return "blocked"
            return cursor.fetchall()

    def close(self) -> None:
        """End the first wait, then all sessions."""
        self._first.cancel()
        until(lambda: all(self._has_ended(one) for one in self._begun))
        self.warehouse.close()
        self.others.close()

    def _begin(self, work: Callable[..., Any], *values: object) -> Future[Any]:
        self._begun.append(self._pool.submit(work, *values))
        return self._begun[-1]

    def _has_ended(self, work: Future[Any]) -> bool:
        """Look, and help it on where it waits for the standby."""
        for pid, since, query in self._waiting():
            if pid != self._first.get_backend_pid() and (pid, since) not in self.seen:
                self.seen[pid, since] = query, self.read()
                self.others.rows("SELECT pg_cancel_backend(%s)", pid)
        return work.done()

    def _waiting(self) -> list[tuple[Any, ...]]:
        return self.others.rows(
            "SELECT pid, query_start, query FROM pg_stat_activity "
            "WHERE datname = current_database() AND wait_event = 'SyncRep'"
        )


def local(url: str) -> str:
    """The same database for sessions whose commits wait for no standby."""
    return f"{url}?options=-csynchronous_commit%3Dlocal"


@pytest.fixture(scope="module")
def lonely() -> Iterator[str]:
    """A server that waits for a standby which is not there."""
    with postgres15("synchronous_standby_names=nobody") as url:
        yield url


@pytest.fixture(scope="module")
def followed() -> Iterator[tuple[str, str, str]]:
    """A server and two standbys: one that cancels queries at once, one that waits for them."""
    settings = ("synchronous_standby_names=hasty", "synchronous_commit=local")
    with (
        postgres15(*settings) as primary,
        standby15(primary, "cluster_name=hasty", "max_standby_streaming_delay=0") as hasty,
        standby15(
            primary,
            *("cluster_name=patient", "max_standby_streaming_delay=-1"),
            # The primary then keeps the row versions that the standby's snapshots may see.
            *("hot_standby_feedback=on", "wal_receiver_status_interval=1"),
        ) as patient,
    ):
        yield primary, hasty, patient


@pytest.fixture(params=["not there", "does not replay"])
def stuck(request: pytest.FixtureRequest) -> Iterator[Stuck]:
    """A warehouse that waits for a standby which is not there, or has paused."""
    name = next(NAMES)
    with ExitStack() as held:
        if request.param == "not there":
            url = held.enter_context(database_on(local(request.getfixturevalue("lonely")), name))
        else:
            primary, hasty, _ = request.getfixturevalue("followed")
            url = held.enter_context(database_on(local(primary), name))
            standby = Warehouse(Database(hasty))
            held.callback(standby.close)
            standby.rows("SELECT pg_wal_replay_pause()")
            held.callback(standby.rows, "SELECT pg_wal_replay_resume()")
            # What is written wakes the standby, which sees then that it is to pause.
            Database(url).rows(f"ALTER DATABASE {name} SET synchronous_commit = remote_apply")
            until(lambda: standby.value("SELECT pg_get_wal_replay_pause_state() = 'paused'"))
        stuck = Stuck(url.partition("?")[0])
        held.callback(stuck.close)
        yield stuck


def test_swap_does_not_wait_for_a_standby(stuck: Stuck) -> None:
    """While a standby does not answer, no commit of a build waits for it with the table locked.

    Other commits, as of what is staged, wait as the server's settings say: they block nobody.
    Somebody who reads the table and then ends such a wait never has to wait to read, and the
    build publishes.
    """
    run = stuck.build(summary(HUNDRED.format(2), keep=0, publish_timeout=5.0))

    assert (True, "published", [(2, 100)]) == (stuck.is_stuck, run.status, stuck.read())
    assert [] == [query for query, rows in stuck.seen.values() if rows == "blocked"]
    assert all(rows in ([(1, 100)], [(2, 100)]) for _, rows in stuck.seen.values())


def test_role_that_waits_for_no_standby_builds_by_itself(stuck: Stuck) -> None:
    """With `ALTER ROLE … SET synchronous_commit = local` nothing in a build waits for a standby."""
    role = stuck.others.role("builder", "LOGIN SUPERUSER")
    stuck.others.run(f"ALTER ROLE {role} SET synchronous_commit = local")
    engine = stuck.warehouse.engine(user=role)

    runs = [stuck.build(summary(keep=keep), engine=engine) for keep in (1, 1, 0)]

    assert (True, ["published"] * 3) == (stuck.is_stuck, [run.status for run in runs])
    assert [] == [query for query, _ in stuck.seen.values()]


@dataclass
class Followed:
    """A database with a table, and what two standbys show of it."""

    primary: Warehouse
    hasty: Warehouse
    patient: Warehouse

    def build(self, number: int, **more: Any) -> Run:
        """Publish that number a hundred times."""
        return self.primary.build(summary(HUNDRED.format(number)), **more)

    def catch_up(self, standby: str) -> None:
        """Return once the standby of that name has replayed what was committed before."""
        until(has_what_is_there(self.primary, standby))


@pytest.fixture
def standbys(followed: tuple[str, str, str]) -> Iterator[Followed]:
    """A table of the first build, on the primary and both standbys."""
    name = next(NAMES)
    with ExitStack() as held:
        path = urlsplit(held.enter_context(database_on(followed[0], name))).path
        urls = (urlunsplit(urlsplit(url)._replace(path=path)) for url in followed)
        here = Followed(*(Warehouse(Database(url)) for url in urls))
        for warehouse in (here.primary, here.hasty, here.patient):
            held.callback(warehouse.close)
        here.build(1)
        for standby in ("hasty", "patient"):
            here.catch_up(standby)
        yield here


def test_long_query_on_a_standby_ends_with_a_clear_error(standbys: Followed) -> None:
    """Where a standby may not wait, a query at the replaced table ends with the conflict's name.

    How long it may wait is `max_standby_streaming_delay` of the standby, 30 s unless it is set.
    The same query works again at once.
    """
    session = standbys.hasty.session()
    cursor = session.cursor()
    cursor.execute(REPEATABLE_READ)
    with ThreadPoolExecutor() as pool:
        long = "SELECT count(*), pg_sleep(60) FROM analytics.numbers"
        querying = pool.submit(cursor.execute, long)
        until(lambda: standbys.hasty.value(SLEEPERS))
        run = standbys.build(2)
        error = querying.exception()
    session.rollback()
    standbys.catch_up("hasty")
    cursor.execute(COUNTED)

    assert "published" == run.status
    assert isinstance(error, SerializationFailure)
    assert str(error).startswith("canceling statement due to conflict with recovery")
    assert [(2, 100)] == cursor.fetchall()


def test_standby_that_waits_for_its_readers(standbys: Followed) -> None:
    """Where a standby waits, a transaction that has read the table goes on with the old rows.

    The publish on the primary does not wait for it. But until that transaction ends the standby
    stands still, and whoever comes to read the table there waits as well: that a publish holds
    up no reader is promised of the primary alone.
    """
    late = standbys.patient.session().cursor()
    late.execute("SET lock_timeout = '50ms'")
    with standbys.patient.holding(REPEATABLE_READ, COUNTED) as reader:
        run = standbys.build(2)
        until(lambda: standbys.patient.value("SELECT count(*) FROM pg_locks WHERE NOT granted"))
        cursor = reader.cursor()
        cursor.execute(COUNTED)
        old = cursor.fetchall()
        with pytest.raises(LockNotAvailable):
            late.execute(COUNTED)
    standbys.catch_up("patient")

    assert ("published", [(1, 100)]) == (run.status, old)
    assert [(2, 100)] == standbys.primary.rows(COUNTED) == standbys.patient.rows(COUNTED)


def test_snapshot_of_a_standby_that_has_the_staged_rows(standbys: Followed) -> None:
    """On a standby a transaction that began after the staging reads the new rows, however late.

    One that began before the commit of the staging was replayed there, and first reads the table
    after the swap was, sees no row: a publish does not know of snapshots on standbys. Nothing is
    promised to it, and nothing asserted.
    """
    with ExitStack() as held:
        readers: list[connection] = []

        def begin(run: Run) -> None:
            if run.steps[-1].name == "publish" and not readers:
                standbys.catch_up("patient")
                until(lambda: standbys.primary.value(FEEDBACK))
                snapshot = standbys.patient.holding(REPEATABLE_READ, "SELECT 1")
                readers.append(held.enter_context(snapshot))

        standbys.build(2, listeners=[begin])
        until(lambda: standbys.primary.value(OID) == standbys.patient.value(OID))
        cursor = readers[0].cursor()
        cursor.execute(COUNTED)

        assert [(2, 100)] == cursor.fetchall()


def test_readers_on_a_standby_see_old_or_new(standbys: Followed) -> None:
    """During 20 publishes readers of a standby get no error, and each time one build's rows.

    Each of their queries is a transaction of its own, in READ COMMITTED: its snapshot is taken
    once it has the table.
    """
    publishes = 20
    done = Event()

    def read() -> list[list[tuple[int, int]]]:
        seen = []
        session = standbys.patient.session()
        session.autocommit = True
        cursor = session.cursor()
        while not done.wait(0.001):
            cursor.execute(COUNTED)
            seen.append(cursor.fetchall())
        return seen

    with ThreadPoolExecutor() as pool:
        reading = [pool.submit(read) for _ in range(2)]
        try:
            for number in range(2, publishes + 2):
                standbys.build(number)
            standbys.catch_up("patient")
        finally:
            done.set()
        seen = [one.result() for one in reading]

    assert {1} == {len(rows) for read_by in seen for rows in read_by}
    assert {100} == {count for read_by in seen for ((_, count),) in read_by}
    assert all(read_by == sorted(read_by) for read_by in seen)
    assert [(publishes + 1, 100)] == standbys.patient.rows(COUNTED)
