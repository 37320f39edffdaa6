-- Answers to "How likely are you to recommend us?", some 290 a day.
--
-- Every number here and in the next files is cut out of a SHA-256 of the place of its row, which makes the same
-- rows everywhere. Not random(), which changed between versions, nor md5(), which servers in FIPS mode refuse.
CREATE TABLE raw_data.nps (
    id integer PRIMARY KEY,
    created_at timestamp NOT NULL,
    score smallint CHECK (score BETWEEN 0 AND 10)
);

COMMENT ON TABLE raw_data.nps IS
    'One row for each answer to the NPS survey; none on 2025-10-06, a holiday on which it was switched off';
COMMENT ON COLUMN raw_data.nps.id IS 'Numbered in the order of created_at';
COMMENT ON COLUMN raw_data.nps.created_at IS 'When the answer came in, UTC';
COMMENT ON COLUMN raw_data.nps.score IS '0 (never) to 10 (certainly); NULL: a comment was left, but no score';

WITH day AS (
    SELECT
        n,
        date '2025-01-01' + n AS day,
        EXTRACT(isodow FROM date '2025-01-01' + n)::int AS weekday,
        EXTRACT(month FROM date '2025-01-01' + n)::int AS month
    FROM generate_series(0, 545) AS n
),
answer AS MATERIALIZED (
    SELECT n, day, weekday, sha256(('nps/' || n || '/' || nth)::bytea) AS dice
    FROM day
    CROSS JOIN LATERAL generate_series(
        1,
        (260 + n / 10)  -- the shop grows; fewer answers at the weekend, most before Christmas
        * (ARRAY[112, 108, 104, 102, 98, 86, 90])[weekday]
        * (ARRAY[92, 94, 97, 99, 102, 98, 95, 93, 101, 104, 116, 121])[month] / 10000
    ) AS nth
    WHERE day <> date '2025-10-06'
),
rolled AS (
    SELECT
        dice,
        day + interval '1 second' * (
            -- two dice: most answers come around noon, hardly any at midnight
            (get_byte(dice, 0) + get_byte(dice, 1)) * 168 + get_byte(dice, 2) * 2 / 3
        ) AS created_at,
        get_byte(dice, 3) < 5 AS no_score,
        (get_byte(dice, 4) * 256 + get_byte(dice, 5)) % 1000
            + n / 8                                                  -- customers grow happier,
            - CASE WHEN weekday = 1 THEN 25 ELSE 0 END               -- but not on Mondays,
            - CASE WHEN day BETWEEN date '2025-11-17' AND date '2025-11-21'
                THEN 300 ELSE 0 END AS mood                          -- nor when no parcel arrived for a week
    FROM answer
)
INSERT INTO raw_data.nps (id, created_at, score)
SELECT
    row_number() OVER (ORDER BY created_at, dice),
    created_at,
    CASE WHEN NOT no_score
        THEN width_bucket(mood, ARRAY[30, 40, 55, 75, 100, 170, 250, 390, 580, 770]) END
FROM rolled;

ANALYZE raw_data.nps;
