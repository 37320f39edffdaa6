"""The one query that describes a table: what it asks of the catalogs, part by part."""

from __future__ import annotations

from builder.engines.postgres.table import INDEX_COMMENT

# Of pg_index x and pg_am m: the columns of an index on whole columns and nothing else, as a file
# says them by their names, and how CREATE INDEX has any. An identifier is quoted or a word.
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
_WORD = r'(?:"(?:[^"]|"")*"|[^\s".]+)'
INDEX_WRITTEN = (
    "regexp_replace(pg_catalog.pg_get_indexdef(x.indexrelid), "
    rf"'^CREATE (?:UNIQUE )?INDEX {_WORD} ON (?:ONLY )?(?:{_WORD}\.)?{_WORD} ', '')"
)

_GRANTS = """
SELECT json_agg(json_build_object(
    'grantee', CASE WHEN g.grantee <> 0 THEN pg_get_userbyid(g.grantee) END,
    'privilege', g.privilege_type, 'grantable', g.is_grantable, 'column', g.attname,
    'grantor', CASE WHEN g.grantor <> c.relowner THEN pg_get_userbyid(g.grantor) END,
    'is_grantable_by_us', g.grantor = c.relowner
        OR has_schema_privilege(g.grantor, c.relnamespace, 'USAGE')
        AND pg_has_role(g.grantor, CASE WHEN current_setting('server_version_num')::int >= 160000
                                        THEN 'SET' ELSE 'MEMBER' END)))
FROM (
  SELECT a.*, NULL::name AS attname FROM aclexplode(c.relacl) a WHERE a.grantee <> c.relowner
  UNION ALL
  SELECT a.*, t.attname FROM pg_attribute t, aclexplode(t.attacl) a
  WHERE t.attrelid = c.oid AND NOT t.attisdropped) g"""

_COLUMNS = """
SELECT json_agg(json_build_object(
    'name', t.attname, 'type', format_type(t.atttypid, t.atttypmod),
    'collation', (SELECT format('%I.%I', n.nspname, k.collname) FROM pg_collation k
                  JOIN pg_namespace n ON n.oid = k.collnamespace
                  WHERE k.oid = t.attcollation AND t.attcollation <> u.typcollation),
    'is_not_null', t.attnotnull,
    'default', CASE WHEN f.oid IS NOT NULL THEN pg_get_expr(f.adbin, f.adrelid) END,
    'identity', CASE t.attidentity WHEN 'a' THEN 'ALWAYS' WHEN 'd' THEN 'BY DEFAULT' END,
    'generated', CASE t.attgenerated WHEN 's' THEN 'STORED' WHEN 'v' THEN 'VIRTUAL' END,
    'storage', CASE WHEN t.attstorage <> u.typstorage THEN
        CASE t.attstorage WHEN 'p' THEN 'PLAIN' WHEN 'e' THEN 'EXTERNAL' WHEN 'x' THEN 'EXTENDED'
                          WHEN 'm' THEN 'MAIN' END END,
    'compression', CASE t.attcompression WHEN 'p' THEN 'pglz' WHEN 'l' THEN 'lz4' END,
    'statistics', NULLIF(t.attstattarget, -1),
    'options', to_json(t.attoptions),
    'comment', col_description(c.oid, t.attnum),
    'sequence', (
      SELECT json_build_object('name', s.relname, 'options', format(
          'START WITH %s INCREMENT BY %s MINVALUE %s MAXVALUE %s CACHE %s %s', q.seqstart,
          q.seqincrement, q.seqmin, q.seqmax, q.seqcache,
          CASE WHEN q.seqcycle THEN 'CYCLE' ELSE 'NO CYCLE' END))
      FROM pg_depend d JOIN pg_class s ON s.oid = d.objid JOIN pg_sequence q ON q.seqrelid = s.oid
      WHERE d.refclassid = 'pg_class'::regclass AND d.refobjid = c.oid
        AND d.refobjsubid = t.attnum AND d.classid = 'pg_class'::regclass AND d.deptype = 'i'),
    'owned', (
      SELECT json_agg(d.objid::regclass::text ORDER BY 1)
      FROM pg_depend d JOIN pg_class s ON s.oid = d.objid AND s.relkind = 'S'
      WHERE d.refclassid = 'pg_class'::regclass AND d.refobjid = c.oid
        AND d.refobjsubid = t.attnum AND d.classid = 'pg_class'::regclass AND d.deptype = 'a')
    ) ORDER BY t.attnum)
FROM pg_attribute t JOIN pg_type u ON u.oid = t.atttypid
LEFT JOIN pg_attrdef f ON f.adrelid = t.attrelid AND f.adnum = t.attnum
WHERE t.attrelid = c.oid AND t.attnum > 0 AND NOT t.attisdropped"""

