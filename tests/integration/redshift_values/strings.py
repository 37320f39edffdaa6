"""Concatenation, substrings, padding, trimming, case, codes, hashes; blanks, escapes, names."""

from integration.redshift_values.documented import Documented, follows, printed

NO_TEXT = "CAST(NULL AS VARCHAR(5))"
LISTTIME = "TIMESTAMP '2008-03-05 12:25:29'"
AUGUST = "TIMESTAMP '2008-08-15 02:08:13'"
VENUES = (
    "(SELECT 'Ballys Hotel' AS venuename, CAST(NULL AS INTEGER) AS venueseats UNION ALL "
    "SELECT 'Bank of America Stadium', 73298) AS venue"
)
OPERAS = (
    "(SELECT 'Salome' AS eventname UNION ALL SELECT 'Il Trovatore' UNION ALL "
    "SELECT 'Gotterdammerung' UNION ALL SELECT 'La Cenerentola (Cinderella)') AS event"
)
ADDRESSES = (
    "(SELECT CAST('9516 Magnolia Boulevard' AS {type}) AS address1 UNION ALL "
    "SELECT CAST('9516 Magnolia Boulevard  ' AS {type})) AS address"
)
VARCHARS, CHARS = (ADDRESSES.format(type=one) for one in ("VARCHAR(100)", "CHAR(100)"))
COLUMNS = "(SELECT 'start_time' AS c UNION ALL SELECT 'starttime') AS t"
HASHED = "Amazon Redshift"
SHA256 = "15013dc10bc5b293f1f66ea28d818387f191cafeb26f89639fae0b4acf9c8772"

JOINS: tuple[Documented, ...] = (
    printed("r_CONCAT", "SELECT CONCAT('December 25, ', '2008')", "December 25, 2008"),
    printed("r_CONCAT", "SELECT 'December 25, ' || '2008'", "December 25, 2008"),
    printed(
        "r_CONCAT",
        "SELECT CONCAT('Thursday, ', CONCAT('December 25, ', '2008'))",
        "Thursday, December 25, 2008",
    ),
    printed(
        "r_CONCAT",
        f"SELECT CONCAT(venuename, CONCAT(' seats ', NVL(venueseats, 0))) FROM {VENUES} ORDER BY 1",
        *("Ballys Hotel seats 0", "Bank of America Stadium seats 73298"),
    ),
    printed(
        "r_concat_op",
        f"SELECT venuename || ' seats ' || NVL(venueseats, 0) FROM {VENUES} ORDER BY 1",
        *("Ballys Hotel seats 0", "Bank of America Stadium seats 73298"),
    ),
    printed(
        "r_NVL2",
        "SELECT (firstname + ' ' + lastname) AS name FROM "
        "(SELECT 'Aphrodite' AS firstname, 'Acevedo' AS lastname) AS users",
        "Aphrodite Acevedo",
    ),
    follows("r_CONCAT", "NULL with NULL", f"SELECT CONCAT('a', {NO_TEXT})", None),
    follows("r_CONCAT", "NULL with NULL", f"SELECT CONCAT({NO_TEXT}, 'b')", None),
    follows("r_concat_op", "NULL with NULL", f"SELECT 'a' || {NO_TEXT} || 'b'", None),
    follows("r_CONCAT", "an empty string is not NULL", "SELECT CONCAT('a', '')", "a"),
)

