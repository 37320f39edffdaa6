"""`builder lint` as people, programs, GitHub and pre-commit run it."""

from __future__ import annotations

import json
import os
import random
import re
import shlex
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from rig import REPOSITORY, Project

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

OUTPUT = (
    "    'output_check': [{'sql': 'SELECT COUNT(1) FROM {schema}.temp_{table}', 'count': 1}],\n"
)
NOWHERE = "postgresql://127.0.0.1:1/none"


def file(name: str, sql: str, more: str = OUTPUT) -> str:
    """A summary file as people write it: line 4 is the SQL's first."""
    return f"{{'table': '{name}', 'schema': 'analytics',\n{more}    'main_sql': '''\n{sql}\n'''}}\n"


@dataclass(frozen=True)
class Broken:
    """A file with one mistake: the line, the underlined word, and a part of what is said."""

    name: str
    text: str
    line: int
    word: str
    says: str
    folder: str = ""


def sql(name: str, text: str, line: int, word: str, says: str) -> Broken:
    """A file whose query is wrong; lines count from the query's first."""
    return Broken(name, file(name, text), line + 3, word, says)


NO_SQL = "{'table': 'no_sql', 'schema': 'a'}"
NO_BOUND = "{'sql': 'SELECT COUNT(1) FROM {schema}.temp_{table}'}"
EXPECTS = "    'output_check': [\n   {{'expect': '{}',\n    'column': {}}}],\n"
GOOD = "SELECT a AS x FROM raw.t"
BROKEN = [
    # The dict.
    Broken(
        "unknown_key",
        file("unknown_key", GOOD, OUTPUT + "    'input_chek': [],\n"),
        3,
        "'input_chek'",
        "did you mean `input_check`?",
    ),
    Broken("no_sql", NO_SQL, 1, NO_SQL, "the key `main_sql` is missing"),
    Broken(
        "wrong_type",
        file("wrong_type", GOOD, OUTPUT + "    'keep': 'two',\n"),
        3,
        "'two'",
        "`keep`: a whole number is wanted, text stands here",
    ),
    Broken(
        "mau_summary", file("nps_summary", GOOD), 1, "'nps_summary'", "call the file nps_summary.py"
    ),
    Broken(
        "computed",
        file("computed", GOOD, OUTPUT + "    'keep': len('x'),\n"),
        3,
        "len('x')",
        "computed",
    ),
    Broken(
        "no_comma",
        "{'table': 'no_comma'\n 'schema': 'a',\n 'main_sql': 'SELECT 1 AS x'}",
        2,
        ":",
        "a comma is missing before this key",
    ),
    Broken("assigned", "summary = {'table': 'assigned'}", 1, "s", "the file is no dict"),
    Broken(
        "unbounded",
        file(
            "unbounded",
            GOOD,
            f"    'output_check': [{NO_BOUND}],\n",
        ),
        2,
        NO_BOUND,
        "`output_check[0]` has no bound",
    ),
    Broken("n" * 59, file("n" * 59, GOOD), 1, f"'{'n' * 59}'", "59 bytes long; at most 58 fit"),
    Broken(
        "wrong_op",
        file("wrong_op", GOOD, OUTPUT.replace("'count': 1", "'count': 1, 'op': '>='")),
        2,
        "'>='",
        "one of ge, eq, ne, gt, le, lt",
    ),
    Broken(
        "expects_slip",
        file("expects_slip", GOOD, EXPECTS.format("expect_column_values_to_not_null", "'a'")),
        3,
        "'expect_column_values_to_not_null'",
        "did you mean `expect_column_values_to_not_be_null`?",
    ),
    Broken(
        "expects_wrong",
        file("expects_wrong", GOOD, EXPECTS.format("expect_column_values_to_be_unique", 5)),
        4,
        "5",
        "`output_check[0].column`: text is wanted, a whole number stands here",
    ),
    # The SQL.
    sql(
        "following",
        "SELECT SUM(a) OVER (ORDER BY b ROWS BETWEEN 1 PRECEDING\n AND 1 folloiwing) AS x FROM t",
        2,
        "folloiwing",
        "did you mean `FOLLOWING`?",
    ),
    sql(
        "partition_by",
        "SELECT\n  ROW_NUMBER() OVER (parition by a ORDER BY b) AS n FROM t",
        2,
        "parition",
        "did you mean `PARTITION`?",
    ),
    sql("order_by", "SELECT a FROM t\nordrer by a", 2, "ordrer", "did you mean `ORDER`?"),
    sql("missing_comma", "SELECT a AS x\n  b AS y FROM t", 2, "b", "a comma is missing before `b`"),
    sql("comma_too_many", "SELECT a,\n  b,\nFROM t", 2, ",", "a comma stands before `FROM`"),
    sql("open_bracket", "SELECT a,\n  SUM(b AS x\nFROM t", 2, "(", "this `(` is not closed"),
    sql(
        "open_quote",
        "SELECT a\nFROM t WHERE b = 'x",
        2,
        "'",
        "a quote or comment that begins here has no end",
    ),
    sql("creates", "CREATE TABLE x AS\nSELECT a FROM t", 1, "CREATE", "write the SELECT only"),
    sql(
        "two_statements",
        "SELECT a FROM t;\nSELECT b FROM t",
        2,
        "SELECT",
        "a second statement begins here",
    ),
    sql(
        "deletes",
        "WITH d AS (\n DELETE FROM t RETURNING *) SELECT a FROM d",
        2,
        "DELETE",
        "changes data",
    ),
    sql(
        "qualifies",
        "SELECT a FROM t\nQUALIFY ROW_NUMBER() OVER (ORDER BY a) = 1",
        2,
        "QUALIFY",
        "add 'dialect': 'redshift' to the file",
    ),
    sql("tops", "SELECT TOP 5 a FROM t", 1, "TOP", "`TOP` is Redshift's"),
    sql(
        "same_names",
        "SELECT t.id,\n  u.id FROM t JOIN u USING (x)",
        2,
        "id",
        "two output columns are called `id`",
    ),
    sql(
        "same_functions",
        "SELECT COUNT(a),\n  count(b) FROM t",
        2,
        "count(b)",
        "two output columns are called `count`",
    ),
    sql(
        "no_end",
        "SELECT CASE WHEN a THEN 1 ELSE 2 AS x\nFROM t",
        1,
        "CASE",
        "this `CASE` is not closed",
    ),
    sql("nothing", "  \n", 0, "", "there is no SQL here"),
    # More files than one.
    sql("reads_itself", "SELECT a FROM\n {schema}.{table}", 2, "{schema}.{table}", "reads itself"),
    sql(
        "first_of_two",
        "SELECT a FROM analytics.second_of_two",
        1,
        "analytics.second_of_two",
        "reads analytics.second_of_two, which reads analytics.first_of_two",
    ),
    Broken("twin", file("twin", GOOD), 1, "'twin'", "twin.py makes analytics.twin too"),
    Broken("twin", file("twin", GOOD), 1, "'twin'", "twin.py makes analytics.twin too", "more"),
    # Checks and keys.
    Broken(
        "checks_live",
        file(
            "checks_live",
            GOOD,
            "    'output_check': [\n   {'sql': 'SELECT COUNT(1) FROM analytics.checks_live',\n"
            "    'count': 1}],\n",
        ),
        3,
        "analytics.checks_live",
        "reads the live table",
    ),
    Broken(
        "check_misspelt",
        file(
            "check_misspelt",
            GOOD,
            OUTPUT + "    'input_check': [{'sql': 'SELECT COUNT(1) FORM raw.t', 'count': 1}],\n",
        ),
        3,
        "FORM",
        "did you mean `FROM`?",
    ),
    Broken(
        "wrong_key",
        file("wrong_key", GOOD, OUTPUT + "    'primary_key': ['xx'],\n"),
        3,
        "'xx'",
        "did you mean `x`?",
    ),
]


