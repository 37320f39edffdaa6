"""Other ways to replace a table, before the same readers: drop and rename, and dbt."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import venv
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from psycopg2.extensions import parse_dsn

from benchmarks.publish.project import PATIENCE, rows

if TYPE_CHECKING:
    from contextlib import ExitStack

    from benchmarks.publish.project import Project
    from benchmarks.publish.slow import SlowQuery

# Later versions of dbt-core fetch a program from another place than the package index.
DBT = ("dbt-core==1.10.*", "dbt-postgres==1.9.*")
MODEL = """{{{{ config(materialized='table') }}}}
SELECT n, {{{{ var('version') }}}} AS version FROM generate_series(1, {size}) AS n
"""
DRIVER = """
import sys
from dbt.cli.main import dbtRunner
for line in sys.stdin:
    words = ["--log-level", "none", "run", "--vars", f"version: {line.strip()}"]
    done = dbtRunner().invoke(words)
    print("done" if done.success else f"failed {done.exception or done.result}", flush=True)
"""


class Rival(Protocol):
    """Another way to publish; `slow`, where given, is to be open at the moment that counts."""

    name: str
    table: str

    def publish(self, version: int, slow: SlowQuery | None = None) -> None:
        """Put this version in the live one's place."""


class DropAndRename:
    """What most scripts do: build beside, then `BEGIN; DROP; RENAME; COMMIT`."""

    name = "drop and rename"
    table = "public.dropped"

    def __init__(self, project: Project, size: int, ends: ExitStack) -> None:
        self._session = ends.enter_context(closing(project.connect()))
        self._size = size

    def publish(self, version: int, slow: SlowQuery | None = None) -> None:
        """See Rival.publish."""
        query = f"SELECT n, {version} AS version FROM generate_series(1, {self._size}) AS n"  # noqa: S608 -- numbers
        rows(self._session, f"CREATE TABLE public.dropped_new AS {query}")
        if slow:
            slow.begin()
        rows(
            self._session,
            "BEGIN; DROP TABLE IF EXISTS public.dropped; "
            "ALTER TABLE public.dropped_new RENAME TO dropped; COMMIT",
        )


class Dbt:
    """dbt's `table` materialization, all runs in one process, so that its start does not count."""

    name = "dbt run"
    table = "dbt.numbers"

    def __init__(self, project: Project, size: int, ends: ExitStack) -> None:
        folder = project.folder / "dbt"
        (folder / "models").mkdir(parents=True)
        (folder / "models" / "numbers.sql").write_text(MODEL.format(size=size), encoding="utf-8")
        flags = {"send_anonymous_usage_stats": False}
        self._write(folder, "dbt_project", {"name": "rival", "profile": "rival", "flags": flags})
        self._write(
            folder, "profiles", {"rival": {"target": "it", "outputs": {"it": _at(project)}}}
        )
        self._process = subprocess.Popen(
            [str(_installed(project.folder / "dbt_venv")), "-c", DRIVER],
            cwd=folder,
            env={**os.environ, "DBT_SEND_ANONYMOUS_USAGE_STATS": "false", "DO_NOT_TRACK": "1"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        ends.callback(self._end)

    def publish(self, version: int, slow: SlowQuery | None = None) -> None:
        """See Rival.publish."""
        if slow:
            # When it comes to the renames is not known: some query is open then.
            slow.begin(again=True)
        if self._process.stdin is None or self._process.stdout is None:
            raise AssertionError
        self._process.stdin.write(f"{version}\n")
        self._process.stdin.flush()
        for line in self._process.stdout:
            if line.startswith("done"):
                return
            if line.startswith("failed"):
                raise SystemExit(f"dbt: {line}")
        raise SystemExit("dbt has ended")

    @staticmethod
    def _write(folder: Path, name: str, content: object) -> None:
        # JSON is YAML.
        (folder / f"{name}.yml").write_text(json.dumps(content), encoding="utf-8")

    def _end(self) -> None:
        try:
            self._process.communicate(timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def _at(project: Project) -> dict[str, object]:
    parts = parse_dsn(project.url)
    address = {key: parts[key] for key in ("host", "user", "password", "dbname", "sslmode")}
    return {**address, "type": "postgres", "port": int(parts["port"]), "schema": "dbt"}


def _installed(place: Path) -> Path:
    """The Python of a new virtual environment that has dbt."""
    print("installing dbt-postgres …", file=sys.stderr)
    venv.create(place, with_pip=True)
    python = place / "bin" / "python"
    install = [str(python), "-m", "pip", "install", "--quiet", *DBT]
    done = subprocess.run(install, stderr=subprocess.PIPE, text=True, check=False)
    if done.returncode != 0:
        raise SystemExit(f"dbt cannot be installed; --dbt 0 leaves it out: {done.stderr}")
    return python
