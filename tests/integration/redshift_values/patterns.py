"""REGEXP_SUBSTR, REGEXP_REPLACE, REGEXP_COUNT, REGEXP_INSTR.

A backslash in a string literal escapes the next character, so a pattern's own is written twice.
"""

from integration.redshift_values.documented import Documented, follows, printed

EMAILS = (
    "(SELECT 1 AS userid, 'Etiam.laoreet.libero@sodalesMaurisblandit.edu' AS email UNION ALL "
    "SELECT 2, 'Suspendisse.tristique@nonnisiAenean.edu' UNION ALL "
    "SELECT 3, 'amet.faucibus.ut@condimentumegetvolutpat.ca' UNION ALL "
    "SELECT 4, 'sed@lacusUtnec.ca') AS users ORDER BY userid LIMIT 4"
)
CENTERS = (
    "(SELECT 1 AS venueid, 'The Home Depot Center' AS venuename UNION ALL "
    "SELECT 2, 'Izod Center' UNION ALL SELECT 3, 'Wachovia Center' UNION ALL "
    "SELECT 4, 'Air Canada Centre' UNION ALL SELECT 5, 'Fenway Park') AS venue"
)
CODES = "'passwd7 plain A1234 a1234', '(?=[^ ]*[a-z])(?=[^ ]*[0-9])[^ ]+'"
MICE = r"'This is a cat, this is a dog. This is a mouse.', 'this is a (\\w+)'"
NO_MATCH = "no match is an empty string (in the current page's words)"
SUBSTR_PAGE, REPLACE_PAGE = "REGEXP_SUBSTR", "REGEXP_REPLACE"
COUNT_PAGE, INSTR_PAGE = "REGEXP_COUNT", "REGEXP_INSTR"

SUBSTR: tuple[Documented, ...] = (
    printed(
        SUBSTR_PAGE,
        f"SELECT REGEXP_SUBSTR(email, '@[^.]*') FROM {EMAILS}",
        *("@sodalesMaurisblandit", "@nonnisiAenean", "@condimentumegetvolutpat", "@lacusUtnec"),
    ),
    printed(SUBSTR_PAGE, "SELECT REGEXP_SUBSTR('the fox', 'FOX', 1, 1, 'i')", "fox"),
    printed(
        SUBSTR_PAGE,
        "SELECT REGEXP_SUBSTR('THE SECRET CODE IS THE LOWERCASE PART OF 1931abc0EZ.', '[a-z]+', "
        "1, 1, 'c')",
        "abc",
    ),
    printed(SUBSTR_PAGE, f"SELECT REGEXP_SUBSTR({CODES}, 1, 2, 'p')", "a1234"),
    printed(SUBSTR_PAGE, f"SELECT REGEXP_SUBSTR({CODES}, 1, 2, 'ip')", "A1234"),
    printed(SUBSTR_PAGE, f"SELECT REGEXP_SUBSTR({MICE}, 1, 2, 'ie')", "dog"),
    *(
        follows(SUBSTR_PAGE, why, f"SELECT REGEXP_SUBSTR({arguments})", value)
        for why, arguments, value in (
            (NO_MATCH, "'the fox', 'cat'", ""),
            (NO_MATCH, "'the fox', '[0-9]+'", ""),
            (NO_MATCH, "'', '[0-9]+'", ""),
            ("matching is case-sensitive by default", "'the fox', 'FOX'", ""),
            ("the first match", "'abc 123 def 456', '[0-9]+'", "123"),
            ("the search begins at the position", "'abc 123 def 456', '[0-9]+', 6", "23"),
            ("the search begins at the position", "'abc 123 def 456', '[a-z]+', 4", "def"),
            ("a position below 1 is the first character", "'abc 123', '[a-z]+', 0", "abc"),
            ("a position below 1 is the first character", "'abc 123', '[a-z]+', -5", "abc"),
            ("a position past the end is an empty string", "'abc', '[a-z]+', 4", ""),
            ("the occurrence counts matches", "'abc 123 def 456', '[0-9]+', 1, 2", "456"),
            (
                "the occurrence counts matches from the position",
                "'a1 b2 c3', '[a-z][0-9]', 2, 2",
                "c3",
            ),
            ("an occurrence below 1 is NULL", "'abc', 'b', 1, 0", None),
            ("an occurrence above the number of characters is NULL", "'abc', 'b', 1, 4", None),
            ("positions count characters, not bytes", "'ééabc', '[a-z]+', 4", "bc"),
            ("without 'e' a group is part of the match", "'key=value', '=([a-z]+)'", "=value"),
            ("'e' gives the first group", "'key=value', '([a-z]+)=([a-z]+)', 1, 1, 'e'", "key"),
            ("'e' is ignored without a group", "'key=value', '=[a-z]+', 1, 1, 'e'", "=value"),
            ("'c' and the default are the same", "'THE fox', '[a-z]+', 1, 1", "fox"),
            ("'i' takes either case", "'THE fox', '[a-z]+', 1, 1, 'i'", "THE"),
        )
    ),
    follows(
        SUBSTR_PAGE,
        "'e' gives the first group, here with any case of the rest",
        f"SELECT REGEXP_SUBSTR({MICE}, 1, 1, 'ie')",
        "cat",
    ),
    follows(
        SUBSTR_PAGE,
        "'e' gives the first group; without 'i' the first match is the second sentence's",
        f"SELECT REGEXP_SUBSTR({MICE}, 1, 1, 'e')",
        "dog",
    ),
)

