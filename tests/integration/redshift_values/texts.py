"""LEFT, RIGHT, LEN, CHARINDEX, STRPOS, POSITION."""

from integration.redshift_values.documented import Documented, follows, printed

EVENTS = (
    "(SELECT 1000 AS eventid, 'Gypsy' AS eventname UNION ALL SELECT 1001, 'Chicago' UNION ALL "
    "SELECT 1002, 'The King and I' UNION ALL SELECT 1003, 'Pal Joey' UNION ALL "
    "SELECT 1004, 'Grease' UNION ALL SELECT 1005, 'Chicago') AS event ORDER BY eventid"
)
COMMISSION = "CAST(1234.50 AS DECIMAL(8,2))"
CONVERTS = "a timestamp implicitly converts to a character string, which the pages show"

ENDS: tuple[Documented, ...] = (
    printed(
        "r_LEFT",
        f"SELECT LEFT(eventname, 5) FROM {EVENTS}",
        *("Gypsy", "Chica", "The K", "Pal J", "Greas", "Chica"),
    ),
    printed(
        "r_LEFT",
        f"SELECT RIGHT(eventname, 5) FROM {EVENTS}",
        *("Gypsy", "icago", "and I", " Joey", "rease", "icago"),
    ),
    *(
        follows("r_LEFT", why, f"SELECT {sql}", value)
        for why, sql, value in (
            ("counts characters, not bytes", "LEFT('français', 5)", "franç"),
            ("counts characters, not bytes", "RIGHT('français', 4)", "çais"),
            (CONVERTS, "LEFT(TIMESTAMP '2008-01-02 03:04:05', 10)", "2008-01-02"),
            (CONVERTS, "RIGHT(TIMESTAMP '2008-01-02 03:04:05', 8)", "03:04:05"),
            (CONVERTS, "LEFT(DATE '2008-01-02', 7)", "2008-01"),
            ("a number implicitly converts to a character string", "LEFT(12345, 2)", "12"),
            ("a number implicitly converts to a character string", "RIGHT(12345, 2)", "45"),
            (CONVERTS, "LEFT(t, 4) FROM (SELECT TIMESTAMP '2008-01-02' AS t) AS s", "2008"),
        )
    ),
)

LENGTHS: tuple[Documented, ...] = (
    printed("r_LEN", "SELECT LEN('français')", 8),
    printed("r_LEN", "SELECT OCTET_LENGTH('français')", 9),
    printed("r_LEN", "SELECT LEN('cat')", 3),
    printed("r_LEN", "SELECT LEN('cat   ')", 6),
    *(
        follows("r_LEN", why, f"SELECT {sql}", value)
        for why, sql, value in (
            ("a synonym of LEN", "LENGTH('cat   ')", 6),
            ("a synonym of LEN", "CHAR_LENGTH('français')", 8),
            ("a synonym of LEN", "CHARACTER_LENGTH('français')", 8),
            ("a synonym of LEN", "TEXTLEN('français')", 8),
            ("an empty string has no characters", "LEN('')", 0),
            ("a CHAR's trailing spaces do not count", "LEN(CAST('cat' AS CHAR(10)))", 3),
            ("a CHAR's trailing spaces do not count", "LENGTH(CAST('cat  ' AS CHAR(10)))", 3),
            ("a VARCHAR's trailing spaces count", "LEN(CAST('cat  ' AS VARCHAR(10)))", 5),
            ("three characters of four bytes are three", "LEN('𠀀𠀁𠀂')", 3),
        )
    ),
)

PLACES: tuple[Documented, ...] = (
    printed("r_CHARINDEX", "SELECT CHARINDEX('dog', 'fish')", 0),
    printed("r_CHARINDEX", "SELECT CHARINDEX('fish', 'dogfish')", 4),
    printed("r_STRPOS", "SELECT STRPOS('dogfish', 'fist')", 0),
    printed("r_STRPOS", "SELECT STRPOS('dogfish', 'fish')", 4),
    printed("r_POSITION", "SELECT POSITION('dog' IN 'fish')", 0),
    printed("r_POSITION", "SELECT POSITION('fish' IN 'dogfish')", 4),
    *(
        follows(page, why, f"SELECT {sql}", value)
        for page, why, sql, value in (
            (
                "r_CHARINDEX",
                "a DECIMAL(8,2) above 999.99 has its point at 5 (the page counts such rows)",
                f"CHARINDEX('.', {COMMISSION})",
                5,
            ),
            ("r_STRPOS", "as r_CHARINDEX", f"STRPOS({COMMISSION}, '.')", 5),
            ("r_POSITION", "as r_CHARINDEX", f"POSITION('.' IN {COMMISSION})", 5),
            ("r_CHARINDEX", "the first of several", "CHARINDEX('o', 'foo boo')", 2),
            ("r_STRPOS", "the first of several", "STRPOS('foo boo', 'o')", 2),
            ("r_CHARINDEX", "counts characters, not bytes", "CHARINDEX('s', 'français')", 8),
            ("r_STRPOS", "counts characters, not bytes", "STRPOS('français', 's')", 8),
            ("r_POSITION", "counts characters, not bytes", "POSITION('s' IN 'français')", 8),
            ("r_CHARINDEX", "at the beginning", "CHARINDEX('dog', 'dogfish')", 1),
            ("r_CHARINDEX", "not found in nothing", "CHARINDEX('dog', '')", 0),
            ("r_STRPOS", "not found in nothing", "STRPOS('', 'dog')", 0),
            ("r_CHARINDEX", "another case is another string", "CHARINDEX('DOG', 'dogfish')", 0),
        )
    ),
)

TEXTS = ENDS + LENGTHS + PLACES
