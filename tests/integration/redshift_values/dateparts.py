"""Every spelling of a datepart that the guide lists, with DATEDIFF and DATEADD of one unit."""

from integration.redshift_values.documented import Documented, follows, moment

SPELLINGS = {
    "millennium": ("millennium", "millennia", "mil", "mils"),
    "century": ("century", "centuries", "c", "cent", "cents"),
    "decade": ("decade", "decades", "dec", "decs"),
    "year": ("year", "years", "y", "yr", "yrs"),
    "quarter": ("quarter", "quarters", "qtr", "qtrs"),
    "month": ("month", "months", "mon", "mons"),
    "week": ("week", "weeks", "w"),
    "day": ("day", "days", "d"),
    "hour": ("hour", "hours", "h", "hr", "hrs"),
    "minute": ("minute", "minutes", "m", "min", "mins"),
    "second": ("second", "seconds", "s", "sec", "secs"),
    "millisecond": (
        *("millisecond", "milliseconds", "ms", "msec", "msecs"),
        *("msecond", "mseconds", "millisec", "millisecs", "millisecon"),
    ),
    "microsecond": (
        *("microsecond", "microseconds", "microsec", "microsecs"),
        *("usecond", "useconds", "us", "usec", "usecs"),
    ),
}

# From the last microsecond of 1999 to the first of 2001: 53 Sundays, and as many Mondays.
BOUNDARIES = {
    "millennium": 1,
    "century": 1,
    "decade": 1,
    "year": 2,
    "quarter": 5,
    "month": 13,
    "week": 53,
    "day": 367,
    "hour": 8_785,
    "minute": 527_041,
    "second": 31_622_401,
    "millisecond": 31_622_400_001,
    "microsecond": 31_622_400_000_001,
}

ONE_MORE = {
    "millennium": "3008-02-28 10:20:30.5",
    "century": "2108-02-28 10:20:30.5",
    "decade": "2018-02-28 10:20:30.5",
    "year": "2009-02-28 10:20:30.5",
    "quarter": "2008-05-28 10:20:30.5",
    "month": "2008-03-28 10:20:30.5",
    "week": "2008-03-06 10:20:30.5",
    "day": "2008-02-29 10:20:30.5",
    "hour": "2008-02-28 11:20:30.5",
    "minute": "2008-02-28 10:21:30.5",
    "second": "2008-02-28 10:20:31.5",
    "millisecond": "2008-02-28 10:20:30.501",
    "microsecond": "2008-02-28 10:20:30.500001",
}

DATEPARTS: tuple[Documented, ...] = (
    *(
        follows(
            "r_Dateparts_for_datetime_functions",
            f"{spelling} is in the table's row of {part}; DATEDIFF counts its boundaries",
            f"SELECT DATEDIFF({spelling}, TIMESTAMP '1999-12-31 23:59:59.999999', "
            "TIMESTAMP '2001-01-01 00:00:00')",
            BOUNDARIES[part],
        )
        for part, spellings in SPELLINGS.items()
        for spelling in spellings
    ),
    *(
        follows(
            "r_Dateparts_for_datetime_functions",
            f"{spelling} is in the table's row of {part}; DATEADD adds that many of it",
            f"SELECT DATEADD({spelling}, 1, TIMESTAMP '2008-02-28 10:20:30.5')",
            moment(ONE_MORE[part]),
        )
        for part, spellings in SPELLINGS.items()
        for spelling in spellings
    ),
)
