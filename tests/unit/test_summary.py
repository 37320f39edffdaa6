"""Summary files: every key right and wrong, and all that is wrong told at once with its place."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import TYPE_CHECKING

import pytest

from builder.errors import ConfigError
from builder.relation import Relation
from builder.summary import (
    Change,
    Column,
    Count,
    Drift,
    Expectation,
    Summary,
    Text,
    find_summary,
    load_summary,
    summary_files,
)
from builder.summary.keys import KEYS

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from builder.errors import Problem
    from builder.summary import Check

    Read = Callable[..., Summary]
    Problems = Callable[..., list[Problem]]

HEAD = "{'table': 'sales', 'schema': 'analytics', 'main_sql': 'SELECT 1',\n"
COMPUTED = (
    "a summary file is read as data and nothing in it is run: write the value itself, "
    "without calls, names, f-strings or +"
)
RIGHT = """
# Every key that there is.
{
    'table': 'sales',
    'schema': 'analytics',
    'main_sql': 'SELECT 1',
    'input_check': [{'sql': 'SELECT 2', 'count': 150000}],
    'output_check': (
        {'sql': 'SELECT 3', 'count': 0.5, 'op': 'lt', 'severity': 'warning'},
        {'sql': 'SELECT 4', 'max_change': 0.3},
        {'expect': 'expect_column_values_to_be_between', 'column': 'nps', 'min_value': -100},
    ),
    'pre_sql': 'SET LOCAL work_mem = 1',
    'after_sql': ['GRANT 1', 'GRANT 2'],
    'post_sql': 'GRANT 3',
    'attributes': 'DISTKEY(userid)',
    'overwrite': True,
    'primary_key': ['a', 'b'],
    'unique': [['a'], ['b', 'c']],
    'indexes': [['a'], 'lower(b)'],
    'description': 'Sales by day',
    'columns': {'a': 'The day', 'b': {'description': 'E-mail', 'sensitive': True}},
    'owner': 'team@example.com',
    'tags': ['daily'],
    'publish': 'merge',
    'keep': 3,
    'allow_empty': True,
    'old_snapshots': 'publish',
    'publish_timeout': 10,
    'timeout': 1.5,
    'materialized_views': 'refresh',
    'row_security': True,
    'schema_drift': {'added': 'info', 'changed': 'warning'},
    'check_timeout': 30,
    'failing_rows': 'keep',
    'dialect': 'postgres',
    'connection': 'warehouse',
    'params': {'day': '2026-01-01', 'n': 1, 'x': 0.5, 'all': False, 'none': None},
    'schedule': '0 6 * * *',
    'upstream': ['ingest.load'],
    'run_if': {'day': 'monday'},
    'retries': 2,
    'wait_for_inputs': 60,
    'window': {'column': 'day'},
}
"""


def placeless(checks: tuple[Check, ...]) -> tuple[Check, ...]:
    """The same checks, without the places of their SQL."""
    return tuple(
        replace(check, sql=Text(check.sql.value)) if isinstance(check, Count) else check
        for check in checks
    )


def said(problems: list[Problem]) -> list[str]:
    """What is wrong, each as people read it."""
    return [str(problem) for problem in problems]


def test_every_key_is_read(read: Read) -> None:
    """A file with every key of the list becomes one frozen value, nothing lost."""
    summary = read(RIGHT)

    assert set(KEYS) == {line.split("'")[1] for line in RIGHT.splitlines() if line[4:5] == "'"}
    assert Relation("analytics", "sales") == summary.target
    assert "SELECT 1" == summary.query.value
    assert (Count("input_check[0]", Text("SELECT 2"), 150000),) == placeless(summary.input_checks)
    assert (
        Count("output_check[0]", Text("SELECT 3"), 0.5, "lt", severity="warning"),
        Count("output_check[1]", Text("SELECT 4"), max_change=Change(0.3, 0.3)),
        Expectation(
            "output_check[2]",
            "expect_column_values_to_be_between",
            {"column": "nps", "min_value": -100},
        ),
    ) == placeless(summary.output_checks)
    assert Drift("info", "critical", "warning") == summary.schema_drift
    assert (30.0, "keep") == (summary.check_timeout, summary.failing_rows)
    assert frozenset({"b"}) == summary.sensitive
    assert ["SET LOCAL work_mem = 1"] == [text.value for text in summary.before]
    assert ["GRANT 1", "GRANT 2", "GRANT 3"] == [text.value for text in summary.after]
    assert ("a", "b") == summary.primary_key
    assert (("a",), ("b", "c")) == summary.unique
    assert [("a",), "lower(b)"] == [
        index if isinstance(index, tuple) else index.value for index in summary.indexes
    ]
    assert (Column("a", "The day"), Column("b", "E-mail", sensitive=True)) == summary.columns
    plain = {"day": "2026-01-01", "n": 1, "x": 0.5, "all": False, "none": None}
    assert (plain, 3, 10.0, 1.5) == (
        summary.params,
        summary.keep,
        summary.publish_timeout,
        summary.timeout,
    )
    assert ("Sales by day", "team@example.com", ("daily",)) == (
        summary.description,
        summary.owner,
        summary.tags,
    )
    assert ("merge", "publish", "refresh") == (
        summary.publish,
        summary.old_snapshots,
        summary.materialized_views,
    )
    assert (True, True, "postgres", "warehouse") == (
        summary.allow_empty,
        summary.row_security,
        summary.dialect,
        summary.connection,
    )


def test_keys_that_do_nothing_yet_are_named(read: Read) -> None:
    """Each key that is read and has no effect is a notice, with the reason."""
    airflow = "it is for Airflow, which does not read it yet"

    assert (
        "`attributes` has no effect: this engine has no such table attributes",
        f"`schedule` has no effect: {airflow}",
        f"`upstream` has no effect: {airflow}",
        f"`run_if` has no effect: {airflow}",
        f"`retries` has no effect: {airflow}",
        f"`wait_for_inputs` has no effect: {airflow}",
        "`window` has no effect: time windows are not there yet: the whole table is built",
    ) == read(RIGHT).notices


def test_missing_keys_have_the_promised_defaults(read: Read) -> None:
    """Three keys are enough; what is not said is what the README says it is."""
    summary = read(HEAD + "}")
    same = Summary(summary.target, summary.query, summary.file)

    assert [getattr(same, f.name) for f in fields(same)] == [
        getattr(summary, f.name) for f in fields(summary)
    ]
    assert ("auto", 1, False, 60.0, None) == (
        summary.publish,
        summary.keep,
        summary.allow_empty,
        summary.publish_timeout,
        summary.timeout,
    )


@pytest.mark.parametrize(
    ("entry", "place", "message"),
    [
        ("'pre_sql': ['a', 5]", 18, "`pre_sql[1]`: text is wanted, a whole number stands here"),
        ("'pre_sql': 5", 12, "`pre_sql`: text or a list is wanted, a whole number stands here"),
        ("'overwrite': 1", 14, "`overwrite`: True or False is wanted, a whole number stands here"),
        ("'primary_key': 'a'", 16, "`primary_key`: a list is wanted, text stands here"),
        ("'unique': ['a']", 12, "`unique[0]`: a list is wanted, text stands here"),
        ("'indexes': 'a'", 12, "`indexes`: a list is wanted, text stands here"),
        (
            "'indexes': ['a; DROP TABLE b']",
            13,
            "`indexes[0]` holds a semicolon: write what stands in the brackets",
        ),
        ("'description': None", 16, "`description`: text is wanted, None stands here"),
        ("'columns': ['a']", 12, "`columns`: a dict is wanted, a list stands here"),
        ("'owner': b'x'", 10, "`owner`: text is wanted, bytes stands here"),
        ("'owner': ...", 10, "`owner`: text is wanted, ellipsis stands here"),
        ("'tags': 'daily'", 9, "`tags`: a list is wanted, text stands here"),
        ("'keep': -1", 9, "`keep`: a whole number, 0 or more, is wanted"),
        ("'keep': 1.5", 9, "`keep`: a whole number is wanted, a number stands here"),
        ("'keep': True", 9, "`keep`: a whole number is wanted, True or False stands here"),
        ("'allow_empty': 'no'", 16, "`allow_empty`: True or False is wanted, text stands here"),
        ("'publish_timeout': '1'", 20, "`publish_timeout`: a number is wanted, text stands here"),
        ("'timeout': 0", 12, "`timeout`: a number, more than 0.0, is wanted"),
        ("'row_security': None", 17, "`row_security`: True or False is wanted, None stands here"),
        ("'connection': 5", 15, "`connection`: text is wanted, a whole number stands here"),
        ("'retries': -1", 12, "`retries`: a whole number, 0 or more, is wanted"),
        ("'schedule': 5", 13, "`schedule`: text or a dict is wanted, a whole number stands here"),
        ("'window': 5", 11, "`window`: a dict is wanted, a whole number stands here"),
        (
            "'wait_for_inputs': []",
            20,
            "`wait_for_inputs`: a number or text is wanted, a list stands here",
        ),
        ("'input_check': {}", 16, "`input_check`: a list is wanted, a dict stands here"),
        (
            "'input_check': [5]",
            17,
            "`input_check[0]`: a dict is wanted, a whole number stands here",
        ),
        ("'input_check': [{'count': 1}]", 17, "`input_check[0]`: `sql` is missing"),
        (
            "'input_check': [{'sql': 'S', 'count': '5'}]",
            39,
            "`input_check[0].count`: a number or None is wanted, text stands here",
        ),
        (
            "'output_check': [{'expect': 5}]",
            29,
            "`output_check[0].expect`: text is wanted, a whole number stands here",
        ),
        (
            "'overwrite': False",
            14,
            "`overwrite`: False (append) is not there yet: a build replaces",
        ),
    ],
)
def test_wrong_type_is_told_in_words_with_its_place(
    problems: Problems, entry: str, place: int, message: str
) -> None:
    """A value of the wrong type is an error at the value, in the words of who writes files."""
    found = problems(HEAD + entry + "}")

    assert 1 == len(found)
    assert f"sales.py:2:{place}: {message}" in str(found[0])


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        (
            "'publish': 'swop'",
            "2:12: `publish`: 'swop' cannot stand here (one of auto, swap, merge)",
        ),
        (
            "'old_snapshots': 'x'",
            "2:18: `old_snapshots`: 'x' cannot stand here (one of wait, publish)",
        ),
        (
            "'materialized_views': 'x'",
            "2:23: `materialized_views`: 'x' cannot stand here (one of refuse, refresh)",
        ),
        (
            "'publish': 'merge'",
            "2:12: `publish`: 'merge' needs a key, by which rows are matched "
            "(add 'primary_key': [column])",
        ),
        (
            "'publish': 'swap', 'materialized_views': 'refresh'",
            "2:12: `publish`: 'swap' cannot keep a materialized view, which reads one table "
            "(take `publish` out: the rows are then changed in place)",
        ),
        (
            "'output_check': [{'sql': 'S', 'count': 1, 'op': '>='}]",
            "2:49: `output_check[0].op`: '>=' cannot stand here (write 'ge', one of ge, eq, ne, "
            "gt, le, lt)",
        ),
        (
            "'output_check': [{'sql': 'S', 'count': 1, 'severity': 'low'}]",
            "2:55: `output_check[0].severity`: 'low' cannot stand here "
            "(one of critical, warning, info)",
        ),
        ("'input_chek': []", "2:1: unknown key `input_chek` (did you mean `input_check`?)"),
        (
            "'output_check': [{'sql': 'S', 'cuont': 1}]",
            "2:31: unknown key `cuont` in `output_check[0]` (did you mean `count`?)",
        ),
        ("'schema': 'b'", "2:1: the key `schema` stands twice"),
        (
            "'input_check': [{'sql': 'SELECT 1'}]",
            "2:17: `input_check[0]` has no bound (add 'count': N, the least that is right, "
            "and 'op' for another comparison)",
        ),
    ],
)
def test_wrong_word_is_told_with_the_right_ones(
    problems: Problems, entry: str, message: str
) -> None:
    """A word that is no choice, an unknown key, a key twice: the place, and what was meant."""
    found = problems(HEAD + entry + "}")

    assert [f"sales.py:{message}"] == said(found)


def test_unknown_key_like_no_other_is_told_with_all_keys(problems: Problems) -> None:
    """Where nothing looks alike, the hint is the list of keys."""
    found = problems(HEAD + "'zzzz': 1}")

    assert [f"sales.py:2:1: unknown key `zzzz` (the keys are {', '.join(KEYS)})"] == said(found)


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ("'owner': str(1)", "2:10: `owner` is computed"),
        ("'owner': 'a' + 'b'", "2:10: `owner` is computed"),
        ("'owner': f'a{1}'", "2:10: `owner` is computed"),
        ("'owner': me", "2:10: `owner` is computed"),
        ("'owner': 'a' if True else 'b'", "2:10: `owner` is computed"),
        ("'tags': ['a', x, y]", "2:15: `tags` is computed"),
        ("'tags': [*'ab']", "2:10: `tags` is computed"),
        ("'tags': [t for t in 'ab']", "2:9: `tags` is computed"),
        ("'params': {'a': {'b': __import__('os').system('x')}}", "2:23: `params` is computed"),
        ("'params': {**{}}", "2:11: `params` is computed"),
        ("'owner': lambda: 1", "2:10: `owner` is computed"),
        ("'owner': (x := 'a')", "2:11: `owner` is computed"),
        ("f'owner': 'a'", "2:1: a key must be a text in quotes"),
        ("owner: 'a'", "2:1: a key must be a text in quotes"),
        ("5: 'a'", "2:1: a key must be a text in quotes"),
        ("**{'owner': 'a'}", "2:3: a key must be a text in quotes"),
    ],
)
def test_computed_value_is_refused_where_it_stands(
    problems: Problems, entry: str, message: str
) -> None:
    """Nothing of a file is run: a call, name, f-string or + is an error at its own place."""
    found = problems(HEAD + entry + "}")

    assert [f"sales.py:{message} ({COMPUTED})"] == said(found)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("x = {'table': 'a'}", "1:1: the file is no dict (write the dict alone, without a name"),
        ("# c\n\nx={}", "1:1: the file is no dict (write the dict alone, without a name"),
        ("", "1:1: the file is empty: it holds one dict"),
        ("# only", "1:1: the file is empty: it holds one dict"),
        ("['table']", "1:1: a summary file holds one dict: { 'table': …, 'schema': …, 'main_sql'"),
        ("dict(table='x')", "1:1: a summary file holds one dict"),
        ("{'a': 1}{'b': 2}", "1:9: the file is no Python dict"),
        ("{\n'a': 1\n'b': 2}", "2:6: the file is no Python dict: invalid syntax"),
        ("{'a': '매출' 5}", "1:7: the file is no Python dict"),
        ("import os\n{}", "1:1: the file is no dict (write the dict alone"),
        ("table: a\nschema: b", "1:1: the file is no dict (this looks like YAML"),
        ("{\n<<<<<<< HEAD\n}", "2:1: a merge conflict was left here"),
        ("{'a': \0}", "1:7: the file holds a NUL byte: take it out"),
        (b"{'a': 1,\n'b': '\xff'}", "2:1: the file is not UTF-8: save it with that encoding"),
        ("{'a': " + "(" * 300 + ")" * 300 + "}", "1:206: the file is no Python dict: too many nes"),
        ("{'a': " + "-" * 100_000 + "1}", "1:1: the file is nested too deeply to be read"),
        ("{'a': " + "1+" * 100_000 + "1}", "1:1: the file is nested too deeply to be read"),
    ],
    ids=range(17),
)
def test_file_that_is_no_dict_is_one_clear_error(
    problems: Problems, content: str | bytes, message: str
) -> None:
    """Whatever a file holds, what comes is one sentence with a place, and nothing runs."""
    found = problems(content)

    assert 1 == len(found)
    assert f"sales.py:{message}" in str(found[0])


def test_file_that_is_too_large_is_refused_unread(problems: Problems) -> None:
    """Above 1 MiB a file is not parsed."""
    found = problems(b" " * (1024 * 1024 + 1))

    assert ["sales.py is 1,048,577 bytes long; a summary file has at most 1,048,576"] == said(found)


def test_file_that_is_none_is_named(tmp_path: Path) -> None:
    """A folder or a missing file is said to be no file."""
    with pytest.raises(ConfigError, match=r"^gone\.py is not a file$"):
        load_summary(tmp_path / "gone.py", tmp_path)


def test_everything_wrong_is_told_at_once_in_the_files_order(problems: Problems) -> None:
    """One reading finds every problem of a file, sorted by line and column."""
    found = problems(
        "{\n"
        "  'tabel': 'sales',\n"
        "  'schema': 5,\n"
        "  'input_check': [{'sql': 'S'}, {'sql': 5, 'count': 1}],\n"
        "  'owner': me,\n"
        "  'keep': 'x',\n"
        "}"
    )

    assert [
        "sales.py:1:1: the key `table` is missing",
        "sales.py:1:1: the key `main_sql` is missing",
        "sales.py:2:3: unknown key `tabel` (did you mean `table`?)",
        "sales.py:3:13: `schema`: text is wanted, a whole number stands here",
        "sales.py:4:19: `input_check[0]` has no bound (add 'count': N, the least that is right, "
        "and 'op' for another comparison)",
        "sales.py:4:41: `input_check[1].sql`: text is wanted, a whole number stands here",
        f"sales.py:5:12: `owner` is computed ({COMPUTED})",
        "sales.py:6:11: `keep`: a whole number is wanted, text stands here",
    ] == said(found)


def test_table_is_called_what_its_file_is_called(problems: Problems) -> None:
    """A table's name that is not the file's is an error, with both ways out."""
    found = problems(HEAD + "}", "revenue.py")

    assert [
        "revenue.py:1:11: the file is called revenue.py and the table `sales` "
        "(call the file sales.py or the table revenue)"
    ] == said(found)


@pytest.mark.parametrize("name", ["s" * 58, "매" * 19 + "a"])
def test_longest_name_fits(read: Read, name: str) -> None:
    """A table's name of 58 bytes is read: `temp_` and it are the 63 that PostgreSQL keeps."""
    summary = read(HEAD.replace("sales", name) + "}", f"{name}.py")

    assert 63 == len(summary.target.staged.name.encode())


