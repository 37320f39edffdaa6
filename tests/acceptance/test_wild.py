"""Files in the style of the wild: what they build is what a hand-written PostgreSQL query gives.

tests/wild/NAME.py is a summary file as analysts write them for Redshift, NAME.sql beside it the
query that its SQL means, worked out from Amazon's Database Developer Guide.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import psycopg2
import pytest
from rig import REPOSITORY, Project

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from rig import Database

WILD = REPOSITORY / "tests" / "wild"
NAMES = sorted(file.stem for file in WILD.glob("*.py"))
REDSHIFT = {"BUILDER_DIALECT": "redshift"}
SEOUL = {
    "timezone": "Asia/Seoul",
    "datestyle": "German, DMY",
    "intervalstyle": "iso_8601",
    "extra_float_digits": "3",
    "standard_conforming_strings": "off",
}
Table = tuple[list[str], list[tuple[str, ...]]]


@pytest.fixture
def wild(tmp_path: Path, sample: Database) -> Iterator[Project]:
    """A project with all the files, on a sample warehouse that is set up for Seoul.

    Nothing of that may be seen in the tables: Redshift's sessions are in UTC.
    """
    shutil.copytree(WILD, tmp_path / "summaries", ignore=shutil.ignore_patterns("*.sql"))
    sample.rows("CREATE ROLE wild_analysts")
    name = sample.value("SELECT current_database()")
    for setting, value in SEOUL.items():
        sample.rows(f"ALTER DATABASE {name} SET {setting} = %s", value)
    yield Project(tmp_path, sample.url)
    sample.rows("DROP OWNED BY wild_analysts")
    sample.rows("DROP ROLE wild_analysts")


def table(database: Database, sql: str) -> Table:
    """The names of a query's columns, and its rows in an order of their own."""
    connection = psycopg2.connect(database.url)
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute("SET timezone = 'UTC'; SET datestyle = 'ISO, MDY'")
            cursor.execute("SET standard_conforming_strings = on; SET intervalstyle = postgres")
            cursor.execute(sql)
            names = [column[0] for column in cursor.description or ()]
            return names, sorted(tuple(map(shown, row)) for row in cursor.fetchall())
    finally:
        connection.close()


def shown(value: Any) -> str:
    """A value as text; numbers of one value have one text, whatever their types."""
    if isinstance(value, bool) or value is None:
        return str(value)
    try:
        return f"{float(value):.10g}" if not isinstance(value, str) else repr(value)
    except TypeError:
        return str(value)


def difference(expected: Table, found: Table) -> str:
    """In one line how two tables differ; nothing if they do not."""
    if expected[0] != found[0]:
        return f"columns {expected[0]}, found {found[0]}"
    missing = [row for row in expected[1] if row not in {*found[1]}]
    extra = [row for row in found[1] if row not in {*expected[1]}]
    counts = len(expected[1]), len(found[1])
    if expected[1] == found[1]:
        return ""
    return f"{counts[0]} rows, found {counts[1]}; missing {missing[:1]}, too many {extra[:1]}"


def test_rows_are_those_of_a_hand_written_query(wild: Project, sample: Database) -> None:
    """Every file builds, and its table has the columns and rows that its SQL means."""
    done = wild.run("build", *NAMES, **REDSHIFT)
    built = {name for name in sample.tables("analytics") if name in NAMES}
    differences = {name: "not built" for name in NAMES if name not in built}
    for name in sorted(built):
        expected = table(sample, (WILD / f"{name}.sql").read_text(encoding="utf-8"))
        if told := difference(expected, table(sample, f"SELECT * FROM analytics.{name}")):
            differences[name] = told

    assert ({}, 0, "") == (differences, done.returncode, done.stderr)


@pytest.fixture
def one(tmp_path: Path, sample: Database) -> Project:
    """A project with two files whose meaning hangs on the types of their columns."""
    project = Project(tmp_path, sample.url)
    project.write("means", {"dialect": "redshift", "main_sql": MEANS, **ANY_COLUMNS})
    project.write("months", {"dialect": "redshift", "main_sql": MONTHS})
    return project


ANY_COLUMNS = {"schema_drift": "info"}  # where a test changes them on purpose
MEANS = "SELECT refunded, AVG(amount) AS mean FROM raw_data.session_transaction GROUP BY 1"
MONTHS = """
    SELECT LEFT(created_at, 7) AS month, COUNT(*) AS n FROM raw_data.nps
    WHERE month < '2025-03' GROUP BY 1
"""
WHOLE = [("False", "34188"), ("True", "36487")]
EXACT = [("False", "34188.22"), ("True", "36487.49")]


def means(database: Database) -> list[tuple[str, ...]]:
    """What stands in the table of means, with two digits."""
    found = database.rows("SELECT refunded, mean FROM analytics.means ORDER BY 1")
    return [(str(refunded), f"{mean:.2f}".removesuffix(".00")) for refunded, mean in found]


def plans(project: Project) -> list[Path]:
    """The files that hold what SQL was found to mean."""
    return sorted((project.folder / ".builder" / "plans").iterdir())


