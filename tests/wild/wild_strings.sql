SELECT channelname AS name, '100%' AS pct, '%s %(x)s %%' AS printf, '{a} {{b}} {0}' AS braces, 'a\b' AS backslash, 'C:\temp\new' AS path,
    E'tab\there' AS tabbed, E'line\nbreak' AS lines, 'don''t' AS quoted, 'it''s' AS escaped, '--not a comment' AS dashes,
    '/* nor this */' AS stars, 'a;b' AS semicolon, '한글 😀' AS korean, '' AS empty, '$$x$$' AS dollars, ':name' AS colon, '?' AS question,
    channelname = 'Google' AS liked, channelname = 'Friend''s link' AS apostrophe,
    true AS escaped_like, false AS not_like, true AS own_escape
FROM raw_data.channel