@pytest.mark.parametrize(("name", "size"), [("s" * 59, 59), ("매" * 20, 60)])
def test_too_long_name_is_refused_in_bytes(problems: Problems, name: str, size: int) -> None:
    """Names are counted as PostgreSQL counts them, in bytes of UTF-8, and never cut."""
    found = problems(HEAD.replace("sales", name) + "}", f"{name}.py")

    assert [f"{name}.py:1:11: `table` is {size} bytes long; at most 58 fit"] == said(found)


def test_too_long_schema_is_refused(problems: Problems) -> None:
    """A schema's name has 63 bytes at most."""
    found = problems(HEAD.replace("analytics", "a" * 64) + "}")

    assert ["sales.py:1:30: `schema` is 64 bytes long; at most 63 fit"] == said(found)


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbf" + RIGHT.encode(),
        RIGHT.replace("\n", "\r\n").encode(),
        RIGHT.replace("\n", "\r").encode(),
        b"\xef\xbb\xbf" + RIGHT.replace("\n", "\r\n").encode(),
        b"\n\n  " + RIGHT.encode(),
    ],
    ids=["BOM", "CRLF", "CR", "BOM and CRLF", "indented"],
)
def test_way_of_saving_a_file_does_not_matter(read: Read, content: bytes) -> None:
    """A byte order mark, other line ends and white space before the dict change nothing."""
    summary, same = read(content), read(RIGHT)

    assert same.target == summary.target
    assert same.query.value == summary.query.value
    assert same.notices == summary.notices


