# Daily active users, with the weekday -- asked for by growth
{
    'table': 'wild_dau',
    'schema': 'analytics',
    'dialect': 'redshift',
    'main_sql': """
        SELECT
            LEFT(ts, 10)            AS "Date",          -- text, as the dashboards want it
            TO_CHAR(ts::date, 'Dy') AS "Weekday",
            DATE_PART(dow, ts)      AS dow,             /* 0 is Sunday */
            COUNT(DISTINCT userid)  AS dau,
            COUNT(1)                AS "Sessions",
            dau::float / "Sessions" AS users_per_session
        FROM raw_data.user_session_channel
        JOIN raw_data.session_timestamp USING (sessionid)
        WHERE "Date" BETWEEN '2025-03-01' AND '2025-03-31'
        GROUP BY 1, 2, 3
        HAVING dau > 100
        ORDER BY "Date"
    """,
    'input_check': [],
    'output_check': [
        {'sql': "SELECT COUNT(1) FROM {schema}.temp_{table} WHERE LEN(date) <> 10", 'count': 0, 'op': 'eq'},
        {'sql': "SELECT DATEDIFF(day, MIN(date), MAX(date)) FROM {schema}.temp_{table}", 'count': 30, 'op': 'le'},
    ],
}
