# written on Windows, with tabs
{
	'table': 'wild_windows_lines',
	'schema': 'analytics',
	'dialect': 'redshift',
	'main_sql': """
	/* Who: growth
	   What: users per channel -- 'quotes' in comments; and semicolons;
	*/
	SELECT	-- the channel's name
		channel		AS	chan,	-- don't forget Tiktok
		COUNT(DISTINCT userid)	/* not sessions */	AS	users,
		SUM(CASE	WHEN userid >= 100000	THEN 1	ELSE 0	END)	AS	guests	--, COUNT(*) AS n
	FROM	raw_data.user_session_channel	-- all of them
	WHERE	1 = 1	--AND channel = 'Google'
	AND	channel	<>	'Naver' /* ; */
	GROUP	BY	chan
	ORDER	BY	users	DESC
	;
	-- the end;
	""",
	'input_check': [],
	'output_check': [
		{'sql': """-- users, at least
			SELECT	COUNT(1)	-- one a channel
			FROM	{schema}.temp_{table};""", 'count': 7, 'op': 'eq'},
	],
}
