"""The hierarchy of errors, and the public names of the package."""

from __future__ import annotations

from pathlib import Path

import pytest

import builder
from builder import errors
from builder.errors import ConfigError, Place, Problem


def test_hierarchy_is_the_one_drawn() -> None:
    """Who catches BuilderError catches all; PublishFailed is an EngineError; nothing else is."""
    found = {
        name: kind.__bases__[0].__name__
        for name, kind in vars(errors).items()
        if isinstance(kind, type) and issubclass(kind, Exception)
    }

    assert {
        "BuilderError": "Exception",
        "ConfigError": "BuilderError",
        "ChecksFailed": "BuilderError",
        "KeyFailed": "ChecksFailed",
        "QueryFailed": "BuilderError",
        "TimedOut": "QueryFailed",
        "Busy": "BuilderError",
        "EngineError": "BuilderError",
        "PublishFailed": "EngineError",
    } == found
    for name in found:
        assert name in (errors.__doc__ or "")


@pytest.mark.parametrize(
    ("problem", "expected"),
    [
        (Problem("wrong"), "wrong"),
        (Problem("wrong", hint="so"), "wrong (so)"),
        (Problem("wrong", Place(Path("a.py"), 3, 5)), "a.py:3:5: wrong"),
        (Problem("wrong", Place(Path("a.py"), 3, 5), "so"), "a.py:3:5: wrong (so)"),
    ],
)
def test_problem_reads_alone(problem: Problem, expected: str) -> None:
    """Place, what is wrong, and what to write instead."""
    assert expected == str(problem)


def test_config_error_holds_every_problem() -> None:
    """A text is a problem without a place; the message has a line for each."""
    error = ConfigError("one", Problem("two", hint="so"))

    assert (Problem("one"), Problem("two", hint="so")) == error.problems
    assert "one\ntwo (so)" == str(error)


def test_public_names_are_these() -> None:
    """The names that users import; a change here is a change of the interface."""
    assert [
        "BuilderError",
        "Journal",
        "Run",
        "Summary",
        "SummaryFile",
        "__version__",
        "build",
        "drop",
        "load_settings",
        "load_summary",
        "open_engine",
        "publish",
        "rollback",
    ] == builder.__all__


def test_public_names_are_there() -> None:
    """Each public name can be had, and no other."""
    assert all(getattr(builder, name) for name in builder.__all__)
    with pytest.raises(AttributeError, match=r"^module 'builder' has no attribute 'nothing'$"):
        builder.nothing  # noqa: B018 -- having it is what is tested
