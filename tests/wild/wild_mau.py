{
      'table': 'wild_mau',
      'schema': 'analytics',
      'main_sql': """
SELECT LEFT(ts, 7) AS month,
       COUNT(DISTINCT userid) AS mau
FROM raw_data.user_session_channel usc
JOIN raw_data.session_timestamp t ON t.sessionid = usc.sessionid
GROUP BY 1
ORDER BY 1 DESC;
""",
      'input_check':
      [
        {
          'sql': 'SELECT COUNT(1) FROM raw_data.user_session_channel',
          'count': 100000
        },
      ],
      'output_check':
      [
        {
          'sql': 'SELECT COUNT(1) FROM {schema}.temp_{table}',
          'count': 12
        }
      ],
}
