"""Whether a Postgres is fit to build on: its version, what stands between, and our rights."""

from __future__ import annotations

from typing import TYPE_CHECKING

from builder.engines.base import Finding, Statement
from builder.relation import quoted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from builder.engines.postgres.session import Session
OLDEST, NEWEST = 15, 18
_RIGHTS = """
SELECT has_database_privilege(current_database(), 'CREATE'),
       to_regnamespace('builder') IS NOT NULL,
       (SELECT has_schema_privilege(n.oid, 'USAGE') AND coalesce(
                   (SELECT has_table_privilege(c.oid, 'INSERT') FROM pg_catalog.pg_class c
                    WHERE c.relnamespace = n.oid AND c.relname = 'runs'),
                   has_schema_privilege(n.oid, 'CREATE'))
        FROM pg_catalog.pg_namespace n WHERE n.nspname = 'builder'),
       current_setting('is_superuser') = 'on', current_user, current_database()
"""
_LEFT = """
SELECT format('%I.%I', n.nspname, c.relname) FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_description d ON d.objoid = c.oid AND d.objsubid = 0
    AND d.classoid = 'pg_catalog.pg_class'::regclass
WHERE c.relkind = 'r' AND d.description LIKE 'staged by builder run %' ORDER BY 1
"""
# What stands in the way of a publish, or comes as a surprise: how it is found, told and mended.
_SURPRISES = (
    (
        "pg_dump",
        "SELECT pid FROM pg_catalog.pg_stat_activity WHERE datname = current_database() "
        "AND application_name LIKE 'pg_dump%' ORDER BY 1",
        "process {} dumps this database and holds a lock on every table",
        "publishes by swap wait until it has ended: let builds run at another time",
    ),
    (
        "transactions",
        "SELECT 'process ' || pid || ' of ' || usename || ' since ' "
        "|| to_char(xact_start AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI') || ' UTC' "
        "FROM pg_catalog.pg_stat_activity WHERE datname = current_database() "
        "AND xact_start < now() - interval '5 minutes' AND backend_xmin IS NOT NULL "
        "AND usename IS NOT NULL AND pid <> pg_catalog.pg_backend_pid() ORDER BY xact_start",
        "open for long, with a snapshot: {}",
        "a publish waits for such a transaction for 30 s, then gives up: end it",
    ),
    (
        "publications",
        "SELECT pubname FROM pg_catalog.pg_publication WHERE puballtables "
        "UNION SELECT p.pubname FROM pg_catalog.pg_publication p "
        "JOIN pg_catalog.pg_publication_namespace s ON s.pnpubid = p.oid ORDER BY 1",
        "whole schemas or all tables are in {}",
        "nothing is built there, since subscribers would stop at a staged table: name the tables",
    ),
    (
        "standbys",
        "SELECT setting FROM pg_catalog.pg_settings "
        "WHERE name = 'synchronous_standby_names' AND setting <> ''",
        "commits wait for {}",
        "the swap itself does not; ALTER ROLE … SET synchronous_commit = local is for the rest",
    ),
    (
        "standbys",
        "SELECT coalesce(application_name, 'a standby') || ' at ' "
        "|| coalesce(host(client_addr), 'this host') FROM pg_catalog.pg_stat_replication "
        "WHERE state IS NOT NULL ORDER BY 1",
        "{} follow this server",
        "old snapshots there are not seen, and a long query there meets each swap's lock",
    ),
)
_KEPT = """
SELECT count(*) || ' of them, ' || pg_size_pretty(sum(pg_catalog.pg_total_relation_size(c.oid)))
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_description d ON d.objoid = c.oid
    AND d.objsubid = 0 AND d.classoid = 'pg_catalog.pg_class'::regclass
WHERE c.relkind = 'r' AND d.description LIKE 'kept by builder run %' HAVING count(*) > 0
UNION ALL SELECT NULL LIMIT 1
"""


def diagnose(session: Session) -> Iterator[Finding]:
    """The server, what stands before it, our rights, and what was left staged."""
    major = int(session.version.split(".")[0].split()[0])
    fits = OLDEST <= major <= NEWEST
    remedy = "" if fits else f"the builder is tested on PostgreSQL {OLDEST} to {NEWEST}"
    found = f"PostgreSQL {session.version}"
    yield Finding("server", found, good=True if fits else None, remedy=remedy)
    if session.is_pooled:
        found = "a pooler stands between: builds lock in a transaction of their own"
        remedy = "connect to the server itself where you can"
        yield Finding("pooler", found, good=None, remedy=remedy)
    else:
        yield Finding("pooler", "none between us and the server", good=True)
    yield from _rights(session)
    left = [str(row[0]) for row in session.execute(Statement(_LEFT)).rows]
    if left:
        remedy = "`publish` puts them in place, the next build of the table replaces them"
        found = f"not published: {', '.join(left)}"
        yield Finding("staged", found, good=None, remedy=remedy)
    yield from _surroundings(session)


def _surroundings(session: Session) -> Iterator[Finding]:
    """What else goes on in the database that a publish has to do with."""
    for what, question, found, remedy in _SURPRISES:
        asked = [str(row[0]) for row in session.execute(Statement(question)).rows]
        if asked:
            yield Finding(what, found.format(", ".join(asked)), good=None, remedy=remedy)
    sees = "SELECT pg_has_role(current_user, 'pg_read_all_stats', 'USAGE')"
    if not session.execute(Statement(sees)).rows[0][0]:
        found = "other roles' sessions are seen in part; GRANT pg_read_all_stats shows what they do"
        yield Finding("sessions", found, good=True)
    if kept := session.execute(Statement(_KEPT)).rows[0][0]:
        yield Finding("versions", f"kept to be brought back: {kept}", good=True)


def _rights(session: Session) -> Iterator[Finding]:
    found = session.execute(Statement(_RIGHTS)).rows[0]
    creates, has_journal, writes, is_super, user, database = found
    role = quoted(str(user))
    if has_journal and writes is not True:
        grant = (
            f"GRANT USAGE ON SCHEMA builder TO {role}; "
            f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA builder TO {role};"
        )
        yield Finding("journal", f"{user} may not write it", good=False, remedy=grant)
    elif not has_journal and not creates:
        remedy = f"CREATE SCHEMA builder AUTHORIZATION {role};"
        yield Finding("journal", "there is none", good=False, remedy=remedy)
    else:
        where = "in schema builder" if has_journal else "made on first use"
        yield Finding("journal", where, good=True)
    if creates:
        how = ", as a superuser" if is_super else ""
        yield Finding("rights", f"{user} may make schemas{how}", good=True)
    else:
        grant = f"GRANT CREATE ON DATABASE {quoted(str(database))} TO {role}; or make the schemas"
        yield Finding("rights", f"{user} may not make a schema", good=None, remedy=grant)
