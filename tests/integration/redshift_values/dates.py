"""DATEDIFF, DATEADD, the clocks, TRUNC of a timestamp, CONVERT_TIMEZONE."""

from integration.redshift_values.documented import (
    Documented,
    clock,
    day,
    follows,
    moment,
    printed,
)

DIFF, ADD, ZONE = "r_DATEDIFF_function", "r_DATEADD_function", "CONVERT_TIMEZONE"
BOUNDARY = "counts the boundaries of the datepart that lie between the two"
NEGATIVE = "negative where the second is the earlier one"
LITERAL = "takes expressions that implicitly convert to a date or timestamp"
FULL_TIME = (
    "(SELECT 1 AS id, TIME '20:00:00' AS time_val UNION ALL SELECT 2, TIME '00:00:00.5550' "
    "UNION ALL SELECT 3, TIME '00:58:00') AS time_test"
)

DATEDIFF: tuple[Documented, ...] = (
    printed(DIFF, "SELECT DATEDIFF(week, '2009-01-01', '2009-12-31')", 52),
    printed(DIFF, "SELECT DATEDIFF(hour, '2023-01-01', '2023-01-03 05:04:03')", 53),
    printed(
        DIFF,
        "SELECT DATEDIFF(day, start_date, end_date) FROM (SELECT DATE '2009-01-01' AS start_date, "
        "DATE '2009-03-23' AS end_date UNION ALL SELECT DATE '2023-01-04', DATE '2024-05-04') "
        "AS date_table ORDER BY start_date",
        *(81, 486),
    ),
    printed(
        DIFF,
        f"SELECT DATEDIFF(hour, time_val, TIME '15:24:45') FROM {FULL_TIME} ORDER BY id",
        *(-5, 15, 15),
    ),
    printed(DIFF, "SELECT DATEDIFF(minute, TIME '20:00:00', TIME '21:00:00')", 60),
    printed(DIFF, "SELECT DATEDIFF(year, DATE '2008-12-31', DATE '2009-01-01')", 1),
    printed(
        DIFF,
        "SELECT DATEDIFF(hour, TIMESTAMP '2009-01-01 08:30:00', TIMESTAMP '2009-01-01 10:00:00')",
        2,
    ),
    *(
        follows(DIFF, BOUNDARY, f"SELECT DATEDIFF({part}, {start}, {end})", count)
        for part, start, end, count in (
            ("year", "DATE '2008-01-01'", "DATE '2008-12-31'", 0),
            ("year", "TIMESTAMP '2008-12-31 23:59:59.999999'", "TIMESTAMP '2009-01-01'", 1),
            ("quarter", "DATE '2008-03-31'", "DATE '2008-04-01'", 1),
            ("quarter", "DATE '2008-01-01'", "DATE '2008-03-31'", 0),
            ("month", "DATE '2008-01-31'", "DATE '2008-02-01'", 1),
            ("month", "DATE '2008-01-01'", "DATE '2008-01-31'", 0),
            ("month", "DATE '2008-02-29'", "DATE '2009-02-28'", 12),
            ("month", "'2008-12-31'", "'2009-01-01 00:00:00'", 1),
            ("day", "TIMESTAMP '2008-02-28 23:59:59'", "TIMESTAMP '2008-03-01 00:00:00'", 2),
            ("day", "TIMESTAMP '2008-02-28 00:00:00'", "TIMESTAMP '2008-02-28 23:59:59'", 0),
            ("day", "DATE '2008-02-28'", "TIMESTAMP '2008-02-29 00:00:00'", 1),
            ("day", "'2008-02-28'", "DATE '2008-03-01'", 2),
            ("hour", "TIMESTAMP '2009-01-01 08:59:59'", "TIMESTAMP '2009-01-01 09:00:00'", 1),
            ("hour", "TIMESTAMP '2009-01-01 08:00:00'", "TIMESTAMP '2009-01-01 08:59:59'", 0),
            ("hour", "DATE '2009-01-01'", "DATE '2009-01-02'", 24),
            ("minute", "'2009-01-01 08:59:59'", "'2009-01-01 09:00:00'", 1),
            ("second", "TIMESTAMP '2009-01-01 00:00:00.999'", "'2009-01-01 00:00:01.001'", 1),
            ("second", "TIMESTAMP '2009-01-01 00:00:00.001'", "'2009-01-01 00:00:00.999'", 0),
            ("ms", "TIMESTAMP '2009-01-01 00:00:00.0009'", "'2009-01-01 00:00:00.0011'", 1),
            ("us", "TIMESTAMP '2009-01-01 00:00:00.000009'", "'2009-01-01 00:00:00.000011'", 2),
            ("second", "TIMESTAMP '1969-12-31 23:59:58.5'", "'1969-12-31 23:59:59.2'", 1),
            ("second", "TIMESTAMP '1969-12-31 23:59:59.5'", "'1970-01-01 00:00:00.5'", 1),
            ("hour", "TIMESTAMP '1969-12-31 22:59:59'", "'1969-12-31 23:00:00'", 1),
            ("hour", "TIMESTAMP '1969-12-31 23:30:00'", "'1970-01-01 00:30:00'", 1),
            ("day", "DATE '1969-12-31'", "DATE '1970-01-01'", 1),
            ("year", "DATE '1899-12-31'", "DATE '1900-01-01'", 1),
            ("week", "DATE '2009-01-06'", "DATE '2009-01-13'", 1),
            ("week", "DATE '2009-01-06'", "DATE '2009-01-08'", 0),
            ("week", "DATE '2009-01-09'", "DATE '2009-01-13'", 1),
            ("week", "DATE '1969-12-26'", "DATE '1970-01-06'", 2),
            ("DAY", "'2009-01-01'", "'2009-01-01'", 0),
        )
    ),
    *(
        follows(DIFF, f"{BOUNDARY}, {NEGATIVE}", f"SELECT DATEDIFF({part}, {start}, {end})", count)
        for part, start, end, count in (
            ("year", "DATE '2009-01-01'", "DATE '2008-12-31'", -1),
            ("month", "DATE '2008-02-01'", "DATE '2008-01-31'", -1),
            ("month", "DATE '2008-01-31'", "DATE '2008-01-01'", 0),
            ("quarter", "DATE '2008-04-01'", "DATE '2007-12-31'", -2),
            ("week", "DATE '2009-01-13'", "DATE '2009-01-09'", -1),
            ("day", "TIMESTAMP '2008-03-01 00:00:00'", "TIMESTAMP '2008-02-28 23:59:59'", -2),
            ("hour", "TIMESTAMP '2009-01-01 09:00:00'", "TIMESTAMP '2009-01-01 08:59:59'", -1),
            ("second", "TIMESTAMP '1970-01-01 00:00:00.5'", "'1969-12-31 23:59:59.5'", -1),
        )
    ),
    *(
        follows("r_Dateparts_for_datetime_functions", why, sql, count)
        for why, sql, count in (
            (
                "a century ends with the year ###0",
                "SELECT DATEDIFF(century, DATE '1999-12-31', DATE '2000-01-01')",
                0,
            ),
            (
                "a century begins with the year ###1",
                "SELECT DATEDIFF(century, DATE '2000-12-31', DATE '2001-01-01')",
                1,
            ),
            (
                "a millennium begins with the first day of the year #001",
                "SELECT DATEDIFF(mil, DATE '2000-12-31', DATE '2001-01-01')",
                1,
            ),
            (
                "decade 201 spans 2000 to 2009",
                "SELECT DATEDIFF(dec, DATE '2009-12-31', DATE '2010-01-01')",
                1,
            ),
            (
                "decade 201 spans 2000 to 2009",
                "SELECT DATEDIFF(dec, DATE '2000-01-01', DATE '2009-12-31')",
                0,
            ),
        )
    ),
)

