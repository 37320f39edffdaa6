"""Which stream says what to whom: people, programs, log files, terminals, and readers who leave."""

from __future__ import annotations

import fcntl
import json
import os
import pty
import re
import struct
import subprocess
import sys
import termios
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from xml.etree import ElementTree as Xml

import pytest

from builder.cli.screen import clipped, width_of

if TYPE_CHECKING:
    from rig import Database, Project

FIVE = {"main_sql": "SELECT n, n::text AS word FROM generate_series(1, 5) AS n"}
CHECK = {"sql": "SELECT count(*) FROM {schema}.temp_{table}", "count": 5}
SECRET = "hunter2-pass"
ESCAPE = "\x1b"


@pytest.fixture
def numbers(project: Project) -> Project:
    """A project with a good summary, one whose check fails, and a broken one."""
    project.write("numbers", {**FIVE, "output_check": [CHECK], "description": "숫자"})
    project.write("bad", {**FIVE, "output_check": [{**CHECK, "count": 6}]})
    project.write("wrong", {"main_sql": "SELECT nn FROM generate_series(1, 5) AS n"})
    return project


def require_one_value(done: subprocess.CompletedProcess[str]) -> Any:
    """What a program reads: stdout is one JSON value in UTF-8, and nothing else."""
    value = json.loads(done.stdout)
    assert done.stdout.endswith("\n")
    assert ESCAPE not in done.stdout
    return value


ANSWERS = {
    ("build", "numbers", "--dry-run"): 0,
    ("build", "numbers", "--no-publish"): 0,
    ("publish", "numbers"): 0,
    ("build", "numbers"): 0,
    ("show", "numbers"): 0,
    ("sql", "SELECT 1 AS one, NULL AS nothing, 1.50 AS money, now() AS at, '숫자' AS word"): 0,
    ("lint",): 0,
    ("lint", "--live", "numbers"): 0,
    ("ls",): 0,
    ("history",): 0,
    ("history", "numbers"): 0,
    ("doctor",): 0,
}
ERRORS = {
    ("build", "bad"): 1,
    ("build", "wrong"): 1,
    ("build", "numbers", "bad"): 1,
    ("build", "numebrs"): 2,
    ("build", "numbers", "--param", "x=1"): 2,
    ("build", "numbers", "--connection", "nowhere"): 2,
    ("build", "numbers", "--database", "postgresql://127.0.0.1:1/none"): 3,
    ("build",): 2,
    ("publish", "numbers"): 1,
    ("lint", "numebrs"): 2,
    ("lint", "--live", "--database", "postgresql://127.0.0.1:1/none"): 3,
    ("show", "numebrs"): 2,
    ("show", "numbers"): 1,
    ("sql", "SELECT 1 / 0"): 1,
    ("sql", "SELEC 1"): 2,
    ("sql", "DELETE FROM x"): 2,
    ("history", "numebrs"): 2,
    ("doctor", "--database", "postgresql://127.0.0.1:1/none"): 3,
    ("ls", "--project", "/nowhere"): 2,
}


def test_json_on_every_verb(numbers: Project) -> None:
    """--output json: stdout is one JSON value, and what people read goes to stderr."""
    for name in ("bad", "wrong"):
        (numbers.folder / "summaries" / f"{name}.py").unlink()

    done = {verb: numbers.run(*verb, "--output", "json") for verb in ANSWERS}

    assert {verb: result.returncode for verb, result in done.items()} == ANSWERS
    for verb, result in done.items():
        assert isinstance(require_one_value(result), list | dict), verb
    assert "warehouse: " in done["build", "numbers"].stderr
    assert "published 5 rows" in done["build", "numbers"].stderr


@pytest.mark.parametrize(("verb", "code"), ERRORS.items(), ids=lambda value: str(value))
def test_json_for_errors(verb: tuple[str, ...], code: int, numbers: Project) -> None:
    """An error is one JSON value too, with the words and the code that people get."""
    done = numbers.run(*verb, "--output", "json")

    assert code == done.returncode, done.stderr
    assert isinstance(require_one_value(done), list | dict)
    assert "Traceback" not in done.stderr
    assert done.stderr


