{
	'table': 'wild_kst',
	'schema': 'analytics',
	'main_sql': """
		-- by the hour of the day in Seoul
		SELECT
			EXTRACT(hour FROM CONVERT_TIMEZONE('Asia/Seoul', ts))	AS kst_hour,
			LEFT(CONVERT_TIMEZONE('UTC', 'Asia/Seoul', ts), 7)		AS 월,	/* 한글 */
			COUNT(1)												AS 방문수,
			MIN(CONVERT_TIMEZONE('Asia/Seoul', ts))					AS "첫 방문",
			'총 ' || 방문수 || '회, 100% {확인} %s'					AS 설명
		FROM	raw_data.session_timestamp
		WHERE	CONVERT_TIMEZONE('Asia/Seoul', ts)::date >= '2026-06-01'
		GROUP BY	1, 2
		ORDER BY	월, kst_hour
	""",
	'input_check': [], 'output_check': [
		{'sql': "SELECT COUNT(1) FROM {schema}.temp_{table} WHERE 월 LIKE '2026-0%'", 'count': 24},
	],
}
