-- What was paid in the sessions: about one in eight ends with a payment, some with two or three.
CREATE TABLE raw_data.session_transaction (
    sessionid text NOT NULL,
    refunded boolean NOT NULL,
    amount integer CHECK (amount >= 0)
);

COMMENT ON TABLE raw_data.session_transaction IS
    'One row for each payment, with no key: the export of 2025-12-15 was loaded twice, so that its rows stand there '
    'twice; apart from that, the payments of one session differ';
COMMENT ON COLUMN raw_data.session_transaction.sessionid IS 'As in user_session_channel; most sessions have no payment';
COMMENT ON COLUMN raw_data.session_transaction.refunded IS 'Whether the amount was paid back, always as a whole';
COMMENT ON COLUMN raw_data.session_transaction.amount IS
    'Korean won; 0: a coupon paid it all; NULL: the payment provider did not tell';

WITH session AS MATERIALIZED (
    SELECT sessionid, ts, sha256(sessionid::bytea) AS dice
    FROM raw_data.session_timestamp
),
payment AS (
    SELECT
        sessionid,
        ts,
        nth,
        get_byte(dice, nth * 4) AS fate,
        get_byte(dice, nth * 4 + 1) < 16 AS refunded,
        get_byte(dice, nth * 4 + 2) * 256 + get_byte(dice, nth * 4 + 3) AS size
    FROM session
    CROSS JOIN LATERAL generate_series(
        1,
        3 - width_bucket((get_byte(dice, 0) * 256 + get_byte(dice, 1)) % 1000, ARRAY[3, 15, 125])
    ) AS nth
)
INSERT INTO raw_data.session_transaction (sessionid, refunded, amount)
SELECT
    sessionid,
    refunded,
    CASE
        WHEN nth = 1 AND fate < 5 THEN NULL
        WHEN nth = 1 AND fate < 12 THEN 0
        -- 3,100 to 99,900, most of them small; nth keeps the payments of a session apart
        ELSE 100 * nth + 300 * (10 + size::bigint * size * 323 / 4294967296)
    END
FROM payment
CROSS JOIN LATERAL generate_series(1, CASE WHEN ts::date = date '2025-12-15' THEN 2 ELSE 1 END) AS copy
ORDER BY ts, sessionid, copy, nth;

ANALYZE raw_data.session_transaction;
