"""What every verb shares: common options, the warehouse, errors and exit codes.

`verb` turns a function into a command. It adds the common options, which may stand before or
after the verb, and ends the process with the code that DESIGN promises for what happened.
"""

from __future__ import annotations

import functools
import inspect
import os
import signal
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, NoReturn, get_args

import typer

from builder.cli.screen import Screen, described

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType

    from builder.engines.base import Engine
    from builder.journal import Journal
    from builder.settings import Settings
    from builder.summary import Summary

DONE, REFUSED, USAGE, FAILED, BUSY = 0, 1, 2, 3, 4
Output = Literal["text", "json"]
AnyOutput = Literal["text", "json", "github"]
AnyOutputOption = Annotated[
    AnyOutput | None,
    typer.Option("--output", "-o", help="JSON goes to stdout alone; github: for pull requests."),
]

COMMON = {
    "project": Annotated[
        Path | None, typer.Option(metavar="DIR", help="The project's folder; default: this one.")
    ],
    "database": Annotated[
        str | None,
        typer.Option(metavar="URL", help="The warehouse, or `embedded`."),
    ],
    "connection": Annotated[
        str | None,
        typer.Option(metavar="ID", help="The warehouse, as AIRFLOW_CONN_<ID> has it."),
    ],
    "output": Annotated[
        Output | None, typer.Option("--output", "-o", help="JSON goes to stdout alone.")
    ],
    "quiet": Annotated[
        bool | None, typer.Option("--quiet", "-q", help="Say only what was asked for.")
    ],
    "verbose": Annotated[
        bool | None, typer.Option("--verbose", "-v", help="Show the SQL, and tracebacks.")
    ],
}


class Terminated(BaseException):
    """The process was told to end by a signal."""

    def __init__(self, number: int) -> None:
        self.code = 128 + number
        super().__init__(signal.Signals(number).name)


@dataclass(slots=True)
class Command:
    """One command under way: its screen, its project, and the warehouses that it has opened."""

    screen: Screen
    project: Path = field(default_factory=Path)
    database: str | None = None
    connection: str | None = None
    verbose: bool = False
    output: AnyOutput = "text"
    options: str = ""
    """What has to be said again with the next command: where to, and with which parameters."""
    _settings: Settings | None = None
    _engines: dict[str | None, tuple[Engine, Journal]] = field(default_factory=dict)

    def require_project(self) -> None:
        """Raises ConfigError if the project is no folder."""
        from builder.errors import ConfigError

        if not self.project.is_dir():
            raise ConfigError(f"--project {self.project} is no folder")

    @property
    def settings(self) -> Settings:
        """The project's settings, read once; raises ConfigError."""
        from builder.settings import load_settings

        if self._settings is None:
            self._settings = load_settings(
                self.project, database=self.database, connection=self.connection
            )
        return self._settings

    def warehouse(self, summary: Summary | None = None) -> tuple[Engine, Journal]:
        """The engine and journal for a summary, or the project's own."""
        return self.warehouse_of(summary.connection if summary else None)

    def warehouse_of(self, connection: str | None) -> tuple[Engine, Journal]:
        """The same for a connection's name; says which warehouse it is when it is opened."""
        from builder.engines import open_engine
        from builder.journal import Journal

        settings = self.settings.for_connection(connection)
        name = settings.database.source if settings.database else None
        if name not in self._engines:
            engine = open_engine(settings)
            self.screen.note(f"warehouse: {engine.description}", "dim")
            self._engines[name] = (engine, Journal(engine.connect))
        return self._engines[name]

    def summary(self, name: str) -> Summary:
        """The summary of that name, with the project's dialect where the file has none."""
        from dataclasses import replace

        from builder.summary import find_summary, load_summary

        summary = load_summary(find_summary(name, self.project), self.project)
        return replace(
            summary,
            dialect=summary.dialect or self.settings.dialect,
            failing_rows=summary.failing_rows or self.settings.failing_rows,
        )

    def close(self) -> None:
        """Give the warehouses back."""
        for engine, journal in self._engines.values():
            journal.close()
            engine.close()


