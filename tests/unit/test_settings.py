"""Settings: which of many sources says where the warehouse is, and no password in any message."""

from __future__ import annotations

import traceback
from typing import TYPE_CHECKING

import pytest

from builder.engines import dialect_of
from builder.errors import ConfigError
from builder.settings import Settings, load_settings, masked

if TYPE_CHECKING:
    from pathlib import Path

URL = "postgresql://me:geheim@host:5433/shop?sslmode=require"
AIRFLOW = {"AIRFLOW_CONN_WAREHOUSE": "postgres://me:geh%40im@host:5433/shop"}
SECRETS = ("geheim", "geh@im", "geh%40im")


def database(settings: Settings) -> tuple[str, dict[str, str]] | None:
    """Which setting named the warehouse, and what of it goes to libpq."""
    found = settings.database
    return (found.source, dict(found.parameters)) if found else None


NO_PORT = (
    "AIRFLOW_CONN_SHOP cannot be read: what stands where the port should is no port "
    "(a / # ? or @ in a password is written %2F %23 %3F %40)"
)


def refused(project: Path, **given: object) -> str:
    """The message of a ConfigError; nothing of it, of its causes or its traceback is secret."""
    with pytest.raises(ConfigError) as caught:
        load_settings(project, **given)  # type: ignore[arg-type]
    shown = "".join(traceback.format_exception(caught.value))

    assert not any(secret in shown for secret in SECRETS)
    return str(caught.value)


# Which setting says it


@pytest.mark.parametrize(
    ("given", "environment", "expected"),
    [
        ({}, {}, None),
        ({}, {"PGHOST": "h"}, ("PGHOST", {})),
        ({}, {"PGSERVICE": "s", "PGHOST": "h"}, ("PGSERVICE", {})),
        ({}, {"PGHOSTADDR": "::1"}, ("PGHOSTADDR", {})),
        ({}, {"PGUSER": "me", "PGPASSWORD": "x"}, None),
        (
            {},
            {"BUILDER_DATABASE_URL": URL, "PGHOST": "h"},
            ("BUILDER_DATABASE_URL", {"dsn": URL}),
        ),
        ({}, {"BUILDER_DATABASE_URL": "", "PGHOST": "h"}, ("PGHOST", {})),
        (
            {"database": "postgres://other/x"},
            {"BUILDER_DATABASE_URL": URL},
            ("--database", {"dsn": "postgres://other/x"}),
        ),
        ({"database": "embedded"}, {"BUILDER_DATABASE_URL": URL, "PGHOST": "h"}, None),
        (
            {"connection": "warehouse"},
            {**AIRFLOW, "BUILDER_DATABASE_URL": URL},
            (
                "--connection",
                {
                    "host": "host",
                    "port": "5433",
                    "user": "me",
                    "password": "geh@im",
                    "dbname": "shop",
                },
            ),
        ),
    ],
)
def test_first_setting_that_is_set_says_where_the_warehouse_is(
    tmp_path: Path,
    given: dict[str, str],
    environment: dict[str, str],
    expected: tuple[str, dict[str, str]] | None,
) -> None:
    """Command line, BUILDER_DATABASE_URL, libpq's own variables, else the embedded one."""
    settings = load_settings(tmp_path, environment=environment, **given)

    assert expected == database(settings)


def test_two_warehouses_on_one_command_line_are_refused(tmp_path: Path) -> None:
    """--database and --connection together say nothing."""
    assert "--database and --connection both name a warehouse: give one of them" == refused(
        tmp_path, database=URL, connection="warehouse", environment={}
    )


def test_file_names_its_connection_unless_the_command_line_does(tmp_path: Path) -> None:
    """A summary file's `connection` goes before the environment, and after the command line."""
    environment = {**AIRFLOW, "BUILDER_DATABASE_URL": URL}
    said = load_settings(tmp_path, environment=environment)
    told = load_settings(tmp_path, database="postgresql://x/y", environment=environment)
    found = said.for_connection("warehouse").database

    assert "AIRFLOW_CONN_WAREHOUSE" == (found and found.source)
    assert said is said.for_connection(None)
    assert told is told.for_connection("warehouse")


