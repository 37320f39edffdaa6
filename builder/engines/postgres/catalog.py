"""What is there to be read: relations, their columns, and what a file could say of a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from builder.engines.base import Statement, escaped
from builder.engines.postgres.answers import INVALID_SCHEMA, UNDEFINED_TABLE
from builder.engines.postgres.describe.query import INDEX_COLUMNS, INDEX_WRITTEN
from builder.engines.postgres.guarded import read_only, require_one_select
from builder.errors import EngineError, Problem, QueryFailed
from builder.relation import Relation

if TYPE_CHECKING:
    from collections.abc import Sequence

    from builder.engines.base import Result
    from builder.engines.postgres.session import Session
    from builder.query import Select

_RELATIONS = """
SELECT n.nspname, c.relname FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'v', 'm', 'p', 'f') AND n.nspname !~ '^pg_(toast|temp)'
  AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'builder')
  AND pg_catalog.has_schema_privilege(n.oid, 'USAGE')
  AND pg_catalog.has_table_privilege(c.oid, 'SELECT') ORDER BY 1, 2
"""
# A domain is what it is made of, unless it is asked for by its own name.
_COLUMNS = """
SELECT wanted.number, a.attname, pg_catalog.format_type(
    CASE WHEN t.typtype = 'd' AND NOT %s THEN t.typbasetype ELSE a.atttypid END,
    CASE WHEN t.typtype = 'd' AND NOT %s THEN t.typtypmod ELSE a.atttypmod END)
FROM unnest(%s) WITH ORDINALITY AS wanted(name, number)
JOIN pg_catalog.pg_attribute a ON a.attrelid = to_regclass(wanted.name)
JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
WHERE a.attnum > 0 AND NOT a.attisdropped ORDER BY wanted.number, a.attnum
"""
_GENERATED = """
SELECT attname FROM pg_catalog.pg_attribute
WHERE attrelid = to_regclass(%s) AND attgenerated <> '' AND NOT attisdropped
"""
_TYPES = "SELECT pg_catalog.format_type(oid, NULL) FROM unnest(%s::oid[]) AS oid"
_SIZES = """
SELECT name, pg_catalog.pg_total_relation_size(to_regclass(name)) FROM unnest(%s) AS name
"""
# Those that hold for every row at every moment, and find the same values equal as a query does. A
# parent's own index tells nothing of what its children hold.
_KEYS = """
SELECT (SELECT pg_catalog.array_agg(a.attname::text) FROM pg_catalog.pg_attribute a
        WHERE a.attrelid = x.indrelid AND a.attnum = ANY (x.indkey[0:x.indnkeyatts - 1]))
FROM pg_catalog.pg_index x
JOIN pg_catalog.pg_class t ON t.oid = x.indrelid
JOIN pg_catalog.pg_class c ON c.oid = x.indexrelid
JOIN pg_catalog.pg_am m ON m.oid = c.relam
WHERE x.indrelid = to_regclass(%s) AND x.indisunique AND x.indimmediate AND x.indisvalid
  AND x.indpred IS NULL AND x.indexprs IS NULL AND m.amname = 'btree'
  AND (t.relkind IN ('p', 'm') OR t.relkind = 'r' AND NOT t.relhassubclass)
  AND NOT EXISTS (
      SELECT FROM pg_catalog.generate_series(0, x.indnkeyatts - 1) AS at
      JOIN pg_catalog.pg_attribute a ON a.attrelid = x.indrelid AND a.attnum = x.indkey[at]
      JOIN pg_catalog.pg_opclass o ON o.oid = x.indclass[at]
      WHERE NOT o.opcdefault OR x.indcollation[at] <> a.attcollation)
"""
_COMMENTS = """
SELECT COALESCE(a.attname, ''), d.description FROM pg_catalog.pg_description d
LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = d.objoid AND a.attnum = d.objsubid
    AND d.objsubid > 0