PIECES: tuple[Documented, ...] = (
    *(
        printed(page, f"SELECT {sql}", text)
        for page, sql, text in (
            ("SPLIT_PART", f"SPLIT_PART({LISTTIME}, '-', 1)", "2008"),
            ("SPLIT_PART", f"SPLIT_PART({LISTTIME}, '-', 2)", "03"),
            ("SPLIT_PART", f"SPLIT_PART(SPLIT_PART({LISTTIME}, '-', 3), ' ', 1)", "05"),
            ("r_SUBSTRING", "SUBSTRING('caterpillar', 6, 4)", "pill"),
            ("r_SUBSTRING", "SUBSTRING('caterpillar', 6, 8)", "pillar"),
            ("r_SUBSTRING", "SUBSTRING('caterpillar', -2, 6)", "cat"),
            ("r_SUBSTRING", "SUBSTRING('caterpillar', -5, 4)", ""),
            ("r_SUBSTRING", f"SUBSTRING({LISTTIME}, 6, 2)", "03"),
            ("r_SUBSTRING", f"SUBSTRING({LISTTIME} FROM 6 FOR 2)", "03"),
            ("r_SUBSTRING", "CAST('Fourscore and seven' AS VARCHAR(5))", "Fours"),
            ("r_REPLACE", "REPLACE('Shows', 'Shows', 'Theatre')", "Theatre"),
            ("r_REPLACE", "REPLACE('Sports', 'Shows', 'Theatre')", "Sports"),
            ("r_TRANSLATE", "TRANSLATE('mint tea', 'inea', 'osin')", "most tin"),
            ("r_TRANSLATE", "TRANSLATE('ac@velit.ca', '@', '.')", "ac.velit.ca"),
            ("r_TRANSLATE", "TRANSLATE('St. George', ' .', '_')", "St_George"),
            ("r_REVERSE", "REVERSE('abcde')", "edcba"),
            ("r_REVERSE", "REVERSE(172456)", "654271"),
            ("r_REPEAT", "REPEAT(10, 3)", "101010"),
        )
    ),
    *(
        follows(page, why, f"SELECT {sql}", text)
        for page, why, sql, text in (
            ("SPLIT_PART", "past the last part", "SPLIT_PART('a-b', '-', 3)", ""),
            ("SPLIT_PART", "no delimiter: all of it", "SPLIT_PART('ab', '-', 1)", "ab"),
            ("SPLIT_PART", "no delimiter: nothing more", "SPLIT_PART('ab', '-', 2)", ""),
            ("SPLIT_PART", "an empty part", "SPLIT_PART('a--b', '-', 2)", ""),
            ("SPLIT_PART", "a delimiter of two characters", "SPLIT_PART('a::b', '::', 2)", "b"),
            ("r_SUBSTRING", "from 0: length + start - 1", "SUBSTRING('caterpillar', 0, 3)", "ca"),
            ("r_SUBSTRING", "0 or less is empty", "SUBSTRING('caterpillar', 0, 1)", ""),
            ("r_SUBSTRING", "counts characters", "SUBSTRING('français', 5, 2)", "ça"),
            ("r_SUBSTRING", "numbers are text", "SUBSTRING(12345, 2, 3)", "234"),
            ("r_SUBSTR", "a synonym of SUBSTRING", "SUBSTR('caterpillar', 6, 4)", "pill"),
            ("r_REPLACE", "every occurrence", "REPLACE('a-b-c', '-', '+')", "a+b+c"),
            ("r_REPLACE", "NULL to replace", f"REPLACE('abc', {NO_TEXT}, 'x')", None),
            ("r_REPLACE", "NULL to put", f"REPLACE('abc', 'b', {NO_TEXT})", None),
            ("r_TRANSLATE", "NULL is NULL", f"TRANSLATE('abc', 'b', {NO_TEXT})", None),
            ("r_TRANSLATE", "NULL is NULL", f"TRANSLATE({NO_TEXT}, 'b', 'c')", None),
            ("r_REVERSE", "of a date's text", "REVERSE(DATE '2008-01-02')", "20-10-8002"),
            ("r_REVERSE", "a CHAR's blanks are ignored", "REVERSE(CAST('ab' AS CHAR(5)))", "ba"),
            ("r_REPLICATE", "a synonym of REPEAT", "REPLICATE('ab', 2)", "abab"),
        )
    ),
)

