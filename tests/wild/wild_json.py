{
    'table': 'wild_json',
    'schema': 'analytics',
    'dialect': 'redshift',
    'main_sql': r"""
        WITH j AS (
            SELECT userid, sessionid,
                '{"user": {"id": ' || userid || ', "name": "K\\u0061y"}, "channel": "' || channel || '", "tags": ["a", "b"]}' AS doc
            FROM raw_data.user_session_channel
            WHERE userid IN (11, 12)
        )
        SELECT sessionid,
            JSON_EXTRACT_PATH_TEXT(doc, 'user', 'id')::int AS id,
            JSON_EXTRACT_PATH_TEXT(doc, 'user', 'name') AS name,
            JSON_EXTRACT_PATH_TEXT(doc, 'channel') AS channel,
            JSON_ARRAY_LENGTH(JSON_EXTRACT_PATH_TEXT(doc, 'tags')) AS tags,
            JSON_EXTRACT_ARRAY_ELEMENT_TEXT(JSON_EXTRACT_PATH_TEXT(doc, 'tags'), 1) AS second_tag
        FROM j
        WHERE JSON_EXTRACT_PATH_TEXT(doc, 'channel') <> 'Google'
    """,
    'input_check': [], 'output_check': [],
}
