{
    'table': 'wild_calendar',
    'schema': 'analytics',
    'main_sql': """
        SELECT TRUNC(ts) AS day,
            LAST_DAY(day) AS month_end,
            ADD_MONTHS(day, 1) AS next_month,
            DATEADD(month, -1, day)::date AS previous_month,
            DATEADD(week, 1, day) AS next_week,
            DATEADD(quarter, 1, day) AS next_quarter,
            DATEADD('year', 1, day) AS next_year,
            DATE_TRUNC('week', day) AS monday,
            DATE_TRUNC('quarter', day)::date AS quarter,
            TO_CHAR(day, 'YYYY-"W"IW') AS iso_week,
            EXTRACT(quarter FROM day) AS q,
            DATE_PART(week, day) AS week,
            DATE_PART('doy', day) AS doy,
            EXTRACT(dow FROM day) IN (0, 6) AS weekend,
            DECODE(DATE_PART(dow, day), 0, '일', 6, '토', '평일') AS 요일,
            month_end - day AS days_left,
            DATEDIFF(week, '2025-01-01', day) AS weeks,
            MONTHS_BETWEEN(month_end, day) < 1 AS close,
            NEXT_DAY(day, 'Mon') AS next_monday,
            COUNT(*) AS sessions
        FROM raw_data.session_timestamp
        GROUP BY TRUNC(ts)
    """,
    'input_check': [],
    'output_check': [{'sql': "SELECT COUNT(1) FROM {schema}.temp_{table} WHERE day > GETDATE() + 3650", 'count': 0, 'op': 'eq'}],
}
