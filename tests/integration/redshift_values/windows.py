"""FIRST_VALUE and LAST_VALUE, LAG and LEAD, ranks, shares; IGNORE NULLS; NULLs in an order.

The guide asks for a frame wherever an aggregate, FIRST_VALUE, LAST_VALUE or NTH_VALUE has an
ORDER BY, so there is no default frame to write down; without an ORDER BY it is the partition.
"""

from integration.redshift_values.documented import Documented, follows, printed
from integration.redshift_values.rows import WINSALES

WHOLE = "ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING"
VENUES = (
    "(SELECT 'CA' AS venuestate, 'Qualcomm Stadium' AS venuename, 70561 AS venueseats UNION ALL "
    "SELECT 'CA', 'Monster Park', 69843 UNION ALL SELECT 'CA', 'Shoreline Amphitheatre', 22000 "
    "UNION ALL SELECT 'CO', 'INVESCO Field', 76125 UNION ALL SELECT 'CO', 'Coors Field', 50445 "
    "UNION ALL SELECT 'DC', 'Nationals Park', 41888) AS venue"
)
STANFORD = (
    "(SELECT CAST(NULL AS VARCHAR(100)) AS venuename, 90000 AS venueseats UNION ALL "
    "SELECT 'Qualcomm Stadium', 70561 UNION ALL SELECT 'Monster Park', 69843) AS venue"
)
NEW_YORK = (
    "(SELECT 'Ralph Wilson Stadium' AS venuename, 73967 AS venueseats UNION ALL "
    "SELECT 'Yankee Stadium', 52325 UNION ALL SELECT 'Madison Square Garden', 20000) AS venue"
)
GAPS = (
    "(SELECT 1 AS id, 10 AS v UNION ALL SELECT 2, NULL UNION ALL SELECT 3, 30 UNION ALL "
    "SELECT 4, NULL) AS t"
)
SEATS = f"(ORDER BY venueseats DESC {WHOLE}) FROM {STANFORD}"
BUYER = (
    "(SELECT TIMESTAMP '2008-01-16 01:06:09' AS saletime, 1 AS qtysold UNION ALL "
    "SELECT TIMESTAMP '2008-03-29 08:21:39', 2 UNION ALL "
    "SELECT TIMESTAMP '2008-04-27 02:39:01', 1) AS sales"
)
COMMISSIONS = (
    "(SELECT TIMESTAMP '2008-01-01 01:00:19' AS saletime, 5205 AS cents UNION ALL "
    "SELECT TIMESTAMP '2008-01-01 02:30:52', 10620 UNION ALL "
    "SELECT TIMESTAMP '2008-01-01 03:50:02', 10320) AS sales"
)
HAMLET = " UNION ALL ".join(
    f"SELECT {price} AS pricepaid"
    for price in (
        1883,
        1065,
        589,
        530,
        472,
        460,
        355,
        334,
        296,
        230,
        216,
        212,
        106,
        100,
        94,
        53,
        25,
    )
)
SALARIES = "(SELECT 2500 AS x UNION ALL SELECT 2600 UNION ALL SELECT 2800 UNION ALL SELECT 2900 "
SALARIES += "UNION ALL SELECT 3100) AS t"
SCORES = "(SELECT 15 AS x UNION ALL SELECT 20 UNION ALL SELECT 20 UNION ALL SELECT 20 UNION ALL "
SCORES += "SELECT 30 UNION ALL SELECT 30 UNION ALL SELECT 40) AS t"