# .env and pyproject.toml


@pytest.mark.parametrize(
    "line",
    [
        f"BUILDER_DATABASE_URL={URL}",
        f"  export BUILDER_DATABASE_URL = {URL}  ",
        f'BUILDER_DATABASE_URL="{URL}"',
        f"BUILDER_DATABASE_URL='{URL}'",
        f"BUILDER_DATABASE_URL={URL} # the shop's",
        f'BUILDER_DATABASE_URL="{URL}" # the shop\'s',
        f"# BUILDER_DATABASE_URL=x\n\nother words\nBUILDER_DATABASE_URL={URL}\n",
        f"\ufeffBUILDER_DATABASE_URL={URL}\r\n",
    ],
)
def test_env_file_is_read(tmp_path: Path, line: str) -> None:
    """`.env` has NAME=value lines, quoted or not, exported or not, with comments."""
    (tmp_path / ".env").write_text(line, encoding="utf-8", newline="")

    assert ("BUILDER_DATABASE_URL", {"dsn": URL}) == database(
        load_settings(tmp_path, environment={})
    )


def test_hash_inside_a_value_is_no_comment(tmp_path: Path) -> None:
    """Only white space before it makes # a comment."""
    (tmp_path / ".env").write_text("BUILDER_DATABASE_URL=postgresql://u:a#b@h/d")

    assert {"dsn": "postgresql://u:a#b@h/d"} == (
        database(load_settings(tmp_path, environment={})) or ("", {})
    )[1]


def test_environment_goes_before_env_file_and_that_before_pyproject(tmp_path: Path) -> None:
    """What is nearer to the command says it."""
    (tmp_path / "pyproject.toml").write_text("[tool.builder]\nrole = 'p'\ndialect = 'p'\n")
    found = [load_settings(tmp_path, environment={})]
    (tmp_path / ".env").write_text("BUILDER_ROLE=e\nBUILDER_DIALECT=e\nPGHOST=not-ours")
    found.append(load_settings(tmp_path, environment={}))
    found.append(load_settings(tmp_path, environment={"BUILDER_ROLE": "v", "BUILDER_DIALECT": "v"}))

    assert [("p", "p"), ("e", "e"), ("v", "v")] == [(s.role, s.dialect) for s in found]
    assert [None] * 3 == [s.database for s in found]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("dialekt = 'x'", "[tool.builder] has no setting `dialekt` (did you mean `dialect`?)"),
        (
            "zzz = 'x'",
            "[tool.builder] has no setting `zzz` (there are dialect, role, failing_rows)",
        ),
        ("role = 5", "[tool.builder]: Expected `str | null`, got `int` - at `$.role`"),
    ],
)
def test_wrong_setting_is_told_with_the_right_one(
    tmp_path: Path, content: str, message: str
) -> None:
    """An unknown name or a wrong type in pyproject.toml is an error that names the file."""
    file = tmp_path / "pyproject.toml"
    file.write_text(f"[tool.builder]\n{content}\n")

    assert f"{file}: {message}" == refused(tmp_path, environment={})


@pytest.mark.parametrize("content", ["[tool.builder\n", "[tool.builder]\n\udcff"])
def test_file_that_cannot_be_read_is_named(tmp_path: Path, content: str) -> None:
    """Broken TOML, or a file that is not UTF-8, is an error and no traceback."""
    file = tmp_path / "pyproject.toml"
    file.write_bytes(content.encode(errors="surrogateescape"))

    assert refused(tmp_path, environment={}).startswith(f"{file} cannot be read: ")


def test_env_file_that_is_not_utf8_is_named(tmp_path: Path) -> None:
    """The same for `.env`."""
    (tmp_path / ".env").write_bytes(b"BUILDER_ROLE=\xff")

    assert refused(tmp_path, environment={}).startswith(f"{tmp_path / '.env'} cannot be read: ")


@pytest.mark.parametrize(
    "content", ["[tool]\nbuilder = 5", "tool = 3 # builder", "[tool]\nbuilder = 'x'"]
)
def test_setting_that_is_no_table_is_an_error_of_the_file(tmp_path: Path, content: str) -> None:
    """Whatever stands under `tool`, the answer is a ConfigError that names the file."""
    (tmp_path / "pyproject.toml").write_text(content)

    assert str(tmp_path / "pyproject.toml") in refused(tmp_path, environment={})