@pytest.fixture
def lint_project(tmp_path: Path) -> Project:
    """An empty project on no database."""
    return Project(tmp_path, NOWHERE)


def write(project: Project, name: str, text: str | bytes, folder: str = "") -> Path:
    """A file of the project, as it is."""
    path = project.folder / "summaries" / folder / f"{name}.py"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def tree(folder: Path) -> list[str]:
    """Everything that lies below a folder."""
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


@pytest.fixture
def broken(lint_project: Project) -> Project:
    """Thirty broken files, and a good one."""
    for one in BROKEN:
        write(lint_project, one.name, one.text, one.folder)
    write(
        lint_project, "second_of_two", file("second_of_two", "SELECT a FROM analytics.first_of_two")
    )
    write(lint_project, "good", file("good", GOOD))
    return lint_project


def underlined(project: Project, problem: dict[str, Any]) -> str:
    """The word of the file that a problem is about."""
    if problem["line"] is None:
        return ""
    text = (project.folder / problem["file"]).read_text(encoding="utf-8")
    line = text.split("\n")[problem["line"] - 1]
    word: str = line[problem["column"] - 1 : problem["end_column"] - 1]
    return word


def test_all_broken_files_are_told_in_one_call(broken: Project) -> None:
    """Each mistake of each file, with its line, the word, and the word that helps; nothing else."""
    before = tree(broken.folder)
    done = broken.run("lint", "--output", "json")
    answer = json.loads(done.stdout)
    errors = [one for one in answer["problems"] if one["severity"] == "error"]
    found = {one["file"]: one for one in errors}

    assert 2 == done.returncode
    assert len(BROKEN) == len(errors) == answer["errors"]
    assert len(BROKEN) + 2 == answer["files"]
    for one in BROKEN:
        problem = found[str(Path("summaries", one.folder, f"{one.name}.py"))]
        assert one.says in f"{problem['message']} {problem['hint']}"
        assert (one.line, one.word) == (problem["line"], underlined(broken, problem)), one.name
    assert before == tree(broken.folder)


