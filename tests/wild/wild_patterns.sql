SELECT
    channelname,
    translate(channelname, 'aeiou', '*****') AS starred,
    translate(channelname, ''' ', '') AS letters,
    split_part(channelname, '''', 1) AS word,
    CASE channelname WHEN 'Friend''s link' THEN 'link' ELSE channelname END AS tail,
    length(channelname) - length(replace(channelname, 'o', '')) AS os,
    strpos(channelname, 'e') AS first_e,
    split_part(channelname, '''', 1) AS before_apostrophe,
    left(channelname, 1) < 'N' AS first_half,
    strpos(channelname, 'oo') = 0 AS no_oo,
    left(channelname, 1) IN ('G', 'N') AS g_or_n,
    strpos(lower(channelname), 's') > 0 AS has_s,
    left(right(channelname, 2), 1) <> 'e' AS no_e
FROM raw_data.channel