def test_korean_is_read_as_it_is_written(read: Read, problems: Problems) -> None:
    """Korean names, comments and texts are right, and columns count characters."""
    text = (
        "{'table': '매출', 'schema': '분석', # 하루\n"
        "'main_sql': 'SELECT 1 AS 합계', 'columns': {'합계': '하루의 매출'}}"
    )
    summary = read(text, "매출.py")
    found = problems(text.replace("'columns'", "'열'"), "매출.py")

    assert Relation("분석", "매출") == summary.target
    assert (Column("합계", "하루의 매출"),) == summary.columns
    assert ["매출.py:2:31: unknown key `열`"] == [text.split(" (")[0] for text in said(found)]


def test_file_name_in_decomposed_form_is_the_same(tmp_path: Path) -> None:
    """macOS hands out 매출 in another spelling than the file's text has it."""
    import unicodedata

    file = tmp_path / "summaries" / f"{unicodedata.normalize('NFD', '매출')}.py"
    file.parent.mkdir()
    file.write_text(HEAD.replace("sales", "매출") + "}", encoding="utf-8")

    assert file == find_summary("매출", tmp_path)
    assert "매출" == load_summary(file, tmp_path).target.name


def test_regular_expression_in_sql_is_no_warning(read: Read) -> None:
    r"""A text with `\d` in it is read without a word from Python's parser."""
    summary = read(HEAD.replace("'SELECT 1'", r'''"SELECT '\d'"''') + "}")

    assert r"SELECT '\d'" == summary.query.value