def test_many_are_grouped_and_all_of_them_told(broken: Project) -> None:
    """More than a screen holds are one line each under their files, and counted at the end."""
    done = broken.run("lint")
    lines = done.stdout.splitlines()

    assert (2, "") == (done.returncode, done.stderr)
    for one in BROKEN:
        at = lines.index(str(Path("summaries", one.folder, f"{one.name}.py")))
        assert f"{one.line}:" in lines[at + 1]
        assert one.says in lines[at + 1]
    assert lines[-1].startswith(f"{len(BROKEN)} errors and ")
    assert lines[-1].endswith(f" in {len(BROKEN) + 2} files")


def test_few_are_shown_with_their_lines(lint_project: Project) -> None:
    """File, line and column, what is wrong, the line with the word underlined, what was meant."""
    write(lint_project, "few", file("few", "SELECT a AS x\nFORM t"))
    done = lint_project.run("lint")

    assert (2, "") == (done.returncode, done.stderr)
    assert [
        "error: summaries/few.py:5:1: `FORM` cannot be read here",
        "    FORM t",
        "    ^^^^",
        "    did you mean `FROM`?",
        "1 error and 0 warnings in 1 file",
    ] == done.stdout.splitlines()


def test_warnings_hold_nothing_back(lint_project: Project) -> None:
    """A name that is missing, a star, no output check, a function of another warehouse: exit 0."""
    query = "SELECT t.*, count(*), count(*) + 1,\n  NVL(a, 0)::int FROM t GROUP BY 1"
    write(lint_project, "vague", file("vague", query, ""))
    problems = lint_project.json("lint")["problems"]

    assert 0 == lint_project.run("lint").returncode
    assert {"warning"} == {one["severity"] for one in problems}
    assert [
        ("", "no `output_check`: whatever the query returns goes live"),
        ("*", "`SELECT *`: the table changes whenever its sources do"),
        ("count(*)", "this output column has no name of its own"),
        ("count(*) + 1", "this output column has no name of its own"),
        ("NVL", "`NVL` is Redshift's"),
        ("NVL(a, 0)::int", "this output column has no name of its own"),
    ] == [(underlined(lint_project, one), one["message"]) for one in problems]
    assert ["`count`", "`?column?`", "`nvl`"] == [
        one["hint"].split(": ")[0].split()[-1] for one in problems if "call it" in one["hint"]
    ]