_INDEXES = """
SELECT json_agg(json_build_object(
    'name', i.relname,
    'is_declared', coalesce(obj_description(i.oid, 'pg_class') = '{mark}', false),
    'kind', CASE WHEN x.indisprimary THEN 'primary key' WHEN x.indisunique THEN 'unique'
            ELSE 'index' END,
    'columns', {columns},
    'written', {written},
    'is_unique', x.indisunique,
    'constraint', CASE WHEN k.oid IS NOT NULL THEN pg_get_constraintdef(k.oid) END,
    'options', to_json(i.reloptions),
    'tablespace', (SELECT spcname FROM pg_tablespace WHERE oid = i.reltablespace),
    'comment', NULLIF(obj_description(i.oid, 'pg_class'), '{mark}'),
    'constraint_comment', obj_description(k.oid, 'pg_constraint'),
    'statistics', (SELECT json_agg(json_build_array(t.attnum, t.attstattarget) ORDER BY 1)
                   FROM pg_attribute t WHERE t.attrelid = i.oid AND t.attstattarget >= 0),
    'is_clustered', x.indisclustered, 'is_replica_identity', x.indisreplident,
    'is_valid', x.indisvalid)
    ORDER BY i.relname)
FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_am m ON m.oid = i.relam
LEFT JOIN pg_constraint k ON k.conindid = i.oid AND k.conrelid = c.oid
    AND k.contype IN ('p', 'u', 'x')
WHERE x.indrelid = c.oid"""

_CONSTRAINTS = """
SELECT json_agg(json_build_object(
    'name', k.conname, 'kind', k.contype, 'definition', pg_get_constraintdef(k.oid),
    'columns', (SELECT json_agg(t.attname ORDER BY t.attnum) FROM pg_attribute t
                WHERE t.attrelid = c.oid AND t.attnum = ANY (k.conkey)),
    'comment', obj_description(k.oid, 'pg_constraint')) ORDER BY k.conname)
FROM pg_constraint k
WHERE k.conrelid = c.oid
  AND (k.contype IN ('c', 'n') OR k.contype = 'f' AND k.confrelid <> c.oid)"""

# Bits of tgtype: 1 a trigger for each row, 2 BEFORE.
# https://github.com/postgres/postgres/blob/master/src/include/catalog/pg_trigger.h
_TRIGGERS = """
SELECT json_agg(json_build_object(
    'name', t.tgname, 'definition', pg_get_triggerdef(t.oid), 'enabled', t.tgenabled,
    'comment', obj_description(t.oid, 'pg_trigger'), 'changes_rows', t.tgtype & 3 = 3)
    ORDER BY t.tgname)
FROM pg_trigger t WHERE t.tgrelid = c.oid AND NOT t.tgisinternal"""

_RULES = """
SELECT json_agg(json_build_object(
    'name', r.rulename, 'definition', pg_get_ruledef(r.oid), 'enabled', r.ev_enabled,
    'columns', (SELECT json_agg(DISTINCT t.attname) FROM pg_depend d
                JOIN pg_attribute t ON t.attrelid = c.oid AND t.attnum = d.refobjsubid
                WHERE d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid
                  AND d.refclassid = 'pg_class'::regclass AND d.refobjid = c.oid
                  AND d.refobjsubid > 0),
    'comment', obj_description(r.oid, 'pg_rewrite'), 'changes_rows', true) ORDER BY r.rulename)
FROM pg_rewrite r WHERE r.ev_class = c.oid AND r.rulename <> '_RETURN'"""