DATEADD: tuple[Documented, ...] = (
    printed(ADD, "SELECT DATEADD(month, 18, '2008-02-28')", moment("2009-08-28")),
    printed(ADD, "SELECT DATEADD(m, 30, '2008-02-28')", moment("2008-02-28 00:30:00")),
    printed(ADD, "SELECT DATEADD(month, 1, '2008-04-30')", moment("2008-05-30")),
    printed(ADD, "SELECT DATEADD(month, 12, '2016-02-29')", moment("2017-02-28")),
    printed(ADD, "SELECT DATEADD(year, 1, '2016-02-29')", moment("2017-03-01")),
    printed(ADD, "SELECT DATEADD(day, 30, DATE '2008-11-01')", moment("2008-12-01")),
    printed(
        ADD,
        f"SELECT DATEADD(minute, 5, time_val) FROM {FULL_TIME} ORDER BY id",
        *(clock("20:05:00"), clock("00:05:00.555"), clock("01:03:00")),
    ),
    printed(ADD, "SELECT DATEADD(hour, 8, TIME '13:24:55')", clock("21:24:55")),
    printed(ADD, "SELECT DATEADD(hour, 12, TIME '13:24:55')", clock("01:24:55")),
    *(
        follows(ADD, why, f"SELECT DATEADD({part}, {count}, {start})", moment(result))
        for why, part, count, start, result in (
            ("a DATE gives a TIMESTAMP", "day", 1, "DATE '2008-02-28'", "2008-02-29"),
            ("a DATE gives a TIMESTAMP", "month", 1, "DATE '2008-01-15'", "2008-02-15"),
            ("a DATE gives a TIMESTAMP", "hour", 25, "DATE '2008-02-28'", "2008-02-29 01:00:00"),
            ("a negative integer subtracts", "day", -1, "'2008-03-01'", "2008-02-29"),
            ("a negative integer subtracts", "month", -1, "'2008-03-15'", "2008-02-15"),
            ("a negative integer subtracts", "year", -10, "'1975-06-15'", "1965-06-15"),
            ("a negative integer subtracts", "s", -1, "'1970-01-01'", "1969-12-31 23:59:59"),
            ("adds nothing", "day", 0, "'2008-02-28 10:00:00'", "2008-02-28 10:00:00"),
            (
                "a shorter month ends the result, as from 29 February to a common year's",
                *("month", 1, "'2008-01-31'", "2008-02-29"),
            ),
            (
                "a shorter month ends the result, as from 29 February to a common year's",
                *("month", -1, "TIMESTAMP '2008-03-31 10:20:30.5'", "2008-02-29 10:20:30.5"),
            ),
            ("29 February exists four years on", "year", 4, "'2016-02-29'", "2020-02-29"),
            (
                "the time of day and its fraction stay",
                *("month", 1, "TIMESTAMP '2008-02-28 10:20:30.123456'"),
                "2008-03-28 10:20:30.123456",
            ),
            (
                "adds to the fraction",
                *("ms", 1500, "TIMESTAMP '2008-02-28 23:59:59.5'", "2008-02-29 00:00:01"),
            ),
            (
                "adds to the fraction",
                *("us", -1, "TIMESTAMP '2008-02-28 00:00:00'", "2008-02-27 23:59:59.999999"),
            ),
        )
    ),
    follows(
        ADD,
        "the interval is an expression that gives an integer",
        "SELECT DATEADD(day, n, d) FROM (SELECT 1 AS n, DATE '2008-02-28' AS d UNION ALL "
        "SELECT -2, DATE '2008-03-01') AS t ORDER BY d",
        *(moment("2008-02-29"), moment("2008-02-28")),
    ),
)

