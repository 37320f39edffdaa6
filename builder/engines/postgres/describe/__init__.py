"""Tables read from the catalogs, with all that hangs on them, in one query.

A publish by rename gives the name to another table, so whatever hangs on the old one has to be
carried over or it would be lost without a word. What `carry` knows stands in lists of its own;
everything else that `pg_depend` knows of is named in `hangs`, and refused.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from builder.engines.base import Statement, escaped
from builder.engines.postgres.attachments import Grant
from builder.engines.postgres.describe.query import TABLE
from builder.engines.postgres.table import Table, Target
from builder.engines.postgres.wording import QUIET
from builder.errors import EngineError
from builder.relation import quoted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from builder.engines.postgres.session import Session
    from builder.relation import Relation

_NAMED = " WHERE n.nspname = {0} AND c.relname = ANY ({1})"
_DIGESTED = "SELECT relname, described, md5(described) FROM ({0}) AS one (relname, described)"
_PREPARE = (
    "PREPARE builder_describe(text, text[]) AS "
    f"{_DIGESTED.format(TABLE + _NAMED.format('$1', '$2'))}"
)
_EXECUTE = "EXECUTE builder_describe(%s, %s)"
_SELECT = _DIGESTED.format(escaped(TABLE) + _NAMED.format("%s", "%s"))
_NO_SUCH_STATEMENT = "26000"
# A number divided by nothing is an error, which ends the transaction where the digests differ.
_SAME = """
SELECT 1 / (coalesce(max(md5(described)), '') = {2})::int
FROM ({0}{1}) AS one (relname, described)
"""
_PREPARE_SAME = "PREPARE builder_same(text, text, text[]) AS " + _SAME.format(
    TABLE, _NAMED.format("$2", "$3"), "$1"
)
_EXECUTE_SAME = "EXECUTE builder_same(%s, %s, %s)"
_SELECT_SAME = _SAME.format(escaped(TABLE), _NAMED.format("%s", "%s"), "%s")

_DEFAULT_GRANTS = """
SELECT coalesce(json_agg(json_build_object(
    'grantee', CASE WHEN a.grantee <> 0 THEN pg_get_userbyid(a.grantee) END,
    'privilege', a.privilege_type, 'grantable', a.is_grantable)), '[]')::text
FROM pg_default_acl d, aclexplode(d.defaclacl) a
WHERE d.defaclobjtype = 'r'
  AND d.defaclrole = (SELECT oid FROM pg_roles WHERE rolname = current_user)
  AND (d.defaclnamespace = 0 OR d.defaclnamespace = to_regnamespace(%s))
  AND a.grantee <> d.defaclrole
"""
_MARK = """
SELECT CASE WHEN c.relkind = 'r' THEN coalesce(obj_description(c.oid, 'pg_class'), '') ELSE '' END
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = %s AND c.relname = %s
"""
_GRANTEES = """
SELECT DISTINCT CASE WHEN a.grantee <> 0 THEN pg_get_userbyid(a.grantee) END
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace,
     aclexplode(c.relacl) a
WHERE n.nspname = %s AND c.relname = %s AND a.grantee <> c.relowner
"""
# Index names begin as the table's does, or as much of it as fits before the columns.
_TAKEN = """
SELECT c.relname FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_catalog.pg_index x ON x.indexrelid = c.oid
WHERE n.nspname = %s AND starts_with(c.relname, left(%s, 10))
  AND x.indrelid IS DISTINCT FROM to_regclass(%s)
"""


def describe(session: Session, *relations: Relation) -> list[Table | None]:
    """Each relation as it is now, whatever kind it is of; None where there is none.

    All are of one schema. In a transaction the search path has to be empty.
    """
    if session.in_transaction:
        return _described(session, relations)
    try:
        return _described_quietly(session, relations)
    except EngineError as error:
        if error.code != _NO_SUCH_STATEMENT:
            raise
        # SQL of a file may have called DEALLOCATE ALL.
        session.has_prepared = False
        return _described_quietly(session, relations)


def unchanged(session: Session, target: Target) -> Statement:
    """Fails, by a division by zero, unless the live table is still as it is described."""
    digest = target.live.digest if target.live else ""
    values = (digest, target.relation.schema, [target.relation.name])
    return Statement(_SELECT_SAME if session.is_pooled else _EXECUTE_SAME, values)


def describe_target(session: Session, target: Relation, source: Relation | None = None) -> Target:
    """The target, what is to take its place, and who may read new tables in its schema."""
    grants = session.execute(Statement(_DEFAULT_GRANTS, (quoted(target.schema),))).rows[0][0]
    names = session.execute(Statement(_TAKEN, (target.schema, target.name, target.sql))).rows
    live, incoming = describe(session, target, source or target.staged)
    return Target(
        target,
        live,
        incoming,
        msgspec.json.decode(str(grants), type=tuple[Grant, ...]),
        frozenset(str(row[0]) for row in names),
        source,
    )


def mark(session: Session, relation: Relation) -> str | None:
    """The comment on a relation, empty where it has none or is no table; None if it is not there.

    Needs no search path of its own, and so can be asked beside SQL of a file.
    """
    found = session.execute(Statement(_MARK, (relation.schema, relation.name))).rows
    return str(found[0][0]) if found else None


def grantees(session: Session, relation: Relation) -> list[str | None]:
    """Who but its owner may do something with a table; None is PUBLIC."""
    found = session.execute(Statement(_GRANTEES, (relation.schema, relation.name))).rows
    return [None if name is None else str(name) for (name,) in found]


def _described_quietly(session: Session, relations: Sequence[Relation]) -> list[Table | None]:
    with session.transaction(f"BEGIN; {QUIET}"):
        return _described(session, relations)


def _described(session: Session, relations: Sequence[Relation]) -> list[Table | None]:
    names = (relations[0].schema, [relation.name for relation in relations])
    # A pooler's server session is somebody else's next, and keeps no plan for us.
    if not session.is_pooled and not session.has_prepared:
        session.execute(Statement(f"{_PREPARE};\n{_PREPARE_SAME}"))
        session.has_prepared = True
    text = _SELECT if session.is_pooled else _EXECUTE
    found = {
        str(name): msgspec.structs.replace(
            msgspec.json.decode(str(described), type=Table), digest=str(digest)
        )
        for name, described, digest in session.execute(Statement(text, names)).rows
    }
    return [found.get(relation.name) for relation in relations]