def test_broken_dict_does_not_hide_broken_sql(lint_project: Project) -> None:
    """A file is told with all that is wrong in it, its checks and its SQL too."""
    more = "    'keep': 'two',\n    'input_check': [{'sql': 'SELECT a FORM t'}],\n"
    write(lint_project, "both", file("both", "SELECT a FROM t\nGRUOP BY a", OUTPUT + more))
    problems = lint_project.json("lint")["problems"]

    assert [(3, "'two'"), (4, "{'sql': 'SELECT a FORM t'}"), (4, "FORM"), (7, "GRUOP")] == [
        (one["line"], underlined(lint_project, one)) for one in problems
    ]


# Which files


def test_names_paths_and_tables_that_several_files_have(lint_project: Project) -> None:
    """A table's name, `schema.table` or a path; a name that several files have means them all."""
    for folder in ("one", "two"):
        write(lint_project, "sales", file("sales", GOOD).replace("analytics", folder), folder)
    path = write(lint_project, "other", file("other", GOOD))
    counts = {
        names: lint_project.json("lint", *names)["files"]
        for names in [(), ("sales",), ("two.sales",), (str(path),), ("other", "sales", str(path))]
    }

    assert [3, 2, 1, 1, 3] == list(counts.values())


def test_a_name_without_a_file_is_told_beside_the_others(lint_project: Project) -> None:
    """Nothing that can be looked at is left out for it."""
    write(lint_project, "sales", file("sales", "SELECT a AS x FORM t"))
    done = lint_project.run("lint", "saels", "sales")

    assert 2 == done.returncode
    assert "there is no summary `saels`" in done.stdout
    assert "did you mean `sales`?" in done.stdout
    assert "did you mean `FROM`?" in done.stdout


def test_project_without_files(lint_project: Project) -> None:
    """Nothing is wrong with nothing."""
    done = lint_project.run("lint")

    assert (0, "") == (done.returncode, done.stderr)
    assert "holds no summary file yet" in done.stdout
    assert {"errors": 0, "warnings": 0, "files": 0, "problems": []} == lint_project.json("lint")


def test_connection_that_is_not_known_here_is_a_warning(lint_project: Project) -> None:
    """Where files are checked, nobody has the warehouses' addresses."""
    more = OUTPUT + "    'connection': 'elsewhere',\n"
    write(lint_project, "sales", file("sales", GOOD, more))
    [problem] = lint_project.json("lint")["problems"]

    assert ("warning", "the connection `elsewhere` is not known") == (
        problem["severity"],
        problem["message"],
    )


# Forms


def test_quiet_says_the_problems_alone(lint_project: Project) -> None:
    """Without the count; without problems nothing at all."""
    write(lint_project, "sales", file("sales", GOOD))
    assert ("", "") == (
        lint_project.run("lint", "-q").stdout,
        lint_project.run("lint", "-q").stderr,
    )
    write(lint_project, "sales", file("sales", "SELECT a AS x FORM t"))
    done = lint_project.run("lint", "--quiet")

    assert "did you mean `FROM`?" == done.stdout.splitlines()[-1].strip()


