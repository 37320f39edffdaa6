"""From a name to a file to a Summary."""

from __future__ import annotations

import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING, Any

from builder.errors import ConfigError, Problem
from builder.relation import LONGEST_NAME, LONGEST_TABLE, Relation
from builder.summary.checks import read_check
from builder.summary.keys import (
    KEYS,
    REQUIRED,
    DriftFields,
    converted,
    nearest,
    notices,
    unknown_keys,
)
from builder.summary.literal import read_literal
from builder.summary.model import Column, Drift, Summary

if TYPE_CHECKING:
    from builder.summary.literal import Literal
    from builder.summary.model import Check
    from builder.summary.text import Text

FOLDER = "summaries"


def summary_files(project: Path) -> list[Path]:
    """Every summary file below `summaries/`, in the order of their names."""
    root = project / FOLDER
    return sorted(
        file
        for file in root.rglob("*.py")
        if not any(part.startswith((".", "__")) for part in file.relative_to(root).parts)
    )


def find_summary(name: str, project: Path) -> Path:
    """The file of the table `name`, which may be written `schema.table`, or as the file's path.

    Raises ConfigError where there is none, with the nearest name, or more than one.
    """
    if name.endswith(".py") and (path := Path(name)).is_file():
        return path
    files = summary_files(project)
    found = [file for file in files if _same(file.stem, name)]
    schema, _, table = name.rpartition(".")
    if not found and schema:
        found = [
            file
            for file in files
            if _same(file.stem, table) and load_summary(file, project).target.schema == schema
        ]
    if len(found) == 1:
        return found[0]
    if found:
        raise ConfigError(
            Problem(
                f"{name} stands twice: {' and '.join(str(f.relative_to(project)) for f in found)}",
                hint=f"write schema.{name}",
            )
        )
    names = [file.stem for file in files]
    hint = nearest(name, names) or (
        f"there are {', '.join(names[:10])}{' …' if len(names) > 10 else ''}"
        if names
        else f"{project / FOLDER} holds no summary file; is this the project's folder?"
    )
    raise ConfigError(Problem(f"there is no summary `{name}`", hint=hint))


def load_summary(file: Path | str, project: Path | None = None) -> Summary:
    """Read one summary file; nothing in it is executed.

    Raises ConfigError with everything that is wrong in the file, each with line and column.
    """
    file = Path(file)
    shown = file.relative_to(project) if project and file.is_relative_to(project) else file
    literal = read_literal(file, shown)
    return _Reading(literal).summary()


def _same(stem: str, name: str) -> bool:
    # macOS hands out file names in decomposed form, so 매출 would not be 매출.
    return unicodedata.normalize("NFC", stem) == unicodedata.normalize("NFC", name)


