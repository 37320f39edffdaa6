"""What a role must be allowed to do so that it can build, and what it is told where it is not."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from integration.warehouse import summary

from builder.errors import BuilderError, ChecksFailed, EngineError, PublishFailed, QueryFailed

if TYPE_CHECKING:
    from integration.warehouse import Warehouse

LEAST = (
    "GRANT CONNECT ON DATABASE {database} TO {role}",
    "GRANT USAGE ON SCHEMA raw TO {role}",
    "GRANT SELECT ON raw.source TO {role}",
    "GRANT USAGE, CREATE ON SCHEMA analytics TO {role}",
    "GRANT USAGE ON SCHEMA builder TO {role}",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA builder TO {role}",
)
"""What README tells an administrator to run where schemas and journal are there."""

WHOLE = summary(
    "SELECT n, n % 2 AS even FROM raw.source",
    inputs=[("SELECT count(*) FROM raw.source", 3)],
    outputs=[("SELECT count(*) FROM {schema}.temp_{table}", 3)],
    primary_key=("n",),
    indexes=(("even",),),
    description="Numbers",
    after=["ANALYZE analytics.numbers"],
    keep=1,
)


@pytest.fixture
def closed(warehouse: Warehouse) -> Warehouse:
    """A warehouse with a source, a target schema and a journal, closed to everybody."""
    warehouse.run(
        "CREATE SCHEMA raw",
        "CREATE SCHEMA analytics",
        "CREATE TABLE raw.source AS SELECT n FROM generate_series(1, 3) AS n",
        f"REVOKE ALL ON DATABASE {warehouse.value('SELECT current_database()')} FROM PUBLIC",
        "REVOKE ALL ON SCHEMA public FROM PUBLIC",
    )
    warehouse.build(summary(schema="other"))
    return warehouse


def grant(warehouse: Warehouse, role: str, *but: int) -> None:
    """Give a role what it needs, but for these of the grants."""
    database = warehouse.value("SELECT current_database()")
    for number, statement in enumerate(LEAST):
        if number not in but:
            warehouse.run(statement.format(database=database, role=role))


def test_least_rights_suffice(closed: Warehouse) -> None:
    """With these GRANTs and nothing else a role builds, rebuilds and drops old versions."""
    role = closed.role("role")
    grant(closed, role)
    engine = closed.engine(user=role)

    runs = [closed.build(WHOLE, engine=engine) for _ in range(3)]

    assert ["published"] * 3 == [run.status for run in runs]
    assert [[]] * 3 == [run.notices for run in runs]
    assert ["numbers", "prev_numbers"] == closed.tables()
    assert {role} == set(
        closed.column("SELECT tableowner FROM pg_tables WHERE schemaname = 'analytics'")
    )


@pytest.mark.parametrize("missing", range(len(LEAST)))
def test_each_of_the_least_rights_is_needed(closed: Warehouse, missing: int) -> None:
    """Without any one of them the build ends in words of ours, and nothing is there."""
    role = closed.role("role")
    grant(closed, role, missing)

    with pytest.raises(BuilderError, match="permission denied"):
        closed.build(WHOLE, engine=closed.engine(user=role))

    assert [] == closed.tables()


def test_schemas_of_ones_own_suffice(warehouse: Warehouse) -> None:
    """A role that owns an empty target schema and an empty `builder` needs nothing more."""
    role = warehouse.role("role")
    warehouse.run(
        f"CREATE SCHEMA analytics AUTHORIZATION {role}",
        f"CREATE SCHEMA builder AUTHORIZATION {role}",
    )
    engine = warehouse.engine(user=role)

    runs = [warehouse.build(summary(), engine=engine) for _ in range(2)]

    assert ["published"] * 2 == [run.status for run in runs]


def test_create_on_the_database_suffices(warehouse: Warehouse) -> None:
    """A role that may make schemas makes the target's and the journal's itself."""
    role = warehouse.role("role")
    database = warehouse.value("SELECT current_database()")
    warehouse.run(f"GRANT CREATE ON DATABASE {database} TO {role}")

    assert "published" == warehouse.build(summary(), engine=warehouse.engine(user=role)).status


def test_doctor_finds_the_least_rights_good(closed: Warehouse) -> None:
    """With the least rights doctor has nothing that is wrong, and says what they leave out."""
    role = closed.role("role")
    grant(closed, role)
    found = {one.what: one for one in closed.engine(user=role).diagnosis()}

    good = {"server": True, "pooler": True, "journal": True, "rights": None, "sessions": True}
    assert good == {what: one.good for what, one in found.items()}
    assert "GRANT pg_read_all_stats" in found["sessions"].found


@pytest.mark.parametrize("missing", [4, 5])
def test_doctor_names_the_grant_that_is_missing(closed: Warehouse, missing: int) -> None:
    """Where the journal is closed to us, doctor gives what opens it, ready to run."""
    role = closed.role("role")
    grant(closed, role, missing)
    engine = closed.engine(user=role)
    (journal,) = [one for one in engine.diagnosis() if one.what == "journal"]
    closed.run(journal.remedy)

    assert journal.good is False
    assert "published" == closed.build(WHOLE, engine=engine).status


def test_source_that_may_not_be_read_is_the_querys_error(closed: Warehouse) -> None:
    """A source that is closed to us is named at its place in the file, as an SQL error."""
    role = closed.role("role")
    grant(closed, role, 2)

    with pytest.raises(QueryFailed, match="permission denied for table source"):
        closed.build(replace(WHOLE, input_checks=()), engine=closed.engine(user=role))
    with pytest.raises(ChecksFailed, match="permission denied for table source") as failed:
        closed.build(WHOLE, engine=closed.engine(user=role))

    assert isinstance(failed.value.results[0].error, QueryFailed)


def test_source_of_which_some_columns_may_be_read(closed: Warehouse) -> None:
    """Rights on the columns that a query reads are enough."""
    role = closed.role("role")
    grant(closed, role, 2)
    closed.run(f"ALTER TABLE raw.source ADD secret int; GRANT SELECT (n) ON raw.source TO {role}")

    assert "published" == closed.build(WHOLE, engine=closed.engine(user=role)).status


def test_view_on_closed_tables_is_a_source(closed: Warehouse) -> None:
    """A view may be read whose tables may not, also where it reads catalogs for its owner."""
    role = closed.role("role")
    grant(closed, role, 2)
    closed.run(
        "CREATE VIEW raw.open AS SELECT n FROM raw.source, pg_authid LIMIT 3",
        f"GRANT SELECT ON raw.open TO {role}",
    )
    what = summary("SELECT n FROM raw.open")

    assert "published" == closed.build(what, engine=closed.engine(user=role)).status


def test_role_owns_what_is_built(closed: Warehouse) -> None:
    """With BUILDER_ROLE whoever connects builds tables of one owner, one after another."""
    owner = closed.role("owner", "NOLOGIN")
    grant(closed, owner)
    for name in ("alice", "bob"):
        user = closed.role(name)
        closed.run(
            f"GRANT {owner} TO {user}",
            f"GRANT CONNECT ON DATABASE {closed.value('SELECT current_database()')} TO {user}",
        )
        engine = closed.engine(user=user, role=owner)
        run = closed.build(WHOLE, engine=engine)

        assert ("published", owner) == (run.status, engine.role)
    assert {owner} == set(
        closed.column("SELECT tableowner FROM pg_tables WHERE schemaname = 'analytics'")
    )
    assert {owner} == set(
        closed.column("SELECT db_role FROM builder.runs WHERE table_schema = 'analytics'")
    )


def test_role_that_may_not_be_taken_on_is_told(closed: Warehouse) -> None:
    """A BUILDER_ROLE that the user is no member of, or that is not there, is named."""
    user, owner = closed.role("alice"), closed.role("owner", "NOLOGIN")
    grant(closed, user)
    for role in (owner, "no such role"):
        with pytest.raises(EngineError, match=f"^Cannot become the role {role} "):
            closed.engine(user=user, role=role)


@pytest.mark.parametrize(
    "more", ["", "GRANT SELECT, INSERT ON analytics.numbers TO {role}", "GRANT {owner} TO {role}"]
)
def test_table_of_somebody_else_is_not_replaced(closed: Warehouse, more: str) -> None:
    """Another role's table is left as it is, and we say who owns it and what helps.

    A member of the owner may replace it, and it stays the owner's.
    """
    role, owner = closed.role("role"), closed.role("owner", "NOLOGIN")
    grant(closed, role)
    closed.run(
        "CREATE TABLE analytics.numbers AS SELECT 7 AS n",
        f"GRANT CREATE, USAGE ON SCHEMA analytics TO {owner}",
        f"ALTER TABLE analytics.numbers OWNER TO {owner}",
        *([more.format(role=role, owner=owner)] if more else []),
    )
    ask = (
        "SELECT c.oid, relowner::regrole::text, relacl::text FROM pg_class c "
        "WHERE oid = 'analytics.numbers'::regclass"
    )
    before = closed.rows(ask)
    engine = closed.engine(user=role)
    if more.startswith("GRANT {owner}"):
        assert "published" == closed.build(WHOLE, engine=engine).status
        assert owner == closed.rows(ask)[0][1]
        return

    with pytest.raises(PublishFailed) as refused:
        closed.build(WHOLE, engine=engine)

    assert str(refused.value).startswith("Cannot publish analytics.numbers: ")
    assert re.search(
        rf"The role {role} must own the live table, or be a member", str(refused.value)
    )
    assert before == closed.rows(ask)
    assert [7] == closed.column("SELECT n FROM analytics.numbers")


def test_member_without_inheritance_is_told_what_to_do(closed: Warehouse) -> None:
    """A member that does not inherit the owner's rights cannot replace the table, and is told."""
    role, owner = closed.role("role", "LOGIN NOINHERIT"), closed.role("owner", "NOLOGIN")
    grant(closed, role)
    closed.run(
        f"GRANT CREATE, USAGE ON SCHEMA analytics TO {owner}",
        f"GRANT {owner} TO {role}",
        "CREATE TABLE analytics.numbers AS SELECT 7 AS n",
        f"ALTER TABLE analytics.numbers OWNER TO {owner}",
    )

    with pytest.raises(PublishFailed):
        closed.build(WHOLE, engine=closed.engine(user=role))

    assert [7] == closed.column("SELECT n FROM analytics.numbers")