def test_summary_can_be_built_elsewhere_and_given_values(read: Read) -> None:
    """`into` changes the schema alone, `given` the parameters named alone."""
    summary = read(RIGHT)

    assert Relation("me", "sales") == summary.into("me").target
    assert {**summary.params, "n": 2} == summary.given({"n": 2}).params


# Names and folders


def test_summary_files_are_those_below_the_folder(tmp_path: Path) -> None:
    """Files in folders below are found too; hidden ones, caches and __init__.py are not."""
    for name in ("b.py", "team/a.py", "__init__.py", "__pycache__/c.py", ".x/d.py", "e.txt"):
        file = tmp_path / "summaries" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch()

    assert ["b.py", "team/a.py"] == [
        str(file.relative_to(tmp_path / "summaries")) for file in summary_files(tmp_path)
    ]
    assert [] == summary_files(tmp_path / "nowhere")


def test_summary_is_found_by_name_or_path(tmp_path: Path) -> None:
    """`sales`, `analytics.sales` and the file's path all mean the file."""
    file = tmp_path / "summaries" / "team" / "sales.py"
    file.parent.mkdir(parents=True)
    file.write_text(HEAD + "}")

    assert [file] * 3 == [
        find_summary(name, tmp_path) for name in ("sales", "analytics.sales", str(file))
    ]


