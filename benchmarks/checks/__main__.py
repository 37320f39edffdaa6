"""What checks cost: `python -m benchmarks.checks scan|great|build|outside|all`.

Each part runs on an embedded server of its own in a temporary folder, and prints its figures with
their bounds. What is compared is measured in turn; the medians of the ratios are what counts.
"""

from __future__ import annotations

import argparse

from benchmarks.checks import build, great, outside, scan

PARTS = {"scan": scan, "great": great, "build": build, "outside": outside}


def main() -> None:
    """Run the parts that were asked for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.checks", description=__doc__)
    parser.add_argument("part", choices=[*PARTS, "all"])
    parser.add_argument("--rows", type=int, default=5_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()
    for name in PARTS if given.part == "all" else [given.part]:
        print(f"\n## {name}\n", flush=True)
        PARTS[name].prove(given.rows, given.rounds)


if __name__ == "__main__":
    main()
