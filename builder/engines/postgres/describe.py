"""What a table is and what hangs on it: read from the catalogs in one query.

A publish by rename gives the name to another table, so whatever hangs on the old one has to be
carried over or it would be lost without a word. What is carried so far are owner, grants and
comments; everything else that `pg_depend` knows of is named in `hangs`, and refused.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from builder.engines.base import Statement
from builder.relation import Relation, quoted, quoted_list

if TYPE_CHECKING:
    from builder.engines.postgres.session import Session

ORDINARY = "r"
STAGED_COMMENT = "staged by builder run "
INDEX_COMMENT = "declared in the summary"
# Of pg_index x and pg_am m: the columns of an index on whole columns and nothing else, as a file
# says them by their names, and how CREATE INDEX has any.
INDEX_COLUMNS = """
CASE WHEN x.indexprs IS NULL AND x.indpred IS NULL AND m.amname = 'btree'
    AND x.indnatts = x.indnkeyatts AND x.indimmediate AND NOT x.indnullsnotdistinct
    AND NOT EXISTS (SELECT FROM unnest(x.indoption) AS o WHERE o <> 0)
    AND NOT EXISTS (SELECT FROM unnest(x.indclass) AS k
                    JOIN pg_catalog.pg_opclass o ON o.oid = k WHERE NOT o.opcdefault)
    AND NOT EXISTS (SELECT FROM unnest(x.indkey, x.indcollation) AS k(n, collation_of)
                    JOIN pg_catalog.pg_attribute a ON a.attrelid = x.indrelid AND a.attnum = k.n
                    WHERE k.collation_of <> a.attcollation)
THEN ARRAY(SELECT a.attname::text FROM unnest(x.indkey) WITH ORDINALITY AS k(n, place)
           JOIN pg_catalog.pg_attribute a ON a.attrelid = x.indrelid AND a.attnum = k.n
           ORDER BY k.place) END"""
INDEX_WRITTEN = "regexp_replace(pg_catalog.pg_get_indexdef(x.indexrelid), '^.*? USING ', 'USING ')"


class Grant(msgspec.Struct, frozen=True):
    """One privilege of one role, None for PUBLIC; `column` None is the whole table."""

    grantee: str | None
    privilege: str
    grantable: bool
    column: str | None = None


class Index(msgspec.Struct, frozen=True):
    """An index, and whether a build made it because the file declared it.

    `columns` are its whole columns; where it is made of anything else and no build made it,
    `written` is what CREATE INDEX has, with functions spelled as the search path has them.
    """

    name: str
    is_declared: bool
    kind: str = "index"
    columns: tuple[str, ...] | None = None
    written: str | None = None

    @property
    def says(self) -> str:
        """What it is in the words of a file's declaration: `unique ("day", "channel")`."""
        what = self.written if self.columns is None else quoted_list(self.columns)
        return f"{self.kind} {what}"


class Table(msgspec.Struct, frozen=True):
    """A relation as the catalogs have it; `is_owned` by us, or by a role we are a member of."""

    oid: int
    kind: str
    owner: str
    is_owned: bool
    comment: str | None
    grants: tuple[Grant, ...]
    columns: dict[str, str]
    column_comments: dict[str, str]
    indexes: tuple[Index, ...]
    hangs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Target:
    """The target and what stands around it; `default_grants` are for a table that is new."""

    relation: Relation
    live: Table | None
    staged: Table | None
    default_grants: tuple[Grant, ...]
    taken: frozenset[str] = frozenset()
    """Names of other relations in the schema that an index of the target could want."""


_KINDS = {
    "v": "a view",
    "m": "a materialized view",
    "p": "a partitioned table",
    "f": "a foreign table",
    "S": "a sequence",
    "i": "an index",
    "I": "an index",
    "c": "a type",
}