def test_name_that_stands_twice_is_asked_for_with_its_schema(tmp_path: Path) -> None:
    """Two files for one name: the error names both, and `schema.name` means one of them."""
    for schema in ("one", "two"):
        file = tmp_path / "summaries" / schema / "sales.py"
        file.parent.mkdir(parents=True)
        file.write_text(HEAD.replace("analytics", schema) + "}")
    with pytest.raises(ConfigError) as caught:
        find_summary("sales", tmp_path)

    assert (
        "sales stands twice: summaries/one/sales.py and summaries/two/sales.py (write schema.sales)"
    ) == str(caught.value)
    assert file == find_summary("two.sales", tmp_path)


@pytest.mark.parametrize(
    ("name", "hint"),
    [("salse", "did you mean `sales`?"), ("zzz", "there are sales")],
)
def test_unknown_name_is_told_with_the_nearest(tmp_path: Path, name: str, hint: str) -> None:
    """A name without a file is an error with the name that looks most like it."""
    (tmp_path / "summaries").mkdir()
    (tmp_path / "summaries" / "sales.py").touch()
    with pytest.raises(ConfigError) as caught:
        find_summary(name, tmp_path)

    assert f"there is no summary `{name}` ({hint})" == str(caught.value)


def test_project_without_summaries_is_asked_about(tmp_path: Path) -> None:
    """Where there is no file at all, the folder is named: it may be the wrong one."""
    with pytest.raises(ConfigError) as caught:
        find_summary("sales", tmp_path)

    assert (
        f"there is no summary `sales` ({tmp_path / 'summaries'} holds no summary file; "
        "is this the project's folder?)"
    ) == str(caught.value)


