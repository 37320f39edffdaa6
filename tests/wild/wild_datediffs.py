{
    'table': 'wild_datediffs',
    'schema': 'analytics',
    'dialect': 'redshift',
    'main_sql': """
        SELECT a.id,
            DATEDIFF(year, a.created_at, b.created_at) AS years,
            DATEDIFF(qtr, a.created_at, b.created_at) AS quarters,
            DATEDIFF(mon, a.created_at, b.created_at) AS months,
            DATEDIFF(w, a.created_at, b.created_at) AS weeks,
            DATEDIFF(day, a.created_at, b.created_at) AS days,
            DATEDIFF(hrs, a.created_at, b.created_at) AS hours,
            DATEDIFF('minute', a.created_at, b.created_at) AS minutes,
            DATEDIFF(s, a.created_at, b.created_at) AS seconds,
            DATEDIFF(ms, a.created_at, b.created_at) AS ms,
            DATEDIFF(day, b.created_at, a.created_at) AS back,
            DATEDIFF(day, a.created_at::date, b.created_at) AS mixed,
            DATEDIFF(year, '2024-12-31 23:59:59', a.created_at) AS from_text,
            days / 7 AS whole_weeks, days % 7 AS rest
        FROM raw_data.nps a
        JOIN raw_data.nps b ON b.id = a.id * 50 AND DATEDIFF(day, a.created_at, b.created_at) > 0
        WHERE a.id <= 3000 AND DATEDIFF(month, b.created_at, '2026-06-30') >= 1
    """,
    'input_check': [{'sql': "SELECT DATEDIFF(month, MIN(created_at), MAX(created_at)) FROM raw_data.nps", 'count': 17, 'op': 'eq'}],
    'output_check': [],
}
