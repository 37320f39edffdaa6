"""What lint costs beside reading and parsing alone: `python -m benchmarks.lint [--rounds N]`.

Two whole processes are timed in turn on the same 500 good files: `builder lint`, and a script that
reads each file with `ast.literal_eval` and parses its main_sql and each check's SQL with sqlglot.
The ratio of the medians is what counts: for files in the warehouse's own SQL, and for all of the
project's, of which one in six is Redshift's and is looked at for what cannot be translated.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

REPOSITORY = Path(__file__).parents[1]
FILES = 500
BARE = """
import ast, pathlib, sqlglot
for file in pathlib.Path("summaries").rglob("*.py"):
    summary = ast.literal_eval(file.read_text(encoding="utf-8"))
    sqlglot.parse(summary["main_sql"], dialect="postgres")
    for check in summary["input_check"] + summary["output_check"]:
        sql = check["sql"].replace("{schema}", "analytics").replace("{table}", "x")
        sqlglot.parse(sql, dialect="postgres")
"""


def main() -> None:
    """Measure, and print medians and their ratio."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    rounds = parser.parse_args().rounds
    own = sorted((REPOSITORY / "summaries").glob("*.py"))
    spoken = [file for file in own if "'dialect'" not in file.read_text(encoding="utf-8")]
    for what, sources in (("the warehouse's own SQL", spoken), ("with Redshift's among it", own)):
        print(what)
        with tempfile.TemporaryDirectory() as place:
            _measure(Path(place), sources, rounds)


def _measure(project: Path, sources: Sequence[Path], rounds: int) -> None:
    _write(project / "summaries", sources)
    times: dict[str, list[float]] = {}
    for _ in range(rounds):
        for name, command in (
            ("bare: read and parse", [sys.executable, "-c", BARE]),
            ("builder lint", [sys.executable, "-m", "builder", "lint"]),
        ):
            times.setdefault(name, []).append(_timed(command, project))
    for name, seconds in times.items():
        low, middle = min(seconds) * 1000, statistics.median(seconds) * 1000
        print(f"  {name:<22} median {middle:6.0f} ms   least {low:6.0f} ms")
    bare, lint = (statistics.median(seconds) for seconds in times.values())
    print(f"  lint / read and parse  {lint / bare:.2f}   (at most 3)")


def _write(folder: Path, sources: Sequence[Path]) -> None:
    """The same files again and again under other names."""
    folder.mkdir()
    for number in range(FILES):
        file = sources[number % len(sources)]
        name = f"{file.stem}_{number}"
        text = file.read_text(encoding="utf-8")
        text = text.replace(f"'table': '{file.stem}'", f"'table': '{name}'")
        (folder / f"{name}.py").write_text(text, encoding="utf-8")


def _timed(command: Sequence[str], project: Path) -> float:
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("BUILDER_", "PG"))}
    begun = time.perf_counter()
    subprocess.run(command, cwd=project, env=kept, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - begun


if __name__ == "__main__":
    main()
