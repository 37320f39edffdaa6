"""Proofs about the publish: `python -m benchmarks.publish readers|kills|busy|size|all`.

Each runs on an embedded server of its own in a temporary folder, prints tables for a note, and
ends with exit status 1 and a sentence where something is not as promised.
"""

from __future__ import annotations

import argparse

from benchmarks.publish import busy, kills, readers, size

PARTS = {"readers": readers, "kills": kills, "busy": busy, "size": size}


def main() -> None:
    """Run the parts that were asked for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.publish", description=__doc__)
    verbs = parser.add_subparsers(dest="part", required=True)
    for name, part in PARTS.items():
        verb = verbs.add_parser(name, description=part.__doc__)
        part.options(verb)
    everything = verbs.add_parser("all", description="All of them, one after the other.")
    for part in PARTS.values():
        part.options(everything)
    for verb in verbs.choices.values():
        verb.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    for name in PARTS if given.part == "all" else [given.part]:
        print(f"\n## {name}, seed {given.seed}\n", flush=True)
        PARTS[name].prove(given)


if __name__ == "__main__":
    main()
