"""One relation as Great Expectations reads it: the only module that imports it.

No data context is made, so nothing is read from or written to a configuration, and nobody is
told anything. Great Expectations gets an execution engine on the connection that is there.
"""

from __future__ import annotations

import difflib
import re
import time
from dataclasses import dataclass
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from great_expectations.core.batch import Batch as Loaded
from great_expectations.core.batch_spec import SqlAlchemyDatasourceBatchSpec
from great_expectations.data_context.data_context.context_factory import project_manager
from great_expectations.execution_engine import SqlAlchemyExecutionEngine
from great_expectations.expectations.expectation import (
    ColumnMapExpectation,
    ColumnPairMapExpectation,
    MulticolumnMapExpectation,
)
from great_expectations.expectations.registry import (
    get_expectation_impl,
    list_registered_expectation_implementations,
)
from great_expectations.validator.validator import Validator
from sqlalchemy.ext.compiler import compiles

from builder.errors import EngineError
from builder.expectations.messages import Answer
from builder.expectations.values import exact, plain
from builder.summary.expect import THIS_WAREHOUSE

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from builder.expectations.messages import Expectation

_ROW_BY_ROW = (ColumnMapExpectation, ColumnPairMapExpectation, MulticolumnMapExpectation)


@compiles(sa.types.NullType)
def _name_of_unknown(_kind: object, _compiler: object, **_options: object) -> str:
    """The name of a type that SQLAlchemy does not know, which is no error of other columns."""
    return "UNKNOWN"


# What it counts row by row it counts first, which takes one scan for all of them together; rows
# are fetched where some fail. COMPLETE would fetch every failing value.
_COUNTS = {"result_format": "BASIC", "partial_unexpected_count": 0}
_WHOLE = {"result_format": "COMPLETE"}
_MOST_ROWS = 200  # it reads no more of a person's query, but would fetch them all
_BIND = re.compile(r"(?<![:\w\\]):(?=\w)")
_LONGEST_REASON = 500


@dataclass(slots=True)
class _Made:
    """An expectation that can be run, and what has come of it."""

    configuration: Any
    is_row_by_row: bool
    answer: Answer | None = None


class Batch:
    """A relation whose expectations can be run, on an open DB-API connection.

    `dialect` is SQLAlchemy's, `rows` the number of failing rows that an answer shows.
    """

    def __init__(
        self, dialect: str, connection: object, schema: str, table: str, rows: int
    ) -> None:
        self._rows = rows
        # A connection that is lost is lost: another would see another moment.
        engine = sa.create_engine(
            f"{dialect}://", creator=lambda: connection, poolclass=sa.pool.StaticPool
        )
        sa.event.listen(engine, "before_execute", _as_a_query, retval=True)
        execution = SqlAlchemyExecutionEngine(engine=engine, create_temp_table=False)
        spec = SqlAlchemyDatasourceBatchSpec(
            table_name=table, schema_name=schema or None, create_temp_table=False
        )
        data, markers = execution.get_batch_data_and_markers(spec)
        loaded = Loaded(data=data, batch_spec=spec, batch_markers=markers)
        self._validator = Validator(execution, batches=[loaded])
        ours = SimpleNamespace(get_execution_engine=lambda: execution)
        sources = SimpleNamespace(all=lambda: {THIS_WAREHOUSE: ours})
        project_manager.set_project(SimpleNamespace(data_sources=sources))

    def answers(self, expectations: Iterable[Expectation]) -> list[Answer]:
        """What has been found of each, in their order; an error of one is its own.

        Raises EngineError if the connection is lost.
        """
        asked = [self._made(one) for one in expectations]
        made = [one for one in asked if isinstance(one, _Made)]
        self._count([one for one in made if one.is_row_by_row], _COUNTS)
        self._count([one for one in made if not one.is_row_by_row], _WHOLE)
        return [self._finished(one) if isinstance(one, _Made) else one for one in asked]

    def _made(self, asked: Expectation) -> _Made | Answer:
        """The expectation as Great Expectations has it, or what it does not take about it."""
        known = list_registered_expectation_implementations()
        if asked.expect not in known:
            near = difflib.get_close_matches(asked.expect, known, 1)
            meant = f": did you mean {near[0]}?" if near else ""
            return _unanswered(f"there is no expectation {asked.expect}{meant}")
        kind = get_expectation_impl(asked.expect)
        try:
            arguments = _arguments(asked)
            expectation = kind(**arguments)
            _require_exact(expectation, arguments)
        except Exception as error:  # noqa: BLE001 -- its validation raises all kinds
            return _unanswered(self._reason(error))
        return _Made(expectation.configuration, issubclass(kind, _ROW_BY_ROW))

    def _count(self, group: Sequence[_Made], how: dict[str, Any]) -> None:
        """Answer a group together, in as few scans as possible; each alone if one raises."""
        begun = time.perf_counter()
        results, raised = self._attempt(group, how)
        share = (time.perf_counter() - begun) / max(len(group), 1)
        if raised is not None and len(group) > 1:
            for one in group:
                self._count([one], how)
        elif raised is not None:
            group[0].answer = _unanswered(self._reason(raised), share)
        else:
            for one, result in zip(group, results, strict=True):
                one.answer = self._answer(result, share)

    def _finished(self, made: _Made) -> Answer:
        """The answer, with failing rows where it has any."""
        answer = made.answer or _unanswered("it has not been run")
        if answer.success or not made.is_row_by_row or not answer.unexpected_count:
            return answer
        begun = time.perf_counter() - answer.seconds
        how = {
            "result_format": "BASIC",
            "partial_unexpected_count": self._rows,
            "include_unexpected_rows": True,
        }
        results, raised = self._attempt([made], how)
        if raised is not None:
            # The finding stands without its rows.
            self._require_connection(raised)
            return answer
        return self._answer(results[0], time.perf_counter() - begun)

    def _attempt(
        self, group: Sequence[_Made], how: dict[str, Any]
    ) -> tuple[list[Any], Exception | None]:
        """What Great Expectations returns for each of a group, or what it raises."""
        if not group:
            return [], None
        configurations = [one.configuration for one in group]
        # Where it catches errors it tries three times and tells the last one: that the first one
        # has aborted the transaction.
        runtime = {"result_format": how, "catch_exceptions": False}
        try:
            return self._validator.graph_validate(configurations, runtime), None
        except Exception as error:  # noqa: BLE001 -- a metric may raise anything
            return [], error

    def _answer(self, found: Any, seconds: float) -> Answer:
        result = found.result
        details = dict(result.get("details") or {})
        failing = result.get("unexpected_rows") or details.pop("unexpected_rows", None) or []
        if "missing_rows" in details:
            details["missing_rows"] = details["missing_rows"][: self._rows]
        if absent := result.get("partial_missing_list"):
            details["missing_values"] = absent[: self._rows]
        shown = failing[: self._rows]
        count, failed = result.get("element_count"), result.get("unexpected_count")
        values = [] if shown else (result.get("partial_unexpected_list") or [])[: self._rows]
        return Answer(
            bool(found.success),
            plain(result.get("observed_value")),
            _whole(count),
            # The sum of no rows is NULL.
            0 if failed is None and count == 0 else _whole(failed),
            result.get("unexpected_percent"),
            # Of a set it is how many of the set's values are missing.
            None if count is None else _whole(result.get("missing_count")),
            tuple(exact(name) for name in shown[0]) if shown else (),
            tuple(tuple(plain(value) for value in row.values()) for row in shown),
            tuple(plain(value) for value in values),
            plain(details) if details else None,
            seconds=seconds,
        )

    def _reason(self, error: BaseException) -> str:
        """What was raised, in one line: the warehouse's words rather than those around them."""
        self._require_connection(error)
        told: BaseException | None = _refusal(error)
        if told is None:
            told = error
            if callable(problems := getattr(error, "errors", None)):
                return _short("; ".join(_invalid(problem) for problem in problems()))
        lines = str(told).strip().splitlines()
        return _short(lines[0].removeprefix("Error: ") if lines else type(told).__name__)

    def _require_connection(self, error: BaseException) -> None:
        refusal = next((e for e in _chain(error) if isinstance(e, sa.exc.DBAPIError)), None)
        if refusal is not None and refusal.connection_invalidated:
            raise EngineError(
                "The connection to the warehouse was lost while Great Expectations read it. "
                "Run the command again.",
                passes=True,
            ) from error