_DESCRIBE = """
SELECT json_build_object(
  'oid', c.oid::bigint, 'kind', c.relkind, 'owner', pg_get_userbyid(c.relowner),
  'is_owned', pg_has_role(c.relowner, 'USAGE'),
  'comment', obj_description(c.oid, 'pg_class'),
  'grants', (
    SELECT coalesce(json_agg(json_build_object(
        'grantee', CASE WHEN g.grantee <> 0 THEN pg_get_userbyid(g.grantee) END,
        'privilege', g.privilege_type, 'grantable', g.is_grantable, 'column', g.attname)), '[]')
    FROM (
      SELECT a.grantee, a.privilege_type, a.is_grantable, NULL::name AS attname
      FROM aclexplode(c.relacl) a
      UNION ALL
      SELECT a.grantee, a.privilege_type, a.is_grantable, t.attname
      FROM pg_attribute t, aclexplode(t.attacl) a
      WHERE t.attrelid = c.oid AND NOT t.attisdropped) g
    WHERE g.grantee <> c.relowner),
  'columns', (
    SELECT coalesce(json_object_agg(t.attname, format_type(t.atttypid, t.atttypmod)
                                    ORDER BY t.attnum), '{}')
    FROM pg_attribute t WHERE t.attrelid = c.oid AND t.attnum > 0 AND NOT t.attisdropped),
  'column_comments', (
    SELECT coalesce(json_object_agg(t.attname, d.description), '{}')
    FROM pg_description d JOIN pg_attribute t ON t.attrelid = d.objoid AND t.attnum = d.objsubid
    WHERE d.objoid = c.oid AND d.classoid = 'pg_class'::regclass AND d.objsubid > 0),
  'indexes', (
    SELECT coalesce(json_agg(json_build_object(
        'name', i.relname,
        'is_declared', d.is_declared,
        'kind', CASE WHEN x.indisprimary THEN 'primary key' WHEN x.indisunique THEN 'unique'
                ELSE 'index' END,
        'columns', d.columns,
        'written', CASE WHEN NOT d.is_declared AND d.columns IS NULL THEN {written} END)
        ORDER BY i.relname), '[]')
    FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_am m ON m.oid = i.relam
    CROSS JOIN LATERAL (
      SELECT coalesce(obj_description(i.oid, 'pg_class') = %s, false) AS is_declared,
             {columns} AS columns) AS d
    WHERE x.indrelid = c.oid),
  'hangs', (
    SELECT coalesce(json_agg(h.what ORDER BY h.what), '[]')
    FROM (
      SELECT DISTINCT coalesce(
        (SELECT pg_describe_object('pg_class'::regclass, r.ev_class, 0) FROM pg_rewrite r
         WHERE d.classid = 'pg_rewrite'::regclass AND r.oid = d.objid AND r.ev_class <> c.oid),
        pg_describe_object(d.classid, d.objid, d.objsubid)) AS what
      FROM pg_depend d
      WHERE (d.refclassid, d.refobjid) IN (
          ('pg_class'::regclass, c.oid), ('pg_type'::regclass, y.oid),
          ('pg_type'::regclass, y.typarray))
        AND NOT (d.classid = 'pg_type'::regclass AND d.objid IN (y.oid, y.typarray))
        AND NOT (d.classid = 'pg_class'::regclass AND d.objid IN (
            SELECT c.oid UNION ALL SELECT c.reltoastrelid
            UNION ALL SELECT x.indexrelid FROM pg_index x WHERE x.indrelid = c.oid))
        AND NOT (d.classid = 'pg_constraint'::regclass AND d.objid IN (
            SELECT k.oid FROM pg_constraint k
            WHERE k.conrelid = c.oid AND k.contype IN ('p', 'u', 'n')))
      UNION ALL
      SELECT 'NOT NULL of column ' || t.attname FROM pg_attribute t
      WHERE t.attrelid = c.oid AND t.attnum > 0 AND t.attnotnull AND NOT t.attisdropped
        AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conrelid = c.oid
                        AND k.contype = 'p' AND t.attnum = ANY (k.conkey))
      UNION ALL SELECT 'row security' WHERE c.relrowsecurity OR c.relforcerowsecurity
      UNION ALL SELECT 'storage option ' || o FROM unnest(c.reloptions) o
      UNION ALL SELECT 'being UNLOGGED' WHERE c.relpersistence = 'u'
      UNION ALL SELECT 'storage option toast.' || o
                FROM pg_class b, unnest(b.reloptions) o WHERE b.oid = c.reltoastrelid
      UNION ALL SELECT 'options of column ' || t.attname FROM pg_attribute t
                JOIN pg_type u ON u.oid = t.atttypid
                WHERE t.attrelid = c.oid AND t.attnum > 0 AND NOT t.attisdropped
                  AND (coalesce(t.attstattarget, -1) <> -1 OR t.attoptions IS NOT NULL
                       OR t.attstorage <> u.typstorage OR t.attcompression <> '')
      UNION ALL SELECT 'options of index ' || i.relname FROM pg_index x
                JOIN pg_class i ON i.oid = x.indexrelid
                WHERE x.indrelid = c.oid AND (i.reloptions IS NOT NULL OR i.reltablespace <> 0
                                              OR x.indisclustered)
      UNION ALL SELECT 'comment on ' || pg_describe_object(d.classoid, d.objoid, 0)
                FROM pg_description d
                WHERE d.description <> %s AND (
                   (d.classoid = 'pg_class'::regclass AND d.objoid IN (
                           SELECT x.indexrelid FROM pg_index x WHERE x.indrelid = c.oid))
                   OR (d.classoid = 'pg_constraint'::regclass AND d.objoid IN (
                           SELECT k.oid FROM pg_constraint k WHERE k.conrelid = c.oid)))
      UNION ALL SELECT 'security label of ' || l.provider FROM pg_seclabel l
                WHERE l.classoid = 'pg_class'::regclass AND l.objoid = c.oid
      UNION ALL SELECT 'the type ' || c.reloftype::regtype WHERE c.reloftype <> 0
      UNION ALL SELECT 'its tablespace' WHERE c.reltablespace <> 0
      UNION ALL SELECT 'its replica identity' WHERE c.relreplident <> 'd'
      UNION ALL SELECT 'its place in a partitioned or inherited table'
                WHERE EXISTS (SELECT FROM pg_inherits i
                              WHERE c.oid IN (i.inhrelid, i.inhparent))) h)
)::text
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_type y ON y.oid = c.reltype
WHERE n.nspname = %s AND c.relname = %s
""".replace("{columns}", INDEX_COLUMNS).replace("{written}", INDEX_WRITTEN)