def test_github_shows_problems_beside_their_lines(lint_project: Project) -> None:
    """A workflow command each, from the root of the repository; the count goes elsewhere."""
    write(lint_project, "of,100%: it", file("of,100%: it", "SELECT a AS x\nFORM t"))
    root = lint_project.folder.parent
    command = ("lint", "--project", str(lint_project.folder))
    done = lint_project.run(*command, "--output", "github", GITHUB_WORKSPACE=str(root))
    before = lint_project.run("--output", "github", *command, GITHUB_WORKSPACE=str(root))

    path = f"{lint_project.folder.name}/summaries/of%2C100%25%3A it.py"
    title = "builder lint%3A analytics.of%2C100%25%3A it"
    assert [
        f"::error file={path},line=5,col=1,endColumn=5,title={title}"
        "::`FORM` cannot be read here%0Adid you mean `FROM`?"
    ] == done.stdout.splitlines()
    assert "1 error and 0 warnings in 1 file" == done.stderr.strip()
    assert done.stdout == before.stdout


def test_github_is_of_no_other_verb(lint_project: Project) -> None:
    """They refuse it, on either side of the verb."""
    for arguments in (("ls", "-o", "github"), ("-o", "github", "ls")):
        done = lint_project.run(*arguments)

        assert (2, "") == (done.returncode, done.stdout)
        assert "github" in done.stderr


def test_usage_and_settings_are_json_too(lint_project: Project) -> None:
    """Whatever is wrong, a program reads one value."""
    (lint_project.folder / "pyproject.toml").write_text("[tool.builder]\ndialetc = 'x'\n")
    for arguments in (("lint",), ("lint", "--project", "/nowhere")):
        done = lint_project.run(*arguments, "--output", "json")

        assert 2 == done.returncode
        assert json.loads(done.stdout)["error"]["problems"]


def test_hook_of_pre_commit(lint_project: Project) -> None:
    """The entry, as it stands in the yaml, runs from where pre-commit runs it."""
    yaml = (REPOSITORY / ".pre-commit-hooks.yaml").read_text(encoding="utf-8")
    entry = re.search(r"^  entry: (.+)$", yaml, re.MULTILINE)
    pattern = re.search(r"^  files: (.+)$", yaml, re.MULTILINE)
    assert entry is not None
    assert pattern is not None
    write(lint_project, "sales", file("sales", "SELECT a AS x FORM t"))
    program, *arguments = shlex.split(entry[1])
    done = subprocess.run(
        [Path(sys.executable).with_name(program), *arguments],
        cwd=lint_project.folder,
        env=lint_project.environment(),
        capture_output=True,
        check=False,
        text=True,
    )

    assert 2 == done.returncode
    assert "did you mean `FROM`?" in done.stdout
    assert re.search(pattern[1], "summaries/below/sales.py")
    assert not re.search(pattern[1], "dags/sales.py")


# Files that nobody meant well with

CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
ESCAPE = "\x1b]0;owned\x07\x1b[2J"
TOUCH = "__import__('pathlib').Path('touched').touch()"


