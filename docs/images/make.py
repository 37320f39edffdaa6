"""Draw README's picture of a build: `python docs/images/make.py`.

It runs the build in a terminal of its own and draws what that showed.
"""

import io
import os
import pty
import subprocess
import sys
from pathlib import Path

from rich.console import Console
from rich.text import Text

COMMAND = ["-m", "builder", "build", "nps_summary"]
HERE = Path(__file__).parent


def main() -> None:
    """Write build.svg beside this file."""
    leader, follower = pty.openpty()
    environment = {**os.environ, "COLUMNS": "100", "TERM": "xterm-256color"}
    process = subprocess.Popen(  # noqa: S603 -- our own command line
        [sys.executable, *COMMAND], stdout=follower, stderr=follower, env=environment
    )
    os.close(follower)
    output = b""
    try:
        while chunk := os.read(leader, 4096):
            output += chunk
    except OSError:
        pass  # Linux says so that the other end is closed
    process.wait()
    # What a spinner showed was overwritten: only the last writing of a line stays.
    shown = output.decode().replace("\r\n", "\n").split("\n")
    lines = [line.rsplit("\r", 1)[-1] for line in shown]
    console = Console(record=True, width=100, file=io.StringIO())
    console.print(Text("$ python -m builder build nps_summary", style="bold"))
    for line in lines:
        console.print(Text.from_ansi(line.replace("\x1b[2K", "").replace("\x1b[1A", "")))
    console.save_svg(str(HERE / "build.svg"), title="builder")


if __name__ == "__main__":
    main()