ENDS: tuple[Documented, ...] = (
    follows(
        "r_WF_first_value",
        "the page's first values of the states (fewer rows)",
        f"SELECT FIRST_VALUE(venuename) OVER (PARTITION BY venuestate ORDER BY venueseats DESC "
        f"{WHOLE}) FROM {VENUES} ORDER BY venuestate, venueseats DESC",
        *("Qualcomm Stadium",) * 3,
        *("INVESCO Field",) * 2,
        "Nationals Park",
    ),
    follows(
        "r_WF_first_value",
        "the page's last values of the states (fewer rows)",
        f"SELECT LAST_VALUE(venuename) OVER (PARTITION BY venuestate ORDER BY venueseats DESC "
        f"{WHOLE}) FROM {VENUES} ORDER BY venuestate, venueseats DESC",
        *("Shoreline Amphitheatre",) * 3,
        *("Coors Field",) * 2,
        "Nationals Park",
    ),
    follows(
        "r_WF_first_value",
        "the frame ends with the current row, and so does LAST_VALUE",
        f"SELECT LAST_VALUE(v) OVER (ORDER BY id ROWS UNBOUNDED PRECEDING) FROM {GAPS} ORDER BY id",
        *(10, None, 30, None),
    ),
    printed(
        "r_WF_first_value",
        f"SELECT FIRST_VALUE(venuename) OVER {SEATS} ORDER BY venueseats DESC",
        *(None,) * 3,
    ),
    printed(
        "r_WF_first_value",
        f"SELECT FIRST_VALUE(venuename IGNORE NULLS) OVER {SEATS} ORDER BY venueseats DESC",
        *("Qualcomm Stadium",) * 3,
    ),
    follows(
        "r_WF_first_value",
        "IGNORE NULLS may follow the parenthesis, as the other pages write it",
        f"SELECT FIRST_VALUE(venuename) IGNORE NULLS OVER {SEATS} ORDER BY venueseats DESC",
        *("Qualcomm Stadium",) * 3,
    ),
    follows(
        "r_WF_first_value",
        "the last value of the frame that is not NULL: the one before goes on",
        "SELECT LAST_VALUE(v IGNORE NULLS) OVER (ORDER BY id ROWS UNBOUNDED PRECEDING) "
        f"FROM {GAPS} ORDER BY id",
        *(10, 10, 30, 30),
    ),
    follows(
        "r_WF_first_value",
        "RESPECT NULLS is what holds without it",
        f"SELECT FIRST_VALUE(venuename RESPECT NULLS) OVER {SEATS} ORDER BY venueseats DESC",
        *(None,) * 3,
    ),
    printed(
        "r_WF_NTH",
        "SELECT NTH_VALUE(venueseats, 3) IGNORE NULLS OVER (ORDER BY venueseats DESC "
        f"{WHOLE}) FROM {NEW_YORK}",
        *(20000,) * 3,
    ),
    follows(
        "r_WF_NTH",
        "IGNORE NULLS skips them",
        f"SELECT NTH_VALUE(v, 2) IGNORE NULLS OVER (ORDER BY id {WHOLE}) FROM {GAPS}",
        *(30,) * 4,
    ),
    follows(
        "r_WF_NTH",
        "NULLs count without IGNORE NULLS",
        f"SELECT NTH_VALUE(v, 2) OVER (ORDER BY id {WHOLE}) FROM {GAPS}",
        *(None,) * 4,
    ),
)

NEIGHBOURS: tuple[Documented, ...] = (
    follows(
        "r_WF_LAG",
        "the quantity of the sale before, NULL where there is none (fewer rows)",
        f"SELECT LAG(qtysold, 1) OVER (ORDER BY saletime) FROM {BUYER} ORDER BY saletime",
        *(None, 1, 2),
    ),
    follows(
        "r_WF_LEAD",
        "the commission of the sale after, NULL where there is none (fewer rows, in cents)",
        f"SELECT LEAD(cents, 1) OVER (ORDER BY saletime) FROM {COMMISSIONS} ORDER BY saletime",
        *(10620, 10320, None),
    ),
    *(
        follows(page, why, f"SELECT {call} OVER (ORDER BY id) FROM {GAPS} ORDER BY id", *values)
        for page, why, call, values in (
            ("r_WF_LAG", "the offset is 1 by default", "LAG(v)", (None, 10, None, 30)),
            ("r_WF_LAG", "0 is the current row", "LAG(v, 0)", (10, None, 30, None)),
            ("r_WF_LAG", "an offset of 2", "LAG(v, 2)", (None, None, 10, None)),
            ("r_WF_LAG", "skips nulls", "LAG(v, 1) IGNORE NULLS", (None, 10, 10, 30)),
            ("r_WF_LEAD", "the offset is 1 by default", "LEAD(v)", (None, 30, None, None)),
            ("r_WF_LEAD", "skips nulls", "LEAD(v, 1) IGNORE NULLS", (30, 30, None, None)),
        )
    ),
)

