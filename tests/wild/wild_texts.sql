SELECT
    sessionid,
    concat(upper(substr(channel, 1, 3)), '_', substr(sessionid, 29)) AS code,
    concat(channel, '/', userid) AS label,
    NULL::text AS nothing,
    char_length(channel) AS length,
    strpos(channel, 'o') AS o_at,
    strpos(channel, 'g') AS g_at,
    strpos(channel, 'e') AS e_at,
    substr(channel, 2, 3) AS middle,
    to_char(ts, 'HH24:MI') AS clock,
    lpad(userid::text, 8, '0') AS padded,
    left(channel, 3) AS cut,
    reverse(channel) AS backwards,
    replace(channel, 'o', '00') AS zeros,
    translate(channel, 'aeiou', 'AEIOU') AS vowels,
    CASE channel WHEN 'Friend''s link' THEN 'Friend''S Link' ELSE channel END AS title,
    channel AS trimmed,
    btrim(channel, 'Goe') AS stripped,
    CASE channel WHEN 'Google' THEN 'G' ELSE channel END AS short,
    md5(channel) AS hash,
    $$it's 100% "{quoted}" \ and 'more'$$ AS odd
FROM raw_data.user_session_channel JOIN raw_data.session_timestamp USING (sessionid)
WHERE ts >= '2025-07-01' AND ts < '2025-07-02'
