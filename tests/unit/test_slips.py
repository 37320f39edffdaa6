"""Slips that sqlglot reads past: each is told with its place and what to write."""

from __future__ import annotations

from pathlib import Path

import pytest

from builder.errors import ConfigError
from builder.query import Rendered, select
from builder.summary import Text
from builder.summary.text import Source


def told(sql: str, dialect: str = "postgres") -> list[str]:
    """What is said of a query."""
    source = Source(Path("s.py"), f'"""{sql}"""')
    try:
        select(Rendered(sql, Text(sql, source, 0, len(source.text))), dialect)
    except ConfigError as error:
        return [str(problem) for problem in error.problems]
    return []


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        (
            "SELECT a FROM t HAVING n > 3 GROUP BY a",
            "s.py:1:33: `GROUP BY` stands behind `HAVING` (it comes first)",
        ),
        (
            "SELECT a FROM (SELECT 1 FROM t ORDER BY 1 WHERE b) AS x",
            "s.py:1:46: `WHERE` stands behind `ORDER BY` (it comes first)",
        ),
        ("SELECT a FROM t WHERE a == 3", "s.py:1:28: `==` is no sign of SQL (write `=`)"),
        ("SELECT `a` FROM t", "s.py:1:11: a backtick is no quote"),
        ("SELECT a FROM t WHERE b = “web”", 's.py:1:30: `“` is no sign of SQL (write `"`)'),
        ("SELECT a FROM t WHERE b\u00a0> 3", "s.py:1:27: U+00A0 is no sign of SQL"),
        ("SELECT a FROM t WHERE b ＞ 3", "s.py:1:28: `＞` is no sign of SQL (write `>`)"),
        ("SELECT a FROM t WHERE b > %(n)s", "s.py:1:30: `%(n)s` is no SQL (write {n}, and"),
        ("SELECT a FROM {{ ref('t') }}", "s.py:1:18: `{{` is no SQL (there are no templates"),
        ("SELECT a FROM t a JOIN u b WHERE a.x = b.x", "s.py:1:22: this JOIN has no ON"),
        ("SELECT a FROM t JOIN u USIG (a)", "s.py:1:27: `USIG` joins nothing (did you mean"),
        ("SELECT a FROM (b JOIN c) AS d", "s.py:1:21: this JOIN has no ON"),
        ("SELECT a FROM t JOIN u USING a", "s.py:1:27: USING wants brackets"),
        ("SELECT CASE WHEN a 'x' END FROM t", "s.py:1:16: this WHEN has no THEN"),
        ("SELECT a FROM t WHERE a IS NOT NUL", "s.py:1:28: `IS NUL` is no comparison (did you"),
        ("SELECT a FROM t WHERE a IN ()", "s.py:1:28: the list behind IN is empty"),
        ("SELECT a FROM t GROUP BY", "s.py:1:20: nothing stands behind GROUP BY"),
        ("SELECT a\n<<<<<<< HEAD\nFROM t", "s.py:2:1: a merge conflict was left here"),
    ],
)
def test_slip_is_told_with_what_to_write(sql: str, expected: str) -> None:
    """The place is that of the sign or clause itself."""
    found = told(sql)

    assert found
    assert found[0].startswith(expected)


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT '“web” > 3', \"a＞b\" FROM t -- “so” == `x`",
        "SELECT a /* {x} “ ＞ */, 매출 FROM t",
        "SELECT (SELECT 1 WHERE b ORDER BY 1 LIMIT 1) FROM t WHERE a GROUP BY a HAVING b",
        "SELECT STRING_AGG(a, ',' ORDER BY b) FILTER (WHERE c) FROM t WHERE d GROUP BY e",
        "SELECT a FROM t LIMIT 3 OFFSET 1",
        "SELECT DISTINCT ON (a) b FROM t JOIN u JOIN v ON a = b ON c = d JOIN w USING (e)",
        "SELECT a FROM t CROSS JOIN u NATURAL LEFT JOIN v, x JOIN LATERAL (SELECT 1) y ON TRUE",
        "SELECT CASE WHEN a THEN CASE b WHEN 1 THEN 2 END ELSE (CASE WHEN x THEN 1 END) END FROM t",
        "SELECT a FROM minus JOIN t ON b IS NOT DISTINCT FROM c AND d IS NOT TRUE AND e IN (1)",
        "SELECT EXISTS (SELECT FROM v), a IS JSON OBJECT, b IS NORMALIZED FROM t",
        "(SELECT a FROM t ORDER BY 1 LIMIT 1) UNION SELECT a FROM u WHERE b ORDER BY 1",
        "SELECT RANK() OVER (PARTITION BY a ORDER BY b) FROM t WHERE c",
        "SELECT $$ == “ {{ $$, E'“\\n' FROM t WHERE a && b",
    ],
)
def test_what_is_right_is_no_slip(sql: str) -> None:
    """Quotes and comments may hold every sign, and each query has its own order."""
    found = [one for one in told(sql) if "{{" not in one]

    assert [] == found
