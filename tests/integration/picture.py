"""Everything that the catalogs say of one table, without the numbers that a new table changes.

It is asked in another way than the builder asks: row by row, by the server's own functions.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from integration.warehouse import Warehouse

QUESTIONS = {
    "table": """
        SELECT relkind, relpersistence, reloptions, relrowsecurity, relforcerowsecurity,
            relreplident, relowner::regrole::text, obj_description(oid, 'pg_class'),
            (SELECT spcname FROM pg_tablespace t WHERE t.oid = reltablespace),
            (SELECT reloptions FROM pg_class t WHERE t.oid = c.reltoastrelid)
        FROM pg_class c WHERE oid = {of}""",
    "access list": """
        SELECT a.grantor::regrole::text, a.grantee::regrole::text, a.privilege_type, a.is_grantable
        FROM pg_class, aclexplode(coalesce(relacl, acldefault('r', relowner))) a
        WHERE oid = {of} ORDER BY 1, 2, 3""",
    "access lists of columns": """
        SELECT attname, a.grantor::regrole::text, a.grantee::regrole::text, a.privilege_type,
            a.is_grantable
        FROM pg_attribute, aclexplode(attacl) a WHERE attrelid = {of} ORDER BY 1, 2, 3, 4""",
    "columns": """
        SELECT a.attname, format_type(a.atttypid, a.atttypmod), a.attcollation::regcollation::text,
            a.attnotnull, pg_get_expr(d.adbin, d.adrelid), a.attidentity, a.attgenerated,
            a.attstorage, a.attcompression, nullif(a.attstattarget, -1), a.attoptions,
            col_description(a.attrelid, a.attnum)
        FROM pg_attribute a LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
        WHERE a.attrelid = {of} AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum""",
    "indexes": """
        SELECT i.relname, pg_get_indexdef(i.oid), obj_description(i.oid, 'pg_class'),
            i.relowner::regrole::text, x.indisclustered, x.indisreplident, i.reloptions,
            (SELECT spcname FROM pg_tablespace t WHERE t.oid = i.reltablespace),
            ARRAY(SELECT attstattarget FROM pg_attribute a WHERE a.attrelid = i.oid
                  ORDER BY attnum)
        FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid
        WHERE x.indrelid = {of} AND x.indisvalid ORDER BY 1""",
    "constraints": """
        SELECT conname, pg_get_constraintdef(oid), convalidated, obj_description(oid)
        FROM pg_constraint WHERE conrelid = {of} ORDER BY 1""",
    "triggers": """
        SELECT tgname, pg_get_triggerdef(oid), tgenabled, obj_description(oid)
        FROM pg_trigger WHERE tgrelid = {of} AND NOT tgisinternal ORDER BY 1""",
    "rules": """
        SELECT rulename, pg_get_ruledef(oid), ev_enabled, obj_description(oid)
        FROM pg_rewrite WHERE ev_class = {of} ORDER BY 1""",
    "policies": """
        SELECT polname, polcmd, polpermissive, polroles::regrole[]::text,
            pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid),
            obj_description(oid)
        FROM pg_policy WHERE polrelid = {of} ORDER BY 1""",
    "extended statistics": """
        SELECT pg_get_statisticsobjdef(oid), nullif(stxstattarget, -1), stxowner::regrole::text,
            obj_description(oid), EXISTS (SELECT FROM pg_statistic_ext_data d
                                          WHERE d.stxoid = s.oid)
        FROM pg_statistic_ext s WHERE stxrelid = {of} ORDER BY 1""",
    "sequences": """
        SELECT objid::regclass::text, deptype, attname, seqtypid::regtype::text, seqstart,
            seqincrement, seqmax, seqmin, seqcache, seqcycle, pg_sequence_last_value(objid)
        FROM pg_depend JOIN pg_sequence ON seqrelid = objid
        JOIN pg_attribute ON attrelid = refobjid AND attnum = refobjsubid
        WHERE refclassid = 'pg_class'::regclass AND refobjid = {of} AND deptype IN ('a', 'i')
        ORDER BY 1""",
    "labels": """
        SELECT provider, label, objsubid FROM pg_seclabel
        WHERE objoid = {of} AND classoid = 'pg_class'::regclass ORDER BY 1, 3""",
    "publications": """
        SELECT pubname FROM pg_publication_rel JOIN pg_publication p ON p.oid = prpubid
        WHERE prrelid = {of} ORDER BY 1""",
    "views": """
        WITH RECURSIVE reading(oid) AS (
            SELECT {of}::oid UNION
            SELECT ev_class FROM reading JOIN pg_depend ON refobjid = reading.oid
                AND refclassid = 'pg_class'::regclass AND classid = 'pg_rewrite'::regclass
            JOIN pg_rewrite r ON r.oid = objid)
        SELECT c.oid::regclass::text, relkind, pg_get_viewdef(c.oid), reloptions,
            relowner::regrole::text, relacl::text, obj_description(c.oid, 'pg_class'),
            ARRAY(SELECT attname || ' ' || format_type(atttypid, atttypmod) || ' '
                      || coalesce(pg_get_expr(adbin, adrelid), '') || coalesce(attacl::text, '')
                      || coalesce(col_description(attrelid, attnum), '')
                  FROM pg_attribute LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
                  WHERE attrelid = c.oid AND attnum > 0 ORDER BY attnum),
            ARRAY(SELECT pg_get_triggerdef(t.oid) FROM pg_trigger t WHERE tgrelid = c.oid)
        FROM reading JOIN pg_class c ON c.oid = reading.oid WHERE relkind IN ('v', 'm')
        ORDER BY 1""",
}


def picture(warehouse: Warehouse, table: str = "analytics.numbers") -> dict[str, Any]:
    """What the catalogs say, question by question; names are written in full."""
    with warehouse.holding("SET search_path = ''") as session:
        cursor = session.cursor()
        found = {}
        for name, question in QUESTIONS.items():
            values = [table] * question.count("{of}")
            cursor.execute(question.format(of="%s::regclass"), values)
            found[name] = cursor.fetchall()
        return found
