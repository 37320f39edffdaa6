{
    'table': 'wild_booleans',
    'schema': 'analytics',
    'main_sql': """
        SELECT refunded, COUNT(*) AS n,
            SUM(CASE WHEN refunded = 't' THEN 1 ELSE 0 END) AS t,
            SUM(CASE WHEN refunded = TRUE AND amount > 0 THEN 1 ELSE 0 END) AS paid_back,
            SUM(CASE WHEN refunded IS NOT TRUE THEN 1 ELSE 0 END) AS kept,
            SUM(CASE WHEN NOT refunded THEN 1 ELSE 0 END) AS kept2,
            SUM(CASE WHEN refunded IS FALSE THEN 1 ELSE 0 END) AS kept3,
            COUNT(NULLIF(refunded, FALSE)) AS t2,
            SUM(refunded::int) AS t3,
            BOOL_OR(amount IS NULL) AS some_unknown,
            BOOL_AND(amount >= 0) AS never_negative,
            SUM(DECODE(refunded, TRUE, amount, 0)) AS refund_sum,
            MAX(CASE refunded WHEN TRUE THEN 'yes' WHEN FALSE THEN 'no' END) AS word
        FROM raw_data.session_transaction
        WHERE (amount != 0 OR amount IS NULL) AND refunded IN ('t', 'f')
        GROUP BY refunded
    """,
    'input_check': [], 'output_check': [],
}
