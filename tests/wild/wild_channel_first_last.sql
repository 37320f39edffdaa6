SELECT
    userid, first_channel, last_channel, first_channel <> last_channel AS changed,
    CASE WHEN first_channel <> last_channel THEN concat(first_channel, ' > ', last_channel) ELSE 'stays' END AS path
FROM (
    SELECT
        userid,
        (array_agg(channel ORDER BY ts, sessionid))[1] AS first_channel,
        (array_agg(channel ORDER BY ts DESC, sessionid DESC))[1] AS last_channel
    FROM raw_data.user_session_channel JOIN raw_data.session_timestamp USING (sessionid)
    WHERE userid < 1000
    GROUP BY userid
) AS u
