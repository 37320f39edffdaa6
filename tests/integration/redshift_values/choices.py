"""NVL, COALESCE, NVL2, DECODE."""

from integration.redshift_values.documented import Documented, day, follows, printed

NO_TEXT = "(SELECT CAST(NULL AS VARCHAR(10)) AS column1) AS t"
DATETABLE = (
    "(SELECT DATE '2008-06-01' AS start_date, DATE '2008-12-31' AS end_date UNION ALL "
    "SELECT NULL, DATE '2008-12-31' UNION ALL SELECT DATE '2008-12-31', NULL) AS datetable"
)
BOOKINGS = (
    "(SELECT DATE '2023-02-01' AS check_in, DATE '2023-02-03' AS check_out UNION ALL "
    "SELECT DATE '2023-07-10', NULL UNION ALL SELECT DATE '2023-08-15', NULL) AS booking_info"
)
VENUES = (
    "(SELECT 'Coors Field' AS venuename, 50445 AS venueseats UNION ALL "
    "SELECT 'Ballys Hotel', NULL) AS venue"
)
CATEGORIES = (
    "(SELECT 1 AS catid, 'MLB' AS catname UNION ALL SELECT 2, 'NHL' UNION ALL SELECT 3, 'NFL' "
    "UNION ALL SELECT 4, 'NBA' UNION ALL SELECT 5, 'MLS' UNION ALL SELECT 6, 'Musicals') "
    "AS category"
)
CONTACTS = (
    "(SELECT 1 AS id, CAST(NULL AS VARCHAR(100)) AS email, '(906) 632-4407' AS phone UNION ALL "
    "SELECT 2, 'Nunc.sollicitudin@Duisac.ca', '(555) 000-0000') AS users"
)

NVL: tuple[Documented, ...] = (
    printed("r_NVL_function", "SELECT COALESCE(NULL, 12, NULL)", 12),
    printed("r_NVL_function", "SELECT COALESCE(NULL, 'Amazon Redshift', NULL)", "Amazon Redshift"),
    printed(
        "r_NVL_function",
        f"SELECT NVL(start_date, end_date) FROM {DATETABLE} ORDER BY 1",
        *(day("2008-06-01"), day("2008-12-31"), day("2008-12-31")),
    ),
    printed(
        "r_NVL_function",
        f"SELECT COALESCE(start_date, end_date) FROM {DATETABLE} ORDER BY 1",
        *(day("2008-06-01"), day("2008-12-31"), day("2008-12-31")),
    ),
    printed(
        "r_NVL_function",
        f"SELECT COALESCE(check_out, check_in) FROM {BOOKINGS} ORDER BY check_in",
        *(day("2023-02-03"), day("2023-07-10"), day("2023-08-15")),
    ),
    *(
        follows("r_NVL_function", why, sql, value)
        for why, sql, value in (
            ("takes a series of expressions", "SELECT NVL(NULL, NULL, 'home', 'work')", "home"),
            ("the first that is not null", "SELECT NVL('cell', 'home')", "cell"),
            ("takes a series of expressions", "SELECT NVL(NULL, 7)", 7),
            ("all are null", f"SELECT NVL(column1, NULL) FROM {NO_TEXT}", None),
            ("an empty string is not null", "SELECT NVL('', 'x')", ""),
            (
                "replaces the NULL that SUM gives where there are no rows",
                "SELECT NVL(SUM(n), 0.0) FROM (SELECT 1.5 AS n) AS t WHERE n > 2",
                0,
            ),
            (
                "the rest is not evaluated once a value is found",
                "SELECT NVL(n, 1 / (n - n)) FROM (SELECT 5 AS n) AS t",
                5,
            ),
        )
    ),
)

NVL2: tuple[Documented, ...] = (
    follows(
        "r_NVL2",
        "where both values' types differ, the result has the first one's: here VARCHAR",
        f"SELECT NVL2(column1, '2345', 1234) FROM {NO_TEXT}",
        "1234",
    ),
    follows(
        "r_NVL2",
        "the page's contact information: the phone number where there is no email (own rows)",
        f"SELECT NVL2(email, email, phone) AS contact_info FROM {CONTACTS} ORDER BY id",
        *("(906) 632-4407", "Nunc.sollicitudin@Duisac.ca"),
    ),
    *(
        follows("r_NVL2", why, sql, value)
        for why, sql, value in (
            ("not null gives the first value", "SELECT NVL2(0, 'yes', 'no')", "yes"),
            ("an empty string is not null", "SELECT NVL2('', 'yes', 'no')", "yes"),
            (
                "null gives the second value",
                f"SELECT NVL2(column1, 'yes', 'no') FROM {NO_TEXT}",
                "no",
            ),
            ("a value may be null", "SELECT NVL2('a', NULL, 'no')", None),
            ("a value may be null", f"SELECT NVL2(column1, 'yes', NULL) FROM {NO_TEXT}", None),
        )
    ),
)

DECODE: tuple[Documented, ...] = (
    printed(
        "r_DECODE_expression",
        f"SELECT DECODE(catname, 'NHL', 'National Hockey League', 'MLB', 'Major League Baseball', "
        "'MLS', 'Major League Soccer', 'NFL', 'National Football League', 'NBA', "
        f"'National Basketball Association', 'Unknown') FROM {CATEGORIES} ORDER BY catid",
        *("Major League Baseball", "National Hockey League", "National Football League"),
        *("National Basketball Association", "Major League Soccer", "Unknown"),
    ),
    printed(
        "r_DECODE_expression",
        f"SELECT DECODE(venueseats, NULL, 0, 1) FROM {VENUES} ORDER BY venuename",
        *(0, 1),
    ),
    printed(
        "r_DECODE_expression",
        "SELECT DECODE(caldate, '2008-06-01', 'June 1st, 2008') FROM (SELECT DATE '2008-06-01' "
        "AS caldate UNION ALL SELECT DATE '2008-06-02') AS datetable ORDER BY caldate",
        *("June 1st, 2008", None),
    ),
    follows(
        "r_NVL2",
        "DECODE's result has the value and the type of its result: here INTEGER",
        f"SELECT DECODE(column1, NULL, 1234, '2345') FROM {NO_TEXT}",
        1234,
    ),
    *(
        follows("r_DECODE_expression", why, sql, value)
        for why, sql, value in (
            ("no match and no default", "SELECT DECODE(3, 1, 'one', 2, 'two')", None),
            ("no match, the default", "SELECT DECODE(3, 1, 'one', 2, 'two', 'more')", "more"),
            ("the first match wins", "SELECT DECODE(1, 1, 'one', 1, 'uno')", "one"),
            ("a result may be null", "SELECT DECODE(1, 1, NULL, 'more')", None),
            (
                "a null search equals a null expression alone",
                "SELECT DECODE(0, NULL, 'none', 'some')",
                "some",
            ),
            (
                "null searched for by an expression that is null",
                "SELECT DECODE(a, b, 'same', 'other') FROM "
                "(SELECT CAST(NULL AS INTEGER) AS a, CAST(NULL AS INTEGER) AS b) AS t",
                "same",
            ),
            (
                "null equals no other search",
                "SELECT DECODE(a, 1, 'one', 'other') FROM (SELECT CAST(NULL AS INTEGER) AS a) AS t",
                "other",
            ),
            (
                "null and no other search, no default",
                "SELECT DECODE(a, 1, 'one') FROM (SELECT CAST(NULL AS INTEGER) AS a) AS t",
                None,
            ),
        )
    ),
)

CHOICES = NVL + NVL2 + DECODE