# Hostile files


@pytest.mark.parametrize(
    "entry", ["'primary_key': {'b', 'a'}", "'tags': {'b', 'a'}", "'unique': [{'a', 'b'}]"]
)
def test_set_is_no_list(problems: Problems, entry: str) -> None:
    """A set has no order, so that a key's columns would change places from run to run."""
    assert 1 == len(problems(HEAD + entry + "}"))


@pytest.mark.parametrize(
    ("entry", "place"),
    [
        ("'params': {1: 2}", "2:12: `params`: "),
        ("'columns': {1: 'a'}", "2:13: `columns`: "),
        ("'input_check': [{1: 2}]", "2:18: `input_check[0]`: "),
    ],
)
def test_key_that_is_no_text_is_told_in_words(problems: Problems, entry: str, place: str) -> None:
    """A number as a key further down is an error in words, without another library's."""
    found = said(problems(HEAD + entry + "}"))

    assert 1 == len(found)
    assert f"sales.py:{place}" in found[0]
    assert "key in $" not in found[0]


@pytest.mark.parametrize("entry", ["'schema': ''", "'input_check': [{'sql': '', 'count': 1}]"])
def test_empty_text_is_told_in_words(problems: Problems, entry: str) -> None:
    """Where something must be written, nothing is an error without another library's words."""
    head = HEAD.replace("'schema': 'analytics', ", "") if "schema" in entry else HEAD
    found = said(problems(head + entry + "}"))

    assert 1 == len(found)
    assert "str of length" not in found[0]