_POLICIES = """
SELECT json_agg(json_build_object(
    'name', p.polname, 'is_permissive', p.polpermissive,
    'command', CASE p.polcmd WHEN 'r' THEN 'SELECT' WHEN 'a' THEN 'INSERT' WHEN 'w' THEN 'UPDATE'
               WHEN 'd' THEN 'DELETE' ELSE 'ALL' END,
    'roles', (SELECT json_agg(CASE WHEN r <> 0 THEN pg_get_userbyid(r) END)
              FROM unnest(p.polroles) AS r),
    'using', pg_get_expr(p.polqual, p.polrelid), 'check', pg_get_expr(p.polwithcheck, p.polrelid),
    'columns', (SELECT json_agg(DISTINCT t.attname) FROM pg_depend d
                JOIN pg_attribute t ON t.attrelid = c.oid AND t.attnum = d.refobjsubid
                WHERE d.classid = 'pg_policy'::regclass AND d.objid = p.oid
                  AND d.refclassid = 'pg_class'::regclass AND d.refobjid = c.oid
                  AND d.refobjsubid > 0),
    'comment', obj_description(p.oid, 'pg_policy')) ORDER BY p.polname)
FROM pg_policy p WHERE p.polrelid = c.oid"""

_STATISTICS = """
SELECT json_agg(json_build_object(
    'schema', (SELECT nspname FROM pg_namespace WHERE oid = s.stxnamespace), 'name', s.stxname,
    'written', CASE WHEN s.stxkind <> '{e}' THEN (
        SELECT '(' || string_agg(CASE k WHEN 'd' THEN 'ndistinct' WHEN 'f' THEN 'dependencies'
                                 WHEN 'm' THEN 'mcv' END, ', ') || ') '
        FROM unnest(s.stxkind) k WHERE k <> 'e') ELSE '' END
      || 'ON ' || pg_get_statisticsobjdef_columns(s.oid),
    'target', NULLIF(s.stxstattarget, -1), 'owner', pg_get_userbyid(s.stxowner),
    'comment', obj_description(s.oid, 'pg_statistic_ext')) ORDER BY s.stxname)
FROM pg_statistic_ext s WHERE s.stxrelid = c.oid"""

_LABELS = """
SELECT json_agg(json_build_object(
    'provider', l.provider, 'label', l.label, 'column', t.attname)
    ORDER BY l.provider, l.objsubid)
FROM pg_seclabel l LEFT JOIN pg_attribute t
    ON t.attrelid = l.objoid AND t.attnum = l.objsubid AND l.objsubid > 0
WHERE l.classoid = 'pg_class'::regclass AND l.objoid = c.oid"""

_VIEWS = """
SELECT json_agg(json_build_object(
    'schema', (SELECT nspname FROM pg_namespace WHERE oid = v.relnamespace),
    'name', v.relname, 'kind', v.relkind,
    'owner', pg_get_userbyid(v.relowner),
    'is_owned', pg_has_role(v.relowner, 'USAGE'),
    'is_replaceable', NOT pg_is_other_temp_schema(v.relnamespace)
                      AND has_schema_privilege(v.relnamespace, 'CREATE'),
    'definition', pg_get_viewdef(v.oid), 'options', to_json(v.reloptions),
    'columns', w.columns) ORDER BY v.oid)
FROM (
  SELECT r.ev_class, json_agg(t.attname) FILTER (WHERE t.attname IS NOT NULL) AS columns
  FROM pg_depend d JOIN pg_rewrite r ON r.oid = d.objid AND r.rulename = '_RETURN'
  LEFT JOIN pg_attribute t ON t.attrelid = c.oid AND t.attnum = d.refobjsubid AND t.attnum > 0
  WHERE d.classid = 'pg_rewrite'::regclass AND d.refclassid = 'pg_class'::regclass
    AND d.refobjid = c.oid AND r.ev_class <> c.oid
  GROUP BY r.ev_class) w
JOIN pg_class v ON v.oid = w.ev_class"""