def _arguments(asked: Expectation) -> dict[str, Any]:
    """Its arguments, without those that say what an answer holds."""
    ours = ("result_format", "catch_exceptions")
    return {name: value for name, value in asked.arguments.items() if name not in ours}


def _require_exact(expectation: object, arguments: dict[str, Any]) -> None:
    """Raises ValueError where Great Expectations would compare with another number than asked."""
    for name, asked in arguments.items():
        taken = getattr(expectation, name, None)
        if isinstance(asked, int) and isinstance(taken, float) and taken != asked:
            raise ValueError(
                f"{name} {asked} has too many digits: Great Expectations would compare with "
                f"{int(taken)}; write it as a check with `sql`"
            )


def _as_a_query(
    _connection: object, clause: Any, values: Any, parameters: Any, _options: object
) -> tuple[Any, Any, Any]:
    """A person's SQL as a subquery, of which no more rows are fetched than can be shown.

    SQLAlchemy takes `:word` for a parameter, also inside a literal.
    """
    if isinstance(clause, sa.TextClause):
        text = sa.text(_BIND.sub(r"\\:", clause.text) + "\n")
        rows = text.columns().subquery("builder_rows")
        clause = sa.select(sa.text("*")).select_from(rows).limit(_MOST_ROWS)
    return clause, values, parameters


def _chain(error: BaseException | None) -> Iterable[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _refusal(error: BaseException) -> BaseException | None:
    """The database driver's own error, where there is one."""
    return next((one.orig for one in _chain(error) if isinstance(one, sa.exc.DBAPIError)), None)


def _invalid(problem: dict[str, Any]) -> str:
    where = ".".join(str(part) for part in problem["loc"] if part != "__root__")
    return f"{where}: {problem['msg']}" if where else str(problem["msg"])


def _short(text: str) -> str:
    one = " ".join(text.split())
    return one if len(one) <= _LONGEST_REASON else one[: _LONGEST_REASON - 1] + "…"


def _unanswered(reason: str, seconds: float = 0.0) -> Answer:
    return Answer(success=False, error=reason, seconds=seconds)


def _whole(number: Any) -> int | None:
    return None if number is None else int(number)
