"""DATE_TRUNC, DATE_PART, EXTRACT, months and days, date arithmetic, TO_CHAR, TO_DATE."""

from integration.redshift_values.documented import Documented, day, follows, moment, printed

TRUNC, PART, EXTRACT = "r_DATE_TRUNC", "r_DATE_PART_function", "r_EXTRACT_function"
PARTS = "r_Dateparts_for_datetime_functions"
APRIL = "TIMESTAMP '20200430 04:05:06.789'"
MAY = "TIMESTAMP '20220502 04:05:06.789'"
MICRO = "TIMESTAMP '2009-09-21 11:10:03.189717'"
YEAR_END = "TIMESTAMP '2009-12-31 23:15:59'"
SHOWS = "the page's shows; it prints two places"
SALE = "TIMESTAMP '2015-04-10 18:45:09.325143'"

DATE_TRUNC: tuple[Documented, ...] = (
    *(
        printed(TRUNC, f"SELECT DATE_TRUNC('{part}', {APRIL})", moment(result))
        for part, result in (
            ("second", "2020-04-30 04:05:06"),
            ("minute", "2020-04-30 04:05:00"),
            ("hour", "2020-04-30 04:00:00"),
            ("day", "2020-04-30"),
            ("month", "2020-04-01"),
            ("quarter", "2020-04-01"),
            ("year", "2020-01-01"),
            ("millennium", "2001-01-01"),
        )
    ),
    printed(
        TRUNC, "SELECT DATE_TRUNC('week', TIMESTAMP '20220430 04:05:06.789')", moment("2022-04-25")
    ),
    *(
        follows(TRUNC, why, f"SELECT DATE_TRUNC({arguments})", moment(result))
        for why, arguments, result in (
            ("a DATE gives a TIMESTAMP", "'month', DATE '2020-04-30'", "2020-04-01"),
            ("a DATE gives a TIMESTAMP", "'week', DATE '2022-05-01'", "2022-04-25"),
            ("text converts to a TIMESTAMP", "'month', '2020-04-30 04:05:06'", "2020-04-01"),
            ("a Monday stays", "'week', TIMESTAMP '2022-04-25 00:00:00'", "2022-04-25"),
            ("the Monday before a Sunday", "'week', TIMESTAMP '2008-09-07 23:59:59'", "2008-09-01"),
            ("before 1970", "'week', TIMESTAMP '1969-12-31 12:00:00'", "1969-12-29"),
            ("before 1970", "'hour', TIMESTAMP '1969-12-31 23:59:59.5'", "1969-12-31 23:00:00"),
            ("keeps the part", f"'millisecond', {MICRO}", "2009-09-21 11:10:03.189"),
            ("keeps the part", f"'microseconds', {MICRO}", "2009-09-21 11:10:03.189717"),
            ("the plural is a format too", f"'months', {APRIL}", "2020-04-01"),
            ("the plural is a format too", f"'weeks', {APRIL}", "2020-04-27"),
            ("the plural is a format too", f"'days', {APRIL}", "2020-04-30"),
            ("the century began with 2001", f"'century', {APRIL}", "2001-01-01"),
        )
    ),
)

