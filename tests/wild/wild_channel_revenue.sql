SELECT
    to_char(ts, 'YYYY-MM') AS month, channel,
    count(DISTINCT userid) AS uniqueusers,
    count(DISTINCT userid) FILTER (WHERE amount IS NOT NULL) AS paidusers,
    round(count(DISTINCT userid) FILTER (WHERE amount IS NOT NULL) / count(DISTINCT userid)::numeric, 3) AS conversionrate,
    sum(amount) AS grossrevenue,
    sum(amount) FILTER (WHERE NOT coalesce(refunded, false)) AS netrevenue,
    coalesce(sum(amount), 0) - coalesce(sum(amount) FILTER (WHERE NOT coalesce(refunded, false)), 0) AS refundedamount,
    div(sum(coalesce(amount, 0)), nullif(count(DISTINCT st.sessionid), 0)) AS perpaidsession
FROM raw_data.user_session_channel AS usc
JOIN raw_data.session_timestamp AS t ON t.sessionid = usc.sessionid
LEFT JOIN (SELECT DISTINCT * FROM raw_data.session_transaction) AS st ON st.sessionid = usc.sessionid
GROUP BY 1, 2