REPLACE: tuple[Documented, ...] = (
    printed(
        REPLACE_PAGE,
        rf"SELECT REGEXP_REPLACE(email, '@.*\\.(org|gov|com|edu|ca)$') FROM {EMAILS}",
        *("Etiam.laoreet.libero", "Suspendisse.tristique", "amet.faucibus.ut", "sed"),
    ),
    printed(
        REPLACE_PAGE,
        r"SELECT REGEXP_REPLACE(email, '@.*\\.[[:alpha:]]{2,3}', '@internal.company.com') "
        f"FROM {EMAILS}",
        "Etiam.laoreet.libero@internal.company.com",
        "Suspendisse.tristique@internal.company.com",
        "amet.faucibus.ut@internal.company.com",
        "sed@internal.company.com",
    ),
    printed(
        REPLACE_PAGE,
        "SELECT REGEXP_REPLACE('the fox', 'FOX', 'quick brown fox', 1, 'i')",
        "the quick brown fox",
    ),
    printed(
        REPLACE_PAGE,
        f"SELECT REGEXP_REPLACE({CODES}, '[hidden]', 1, 'p')",
        "[hidden] plain A1234 [hidden]",
    ),
    printed(
        REPLACE_PAGE,
        f"SELECT REGEXP_REPLACE({CODES}, '[hidden]', 1, 'ip')",
        "[hidden] plain [hidden] [hidden]",
    ),
    *(
        follows(REPLACE_PAGE, why, f"SELECT REGEXP_REPLACE({arguments})", value)
        for why, arguments, value in (
            ("replaces every occurrence", "'a1b22c333', '[0-9]+', '#'", "a#b#c#"),
            ("replaces every occurrence", "'aaa', 'a', 'b'", "bbb"),
            ("the replacement is an empty string by default", "'a1b22c333', '[0-9]+'", "abc"),
            ("an empty string as the replacement", "'a-b-c', '-', ''", "abc"),
            ("nothing to replace", "'abc', '[0-9]', '#'", "abc"),
            ("an empty string has nothing to replace", "'', '[0-9]', '#'", ""),
            ("the search begins at the position", "'aXbXc', 'X', '-', 3", "aXb-c"),
            ("a position below 1 is the first character", "'aXbXc', 'X', '-', 0", "a-b-c"),
            ("a position past the end gives the source", "'aXb', 'X', '-', 4", "aXb"),
            ("matching is case-sensitive by default", "'the fox', 'FOX', 'cat'", "the fox"),
            (
                "'i' takes either case, and every occurrence is replaced",
                "'Fox fox FOX', 'fox', 'cat', 1, 'i'",
                "cat cat cat",
            ),
            ("'c' is the default", "'Fox fox FOX', 'fox', 'cat', 1, 'c'", "Fox cat FOX"),
            ("a NULL replacement is NULL", "'abc', 'b', CAST(NULL AS VARCHAR(5))", None),
            ("a dot takes any character but one", r"'a.b', '.', '-'", "---"),
            ("an escaped dot takes a dot alone", r"'a.b', '\\.', '-'", "a-b"),
        )
    ),
)