RANKS: tuple[Documented, ...] = (
    printed(
        "r_WF_RANK",
        f"SELECT RANK() OVER (ORDER BY qty) FROM {WINSALES} ORDER BY qty, salesid",
        *(1, 1, 1, 1, 5, 6, 6, 6, 9, 9, 11),
    ),
    printed(
        "r_WF_RANK",
        f"SELECT RANK() OVER (ORDER BY qty DESC) FROM {WINSALES} ORDER BY qty, salesid",
        *(8, 8, 8, 8, 7, 4, 4, 4, 2, 2, 1),
    ),
    printed(
        "r_WF_DENSE_RANK",
        f"SELECT DENSE_RANK() OVER (ORDER BY qty DESC) FROM {WINSALES} ORDER BY qty, salesid",
        *(5, 5, 5, 5, 4, 3, 3, 3, 2, 2, 1),
    ),
    printed(
        "r_WF_DENSE_RANK",
        "SELECT DENSE_RANK() OVER (PARTITION BY sellerid ORDER BY qty DESC) "
        f"FROM {WINSALES} ORDER BY sellerid, qty, salesid",
        *(2, 2, 1, 1, 1, 4, 3, 2, 1, 2, 1),
    ),
    printed(
        "r_WF_NTILE",
        f"SELECT NTILE(4) OVER (ORDER BY pricepaid DESC) FROM ({HAMLET}) AS t "
        "ORDER BY pricepaid DESC",
        *(1,) * 5,
        *(2,) * 4,
        *(3,) * 4,
        *(4,) * 4,
    ),
    follows(
        "r_WF_PERCENT_RANK",
        "the page's table, by its formula",
        f"SELECT PERCENT_RANK() OVER (ORDER BY x) FROM {SCORES} ORDER BY x",
        *(0.0, 1 / 6, 1 / 6, 1 / 6, 4 / 6, 4 / 6, 1.0),
    ),
    printed(
        "r_WF_CUME_DIST",
        f"SELECT CUME_DIST() OVER (ORDER BY x) FROM {SALARIES} ORDER BY x",
        *(0.2, 0.4, 0.6, 0.8, 1.0),
    ),
    follows(
        "r_WF_RATIO_TO_REPORT",
        "a FLOAT8: the share of the partition (the page's sellers 2 and 4, in whole numbers)",
        "SELECT RATIO_TO_REPORT(qty) OVER (PARTITION BY sellerid) "
        f"FROM {WINSALES} WHERE sellerid IN (2, 4) ORDER BY sellerid, qty",
        *(0.5, 0.5, 0.2, 0.8),
    ),
    follows(
        "r_WF_RATIO_TO_REPORT",
        "NULL for NULL",
        f"SELECT RATIO_TO_REPORT(v) OVER () FROM {GAPS} ORDER BY id",
        *(0.25, None, 0.75, None),
    ),
    follows(
        "c_Window_functions",
        "without an ORDER BY the frame is the whole partition",
        f"SELECT SUM(v) OVER () FROM {GAPS}",
        *(40,) * 4,
    ),
    follows(
        "c_Window_functions",
        "NULLs rank last in an ascending order",
        f"SELECT RANK() OVER (ORDER BY v) FROM {GAPS} ORDER BY id",
        *(1, 3, 2, 3),
    ),
    follows(
        "r_ORDER_BY_clause",
        "NULLs come last in an ascending order",
        f"SELECT v FROM {GAPS} ORDER BY v",
        *(10, 30, None, None),
    ),
    follows(
        "r_ORDER_BY_clause",
        "NULLs come first in a descending order",
        f"SELECT v FROM {GAPS} ORDER BY v DESC",
        *(None, None, 30, 10),
    ),
)

WINDOWS = ENDS + NEIGHBOURS + RANKS