def state(project: Project) -> dict[str, str]:
    """The environment of a user of this project's own."""
    return {"XDG_STATE_HOME": str(project.folder / "state")}


Damage = Callable[[Project], None]


def broken(project: Project) -> None:
    """Every plan is cut in half."""
    for file in plans(project):
        file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])


def scribbled(project: Project) -> None:
    """In every plan one letter of the SQL is another, as if the averages were sums."""
    for file in plans(project):
        file.write_bytes(file.read_bytes().replace(b"AVG", b"SUM"))


def swapped(project: Project) -> None:
    """Every plan stands under the name of another."""
    files = plans(project)
    contents = [file.read_bytes() for file in files]
    for file, content in zip(files, [*contents[1:], contents[0]], strict=True):
        file.write_bytes(content)


def unreadable(project: Project) -> None:
    """Where the plans were there are folders, which nobody can read as files."""
    for file in plans(project):
        file.unlink()
        file.mkdir()


def without_key(project: Project) -> None:
    """The key that signs the plans is gone."""
    (project.folder / "state" / "summary-builder" / "key").unlink()


def with_empty_key(project: Project) -> None:
    """The key that signs the plans is empty."""
    (project.folder / "state" / "summary-builder" / "key").write_bytes(b"")


def without_folder(project: Project) -> None:
    """A file stands where the folder of the plans was."""
    shutil.rmtree(project.folder / ".builder" / "plans")
    (project.folder / ".builder" / "plans").write_text("not a folder")


def untouched(project: Project) -> None:
    """Nothing has happened."""


@pytest.mark.parametrize(
    "damage",
    [
        untouched,
        broken,
        scribbled,
        swapped,
        unreadable,
        without_key,
        with_empty_key,
        without_folder,
    ],
)
def test_second_build_is_right_whatever_became_of_the_memory(
    one: Project, sample: Database, damage: Damage
) -> None:
    """An unchanged file gives the same table again, from memory or without it."""
    first = one.run("build", "means", "months", **state(one))
    remembered = [file.name for file in plans(one)]
    damage(one)
    second = one.run("build", "means", "months", **state(one))

    assert (0, "", 0, "") == (first.returncode, first.stderr, second.returncode, second.stderr)
    assert [] != remembered
    assert WHOLE == means(sample)
    assert [("2025-01",), ("2025-02",)] == sample.rows(
        "SELECT month FROM analytics.months ORDER BY 1"
    )


def test_type_that_changes_between_two_builds_changes_the_meaning(
    one: Project, sample: Database
) -> None:
    """An average is whole while its column is INTEGER, and no longer when that is NUMERIC."""
    one.run("build", "means", **state(one))
    before = means(sample)
    sample.rows("ALTER TABLE raw_data.session_transaction ALTER amount TYPE numeric(12, 2)")
    one.run("build", "means", **state(one))

    assert (WHOLE, EXACT) == (before, means(sample))


def test_column_that_comes_between_two_builds_goes_before_an_alias(
    one: Project, sample: Database
) -> None:
    """A lateral alias means itself until the table has a column of that name."""
    one.run("build", "months", **state(one))
    before = sample.value("SELECT COUNT(*) FROM analytics.months")
    sample.rows("ALTER TABLE raw_data.nps ADD month text NOT NULL DEFAULT '2025-02'")
    done = one.run("build", "months", **state(one))
    after = sample.value("SELECT COUNT(*) FROM analytics.months")

    assert (2, 0, 18) == (before, done.returncode, after)


def test_edited_file_is_read_again(one: Project, sample: Database) -> None:
    """What was remembered of the old text is nothing to the new one."""
    one.run("build", "means", **state(one))
    exact = MEANS.replace("AVG(amount)", "AVG(amount::float)")
    one.write("means", {"dialect": "redshift", "main_sql": exact, **ANY_COLUMNS})
    one.run("build", "means", **state(one))

    assert EXACT == means(sample)


def test_file_without_its_dialect_is_read_as_the_warehouse_speaks(
    one: Project, sample: Database
) -> None:
    """The same SQL means something else where the setting is gone, and is not remembered as if."""
    one.write("means", {"main_sql": MEANS, **ANY_COLUMNS})
    (one.folder / "pyproject.toml").write_text('[tool.builder]\ndialect = "redshift"\n')
    one.run("build", "means", **state(one))
    as_redshift = means(sample)
    (one.folder / "pyproject.toml").unlink()
    one.run("build", "means", **state(one))

    assert (WHOLE, EXACT) == (as_redshift, means(sample))


def test_dry_run_shows_both_texts_and_changes_nothing(wild: Project, sample: Database) -> None:
    """Every file's preview has what is written beside what is sent, and no table is made."""
    done = wild.run("build", "--dry-run", *NAMES, **REDSHIFT)
    answer = wild.json("build", "--dry-run", "wild_temp_tables", **REDSHIFT)
    shown = {text["of"]: text for text in answer[0]["translations"]}

    assert (0, "") == (done.returncode, done.stderr)
    assert len(NAMES) == done.stdout.count("-- main_sql, as written and as sent:")
    assert {"pre_sql", "main_sql", "after_sql", "output_check[0]"} == {*shown}
    assert "DISTKEY(sessionid)" in shown["pre_sql"]["written"]
    assert "DISTKEY" not in shown["pre_sql"]["sent"]
    assert [] == sample.tables("analytics")


