"""What the constructors of Great Expectations say of many arguments, in one process.

    python constructors.py < cases.json > answers.json

A case is the name of an expectation and its arguments; an answer is null, or why it is refused.
The catalogue of the installed library comes along, so that it is loaded only once.
"""

from __future__ import annotations

import contextlib
import json
import sys
import warnings

from builder.expectations.catalogue import catalogue, written


def main() -> None:
    """Answer all cases of stdin."""
    from great_expectations.expectations.registry import get_expectation_impl

    cases = json.load(sys.stdin)
    answers: list[str | None] = []
    with contextlib.redirect_stdout(sys.stderr):
        for name, arguments in cases:
            try:
                get_expectation_impl(name)(**arguments)
                answers.append(None)
            except Exception as error:  # noqa: BLE001 # pydantic's, re's and the library's own
                answers.append(f"{type(error).__name__}: {error}")
    json.dump({"catalogue": written(catalogue()), "answers": answers}, sys.stdout)


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    main()
