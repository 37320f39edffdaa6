SELECT
    g AS "group", k AS day_kind, count(*) FILTER (WHERE userid >= 100000) AS guests, count(*) FILTER (WHERE userid < 100000) AS members,
    round(count(*) FILTER (WHERE userid >= 100000)::numeric / count(*) FILTER (WHERE userid < 100000), 4) AS ratio
FROM (
    SELECT userid, channel, ts,
        coalesce((SELECT g FROM (VALUES ('Google', 'search'), ('Naver', 'search'), ('Facebook', 'social'), ('Instagram', 'social'),
            ('Youtube', 'social'), ('Tiktok', 'social')) AS v (c, g) WHERE c = channel), 'other') AS g,
        CASE WHEN extract(isodow FROM ts) >= 6 THEN 'weekend' ELSE 'weekday' END AS k
    FROM raw_data.user_session_channel JOIN raw_data.session_timestamp USING (sessionid)
) AS s
WHERE channel <> 'Organic' OR extract(month FROM ts) = 1
GROUP BY g, k
