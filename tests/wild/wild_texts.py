{
    'table': 'wild_texts',
    'schema': 'analytics',
    'main_sql': r"""
        SELECT sessionid,
            UPPER(LEFT(channel, 3)) || '_' || RIGHT(sessionid, 4) AS code,
            CONCAT(channel, CONCAT('/', userid::varchar)) AS label,
            CONCAT(channel, NULL) AS nothing,
            LEN(channel) AS length,
            CHARINDEX('o', channel) AS o_at,
            STRPOS(channel, 'g') AS g_at,
            POSITION('e' IN channel) AS e_at,
            SUBSTRING(channel, 2, 3) AS middle,
            SUBSTRING(ts, 12, 5) AS clock,
            LPAD(userid, 8, '0') AS padded,
            RPAD(channel, 3) AS cut,
            REVERSE(channel) AS backwards,
            REPLACE(channel, 'o', '00') AS zeros,
            TRANSLATE(channel, 'aeiou', 'AEIOU') AS vowels,
            INITCAP(LOWER(channel)) AS title,
            TRIM('  ' || channel || ' ') AS trimmed,
            BTRIM(channel, 'Goe') AS stripped,
            NVL(NULLIF(channel, 'Google'), 'G') AS short,
            MD5(channel) AS hash,
            'it''s 100% "{quoted}" \\ and \'more\'' AS odd
        FROM raw_data.user_session_channel JOIN raw_data.session_timestamp USING (sessionid)
        WHERE LEFT(ts, 10) = '2025-07-01'
    """,
    'input_check': [], 'output_check': [],
}