DATE_PART: tuple[Documented, ...] = (
    *(
        printed(PART, f"SELECT DATE_PART({arguments})", value)
        for arguments, value in (
            ("minute, TIMESTAMP '20230104 04:05:06.789'", 5),
            (f"week, {MAY}", 18),
            (f"day, {MAY}", 2),
            (f"dayofweek, {MAY}", 1),
            (f"century, {MAY}", 21),
            (f"millennium, {MAY}", 3),
            (f"microsecond, {MAY}", 789000),
            ("month, DATE '20220502'", 5),
            ("w, TIMESTAMP '2008-06-17 09:44:54'", 25),
            ("dow, TIMESTAMP '2008-01-05 14:00:00'", 6),
        )
    ),
    printed(PARTS, f"SELECT EXTRACT(sec FROM {MICRO})", 3),
    printed(PARTS, f"SELECT DATE_PART(sec, {MICRO})", 3.189717),
    printed(PARTS, "SELECT DATE_PART(epoch, TIMESTAMP '2008-01-01 20:00:00')", 1199217600),
    *(
        printed(PARTS, f"SELECT EXTRACT({part} FROM TIMESTAMP '{text}')", value)
        for part, text, value in (
            ("century", "2000-12-16 12:21:13", 20),
            ("century", "2001-12-16 12:21:13", 21),
            ("decade", "1999-02-16 20:38:40", 200),
            ("decade", "2000-02-16 20:38:40", 201),
            ("decade", "2010-02-16 20:38:40", 202),
            ("mil", "2000-12-16 12:21:13", 2),
            ("mil", "2001-12-16 12:21:13", 3),
        )
    ),
    printed(EXTRACT, "SELECT EXTRACT(minute FROM TIMESTAMP '2009-09-09 12:08:43')", 8),
    printed(EXTRACT, "SELECT EXTRACT(ms FROM TIMESTAMP '2009-09-09 12:08:43.101')", 101),
    printed(EXTRACT, "SELECT EXTRACT(ms FROM TIME '18:25:33.123456')", 123),
    *(
        follows(PARTS, why, f"SELECT {sql}", value)
        for why, sql, value in (
            ("Sunday is 0", "DATE_PART(dow, DATE '2008-01-06')", 0),
            ("Sunday is 0", "EXTRACT(dow FROM TIMESTAMP '2008-01-06 00:00:00')", 0),
            ("weeks are ISO 8601's", "DATE_PART(week, DATE '2005-01-01')", 53),
            ("weeks are ISO 8601's", "DATE_PART(week, DATE '2008-12-29')", 1),
            ("a datepart may be a string", "DATE_PART('year', DATE '2008-12-29')", 2008),
            ("text converts to a timestamp", "DATE_PART(month, '2008-12-29')", 12),
            ("before the epoch", "DATE_PART(epoch, TIMESTAMP '1969-12-31 23:59:59')", -1),
            ("relative to 1970", "EXTRACT(epoch FROM TIMESTAMP '1970-01-02 00:00:00')", 86400),
            ("no seconds in the milliseconds", f"EXTRACT(ms FROM {MICRO})", 189),
        )
    ),
    *(
        follows(
            PARTS,
            f"{spelling} is in the table of spellings",
            f"SELECT EXTRACT({spelling} FROM {MICRO})",
            value,
        )
        for spellings, value in (
            ("millennium millennia mil mils", 3),
            ("century centuries c cent cents", 21),
            ("decade decades dec decs", 201),
            ("year years y yr yrs", 2009),
            ("quarter quarters qtr qtrs", 3),
            ("month months mon mons", 9),
            ("week weeks w", 39),
            ("dayofweek dow dw weekday", 1),
            ("dayofyear doy dy yearday", 264),
            ("day days d", 21),
            ("hour hours h hr hrs", 11),
            ("minute minutes m min mins", 10),
            ("second seconds s secs", 3),
            ("millisecond milliseconds msec msecs msecond mseconds", 189),
            ("millisec millisecs millisecon", 189),
        )
        for spelling in spellings.split()
    ),
)

