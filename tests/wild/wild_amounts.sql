SELECT
    channel,
    percentile_cont(0.5) WITHIN GROUP (ORDER BY amount) AS median_amount,
    percentile_cont(0.25) WITHIN GROUP (ORDER BY amount) AS q1,
    percentile_cont(0.75) WITHIN GROUP (ORDER BY amount) AS q3,
    percentile_cont(0.75) WITHIN GROUP (ORDER BY amount) - percentile_cont(0.25) WITHIN GROUP (ORDER BY amount) AS iqr,
    floor(avg(amount)) AS average,
    avg(amount)::double precision AS exact_average,
    round(stddev_samp(amount), 2) AS deviation,
    concat(min(amount), '~', max(amount)) AS span,
    count(DISTINCT userid) AS payers,
    floor(100.0 * count(amount) / count(*)) AS known_pct
FROM raw_data.session_transaction JOIN raw_data.user_session_channel USING (sessionid)
GROUP BY channel