def test_what_json_says(numbers: Project) -> None:
    """The keys that programs rely on, and values as JSON has them."""
    [built] = numbers.json("build", "numbers")
    [failed] = numbers.json("build", "bad")
    [wrong] = numbers.json("build", "wrong")
    shown = numbers.json("show", "numbers")
    history = numbers.json("history", "numbers")

    wanted = ["run_id", "table", "action", "status", "started_at", "finished_at", "rows"]
    for run in (built, failed, wrong, *history):
        assert wanted == list(run)[:7]
    assert [("analytics.numbers", "build", "published", 5)] == [
        (run["table"], run["action"], run["status"], run["rows"]) for run in history
    ]
    assert built["run_id"] == history[0]["run_id"] == shown["run"]["run_id"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", history[0]["started_at"])
    assert (["n", "word"], [1, "1"]) == (shown["columns"], shown["rows"][0])
    steps = ["lock", "check inputs", "stage", "index", "check output", "publish"]
    assert steps == [step["name"] for step in built["steps"]]
    assert (5, 6, False) == tuple(failed["checks"][0][k] for k in ("measured", "wanted", "passed"))
    problem = wrong["error"]["problems"][0]
    assert ("summaries/wrong.py", 1) == (problem["file"], problem["line"])


def test_values_of_sql_in_json(numbers: Project) -> None:
    """Every row is in the JSON, numbers as numbers and times in ISO 8601."""
    query = (
        "SELECT n, n + 0.25 AS money, NULL AS nothing, true AS yes, date '2025-01-02' AS day, "
        "timestamptz '2025-01-02 03:04:05Z' AS at, ARRAY[1, 2] AS list, '숫자' AS word "
        "FROM generate_series(1, 3000) AS n"
    )

    answer = numbers.json("sql", query)

    assert ["n", "money", "nothing", "yes", "day", "at", "list", "word"] == answer["columns"]
    assert 3000 == len(answer["rows"])
    at = "2025-01-02T03:04:05Z"
    assert [1, 1.25, None, True, "2025-01-02", at, [1, 2], "숫자"] == answer["rows"][0]


def test_common_options_before_and_after_the_verb(numbers: Project, tmp_path: Path) -> None:
    """--output, --quiet, --project and --database may stand on either side of the verb."""
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    url = numbers.url
    options = ["--project", str(numbers.folder), "--database", url, "--output", "json", "--quiet"]
    environment = numbers.environment()
    del environment["BUILDER_DATABASE_URL"]

    answers = [
        subprocess.run(
            [sys.executable, "-m", "builder", *arguments],
            cwd=elsewhere,
            env=environment,
            capture_output=True,
            check=True,
            encoding="utf-8",
            stdin=subprocess.DEVNULL,
        )
        for arguments in ([*options, "build", "numbers"], ["build", *options, "numbers"])
    ]

    for answer in answers:
        assert ("published", "") == (json.loads(answer.stdout)[0]["status"], answer.stderr)
    assert [] == list(elsewhere.iterdir())


def test_quiet(numbers: Project) -> None:
    """--quiet says what was asked for, and errors; nothing else."""
    built = numbers.run("build", "numbers", "-q")
    queried = numbers.run("--quiet", "sql", "SELECT 1 AS one")
    failed = numbers.run("build", "bad", "--quiet")

    assert (0, "", "") == (built.returncode, built.stdout, built.stderr)
    assert (0, "one\n  1\n", "") == (queried.returncode, queried.stdout, queried.stderr)
    assert (1, "") == (failed.returncode, failed.stdout)
    assert "output_check[0]: 5, wanted ≥ 6" in failed.stderr


def test_a_log_file(numbers: Project) -> None:
    """What goes into a file is plain lines: no escape codes, no carriage returns, no blanks."""
    more = {"FORCE_COLOR": "1", "TERM": "xterm-256color", "COLUMNS": "80"}

    results = [
        numbers.run(*verb, **more)
        for verb in (("build", "numbers"), ("build", "bad"), ("build", "wrong"), ("doctor",))
    ]

    for result in results:
        for line in (result.stdout + result.stderr).split("\n"):
            assert line == line.rstrip()
            assert line.isprintable(), line


class Terminal:
    """What is left on a terminal's screen: the few codes that progress is made with."""

    def __init__(self, columns: int) -> None:
        self.lines, self.row, self.column = [""], 0, 0
        self.columns = columns

    def write(self, text: str) -> None:
        """Show the text, a code or character at a time."""
        for code, count, letter, character in re.findall(
            r"(\x1b\[\??([\d;]*)([A-Za-z]))|([^\x1b])", text
        ):
            if not code:
                self._character(character)
            elif letter == "A":
                self.row = max(0, self.row - int(count or 1))
            elif letter == "K":
                self.lines[self.row] = ""
            else:
                assert letter in "mhl", f"an unknown code: {code!r}"

    def _character(self, character: str) -> None:
        if character == "\r":
            self.column = 0
        elif character == "\n":
            self.row, self.column = self.row + 1, 0
            self.lines += [""] * (self.row + 1 - len(self.lines))
        else:
            line = self.lines[self.row].ljust(self.column)
            self.lines[self.row] = line[: self.column] + character + line[self.column + 1 :]
            self.column += 1


def on_a_terminal(project: Project, *arguments: str, **more: str) -> tuple[int, str]:
    """Run a command on a terminal of 80 columns; its exit code and every byte it wrote."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    environment = {**project.environment(), "TERM": "xterm-256color", **more}
    for name in ("COLUMNS", "LINES", "NO_COLOR", "CI"):
        if name not in more:
            environment.pop(name, None)
    with subprocess.Popen(
        [sys.executable, "-m", "builder", *arguments],
        cwd=project.folder,
        env=environment,
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
    ) as process:
        os.close(theirs)
        written = b""
        while True:
            try:
                read = os.read(ours, 65536)
            except OSError:  # how Linux says that the other end is closed
                break
            if not read:
                break
            written += read
        code = process.wait(timeout=60)
    os.close(ours)
    return code, written.decode()


def without_figures(text: str) -> str:
    """The text without what differs between two runs."""
    text = re.sub(r"run \d{14}_[0-9a-f]{6}", "run", text)
    return re.sub(r" *[\d,.]+ (ms|s)\b", " T", text)


def test_a_terminal(numbers: Project) -> None:
    """What stays on a terminal is what a log file has, coloured, with nothing half wiped."""
    numbers.run("build", "numbers")  # the first one has no columns to compare with
    plain = numbers.run("build", "numbers").stdout
    code, written = on_a_terminal(numbers, "build", "numbers")
    terminal = Terminal(80)
    terminal.write(written)

    assert 0 == code
    assert ESCAPE in written
    cut = "\n".join(clipped(line, 80) for line in plain.split("\n"))
    assert without_figures(cut) == without_figures("\n".join(terminal.lines))


LONG = (
    "SELECT count(*) FROM {schema}.temp_{table} WHERE n BETWEEN 1 AND 5 AND word IS NOT NULL "
    "AND length(word) = 1 AND word <> 'a rather long text that does not fit on a line'"
)


@pytest.mark.parametrize(
    "verb",
    [
        ("build", "numbers"),
        ("build", "long"),
        ("build", "long", "--no-publish"),
        ("show", "long"),
        ("ls",),
        ("history",),
        ("sql", "SELECT repeat('숫자', 50) AS wide, repeat('x', 50) AS x, 1 AS n"),
    ],
    ids=" ".join,
)
def test_no_line_wraps(verb: tuple[str, ...], numbers: Project) -> None:
    """On a terminal of 80 columns, no line of a table or of progress is longer."""
    check = {**CHECK, "sql": LONG}
    numbers.write("long", {**FIVE, "output_check": [check], "description": "Long " * 30})
    (numbers.folder / "summaries" / "bad.py").unlink()
    if verb[0] in ("show", "history"):
        assert 0 == numbers.run("build", "long").returncode

    code, written = on_a_terminal(numbers, *verb)
    terminal = Terminal(80)
    terminal.write(written)

    assert 0 == code
    assert [] == [line for line in terminal.lines if width_of(line) > 80]


def test_no_color(numbers: Project) -> None:
    """With NO_COLOR, a terminal gets no escape code at all."""
    code, written = on_a_terminal(numbers, "build", "numbers", NO_COLOR="1")

    assert 0 == code
    assert ESCAPE not in written
    assert "published 5 rows" in written


@pytest.mark.skipif(
    not sys.prefix.isascii(), reason="Python itself does not start from there in such a locale"
)
@pytest.mark.parametrize(
    "more", [{"LC_ALL": "C", "LANG": "C"}, {"PYTHONIOENCODING": "ascii"}, {"PYTHONUTF8": "0"}]
)
def test_a_poor_encoding(more: dict[str, str], project: Project, database: Database) -> None:
    """Where the output knows no Korean, names are escaped; nothing fails and nothing is lost."""
    project.write("매출", {**FIVE, "description": "일별", "schema": "분석"})

    for verb in (("build", "매출"), ("ls",), ("history",), ("show", "매출")):
        done = project.run(*verb, **more)
        assert (0, "") == (done.returncode, done.stderr)

    assert ["매출"] == [name for name in database.tables("분석") if not name.startswith("prev_")]


@pytest.mark.parametrize(
    "verb",
    [
        ("sql", "SELECT generate_series(1, 100000) AS n"),
        ("sql", "SELECT generate_series(1, 100000) AS n", "--output", "json"),
        ("history",),
        ("build", "numbers"),
        ("build", "numbers", "--output", "json"),
    ],
    ids=lambda verb: " ".join(verb),
)
def test_a_reader_who_leaves(verb: tuple[str, ...], numbers: Project, database: Database) -> None:
    """`| head -1` is no error, and what was asked for is done all the same."""
    process = numbers.start(*verb)
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.readline()
    process.stdout.close()
    said = process.stderr.read()
    process.stderr.close()

    assert 0 == process.wait(timeout=60), said
    assert "Traceback" not in said
    assert "Broken" not in said
    if verb[0] == "build":
        assert 5 == database.value("SELECT count(*) FROM analytics.numbers")


def test_nobody_reads_at_all(numbers: Project, database: Database) -> None:
    """A build whose output nobody reads from the start is built, and exits 0."""
    read, write = os.pipe()
    os.close(read)
    done = subprocess.run(
        [sys.executable, "-m", "builder", "build", "numbers"],
        cwd=numbers.folder,
        env=numbers.environment(),
        stdin=subprocess.DEVNULL,
        stdout=write,
        stderr=subprocess.PIPE,
        check=False,
        encoding="utf-8",
    )
    os.close(write)

    assert (0, "") == (done.returncode, done.stderr)
    assert 5 == database.value("SELECT count(*) FROM analytics.numbers")


def test_run_results_have_the_keys_of_dbt(numbers: Project) -> None:
    """What reads dbt's target/run_results.json reads ours: the same keys, the same words."""
    numbers.run("build", "numbers", "bad")
    read = json.loads((numbers.folder / "target" / "run_results.json").read_text("utf-8"))

    assert {"metadata", "results", "elapsed_time", "args"} == set(read)
    assert read["metadata"].keys() >= {
        *("dbt_schema_version", "dbt_version", "generated_at", "invocation_id", "env")
    }
    for result in read["results"]:
        assert result.keys() == {
            *("status", "timing", "thread_id", "execution_time", "adapter_response", "message"),
            *("failures", "unique_id", "compiled", "compiled_code", "relation_name"),
        }
    assert [
        ("model.analytics.numbers", "success"),
        ("test.analytics.numbers.output_check[0]", "pass"),
        ("model.analytics.bad", "error"),
        ("test.analytics.bad.output_check[0]", "fail"),
    ] == [(result["unique_id"], result["status"]) for result in read["results"]]


def test_junit(numbers: Project) -> None:
    """--junit writes one test case a check, and one for the build."""
    numbers.run("build", "numbers", "bad", "wrong", "--junit", "reports/builds.xml")
    suites = Xml.parse(numbers.folder / "reports" / "builds.xml").getroot()  # noqa: S314 -- our own file

    found = [
        (suite.get("name"), *(suite.get(key) for key in ("tests", "failures", "errors")))
        for suite in suites
    ]
    assert [
        ("analytics.numbers", "2", "0", "0"),
        ("analytics.bad", "2", "1", "0"),
        ("analytics.wrong", "1", "0", "1"),
    ] == found
    failure = suites.find("testsuite[@name='analytics.bad']/testcase/failure")
    assert failure is not None
    assert "output_check[0]: 5, wanted ≥ 6" == failure.get("message")


def test_results_that_cannot_be_written(numbers: Project, database: Database) -> None:
    """A --junit file that cannot be written is said before anything is built."""
    (numbers.folder / "file").write_text("")

    done = numbers.run("build", "numbers", "--junit", "file/report.xml")

    assert (2, True) == (done.returncode, "--junit" in done.stderr)
    assert [] == database.tables("analytics")


HEAVY = [
    *("airflow", "great_expectations", "pandas", "slack_sdk", "sqlalchemy"),
    *("sqlglot", "psycopg2", "rich"),
]


@pytest.mark.parametrize(
    ("arguments", "heavy"),
    [
        (("--help",), HEAVY),
        (("build", "--help"), HEAVY),
        (("ls",), HEAVY),
        (("build", "numbers"), [h for h in HEAVY if h not in ("sqlglot", "psycopg2")]),
    ],
    ids=["--help", "build --help", "ls", "build"],
)
def test_imports(arguments: tuple[str, ...], heavy: list[str], numbers: Project) -> None:
    """Nothing heavy is imported before it is needed; rich only on a terminal."""
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "builder", *arguments],
        cwd=numbers.folder,
        env=numbers.environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=True,
        encoding="utf-8",
    )
    imported = {
        line.rpartition("|")[2].strip().partition(".")[0] for line in done.stderr.split("\n")
    }

    assert "builder" in imported
    assert [] == [name for name in heavy if name in imported]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_names_complete_in_the_shell(shell: str, numbers: Project) -> None:
    """The shell completes the names of summaries."""
    asked = {
        "bash": {"COMP_WORDS": "builder build nu", "COMP_CWORD": "2"},
        "zsh": {"_TYPER_COMPLETE_ARGS": "builder build nu"},
        "fish": {
            "_TYPER_COMPLETE_ARGS": "builder build nu",
            "_TYPER_COMPLETE_FISH_ACTION": "get-args",
        },
    }
    done = subprocess.run(
        [str(Path(sys.executable).with_name("builder"))],
        cwd=numbers.folder,
        env={**numbers.environment(), "_BUILDER_COMPLETE": f"complete_{shell}", **asked[shell]},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=True,
        encoding="utf-8",
    )

    assert ["numbers"] == re.findall(r"\w+", done.stdout.replace("_arguments", ""))


