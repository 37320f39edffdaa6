WITH s AS (SELECT * FROM raw_data.user_session_channel JOIN raw_data.session_timestamp USING (sessionid))
SELECT a.userid, a.ts, a.sessionid AS one, b.sessionid AS other, a.channel = b.channel AS same_channel, interval '0' AS apart
FROM s AS a JOIN s AS b ON a.userid = b.userid AND a.ts = b.ts AND a.sessionid < b.sessionid
