{
    'table': 'wild_channel_revenue',
    'schema': 'analytics',
    'main_sql': """
        SELECT LEFT(ts, 7) "Month", usc.channel,
            COUNT(DISTINCT usc.userid) uniqueUsers,
            COUNT(DISTINCT CASE WHEN amount >= 0 THEN usc.userid END) paidUsers,
            ROUND(paidUsers::float / NULLIF(uniqueUsers, 0), 3) AS conversionRate,
            SUM(amount) grossRevenue,
            SUM(CASE WHEN refunded IS NOT TRUE THEN amount END) netRevenue,
            NVL(grossRevenue, 0) - NVL(netRevenue, 0) refundedAmount,
            SUM(NVL(amount, 0)) / NULLIF(COUNT(DISTINCT st.sessionid), 0) AS perPaidSession
        FROM raw_data.user_session_channel usc
        LEFT JOIN raw_data.session_timestamp t ON t.sessionid = usc.sessionid
        LEFT OUTER JOIN (
            SELECT DISTINCT sessionid, refunded, amount FROM raw_data.session_transaction
        ) st ON st.sessionid = usc.sessionid
        GROUP BY 1, 2
        ORDER BY 1, 2;
    """,
    'input_check': [{'sql': "SELECT COUNT(1) FROM raw_data.session_transaction WHERE amount IS NOT NULL", 'count': 10000, 'op': 'gt'}],
    'output_check': [
        {'sql': "SELECT COUNT(1) FROM {schema}.temp_{table} WHERE conversionRate > 1", 'count': 0, 'op': 'eq'},
        {'sql': "SELECT COUNT(DISTINCT \"Month\") FROM {schema}.temp_{table}", 'count': 18, 'op': 'eq'},
    ],
}