def test_pyproject_of_somebody_else_is_left_alone(tmp_path: Path) -> None:
    """A pyproject.toml without [tool.builder] says nothing."""
    (tmp_path / "pyproject.toml").write_text("[project]\nname = 'builder-of-things'\n")

    assert None is load_settings(tmp_path, environment={}).role


# Connections


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "postgres://me:geh%40im@host:5433/shop?sslmode=require&other=1",
            {
                "host": "host",
                "port": "5433",
                "user": "me",
                "password": "geh@im",
                "dbname": "shop",
                "sslmode": "require",
            },
        ),
        ("postgresql://host", {"host": "host"}),
        (
            '{"conn_type": "postgres", "host": "host", "login": "me", "password": "geheim", '
            '"schema": "shop", "port": 5433, "extra": {"sslmode": "require", "n": 1}}',
            {
                "host": "host",
                "port": "5433",
                "user": "me",
                "password": "geheim",
                "dbname": "shop",
                "sslmode": "require",
            },
        ),
        (
            ' {"conn_type": "postgres", "port": "5433", "extra": "{\\"connect_timeout\\": 5}"}',
            {"port": "5433", "connect_timeout": "5"},
        ),
        ('{"conn_type": "postgres", "host": "h", "extra": ""}', {"host": "h"}),
        ('{"conn_type": "postgres", "host": "h", "extra": null}', {"host": "h"}),
        ('{"conn_type": "postgres", "host": "h", "description": "x"}', {"host": "h"}),
        (
            '{"conn_type": "postgres", "host": "h", "extra": {"cursor": {"x": 1}}}',
            {"host": "h"},
        ),
    ],
)
def test_airflow_connection_is_read(tmp_path: Path, text: str, expected: dict[str, str]) -> None:
    """A connection as Airflow writes it, URI or JSON, becomes libpq's keywords."""
    settings = load_settings(
        tmp_path, connection="my_shop", environment={"AIRFLOW_CONN_MY_SHOP": text}
    )

    assert ("--connection", expected) == database(settings)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            None,
            "the connection `shop` is not known "
            "(set AIRFLOW_CONN_SHOP to a URI or to JSON, or say --database)",
        ),
        (
            '{"password": "geheim"}',
            "AIRFLOW_CONN_SHOP cannot be read as a connection: "
            "Object missing required field `conn_type`",
        ),
        (
            '{"conn_type": "postgres", "password": "geheim"',
            "AIRFLOW_CONN_SHOP cannot be read as a connection: Input data was truncated",
        ),
        ("postgres://me:geheim@host:99999/x", NO_PORT),
        ("postgres://me:geheim@[host/x", NO_PORT),
    ],
)
def test_connection_that_cannot_be_used_is_told(
    tmp_path: Path, text: str | None, message: str
) -> None:
    """What is wrong with a connection is said by its variable's name, without its password."""
    environment = {"AIRFLOW_CONN_SHOP": text} if text else {}

    assert message == refused(tmp_path, connection="shop", environment=environment)


@pytest.mark.parametrize(
    "text",
    [
        "postgres://me:geheim/1@host/shop",
        "postgres://me:geheim#1@host/shop",
        "postgres://me:geheim?1@host/shop",
    ],
)
def test_password_that_is_not_escaped_is_not_shown(tmp_path: Path, text: str) -> None:
    """A /, # or ? in a password makes it look like a port: the message must not repeat it."""
    message = refused(tmp_path, connection="shop", environment={"AIRFLOW_CONN_SHOP": text})

    assert "AIRFLOW_CONN_SHOP" in message


@pytest.mark.parametrize("extra", ['"[1]"', '"5"', '"x"', "[1]"])
def test_extra_that_is_no_object_is_an_error(tmp_path: Path, extra: str) -> None:
    """Whatever `extra` holds, the answer is a ConfigError that names the variable."""
    text = '{"conn_type": "postgres", "extra": ' + extra + "}"

    assert "AIRFLOW_CONN_SHOP" in refused(
        tmp_path, connection="shop", environment={"AIRFLOW_CONN_SHOP": text}
    )


