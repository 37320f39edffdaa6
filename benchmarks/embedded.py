"""What the embedded Postgres costs: `python -m benchmarks.embedded [--rounds N]`.

Every round measures each way once, one after the other, so that a busy machine is as unfair to
all of them. The wheels' own Python wrappers stand beside ours where they are installed.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from builder.engines import embedded
from builder.engines.embedded.wheel import WHEELS

if TYPE_CHECKING:
    from collections.abc import Callable

Figures = dict[str, list[float]]

IMPORT = """
import contextlib, pathlib, psycopg2, builder.errors, time
start = time.perf_counter()
import builder.engines.embedded
print("import -", time.perf_counter() - start)
"""
WRAPPER = """
import time
start = time.perf_counter(); import {wheel}; print("import -", time.perf_counter() - start)
start = time.perf_counter(); server = {wheel}.get_server({folder!r}, cleanup_mode={mode!r})
print({step!r}, "-", time.perf_counter() - start)
start = time.perf_counter(); server.cleanup()
if {mode!r}: print("stop -", time.perf_counter() - start)
"""
WRAPPER_STEPS = (("make and start", None), ("find the running one", "stop"), ("start", "stop"))


def main() -> None:
    """Measure and print the medians, in milliseconds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    rounds = parser.parse_args().rounds
    figures: Figures = {}
    for _ in range(rounds):
        with tempfile.TemporaryDirectory() as place:
            _ours(figures, Path(place, ".builder", "postgres"))
            # For root the wrappers add a user to the machine and open the folders above.
            for wheel in WHEELS if os.geteuid() != 0 else ():
                if find_spec(wheel):
                    _wrapper(figures, wheel, Path(place, wheel))
    width = max(map(len, figures))
    for name, seconds in sorted(figures.items()):
        low, middle, high = min(seconds), statistics.median(seconds), max(seconds)
        sys.stdout.write(
            f"{name:{width}} {middle * 1000:9.2f} ms  ({low * 1000:.2f} to {high * 1000:.2f})\n"
        )


def _ours(figures: Figures, folder: Path) -> None:
    _script(figures, "ours", IMPORT)
    _clock(figures, "ours: make and start", lambda: embedded.start(folder))
    _clock(figures, "ours: find the running one, start()", lambda: embedded.start(folder))
    _clock(figures, "ours: find the running one, attach()", lambda: embedded.attach(folder))
    _clock(figures, "ours: stop", lambda: embedded.stop(folder))
    _clock(figures, "ours: start", lambda: embedded.start(folder))
    embedded.reset(folder)


def _wrapper(figures: Figures, wheel: str, folder: Path) -> None:
    for step, mode in WRAPPER_STEPS:
        _script(
            figures, wheel, WRAPPER.format(wheel=wheel, folder=str(folder), step=step, mode=mode)
        )


def _script(figures: Figures, name: str, script: str) -> None:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(
        [sys.executable, "-c", script],
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    for line in done.stdout.splitlines():
        step, seconds = line.rsplit("-", 1)
        figures.setdefault(f"{name}: {step.strip()}", []).append(float(seconds))


def _clock(figures: Figures, name: str, what: Callable[[], object]) -> None:
    start = time.perf_counter()
    what()
    figures.setdefault(name, []).append(time.perf_counter() - start)


if __name__ == "__main__":
    main()