CLOCKS: tuple[Documented, ...] = (
    follows(
        "r_GETDATE",
        "inside TRUNC it is the current date without the time",
        "SELECT DATEDIFF(day, TRUNC(GETDATE()), CURRENT_DATE)",
        0,
    ),
    follows(
        "r_GETDATE",
        "it is the start of the statement, each time it is asked",
        "SELECT DATEDIFF(us, GETDATE(), GETDATE())",
        0,
    ),
    follows(
        "r_SYSDATE",
        "inside TRUNC it is the current date without the time",
        "SELECT DATEDIFF(day, TRUNC(SYSDATE), CURRENT_DATE)",
        0,
    ),
    follows(
        "r_SYSDATE",
        "it is the start of the transaction, each time it is asked",
        "SELECT DATEDIFF(us, SYSDATE, SYSDATE)",
        0,
    ),
)

TRUNC_DATE: tuple[Documented, ...] = (
    printed(
        "r_TRUNC_date",
        "SELECT TRUNC(TIMESTAMP '2011-07-21 10:32:38.248109')",
        day("2011-07-21"),
    ),
    *(
        follows("r_TRUNC_date", "a timestamp's date, as a DATE", f"SELECT TRUNC({value})", date)
        for value, date in (
            ("TIMESTAMP '2008-01-25 14:00:00'", day("2008-01-25")),
            ("TIMESTAMP '2008-12-31 23:59:59.999999'", day("2008-12-31")),
            ("TIMESTAMP '1969-12-31 23:59:59.5'", day("1969-12-31")),
            ("CAST('2008-02-29 12:00:00' AS TIMESTAMP)", day("2008-02-29")),
        )
    ),
    follows(
        "r_TRUNC_date",
        "cast to a TIMESTAMP, the result has the time 00:00:00",
        "SELECT CAST(TRUNC(TIMESTAMP '2008-01-25 14:00:00') AS TIMESTAMP)",
        moment("2008-01-25"),
    ),
    follows(
        "r_TRUNC_date",
        "takes a timestamp column",
        "SELECT TRUNC(t.starttime) FROM (SELECT TIMESTAMP '2008-01-25 14:00:00' AS starttime) AS t",
        day("2008-01-25"),
    ),
    follows(
        "r_TRUNC_date",
        "a DATE implicitly converts to a timestamp",
        "SELECT TRUNC(DATE '2008-01-25')",
        day("2008-01-25"),
    ),
)

