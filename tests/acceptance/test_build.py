"""`builder build`, as a user runs it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rig import Database, Project


def test_first_build_publishes_what_the_query_returns(project: Project, database: Database) -> None:
    """A first build makes the schema and the table, and shows its first rows."""
    project.write("numbers", {"main_sql": "SELECT n FROM generate_series(1, 3) AS n"})

    done = project.run("build", "numbers")

    assert (0, "") == (done.returncode, done.stderr)
    assert [(1,), (2,), (3,)] == database.rows("SELECT n FROM analytics.numbers ORDER BY n")
    assert "published 3 rows" in done.stdout