_DEFAULT_GRANTS = """
SELECT coalesce(json_agg(json_build_object(
    'grantee', CASE WHEN a.grantee <> 0 THEN pg_get_userbyid(a.grantee) END,
    'privilege', a.privilege_type, 'grantable', a.is_grantable)), '[]')::text
FROM pg_default_acl d, aclexplode(d.defaclacl) a
WHERE d.defaclobjtype = 'r' AND d.defaclrole = current_user::regrole
  AND (d.defaclnamespace = 0 OR d.defaclnamespace = to_regnamespace(%s))
  AND a.grantee <> d.defaclrole
"""


# Index names begin as the table's does, or as much of it as fits before the columns.
_TAKEN = """
SELECT c.relname FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_catalog.pg_index x ON x.indexrelid = c.oid
WHERE n.nspname = %s AND starts_with(c.relname, left(%s, 10))
  AND x.indrelid IS DISTINCT FROM to_regclass(%s)
"""


def describe(session: Session, relation: Relation) -> Table | None:
    """The relation as it is now, whatever kind it is of; None if there is none."""
    values = (INDEX_COMMENT, INDEX_COMMENT, relation.schema, relation.name)
    found = session.execute(Statement(_DESCRIBE, values)).rows
    return msgspec.json.decode(str(found[0][0]), type=Table) if found else None


def describe_target(session: Session, target: Relation) -> Target:
    """The target, what is staged for it, and who may read new tables in its schema."""
    grants = session.execute(Statement(_DEFAULT_GRANTS, (quoted(target.schema),))).rows[0][0]
    names = session.execute(Statement(_TAKEN, (target.schema, target.name, target.sql))).rows
    return Target(
        target,
        describe(session, target),
        describe(session, target.staged),
        msgspec.json.decode(str(grants), type=tuple[Grant, ...]),
        frozenset(str(row[0]) for row in names),
    )


def comparable(target: Target) -> tuple[Table | None, Table | None]:
    """Both tables without what is spelled as the search path has it.

    That is types, functions in indexes, and what hangs on a table.
    """
    live, staged = (
        table
        and msgspec.structs.replace(
            table,
            columns=dict.fromkeys(table.columns, ""),
            indexes=tuple(msgspec.structs.replace(index, written=None) for index in table.indexes),
            hangs=(),
        )
        for table in (target.live, target.staged)
    )
    return live, staged


def column_changes(live: Table, staged: Table) -> list[str]:
    """What the staged columns are that the live ones are not, a sentence each."""
    gone = [f"column {name} goes" for name in live.columns if name not in staged.columns]
    new = [f"column {name} is new" for name in staged.columns if name not in live.columns]
    changed = [
        f"column {name} changes from {live.columns[name]} to {kind}"
        for name, kind in staged.columns.items()
        if live.columns.get(name, kind) != kind
    ]
    return [*gone, *new, *changed]


def is_ours(staged: Table) -> bool:
    """Whether a table under a staged name was made by a build, and not by a person."""
    return staged.kind == ORDINARY and (staged.comment or "").startswith(STAGED_COMMENT)


def kind_of(table: Table) -> str:
    """What it is, in words."""
    return _KINDS.get(table.kind, "a table")
