"""What a test works with: a database of its own, and a project to run the command line in."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg2

if TYPE_CHECKING:
    from collections.abc import Mapping

REPOSITORY = Path(__file__).parents[1]


@dataclass
class Database:
    """A database of one test's own."""

    url: str

    def rows(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        """Run one statement in a transaction of its own; its rows, if it has any."""
        connection = psycopg2.connect(self.url)
        try:
            with connection, connection.cursor() as cursor:
                cursor.execute(sql, values or None)
                return cursor.fetchall() if cursor.description else []
        finally:
            connection.close()

    def value(self, sql: str, *values: object) -> Any:
        """The one value that a query returns."""
        return self.rows(sql, *values)[0][0]

    def tables(self, schema: str) -> list[str]:
        """The names of all relations with rows in a schema."""
        found = self.rows(
            "SELECT table_name FROM information_schema.tables WHERE table_schema = %s ORDER BY 1",
            schema,
        )
        return [name for (name,) in found]


@dataclass
class Project:
    """A folder with summary files, and the command line run in it."""

    folder: Path
    url: str

    def write(self, name: str, content: str | Mapping[str, object]) -> Path:
        """Write `summaries/NAME.py`: the text as it is, or a dict whose name and schema are set."""
        file = self.folder / "summaries" / f"{name}.py"
        file.parent.mkdir(parents=True, exist_ok=True)
        if not isinstance(content, str):
            content = repr({"table": name, "schema": "analytics", **content})
        file.write_text(content, encoding="utf-8")
        return file

    def environment(self, **more: str) -> dict[str, str]:
        """The environment of a command: this test's warehouse and nothing of the caller's."""
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("BUILDER_", "PG"))}
        return {**kept, "BUILDER_DATABASE_URL": self.url, **more}

    def start(self, *arguments: str, **more: str) -> subprocess.Popen[str]:
        """A command in the background, in a process group of its own."""
        return subprocess.Popen(
            [sys.executable, "-m", "builder", *arguments],
            cwd=self.folder,
            env=self.environment(**more),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            start_new_session=True,
        )

    def run(self, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
        """A command, run to its end."""
        process = self.start(*arguments, **more)
        out, err = process.communicate(timeout=120)
        return subprocess.CompletedProcess(arguments, process.returncode, out, err)

    def json(self, *arguments: str, **more: str) -> Any:
        """What a command answers with --output json."""
        return json.loads(self.run(*arguments, "--output", "json", **more).stdout)
