-- Visits to the shop, some 190 a day: who came from where, and when.
CREATE TABLE raw_data.user_session_channel (
    userid integer NOT NULL,
    sessionid text PRIMARY KEY,
    channel text NOT NULL
);

CREATE TABLE raw_data.session_timestamp (
    sessionid text PRIMARY KEY,
    ts timestamp NOT NULL
);

COMMENT ON TABLE raw_data.user_session_channel IS
    'One row for each session: its user and the channel that brought them';
COMMENT ON COLUMN raw_data.user_session_channel.userid IS
    'Members count from 1; guests, from 100000, have a new one each time';
COMMENT ON COLUMN raw_data.user_session_channel.sessionid IS '32 hexadecimal digits';
COMMENT ON COLUMN raw_data.user_session_channel.channel IS 'A name of raw_data.channel, or Tiktok, which is not there';

COMMENT ON TABLE raw_data.session_timestamp IS
    'One row for each session: when it began; only 7 on 2026-02-17, a holiday with the shop closed';
COMMENT ON COLUMN raw_data.session_timestamp.sessionid IS 'As in user_session_channel; every session has a timestamp';
COMMENT ON COLUMN raw_data.session_timestamp.ts IS
    'UTC, whole seconds; who opens two tabs at once has two sessions in the same second';

WITH day AS (
    SELECT
        n,
        date '2025-01-01' + n AS day,
        EXTRACT(isodow FROM date '2025-01-01' + n)::int AS weekday,
        EXTRACT(month FROM date '2025-01-01' + n)::int AS month
    FROM generate_series(0, 545) AS n
),
visit AS MATERIALIZED (
    SELECT
        n,
        day,
        nth - second_tab AS nth,
        sha256(('session/' || n || '/' || nth)::bytea) AS session_dice,
        -- a second tab shares the user and the second of the session before it
        sha256(('visit/' || n || '/' || (nth - second_tab))::bytea) AS visit_dice
    FROM day
    CROSS JOIN LATERAL generate_series(
        1,
        CASE WHEN day = date '2026-02-17' THEN 7 ELSE
            (170 + n / 14)  -- the shop grows; most come at the weekend, and in November and December
            * (ARRAY[92, 90, 91, 94, 103, 117, 113])[weekday]
            * (ARRAY[92, 90, 97, 99, 104, 100, 96, 91, 98, 103, 118, 124])[month] / 10000
        END
    ) AS nth
    CROSS JOIN LATERAL (SELECT CASE WHEN nth % 97 = 0 THEN 1 ELSE 0 END AS second_tab) AS tab
),
session AS MATERIALIZED (
    SELECT
        left(encode(session_dice, 'hex'), 32) AS sessionid,
        day + interval '1 second' * (
            (get_byte(visit_dice, 0) + get_byte(visit_dice, 1)) * 168 + get_byte(visit_dice, 2) * 2 / 3
        ) AS ts,
        CASE WHEN get_byte(visit_dice, 3) < 38
            THEN 100000 + n * 1000 + nth
            -- the square: a few members come every day, most now and then
            ELSE 1 + (6000 + 10 * n) * luck * luck / 4294967296
        END AS userid,
        (ARRAY['Organic', 'Google', 'Naver', 'Youtube', 'Instagram', 'Facebook', 'Friend''s link',
            CASE WHEN day < date '2026-03-01' THEN 'Instagram' ELSE 'Tiktok' END
        ])[1 + width_bucket(get_byte(session_dice, 31), ARRAY[62, 122, 165, 200, 228, 243, 248])] AS channel
    FROM visit
    CROSS JOIN LATERAL (
        SELECT (get_byte(visit_dice, 4) * 256 + get_byte(visit_dice, 5))::bigint AS luck
    ) AS member
    ORDER BY ts, sessionid
),
timestamps AS (
    INSERT INTO raw_data.session_timestamp (sessionid, ts)
    SELECT sessionid, ts FROM session
)
INSERT INTO raw_data.user_session_channel (userid, sessionid, channel)
SELECT userid, sessionid, channel FROM session;

ANALYZE raw_data.user_session_channel, raw_data.session_timestamp;
