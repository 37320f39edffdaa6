{
    'table': 'wild_strings',
    'schema': 'analytics',
    'main_sql': r"""
        SELECT channelname AS name,
            '100%' AS pct, '%s %(x)s %%' AS printf, '{a} {{b}} {0}' AS braces, 'a\\b' AS backslash, 'C:\\temp\\new' AS path,
            'tab\there' AS tabbed, 'line\nbreak' AS lines, 'don''t' AS quoted, 'it\'s' AS escaped, '--not a comment' AS dashes,
            '/* nor this */' AS stars, 'a;b' AS semicolon, '한글 😀' AS korean, '' AS empty, '$$x$$' AS dollars, ':name' AS colon, '?' AS question,
            channelname LIKE '%o_l%' AS liked, channelname LIKE 'Friend\'%' AS apostrophe,
            '50%_off' LIKE '50\\%\\_%' AS escaped_like, '50xx' LIKE '50\\%%' AS not_like, 'a%b' LIKE 'a!%b' ESCAPE '!' AS own_escape
        FROM raw_data.channel
        WHERE channelname NOT LIKE '%\\%%'
    """,
    'input_check': [{'sql': "SELECT COUNT(1) FROM raw_data.channel WHERE channelname LIKE '%''%'", 'count': 1, 'op': 'eq'}],
    'output_check': [{'sql': "SELECT COUNT(1) FROM {schema}.temp_{table} WHERE pct = '100%' AND braces LIKE '{a}%'", 'count': 8, 'op': 'eq'}],
}