class _Reading:
    """One file being read: collects what is wrong until all of it is known."""

    def __init__(self, literal: Literal) -> None:
        self.literal = literal
        self.problems: list[Problem] = [*literal.problems, *unknown_keys(literal)]
        self.values: dict[str, Any] = {}
        for name, entry in literal.entries.items():
            if name in KEYS:
                self.attempt(name, entry.value)

    def attempt(self, name: str, value: object) -> None:
        """Take over one key's value if it has the right type."""
        try:
            self.values[name] = converted(self.literal, value, KEYS[name].type, name)
        except ConfigError as error:
            self.problems += error.problems

    def summary(self) -> Summary:
        """The Summary; raises ConfigError if there is any problem."""
        self._require()
        inputs, outputs = self._checks("input_check"), self._checks("output_check")
        after = self._texts("after_sql") + self._texts("post_sql")
        indexes = self._indexes()
        self._names()
        self._publishing()
        if self.problems:
            self.problems.sort(key=lambda p: (p.place.line, p.place.column) if p.place else (0, 0))
            raise ConfigError(*self.problems)
        plain = {
            name: self.values[name]
            for name in [
                "description",
                "owner",
                "publish",
                "keep",
                "allow_empty",
                "old_snapshots",
                "materialized_views",
                "publish_timeout",
                "timeout",
                "row_security",
                "check_timeout",
                "failing_rows",
                "dialect",
                "connection",
                "params",
            ]
            if name in self.values
        }
        return Summary(
            target=Relation(self.values["schema"], self.values["table"]),
            query=self.literal.text_at(self.values["main_sql"], "main_sql"),
            file=self.literal.source.file,
            input_checks=inputs,
            output_checks=outputs,
            before=self._texts("pre_sql"),
            after=after,
            primary_key=tuple(self.values.get("primary_key", ())),
            unique=tuple(tuple(columns) for columns in self.values.get("unique", ())),
            indexes=indexes,
            columns=self._columns(),
            tags=tuple(self.values.get("tags", ())),
            notices=tuple(notices(self.values)),
            schema_drift=self._drift(),
            **plain,
        )

    def _require(self) -> None:
        place = self.literal.source.place_of(self.literal.node)
        self.problems += [
            Problem(f"the key `{name}` is missing", place)
            for name in REQUIRED
            if self.literal.node_at(name) is self.literal.node
        ]

    def _names(self) -> None:
        """The table is called what its file is called, and no name is cut by the warehouse."""
        problem = self.literal.problem
        table, schema = self.values.get("table", ""), self.values.get("schema", "")
        stem = self.literal.source.file.stem
        if table and not _same(stem, table):
            message = f"the file is called {stem}.py and the table `{table}`"
            hint = f"call the file {table}.py or the table {stem}"
            self.problems.append(problem(message, "table", hint=hint))
        for key, name, most in (("table", table, LONGEST_TABLE), ("schema", schema, LONGEST_NAME)):
            if (size := len(name.encode())) > most:
                message = f"`{key}` is {size} bytes long; at most {most} fit"
                self.problems.append(problem(message, key))
        for name in ("schema", "table"):
            if name in self.values.get("params", ()):
                message = f"`params` cannot hold `{name}`: {{{name}}} is the summary's own"
                self.problems.append(problem(message, "params", name))
        if not self.values.get("overwrite", True):
            message = "`overwrite`: False (append) is not there yet: a build replaces the table"
            self.problems.append(problem(message, "overwrite", hint="take the key out"))

    def _publishing(self) -> None:
        """What the file asks of its publish can be done at all."""
        publish = self.values.get("publish")
        if publish == "merge" and not (self.values.get("primary_key") or self.values.get("unique")):
            message = "`publish`: 'merge' needs a key, by which rows are matched"
            hint = "add 'primary_key': [column]"
            self.problems.append(self.literal.problem(message, "publish", hint=hint))
        if publish == "swap" and self.values.get("materialized_views") == "refresh":
            message = "`publish`: 'swap' cannot keep a materialized view, which reads one table"
            hint = "take `publish` out: the rows are then changed in place"
            self.problems.append(self.literal.problem(message, "publish", hint=hint))

    def _checks(self, key: str) -> tuple[Check, ...]:
        checks = []
        for index, fields in enumerate(self.values.get(key, ())):
            try:
                checks.append(read_check(self.literal, fields, key, index))
            except ConfigError as error:
                self.problems += error.problems
        return tuple(checks)

    def _texts(self, key: str) -> tuple[Text, ...]:
        value = self.values.get(key, [])
        if isinstance(value, str):
            return (self.literal.text_at(value, key),)
        return tuple(self.literal.text_at(text, key, i) for i, text in enumerate(value))

    def _indexes(self) -> tuple[tuple[str, ...] | Text, ...]:
        indexes = self.values.get("indexes", ())
        for i, index in enumerate(indexes):
            if isinstance(index, str) and (";" in index or not index.strip()):
                what = "holds a semicolon" if ";" in index else "is empty"
                message = f"`indexes[{i}]` {what}: write what stands in the brackets"
                self.problems.append(self.literal.problem(message, "indexes", i))
        return tuple(
            self.literal.text_at(index, "indexes", i) if isinstance(index, str) else tuple(index)
            for i, index in enumerate(indexes)
        )

    def _drift(self) -> Drift:
        said = self.values.get("schema_drift", DriftFields())
        if isinstance(said, DriftFields):
            return Drift(said.added, said.removed, said.changed)
        return Drift(said, said, said)

    def _columns(self) -> tuple[Column, ...]:
        return tuple(
            Column(name, said)
            if isinstance(said, str)
            else Column(name, said.description, said.sensitive)
            for name, said in self.values.get("columns", {}).items()
        )