MONTHS: tuple[Documented, ...] = (
    printed("r_ADD_MONTHS", "SELECT ADD_MONTHS('2008-03-31', 1)", moment("2008-04-30")),
    printed("r_ADD_MONTHS", "SELECT ADD_MONTHS('2008-04-30', 1)", moment("2008-05-31")),
    printed("r_ADD_MONTHS", "SELECT TRUNC(ADD_MONTHS(DATE '2008-01-01', 12))", day("2009-01-01")),
    *(
        follows("r_ADD_MONTHS", why, f"SELECT ADD_MONTHS({arguments})", moment(result))
        for why, arguments, result in (
            ("a DATE gives a TIMESTAMP", "DATE '2008-01-15', 1", "2008-02-15"),
            ("the last day stays the last", "DATE '2007-02-28', 12", "2008-02-29"),
            ("the last day stays the last", "DATE '2008-02-29', 12", "2009-02-28"),
            ("the last day stays the last", "DATE '2008-02-29', -1", "2008-01-31"),
            ("a shorter month ends", "DATE '2008-01-30', 1", "2008-02-29"),
            ("any other day keeps its number", "DATE '2008-02-28', 12", "2009-02-28"),
            ("a negative integer subtracts", "DATE '2008-03-15', -3", "2007-12-15"),
        )
    ),
    *(
        follows("r_LAST_DAY", why, f"SELECT LAST_DAY({argument})", day(result))
        for why, argument, result in (
            ("a DATE of a timestamp", "TIMESTAMP '2014-01-15 12:30:00'", "2014-01-31"),
            ("of a leap year", "DATE '2008-02-01'", "2008-02-29"),
            ("of a common year", "DATE '2009-02-28'", "2009-02-28"),
            ("text converts", "'2008-12-31'", "2008-12-31"),
            ("before 1970", "DATE '1968-02-10'", "1968-02-29"),
        )
    ),
    printed("r_MONTHS_BETWEEN_function", "SELECT MONTHS_BETWEEN('1969-01-18', '1969-03-18')", -2),
    *(
        follows("r_MONTHS_BETWEEN_function", why, f"SELECT {sql}", value)
        for why, sql, value in (
            ("the same day is whole", "MONTHS_BETWEEN(DATE '2014-02-15', DATE '2014-01-15')", 1),
            ("the last days are whole", "MONTHS_BETWEEN(DATE '2014-09-30', DATE '2014-08-31')", 1),
            ("the last days are whole", "MONTHS_BETWEEN(DATE '2014-02-28', DATE '2013-12-31')", 2),
            (
                "the same day is whole whatever the time",
                "MONTHS_BETWEEN(TIMESTAMP '2014-02-15 23:00:00', TIMESTAMP '2014-01-15 01:00:00')",
                1,
            ),
            ("NULL for NULL", "MONTHS_BETWEEN(DATE '2014-02-15', CAST(NULL AS DATE))", None),
            (
                SHOWS,
                "ROUND(MONTHS_BETWEEN(TIMESTAMP '2008-12-25 15:00:00', "
                "TIMESTAMP '2008-01-21 19:30:00'), 2)",
                11.12,
            ),
            (
                SHOWS,
                "ROUND(MONTHS_BETWEEN(TIMESTAMP '2008-12-01 19:30:00', "
                "TIMESTAMP '2008-01-03 15:00:00'), 2)",
                10.94,
            ),
            (
                SHOWS,
                "ROUND(MONTHS_BETWEEN(TIMESTAMP '2008-12-19 19:00:00', "
                "TIMESTAMP '2008-01-08 19:30:00'), 2)",
                11.35,
            ),
            (
                "a day is a 31st",
                "ROUND(MONTHS_BETWEEN(DATE '2014-02-15', DATE '2014-01-14'), 4)",
                1.0323,
            ),
        )
    ),
    printed("r_NEXT_DAY", "SELECT NEXT_DAY('2014-08-20', 'Tuesday')", day("2014-08-26")),
    printed("r_NEXT_DAY", "SELECT NEXT_DAY(DATE '2008-07-06', 'Monday')", day("2008-07-07")),
    printed("r_NEXT_DAY", "SELECT NEXT_DAY(DATE '2008-07-01', 'Monday')", day("2008-07-07")),
    follows(
        "r_NEXT_DAY",
        "the same day of the week is the next week's",
        "SELECT NEXT_DAY(DATE '2014-08-19', 'Tuesday')",
        day("2014-08-26"),
    ),
    follows(
        "r_NEXT_DAY",
        "capitals do not matter; a DATE of a timestamp",
        "SELECT NEXT_DAY(TIMESTAMP '2014-08-20 10:00:00', 'tuesday')",
        day("2014-08-26"),
    ),
)

CALDATE = "DATE '2008-12-31'"
ARITHMETIC: tuple[Documented, ...] = (
    *(
        printed("r_interval_literals", f"SELECT {start} {sign} INTERVAL '{text}'", moment(result))
        for start, sign, text, result in (
            (CALDATE, "+", "1 second", "2008-12-31 00:00:01"),
            (CALDATE, "+", "1 minute", "2008-12-31 00:01:00"),
            (CALDATE, "+", "3 hours, 35 minutes", "2008-12-31 03:35:00"),
            (CALDATE, "+", "52 weeks", "2009-12-30"),
            (CALDATE, "+", "1w, 1h, 1m, 1s", "2009-01-07 01:01:01"),
            (CALDATE, "+", "0.5 days", "2008-12-31 12:00:00"),
            ("DATE '2023-02-15'", "-", "4 months", "2022-10-15"),
            ("DATE '2023-03-31'", "-", "4 months", "2022-11-30"),
        )
    ),
    *(
        follows("r_interval_literals", why, f"SELECT {CALDATE} + INTERVAL '{text}'", moment(result))
        for why, text, result in (
            ("without a datepart it is seconds", "5", "2008-12-31 00:00:05"),
            ("s is a second", "5 s", "2008-12-31 00:00:05"),
            ("second is a second", "5 second", "2008-12-31 00:00:05"),
            ("several quantities", "7 days, 3 hours, 59 minutes", "2009-01-07 03:59:00"),
        )
    ),
    printed(
        "r_DATE-CONCATENATE_function",
        "SELECT DATE '2000-01-01' + TIME '20:00:00'",
        moment("2000-01-01 20:00:00"),
    ),
    follows(
        "r_DATE-CONCATENATE_function",
        "the other order",
        "SELECT TIME '20:00:00' + DATE '2000-01-01'",
        moment("2000-01-01 20:00:00"),
    ),
    follows(
        "r_SYSDATE",
        "120 days earlier, as the page's query has it",
        "SELECT TRUNC(TIMESTAMP '2008-12-05 10:00:00') - 120",
        day("2008-08-07"),
    ),
    follows(
        "r_DATE_TRUNC",
        "a timestamp's text begins with its date, which LIKE finds",
        "SELECT COUNT(*) FROM (SELECT TIMESTAMP '2008-09-08 10:00:00' AS saletime UNION ALL "
        "SELECT TIMESTAMP '2008-10-01 00:00:00') AS sales WHERE saletime LIKE '2008-09%'",
        1,
    ),
)