def verb(function: Callable[..., int | None]) -> Callable[..., None]:
    """A command of the function: its first parameter is the Command, the others its options.

    What the function returns is the exit code; None is 0. A parameter that is called as a common
    option takes that one's place, and is found in the Command.
    """
    own = list(inspect.signature(function, eval_str=True).parameters.values())[1:]
    is_own = any(parameter.name == "output" for parameter in own)
    accepted = (None, *get_args(AnyOutput if is_own else Output))

    @functools.wraps(function)
    def command(*, context: typer.Context, **given: Any) -> None:
        chosen = dict(context.obj or {})
        chosen.update({name: given.pop(name) for name in COMMON if given[name] is not None})
        if chosen.get("output") not in accepted:
            message = f"{function.__name__} has no --output {chosen['output']}: text or json"
            raise typer.BadParameter(message)
        _leave(_run(function, chosen, {k: v for k, v in given.items() if k not in COMMON}))

    return _signed(command, own)


def with_common_options(function: Callable[..., None]) -> Callable[..., None]:
    """The function as the callback of all verbs: takes the common options before the verb."""
    own = list(inspect.signature(function, eval_str=True).parameters.values())

    @functools.wraps(function)
    def callback(*, context: typer.Context, **given: Any) -> None:
        context.obj = {n: given.pop(n) for n in COMMON if given[n] is not None}
        function(**{name: value for name, value in given.items() if name not in COMMON})

    return _signed(callback, own)


def exit_code(error: BaseException) -> int:
    """The code that is promised for an error."""
    from builder import errors

    match error:
        case errors.ConfigError():
            return USAGE
        case errors.Busy():
            return BUSY
        case errors.ChecksFailed() | errors.QueryFailed() | errors.PublishFailed():
            return REFUSED
        case KeyboardInterrupt():
            return 128 + signal.SIGINT
        case Terminated():
            return error.code
        case _:
            return FAILED


def _signed(function: Callable[..., None], own: list[inspect.Parameter]) -> Callable[..., None]:
    """The function with the signature that typer is to read."""
    keyword = inspect.Parameter.KEYWORD_ONLY
    parameters = [
        inspect.Parameter("context", keyword, annotation=typer.Context),
        *(parameter.replace(kind=keyword) for parameter in own),
        *(
            inspect.Parameter(name, keyword, default=None, annotation=kind)
            for name, kind in COMMON.items()
            if name not in {parameter.name for parameter in own}
        ),
    ]
    function.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    function.__annotations__ = {p.name: p.annotation for p in parameters}
    return function


def _run(function: Callable[..., int | None], chosen: dict[str, Any], given: dict[str, Any]) -> int:
    verbose = bool(chosen.get("verbose"))
    screen = Screen(as_json=chosen.get("output") == "json", quiet=bool(chosen.get("quiet")))
    command = Command(
        screen,
        chosen.get("project") or Path(),
        chosen.get("database"),
        chosen.get("connection"),
        verbose,
        chosen.get("output") or "text",
    )
    _listen_to_signals()
    _log(verbose=verbose)
    try:
        command.require_project()
        return function(command, **given) or DONE
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if isinstance(error, BrokenPipeError):
            # Whoever read our output has read enough.
            return DONE
        screen.say(f"error: the answer could not be written: {error}", "bad", to=sys.stderr)
        return FAILED
    except (Exception, KeyboardInterrupt, Terminated) as error:  # noqa: BLE001 -- the edge: every error becomes a sentence and a code
        screen.fail(error, verbose=verbose)
        screen.answer({"error": described(error)})
        return exit_code(error)
    finally:
        command.close()


def _listen_to_signals() -> None:
    """SIGTERM and a closed terminal end the run as Ctrl-C does: cleanly."""

    def end(number: int, _frame: FrameType | None) -> NoReturn:
        raise Terminated(number)

    signal.signal(signal.SIGTERM, end)
    if hasattr(signal, "SIGHUP"):
        signal.signal(signal.SIGHUP, end)


def _log(*, verbose: bool) -> None:
    import logging

    from builder.settings import masked

    class Masking(logging.Formatter):
        def format(self, record: logging.LogRecord) -> str:
            return masked(super().format(record))

    shown = "%(asctime)s %(levelname)s %(name)s: %(message)s" if verbose else "%(message)s"
    handler = logging.StreamHandler()
    handler.setFormatter(Masking(shown))
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
    if verbose:
        logging.getLogger("builder").setLevel(logging.DEBUG)


def _leave(code: int) -> None:
    if code:
        raise typer.Exit(code)