@pytest.mark.parametrize("command", [["builder"], [sys.executable, "-m", "builder"]])
def test_the_completion_that_is_shown_is_builders(command: list[str], numbers: Project) -> None:
    """However it was called, what is installed completes `builder`."""
    done = subprocess.run(
        [*command, "--show-completion", "bash"],
        cwd=numbers.folder,
        env={
            **numbers.environment(),
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            "_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION": "1",
        },
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=True,
        encoding="utf-8",
    )

    assert "_BUILDER_COMPLETE=complete_bash" in done.stdout
    assert " builder\n" in done.stdout


def test_verbose_shows_the_sql(numbers: Project) -> None:
    """-v shows every statement on stderr, and tracebacks; never the password."""
    built = numbers.run("build", "numbers", "-v")
    failed = numbers.run("-v", "build", "wrong")
    password = urlsplit(numbers.url).password or "?"

    assert 'CREATE TABLE "analytics"."temp_numbers"' in built.stderr
    assert "CREATE TABLE" not in built.stdout
    assert "Traceback" in failed.stderr
    for done in (built, failed):
        assert password not in done.stdout + done.stderr


CONNECTIONS = {
    "a URL": ("--database", f"postgresql://me:{SECRET}@127.0.0.1:1/none"),
    "a URL with an odd password": ("--database", f"postgresql://me:{SECRET}@@x@127.0.0.1:1/none"),
    "another scheme": ("--database", f"mysql://me:{SECRET}@127.0.0.1:1/none"),
    "keywords": ("--database", f"host=127.0.0.1 port=1 password={SECRET}"),
    "a wrong port": ("--database", f"postgresql://me:{SECRET}@127.0.0.1:port/none"),
    "a wrong escape": ("--database", f"postgresql://me:{SECRET}%zz@127.0.0.1:1/none"),
    "in the query": ("--database", f"postgresql://127.0.0.1:1/none?user=me&password={SECRET}"),
    "a wrong parameter": ("--database", f"postgresql://me:{SECRET}@127.0.0.1:1/none?sslmod=x"),
    "Airflow's URI": ("--connection", "uri"),
    "Airflow's wrong URI": ("--connection", "wrong_uri"),
    "Airflow's JSON": ("--connection", "json"),
    "Airflow's wrong JSON": ("--connection", "wrong_json"),
    "Airflow's other type": ("--connection", "other"),
}
AIRFLOW = {
    "AIRFLOW_CONN_URI": f"postgres://me:{SECRET}@127.0.0.1:1/none",
    "AIRFLOW_CONN_WRONG_URI": f"postgres://me:{SECRET}@127.0.0.1:port/none",
    "AIRFLOW_CONN_JSON": json.dumps(
        {"conn_type": "postgres", "host": "127.0.0.1", "port": 1, "password": SECRET}
    ),
    "AIRFLOW_CONN_WRONG_JSON": f'{{"conn_type": "postgres", "password": "{SECRET}",,}}',
    "AIRFLOW_CONN_OTHER": f"mysql://me:{SECRET}@127.0.0.1:1/none",
}


