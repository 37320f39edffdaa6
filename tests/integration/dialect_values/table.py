"""How one dialect's proof is written down, and the rows that several of them look at."""

from dataclasses import dataclass

from integration.redshift_values.documented import Documented, day, moment

Where = tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True)
class Proof:
    """One dialect: values, and of them what is refused and what differs, by page and SQL."""

    dialect: str
    values: tuple[Documented, ...]
    refused: Where = ()
    different: Where = ()


def table(*rows: tuple[object, ...]) -> tuple[Documented, ...]:
    """Values by page, why they follow from it (nothing if it prints them), SQL, and rows."""
    return tuple(
        Documented(str(page), f"SELECT {sql}", tuple(expected), str(why))
        for page, why, sql, *expected in rows
    )


def column(*values: str, name: str = "x") -> str:
    """A relation t whose column holds these expressions, of the first one's type."""
    first, *rest = values
    return (
        f"(SELECT {first} AS {name}"
        + "".join(f" UNION ALL SELECT {one}" for one in rest)
        + ") AS t"
    )


GAPS = (
    "(SELECT 1 AS id, 10 AS v UNION ALL SELECT 2, NULL UNION ALL SELECT 3, 30 UNION ALL "
    "SELECT 4, NULL) AS t"
)
SCORES = "(SELECT 1 AS id, 10 AS v UNION ALL SELECT 2, 20 UNION ALL SELECT 3, 20) AS t"
NAMES = (
    "(SELECT 1 AS id, 'b' AS v UNION ALL SELECT 2, 'a' UNION ALL SELECT 3, NULL UNION ALL "
    "SELECT 4, 'b') AS t"
)
NONE = "(SELECT 1 AS id, CAST(NULL AS {}) AS v) AS t"
WHOLE = "ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING"


def windows(page: str, last: tuple[int, ...] = (1, 2, 3)) -> tuple[Documented, ...]:
    """The window functions; `last` are those of a frame that nobody names.

    By the standard it ends with the current row.
    """
    ordered = f"FROM {SCORES} ORDER BY id"
    return table(
        (page, "numbers rows", f"ROW_NUMBER() OVER (ORDER BY v, id) {ordered}", 1, 2, 3),
        (
            page,
            "ties share a rank, gaps follow",
            f"RANK() OVER (ORDER BY v DESC) {ordered}",
            3,
            1,
            1,
        ),
        (page, "no gaps", f"DENSE_RANK() OVER (ORDER BY v DESC) {ordered}", 2, 1, 1),
        (page, "the first part is the longer", f"NTILE(2) OVER (ORDER BY id) {ordered}", 1, 1, 2),
        (
            page,
            "(rank - 1) / (rows - 1)",
            f"PERCENT_RANK() OVER (ORDER BY v) {ordered}",
            0,
            0.5,
            0.5,
        ),
        (page, "rows up to it / rows", f"CUME_DIST() OVER (ORDER BY v) {ordered}", 1 / 3, 1.0, 1.0),
        (page, "the row before", f"LAG(v) OVER (ORDER BY id) {ordered}", None, 10, 20),
        (page, "offset, default", f"LAG(v, 2, 0) OVER (ORDER BY id) {ordered}", 0, 0, 10),
        (page, "the row after", f"LEAD(v) OVER (ORDER BY id) {ordered}", 20, 20, None),
        (page, "the frame's first", f"FIRST_VALUE(v) OVER (ORDER BY id) {ordered}", 10, 10, 10),
        (
            page,
            "the frame's last",
            f"LAST_VALUE(id) OVER (ORDER BY id {WHOLE}) {ordered}",
            *(3, 3, 3),
        ),
        (page, "a frame without a name", f"LAST_VALUE(id) OVER (ORDER BY id) {ordered}", *last),
        (page, "up to the row", f"SUM(v) OVER (ORDER BY id) {ordered}", 10, 30, 50),
        (page, "the whole partition", f"SUM(v) OVER () {ordered}", 50, 50, 50),
        (
            page,
            "NULLs are left out",
            f"MAX(v) OVER (ORDER BY id) FROM {GAPS} ORDER BY id",
            *(10, 10, 30, 30),
        ),
    )


__all__ = [
    "GAPS",
    "NAMES",
    "NONE",
    "SCORES",
    "WHOLE",
    "Documented",
    "Proof",
    "column",
    "day",
    "moment",
    "table",
    "windows",
]