TO_CHAR: tuple[Documented, ...] = (
    *(
        printed("r_TO_CHAR", f"SELECT TO_CHAR({arguments})", text)
        for arguments, text in (
            (f"{YEAR_END}, 'MONTH-DY-DD-YYYY HH12:MIPM'", "DECEMBER -THU-31-2009 11:15PM"),
            (f"{YEAR_END}, 'DDD'", "365"),
            ("TIMESTAMP '2022-05-16 23:15:59', 'ID'", "1"),
            ("TIMESTAMP '2008-01-25 14:30:00', 'HH12:MI:SS'", "02:30:00"),
            ("TIMESTAMP '2008-01-25 14:30:00', 'MON-DD-YYYY HH12:MIPM'", "JAN-25-2008 02:30PM"),
            (f"{YEAR_END}, 'HH24:MI:SS'", "23:15:59"),
            ("TIMESTAMP '2008-02-18 02:36:48', 'cc'", "21"),
            (f"{SALE}, 'HH24:MI:SS'", "18:45:09"),
            (f"{SALE}, 'HH24:MI:SS.MS'", "18:45:09.325"),
            (f"{SALE}, 'HH24:MI:SS:US'", "18:45:09:325143"),
            ("-125.8, '999D99S'", "125.80-"),
        )
    ),
    *(
        follows("r_FORMAT_strings", why, f"SELECT TO_CHAR({arguments})", text)
        for why, arguments, text in (
            ("a month's name is padded to nine", "DATE '2009-12-31', 'MONTH'", "DECEMBER "),
            ("a DATE converts", "DATE '2009-12-31', 'YYYY-MM-DD'", "2009-12-31"),
            ("year and month", f"{YEAR_END}, 'YYYYMM'", "200912"),
            ("quarters are 1 to 4", f"{YEAR_END}, 'Q'", "4"),
            ("D is 1 to 7 from Sunday", "DATE '2022-05-15', 'D'", "1"),
            ("ISO weeks", "DATE '2005-01-01', 'IYYY-IW'", "2004-53"),
            ("a day's name is padded to nine", "DATE '2022-05-16', 'Day'", "Monday   "),
            ("mixed case", "DATE '2022-05-16', 'Dy Mon'", "Mon May"),
        )
    ),
    follows(
        "r_TO_CHAR", "a space to the left of the numerals", "SELECT TO_CHAR(125, '999')", " 125"
    ),
    follows("r_TO_CHAR", "Roman numerals", "SELECT TRIM(TO_CHAR(125, 'RN'))", "CXXV"),
    printed(
        "r_TO_DATE_function", "SELECT TO_DATE('02 Oct 2001', 'DD Mon YYYY')", day("2001-10-02")
    ),
    printed(
        "r_TO_DATE_function", "SELECT TO_DATE('20010631', 'YYYYMMDD', FALSE)", day("2001-07-01")
    ),
    follows(
        "r_TO_DATE_function",
        "FALSE is the default: an overflow is accepted",
        "SELECT TO_DATE('20010631', 'YYYYMMDD')",
        day("2001-07-01"),
    ),
    follows(
        "r_TO_DATE_function",
        "strict takes what is in range",
        "SELECT TO_DATE('20010630', 'YYYYMMDD', TRUE)",
        day("2001-06-30"),
    ),
)

CALENDARS = DATE_TRUNC + DATE_PART + MONTHS + ARITHMETIC + TO_CHAR