CONVERT_TIMEZONE: tuple[Documented, ...] = tuple(
    printed(ZONE, f"SELECT CONVERT_TIMEZONE({arguments})", moment(result))
    for arguments, result in (
        ("'PST', TIMESTAMP '2008-08-24 09:36:12'", "2008-08-24 01:36:12"),
        ("'US/Pacific', TIMESTAMP '2008-08-24 09:36:12'", "2008-08-24 02:36:12"),
        ("'EST', 'PST', '20080305 12:25:29'", "2008-03-05 09:25:29"),
        ("'America/New_York', '2013-02-01 08:00:00'", "2013-02-01 03:00:00"),
        ("'America/New_York', '2013-06-01 08:00:00'", "2013-06-01 04:00:00"),
        ("'GMT', 'NEWZONE +2', '2014-05-17 12:00:00'", "2014-05-17 10:00:00"),
        ("'GMT', 'NEWZONE-2:15', '2014-05-17 12:00:00'", "2014-05-17 14:15:00"),
        ("'GMT', 'America/Los_Angeles+2', '2014-05-17 12:00:00'", "2014-05-17 10:00:00"),
        ("'GMT', 'GMT+2', '2014-05-17 12:00:00'", "2014-05-17 10:00:00"),
    )
) + tuple(
    follows(ZONE, why, f"SELECT CONVERT_TIMEZONE({arguments})", moment(result))
    for why, arguments, result in (
        (
            "Europe/London is UTC in winter",
            "'Europe/London', '2013-01-15 12:00:00'",
            "2013-01-15 12:00:00",
        ),
        (
            "Europe/London adds an hour in summer",
            "'Europe/London', '2013-07-15 12:00:00'",
            "2013-07-15 13:00:00",
        ),
        (
            "with three arguments the first is the zone the timestamp is in",
            "'Europe/London', 'UTC', TIMESTAMP '2013-07-15 12:00:00'",
            "2013-07-15 11:00:00",
        ),
        (
            "a POSIX zone counts hours west of UTC",
            "'UTC', 'EST5', TIMESTAMP '2013-07-15 12:00:00'",
            "2013-07-15 07:00:00",
        ),
        (
            "a POSIX zone with a second name keeps daylight savings time, an hour ahead",
            "'UTC', 'PST8PDT', TIMESTAMP '2013-07-15 12:00:00'",
            "2013-07-15 05:00:00",
        ),
        (
            "takes a DATE, which implicitly converts to midnight",
            "'UTC', 'PST', DATE '2013-07-15'",
            "2013-07-14 16:00:00",
        ),
    )
)

DATES = DATEDIFF + DATEADD + CLOCKS + TRUNC_DATE + CONVERT_TIMEZONE