SHAPES: tuple[Documented, ...] = (
    follows(
        "r_LPAD",
        "spaces by default, cut on the right (the page's titles)",
        f"SELECT LPAD(eventname, 20) FROM {OPERAS} ORDER BY eventname",
        *("     Gotterdammerung", "        Il Trovatore"),
        *("La Cenerentola (Cind", "              Salome"),
    ),
    printed(
        "r_LPAD",
        f"SELECT RPAD(eventname, 20, '0123456789') FROM {OPERAS} ORDER BY eventname",
        *("Gotterdammerung01234", "Il Trovatore01234567"),
        *("La Cenerentola (Cind", "Salome01234567890123"),
    ),
    *(
        printed(page, f"SELECT {sql}", text)
        for page, sql, text in (
            ("r_LTRIM", f"LTRIM({LISTTIME}, '2008-')", "3-05 12:25:29"),
            ("r_LTRIM", f"LTRIM({AUGUST}, '2008-')", "15 02:08:13"),
            ("r_LTRIM", "TRIM('Citizens Bank Park', 'CDG')", "itizens Bank Park"),
            ("r_RTRIM", "RTRIM('Columbus Crew Stadium', 'Park')", "Columbus Crew Stadium"),
            ("r_RTRIM", "RTRIM('CommunityAmerica Ballpark', 'Park')", "CommunityAmerica Ballp"),
            ("r_RTRIM", "RTRIM('The Home Depot Center', 'Park')", "The Home Depot Cente"),
            ("r_BTRIM", "BTRIM('     abc    ')", "abc"),
            ("r_BTRIM", "BTRIM('xyzaxyzbxyzcxyz', 'xyz')", "axyzbxyzc"),
            ("r_TRIM", """TRIM('"' FROM '"dog"')""", "dog"),
            ("r_INITCAP", "INITCAP('All non-musical theatre')", "All Non-Musical Theatre"),
            ("r_INITCAP", "INITCAP('MLB')", "Mlb"),
            ("r_INITCAP", "INITCAP('nibh.enim@egestas.ca')", "Nibh.Enim@Egestas.Ca"),
            ("r_UPPER", "UPPER('Classical')", "CLASSICAL"),
            ("r_LOWER", "LOWER('Classical')", "classical"),
        )
    ),
    *(
        follows(page, why, f"SELECT {sql}", text)
        for page, why, sql, text in (
            ("r_LPAD", "a negative length is empty", "LPAD('abc', -1)", ""),
            ("r_LPAD", "counts characters", "LPAD('çé', 4, 'ñ')", "ññçé"),
            ("r_TRIM", "blanks by default", "TRIM('  dog  ')", "dog"),
            ("r_TRIM", "both ends", "TRIM(BOTH ' ' FROM '  dog  ')", "dog"),
            ("r_RTRIM", "any of the characters", "RTRIM('2008-00', '0-')", "2008"),
        )
    ),
)

CODES: tuple[Documented, ...] = (
    printed("r_ASCII", "SELECT ASCII('amazon')", 97),
    printed("r_ASCII", "SELECT ASCII('Amazon')", 65),
    printed("r_MD5", f"SELECT MD5('{HASHED}')", "f7415e33f972c03abd4f3fed36748f7a"),
    printed("r_STRTOL", "SELECT STRTOL('0xf', 16)", 15),
    printed("r_STRTOL", "SELECT STRTOL('abcd1234', 16)", 2882343476),
    printed("r_STRTOL", "SELECT STRTOL('1234567', 10)", 1234567),
    printed("r_STRTOL", "SELECT STRTOL('1234567', 8)", 342391),
    printed("r_STRTOL", "SELECT STRTOL('110101', 2)", 53),
    *(
        follows(page, why, f"SELECT {sql}", value)
        for page, why, sql, value in (
            ("r_ASCII", "an empty string is 0", "ASCII('')", 0),
            ("r_ASCII", "NULL is NULL", f"ASCII({NO_TEXT})", None),
            ("r_ASCII", "a code point", "ASCII('é')", 233),
            ("r_CHR", "the page compares it with A", "CHR(65)", "A"),
            ("r_CHR", "no ASCII character of that number", "CHR(300)", None),
            ("r_STRTOL", "an empty string is 0", "STRTOL('', 10)", 0),
            ("r_STRTOL", "a minus sign", "STRTOL('-ff', 16)", -255),
            ("r_STRTOL", "blanks and a plus sign", "STRTOL('  +12', 10)", 12),
            ("r_STRTOL", "NULL is NULL", f"STRTOL({NO_TEXT}, 10)", None),
            ("r_STRTOL", "bases reach 36", "STRTOL('z', 36)", 35),
            (
                "SHA1",
                "SHA1's value in hexadecimal, of whichever case",
                f"LOWER(SHA1('{HASHED}'))",
                "eeac5ed1e11cda66032c30ad77b25071b5487f55",
            ),
            (
                "SHA1",
                "a synonym",
                f"LOWER(FUNC_SHA1('{HASHED}'))",
                "eeac5ed1e11cda66032c30ad77b25071b5487f55",
            ),
            ("SHA2", "SHA-256's value in hexadecimal", f"LOWER(SHA2('{HASHED}', 256))", SHA256),
            ("SHA2", "0 is 256", f"LOWER(SHA2('{HASHED}', 0))", SHA256),
            ("SHA2", "no such number of bits", f"SHA2('{HASHED}', 100)", ""),
        )
    ),
)