COUNT: tuple[Documented, ...] = (
    printed(COUNT_PAGE, "SELECT REGEXP_COUNT('abcdefghijklmnopqrstuvwxyz', '[a-z]{3}')", 8),
    printed(
        COUNT_PAGE,
        rf"SELECT REGEXP_COUNT(email, '@[^.]*\\.(org|edu)') FROM {EMAILS}",
        *(1, 1, 0, 0),
    ),
    printed(COUNT_PAGE, "SELECT REGEXP_COUNT('the fox', 'FOX', 1, 'i')", 1),
    printed(COUNT_PAGE, f"SELECT REGEXP_COUNT({CODES}, 1, 'p')", 2),
    printed(COUNT_PAGE, f"SELECT REGEXP_COUNT({CODES}, 1, 'ip')", 3),
    *(
        follows(COUNT_PAGE, why, f"SELECT REGEXP_COUNT({arguments})", value)
        for why, arguments, value in (
            ("no match is 0", "'the fox', 'cat'", 0),
            ("no match is 0", "'', 'cat'", 0),
            ("matching is case-sensitive by default", "'the fox', 'FOX'", 0),
            ("the search begins at the position", "'a1b2c3', '[0-9]', 3", 2),
            ("a position below 1 is the first character", "'a1b2c3', '[0-9]', 0", 3),
            ("a position past the end is 0", "'a1b2c3', '[0-9]', 7", 0),
            ("positions count characters, not bytes", "'éé1é2', '[0-9]', 4", 1),
            ("matches do not overlap, as in the page's alphabet", "'aaaa', 'aa'", 2),
        )
    ),
)

INSTR: tuple[Documented, ...] = (
    printed(
        INSTR_PAGE,
        f"SELECT REGEXP_INSTR(email, '@[^.]*') FROM {EMAILS}",
        *(21, 22, 17, 4),
    ),
    printed(
        INSTR_PAGE,
        f"SELECT REGEXP_INSTR(venuename, '[cC]ent(er|re)$') FROM {CENTERS} "
        "WHERE REGEXP_INSTR(venuename, '[cC]ent(er|re)$') > 0 ORDER BY venueid LIMIT 4",
        *(16, 6, 10, 12),
    ),
    printed(INSTR_PAGE, "SELECT REGEXP_INSTR('the fox', 'FOX', 1, 1, 0, 'i')", 5),
    printed(INSTR_PAGE, f"SELECT REGEXP_INSTR({CODES}, 1, 2, 0, 'p')", 21),
    printed(INSTR_PAGE, f"SELECT REGEXP_INSTR({CODES}, 1, 2, 0, 'ip')", 15),
    *(
        follows(INSTR_PAGE, why, f"SELECT REGEXP_INSTR({arguments})", value)
        for why, arguments, value in (
            ("no match is 0", "'the fox', 'cat'", 0),
            ("matching is case-sensitive by default", "'the fox', 'FOX'", 0),
            ("the search begins at the position", "'abcabc', 'b', 3", 5),
            ("a position below 1 is the first character", "'abcabc', 'b', 0", 2),
            ("a position past the end is 0", "'abc', 'b', 4", 0),
            ("the occurrence counts matches", "'abcabc', 'b', 1, 2", 5),
            ("an occurrence below 1 is 0", "'abc', 'b', 1, 0", 0),
            ("an occurrence above the number of characters is 0", "'abc', 'b', 1, 4", 0),
            ("option 1 is the character after the match", "'the fox ran', 'fox', 1, 1, 1", 8),
            ("any other option is 1", "'the fox ran', 'fox', 1, 1, 5", 8),
            ("positions count characters, not bytes", "'éé1', '[0-9]'", 3),
            ("'e' gives the first group's place", "'key=value', '=([a-z]+)', 1, 1, 0, 'e'", 5),
        )
    ),
)

PATTERNS = SUBSTR + REPLACE + COUNT + INSTR