_HANGS = """
SELECT json_agg(h.what ORDER BY h.what) FROM (
  SELECT DISTINCT coalesce(
    (SELECT pg_describe_object('pg_class'::regclass, r.ev_class, 0) FROM pg_rewrite r
     WHERE d.classid = 'pg_rewrite'::regclass AND r.oid = d.objid AND r.ev_class <> c.oid),
    pg_describe_object(d.classid, d.objid, d.objsubid)) AS what
  FROM pg_depend d
  WHERE (d.refclassid, d.refobjid) IN (
      ('pg_class'::regclass, c.oid), ('pg_type'::regclass, y.oid),
      ('pg_type'::regclass, y.typarray))
    AND NOT (d.classid = 'pg_type'::regclass AND d.objid IN (y.oid, y.typarray))
    AND NOT (d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass
             AND d.objid IN (
        SELECT c.oid UNION ALL SELECT c.reltoastrelid
        UNION ALL SELECT x.indexrelid FROM pg_index x WHERE x.indrelid = c.oid
        UNION ALL SELECT s.oid FROM pg_class s WHERE s.oid = d.objid AND s.relkind = 'S'
                      AND d.deptype IN ('a', 'i')))
    AND NOT (d.classid = 'pg_attrdef'::regclass AND d.objid IN (
        SELECT f.oid FROM pg_attrdef f WHERE f.adrelid = c.oid))
    AND NOT (d.classid = 'pg_constraint'::regclass AND d.objid IN (
        SELECT k.oid FROM pg_constraint k WHERE k.conrelid = c.oid AND (
            k.contype <> 'f' OR k.confrelid <> c.oid)))
    AND NOT (d.classid = 'pg_trigger'::regclass AND d.objid IN (
        SELECT t.oid FROM pg_trigger t WHERE t.tgrelid = c.oid))
    AND NOT (d.classid = 'pg_policy'::regclass AND d.objid IN (
        SELECT p.oid FROM pg_policy p WHERE p.polrelid = c.oid))
    AND NOT (d.classid = 'pg_statistic_ext'::regclass AND d.objid IN (
        SELECT s.oid FROM pg_statistic_ext s WHERE s.stxrelid = c.oid))
    AND NOT (d.classid = 'pg_publication_rel'::regclass)
    AND NOT (d.classid = 'pg_rewrite'::regclass AND d.refclassid = 'pg_class'::regclass
             AND d.objid IN (
        SELECT r.oid FROM pg_rewrite r WHERE r.oid = d.objid
            AND (r.ev_class = c.oid OR r.rulename = '_RETURN')))
  UNION ALL SELECT 'the type ' || c.reloftype::regtype WHERE c.reloftype <> 0
  UNION ALL SELECT 'the privileges on its row type' WHERE y.typacl IS NOT NULL
  UNION ALL SELECT 'its access method ' || m.amname FROM pg_am m
            WHERE m.oid = c.relam AND m.amname <> 'heap'
  UNION ALL SELECT 'its place in ' || pg_describe_object(d.refclassid, d.refobjid, 0)
            FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid
              AND d.objsubid = 0 AND d.deptype = 'e'
  UNION ALL SELECT 'the privileges on sequence ' || s.relname
            FROM pg_depend d JOIN pg_class s ON s.oid = d.objid
            WHERE d.refclassid = 'pg_class'::regclass AND d.refobjid = c.oid
              AND d.classid = 'pg_class'::regclass AND d.deptype = 'i' AND s.relkind = 'S'
              AND s.relacl IS NOT NULL) h"""