def test_parameters_and_schema_hold_from_staging_to_publishing(
    wild: Project, sample: Database
) -> None:
    """A build in two steps, elsewhere and with other values, gives what one step would."""
    given = ("--schema", "wild_dev", "--param", "days=2", "--param", "channel=Google")
    staged = wild.run("build", "wild_params", "--no-publish", *given, **REDSHIFT)
    published = wild.run("publish", "wild_params", *given, **REDSHIFT)

    assert (0, 0) == (staged.returncode, published.returncode)
    assert ["wild_params"] == sample.tables("wild_dev")
    assert [("2025-05-01", "Google"), ("2025-05-02", "Google")] == sample.rows(
        "SELECT day, channel FROM wild_dev.wild_params ORDER BY day"
    )
    assert [] == sample.tables("analytics")


MISTAKES = {
    "text": (
        "SELECT LEFT(created_at, 7) AS m, NVL(score, 'none') AS x\nFROM raw_data.nps",
        ':4:45: invalid input syntax for type smallint: "none"',
        "^^^^^^\n",
    ),
    "swapped": (
        "SELECT userid AS uid,\n  DATEDIFF(day, first_dy, GETDATE()) AS d\n"
        "FROM raw_data.user_session_channel",
        ':5:17: column "first_dy" does not exist',
        "^^^^^^^^",
    ),
    "column": (
        "SELECT LEFT(ts, 7) AS month,\n  COUNT(DISTINCT usreid) AS mau\n"
        "FROM raw_data.user_session_channel\nJOIN raw_data.session_timestamp USING (sessionid)\n"
        "GROUP BY 1",
        ':5:18: column "usreid" does not exist',
        "^^^^^^\n    did you mean userid?",
    ),
    "relation": (
        "SELECT LEFT(ts, 7) AS month\nFROM raw_data.session_timestmp s",
        ':5:6: relation "raw_data.session_timestmp" does not exist',
        "^^^^^^^^^^^^^^^^^^^^^^^^^\n    did you mean raw_data.session_timestamp?",
    ),
    "of_alias": (
        "SELECT u.userid, NVL(s.tss, GETDATE()) AS x\nFROM raw_data.user_session_channel u\n"
        "JOIN raw_data.session_timestamp s ON u.sessionid = s.sessionid",
        ":4:22: column s.tss does not exist",
        "^^^^^\n    did you mean ts?",
    ),
    "of_cte": (
        "WITH a AS (\n  SELECT userid, LEFT(sessionid, 3) AS s3\n"
        "  FROM raw_data.user_session_channel)\nSELECT NVL(a.userid, 0) AS u, a.s33 FROM a",
        ":7:31: column a.s33 does not exist",
        "^^^^^\n",
    ),
    "not_grouped": (
        "SELECT channel, LEFT(ts, 7) AS month, COUNT(*) AS n\nFROM raw_data.user_session_channel\n"
        "JOIN raw_data.session_timestamp USING (sessionid)\nGROUP BY month",
        ':4:8: column "user_session_channel.channel" must appear in the GROUP BY clause',
        "^^^^^^^\n",
    ),
}


def test_mistakes_in_translated_sql_are_told_where_they_stand(
    tmp_path: Path, sample: Database
) -> None:
    """The server reads a translation; its errors lead to the word in the file all the same."""
    project = Project(tmp_path, sample.url)
    for name, (sql, _, _) in MISTAKES.items():
        opened = f"{{'table': '{name}', 'schema': 'analytics',\n'main_sql': '''"
        project.write(name, f"{opened}\n\n{sql}\n'''}}")
    done = project.run("build", *MISTAKES, **REDSHIFT)
    told = {
        name: (f"summaries/{name}.py{place}" in done.stderr, marks in done.stderr)
        for name, (_, place, marks) in MISTAKES.items()
    }

    assert 1 == done.returncode
    assert dict.fromkeys(MISTAKES, (True, True)) == told


def test_files_are_still_as_they_were_written() -> None:
    """No formatter and no checkout has taken away what makes them wild."""
    text = b"".join((WILD / f"{name}.py").read_bytes() for name in NAMES)
    one = (WILD / "wild_windows_lines.py").read_bytes()

    assert len(NAMES) >= 40
    assert one.count(b"\n") == one.count(b"\r\n") > 20
    assert (text.count(b"\t") > 50, b";\n" in text, "한글".encode() in text) == (True,) * 3


def test_no_file_of_the_wild_has_an_error_for_lint(wild: Project) -> None:
    """What builds is not held back; lint knows no less of Redshift than the build does."""
    problems = wild.json("lint", **REDSHIFT)["problems"]

    assert [] == [one for one in problems if one["severity"] == "error"]
