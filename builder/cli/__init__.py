"""The command line: parse, call, render. It alone prints, and it alone exits.

`main` is the console script. A family of verbs is a module; what they share is in `command`
(options, errors, exit codes) and `screen` (text and JSON).
"""

from __future__ import annotations


def main() -> None:
    """Run the command that `sys.argv` holds, and exit with its code."""
    import gc

    # Importing makes many objects and no garbage: collecting it took 8 % of a short command.
    gc.disable()
    from builder.cli.app import app

    gc.enable()
    # The name that the shell completes, also where this runs as `python -m builder`.
    app(prog_name="builder")
