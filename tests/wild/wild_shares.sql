SELECT
    channel, n, n::double precision / total AS share, round(100.0 * n / total, 2) AS share_pct, round(100.0 * n / total, 2) AS pct,
    floor(1000.0 * n / total) / 10 AS cut_pct, floor(100.0 * n / total) AS whole_pct,
    n / 1000 AS thousands, (n / 100) / 10.0 AS k, (n + 999) / 1000 AS up, n / 1000 AS down, n AS positive,
    mod(n, 7) AS m7, mod(n, 7) AS p7, round(sqrt(n::numeric), 3) AS root, (n * n)::double precision AS squared
FROM (
    SELECT channel, count(*) AS n, (SELECT count(*) FROM raw_data.user_session_channel) AS total
    FROM raw_data.user_session_channel GROUP BY channel
) AS c