@pytest.mark.parametrize("entry", ["'unique': [[]]", "'indexes': [[]]", "'indexes': [' ']"])
def test_key_without_columns_is_refused(problems: Problems, entry: str) -> None:
    """A key or index of no column is an error of the file, not of the server's later on."""
    assert 1 == len(problems(HEAD + entry + "}"))


@pytest.mark.parametrize("character", [r"\0", r"\ud800"])
@pytest.mark.parametrize("key", ["schema", "main_sql", "owner", "description", "pre_sql"])
def test_text_that_no_server_takes_is_refused(problems: Problems, key: str, character: str) -> None:
    """A NUL or half a surrogate pair, written as an escape, is an error with its place."""
    texts = {"table": "sales", "schema": "analytics", "main_sql": "SELECT 1", key: f"a{character}"}
    found = problems("{" + ", ".join(f"'{name}': '{text}'" for name, text in texts.items()) + "}")

    assert 1 == len(found)
    assert found[0].place is not None


def test_misspelt_key_of_a_column_is_told_with_the_right_one(problems: Problems) -> None:
    """An unknown key is told with its own name's place and what was meant, however deep."""
    found = said(problems(HEAD + "'columns': {'a': {'descripton': 'x'}}}"))

    assert 1 == len(found)
    assert "did you mean `description`?" in found[0]


def test_first_line_keeps_its_columns(problems: Problems) -> None:
    """White space before the dict counts: an editor goes where the error says."""
    found = problems("  {'tabel': 'sales', 'schema': 'a', 'main_sql': 'SELECT 1'}")

    assert ["sales.py:1:3: the key `table` is missing", "sales.py:1:4: unknown key `tabel`"] == [
        text.split(" (")[0] for text in said(found)
    ]
