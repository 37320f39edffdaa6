"""Mistakes that no file makes alone: one table of two files, summaries that wait for each other."""

from __future__ import annotations

import os
import unicodedata
from collections import deque
from typing import TYPE_CHECKING

from builder.errors import ConfigError, Problem
from builder.lint.reading import read_file
from builder.lint.rules import place_of_source
from builder.summary import load_summary, summary_files
from builder.summary.literal import read_literal

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from builder.lint.reading import LintFile
    from builder.relation import Relation
    from builder.settings import Settings
    from builder.summary import Summary


def twins(read: Sequence[LintFile], settings: Settings) -> Iterator[tuple[int, Problem]]:
    """By the file's number, that other files of the project make the same table."""
    targets = {_real(one.file): summary.target for one, summary in _whole(read)}
    by_stem: dict[str, list[Path]] = {}
    for file in summary_files(settings.project):
        by_stem.setdefault(_stem(file), []).append(file)
    for index, one in enumerate(read):
        same = by_stem.get(_stem(one.file), [])
        target = targets.get(_real(one.file))
        if target is None or len(same) + (one.file not in same) < 2:
            continue
        for file in same:
            if _real(file) not in targets and (found := _target(file)):
                targets[_real(file)] = found
        others = [
            str(file.relative_to(settings.project))
            for file in same
            if _real(file) != _real(one.file) and targets.get(_real(file)) == target
        ]
        if others:
            more = f" and {len(others) - 1} more" if len(others) > 1 else ""
            message = f"{others[0]}{more} make{'' if more else 's'} {target} too"
            literal = read_literal(one.file, one.shown)
            hint = "one table has one file: take the others out, or give them another schema"
            yield index, literal.problem(message, "table", hint=hint)


def cycles(read: Sequence[LintFile], settings: Settings) -> Iterator[tuple[int, Problem]]:
    """By the file's number, that a summary reads itself, or waits for one that waits for it."""
    graph = _Graph(read, settings)
    told: set[frozenset[Relation]] = set()
    for index, one in enumerate(read):
        if one.summary is None or one.plan is None or not one.is_whole:
            continue
        target = one.summary.target
        if target in one.plan.main.sources:
            message = f"{target} reads itself: before its first build there is nothing to read"
            place = place_of_source(one.plan.main, target)
            yield index, Problem(message, place, "read what it is made from")
        way = graph.way_back(target)
        if way and frozenset(way) not in told:
            told.add(frozenset(way))
            names = [*map(str, way), str(target)]
            message = f"a cycle: {names[0]} reads " + ", which reads ".join(names[1:])
            every = (one.plan.main, *(one_select for _, one_select in one.plan.inputs))
            reading = next(s for s in every if way[1] in s.sources)
            hint = "no order of builds gives each of them fresh sources"
            yield index, Problem(message, place_of_source(reading, way[1]), hint)


class _Graph:
    """Which summaries read which; files are read when they are first asked for."""

    def __init__(self, read: Sequence[LintFile], settings: Settings) -> None:
        self.settings = settings
        self.known = {summary.target: one for one, summary in _whole(read)}
        self.files = {_stem(file): file for file in summary_files(settings.project)}
        self.found: dict[Relation, list[Relation]] = {}

    def sources(self, target: Relation) -> list[Relation]:
        """What else a summary reads that a file could make."""
        if target not in self.found:
            file = self.files.get(target.name)
            one = self.known.get(target) or (read_file(file, self.settings) if file else None)
            is_it = one and one.is_whole and one.summary and one.summary.target == target
            sources = one.plan.sources if one and one.plan and is_it else ()
            self.found[target] = [s for s in sources if s != target and s.name in self.files]
        return self.found[target]

    def way_back(self, target: Relation) -> list[Relation]:
        """The shortest way from a summary over others back to it, without its end; or nothing."""
        came: dict[Relation, Relation] = {}
        waiting = deque([target])
        while waiting:
            here = waiting.popleft()
            for source in self.sources(here):
                if source == target:
                    way = [here]
                    while way[-1] != target:
                        way.append(came[way[-1]])
                    return way[::-1]
                if source not in came:
                    came[source] = here
                    waiting.append(source)
        return []


def _whole(read: Sequence[LintFile]) -> Iterator[tuple[LintFile, Summary]]:
    return ((one, one.summary) for one in read if one.summary is not None and one.is_whole)


def _real(file: Path) -> str:
    # Path.resolve raises for a link to itself.
    return os.path.realpath(file)


def _stem(file: Path) -> str:
    return unicodedata.normalize("NFC", file.stem)


def _target(file: Path) -> Relation | None:
    try:
        return load_summary(file).target
    except ConfigError:
        return None