_BARS = """
SELECT json_agg(h.what ORDER BY h.what) FROM (
  SELECT 'its place in a partitioned or inherited table' AS what
  WHERE EXISTS (SELECT FROM pg_inherits i WHERE c.oid IN (i.inhrelid, i.inhparent))
  UNION ALL
  SELECT 'its place in subscription ' || coalesce(
      (SELECT u.subname FROM pg_subscription u WHERE u.oid = s.srsubid), s.srsubid::text)
  FROM pg_subscription_rel s WHERE s.srrelid = c.oid) h"""

_REFERENCES = """
SELECT json_agg(json_build_object(
    'name', pg_describe_object('pg_constraint'::regclass, k.oid, 0),
    'cascades', k.confdeltype IN ('c', 'n', 'd') OR k.confupdtype IN ('c', 'n', 'd'))
    ORDER BY k.conname)
FROM pg_constraint k WHERE k.confrelid = c.oid AND k.contype = 'f'"""

_PUBLICATIONS = """
SELECT json_agg(p.pubname ORDER BY p.pubname) FROM pg_publication_rel r
JOIN pg_publication p ON p.oid = r.prpubid WHERE r.prrelid = c.oid"""

# https://www.postgresql.org/docs/current/logical-replication-publication.html
_LACKS_IDENTITY = """
(c.relreplident = 'n' OR c.relreplident = 'd' AND NOT EXISTS (
    SELECT FROM pg_index x WHERE x.indrelid = c.oid AND x.indisprimary))
AND EXISTS (SELECT FROM pg_publication_rel r JOIN pg_publication p ON p.oid = r.prpubid
            WHERE r.prrelid = c.oid AND (p.pubupdate OR p.pubdelete))"""

TABLE = f"""
SELECT c.relname, json_strip_nulls(json_build_object(
  'oid', c.oid::bigint, 'kind', c.relkind, 'owner', pg_get_userbyid(c.relowner),
  'is_owned', pg_has_role(c.relowner, 'USAGE'),
  'is_writable', has_table_privilege(c.oid, 'SELECT') AND has_table_privilege(c.oid, 'INSERT')
                 AND has_table_privilege(c.oid, 'UPDATE') AND has_table_privilege(c.oid, 'DELETE'),
  'comment', obj_description(c.oid, 'pg_class'),
  'grants', ({_GRANTS}),
  'owner_lacks', CASE WHEN c.relacl IS NOT NULL THEN (
      SELECT json_agg(d.privilege_type ORDER BY 1) FROM aclexplode(acldefault('r', c.relowner)) d
      WHERE d.privilege_type NOT IN (
          SELECT a.privilege_type FROM aclexplode(c.relacl) a WHERE a.grantee = c.relowner)) END,
  'columns', ({_COLUMNS}),
  'indexes', ({_INDEXES}),
  'constraints', ({_CONSTRAINTS}),
  'triggers', ({_TRIGGERS}),
  'rules', ({_RULES}),
  'policies', ({_POLICIES}),
  'statistics', ({_STATISTICS}),
  'labels', ({_LABELS}),
  'views', ({_VIEWS}),
  'hangs', ({_HANGS}),
  'references', ({_REFERENCES}),
  'bars', ({_BARS}),
  'publications', ({_PUBLICATIONS}),
  'lacks_identity', ({_LACKS_IDENTITY}),
  'is_unlogged', c.relpersistence = 'u',
  'tablespace', (SELECT spcname FROM pg_tablespace WHERE oid = c.reltablespace),
  'options', to_json(c.reloptions),
  'toast_options', (SELECT to_json(b.reloptions) FROM pg_class b WHERE b.oid = c.reltoastrelid),
  'has_toast', c.reltoastrelid <> 0,
  'row_security', c.relrowsecurity, 'forced_row_security', c.relforcerowsecurity,
  'replica_identity', c.relreplident
))::text
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_type y ON y.oid = c.reltype
""".replace("{columns}", INDEX_COLUMNS).replace("{written}", INDEX_WRITTEN)  # noqa: S608 -- constants of our own
TABLE = TABLE.replace("{mark}", INDEX_COMMENT)