def test_read_only_server_is_told(closed: Warehouse) -> None:
    """A role or server that is read-only ends the build in words, and nothing is there."""
    role = closed.role("role")
    grant(closed, role)
    closed.run(f"ALTER ROLE {role} SET default_transaction_read_only = on")

    with pytest.raises(EngineError, match="read-only transaction"):
        closed.build(WHOLE, engine=closed.engine(user=role))

    assert [] == closed.tables()


@pytest.mark.parametrize("name", ["Sr-Etl", 'Sr.Etl "한'])
def test_role_may_have_any_name(warehouse: Warehouse, name: str) -> None:
    """Upper case, dots and quotes in a role's name are no obstacle, nor in a schema's."""
    quoted = '"' + name.replace('"', '""') + '"'
    database = warehouse.value("SELECT current_database()")
    warehouse.run(
        f"CREATE ROLE {quoted}",
        f"GRANT CREATE ON DATABASE {database} TO {quoted}",
    )
    try:
        engine = warehouse.engine(role=name)
        warehouse.build(summary(), engine=engine)
        warehouse.run(
            f"CREATE SCHEMA {quoted} AUTHORIZATION {quoted}",
            f"CREATE VIEW {quoted}.v AS TABLE analytics.numbers",
            f"ALTER VIEW {quoted}.v OWNER TO {quoted}",
            f"CREATE STATISTICS {quoted}.s ON n, (n + 1) FROM analytics.numbers",
            f"ALTER STATISTICS {quoted}.s OWNER TO {quoted}",
        )
        run = warehouse.build(summary("SELECT 9 AS n"), engine=engine)

        assert ("published", [9]) == (run.status, warehouse.column(f"SELECT n FROM {quoted}.v"))
    finally:
        engine.close()
        warehouse.run(f"DROP OWNED BY {quoted} CASCADE; DROP ROLE {quoted}")
