"""How a check of a file is read: each kind, and every mistake with its place."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from builder.relation import Relation
from builder.summary import Change, Count, Expectation, Freshness, Measure, Reference
from builder.summary.checks import seconds_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from builder.errors import Problem
    from builder.summary import Check, Summary

    Read = Callable[..., Summary]
    Problems = Callable[..., list[Problem]]

HEAD = "{'table': 'sales', 'schema': 'analytics', 'main_sql': 'SELECT 1',\n"
NPS = Relation("raw_data", "nps")
FRESH = "'fresh': 'created_at', 'within': '1 day'"
REFERS = "'references': 'raw_data.channel.name', 'column': 'channel'"


def one_input(read: Read, entries: str) -> Check:
    """The one check of the inputs with these entries."""
    (check,) = read(f"{HEAD}'input_check': [{{{entries}}}]}}").input_checks
    return check


def one_output(read: Read, entries: str) -> Check:
    """The one check of the output with these entries."""
    (check,) = read(f"{HEAD}'output_check': [{{{entries}}}]}}").output_checks
    return check


@pytest.mark.parametrize(
    ("entries", "expected"),
    [
        (
            "'sum': 'amount', 'anomaly': True",
            Measure("output_check[0]", "sum", "amount", anomaly=True),
        ),
        (
            "'mean': 'amount', 'max_change': {'up': 0.5}, 'severity': 'info'",
            Measure(
                "output_check[0]",
                "mean",
                "amount",
                severity="info",
                max_change=Change(None, 0.5),
            ),
        ),
        (
            "'null_share': 'amount', 'max_change': 0",
            Measure("output_check[0]", "null_share", "amount", max_change=Change(0, 0)),
        ),
        (
            "'fresh': 'day', 'within': '90 minutes', 'time_zone': 'Asia/Seoul'",
            Freshness("output_check[0]", "day", 5400, "Asia/Seoul"),
        ),
        (
            f"{REFERS}, 'severity': 'warning'",
            Reference(
                "output_check[0]",
                "channel",
                Relation("raw_data", "channel"),
                "name",
                severity="warning",
            ),
        ),
        (
            "'expect': 'expect_column_to_exist', 'column': 'a', 'severity': 'info'",
            Expectation(
                "output_check[0]", "expect_column_to_exist", {"column": "a"}, severity="info"
            ),
        ),
    ],
    ids=lambda case: case if isinstance(case, str) else "",
)
def test_each_kind_is_told_by_its_key(read: Read, entries: str, expected: Check) -> None:
    """The key that only one kind has says which it is; everything in it is kept."""
    assert expected == one_output(read, entries)


@pytest.mark.parametrize(
    ("entries", "kind"),
    [
        ("'sum': 'score', 'anomaly': True", Measure),
        (FRESH, Freshness),
        (REFERS, Reference),
        ("'expect': 'expect_column_to_exist', 'column': 'a'", Expectation),
    ],
)
def test_input_is_of_the_table_that_it_names(read: Read, entries: str, kind: type[Check]) -> None:
    """Each kind without SQL may be of an input, which `on` names."""
    check = one_input(read, f"{entries}, 'on': 'raw_data.nps'")

    assert kind is type(check)
    assert NPS == check.on


def test_count_needs_no_bound_where_it_is_compared(read: Read) -> None:
    """`max_change` or `anomaly` is a bound; a count may have all three."""
    sql = "'sql': 'SELECT 1'"
    changed, odd = (
        one_input(read, f"{sql}, 'max_change': 0.3"),
        one_input(read, f"{sql}, 'anomaly': True, 'count': 5, 'op': 'gt'"),
    )

    assert isinstance(changed, Count)
    assert isinstance(odd, Count)
    assert (None, Change(0.3, 0.3), False) == (changed.count, changed.max_change, changed.anomaly)
    assert (5, "gt", None, True) == (odd.count, odd.op, odd.max_change, odd.anomaly)
    assert (True, True) == (changed.compares, odd.compares)


def test_query_of_an_expectation_keeps_its_place(read: Read) -> None:
    """The one expectation that has SQL has it as text of the file, as a count does."""
    name = "'expect': 'unexpected_rows_expectation'"
    check = one_output(read, f"{name}, 'unexpected_rows_query': 'SELECT * FROM {{batch}}'")
    place = check.text.place(0) if check.text else None

    assert place is not None
    assert (2, 86) == (place.line, place.column)


ON = "(write 'schema.table', such as 'raw_data.nps')"
MEASURED = "'sum': 'a', 'anomaly': True"


@pytest.mark.parametrize(
    ("entries", "column", "message"),
    [
        ("'sql': 'SELECT 1'", 17, "`{0}` has no bound (add 'count': N, the least that is "
         "right, and 'op' for another comparison)"),
        ("'sql': 'SELECT 1', 'max_change': {}", 17, "`{0}` has no bound (add 'count': N, the least "
         "that is right, and 'op' for another comparison)"),
        ("'sql': 'SELECT 1', 'max_change': {'up': 1e999}", 58, "`{0}.max_change.up`: the number is "
         "too large"),
        ("'count': 1", 17, "`{0}`: `sql` is missing"),
        ("", 17, "`{0}`: `sql` is missing"),
        ("'sql': '', 'count': 1", 25, "`{0}.sql`: a text that is not empty is wanted"),
        ("'sql': 'SELECT 1', 'count': '1'", 46, "`{0}.count`: a number or None is wanted, "
         "text stands here"),
        ("'sql': 'SELECT 1', 'count': 1, 'op': '>='", 55, "`{0}.op`: '>=' cannot stand here "
         "(write 'ge', one of ge, eq, ne, gt, le, lt)"),
        ("'sql': 'SELECT 1', 'max_change': -0.1", 51, "`{0}.max_change`: a number, 0.0 or more, "
         "is wanted"),
        ("'sql': 'SELECT 1', 'max_change': True", 51, "`{0}.max_change`: a number or a dict or "
         "None is wanted, True or False stands here"),
        ("'sql': 'SELECT 1', 'max_change': {'up': -1}", 58, "`{0}.max_change.up`: a number, "
         "0.0 or more, is wanted"),
        ("'sql': 'SELECT 1', 'max_change': {'upp': 1}", 52, "unknown key `upp` in "
         "`{0}.max_change` (did you mean `up`?)"),
        ("'sql': 'SELECT 1', 'anomaly': 1", 48, "`{0}.anomaly`: True or False is wanted, "
         "a whole number stands here"),
        ("'sql': 'SELECT 1', 'count': 1, 'severty': 'info'", 49, "unknown key `severty` in `{0}` "
         "(did you mean `severity`?)"),
        ("'sql': 'SELECT 1', 'count': 1, 'severity': 'error'", 61, "`{0}.severity`: 'error' "
         "cannot stand here (one of critical, warning, info)"),
        ("'sum': 'a', 'mean': 'b', 'anomaly': True", 38, "`{0}` measures sum and mean: write a "
         "check for each"),
        ("'sum': 'a'", 17, "`{0}` has no bound (add 'max_change': 0.3 for at most 30 % more or "
         "less, or 'anomaly': True)"),
        ("'sum': 'a', 'max_change': {'up': None}", 17, "`{0}` has no bound (add 'max_change': "
         "0.3 for at most 30 % more or less, or 'anomaly': True)"),
        ("'sum': None, 'anomaly': True", 25, "`{0}.sum`: text is wanted, None stands here"),
        ("'mean': '', 'anomaly': True", 26, "`{0}.mean`: a text that is not empty is wanted"),
        ("'sum': 'a', 'count': 5", 30, "unknown key `count` in `{0}` (the keys are sum, mean, "
         "null_share, on, max_change, anomaly, severity)"),
        ("'fresh': 'day'", 17, "`{0}`: `within` is missing"),
        ("'fresh': 'day', 'within': 'a while'", 44, "`{0}.within` is no span of time (write "
         "'1 day', '90 minutes' or '2 hours 30 minutes')"),
        ("'fresh': 'day', 'within': 86400", 44, "`{0}.within`: text is wanted, a whole number "
         "stands here"),
        ("'references': 'channel.name', 'column': 'a'", 32, "`{0}.references` names no column of "
         "a table (write 'schema.table.column', such as 'raw_data.channel.channelname')"),
        ("'references': 'raw_data.channel.name'", 17, "`{0}`: `column` is missing"),
    ],
    ids=lambda case: case if isinstance(case, str) else "",
)  # fmt: skip
def test_mistake_is_told_with_its_place(
    problems: Problems, entries: str, column: int, message: str
) -> None:
    """File, line and column of the value that is wrong, or of the check that lacks something."""
    found = problems(f"{HEAD}'input_check': [{{{entries}}}]}}")
    said = message.replace("{0}", "input_check[0]")

    assert [f"sales.py:2:{column}: {said}"] == [str(problem) for problem in found]


@pytest.mark.parametrize(
    ("entries", "column", "message"),
    [
        (MEASURED, 17, "`input_check[0]` does not say which table it is of (add 'on': "
         "'schema.table', the source that is meant)"),
        (f"'on': 'nps', {MEASURED}", 24, f"`input_check[0].on` names no table {ON}"),
        (f"'on': 'a.b.c', {FRESH}", 24, f"`input_check[0].on` names no table {ON}"),
        (f"'on': 'a.', {REFERS}", 24, f"`input_check[0].on` names no table {ON}"),
        (f"'on': None, {MEASURED}", 24, "`input_check[0].on`: text is wanted, None stands here"),
        ("'references': 'a.b.c.d', 'column': 'x'", 32, "`input_check[0].references` names no "
         "column of a table (write 'schema.table.column', such as 'raw_data.channel.channelname')"),
        ("'references': 'a. .c', 'column': 'x'", 32, "`input_check[0].references` names no "
         "column of a table (write 'schema.table.column', such as 'raw_data.channel.channelname')"),
    ],
)  # fmt: skip
def test_table_is_named_with_its_schema(
    problems: Problems, entries: str, column: int, message: str
) -> None:
    """An input check without SQL says of which table it is, in two parts."""
    found = problems(f"{HEAD}'input_check': [{{{entries}}}]}}")

    assert [f"sales.py:2:{column}: {message}"] == [str(problem) for problem in found]


@pytest.mark.parametrize("entries", [MEASURED, FRESH, REFERS])
def test_output_check_is_of_the_staged_table(problems: Problems, entries: str) -> None:
    """`on` is for inputs: an output check says so where it has one."""
    found = problems(f"{HEAD}'output_check': [{{'on': 'raw_data.nps', {entries}}}]}}")

    assert [
        "sales.py:2:25: `output_check[0].on`: an output check is of the staged table "
        "(take `on` out, or move the check to `input_check`)"
    ] == [str(problem) for problem in found]


def test_every_unknown_key_is_told(problems: Problems) -> None:
    """Not only the first one."""
    found = problems(f"{HEAD}'input_check': [{{{FRESH}, 'o': 1, 'timezone': 'UTC'}}]}}")

    assert [
        "unknown key `o` in `input_check[0]` (did you mean `on`?)",
        "unknown key `timezone` in `input_check[0]` (did you mean `time_zone`?)",
    ] == [str(problem).partition(": ")[2] for problem in found]


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ("'fatal'", "`schema_drift`: 'fatal' cannot stand here (one of critical, warning, info)"),
        ("{'gone': 'info'}", "unknown key `gone` in `schema_drift` (the keys are "
         "added, removed, changed)"),
        ("{'added': 'fatal'}", "`schema_drift.added`: 'fatal' cannot stand here (one of "
         "critical, warning, info)"),
    ],
)  # fmt: skip
def test_mistake_in_schema_drift_is_told(problems: Problems, said: str, message: str) -> None:
    """One severity, or one for each way in which columns differ."""
    (found,) = problems(f"{HEAD}'schema_drift': {said}}}")

    assert message == str(found).partition(": ")[2]


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("1 day", 86400),
        ("2 days", 172800),
        ("1.5 hours", 5400),
        ("2 hours 30 minutes", 9000),
        ("2 hours, 30 minutes", 9000),
        ("90s", None),
        ("90 seconds", 90),
        ("1 Week", 604800),
        (" 1 day ", 86400),
        ("1day", 86400),
        ("", None),
        ("0 days", None),
        ("-1 day", None),
        ("1 month", None),
        ("day", None),
        ("1 day or so", None),
        ("1 days s", None),
    ],
)
def test_span_of_time_is_read(text: str, seconds: float | None) -> None:
    """Numbers with units, as PostgreSQL writes intervals; months have no length in seconds."""
    assert seconds == seconds_of(text)