BLANKS: tuple[Documented, ...] = (
    *(
        printed(
            "r_Examples_with_character_types",
            f"SELECT COUNT(*) FROM {addresses} WHERE address1 = '9516 Magnolia Boulevard'",
            2,
        )
        for addresses in (VARCHARS, CHARS)
    ),
    printed(
        "r_Examples_with_character_types",
        f"SELECT LENGTH(address1) FROM {VARCHARS} ORDER BY 1",
        *(23, 25),
    ),
    printed(
        "r_Examples_with_character_types",
        "SELECT CAST('City of South San Francisco' AS CHAR(20))",
        "City of South San Fr",
    ),
    printed(
        "r_NULLIF_function",
        "SELECT NULLIF(c1, c2) FROM (SELECT CAST('a' AS CHAR(2)) AS c1, "
        "CAST('a ' AS CHAR(2)) AS c2 UNION ALL SELECT 'b', 'b') AS nulliftest",
        *(None, None),
    ),
    *(
        follows(page, why, f"SELECT {sql}", value)
        for page, why, sql, value in (
            ("r_NULLIF_function", "blanks alone equal an empty string", "NULLIF('   ', '')", None),
            ("r_NULLIF_function", "printed for a column", "NULLIF('', '')", None),
            ("r_NULLIF_function", "the first where they differ", "NULLIF('a', 'b')", "a"),
            ("r_NULLIF_function", "the first where they differ", "NULLIF(4, 2)", 4),
            ("r_NULLIF_function", "NULL where they are equal", "NULLIF(1, 1)", None),
            (
                "r_Character_types",
                "trailing blanks mean nothing when compared",
                "COUNT(DISTINCT address1) FROM " + VARCHARS,
                1,
            ),
            (
                "r_Character_types",
                "trailing blanks mean nothing when compared",
                "CASE WHEN 'a' = 'a  ' THEN 'same' ELSE 'other' END",
                "same",
            ),
            (
                "r_Character_types",
                "trailing blanks mean nothing when compared",
                "CASE WHEN 'a' <> 'a  ' THEN 'other' ELSE 'same' END",
                "same",
            ),
            (
                "r_Character_types",
                "trailing blanks mean nothing when compared",
                f"COUNT(*) FROM {VARCHARS} WHERE address1 IN ('9516 Magnolia Boulevard')",
                2,
            ),
            (
                "r_Character_types",
                "leading blanks do",
                "CASE WHEN 'a' = ' a' THEN 'same' ELSE 'other' END",
                "other",
            ),
            (
                "r_patternmatching_condition_like",
                "LIKE ignores no trailing blanks",
                "CASE WHEN 'a ' LIKE 'a' THEN 'like' ELSE 'unlike' END",
                "unlike",
            ),
            (
                "r_patternmatching_condition_like",
                "ILIKE takes either case",
                "CASE WHEN 'Brea' ILIKE '__EA%' THEN 'like' ELSE 'unlike' END",
                "like",
            ),
            (
                "r_patternmatching_condition_like",
                "two backslashes escape by default, as printed",
                rf"c FROM {COLUMNS} WHERE c LIKE '%start\\_%'",
                "start_time",
            ),
            (
                "r_patternmatching_condition_like",
                "another escape, as printed",
                f"c FROM {COLUMNS} WHERE c LIKE '%start^_%' ESCAPE '^'",
                "start_time",
            ),
            (
                "pattern-matching-conditions-posix",
                "two backslashes escape, as printed",
                r"CASE WHEN 'St. Pete' ~ '.*\\..*' THEN 'dot' ELSE 'none' END",
                "dot",
            ),
            (
                "pattern-matching-conditions-posix",
                "two backslashes escape, as printed",
                r"CASE WHEN 'Izod Center' ~ '.*\\..*' THEN 'dot' ELSE 'none' END",
                "none",
            ),
            ("r_QUOTE_LITERAL", "a backslash is doubled to stand in a literal", r"LEN('a\\b')", 3),
            (
                "r_names",
                "quoted names fold to lower case, as printed",
                '"This ""IS IT""" FROM (SELECT 1 AS "this ""is it""") AS "group"',
                1,
            ),
            (
                "r_names",
                "quoted names fold to lower case",
                '"Total" FROM (SELECT 5 AS total) AS t',
                5,
            ),
        )
    ),
)

STRINGS = JOINS + PIECES + SHAPES + CODES + BLANKS