WHERE d.classoid = 'pg_catalog.pg_class'::regclass AND d.objoid = to_regclass(%s)
ORDER BY d.objsubid
"""
_INDEXES = f"""
WITH quiet AS MATERIALIZED (SELECT set_config('search_path', '', true) AS path)
SELECT x.indisprimary, x.indisunique, {INDEX_COLUMNS}, {INDEX_WRITTEN}
FROM quiet, pg_catalog.pg_index x
JOIN pg_catalog.pg_class c ON c.oid = x.indexrelid
JOIN pg_catalog.pg_am m ON m.oid = c.relam
WHERE quiet.path = '' AND x.indrelid = to_regclass(%s) ORDER BY c.relname
"""  # noqa: S608 -- constants of our own


def relations(session: Session) -> list[Relation]:
    """Every table and view that we may read, but for the server's own and the journal's."""
    return [Relation(str(s), str(name)) for s, name in session.execute(Statement(_RELATIONS)).rows]


def columns(
    session: Session, wanted: Sequence[Relation], *, with_domains: bool = False
) -> dict[Relation, dict[str, str]]:
    """The columns of each relation that is there, in their order, with their types as SQL.

    A domain is told as what it is made of, or by its own name.
    """
    found: dict[Relation, dict[str, str]] = {}
    if wanted:
        names = [relation.sql for relation in wanted]
        for number, name, kind in session.execute(
            Statement(_COLUMNS, (with_domains, with_domains, names))
        ).rows:
            found.setdefault(wanted[int(str(number)) - 1], {})[str(name)] = str(kind)
    return found


def generated(session: Session, relation: Relation) -> set[str]:
    """The columns of a relation that are generated; none of one that is not there."""
    return {str(name) for (name,) in session.execute(Statement(_GENERATED, (relation.sql,))).rows}


def keys(session: Session, relation: Relation) -> list[frozenset[str]]:
    """Each set of columns in which no two rows are alike without a NULL: an index sees to it."""
    found = session.execute(Statement(_KEYS, (relation.sql,))).rows
    return [frozenset(names) for (names,) in found if isinstance(names, list)]


def sizes(session: Session, wanted: Sequence[Relation]) -> dict[Relation, int]:
    """The bytes of each table that is there, with its indexes."""
    names = {relation.sql: relation for relation in wanted}
    if not names:
        return {}
    found = session.execute(Statement(_SIZES, (list(names),))).rows
    return {names[str(name)]: int(str(size)) for name, size in found if size is not None}


def first_rows(session: Session, relation: Relation, limit: int) -> Result:
    """The first rows of a table; raises QueryFailed if it is not there."""
    text = f"SELECT * FROM {escaped(relation.sql)} LIMIT %s"  # noqa: S608 -- quoted by Relation
    try:
        return session.execute_plain(Statement(text, (limit,)))
    except EngineError as error:
        if error.code not in (UNDEFINED_TABLE, INVALID_SCHEMA):
            raise
        message = f"there is no table {relation} yet"
        problem = Problem(message, hint=f"`builder build {relation.name}` makes it")
        raise QueryFailed(problem, code=error.code) from error


def shape(session: Session, select: Select) -> list[tuple[str, str]]:
    """The columns that a query returns and their types as SQL; it is planned, and reads no row.

    Raises QueryFailed where the server would not run it.
    """
    with session.transaction("BEGIN READ ONLY"):
        with read_only(session):
            require_one_select(session, select)
        prefix = "SELECT * FROM (\n"
        text = f"{select.text}\n) AS shape LIMIT 0"
        result = session.execute_theirs(text, select.sql, prefix, select.sources)
        kinds = session.execute(Statement(_TYPES, (list(result.types),))).rows
        return [(name, str(kind)) for name, (kind,) in zip(result.columns, kinds, strict=True)]


def declarations(session: Session, relation: Relation) -> dict[str, object] | None:
    """What a file could say of a table that is there, by the file's keys; None if it is not."""
    if not session.execute(Statement("SELECT to_regclass(%s)", (relation.sql,))).rows[0][0]:
        return None
    said: dict[str, object] = {}
    comments = _comments(session, relation)
    if "" in comments:
        said["description"] = comments.pop("")
    if comments:
        said["columns"] = comments
    lists: dict[str, list[object]] = {"unique": [], "indexes": []}
    for is_primary, is_unique, whole, written in session.execute(
        Statement(_INDEXES, (relation.sql,))
    ).rows:
        if not is_unique:
            lists["indexes"].append(whole or written)
        elif whole and is_primary:
            said["primary_key"] = whole
        elif whole:  # a partial or deferrable one cannot be said in a file
            lists["unique"].append(whole)
    return said | {key: found for key, found in lists.items() if found}


def _comments(session: Session, relation: Relation) -> dict[str, str]:
    """The comments on its columns, and under the empty name the one on itself."""
    rows = session.execute(Statement(_COMMENTS, (relation.sql,))).rows
    return {str(column): str(text) for column, text in rows}
