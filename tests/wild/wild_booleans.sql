SELECT
    refunded, count(*) AS n,
    count(*) FILTER (WHERE refunded) AS t, count(*) FILTER (WHERE refunded AND amount > 0) AS paid_back,
    count(*) FILTER (WHERE NOT refunded) AS kept, count(*) FILTER (WHERE NOT refunded) AS kept2, count(*) FILTER (WHERE NOT refunded) AS kept3,
    count(*) FILTER (WHERE refunded) AS t2, count(*) FILTER (WHERE refunded) AS t3,
    count(*) > count(amount) AS some_unknown, true AS never_negative,
    CASE WHEN refunded THEN sum(amount) ELSE 0 END AS refund_sum,
    CASE WHEN refunded THEN 'yes' ELSE 'no' END AS word
FROM raw_data.session_transaction
WHERE amount IS DISTINCT FROM 0
GROUP BY refunded
