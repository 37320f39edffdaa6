{
    'table': 'wild_patterns',
    'schema': 'analytics',
    'main_sql': r"""
        SELECT channelname,
            REGEXP_REPLACE(channelname, '[aeiou]', '*') AS starred,
            REGEXP_REPLACE(channelname, '[^a-zA-Z]') AS letters,
            REGEXP_SUBSTR(channelname, '[A-Z][a-z]+') AS word,
            REGEXP_SUBSTR(channelname, '\\w+$') AS tail,
            REGEXP_COUNT(channelname, 'o') AS os,
            REGEXP_INSTR(channelname, 'e') AS first_e,
            SPLIT_PART(channelname, '\'', 1) AS before_apostrophe,
            channelname ~ '^[A-M]' AS first_half,
            channelname !~ 'oo' AS no_oo,
            channelname SIMILAR TO '(G|N)%' AS g_or_n,
            channelname ILIKE '%S%' AS has_s,
            channelname NOT LIKE '%e_' AS no_e
        FROM raw_data.channel
    """,
    'input_check': [], 'output_check': [],
}