@pytest.mark.parametrize("options", CONNECTIONS.values(), ids=CONNECTIONS)
@pytest.mark.parametrize("output", ["text", "json"])
def test_passwords_are_masked(options: tuple[str, str], output: str, numbers: Project) -> None:
    """However a warehouse is given, its password is in no output, not even with -v."""
    done = numbers.run("doctor", "-v", "--output", output, *options, **AIRFLOW)

    assert done.returncode in (2, 3)
    assert SECRET not in done.stdout + done.stderr


def test_passwords_in_sql_are_masked(numbers: Project, database: Database) -> None:
    """A connection string in a file's SQL that the server quotes in its error stays secret."""
    url = f"postgresql://me:{SECRET}@example.com/shop"
    numbers.write("leaky", {"main_sql": f"SELECT '{url}'::text::int AS n"})

    results = [
        numbers.run("build", "leaky", "--junit", "report.xml", *more)
        for more in ((), ("--output", "json"))
    ]
    results.append(numbers.run("history"))

    assert [1, 1, 0] == [done.returncode for done in results]
    assert all(SECRET not in done.stdout + done.stderr for done in results)
    for file in ("target/run_results.json", "report.xml"):
        assert SECRET not in (numbers.folder / file).read_text("utf-8")
    assert not [row for row in database.rows("SELECT error FROM builder.runs") if SECRET in row[0]]