@pytest.mark.parametrize(
    "environment",
    [
        {"AIRFLOW_CONN_SHOP": "mysql://me:geheim@host/x"},
        {"AIRFLOW_CONN_SHOP": '{"conn_type": "mysql", "password": "geheim"}'},
    ],
)
def test_warehouse_without_an_engine_is_refused(
    tmp_path: Path, environment: dict[str, str]
) -> None:
    """A warehouse that no engine is there for is told before anything is tried."""
    settings = load_settings(tmp_path, connection="shop", environment=environment)
    with pytest.raises(ConfigError) as caught:
        dialect_of(settings)

    assert (
        "--connection names a warehouse of the kind `mysql` "
        "(only PostgreSQL can be built on so far: postgresql://…)"
    ) == str(caught.value)


@pytest.mark.parametrize(
    "url",
    ["postgresql://u:geheim/1@h/d", "postgresql://h:x/d", "postgresql://a:1,b:y/d"],
)
def test_url_with_a_wrong_port_is_refused(tmp_path: Path, url: str) -> None:
    """What libpq would take for a port and repeat is refused before it sees it."""
    message = refused(tmp_path, database=url, environment={})

    assert NO_PORT.replace("AIRFLOW_CONN_SHOP", "--database") == message


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://a:1,b:2/d",
        "postgresql:///d?host=/tmp",
        "postgresql://u:a?b@[::1]:5/d",
        "postgres://",
    ],
)
def test_url_that_libpq_can_read_is_taken(tmp_path: Path, url: str) -> None:
    """Several hosts, sockets and IPv6 addresses are libpq's business."""
    found = load_settings(tmp_path, database=url, environment={}).database

    assert {"dsn": url} == (dict(found.parameters) if found else None)


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("host=h password=geheim", "--database is no URL"),
        ("shop", "--database is no URL"),
    ],
)
def test_url_of_another_kind_is_refused(tmp_path: Path, url: str, message: str) -> None:
    """What is no postgresql:// URL is told with how to write one."""
    hint = "(write postgresql://user@host:5432/database, or `--database embedded`)"

    assert f"{message} {hint}" == refused(tmp_path, database=url, environment={})


# Passwords


def test_no_password_in_any_repr(tmp_path: Path) -> None:
    """Settings may be logged or shown by a debugger: nothing of theirs shows the password."""
    environment = {**AIRFLOW, "BUILDER_DATABASE_URL": URL}
    settings = load_settings(tmp_path, environment=environment)
    shown = f"{settings!r} {settings.database!r} {settings.for_connection('warehouse')!r}"

    assert not any(secret in shown for secret in SECRETS)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (URL, "postgresql://me:***@host:5433/shop?sslmode=require"),
        (f"at {URL} now", "at postgresql://me:***@host:5433/shop?sslmode=require now"),
        ("postgresql://me:ge@he/im@host/x", "postgresql://me:***@host/x"),
        ("postgresql://:geheim@host/x", "postgresql://:***@host/x"),
        ("postgresql://host/x?password=geheim&a=1", "postgresql://host/x?password=***&a=1"),
        ("host=h password=geheim user=u", "host=h password=*** user=u"),
        ("password = 'ge \\' heim' user=u", "password = *** user=u"),
        ("PGPASSWORD=geheim psql", "PGPASSWORD=*** psql"),
        ("PASSWORD=geheim", "PASSWORD=***"),
        ("http://host:80/x of a@b", "http://host:80/x of a@b"),
        ("postgresql://me@host/x", "postgresql://me@host/x"),
        ("no secret", "no secret"),
        ("", ""),
    ],
)
def test_passwords_are_masked_and_nothing_else(text: str, expected: str) -> None:
    """Wherever a connection string stands in a text, its password is three stars."""
    assert expected == masked(text)


def test_masking_twice_changes_nothing() -> None:
    """What is masked once can be masked again on its way out."""
    once = masked(URL + " password='x y'")

    assert once == masked(once)