def hostile() -> Iterator[tuple[str, bytes]]:
    """Files that could make a reader hang, fall over, or do as they say."""
    texts = [
        *("(" * 200_000, "[" * 1_000_000, "{" * 1_048_576, "{'a':" * 5000, "-" * 50_000 + "1"),
        *(
            "\0\0",
            "",
            "\n" * 9999,
            "\ufeff\ufeff{}",
            "{'keep': 1e999}",
            "{'keep': %s}" % ("9" * 6000),
        ),
        *(
            TOUCH,
            f"{{'table': {TOUCH}}}",
            f"import os\n{TOUCH}",
            "{**{}}",
            "{'table': 'a' * 10**9}",
        ),
        "{'table': '\\ud800', 'schema': 'a', 'main_sql': 'SELECT \\udfff'}",
    ]
    queries = [
        *("SELECT " + "(" * 99_999, "SELECT " + "[" * 1000, "SELECT " + "CASE WHEN a THEN " * 5000),
        *(
            "SELECT " + "NOT " * 20_000,
            "SELECT 1" + " + 1" * 20_000,
            "SELECT " + "a," * 50_000 + "b",
        ),
        *("SELECT 1;" * 5000, "SELECT $$" + "a" * 99_999, "SELECT /*" * 1000, "parition " * 50_000),
        *("SELECT a FORM " * 20_000, "SELECT a FROM " + " JOIN ".join(["t"] * 3000)),
        *(
            "COPY t TO PROGRAM 'touch touched'",
            "SELECT lo_export(1, 'touched')",
            "SELECT 1; DROP TABLE t",
        ),
        *(
            "SELECT $$a$$; $$ DROP",
            "DO $$ BEGIN END $$",
            "\\copy x to 'touched'",
            "SELECT ::: FROM \\",
        ),
        *(
            f"SELECT 1 AS {ESCAPE} FORM t",
            f'SELECT "{ESCAPE}", "{ESCAPE}" FROM t',
            "SELECT a\u202e FROM t",
        ),
    ]
    yield from ((f"text{number}", text.encode()) for number, text in enumerate(texts))
    for number, query in enumerate(queries):
        content = {"table": f"query{number}", "schema": "a", "main_sql": query}
        yield f"query{number}", repr(content).encode()
    yield "bytes", b"\xff\xfe{\x00}\x00"
    yield "surrogate", b"\xed\xa0\x80"
    yield "utf16", "{'table': 'utf16'}".encode("utf-16")
    for name in ("esc\x1b[31m;", "new\nline", 'quo"te'):
        content = {"table": name + ESCAPE, "schema": ESCAPE, "main_sql": "SELEC 1", ESCAPE: ESCAPE}
        yield name, repr(content).encode()
        yield name + "2", f"{{'table': '{ESCAPE}', 'x{ESCAPE}': 1}}".encode()


def test_hostile_files_do_nothing(lint_project: Project) -> None:
    """None of them hangs, is run, falls over, writes, or has its way with the terminal."""
    folder = lint_project.folder / "summaries"
    for name, content in hostile():
        write(lint_project, name, content)
    (folder / "folder.py").mkdir()
    os.mkfifo(folder / "fifo.py")
    for name, to in {
        "loop.py": "loop.py",
        "gone.py": "none",
        "zero.py": "/dev/zero",
        "up": ".",
    }.items():
        (folder / name).symlink_to(to)
    before = tree(lint_project.folder)

    for form in ("text", "json", "github"):
        done = lint_project.run("lint", "--output", form)

        assert 2 == done.returncode, done.stderr
        assert "Traceback" not in done.stdout + done.stderr
        assert "defect" not in done.stdout + done.stderr
        assert None is CONTROL.search(done.stdout.replace("\n", "") + done.stderr)
        assert before == tree(lint_project.folder)


def test_mutated_files_are_told_or_fine(lint_project: Project) -> None:
    """Characters lost, swapped, doubled and put in: whatever comes of it, lint answers."""
    chance = random.Random(20)  # noqa: S311 -- no secret
    own = sorted((REPOSITORY / "summaries").glob("*.py"))
    for number in range(60):
        source = chance.choice(own)
        text = source.read_text(encoding="utf-8")
        for _ in range(chance.choice([1, 1, 2, 5])):
            at = chance.randrange(len(text))
            put = chance.choice(["", "", text[at], text[at] * 2, *"'\"(){}[],;:\\\0\n\t%매"])
            text = text[:at] + put + text[at + chance.choice([0, 1, 2]) :]
        write(lint_project, source.stem, text, str(number))
    before = tree(lint_project.folder)
    done = lint_project.run("lint", "--output", "json")
    answer = json.loads(done.stdout)

    assert 2 == done.returncode
    assert "Traceback" not in done.stderr
    assert {True} == {bool(one["message"] and one["file"]) for one in answer["problems"]}
    assert before == tree(lint_project.folder)
