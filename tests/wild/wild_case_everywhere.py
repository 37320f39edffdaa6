{
    'table': 'wild_case_everywhere',
    'schema': 'analytics',
    'dialect': 'redshift',
    'main_sql': """
        SELECT
            CASE WHEN channel IN ('Google', 'Naver') THEN 'search'
                 WHEN channel IN ('Facebook', 'Instagram', 'Youtube', 'Tiktok') THEN 'social'
                 ELSE 'other' END AS "Group",
            CASE DATE_PART(dow, ts) WHEN 0 THEN 'weekend' WHEN 6 THEN 'weekend' ELSE 'weekday' END AS day_kind,
            COUNT(CASE WHEN userid >= 100000 THEN 1 END) AS guests,
            COUNT(*) - guests AS members,
            CASE WHEN members > 0 THEN ROUND(guests::float / members, 4) END AS ratio
        FROM raw_data.user_session_channel usc
        JOIN raw_data.session_timestamp st
          ON CASE WHEN usc.userid > 0 THEN usc.sessionid ELSE 'x' END = st.sessionid
        WHERE CASE WHEN channel = 'Organic' THEN EXTRACT(month FROM ts) ELSE 1 END = 1
        GROUP BY "Group", day_kind
        HAVING CASE WHEN COUNT(*) > 100 THEN 1 ELSE 0 END = 1
        ORDER BY CASE WHEN "Group" = 'other' THEN 2 ELSE 1 END, 1, day_kind
    """,
    'input_check': [], 'output_check': [],
}
